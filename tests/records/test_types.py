"""An instant in the records is aware, exact to the microsecond, and sorts as time does."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import StatementError

from portal.records.access_tables import attempts
from portal.services.context import Portal

PARIS = ZoneInfo("Europe/Paris")
# The night of 25 October 2026: 2 h 30 comes twice, first in summer time.
SUMMER = datetime(2026, 10, 25, 2, 30, tzinfo=PARIS)
WINTER = SUMMER.replace(fold=1)


async def kept(portal: Portal, *instants: datetime) -> list[datetime]:
    """Write instants and return them as the database orders them."""
    async with portal.database.transaction() as connection:
        for instant in instants:
            await connection.execute(sa.insert(attempts).values(key_hash="x", at=instant))
    async with portal.database.reading() as connection:
        return list(await connection.scalars(sa.select(attempts.c.at).order_by(attempts.c.at)))


async def test_a_naive_instant_is_refused(portal: Portal) -> None:
    with pytest.raises(StatementError, match="naive"):
        await kept(portal, datetime(2026, 3, 3, 9, 0))  # noqa: DTZ001 -- naive on purpose


async def test_an_instant_comes_back_exactly_and_in_utc(portal: Portal) -> None:
    instant = datetime(2026, 3, 3, 9, 0, 0, 123_456, tzinfo=PARIS)
    [read] = await kept(portal, instant)
    assert read == instant
    assert read.tzinfo is UTC


async def test_instants_sort_as_time_does_whatever_they_were_written_in(portal: Portal) -> None:
    whole = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    instants = [WINTER, whole + timedelta(microseconds=1), whole, SUMMER]
    assert await kept(portal, *instants) == [
        SUMMER.astimezone(UTC),
        whole,
        whole + timedelta(microseconds=1),
        WINTER.astimezone(UTC),
    ]


async def test_instants_are_compared_with_the_same_care(portal: Portal) -> None:
    await kept(portal, SUMMER, WINTER)
    async with portal.database.reading() as connection:
        before = sa.select(sa.func.count()).select_from(attempts).where(attempts.c.at < WINTER)
        assert await connection.scalar(before) == 1
