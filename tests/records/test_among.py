"""A condition on many values finds the same rows on either database."""

import pytest
import sqlalchemy as sa

from portal.records.among import among
from portal.records.tables import counters
from portal.services.context import Portal


@pytest.mark.parametrize(
    ("asked", "found"), [((), []), (("b",), ["b"]), (("c", "a", "nobody’s", "a"), ["a", "c"])]
)
async def test_the_rows_of_these_values_are_found(
    portal: Portal, asked: tuple[str, ...], found: list[str]
) -> None:
    async with portal.database.transaction() as connection:
        await connection.execute(sa.insert(counters), [{"name": name, "value": 1} for name in "abc"])
        query = sa.select(counters.c.name).order_by(counters.c.name)
        rows = await connection.scalars(query.where(among(connection, counters.c.name, asked)))
        assert list(rows) == found
