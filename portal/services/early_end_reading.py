"""The letters of insolvency and force majeure as staff see them: posted or not, and what they open and when."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from portal.contract.because import Because
from portal.contract.calendar import start_of_day
from portal.contract.ending import early_end_opens
from portal.documents.end_papers import LetterKind
from portal.records.billing_tables import letters
from portal.records.tables import companies, contracts
from portal.services.context import Portal, Viewer
from portal.services.early_ends import ENDING, KINDS, OPENING, REASONS, runs_from

_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class EarlyEnd:
    """One of its letters; `opens` is the first day on which the contract may be ended after it."""

    id: str
    contract_id: str
    legal_name: str
    kind: LetterKind
    made_at: datetime
    since: date
    posted_on: date | None
    opens: Because | None
    tracking: str
    has_proof: bool
    is_over: bool


async def early_ends(portal: Portal, viewer: Viewer) -> tuple[EarlyEnd, ...]:
    """Return the letters of today and those that were posted, the latest first; for staff."""
    viewer.must_be_staff()
    query = (
        sa.select(letters, companies.c.legal_name)
        .join(contracts, contracts.c.id == letters.c.contract_id)
        .join(companies, companies.c.id == contracts.c.company_id)
        .where(
            letters.c.kind.in_(KINDS),
            sa.or_(letters.c.posted_on.is_not(None), letters.c.made_at >= start_of_day(portal.today())),
        )
        .order_by(letters.c.posted_on.is_not(None), letters.c.made_at.desc(), letters.c.id)
        .limit(_SHOWN)
    )
    async with portal.database.reading() as connection:
        rows = (await connection.execute(query)).all()
    ended = {row.contract_id for row in rows if row.posted_on and row.kind in ENDING.values()}
    return tuple(
        EarlyEnd(
            id=row.id,
            contract_id=row.contract_id,
            legal_name=row.legal_name,
            kind=row.kind,
            made_at=row.made_at,
            since=row.since,
            posted_on=row.posted_on,
            opens=_opens(row),
            tracking=row.tracking,
            has_proof=row.proof_key is not None,
            is_over=row.contract_id in ended,
        )
        for row in rows
    )


def _opens(row: sa.Row[Any]) -> Because | None:
    """Return when the contract may be ended after a letter that starts a delay; None before it is posted."""
    reason = REASONS[row.kind]
    if row.posted_on is None or row.kind != OPENING[reason]:
        return None
    return early_end_opens(runs_from(row), reason)
