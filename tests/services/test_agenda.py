"""The calendar file: the dates to come, each with its reason and an identity that does not change."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar, Component

from portal.contract.deadlines import deadlines
from portal.contract.events import Event
from portal.contract.explanations import timeline, to_come
from portal.contract.replay import replay
from portal.contract.scenario import read_scenario
from portal.contract.state import State
from portal.contract.story import DEADLINE_TITLES
from portal.services.agenda import agenda
from portal.services.conditions import publish_demonstration
from portal.services.context import Portal
from portal.services.named_persons import NewUser
from portal.services.reading import Company, Contract, own_contract
from portal.services.seats import register_user
from tests.clock import FixedClock
from tests.contract.lives import STORIES, Story, lived, so_many
from tests.contract.random_lives import lives, toml
from tests.services.clients import ORIGIN, Client, a_client, live_until, paris, start_trial

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
async def client(portal: Portal) -> Client:
    await publish_demonstration(portal)
    client = await a_client(portal)
    await start_trial(portal, client)
    return client


async def entries(portal: Portal, client: Client) -> dict[str, Component]:
    """Read the file as a calendar program would: each date by its identity."""
    calendar = Calendar.from_ical(agenda(await own_contract(portal, client.viewer)))
    return {str(entry["uid"]): entry for entry in calendar.walk("VEVENT")}


async def test_the_dates_are_those_of_the_page(portal: Portal, client: Client, clock: FixedClock) -> None:
    contract = await own_contract(portal, client.viewer)
    to_come = [moment for moment in contract.moments if moment.at > clock.now()]
    shown = {
        (entry.decoded("dtend" if "dtend" in entry else "dtstart"), str(entry["summary"]))
        for entry in (await entries(portal, client)).values()
    }
    assert shown == {(moment.at, moment.title) for moment in to_come}
    assert len(shown) == len(to_come) > 3


async def test_the_end_of_a_day_is_drawn_on_that_day(portal: Portal, client: Client) -> None:
    """Midnight is the first instant of the day after: a program would show the last day to act a day too late."""
    by_title = {str(entry["summary"]): entry for entry in (await entries(portal, client)).values()}
    ends = by_title["Fin de l’essai et suspension du service"]
    assert ends.decoded("dtstart") == paris(date(2026, 4, 2), 23)
    assert ends.decoded("dtend") == paris(date(2026, 4, 3), 0)
    # What comes at an hour has no end: it would have to be later (RFC 5545, 3.8.2.2).
    warning = by_title["Rappel par e-mail, 7\u00a0jours avant la fin de l’essai"]
    assert "dtend" not in warning


async def test_as_long_as_nothing_changes_it_is_the_same_bytes(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    before = agenda(await own_contract(portal, client.viewer))
    clock.advance(minutes=50)
    assert agenda(await own_contract(portal, client.viewer)) == before


async def test_each_date_says_why(portal: Portal, client: Client) -> None:
    contract = await own_contract(portal, client.viewer)
    reasons = {moment.title: "\n".join(moment.because.lines()) for moment in contract.moments}
    for entry in (await entries(portal, client)).values():
        assert str(entry["description"]) == reasons[str(entry["summary"])]
        assert "5.1" in str(entry["description"])


async def test_each_date_is_announced_two_days_before(portal: Portal, client: Client) -> None:
    for entry in (await entries(portal, client)).values():
        [alarm] = entry.walk("VALARM")
        assert alarm.decoded("trigger") == timedelta(days=-2)


async def test_importing_again_updates_and_never_doubles(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    before = await entries(portal, client)
    await register_user(portal, client.viewer, NewUser("Hugo", "Petit", "hugo@b.example"), ORIGIN)
    clock.advance(minutes=5)
    after = await entries(portal, client)
    assert before.keys() == after.keys()
    assert all(after[uid].decoded("sequence") > before[uid].decoded("sequence") for uid in after)


async def test_identities_differ_between_contracts(portal: Portal, client: Client) -> None:
    other = await a_client(portal, siren="999120348", email="luc@carpentier.example")
    await start_trial(portal, other)
    assert not (await entries(portal, client)).keys() & (await entries(portal, other)).keys()


async def test_dates_that_have_passed_are_left_out(portal: Portal, client: Client, clock: FixedClock) -> None:
    await live_until(portal, clock, client, clock.now() + timedelta(days=90))
    assert await entries(portal, client) == {}


async def test_before_the_trial_the_file_is_a_calendar_all_the_same(portal: Portal, client: Client) -> None:
    other = await a_client(portal, siren="999120348", email="luc@carpentier.example")
    content = agenda(await own_contract(portal, other.viewer))
    assert content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert max(map(len, content.split(b"\r\n"))) <= 75


# --- any life --------------------------------------------------------------------------------------


def lived_until(state: State, events: tuple[Event, ...], at: datetime) -> Contract:
    """Return a life of the rules alone as a page would be given it."""
    return Contract(
        id="0c5c8b8e-6a2e-4a4e-9d0b-2a2f3f0f7a11",
        company=Company("", "732829320", "Atelier Nord", "SAS", "", "", ""),
        at=at,
        state=state,
        events=(),
        moments=timeline(state, events, at),
        users=(),
        hold=None,
        submission_end=None,
        destruction_held=False,
        unrecorded=events,
    )


Entry = tuple[datetime, str, str]


def by_icalendar(content: bytes) -> set[Entry]:
    return {
        (
            entry.decoded("dtend" if "dtend" in entry else "dtstart").astimezone(UTC),
            str(entry["summary"]),
            str(entry["description"]),
        )
        for entry in Calendar.from_ical(content).walk("VEVENT")
    }


def by_ical(content: bytes) -> set[Entry]:
    found = IcsCalendarStream.calendar_from_ics(content.decode()).events
    return {
        (at.astimezone(UTC), str(entry.summary), str(entry.description))
        for entry in found
        if isinstance(at := entry.dtend or entry.dtstart, datetime)
    }


def holds_every_deadline(contract: Contract) -> set[str]:
    """Read the calendar by two libraries; return which deadlines both found in it, each with its reason."""
    content = agenda(contract)
    coming = deadlines(contract.state, contract.at)
    expected = {
        (one.at.astimezone(UTC), DEADLINE_TITLES[one.name], "\n".join(one.because.lines())) for one in coming
    }
    assert by_icalendar(content) == by_ical(content) >= expected
    assert len({str(entry["uid"]) for entry in Calendar.from_ical(content).walk("VEVENT")}) == len(
        to_come(contract.state, contract.at)
    )
    return {one.name for one in coming}


def any_lives(count: int) -> set[str]:
    """Look at that many lives before a contract and as many in one; return the deadlines that they had."""
    seen: set[str] = set()

    @so_many(count)
    @given(story=STORIES)
    def before(story: Story) -> None:
        life = lived(story)
        seen.update(holds_every_deadline(lived_until(life.state, life.events, life.at)))

    @so_many(count)
    @given(scenario=lives())
    def within(scenario: dict[str, Any]) -> None:
        result = replay(read_scenario(toml(scenario)))
        seen.update(holds_every_deadline(lived_until(result.state, result.events, result.last)))

    before()
    within()
    return seen


@pytest.mark.parametrize(
    "count", [30, pytest.param(1000, marks=[pytest.mark.long, pytest.mark.timeout(1800)])]
)
def test_every_deadline_of_any_life_is_read_by_two_libraries(engine: str, count: int) -> None:
    seen = any_lives(count)
    assert seen >= {"trial_end", "archive_end", "next_invoice", "notice_limit", "term_end"}
    if count > 30:
        assert seen == set(DEADLINE_TITLES)
