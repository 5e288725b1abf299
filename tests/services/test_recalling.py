"""A night's run begins where the one before has left a contract, and comes to the very same."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from portal.contract import acts as a
from portal.contract.acts import Act
from portal.records import keeping, store
from portal.records.billing_tables import legal_rates
from portal.records.projections import differences, next_stop, rebuild, state_of
from portal.records.tables import events, kept_states
from portal.services.calendar import Swept, sweep
from portal.services.context import Portal
from portal.services.offers import offer_of, offers_at
from portal.services.purge_rows import history
from portal.services.recalling import recall
from tests.clock import FixedClock
from tests.many_contracts import THE_RUN, make_contracts
from tests.services.clients import a_trial, act, paris
from tests.services.paying_lives import in_force

A_YEAR_AND_MORE: Sequence[tuple[datetime, Act]] = (
    (paris(date(2026, 4, 29), 12), a.Settle(month="2026-05")),
    (paris(date(2026, 5, 12), 10), a.RegisterUser(user="late")),
    (paris(date(2026, 5, 12), 11), a.OrderOption(code="storage", quantity=2)),
    (paris(date(2026, 5, 31), 12), a.Settle(month="2026-06", amount_cents=10_000)),
    (paris(date(2026, 6, 9), 10), a.RemoveUser(user="late")),
    (paris(date(2026, 7, 1), 10), a.ServeNotice(by="client")),
    (paris(date(2026, 7, 25), 10), a.SettleEverything()),
    (paris(date(2026, 8, 2), 10), a.WithdrawNotice()),
    (paris(date(2026, 8, 31), 12), a.Settle(month="2026-09")),
    (paris(date(2026, 11, 3), 10), a.AnnouncePrice(user_month_cents=5200)),
    (paris(date(2026, 11, 3), 11), a.AnnounceTerms(version="2027-01")),
    (paris(date(2026, 11, 20), 12), a.SettleEverything()),
    (paris(date(2026, 12, 1), 10), a.RefuseChange(what="price")),
    (paris(date(2026, 12, 9), 10), a.WithdrawRefusal(what="price")),
    (paris(date(2027, 3, 1), 10), a.SettleEverything()),
    (paris(date(2027, 4, 29), 10), a.SettleEverything()),
    (paris(date(2027, 5, 3), 10), a.ServeNotice(by="client")),
    (paris(date(2027, 5, 4), 10), a.SettleEverything()),
)

NEXT_RUN = paris(date(2026, 5, 20), 6)


async def rows_kept(portal: Portal) -> list[Any]:
    async with portal.database.reading() as connection:
        return list(await connection.execute(sa.select(kept_states).order_by(kept_states.c.contract_id)))


async def differing(portal: Portal) -> dict[str, Any]:
    async with portal.database.reading() as connection:
        return await differences(connection, offers_at(portal.now()))


async def comes_to_the_same(portal: Portal, contract_id: str) -> bool:
    """Hold what is recalled to the whole history; say whether a kept state spared some of it."""
    async with portal.database.reading() as connection:
        whole = await store.load(connection, contract_id, company_id=None)
        state = state_of(whole, await offer_of(connection, whole, portal.now()))
        found = (await recall(connection, [contract_id], portal.now()))[contract_id]
    assert found.state == state
    there, here = whole, found.recorded
    assert (here.company_id, here.seq, here.last_hash) == (there.company_id, there.seq, there.last_hash)
    assert here.signed_at == there.signed_at
    assert here.is_whole or there.events[here.after.seq :] == here.events
    return not here.is_whole


async def sweep_until(portal: Portal, clock: FixedClock, contract_id: str, end: datetime) -> int:
    """Let time pass, each stop swept as the jobs do; return how often a kept state was begun with."""
    spared = 0
    while True:
        async with portal.database.reading() as connection:
            stop = await next_stop(connection, portal.machine_now())
        if stop is None or stop > end:
            clock.move_to(end)
            return spared
        clock.move_to(stop)
        spared += await comes_to_the_same(portal, contract_id)
        assert await sweep(portal) == Swept(1, ())


async def test_a_life_of_two_terms_is_recalled_as_it_is_told(portal: Portal, clock: FixedClock) -> None:
    """Arrears, notice, an option, a change of price and of terms, a renewal: whatever was kept on the way."""
    client = await in_force(portal, clock)
    await publish(portal, "2026-2", "2027-1")
    spared = 0
    for at, one in A_YEAR_AND_MORE:
        spared += await sweep_until(portal, clock, client.contract_id, at)
        await act(portal, client, one)
        await comes_to_the_same(portal, client.contract_id)
        assert await differing(portal) == {}
    assert spared > len(A_YEAR_AND_MORE)


async def publish(portal: Portal, *half_years: str) -> None:
    async with portal.database.transaction() as connection:
        rows = [
            {"half_year": one, "hundredths": 262, "source": "JORF", "at": portal.now(), "by_id": "staff"}
            for one in half_years
        ]
        await connection.execute(sa.insert(legal_rates), rows)


async def after_a_night(portal: Portal, clock: FixedClock) -> tuple[str, ...]:
    """Three contracts, their invoices of May issued by last night's run."""
    ids = await make_contracts(portal, 3)
    clock.move_to(THE_RUN)
    assert await sweep(portal) == Swept(3, ())
    assert {row.contract_id for row in await rows_kept(portal)} == set(ids)
    return ids


