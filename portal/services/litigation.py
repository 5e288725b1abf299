"""A dispute keeps what is known of a company (gel pour contentieux): staff set it and lift it, each time with a reason."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

import sqlalchemy as sa
from pydantic import AfterValidator
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.refusal import Refusal
from portal.records.end_tables import litigation_holds
from portal.records.tables import companies
from portal.services.context import NotFound, Origin, Portal, Viewer
from portal.services.forms import Form, clean, problem, read
from portal.services.journal import note

_LONGEST: Final = 1000


@dataclass(frozen=True, slots=True)
class LitigationHold:
    """A hold that is set, on whom, since when and why."""

    company_id: str
    legal_name: str
    reason: str
    set_at: datetime


def _reason(typed: str) -> str:
    reason = clean(typed)
    if not reason:
        raise problem("Dites pourquoi, en une phrase : ce motif reste dans le dossier.")
    if len(reason) > _LONGEST:
        raise problem(f"Ce motif dépasse {_LONGEST} caractères : dites-le plus brièvement.")
    return reason


class ReasonForm(Form):
    """Why a hold is set or lifted."""

    reason: Annotated[str, AfterValidator(_reason)]


def read_reason(form: Mapping[str, object]) -> ReasonForm:
    """Return what was typed of a hold; raises `FormProblems`."""
    return read(ReasonForm, form)


async def set_hold(portal: Portal, viewer: Viewer, company_id: str, form: ReasonForm, origin: Origin) -> None:
    """Keep from now on all that is known of a company; one hold at a time. Raises `NotFound`, `Refusal`."""
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> None:
        await _lock(connection, company_id)
        if await _open_hold(connection, company_id) is not None:
            raise Refusal(
                "litigation_hold_set",
                clause="12",
                message="Un gel est déjà posé pour ce client : rien de lui n’est purgé.",
            )
        await connection.execute(
            sa.insert(litigation_holds).values(
                id=str(uuid.uuid4()),
                company_id=company_id,
                reason=form.reason,
                set_at=portal.now(),
                set_by=viewer.person_id,
                lifted_for="",
            )
        )
        await _note(portal, connection, viewer, company_id, "litigation_hold_set", origin)

    await portal.transact(work)


async def lift_hold(
    portal: Portal, viewer: Viewer, company_id: str, form: ReasonForm, origin: Origin
) -> None:
    """Let the retention table apply again: what has had its last day meanwhile goes with the next purge.

    Raises `NotFound`, and `Refusal` where no hold is set.
    """
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> None:
        await _lock(connection, company_id)
        hold_id = await _open_hold(connection, company_id)
        if hold_id is None:
            raise Refusal(
                "litigation_hold_missing", clause="12", message="Aucun gel n’est posé pour ce client."
            )
        await connection.execute(
            sa.update(litigation_holds)
            .where(litigation_holds.c.id == hold_id)
            .values(lifted_at=portal.now(), lifted_by=viewer.person_id, lifted_for=form.reason)
        )
        await _note(portal, connection, viewer, company_id, "litigation_hold_lifted", origin)

    await portal.transact(work)


async def holds(portal: Portal, viewer: Viewer) -> tuple[LitigationHold, ...]:
    """Return the holds that are set, the oldest first; for staff."""
    viewer.must_be_staff()
    query = (
        sa.select(litigation_holds, companies.c.legal_name)
        .join(companies, companies.c.id == litigation_holds.c.company_id)
        .where(litigation_holds.c.lifted_at.is_(None))
        .order_by(litigation_holds.c.set_at, litigation_holds.c.id)
    )
    async with portal.database.reading() as connection:
        rows = await connection.execute(query)
        return tuple(LitigationHold(row.company_id, row.legal_name, row.reason, row.set_at) for row in rows)


async def _lock(connection: AsyncConnection, company_id: str) -> None:
    found = await connection.scalar(
        sa.select(companies.c.id).where(companies.c.id == company_id).with_for_update()
    )
    if found is None:
        raise NotFound


async def _open_hold(connection: AsyncConnection, company_id: str) -> str | None:
    found: str | None = await connection.scalar(
        sa.select(litigation_holds.c.id).where(
            litigation_holds.c.company_id == company_id, litigation_holds.c.lifted_at.is_(None)
        )
    )
    return found


async def _note(
    portal: Portal, connection: AsyncConnection, viewer: Viewer, company_id: str, kind: str, origin: Origin
) -> None:
    await note(
        connection,
        at=portal.now(),
        kind=kind,
        person_id=viewer.person_id,
        company_id=company_id,
        by_id=viewer.person_id,
        ip=origin.ip,
    )
