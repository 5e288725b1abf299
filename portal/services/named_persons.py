"""The persons of a company: found by their address, kept once, never another company's."""

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records.tables import persons
from portal.services.context import NotFound


@dataclass(frozen=True, slots=True)
class NewUser:
    """A person to be registered; checked by `forms` before it comes here."""

    first_name: str
    last_name: str
    email: str


async def known_person(connection: AsyncConnection, company_id: str, email: str) -> str | None:
    """Return who has that address in the company, in whatever case; None for nobody."""
    found: str | None = await connection.scalar(
        sa.select(persons.c.id).where(
            persons.c.company_id == company_id, sa.func.lower(persons.c.email) == email.lower()
        )
    )
    return found


async def person_named(connection: AsyncConnection, company_id: str, user: NewUser, now: datetime) -> str:
    """Return the person with that address in the company, made now if there is none."""
    known = await known_person(connection, company_id, user.email)
    if known is not None:
        return known
    person_id = str(uuid.uuid4())
    await connection.execute(
        sa.insert(persons).values(
            id=person_id,
            company_id=company_id,
            email=user.email,
            first_name=user.first_name,
            last_name=user.last_name,
            created_at=now,
        )
    )
    return person_id


async def must_be_of(connection: AsyncConnection, company_id: str, person_id: str) -> None:
    """Raise `NotFound` for a person of another company, as for one that is not there."""
    known = await connection.scalar(
        sa.select(persons.c.id).where(persons.c.id == person_id, persons.c.company_id == company_id)
    )
    if known is None:
        raise NotFound
