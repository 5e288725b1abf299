"""The SEPA mandates of a contract (CGV art. 10.2): which account is collected from, and what stops it.

A mandate is taken up when its signed paper is accepted, with the account that this very printing names; a
later one replaces it. The bank's word may block it: then nothing is collected before another is signed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.acts import Piece
from portal.contract.because import Because
from portal.contract.calendar import paris_day
from portal.contract.collecting import MandateUse, mandate_lapse
from portal.contract.state import Mandate
from portal.documents.dossier_papers import MandatePaper
from portal.payments.accounts import masked
from portal.payments.reason_codes import ReturnReason, return_reason
from portal.records import upserts
from portal.records.billing_tables import mandates
from portal.records.tables import papers, pieces
from portal.services.context import Portal, Viewer
from portal.services.histories import OpenHistory
from portal.services.keys import keys_of
from portal.services.papers import printed
from portal.services.piece_readings import unsealed
from portal.services.reading import any_contract, own_contract


class Standing(StrEnum):
    """Whether a mandate may be collected under."""

    GOOD = "good"
    BLOCKED = "blocked"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class SignedMandate:
    """A mandate as a page shows it: four digits of its account; `blocked_for` is the bank's reason."""

    reference: str
    holder: str
    iban_hint: str
    bic: str
    bank_name: str
    signed_on: date
    accepted_at: datetime
    last_presented_on: date | None
    blocked_at: datetime | None
    blocked_for: ReturnReason | None
    replaced_at: datetime | None
    lapse: Because
    standing: Standing


async def own_mandates(portal: Portal, viewer: Viewer) -> tuple[SignedMandate, ...]:
    """Return the mandates of the viewer's own present contract, the newest first."""
    contract = await own_contract(portal, viewer)
    return await _mandates(portal, contract.id, is_withdrawn=contract.state.mandate is Mandate.WITHDRAWN)


async def mandates_of(portal: Portal, viewer: Viewer, contract_id: str) -> tuple[SignedMandate, ...]:
    """Return the mandates of any contract, for staff; raises `NotFound`."""
    contract = await any_contract(portal, viewer, contract_id)
    return await _mandates(portal, contract.id, is_withdrawn=contract.state.mandate is Mandate.WITHDRAWN)


async def take_up(
    portal: Portal, connection: AsyncConnection, opened: OpenHistory, document: str, at: datetime
) -> None:
    """Take up the mandate whose paper was just accepted; the one before it is replaced.

    The same printing, signed anew, is the same mandate: what blocked it is forgotten. Nothing is taken up where
    we never printed one: there is no account to collect from.
    """
    edition, received_on = await _accepted(portal, connection, opened, document, at)
    paper = await printed(portal, connection, opened.contract_id, Piece.MANDATE, edition) if edition else None
    if not isinstance(paper, MandatePaper):
        return
    await connection.execute(
        sa.update(mandates)
        .where(mandates.c.contract_id == opened.contract_id, mandates.c.replaced_at.is_(None))
        .values(replaced_at=at)
    )
    values = {
        "contract_id": opened.contract_id,
        "edition": edition,
        "holder": paper.holder,
        "iban": keys_of(portal.settings).seal(paper.iban.encode(), bound_to=_bound(paper.reference)),
        "iban_hint": masked(paper.iban),
        "bic": paper.bic,
        "bank_name": paper.bank_name,
        "signed_on": received_on,
        "accepted_at": at,
        "blocked_at": None,
        "blocked_for": "",
        "replaced_at": None,
    }
    presented = await connection.scalar(
        sa.select(mandates.c.last_presented_on).where(mandates.c.reference == paper.reference)
    )
    row = {"reference": paper.reference, "last_presented_on": presented, **values}
    await upserts.replace(connection, mandates, [row])


async def block(connection: AsyncConnection, reference: str, reason: str, at: datetime) -> bool:
    """Stop collecting under a mandate, for the bank's reason; False where it is stopped already."""
    blocked = await connection.execute(
        sa.update(mandates)
        .where(mandates.c.reference == reference, mandates.c.blocked_at.is_(None))
        .values(blocked_at=at, blocked_for=reason)
    )
    return bool(blocked.rowcount)


def iban_of_mandate(portal: Portal, reference: str, sealed: bytes) -> str:
    """Return the account's number in the clear, for the bank's file, never for a page."""
    return keys_of(portal.settings).unseal(sealed, bound_to=_bound(reference)).decode()


def use_of(row: sa.Row[Any]) -> MandateUse:
    return MandateUse(row.signed_on, row.last_presented_on)


async def _accepted(
    portal: Portal, connection: AsyncConnection, opened: OpenHistory, document: str, at: datetime
) -> tuple[int | None, date]:
    """Return the printing that was signed and the day it came; the latest printing where its pages name none."""
    latest = await connection.scalar(
        sa.select(sa.func.max(papers.c.edition)).where(
            papers.c.contract_id == opened.contract_id, papers.c.piece == Piece.MANDATE.value
        )
    )
    version_id = document.partition(".")[0]
    row = (
        await connection.execute(
            sa.select(pieces.c.reading, pieces.c.received_at).where(
                pieces.c.id == version_id, pieces.c.contract_id == opened.contract_id
            )
        )
    ).first()
    if row is None:
        return latest, paris_day(at)
    return unsealed(portal, version_id, row.reading).edition or latest, paris_day(row.received_at)


async def _mandates(portal: Portal, contract_id: str, *, is_withdrawn: bool) -> tuple[SignedMandate, ...]:
    async with portal.database.reading() as connection:
        rows = await connection.execute(
            sa.select(mandates)
            .where(mandates.c.contract_id == contract_id)
            .order_by(mandates.c.accepted_at.desc(), mandates.c.edition.desc())
        )
        today = portal.today()
        return tuple(_signed(row, today, is_withdrawn=is_withdrawn) for row in rows)


def _signed(row: sa.Row[Any], today: date, *, is_withdrawn: bool) -> SignedMandate:
    lapse = mandate_lapse(use_of(row))
    return SignedMandate(
        reference=row.reference,
        holder=row.holder,
        iban_hint=row.iban_hint,
        bic=row.bic,
        bank_name=row.bank_name,
        signed_on=row.signed_on,
        accepted_at=row.accepted_at,
        last_presented_on=row.last_presented_on,
        blocked_at=row.blocked_at,
        blocked_for=return_reason(row.blocked_for) if row.blocked_at else None,
        replaced_at=row.replaced_at,
        lapse=lapse,
        standing=_standing(row, lapse.day, today, is_withdrawn=is_withdrawn),
    )


def _standing(row: sa.Row[Any], lapses_after: date, today: date, *, is_withdrawn: bool) -> Standing:
    if row.replaced_at:
        return Standing.REPLACED
    if is_withdrawn:
        return Standing.WITHDRAWN
    if row.blocked_at:
        return Standing.BLOCKED
    return Standing.LAPSED if today > lapses_after else Standing.GOOD


def _bound(reference: str) -> str:
    return f"mandate:{reference}"
