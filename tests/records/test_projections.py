"""What pages read can be thrown away: the events alone say it again."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records import projections
from portal.records.tables import registrations, situations, trials
from portal.services.conditions import publish_demonstration
from portal.services.context import Portal
from portal.services.named_persons import NewUser
from portal.services.offers import offers_at
from portal.services.seats import register_user, remove_user
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, a_client, live_until, start_trial

TWO_MORE = (("732829320", "anne@atelier-nord.example"), ("552100554", "paul@autre.example"))
Differences = dict[str, tuple[list[Any], list[Any]]]


async def two_clients(portal: Portal, clock: FixedClock) -> tuple[Client, Client]:
    """One whose trial has lapsed, one that has just registered and removed a user."""
    await publish_demonstration(portal)
    old = await a_client(portal, siren="999120348", email="luc@carpentier.example")
    await start_trial(portal, old)
    await live_until(portal, clock, old, clock.now().replace(month=6))
    new = await a_client(portal)
    await start_trial(portal, new)
    for name in ("hugo", "salima"):
        await register_user(portal, new.viewer, NewUser(name, "Petit", f"{name}@b.example"), ORIGIN)
    async with portal.database.reading() as connection:
        last = await connection.scalar(
            sa.select(registrations.c.person_id)
            .where(registrations.c.contract_id == new.contract_id)
            .order_by(registrations.c.position.desc())
            .limit(1)
        )
    await remove_user(portal, new.viewer, str(last), ORIGIN)
    return old, new


async def all_rows(portal: Portal) -> dict[str, set[Any]]:
    async with portal.database.reading() as connection:
        return {
            table.name: {tuple(row) for row in await connection.execute(sa.select(table))}
            for table in projections.PROJECTIONS
        }


async def differences(portal: Portal) -> Differences:
    async with portal.database.reading() as connection:
        return await projections.differences(connection, offers_at(portal.now()))


async def rebuild(portal: Portal) -> dict[str, int]:
    async with portal.database.transaction() as connection:
        return await projections.rebuild(connection, offers_at(portal.now()))


async def test_rebuilding_gives_the_rows_that_were_written_along_the_way(
    portal: Portal, clock: FixedClock
) -> None:
    await two_clients(portal, clock)
    before = await all_rows(portal)
    assert await differences(portal) == {}
    assert await rebuild(portal) == {
        "situations": 2,
        "registrations": 4,
        "invoices": 0,
        "trials": 2,
        "renewal_acceptances": 0,
        "kept_states": 0,
    }
    assert await all_rows(portal) == before


@pytest.mark.parametrize(
    ("tampering", "table", "stored", "derived"),
    [
        (sa.update(situations).where(situations.c.users > 0).values(users=99), "situations", 2, 2),
        (sa.update(situations).values(next_due_at=None).where(situations.c.users == 2), "situations", 1, 1),
        (sa.delete(registrations).where(registrations.c.removed_at.is_not(None)), "registrations", 0, 1),
        (sa.update(trials).where(trials.c.siren == "732829320").values(siren="111111111"), "trials", 1, 1),
    ],
)
async def test_a_tampered_row_is_found_and_mended(
    portal: Portal, clock: FixedClock, tampering: Any, table: str, stored: int, derived: int
) -> None:
    await two_clients(portal, clock)
    before = await all_rows(portal)
    async with portal.database.transaction() as connection:
        await connection.execute(tampering)
    found = await differences(portal)
    assert list(found) == [table]
    assert (len(found[table][0]), len(found[table][1])) == (stored, derived)
    await rebuild(portal)
    assert await all_rows(portal) == before
    assert await differences(portal) == {}


async def test_what_is_due_first_is_claimed_first_and_by_one_worker(
    portal: Portal, clock: FixedClock
) -> None:
    await publish_demonstration(portal)
    first = await a_client(portal, siren="999120348", email="luc@carpentier.example")
    await start_trial(portal, first)
    clock.advance(days=1)
    others = [await a_client(portal, siren=siren, email=email) for siren, email in TWO_MORE]
    for other in others:
        await start_trial(portal, other)
    together = sorted(other.contract_id for other in others)

    async def claimed(by: datetime, limit: int = 9, *left_out: str) -> tuple[str, ...] | None:
        async with portal.database.transaction() as connection:
            due = await projections.claim_due(connection, by, limit=limit, leaving_out=set(left_out))
        return due.contract_ids if due else None

    assert await claimed(clock.now()) is None
    by = clock.now() + timedelta(days=40)
    assert await claimed(by) == (first.contract_id,)
    assert await claimed(by, 9, first.contract_id) == tuple(together)
    assert await claimed(by, 1, first.contract_id) == (together[0],)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_what_another_worker_holds_is_left_to_it(portal: Portal, clock: FixedClock) -> None:
    await publish_demonstration(portal)
    for siren, email in TWO_MORE:
        await start_trial(portal, await a_client(portal, siren=siren, email=email))
    by = clock.now() + timedelta(days=40)

    async def claim(connection: AsyncConnection, limit: int) -> int:
        due = await projections.claim_due(connection, by, limit=limit, leaving_out=set())
        return len(due.contract_ids) if due else -1

    async with portal.database.transaction() as one, portal.database.transaction() as another:
        assert [await claim(one, 1), await claim(another, 9), await claim(another, 9)] == [1, 1, 1]
        async with portal.database.transaction() as third:
            assert await claim(third, 9) == 0, "all of that instant is in other hands"
