"""The letter of a notice: its facts as the contract stands, drawn and kept (CGV art. 9, 16)."""

import uuid
from asyncio import to_thread
from datetime import date
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.calendar import end_of_day, paris_day
from portal.contract.deadlines import advance
from portal.contract.ending import restitution_last_day
from portal.contract.state import State
from portal.contract.term import notice_last_day, term_last_day
from portal.documents.notice_papers import NoticeLetter, notice_pdf
from portal.records.billing_tables import letters
from portal.records.tables import dossiers
from portal.services import kept_files
from portal.services.context import Portal
from portal.services.letters import CLIENT_NOTICE, VENDOR_NOTICE
from portal.services.parties import billed, seller_of

Party = Literal["client", "vendor"]


async def letter_facts(
    portal: Portal, connection: AsyncConnection, contract_id: str, state: State, *, by: Party, counts_on: date
) -> NoticeLetter:
    """Return what the letter says, were it to count on the day `counts_on`."""
    reached, _ = advance(state, end_of_day(counts_on))
    is_late = counts_on > notice_last_day(term_last_day(reached).day).day
    ahead = 1 if is_late else 0
    last_day = term_last_day(reached, ahead).day
    parties = (await billed(connection, {contract_id}))[contract_id]
    row = (
        await connection.execute(
            sa.select(dossiers.c.signatory_name, dossiers.c.signatory_capacity).where(
                dossiers.c.contract_id == contract_id
            )
        )
    ).first()
    return NoticeLetter(
        by=by,
        contract=parties.number,
        seller=seller_of(portal.settings),
        buyer=parties.buyer,
        signatory=", ".join(one for one in row if one) if row else "",
        dated=paris_day(portal.now()),
        in_force_on=state.entered_on,
        limit=notice_last_day(last_day).day,
        last_day=last_day,
        next_last_day=term_last_day(reached, ahead + 1).day,
        restitution=restitution_last_day(state, last_day).day,
    )


async def drawn(portal: Portal, facts: NoticeLetter) -> str:
    """Draw a letter, keep it, and return its key; raises `StorageUnavailable`."""
    return await kept_files.keep(portal, await to_thread(notice_pdf, facts))


async def insert_letter(
    portal: Portal, connection: AsyncConnection, contract_id: str, *, by: Party, file_key: str, person_id: str
) -> str:
    """Write a drawn letter down and return its id."""
    letter_id = str(uuid.uuid4())
    await connection.execute(
        sa.insert(letters).values(
            id=letter_id,
            contract_id=contract_id,
            kind=CLIENT_NOTICE if by == "client" else VENDOR_NOTICE,
            file_key=file_key,
            made_at=portal.now(),
            by_id=person_id,
            tracking="",
            outcome="",
        )
    )
    return letter_id
