"""The notices that staff read: those of ours, proposed or decided, and those that clients served (CGV art. 16)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import sqlalchemy as sa

from portal.contract import acts as a
from portal.contract.because import Because
from portal.contract.notice_effect import NoticeEffect, missed_end, notice_effect
from portal.contract.refusal import Refusal
from portal.contract.state import State
from portal.contract.term import term_last_day
from portal.records.billing_tables import notices
from portal.records.tables import companies, contracts, dossiers
from portal.services.context import Portal, Viewer
from portal.services.letters import Letter, find_letter
from portal.services.names import names_of
from portal.services.reading import any_contract

_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class VendorNotice:
    """A notice of ours; `effect` is what it would bring about were it presented today, None where it cannot be."""

    id: str
    contract_id: str
    number: str
    legal_name: str
    reason: str
    proposed_by: str
    proposed_at: datetime
    is_own: bool
    accepted: bool | None
    decided_by: str
    served: bool
    letter: Letter | None
    effect: NoticeEffect | None
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class ReceivedNotice:
    """A client's notice that counts: posted when, the end it has, and, where it was late, the one it missed."""

    id: str
    contract_id: str
    number: str
    legal_name: str
    reason: str
    words: str
    letter: Letter
    ends: Because | None
    missed: Because | None
    waiver: str
    waived_by: str


async def vendor_notices(portal: Portal, viewer: Viewer, *, waiting: bool) -> tuple[VendorNotice, ...]:
    """Return those that wait for a decision, the oldest first; or those that live since, the latest first."""
    viewer.must_be_staff()
    undecided = notices.c.decided_at.is_(None)
    query = _listed("vendor").where(undecided if waiting else sa.not_(undecided))
    order = notices.c.prepared_at if waiting else notices.c.decided_at.desc()
    async with portal.database.reading() as connection:
        rows = list(await connection.execute(query.order_by(order, notices.c.id).limit(_SHOWN)))
        names = await names_of(connection, {one for row in rows for one in (row.prepared_by, row.decided_by)})
        found = {row.id: await find_letter(connection, row.letter_id or "") for row in rows}
    return tuple([await _shown(portal, viewer, row, names, found[row.id]) for row in rows])


async def _shown(
    portal: Portal, viewer: Viewer, row: sa.Row[Any], names: Mapping[str, str], letter: Letter | None
) -> VendorNotice:
    effect = None
    if row.served_at is None:
        state = (await any_contract(portal, viewer, row.contract_id)).state
        effect = notice_effect(state, a.ServeNotice(by="vendor"), portal.now())
    return VendorNotice(
        id=row.id,
        contract_id=row.contract_id,
        number=row.number or "",
        legal_name=row.legal_name,
        reason=row.words,
        proposed_by=names.get(row.prepared_by, ""),
        proposed_at=row.prepared_at,
        is_own=row.prepared_by == viewer.person_id,
        accepted=row.accepted,
        decided_by=names.get(row.decided_by or "", ""),
        served=row.served_at is not None,
        letter=letter,
        effect=effect if isinstance(effect, NoticeEffect) else None,
        refusal=effect if isinstance(effect, Refusal) else None,
    )


async def received_notices(portal: Portal, viewer: Viewer) -> tuple[ReceivedNotice, ...]:
    """Return the clients' notices that count, the latest first."""
    viewer.must_be_staff()
    query = (
        _listed("client")
        .where(notices.c.served_at.is_not(None))
        .order_by(notices.c.served_at.desc(), notices.c.id)
        .limit(_SHOWN)
    )
    async with portal.database.reading() as connection:
        rows = list(await connection.execute(query))
        names = await names_of(connection, {row.waived_by for row in rows})
        found = {row.id: await find_letter(connection, row.letter_id or "") for row in rows}
    return tuple(
        [
            await _received(portal, viewer, row, names.get(row.waived_by or "", ""), letter)
            for row in rows
            if (letter := found[row.id]) is not None
        ]
    )


async def _received(
    portal: Portal, viewer: Viewer, row: sa.Row[Any], waived_by: str, letter: Letter
) -> ReceivedNotice:
    state = (await any_contract(portal, viewer, row.contract_id)).state
    return ReceivedNotice(
        id=row.id,
        contract_id=row.contract_id,
        number=row.number or "",
        legal_name=row.legal_name,
        reason=row.reason,
        words=row.words,
        letter=letter,
        ends=_end(state),
        missed=term_last_day(state) if missed_end(state) else None,
        waiver=row.waiver,
        waived_by=waived_by,
    )


def _end(state: State) -> Because | None:
    """Return the last day of a contract whose notice counts; None where it was taken back."""
    if state.notice is None and state.ended_on is None:
        return None
    return term_last_day(state, 1 if missed_end(state) else 0)


def _listed(party: Literal["client", "vendor"]) -> sa.Select[Any]:
    return (
        sa.select(notices, companies.c.legal_name, dossiers.c.number)
        .join(contracts, contracts.c.id == notices.c.contract_id)
        .join(companies, companies.c.id == contracts.c.company_id)
        .outerjoin(dossiers, dossiers.c.contract_id == notices.c.contract_id)
        .where(notices.c.party == party, notices.c.closed_at.is_(None))
    )
