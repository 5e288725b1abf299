"""What holds of a whole life, from the account to the end: after every event, at every pace, in every preview."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as for_all

from portal.contract import events as e
from portal.contract.deadlines import advance, next_due
from portal.contract.decide import decide
from portal.contract.evolve import history
from portal.contract.preview import outlook, preview
from portal.contract.refusal import Refusal
from portal.contract.scenario import act_of, read_scenario
from portal.contract.state import State
from tests.contract import naive
from tests.contract.lives import Life, Moment
from tests.contract.random_lives import ANNE, lives, toml
from tests.contract.specification import lawful
from tests.contract.test_properties import (
    a_refused_act_says_why_in_french,
    events_follow_one_another_in_time,
    its_events_alone_give_the_same_state,
    its_events_are_the_same_after_storage,
    its_timeline_is_in_order_and_explained,
    what_is_asked_is_what_happens_next,
)

QUICK = settings(
    max_examples=18,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
THOROUGH = settings(QUICK, max_examples=10_000, derandomize=False)
FAR = timedelta(days=120)


def lived(scenario: dict[str, Any]) -> Life:
    """The scenario's life by the public functions, with every state that met an act."""
    script = read_scenario(toml(scenario))
    offer = script.offer()
    state, moments = State(offer=offer), list[Moment]()
    for line in script.act:
        act = act_of(line, offer, admin=ANNE)
        before, due = advance(state, line.at)
        caused, refused = tuple[e.Event, ...](), None
        try:
            caused = decide(before, act, line.at)
        except Refusal as refusal:
            refused = refusal
        state = history(before, caused)
        moments.append(Moment(line.at, act, before, due, caused, refused, state))
    return Life(offer, tuple(moments), state, moments[-1].at)


# --- after every event -----------------------------------------------------------------------------------


def no_event_breaks_what_must_hold(life: Life) -> None:
    state = State(offer=life.offer)
    for moment in life.moments:
        for events in (*together(moment.due), moment.caused):
            state = lawful(state, events)
    for events in together(advance(state, life.at + FAR)[1]):
        state = lawful(state, events)


def together(events: Iterable[e.Event]) -> Iterator[tuple[e.Event, ...]]:
    """The events of one instant: what holds is checked where they are committed, not between them."""
    for _, some in groupby(events, key=lambda event: event.at):
        yield tuple(some)


# --- at every pace -----------------------------------------------------------------------------------------


def by_deadline(state: State, start: datetime, end: datetime) -> Iterator[datetime]:
    while (due := next_due(state)) and start <= due.at < end and not due.irreversible:
        yield due.at
        state, _ = advance(state, due.at)


def by_day(_state: State, start: datetime, end: datetime) -> Iterator[datetime]:
    day = start.date() + naive.DAY
    while naive.paris(day, 0) < end:
        yield naive.paris(day, 0)
        day += naive.DAY


def by_month(_state: State, start: datetime, end: datetime) -> Iterator[datetime]:
    day = naive.plus_months(date(start.year, start.month, 1), 1)
    while naive.paris(day, 3) < end:
        yield naive.paris(day, 3)
        day = naive.plus_months(day, 1)


def after_weeks_of_silence(_state: State, start: datetime, end: datetime) -> Iterator[datetime]:
    while (start := start + timedelta(days=24, hours=7)) < end:
        yield start


def the_pace_changes_nothing(life: Life) -> None:
    for pace in (by_deadline, by_day, by_month, after_weeks_of_silence):
        state, happened, at = State(offer=life.offer), list[e.Event](), datetime.min.replace(tzinfo=UTC)
        for moment in life.moments:
            for instant in pace(state, at, moment.at) if happened else ():
                state, due = advance(state, instant)
                happened.extend(due)
            state, due = advance(state, moment.at)
            happened.extend((*due, *moment.caused))
            state, at = history(state, moment.caused), moment.at
        assert tuple(happened) == life.events, pace.__name__
        assert state == life.state, pace.__name__


# --- in every preview --------------------------------------------------------------------------------------


def a_preview_is_what_comes(life: Life) -> None:
    """Some acts of the life: those that cost something to look at are many."""
    for moment in life.moments[:: max(1, len(life.moments) // 8)]:
        shown = preview(moment.before, moment.act, moment.at)
        assert shown.events == moment.caused
        assert (shown.refusal and shown.refusal.code) == (moment.refusal and moment.refusal.code)
        assert shown.before == outlook(moment.before, moment.at)
        assert shown.after == outlook(moment.after, moment.at)
        _, to_come = advance(moment.after, moment.at + timedelta(days=400))
        documents = [one for one in to_come if isinstance(one, e.InvoiceIssued | e.CreditNoteIssued)]
        assert list(shown.after.documents) == documents[: len(shown.after.documents)]


PROPERTIES = pytest.mark.parametrize(
    "holds",
    [
        no_event_breaks_what_must_hold,
        the_pace_changes_nothing,
        a_preview_is_what_comes,
        its_events_alone_give_the_same_state,
        its_events_are_the_same_after_storage,
        events_follow_one_another_in_time,
        a_refused_act_says_why_in_french,
        what_is_asked_is_what_happens_next,
        its_timeline_is_in_order_and_explained,
    ],
    ids=lambda holds: holds.__name__,
)


@PROPERTIES
@QUICK
@for_all(scenario=lives())
def test_any_whole_life(holds: Callable[[Life], None], scenario: dict[str, Any]) -> None:
    holds(lived(scenario))


@pytest.mark.long
@pytest.mark.timeout(4 * 3600)
@PROPERTIES
@THOROUGH
@for_all(scenario=lives())
def test_any_of_many_whole_lives(holds: Callable[[Life], None], scenario: dict[str, Any]) -> None:
    holds(lived(scenario))
