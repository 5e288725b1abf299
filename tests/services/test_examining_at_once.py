"""Two of the staff and the client at once on one dossier, on PostgreSQL: one entry into force, one number, one mail."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa
from stdnum import luhn

from portal.contract import acts as a
from portal.contract.acts import Piece
from portal.contract.refusal import Refusal
from portal.contract.state import Relationship
from portal.records.tables import outbox
from portal.services.conditions import in_force, publish_demonstration
from portal.services.context import Portal, Viewer
from portal.services.examining import accept, validate_identity
from portal.services.first_transfer import record_transfer
from portal.services.papers import paper
from portal.services.reading import own_contract
from portal.services.trials import accept_terms
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, a_client, act, paris
from tests.services.dossier_lives import a_colleague
from tests.services.subscribing import COMPANY, give_facts, kbis, send

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)

START = paris(date(2026, 3, 3), 10)
# What somebody is told who comes second; nothing else may be refused.
TOLD = frozenset({"piece_replaced", "document_already_accepted", "subscription_running", "document_missing"})


async def refused(act_: Awaitable[None]) -> str:
    try:
        await act_
    except Refusal as refusal:
        return refusal.code
    return ""


def sent(piece: Piece, version: int) -> a.SubmitDocument:
    dated = date(2026, 3, 2) if piece is Piece.KBIS else None
    return a.SubmitDocument(piece=piece, document=f"{piece}-{version}", dated=dated)


async def a_dossier(portal: Portal, nth: int) -> Client:
    digits = f"9990{nth:04}"
    client = await a_client(
        portal,
        siren=digits + luhn.calc_check_digit(digits),
        email=f"anne.{nth}@atelier-nord.example",
    )
    async with portal.database.reading() as connection:
        version = (await in_force(connection, portal.now())).version
    await accept_terms(portal, client.viewer, version, ORIGIN)
    await give_facts(portal, client)
    await act(portal, client, *(sent(piece, 1) for piece in Piece))
    return client


async def examine(portal: Portal, staff: Viewer, client: Client, read: set[str]) -> list[str]:
    """Do what one of the staff does who sees the dossier as it is now; `read` gains the versions she looked at."""
    seen = (await own_contract(portal, client.viewer)).state.documents
    read.update(one.document for one in seen.values())
    told = [
        await refused(accept(portal, staff, client.contract_id, piece, seen[piece].document, ORIGIN))
        for piece in Piece
    ]
    told.append(await refused(validate_identity(portal, staff, client.contract_id, ORIGIN)))
    return told


async def one_round(portal: Portal, nth: int, staff: tuple[Viewer, Viewer]) -> None:
    client = await a_dossier(portal, nth)
    read: set[str] = set()
    told = await asyncio.gather(
        *(examine(portal, one, client, read) for one in staff),
        *(paper_printed(portal, client) for _ in range(2)),
        replaced(portal, client, Piece.MANDATE),
        another_extract(portal, client),
    )
    assert {code for codes in told for code in codes if code} <= TOLD
    # Whoever was told of a new version looks at it.
    assert [code for code in await examine(portal, staff[0], client, read) if code] == []
    await asyncio.gather(
        *(record_transfer(portal, one, client.contract_id, START.date(), ORIGIN) for one in staff)
    )
    contract = await own_contract(portal, client.viewer)
    assert contract.state.relationship is Relationship.ACTIVE
    kinds = Counter[str](one.event.kind for one in contract.events)
    once = ("identity_validated", "invoice_issued", "payment_settled", "contract_in_force")
    assert {kind: kinds[kind] for kind in once} == dict.fromkeys(once, 1)
    assert kinds["document_accepted"] == len(Piece)
    # What counts is what somebody of the staff had before her eyes, and nothing came after it.
    assert {one.document for one in contract.state.documents.values()} <= read
    async with portal.database.reading() as connection:
        mails = await connection.execute(
            sa.select(outbox.c.template, sa.func.count())
            .where(outbox.c.contract_id == client.contract_id)
            .group_by(outbox.c.template)
        )
        counted = {row.template: row[1] for row in mails}
    once_each = ("in_force", "first_month")
    assert {name: counted[name] for name in once_each} == dict.fromkeys(once_each, 1)
    each_of_us = ("contract_in_force", "first_month_awaited")
    assert {name: counted[name] for name in each_of_us} == dict.fromkeys(each_of_us, len(staff))


async def paper_printed(portal: Portal, client: Client) -> list[str]:
    await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)
    return []


async def another_extract(portal: Portal, client: Client) -> list[str]:
    """Send another extract as her browser does, its file opened while staff decide."""
    company = (await own_contract(portal, client.viewer)).company
    content = kbis(date(2026, 3, 1), replace(COMPANY, siren=company.siren))
    try:
        await send(portal, client, Piece.KBIS, content)
    except Refusal as refusal:
        return [refusal.code]
    return []


async def replaced(portal: Portal, client: Client, piece: Piece) -> list[str]:
    return [await refused(act(portal, client, sent(piece, 2)))]


async def rounds(portal: Portal, clock: FixedClock, count: int) -> None:
    clock.move_to(START)
    await publish_demonstration(portal)
    staff = (await a_colleague(portal, "Nina"), await a_colleague(portal, "Yves"))
    for nth in range(count):
        await one_round(portal, nth, staff)
    numbers = [f"CT-2026-{nth + 1:04}" for nth in range(count)]
    async with portal.database.reading() as connection:
        given = await connection.scalars(sa.text("SELECT number FROM dossiers ORDER BY number"))
        assert list(given) == numbers


async def test_one_entry_into_force_however_many_decide(portal: Portal, clock: FixedClock) -> None:
    await rounds(portal, clock, 5)


@pytest.mark.long
async def test_one_entry_into_force_fifty_times(portal: Portal, clock: FixedClock) -> None:
    await rounds(portal, clock, 50)
