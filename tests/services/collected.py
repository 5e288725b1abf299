"""Clients whose invoices are collected: a mandate printed and accepted, the first month invoiced; and what the bank says."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.contract import acts as a
from portal.contract.acts import Piece
from portal.contract.collecting import handed_over_from, presented_again
from portal.contract.state import Invoice, State
from portal.payments.bank_messages import BankMessage, read_message
from portal.records.billing_tables import bank_lines, collections
from portal.services.bank import Taken, take_message
from portal.services.collecting import collect, present_again
from portal.services.collection_reading import Collected, own_collections
from portal.services.conditions import in_force, publish_demonstration
from portal.services.context import Portal, Viewer
from portal.services.examining import accept, validate_identity
from portal.services.outbox import deliver
from portal.services.papers import paper
from portal.services.reading import own_contract
from portal.services.trials import accept_terms
from tests.clock import FixedClock
from tests.lived import lived_once
from tests.payments.bank_files import GroupStatus, Status, status_report
from tests.services.clients import ORIGIN, Client, a_client, act, live_until, paris
from tests.services.dossier_lives import a_colleague
from tests.services.subscribing import give_facts

# Validated on Tuesday 3 March: the first month is due and collected on Tuesday 10, the bank is told on Friday 6.
VALIDATED_ON, FIRST_FILE_ON, FIRST_COLLECTED_ON = date(2026, 3, 3), date(2026, 3, 6), date(2026, 3, 10)
FIRST_CENTS = 294_00
FIRST_INVOICE, FIRST_COLLECTION, FIRST_FILE = "F-2026-0001", "F-2026-0001-1", "PRLV-20260310-1"


@dataclass(frozen=True)
class Subscriber:
    """A client who waits for her first month to be collected, and one of the staff."""

    client: Client
    staff: Viewer


@lived_once
async def a_subscriber(
    portal: Portal, clock: FixedClock, nth: int = 0, staff: Viewer | None = None
) -> Subscriber:
    """Make a client whose dossier is validated on 3 March 2026; the first month is invoiced at once."""
    one = await a_sent_dossier(portal, clock, nth, staff)
    for piece in Piece:
        await accept(portal, one.staff, one.client.contract_id, piece, f"{piece}-1", ORIGIN)
    await validate_identity(portal, one.staff, one.client.contract_id, ORIGIN)
    return one


@lived_once
async def a_sent_dossier(
    portal: Portal, clock: FixedClock, nth: int = 0, staff: Viewer | None = None
) -> Subscriber:
    """Make a client who has sent her pieces; nothing is examined yet."""
    if nth == 0:
        clock.move_to(paris(VALIDATED_ON, 10))
        await publish_demonstration(portal)
    names = {} if nth == 0 else {"siren": OTHER_SIRENS[nth - 1], "email": f"anne.{nth}@autre.example"}
    client = await a_client(portal, **names)
    async with portal.database.reading() as connection:
        version = (await in_force(connection, portal.now())).version
    await accept_terms(portal, client.viewer, version, ORIGIN)
    await give_facts(portal, client)
    await paper(portal, client.viewer, Piece.MANDATE, ORIGIN)
    for piece in Piece:
        dated = portal.today() if piece is Piece.KBIS else None
        await act(portal, client, a.SubmitDocument(piece=piece, document=f"{piece}-1", dated=dated))
    return Subscriber(client, staff or await a_colleague(portal))


OTHER_SIRENS = ("552100554", "542051180", "383474814")


@lived_once
async def first_collected(portal: Portal, clock: FixedClock) -> Subscriber:
    """Go on until the bank has the file of the first month, on the day of the collection."""
    one = await a_subscriber(portal, clock)
    await deliver(portal)
    await live_until(portal, clock, one.client, paris(FIRST_FILE_ON, 9))
    assert await collect(portal) == (FIRST_FILE,)
    await live_until(portal, clock, one.client, paris(FIRST_COLLECTED_ON, 18))
    return one


async def live_with_the_bank(portal: Portal, clock: FixedClock, staff: Viewer | None = None) -> None:
    """Let everything happen to two clients that a mail about a collection is written for, from now on."""
    one = await a_subscriber(portal, clock, 2, staff)
    other = await a_subscriber(portal, clock, 3, one.staff)
    await deliver(portal)
    [due] = {
        invoice.collection_day for each in (one, other) for invoice in (await state_of(portal, each)).invoices
    }
    clock.move_to(paris(handed_over_from(due, portal.settings.bank_days), 9))
    await collect(portal)
    [first], [second] = [await own_collections(portal, each.client.viewer) for each in (one, other)]
    clock.move_to(paris(due, 9))
    await take(
        portal,
        one.staff,
        status_report(GroupStatus("G", [_rejected(first, "AM04"), _rejected(second, "AC04")])),
    )
    again = presented_again(portal.today(), portal.settings.bank_days).day
    await present_again(portal, one.staff, [first.invoice_number], again, ORIGIN)
    clock.move_to(paris(again, 9))
    [presented, _] = await own_collections(portal, one.client.viewer)
    await take(portal, one.staff, status_report(GroupStatus("G", [_rejected(presented, "MD01")])))


def _rejected(one: Collected, reason: str) -> Status:
    return Status(one.end_to_end_id, reason, cents=one.amount_cents)


async def take(portal: Portal, staff: Viewer, content: bytes, name: str = "message.xml") -> Taken:
    return await take_message(portal, staff, name, content, ORIGIN)


def read(content: bytes, portal: Portal) -> BankMessage:
    settings = portal.settings
    return read_message(content, iban=settings.vendor_iban, creditor_identifier=settings.vendor_creditor_id)


async def state_of(portal: Portal, one: Subscriber) -> State:
    return (await own_contract(portal, one.client.viewer)).state


async def the_invoice(portal: Portal, one: Subscriber, number: str = FIRST_INVOICE) -> Invoice:
    return next(invoice for invoice in (await state_of(portal, one)).invoices if invoice.number == number)


async def standing(portal: Portal, end_to_end_id: str = FIRST_COLLECTION) -> str:
    async with portal.database.reading() as connection:
        query = sa.select(collections.c.standing).where(collections.c.end_to_end_id == end_to_end_id)
        return str(await connection.scalar(query))


async def lines(portal: Portal) -> list[sa.Row[Any]]:
    async with portal.database.reading() as connection:
        return list(await connection.execute(sa.select(bank_lines).order_by(bank_lines.c.key)))
