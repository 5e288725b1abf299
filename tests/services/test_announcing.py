"""CGV art. 10.1, 17: a price announced to many contracts in force, in chunks, once each, whatever stops it."""

import asyncio
from collections import Counter
from datetime import date

import pytest
import sqlalchemy as sa

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.announcing import standing_of
from portal.contract.because import Because
from portal.contract.french import full_date
from portal.contract.offer import Grid
from portal.contract.refusal import Refusal
from portal.records import projections, store
from portal.records.billing_tables import announced_contracts, announcements
from portal.records.tables import outbox, situations
from portal.services import announced_chunks
from portal.services.announced_chunks import announce_chunk, announce_waiting
from portal.services.announcements import SimulationChanged, announce, announcements_made, outliers
from portal.services.announcing import Choice, simulate, simulated_page
from portal.services.calendar import sweep
from portal.services.context import NotFound, Portal, Role, Viewer
from portal.services.offers import offers_of
from portal.services.price_grids import NewGrid, publish_grid, published_grids
from tests.clock import FixedClock
from tests.many_contracts import THE_RUN, make_contracts
from tests.services.clients import ORIGIN, Client, act, paris
from tests.services.contracts import a_contract

MANY = 200
ONE, OTHER = (Viewer(one, Role.STAFF, None, "session") for one in ("a colleague", "another"))
# The contracts of `many_contracts` are in force since 17/02/2026: renewed on 17/02/2027.
NOW = paris(date(2026, 4, 19), 12)


async def a_grid(portal: Portal, day: date, cents: int = 5200) -> Choice:
    await publish_grid(portal, ONE, NewGrid(day, Grid(user_month_cents=cents)), ORIGIN)
    found = await published_grids(portal, ONE)
    return Choice("price", next(one.id for one in found if one.applies_from == day))


async def announced_to(portal: Portal) -> Counter[str]:
    """Return, of each contract, how many announcements its history has."""
    async with portal.database.reading() as connection:
        ids = list(await connection.scalars(sa.select(situations.c.contract_id)))
        histories = await store.load_many(connection, ids)
    return Counter(
        one.contract_id
        for one in histories
        for stored in one.events
        if isinstance(stored.event, e.ChangeAnnounced)
    )


