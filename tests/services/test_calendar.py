"""What happens by itself: at its own instant however late it is executed, once, and nothing twice.

The trial of these tests starts on Tuesday 3 March 2026 at 10 h, Paris.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from portal.clock import ClockWentBack, DemonstrationClock
from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.calendar import PARIS
from portal.contract.refusal import Refusal
from portal.records import projections, store
from portal.records.tables import events, held_destructions, journal, outbox, provisioning, situations
from portal.services.calendar import Swept, confirm_destruction, sweep, travel
from portal.services.chunks import bring_up_to_date
from portal.services.conditions import publish_demonstration
from portal.services.context import NotFound, Portal, Role, Viewer
from portal.services.offers import offers_at
from portal.services.reading import own_contract
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, a_client, act, live_until, start_trial

STAFF = Viewer("a colleague", Role.STAFF, None, "session")
OTHER_SIREN = "999120348"
A_WHOLE_LIFE = [
    ("account_created", "2026-03-03T10:00"),
    ("terms_accepted", "2026-03-03T10:00"),
    ("trial_started", "2026-03-03T10:00"),
    ("service_opened", "2026-03-03T10:00"),
    ("user_registered", "2026-03-03T10:00"),
    # 30 whole days from 4 March: to 2 April. Reminders 7 and 2 days before, at 9 h.
    ("reminder_sent", "2026-03-26T09:00"),
    ("reminder_sent", "2026-03-31T09:00"),
    ("service_suspended", "2026-04-03T00:00"),
    ("data_archived", "2026-04-03T00:00"),
    # 15 whole days from 3 April: to 17 April, a Friday.
    ("reminder_sent", "2026-04-10T09:00"),
    ("reminder_sent", "2026-04-16T09:00"),
    ("service_closed", "2026-04-18T00:00"),
    ("data_destroyed", "2026-04-18T00:00"),
]
ITS_MAILS = [
    ("terms_accepted", "2026-03-03T10:00"),
    ("trial_started", "2026-03-03T10:00"),
    ("trial_ending", "2026-03-26T09:00"),
    ("trial_ending", "2026-03-31T09:00"),
    ("trial_suspended", "2026-04-03T00:00"),
    ("archive_ending", "2026-04-10T09:00"),
    ("archive_ending", "2026-04-16T09:00"),
    ("data_destroyed", "2026-04-18T00:00"),
]
ITS_ORDERS = [
    ("open", "2026-03-03T10:00"),
    ("suspend", "2026-04-03T00:00"),
    ("archive", "2026-04-03T00:00"),
    ("close", "2026-04-18T00:00"),
    ("destroy", "2026-04-18T00:00"),
]
BEFORE_DESTRUCTION = datetime(2026, 4, 17, 12, 0, tzinfo=UTC)
DESTRUCTION = datetime(2026, 4, 17, 22, 0, tzinfo=UTC)


def in_paris(rows: Sequence[Any]) -> list[tuple[str, str]]:
    return [(what, at.astimezone(PARIS).strftime("%Y-%m-%dT%H:%M")) for what, at in rows]


async def happened(portal: Portal, client: Client) -> list[tuple[str, str]]:
    async with portal.database.reading() as connection:
        query = sa.select(events.c.kind, events.c.at).where(events.c.contract_id == client.contract_id)
        return in_paris((await connection.execute(query.order_by(events.c.seq))).all())


async def posted(portal: Portal, client: Client) -> list[tuple[str, str]]:
    async with portal.database.reading() as connection:
        query = sa.select(outbox.c.template, outbox.c.as_of).where(outbox.c.contract_id == client.contract_id)
        return in_paris((await connection.execute(query.order_by(outbox.c.id))).all())


async def ordered(portal: Portal, client: Client) -> list[tuple[str, str]]:
    async with portal.database.reading() as connection:
        query = sa.select(provisioning.c.action, provisioning.c.at)
        query = query.where(provisioning.c.contract_id == client.contract_id).order_by(provisioning.c.id)
        return in_paris((await connection.execute(query)).all())


async def a_trial(portal: Portal, **who: str) -> Client:
    client = await a_client(portal, **who)
    await start_trial(portal, client)
    return client


@pytest.fixture(autouse=True)
async def published(portal: Portal) -> None:
    await publish_demonstration(portal)


# --- a whole life ----------------------------------------------------------------------------------------


async def test_a_trial_left_to_lapse_is_recorded_told_and_ordered(portal: Portal, clock: FixedClock) -> None:
    client = await a_trial(portal)
    await live_until(portal, clock, client, datetime(2026, 6, 1, tzinfo=UTC))
    assert await happened(portal, client) == A_WHOLE_LIFE
    assert await posted(portal, client) == ITS_MAILS
    assert await ordered(portal, client) == ITS_ORDERS
    async with portal.database.reading() as connection:
        assert await store.broken_links(connection) == ()
        assert await projections.differences(connection, offers_at(clock.now())) == {}


async def test_a_complete_dossier_holds_what_would_be_destroyed(portal: Portal, clock: FixedClock) -> None:
    client = await a_trial(portal)
    await live_until(portal, clock, client, BEFORE_DESTRUCTION)
    await act(portal, client, a.SubmitDocument(piece=a.Piece.CONTRACT, document="contract-1"))
    await live_until(portal, clock, client, datetime(2026, 6, 1, tzinfo=UTC))
    await sweep(portal)
    assert (await happened(portal, client))[-1] == ("document_received", "2026-04-17T14:00")


async def test_sweeping_again_and_three_at_once_changes_nothing(portal: Portal, clock: FixedClock) -> None:
    client = await a_trial(portal)
    clock.move_to(datetime(2026, 4, 3, tzinfo=UTC))
    await asyncio.gather(*(sweep(portal) for _ in range(3)))
    assert await sweep(portal) == Swept(0, ())
    assert await happened(portal, client) == A_WHOLE_LIFE[:9]
    assert await posted(portal, client) == ITS_MAILS[:5]
    assert await ordered(portal, client) == ITS_ORDERS[:3]


# --- an outage -------------------------------------------------------------------------------------------


async def test_after_three_weeks_of_standstill_all_is_as_if_it_had_never_stopped(
    portal: Portal, clock: FixedClock
) -> None:
    never_stopped = await a_trial(portal)
    stopped = await a_trial(portal, siren=OTHER_SIREN, email="luc@carpentier.example")
    back = datetime(2026, 4, 13, 14, 0, tzinfo=UTC)
    await live_until(portal, clock, never_stopped, back)
    assert (await sweep(portal)).failed == ()
    for told in (happened, posted, ordered):
        assert await told(portal, stopped) == await told(portal, never_stopped)
    async with portal.database.reading() as connection:
        query = sa.select(events.c.recorded_at).where(
            events.c.contract_id == stopped.contract_id, events.c.kind == "service_suspended"
        )
        assert await connection.scalar(query) == back, "when it was written down stays true"


async def test_a_destruction_found_too_late_waits_for_a_person(portal: Portal, clock: FixedClock) -> None:
    client = await a_trial(portal)
    await live_until(portal, clock, client, BEFORE_DESTRUCTION)
    clock.move_to(DESTRUCTION + timedelta(weeks=3))
    for _ in range(2):
        await sweep(portal)
    assert await happened(portal, client) == A_WHOLE_LIFE[:-2]
    assert await posted(portal, client) == ITS_MAILS[:-1]
    contract = await own_contract(portal, client.viewer)
    assert contract.destruction_held
    assert contract.state.data.value == "archived", "the page does not pretend that it happened"
    async with portal.database.reading() as connection:
        held = (await connection.execute(sa.select(held_destructions))).one()
    assert (held.due_at, held.confirmed_at) == (DESTRUCTION, None)


@pytest.mark.parametrize(("late", "destroyed"), [(timedelta(minutes=59), True), (timedelta(hours=1), False)])
async def test_a_destruction_is_prompt_for_an_hour(
    portal: Portal, clock: FixedClock, late: timedelta, destroyed: bool
) -> None:
    client = await a_trial(portal)
    await live_until(portal, clock, client, BEFORE_DESTRUCTION)
    clock.move_to(DESTRUCTION + late)
    await sweep(portal)
    assert (("data_destroyed", "2026-04-18T00:00") in await happened(portal, client)) is destroyed


async def test_confirmed_by_three_colleagues_at_once_it_is_destroyed_once(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_trial(portal)
    clock.move_to(datetime(2026, 5, 8, 8, 0, tzinfo=UTC))
    await sweep(portal)
    await asyncio.gather(*(confirm_destruction(portal, STAFF, client.contract_id, ORIGIN) for _ in range(3)))
    await confirm_destruction(portal, STAFF, client.contract_id, ORIGIN)
    life = await happened(portal, client)
    assert life[:-2] == A_WHOLE_LIFE[:-2]
    assert life[-2:] == [("service_closed", "2026-05-08T10:00"), ("data_destroyed", "2026-05-08T10:00")]
    assert (await posted(portal, client))[-1] == ("data_destroyed", "2026-05-08T10:00")
    assert [what for what, _ in await ordered(portal, client)] == [what for what, _ in ITS_ORDERS]
    assert not (await own_contract(portal, client.viewer)).destruction_held
    async with portal.database.reading() as connection:
        noted = sa.select(sa.func.count()).where(journal.c.kind == "destruction_confirmed")
        assert await connection.scalar(noted) == 1
        last = (await store.load(connection, client.contract_id, company_id=None)).events[-1]
        assert last.actor == STAFF.person_id


async def test_there_is_nothing_to_confirm_before_its_time(portal: Portal, clock: FixedClock) -> None:
    client = await a_trial(portal)
    await live_until(portal, clock, client, BEFORE_DESTRUCTION)
    with pytest.raises(Refusal):
        await confirm_destruction(portal, STAFF, client.contract_id, ORIGIN)
    assert await happened(portal, client) == A_WHOLE_LIFE[:-2]


async def test_a_client_cannot_confirm_a_destruction(portal: Portal, clock: FixedClock) -> None:
    client = await a_trial(portal)
    clock.move_to(datetime(2026, 5, 8, 8, 0, tzinfo=UTC))
    with pytest.raises(NotFound):
        await confirm_destruction(portal, client.viewer, client.contract_id, ORIGIN)


# --- damage ----------------------------------------------------------------------------------------------


async def test_a_damaged_history_does_not_keep_the_others_waiting(portal: Portal, clock: FixedClock) -> None:
    damaged = await a_trial(portal)
    sound = await a_trial(portal, siren=OTHER_SIREN, email="luc@carpentier.example")
    async with portal.database.transaction() as connection:
        await connection.execute(
            sa.update(events)
            .where(events.c.contract_id == damaged.contract_id, events.c.seq == 3)
            .values(body="not even JSON")
        )
    clock.move_to(datetime(2026, 4, 3, tzinfo=UTC))
    assert await sweep(portal) == Swept(1, (damaged.contract_id,))
    assert await happened(portal, sound) == A_WHOLE_LIFE[:9]
    assert len(await happened(portal, damaged)) == 5


async def test_a_situation_that_says_due_wrongly_is_mended_and_not_asked_for_ever(portal: Portal) -> None:
    """As after a change of the reminders' days: what was foreseen is not what is due now."""
    client = await a_trial(portal)
    async with portal.database.transaction() as connection:
        foreseen = await connection.scalar(sa.select(situations.c.next_due_at))
        await connection.execute(sa.update(situations).values(next_due_at=portal.now()))
    async with asyncio.timeout(5):
        assert await sweep(portal) == Swept(1, ())
    async with portal.database.reading() as connection:
        assert await connection.scalar(sa.select(situations.c.next_due_at)) == foreseen
    assert await happened(portal, client) == A_WHOLE_LIFE[:5]


