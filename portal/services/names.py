"""Who a person is, for what staff read: a name by its id."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records.tables import persons


async def names_of(connection: AsyncConnection, person_ids: Iterable[str | None]) -> dict[str, str]:
    """Return « first last » by id; those erased since, and the portal itself, have none."""
    wanted = [one for one in set(person_ids) if one]
    if not wanted:
        return {}
    rows = await connection.execute(
        sa.select(persons.c.id, persons.c.first_name, persons.c.last_name).where(persons.c.id.in_(wanted))
    )
    return {row.id: f"{row.first_name} {row.last_name}" for row in rows}
