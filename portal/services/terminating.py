"""Termination for non-payment (CGV art. 10.3, 16): the letter first, then the decision, on the day it is posted.

The letter says the day on which the contract ends. So a contract is ended on the day its letter is posted, never
before; a letter of another day is drawn again. What becomes of it is in `letters`.
"""

import uuid
from asyncio import to_thread
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.arrears import dues
from portal.contract.calendar import paris_day
from portal.contract.decide import decide
from portal.contract.ending import restitution_last_day
from portal.contract.evolve import history
from portal.contract.state import Payment, State
from portal.documents.arrears_papers import TerminationLetter, termination_pdf
from portal.records.billing_tables import letters
from portal.records.tables import contracts
from portal.services import kept_files
from portal.services.context import NotFound, Origin, Portal, Viewer
from portal.services.histories import OpenHistory
from portal.services.journal import note_own_act
from portal.services.letters import TERMINATION, PostingForm, mark_posted, must_be_of
from portal.services.parties import billed, seller_of

KIND: Final = TERMINATION


async def draw_letter(portal: Portal, viewer: Viewer, contract_id: str, origin: Origin) -> str:
    """Draw the letter that would end a contract today, and return its id; the same day, it is the same letter.

    Raises `NotFound`, and the `Refusal` of the rules where the termination is not open, or cannot be reckoned.
    """
    viewer.must_be_staff()

    async def facts(connection: AsyncConnection) -> TerminationLetter:
        now = portal.now()
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=None, at=now)
        return await _facts(portal, connection, contract_id, opened.state, now)

    letter = await portal.transact(facts)
    file_key = await kept_files.keep(portal, await to_thread(termination_pdf, letter))

    async def work(connection: AsyncConnection) -> str:
        await _lock(connection, contract_id)
        drawn = await _unposted(connection, contract_id)
        if drawn is not None and drawn.file_key == file_key:
            return str(drawn.id)
        if drawn is not None:
            await connection.execute(sa.delete(letters).where(letters.c.id == drawn.id))
        letter_id = str(uuid.uuid4())
        await connection.execute(
            sa.insert(letters).values(
                id=letter_id,
                contract_id=contract_id,
                kind=KIND,
                file_key=file_key,
                made_at=portal.now(),
                by_id=viewer.person_id,
                tracking="",
            )
        )
        company_id = await _company(connection, contract_id)
        await note_own_act(
            portal, connection, viewer, "termination_letter_drawn", origin, company_id=company_id
        )
        return letter_id

    return await portal.transact(work)


async def terminate_unpaid(
    portal: Portal, viewer: Viewer, letter_id: str, posting: PostingForm, origin: Origin
) -> None:
    """End a contract for non-payment, its letter having been posted today; twice is once.

    Raises `NotFound`, and `Refusal`: `letter_of_another_day`, or the rules', where it was paid meanwhile.
    """
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> None:
        now, today = portal.now(), portal.today()
        row = await _letter(connection, letter_id)
        if row.posted_on is not None:
            return
        must_be_of(today, row)
        opened = await OpenHistory.open(portal, connection, row.contract_id, company_id=None, at=now)
        await opened.act(a.Terminate(reason="unpaid"), actor=viewer.person_id, at=now)
        await mark_posted(connection, letter_id, today, posting)
        await note_own_act(
            portal,
            connection,
            viewer,
            "contract_terminated",
            origin,
            company_id=opened.company_id,
            tracking=posting.tracking,
        )

    await portal.transact(work)


async def _letter(connection: AsyncConnection, letter_id: str) -> sa.Row[Any]:
    query = sa.select(letters).where(letters.c.id == letter_id, letters.c.kind == KIND)
    row = (await connection.execute(query.with_for_update())).first()
    if row is None:
        raise NotFound
    return row


async def _unposted(connection: AsyncConnection, contract_id: str) -> sa.Row[Any] | None:
    query = sa.select(letters).where(
        letters.c.contract_id == contract_id, letters.c.kind == KIND, letters.c.posted_on.is_(None)
    )
    return (await connection.execute(query)).first()


async def _lock(connection: AsyncConnection, contract_id: str) -> None:
    await connection.execute(sa.select(contracts.c.id).where(contracts.c.id == contract_id).with_for_update())


async def _company(connection: AsyncConnection, contract_id: str) -> str | None:
    found: str | None = await connection.scalar(
        sa.select(contracts.c.company_id).where(contracts.c.id == contract_id)
    )
    return found


async def _facts(
    portal: Portal, connection: AsyncConnection, contract_id: str, state: State, now: datetime
) -> TerminationLetter:
    """Return what the letter says, as the rules would end the contract now; raises `Refusal`."""
    after = history(state, decide(state, a.Terminate(reason="unpaid"), now))
    parties = (await billed(connection, {contract_id}))[contract_id]
    today = paris_day(now)
    late = [one for one in state.invoices if one.payment is Payment.IN_DEFAULT]
    suspended_at = state.suspended_at
    if suspended_at is None or after.ended_on is None:
        raise AssertionError("a termination for non-payment follows a suspension")
    return TerminationLetter(
        contract=parties.number,
        seller=seller_of(portal.settings),
        buyer=parties.buyer,
        dated=today,
        last_day=after.ended_on,
        suspended_at=suspended_at,
        mailed=tuple((one.number, paris_day(one.mailed_at)) for one in late if one.mailed_at),
        dues=tuple(one for one in dues(state, now) if one.invoice in late),
        restitution=restitution_last_day(after, after.ended_on).day,
    )
