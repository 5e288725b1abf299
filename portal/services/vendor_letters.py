"""The letters of the vendor's notices: posted, first presented, and what became of them (CGV art. 16).

Such a notice counts from the day on which its letter was first presented; until then it changes nothing.
"""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.calendar import paris_day
from portal.contract.refusal import Refusal
from portal.records.billing_tables import letters, notices
from portal.records.tables import contracts
from portal.services.context import NotFound, Origin, Portal, Viewer
from portal.services.histories import OpenHistory
from portal.services.journal import note_own_act
from portal.services.letters import VENDOR_NOTICE
from portal.services.notice_forms import OUTCOMES, OutcomeForm, PostedForm, PresentedForm
from portal.services.registered_sending import ask_for_deposit


async def tell_posted(
    portal: Portal, viewer: Viewer, letter_id: str, posted: PostedForm, origin: Origin
) -> None:
    """Record that a letter of ours was posted; it does not count before it is presented. Twice is once."""
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> None:
        row = await _letter(connection, letter_id)
        if row.posted_on is not None:
            return
        _must_not_be_to_come(posted.day, portal.today(), "postée")
        _must_follow(posted.day, paris_day(row.made_at), "écrite")
        await connection.execute(
            sa.update(letters)
            .where(letters.c.id == letter_id)
            .values(posted_on=posted.day, tracking=posted.tracking)
        )
        await note_own_act(
            portal,
            connection,
            viewer,
            "vendor_notice_posted",
            origin,
            company_id=row.company_id,
            tracking=posted.tracking,
        )

    await portal.transact(work)


async def send(portal: Portal, viewer: Viewer, letter_id: str, origin: Origin) -> None:
    """Ask that the provider deposit a letter of ours; twice is once. `NotFound` without a provider."""
    viewer.must_be_staff()
    if not portal.registered_letters.is_open:
        raise NotFound

    async def work(connection: AsyncConnection) -> None:
        row = await _letter(connection, letter_id)
        if row.posted_on is not None:
            return
        await ask_for_deposit(portal, connection, letter_id, viewer.person_id)
        await note_own_act(
            portal, connection, viewer, "vendor_notice_sending_asked", origin, company_id=row.company_id
        )

    await portal.transact(work)


async def tell_presented(
    portal: Portal, viewer: Viewer, letter_id: str, presented: PresentedForm, origin: Origin
) -> None:
    """Record the first presentation of a letter of ours: the notice counts from that day. Twice is once.

    Raises `NotFound`, and `Refusal`: `letter_not_posted`, `letter_day`, or the rules'.
    """
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> None:
        row = await _letter(connection, letter_id)
        if row.presented_on is not None:
            return
        posted_on = _posted(row)
        _must_follow(presented.day, posted_on, "postée")
        now = portal.now()
        opened = await OpenHistory.open(portal, connection, row.contract_id, company_id=None, at=now)
        await opened.act(a.ServeNotice(by="vendor", posted=presented.day), actor=viewer.person_id, at=now)
        await connection.execute(
            sa.update(letters).where(letters.c.id == letter_id).values(presented_on=presented.day)
        )
        await connection.execute(
            sa.update(notices).where(notices.c.letter_id == letter_id).values(served_at=now)
        )
        await note_own_act(
            portal,
            connection,
            viewer,
            "vendor_notice_presented",
            origin,
            company_id=row.company_id,
            presented=presented.day.isoformat(),
        )

    await portal.transact(work)


async def tell_outcome(
    portal: Portal, viewer: Viewer, letter_id: str, told: OutcomeForm, origin: Origin
) -> None:
    """Record what became of a letter of ours: delivered, refused or unclaimed. Twice is once."""
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> None:
        row = await _letter(connection, letter_id)
        _must_follow(told.day, row.presented_on or _posted(row), "présentée")
        _must_not_be_to_come(told.day, portal.today(), OUTCOMES[told.outcome])
        delivered = told.day if told.outcome == "delivered" else None
        if (row.outcome, row.delivered_on) == (told.outcome, delivered):
            return
        await connection.execute(
            sa.update(letters)
            .where(letters.c.id == letter_id)
            .values(outcome=told.outcome, delivered_on=delivered)
        )
        await note_own_act(
            portal, connection, viewer, "letter_outcome_told", origin, company_id=row.company_id
        )

    await portal.transact(work)


async def _letter(connection: AsyncConnection, letter_id: str) -> sa.Row[Any]:
    """Return a letter of ours whose notice lives; raises `NotFound`."""
    query = (
        sa.select(letters, contracts.c.company_id)
        .join(contracts, contracts.c.id == letters.c.contract_id)
        .join(notices, notices.c.letter_id == letters.c.id)
        .where(letters.c.id == letter_id, letters.c.kind == VENDOR_NOTICE, notices.c.closed_at.is_(None))
    )
    row = (await connection.execute(query.with_for_update(of=letters))).first()
    if row is None:
        raise NotFound
    return row


def _posted(row: sa.Row[Any]) -> date:
    if row.posted_on is None:
        raise Refusal(
            "letter_not_posted",
            clause="16",
            message="Cette lettre n’est pas encore postée : notez d’abord son dépôt.",
        )
    day: date = row.posted_on
    return day


def _must_follow(day: date, before: date, what: str) -> None:
    if day < before:
        raise Refusal(
            "letter_day",
            clause="16",
            message=f"Ce jour vient avant celui où cette lettre a été {what} : choisissez ce jour-là, ou un jour suivant.",
        )


def _must_not_be_to_come(day: date, today: date, what: str) -> None:
    if day > today:
        raise Refusal(
            "letter_day",
            clause="16",
            message=f"Ce jour est à venir : une lettre ne peut pas y être déjà {what}.",
        )