async def test_a_history_that_cannot_be_continued_leaves_the_store_as_it_was(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_trial(portal)
    async with portal.database.transaction() as connection:
        recorded = await store.load(connection, client.contract_id, company_id=None)
        twice = e.TrialStarted(at=clock.now())
        await store.append(connection, recorded, [twice], actor="nobody", recorded_at=clock.now())
    clock.move_to(datetime(2026, 4, 3, tzinfo=UTC))
    assert (await sweep(portal)).failed == (client.contract_id,)
    assert len(await happened(portal, client)) == 6


# --- travelling ------------------------------------------------------------------------------------------


@pytest.fixture
def travelling(portal: Portal, tmp_path: Path) -> Portal:
    return replace(portal, clock=DemonstrationClock(tmp_path / "clock.json"))


async def test_travelling_is_waiting(portal: Portal, travelling: Portal) -> None:
    """The same trial, travelled through at once and lived through deadline by deadline."""
    travelled = await a_trial(travelling)
    started = (await own_contract(travelling, travelled.viewer)).state.trial_started_at
    assert started is not None
    stops = [stop async for stop in travel(travelling, travelling.now() + timedelta(days=90))]

    lived_clock = FixedClock(started)
    living = replace(portal, clock=lived_clock)
    lived = await a_trial(living, siren=OTHER_SIREN, email="luc@carpentier.example")
    await live_until(living, lived_clock, lived, started + timedelta(days=90))

    for told in (happened, posted, ordered):
        assert await told(travelling, travelled) == await told(living, lived)
    assert [what for what, _ in await happened(travelling, travelled)] == [what for what, _ in A_WHOLE_LIFE]
    assert stops == sorted(set(stops))
    assert len(stops) == 6


async def test_travelling_destroys_without_asking_for_nothing_came_late(travelling: Portal) -> None:
    client = await a_trial(travelling)
    async for _ in travel(travelling, travelling.now() + timedelta(days=365)):
        pass
    contract = await own_contract(travelling, client.viewer)
    assert (contract.state.data.value, contract.destruction_held) == ("destroyed", False)


async def test_travelling_arrives_where_it_was_told(travelling: Portal) -> None:
    to = travelling.now() + timedelta(days=10)
    assert [stop async for stop in travel(travelling, to)] == []
    assert timedelta() <= travelling.now() - to < timedelta(seconds=10)


async def test_a_damaged_history_ends_the_stops_and_not_the_travel(travelling: Portal) -> None:
    client = await a_trial(travelling)
    async with travelling.database.transaction() as connection:
        await connection.execute(sa.update(events).where(events.c.seq == 3).values(body="not even JSON"))
    to = travelling.now() + timedelta(days=60)
    async with asyncio.timeout(10):
        stops = [stop async for stop in travel(travelling, to)]
    assert len(stops) == 1
    assert travelling.now() >= to
    assert len(await happened(travelling, client)) == 5


async def test_one_does_not_travel_back(travelling: Portal) -> None:
    with pytest.raises(ClockWentBack):
        async for _ in travel(travelling, travelling.now() - timedelta(seconds=1)):
            pass


async def test_one_does_not_travel_outside_a_demonstration(portal: Portal) -> None:
    with pytest.raises(NotFound):
        async for _ in travel(portal, portal.now() + timedelta(days=1)):
            pass


async def test_bringing_up_to_date_what_does_not_exist_is_not_found(portal: Portal) -> None:
    with pytest.raises(NotFound):
        await bring_up_to_date(portal, "no such contract")
