"""The journal: every sensitive act, so that the person it concerns can read who did what, and from where.

It holds no secret: neither a password, nor a link, nor a code, nor what was typed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records.tables import journal
from portal.services.context import Origin, Portal, Viewer
from portal.services.names import names_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal; `by` is the name of whoever did it, "" for the portal itself and those erased since."""

    at: datetime
    kind: str
    by_id: str | None
    by: str
    details: dict[str, Any]
    ip: str


async def note(
    connection: AsyncConnection,
    *,
    at: datetime,
    kind: str,
    person_id: str | None,
    company_id: str | None = None,
    by_id: str | None = None,
    ip: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Write a line, in the transaction of the act it tells."""
    await connection.execute(
        sa.insert(journal).values(
            at=at,
            kind=kind,
            person_id=person_id,
            company_id=company_id,
            by_id=by_id,
            ip=ip,
            details=details or {},
        )
    )


async def note_own_act(
    portal: Portal,
    connection: AsyncConnection,
    viewer: Viewer,
    kind: str,
    origin: Origin,
    *,
    company_id: str | None = None,
    **details: object,
) -> None:
    """Write a line about what the viewer has just done, of her own and of the company it concerns."""
    await note(
        connection,
        at=portal.now(),
        kind=kind,
        person_id=viewer.person_id,
        company_id=company_id,
        by_id=viewer.person_id,
        ip=origin.ip,
        details=details,
    )


async def of_person(connection: AsyncConnection, person_id: str, limit: int = 100) -> tuple[Entry, ...]:
    """Return the newest lines about a person, newest first."""
    return await _entries(connection, journal.c.person_id == person_id, limit)


async def of_company(connection: AsyncConnection, company_id: str, limit: int = 200) -> tuple[Entry, ...]:
    """Return the newest lines about a company, newest first; for staff."""
    return await _entries(connection, journal.c.company_id == company_id, limit)


async def _entries(
    connection: AsyncConnection, whose: sa.ColumnElement[bool], limit: int
) -> tuple[Entry, ...]:
    rows = (
        await connection.execute(
            sa.select(journal).where(whose).order_by(journal.c.at.desc(), journal.c.id.desc()).limit(limit)
        )
    ).all()
    names = await names_of(connection, {row.by_id for row in rows})
    return tuple(
        Entry(row.at, row.kind, row.by_id, names.get(row.by_id, ""), row.details, row.ip) for row in rows
    )