async def test_a_price_is_announced_once_to_each_whatever_stops_it(
    portal: Portal, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.move_to(NOW)
    ids = await make_contracts(portal, MANY)
    choice = await a_grid(portal, date(2026, 5, 1))
    simulation = await simulate(portal, ONE, choice)

    # Five users named, six invoiced: 3,00 more for each of them, a month.
    assert (simulation.contracts, simulation.at_next_renewal, simulation.at_the_one_after) == (MANY, MANY, 0)
    assert simulation.first is not None
    assert simulation.first.day == date(2027, 2, 17)
    assert simulation.last == simulation.first
    assert simulation.yearly_cents == MANY * 6 * 300 * 12
    assert [
        (one.month, one.before_cents, one.after_cents, one.changed) for one in simulation.months[-3:]
    ] == [
        (date(2027, 2, 1), MANY * 29400, MANY * 29400, 0),
        (date(2027, 3, 1), MANY * 29400, MANY * 31200, MANY),
        (date(2027, 4, 1), MANY * 29400, MANY * 31200, MANY),
    ]

    # Two confirm at once, one of them twice: it is one announcement.
    made = await asyncio.gather(
        *(announce(portal, viewer, choice, simulation.shown, ORIGIN) for viewer in (ONE, OTHER, ONE))
    )
    assert len(set(made)) == 1

    # A worker dies in the middle of a chunk: nothing of it is there.
    async def killed(*_: object) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as broken:
        broken.setattr(announced_chunks, "_write", killed)
        with pytest.raises(asyncio.CancelledError):
            await announce_chunk(portal, limit=60)
    assert not await announced_to(portal)

    # The others go on, while the night's invoices fall due beside them.
    assert await announce_chunk(portal, limit=60) == 60
    clock.move_to(THE_RUN)
    done, swept = await asyncio.gather(announce_waiting(portal), sweep(portal))
    assert (done, swept.failed) == (MANY - 60, ())
    assert await announced_to(portal) == Counter(ids)
    [found] = await announcements_made(portal, ONE)
    assert (found.counts, found.total, found.done) == ({"announced": MANY}, MANY, MANY)
    assert found.finished_at == THE_RUN
    async with portal.database.reading() as connection:
        mails = Counter(
            await connection.scalars(
                sa.select(outbox.c.contract_id).where(outbox.c.template == "price_announced")
            )
        )
    assert mails == Counter(ids)

    # Once more is once: everyone has it already.
    assert await announce(portal, OTHER, choice, simulation.shown, ORIGIN) == made[0]
    assert await announce_chunk(portal) is None


async def test_what_the_tables_say_of_a_contract_is_what_its_history_says(
    portal: Portal, clock: FixedClock
) -> None:
    client, _ = await a_contract(portal, clock)
    await act(portal, client, a.OrderOption(code="storage", quantity=2))
    await act(portal, client, a.AnnouncePrice(user_month_cents=5200), a.AnnounceTerms(version="2025-09"))
    await act(portal, client, a.RefuseChange(what="terms"))
    async with portal.database.reading() as connection:
        row = (await connection.execute(sa.select(situations))).one()
        recorded = await store.load(connection, client.contract_id, company_id=None)
        offers = await offers_of(connection, [recorded], portal.now())
    state = projections.state_of(recorded, offers[client.contract_id])
    standing = standing_of(state)
    assert projections.standing_in(row) == standing
    assert standing is not None
    assert (standing.unit_cents, standing.quantity, standing.options_cents) == (4900, 5, 3000)
    assert standing.ends == date(2027, 3, 16)


async def one_in_force(portal: Portal, clock: FixedClock) -> tuple[Client, Choice]:
    client, _ = await a_contract(portal, clock)
    return client, await a_grid(portal, date(2026, 5, 1))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_after_the_limit_it_waits_for_the_renewal_after(portal: Portal, clock: FixedClock) -> None:
    client, choice = await one_in_force(portal, clock)
    for instant, day, waits in (
        (paris(date(2027, 2, 16), 23, 59), date(2027, 3, 17), 0),
        (paris(date(2027, 2, 17), 0), date(2028, 3, 17), 1),
    ):
        clock.move_to(instant)
        await sweep(portal)
        simulation = await simulate(portal, ONE, choice)
        assert simulation.first is not None
        assert (simulation.first.day, simulation.at_the_one_after) == (day, waits)
        [line], total = await simulated_page(portal, ONE, choice, 1)
        assert (line.contract_id, total) == (client.contract_id, 1)
    await announce(portal, ONE, choice, simulation.shown, ORIGIN)
    await announce_waiting(portal)
    async with portal.database.reading() as connection:
        row = (await connection.execute(sa.select(announced_contracts))).one()
    assert (row.outcome, row.applies_from, row.before_cents, row.after_cents, row.quantity) == (
        "announced",
        date(2028, 3, 17),
        4900,
        5200,
        5,
    )


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_grid_of_the_past_or_after_the_limit_is_refused(portal: Portal, clock: FixedClock) -> None:
    _, passed = await one_in_force(portal, clock)
    await a_grid(portal, date(2026, 6, 1), 5300)
    too_late = await a_grid(portal, date(2028, 1, 1), 5400)
    clock.move_to(paris(date(2026, 6, 1), 10))
    await sweep(portal)
    with pytest.raises(Refusal) as refused:
        await simulate(portal, ONE, passed)
    assert refused.value.code == "grid_passed"
    assert "n’est plus en vigueur" in refused.value.message
    with pytest.raises(Refusal) as refused:
        await simulate(portal, ONE, too_late)
    assert refused.value.code == "grid_after_limit"
    # What is announced now applies by 02/07/2027; a year before its day, that grid reaches every renewal.
    days = [date(2027, 7, 2), date(2027, 1, 1)]
    assert [one.day for one in refused.value.reasons if isinstance(one, Because)] == days
    assert all(full_date(day) in refused.value.message for day in days)
    with pytest.raises(NotFound):
        await simulate(portal, ONE, Choice("price", "of nobody"))
    with pytest.raises(NotFound):
        await simulate(portal, Viewer("a client", Role.CLIENT, "hers", "session"), passed)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_contracts_that_it_leaves_as_they_are_are_listed(portal: Portal, clock: FixedClock) -> None:
    client, choice = await one_in_force(portal, clock)
    later = await a_grid(portal, date(2027, 3, 18), 5500)
    # Its renewal of 17/03/2027 comes one day before that grid may be applied.
    simulation = await simulate(portal, ONE, later)
    assert (simulation.reached, simulation.left_out) == (0, (("too_soon", 1),))
    with pytest.raises(Refusal) as refused:
        await announce(portal, ONE, later, simulation.shown, ORIGIN)
    assert refused.value.code == "nobody_reached"

    shown = (await simulate(portal, ONE, choice)).shown
    with pytest.raises(SimulationChanged):
        await announce(portal, ONE, choice, (5200, 2), ORIGIN)
    await announce(portal, ONE, choice, shown, ORIGIN)
    with pytest.raises(Refusal) as refused:
        await announce(portal, ONE, later, shown, ORIGIN)
    assert refused.value.code == "announcement_running"

    # Between the announcement and its turn, the contract gives notice.
    await act(portal, client, a.ServeNotice(by="client"))
    await announce_waiting(portal)
    async with portal.database.reading() as connection:
        announcement_id = await connection.scalar(sa.select(announcements.c.id))
    [left] = await outliers(portal, ONE, announcement_id or "")
    assert (left.contract_id, left.outcome, left.reason, left.day) == (
        client.contract_id,
        "left_out",
        "ends",
        date(2027, 3, 16),
    )
