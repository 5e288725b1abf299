"""Clients in force for tests, by acts alone: what is invoiced does not depend on files."""

from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.acts import Piece
from portal.contract.calendar import paris_day
from portal.records.billing_tables import invoices, mandates
from portal.records.tables import dossiers
from portal.services.context import Portal
from portal.services.dossiers import own_dossier
from portal.services.numbering import next_number
from tests.clock import FixedClock
from tests.lived import lived_once
from tests.services.clients import Client, a_trial, act, live_until, paris
from tests.services.subscribing import give_facts

HINT = "FR76 •••• •••• 0189"


@lived_once
async def in_force(
    portal: Portal, clock: FixedClock, entered: date = date(2026, 3, 17), **names: str
) -> Client:
    """Make a client whose contract comes into force that day, at noon; her mandate is the first of her contract."""
    client = await a_trial(portal, clock, paris(entered - timedelta(days=14), 10), **names)
    await enter(portal, clock, client, entered)
    return client


async def enter(portal: Portal, clock: FixedClock, client: Client, entered: date) -> None:
    """Let the contract of a client in her trial come into force."""
    await give_facts(portal, client)
    await live_until(portal, clock, client, paris(entered - timedelta(days=11), 9))
    await act(portal, client, *_dossier(paris_day(clock.now())))
    await a_mandate(portal, client)
    await live_until(portal, clock, client, paris(entered, 12))
    await act(portal, client, a.Settle(month="first"))


def _dossier(dated: date) -> tuple[a.Act, ...]:
    sent = [
        a.SubmitDocument(piece=piece, document=f"{piece}-1", dated=dated if piece is Piece.KBIS else None)
        for piece in Piece
    ]
    accepted = [a.AcceptDocument(piece=piece) for piece in Piece]
    return (*sent, *accepted, a.ValidateIdentity())


async def a_mandate(portal: Portal, client: Client) -> str:
    """Number the contract, and write its first mandate down; return its reference."""
    assert (await own_dossier(portal, client.viewer)).contract.id == client.contract_id
    now = portal.now()

    async def work(connection: AsyncConnection) -> str:
        number = f"CT-{now.year}-{await next_number(connection, f'CT-{now.year}'):04}"
        await connection.execute(
            sa.update(dossiers).where(dossiers.c.contract_id == client.contract_id).values(number=number)
        )
        await connection.execute(
            sa.insert(mandates).values(
                reference=f"{number}-M1",
                contract_id=client.contract_id,
                edition=1,
                holder="Atelier Nord",
                iban=b"sealed",
                iban_hint=HINT,
                bic="",
                bank_name="",
                signed_on=paris_day(now),
                accepted_at=now,
                blocked_for="",
            )
        )
        return f"{number}-M1"

    return await portal.transact(work)


async def numbers(portal: Portal) -> list[str]:
    """Return the numbers of all that was issued, in the order of issue."""
    async with portal.database.reading() as connection:
        query = sa.select(invoices.c.number).order_by(invoices.c.issued_at, invoices.c.number)
        return list(await connection.scalars(query))
