"""What holds of any life of a contract, whatever people do and whenever they do it."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.deadlines import Deadline, advance, deadlines, fall_due, needs_a_person, next_due
from portal.contract.decide import decide
from portal.contract.dossier import destruction_hold, is_saved, submission_end
from portal.contract.evolve import history
from portal.contract.explanations import timeline
from portal.contract.refusal import Refusal
from portal.contract.state import Data, Relationship, Service, State
from tests.contract import naive
from tests.contract.lives import ACTS, BIRTH, PEOPLE, POLICIES, STORIES, Life, Story, lived
from tests.contract.specification import ANNE, a_trial, an_offer, followed, well_set

QUICK = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
THOROUGH = settings(QUICK, max_examples=1_500, derandomize=False)

YEARS = timedelta(days=4_000)


def shown(state: State, at: datetime) -> dict[str, Deadline]:
    return {one.name: one for one in deadlines(state, at)}


# --- of any life -------------------------------------------------------------------------------------------


def nothing_happens_twice(life: Life) -> None:
    once = Counter(
        (event.kind, event.about, event.days) if isinstance(event, e.ReminderSent) else event.kind
        for event in life.events
        if not isinstance(event, NOT_ONCE)
    )
    assert all(number == 1 for number in once.values()), once


NOT_ONCE = (
    e.UserRegistered,
    e.UserRemoved,
    e.OptionOrdered,
    e.DocumentReceived,
    e.DocumentAccepted,
    e.DocumentRefused,
)


def its_events_alone_give_the_same_state(life: Life) -> None:
    assert history(State(offer=life.offer), life.events) == life.state
    assert followed(State(offer=life.offer), life.events) == life.state


def its_events_are_the_same_after_storage(life: Life) -> None:
    stored = [e.EVENT.dump_json(event) for event in life.events]
    assert tuple(e.EVENT.validate_json(one) for one in stored) == life.events


def events_follow_one_another_in_time(life: Life) -> None:
    instants = [event.at for event in life.events]
    assert instants == sorted(instants)
    for moment in life.moments:
        assert all(event.at == moment.at for event in moment.caused)
        assert all(event.at <= moment.at for event in moment.due)


def a_refused_act_says_why_in_french(life: Life) -> None:
    for moment in life.moments:
        if moment.refusal:
            assert moment.refusal.code.replace("_", "").isalpha()
            assert well_set(moment.refusal.message), moment.refusal.message
            assert moment.after == moment.before


def an_act_repeated_changes_nothing(life: Life) -> None:
    for moment in life.moments:
        if isinstance(moment.act, a.OrderOption):
            continue  # two orders are two orders
        try:
            assert decide(moment.after, moment.act, moment.at) == ()
        except Refusal:
            continue


def at_most_five_use_the_trial_and_the_administrator_always_does(life: Life) -> None:
    limit = 5 if life.offer.policy.administrator_counts else 6
    for moment in life.moments:
        users = moment.after.users
        assert len(set(users)) == len(users) <= limit
        if moment.after.relationship is not Relationship.PROSPECT:
            assert moment.after.admin in users


def what_is_destroyed_stays_destroyed(life: Life) -> None:
    destroyed = next((n for n, one in enumerate(life.events) if isinstance(one, e.DataDestroyed)), None)
    if destroyed is None:
        assert life.state.data is not Data.DESTROYED
        return
    after = life.events[destroyed + 1 :]
    assert not [
        one for one in after if not isinstance(one, (e.TermsAccepted, e.DocumentAccepted, e.DocumentRefused))
    ]
    assert life.state.data is Data.DESTROYED
    assert life.state.service is Service.CLOSED
    assert next_due(life.state) is None
    assert deadlines(life.state, BIRTH) == ()


def saved_data_is_never_destroyed_by_itself(life: Life) -> None:
    for moment in life.moments:
        if is_saved(moment.after):
            state, _ = advance(moment.after, moment.at + YEARS)
            assert state.data is not Data.DESTROYED


def situations_go_together(life: Life) -> None:
    for moment in life.moments:
        state = moment.after
        assert (state.relationship, state.service, state.data) in {
            (Relationship.PROSPECT, Service.NONE, Data.NONE),
            (Relationship.TRIAL, Service.OPEN, Data.LIVE),
            (Relationship.REFLECTION, Service.SUSPENDED, Data.ARCHIVED),
            (Relationship.LAPSED, Service.CLOSED, Data.DESTROYED),
        }


def dates_never_come_nearer(life: Life) -> None:
    """What a person was told once is never taken back to an earlier instant."""
    told: dict[str, datetime] = {}
    for moment in life.moments:
        for name, deadline in shown(moment.after, moment.at).items():
            assert deadline.at >= told.get(name, deadline.at), name
            told[name] = deadline.at


def what_is_shown_is_what_happens_if_nothing_else_does(life: Life) -> None:
    for moment in life.moments:
        dates = shown(moment.after, moment.at)
        _, happened = advance(moment.after, moment.at + YEARS)
        by_kind = {event.kind: event.at for event in happened}
        assert by_kind.get("service_suspended") == (dates["trial_end"].at if "trial_end" in dates else None)
        if "destruction" in dates:
            assert by_kind["data_destroyed"] == dates["destruction"].at
        else:  # held, over, or due at this very instant
            assert by_kind.get("data_destroyed", moment.at) == moment.at


def what_is_asked_is_what_happens_next(life: Life) -> None:
    for moment in life.moments:
        due = next_due(moment.after)
        if due is None:
            assert advance(moment.after, moment.at + YEARS)[1] == ()
        else:
            again = fall_due(moment.after, due.at)
            assert again
            assert (again.at, again.events) == (due.at, due.events)
            assert fall_due(moment.after, due.at - timedelta(microseconds=1)) is None
            assert all(event.at == due.at for event in due.events)
            assert due.irreversible == any(isinstance(event, e.DataDestroyed) for event in due.events)
            assert not needs_a_person(moment.after, due, due.at)


def a_piece_is_received_exactly_while_it_is_in_time(life: Life) -> None:
    for moment in life.moments:
        if not isinstance(moment.act, a.SubmitDocument) or moment.before.acceptance is None:
            continue
        end = submission_end(moment.before)
        is_late = end is not None and moment.at >= end
        too_late = moment.refusal is not None and moment.refusal.code == "submission_too_late"
        assert too_late == (is_late and moment.before.relationship is not Relationship.LAPSED)


def an_unexamined_piece_holds(life: Life) -> None:
    if not life.offer.policy.unexamined_document_holds:
        return
    for moment in life.moments:
        waiting = [one for one in moment.after.documents.values() if one.examination == "received"]
        if waiting:
            assert destruction_hold(moment.after)
            assert "destruction" not in shown(moment.after, moment.at)


def its_timeline_is_in_order_and_explained(life: Life) -> None:
    moments = timeline(life.state, life.events, life.at)
    assert [one.at for one in moments] == sorted(one.at for one in moments)
    assert len({one.name for one in moments}) == len(moments)
    assert all(line.endswith(".") for one in moments for line in one.because.lines())


PROPERTIES = pytest.mark.parametrize(
    "holds",
    [
        nothing_happens_twice,
        its_events_alone_give_the_same_state,
        its_events_are_the_same_after_storage,
        events_follow_one_another_in_time,
        a_refused_act_says_why_in_french,
        an_act_repeated_changes_nothing,
        at_most_five_use_the_trial_and_the_administrator_always_does,
        what_is_destroyed_stays_destroyed,
        saved_data_is_never_destroyed_by_itself,
        situations_go_together,
        dates_never_come_nearer,
        what_is_shown_is_what_happens_if_nothing_else_does,
        what_is_asked_is_what_happens_next,
        a_piece_is_received_exactly_while_it_is_in_time,
        an_unexamined_piece_holds,
        its_timeline_is_in_order_and_explained,
    ],
    ids=lambda holds: holds.__name__,
)


@PROPERTIES
@QUICK
@for_all(story=STORIES)
def test_any_life(holds: Callable[[Life], None], story: Story) -> None:
    holds(lived(story))


@pytest.mark.long
@PROPERTIES
@THOROUGH
@for_all(story=STORIES)
def test_any_of_many_lives(holds: Callable[[Life], None], story: Story) -> None:
    holds(lived(story))


# --- catching up ----------------------------------------------------------------------------------------


def looks(start: datetime, every: timedelta, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += every
    yield end


@QUICK
@for_all(
    readings=POLICIES,
    every=st.timedeltas(timedelta(hours=7), timedelta(days=40)),
    extra=st.lists(st.timedeltas(timedelta(), timedelta(days=120)), max_size=8),
)
def test_how_often_and_when_we_look_changes_nothing(
    readings: dict[str, object], every: timedelta, extra: list[timedelta]
) -> None:
    start = history(State(offer=an_offer(**readings)), a_trial(BIRTH))
    end = BIRTH + timedelta(days=130)
    at_once = advance(start, end)
    for instants in (looks(BIRTH, every, end), iter([*sorted(BIRTH + one for one in extra), end])):
        state, happened = start, list[e.Event]()
        for instant in instants:
            state, due = advance(state, instant)
            happened.extend(due)
        assert (state, tuple(happened)) == at_once


@QUICK
@for_all(story=STORIES, extra=st.lists(st.timedeltas(timedelta(), timedelta(days=90)), max_size=10))
def test_looking_between_acts_changes_nothing(story: Story, extra: list[timedelta]) -> None:
    life = lived(story)
    state, looked, happened = State(offer=life.offer), sorted(BIRTH + one for one in extra), list[e.Event]()
    for moment in life.moments:
        for instant in [one for one in looked if one <= moment.at]:
            state, due = advance(state, instant)
            happened.extend(due)
        looked = [one for one in looked if one > moment.at]
        state, due = advance(state, moment.at)
        happened.extend((*due, *moment.caused))
        state = history(state, moment.caused)
    assert (state, tuple(happened)) == (life.state, life.events)


# --- beside a simple model -------------------------------------------------------------------------------


class OneTrial(RuleBasedStateMachine):
    """A trial beside what a clerk would keep of it on paper: a start day, a list of names, three dates."""

    @initialize(
        hour=st.integers(0, 23),
        day=st.integers(0, 3_650),
        others=st.sets(st.sampled_from(PEOPLE[1:]), max_size=4),
    )
    def start(self, hour: int, day: int, others: set[str]) -> None:
        started_on = naive.plus_days(naive.paris(naive.easter(2025), 12).date(), day)
        self.at = naive.paris(started_on, max(hour, 3))
        self.names = {ANNE, *others}
        last, archive = naive.plus_days(started_on, 30), naive.plus_days(started_on, 45)
        self.suspended_at = naive.end_of_day(last)
        self.archive_end = naive.end_of_day(archive)
        self.destroyed_at = naive.end_of_day(naive.first_business_day(archive))
        self.state = followed(State(offer=an_offer()), a_trial(self.at, *others))

    @rule(hours=st.integers(1, 24 * 12))
    def wait(self, hours: int) -> None:
        self.at += timedelta(hours=hours)
        self.look()

    @rule(minute=st.sampled_from((-1, 0, 1)))
    def wait_for_a_limit(self, minute: int) -> None:
        ahead = [one for one in (self.suspended_at, self.archive_end, self.destroyed_at) if one > self.at]
        if ahead:
            self.at = max(self.at, ahead[0] + timedelta(minutes=minute))
            self.look()

    @rule()
    def look(self) -> None:
        before = self.state
        self.state, happened = advance(before, self.at)
        assert followed(before, happened) == self.state

    @rule(name=st.sampled_from(PEOPLE))
    def register(self, name: str) -> None:
        is_open = self.at < self.suspended_at
        if is_open and (name in self.names or len(self.names) < 5):
            self.names.add(name)
            self.state = followed(self.state, decide(self.state, a.RegisterUser(user=name), self.at))
        else:
            with pytest.raises(Refusal) as caught:
                decide(self.state, a.RegisterUser(user=name), self.at)
            assert (caught.value.code == "trial_user_limit") is is_open

    @rule(name=st.sampled_from(PEOPLE))
    def remove(self, name: str) -> None:
        if self.at < self.suspended_at and name in self.names - {ANNE}:
            self.names.remove(name)
            self.state = followed(self.state, decide(self.state, a.RemoveUser(user=name), self.at))

    @precondition(lambda self: self.at >= self.suspended_at)
    @rule(act=ACTS)
    def ask_what_only_an_open_service_grants(self, act: a.Act) -> None:
        if isinstance(act, (a.RegisterUser, a.RemoveUser, a.OrderOption, a.StartTrial)):
            with pytest.raises(Refusal):
                decide(self.state, act, self.at)

    @invariant()
    def stands_where_the_paper_says(self) -> None:
        if self.at < self.suspended_at:
            expected = Relationship.TRIAL
        else:
            expected = Relationship.REFLECTION if self.at < self.destroyed_at else Relationship.LAPSED
        assert self.state.relationship is expected
        assert set(self.state.users) == self.names
        dates = {
            "trial_end": self.suspended_at,
            "archive_end": self.archive_end,
            "destruction": self.destroyed_at,
        }
        ahead = {name: at for name, at in dates.items() if at > self.at}
        assert {name: one.at for name, one in shown(self.state, self.at).items()} == ahead


TestOneTrial = OneTrial.TestCase
TestOneTrial.settings = settings(QUICK, max_examples=25, stateful_step_count=25)


class OneTrialOfMany(OneTrial):
    """The same, many more times."""


TestOneTrialOfMany = pytest.mark.long(OneTrialOfMany.TestCase)
TestOneTrialOfMany.settings = settings(THOROUGH, max_examples=1_000, stateful_step_count=50)