async def spared(portal: Portal, ids: Sequence[str]) -> list[bool]:
    return [await comes_to_the_same(portal, one) for one in ids]


async def test_what_a_person_does_meanwhile_comes_after_what_was_kept(
    portal: Portal, clock: FixedClock
) -> None:
    client = await in_force(portal, clock)
    await sweep_until(portal, clock, client.contract_id, paris(date(2026, 4, 20), 7))
    await act(portal, client, a.Settle(month="2026-05"))
    [row] = await rows_kept(portal)
    assert await spared(portal, [client.contract_id]) == [True]
    async with portal.database.reading() as connection:
        found = (await recall(connection, [client.contract_id], portal.now()))[client.contract_id]
    assert [one.event.kind for one in found.recorded.events] == ["payment_settled"]
    assert found.recorded.events[0].previous_hash == row.hash


async def test_only_contracts_in_force_are_kept(portal: Portal, clock: FixedClock) -> None:
    """What happens before, and after, happens to each on a day of its own."""
    client = await a_trial(portal, clock, paris(date(2026, 3, 4), 9))
    await sweep_until(portal, clock, client.contract_id, paris(date(2026, 4, 20), 7))
    assert await rows_kept(portal) == []


async def test_nothing_is_believed_under_other_rules(
    portal: Portal, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new release: each history is read from its first event, once, and kept anew."""
    ids = await after_a_night(portal, clock)
    before = await rows_kept(portal)
    assert await spared(portal, ids) == [True] * 3
    monkeypatch.setattr(keeping, "_fingerprint", lambda *_: "f" * 64)
    assert await spared(portal, ids) == [False] * 3
    assert await differing(portal) == {}, "what is not believed is not wrong"
    clock.move_to(NEXT_RUN)
    assert await sweep(portal) == Swept(3, ())
    assert {row.under for row in await rows_kept(portal)} == {"f" * 64}
    assert await rows_kept(portal) != before
    assert await spared(portal, ids) == [True] * 3


async def test_nothing_is_believed_under_another_offer(portal: Portal, clock: FixedClock) -> None:
    ids = await after_a_night(portal, clock)
    await publish(portal, "2026-2")
    assert await spared(portal, ids) == [False] * 3


@pytest.mark.parametrize("text", ["", "{", "[]", '{"relationship": "widowed"}', '{"terms": "many"}'])
async def test_a_kept_state_that_cannot_be_read_costs_time_alone(
    portal: Portal, clock: FixedClock, text: str
) -> None:
    first, *others = await after_a_night(portal, clock)
    await spoil(portal, first, state=text)
    with capture_logs() as logged:
        assert await spared(portal, [first, *others]) == [False, True, True]
    assert [one["event"] for one in logged] == ["contract.kept_state_unreadable"]
    assert logged[0]["contract"] == first
    clock.move_to(NEXT_RUN)
    assert await sweep(portal) == Swept(3, ())
    assert await differing(portal) == {}
    assert await spared(portal, [first, *others]) == [True] * 3


async def spoil(portal: Portal, contract_id: str, **values: object) -> None:
    async with portal.database.transaction() as connection:
        await connection.execute(
            sa.update(kept_states).where(kept_states.c.contract_id == contract_id).values(**values)
        )


async def test_a_kept_state_that_says_something_else_is_found_and_mended(
    portal: Portal, clock: FixedClock
) -> None:
    first, *_ = await after_a_night(portal, clock)
    rows = await rows_kept(portal)
    [right] = [row for row in rows if row.contract_id == first]
    await spoil(portal, first, state=right.state.replace('"terms":1', '"terms":2'))
    found = await differing(portal)
    assert list(found) == ["kept_states"]
    stored, derived = found["kept_states"]
    assert [row[0] for row in stored] == [row[0] for row in derived] == [first]
    async with portal.database.transaction() as connection:
        written = await rebuild(connection, offers_at(portal.now()))
    assert written["kept_states"] == 3
    assert await differing(portal) == {}


@pytest.mark.parametrize("values", [{"hash": "0" * 64}, {"seq": 900}])
async def test_what_was_kept_at_no_event_of_the_chain_is_not_believed(
    portal: Portal, clock: FixedClock, values: dict[str, Any]
) -> None:
    """A database brought back from two moments: a state from after the events that it has."""
    first, *others = await after_a_night(portal, clock)
    await spoil(portal, first, **values)
    assert await spared(portal, [first, *others]) == [False, True, True]
    assert list(await differing(portal)) == ["kept_states"]


async def test_an_old_event_that_cannot_be_read_any_more_stops_its_contract_alone(
    portal: Portal, clock: FixedClock
) -> None:
    """Two weeks later the invoices are late: their rows say when each was issued, which was before what was kept."""
    ids = await after_a_night(portal, clock)
    async with portal.database.transaction() as connection:
        await connection.execute(
            sa.update(events).where(events.c.contract_id == ids[0], events.c.seq == 3).values(body="{}")
        )
    clock.move_to(paris(date(2026, 5, 4), 9))
    assert await sweep(portal) == Swept(2, (ids[0],))
    assert await spared(portal, ids[1:]) == [True] * 2


async def test_what_was_kept_goes_with_the_history(portal: Portal, clock: FixedClock) -> None:
    ids = await after_a_night(portal, clock)
    counts: dict[str, int] = {}
    async with portal.database.transaction() as connection:
        await history(connection, ids[0], counts)
    assert counts["kept_states"] == 1
    assert {row.contract_id for row in await rows_kept(portal)} == set(ids[1:])
