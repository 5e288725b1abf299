"""CGV art. 5.1: the free trial, its suspension, the days of reflection, the destruction."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.deadlines import Deadline, advance, deadlines, fall_due, needs_a_person, next_due
from portal.contract.evolve import history
from portal.contract.offer import Offer
from portal.contract.reminders import reminders
from portal.contract.state import Data, Relationship, Service, State
from portal.contract.trial import (
    archive_end,
    archive_last_day,
    correction_end,
    destruction,
    trial_end,
    trial_last_day,
)
from tests.contract import naive
from tests.contract.specification import (
    ANNE,
    BOB,
    VERSION,
    When,
    a_trial,
    an_account,
    an_offer,
    given,
    jour,
    le,
)

SECOND = timedelta(seconds=1)
CHLOE, DAN, EVE, FAY = "chloe", "dan", "eve", "fay"
START = le("31/01/2026 10:00")


def shown(state: State, at: datetime) -> dict[str, Deadline]:
    return {one.name: one for one in deadlines(state, at)}


# --- the table ---------------------------------------------------------------------------------------------

TABLE = pytest.mark.parametrize(
    ("start", "trial_day", "suspended", "archive_day", "destroyed"),
    [
        (
            "31/01/2026 10:00",
            "02/03/2026",
            datetime(2026, 3, 2, 23, tzinfo=UTC),
            "17/03/2026",
            datetime(2026, 3, 17, 23, tzinfo=UTC),
        ),
        (  # summer time starts on the trial's last day but one
            "28/02/2026 10:00",
            "30/03/2026",
            datetime(2026, 3, 30, 22, tzinfo=UTC),
            "14/04/2026",
            datetime(2026, 4, 14, 22, tzinfo=UTC),
        ),
        (  # the archive ends on a Saturday; winter time starts during the trial
            "30/09/2026 10:00",
            "30/10/2026",
            datetime(2026, 10, 30, 23, tzinfo=UTC),
            "14/11/2026",
            datetime(2026, 11, 16, 23, tzinfo=UTC),
        ),
    ],
)


@TABLE
def test_the_dates_shown_are_those_of_the_table(
    start: str, trial_day: str, suspended: datetime, archive_day: str, destroyed: datetime
) -> None:
    state = given(*a_trial(le(start))).state
    assert (last := trial_last_day(state))
    assert last.day == jour(trial_day)
    assert (last := archive_last_day(state))
    assert last.day == jour(archive_day)
    dates = {name: one.at for name, one in shown(state, le(start)).items()}
    assert dates == {
        "trial_end": suspended,
        "archive_end": le(archive_day) + timedelta(days=1),
        "destruction": destroyed,
    }


@TABLE
def test_what_happens_by_itself_happens_at_the_dates_of_the_table(
    start: str, trial_day: str, suspended: datetime, archive_day: str, destroyed: datetime
) -> None:
    before = given(*a_trial(le(start))).left_alone_until(suspended - SECOND)
    assert before.state.service is Service.OPEN
    assert before.by(suspended) == (
        e.ServiceSuspended(at=suspended, reason="trial_ended"),
        e.DataArchived(at=suspended),
    )
    before = before.left_alone_until(destroyed - SECOND)
    assert (before.state.service, before.state.data) == (Service.SUSPENDED, Data.ARCHIVED)
    assert before.by(destroyed) == (e.ServiceClosed(at=destroyed), e.DataDestroyed(at=destroyed))
    after = before.left_alone_until(destroyed + timedelta(days=3650)).state
    assert (after.relationship, after.service, after.data, after.at) == (
        Relationship.LAPSED,
        Service.CLOSED,
        Data.DESTROYED,
        destroyed,
    )


def test_a_trial_left_to_lapse_from_first_to_last_event() -> None:
    lapse = given(*a_trial(START, BOB)).by(le("01/04/2026"))
    assert lapse == (
        e.ReminderSent(at=le("23/02/2026 09:00"), about="trial_end", days=7),
        e.ReminderSent(at=le("28/02/2026 09:00"), about="trial_end", days=2),
        e.ServiceSuspended(at=le("03/03/2026"), reason="trial_ended"),
        e.DataArchived(at=le("03/03/2026")),
        e.ReminderSent(at=le("10/03/2026 09:00"), about="archive_end", days=7),
        e.ReminderSent(at=le("16/03/2026 09:00"), about="archive_end", days=1),
        e.ServiceClosed(at=le("18/03/2026")),
        e.DataDestroyed(at=le("18/03/2026")),
    )


def test_what_remains_after_a_lapse_is_the_account_with_its_evidence() -> None:
    state = given(*a_trial(START, BOB)).left_alone_until(le("01/04/2026")).state
    assert (state.siren, state.admin) == ("732829320", ANNE)
    assert state.acceptance
    assert state.acceptance.version == VERSION
    assert deadlines(state, le("01/04/2026")) == ()
    assert next_due(state) is None


EVERY_START = [date(2025, 1, 1) + timedelta(days=n) for n in range(3652)]


@pytest.mark.no_cover
def test_every_start_in_ten_years_is_counted_as_by_hand() -> None:
    assert EVERY_START[-1] == date(2034, 12, 31)
    offer = an_offer()
    for day in EVERY_START:
        at = naive.paris(day, 10)
        _, happened = advance(history(State(offer=offer), a_trial(at)), at + timedelta(days=90))
        last, archive = naive.plus_days(day, 30), naive.plus_days(day, 45)
        kinds = [(one.kind, one.at) for one in happened]
        assert kinds == [
            ("reminder_sent", naive.paris(naive.plus_days(last, -7), 9)),
            ("reminder_sent", naive.paris(naive.plus_days(last, -2), 9)),
            ("service_suspended", naive.end_of_day(last)),
            ("data_archived", naive.end_of_day(last)),
            ("reminder_sent", naive.paris(naive.plus_days(archive, -7), 9)),
            ("reminder_sent", naive.paris(naive.plus_days(archive, -1), 9)),
            ("service_closed", naive.end_of_day(naive.first_business_day(archive))),
            ("data_destroyed", naive.end_of_day(naive.first_business_day(archive))),
        ]


@pytest.mark.parametrize(
    ("start", "last_day"),
    [
        ("31/01/2026 00:00:00", "02/03/2026"),
        ("31/01/2026 23:59:59", "02/03/2026"),
        ("01/02/2026 00:00:00", "03/03/2026"),
        ("31/12/2026 23:59:59", "30/01/2027"),
        ("01/01/2027 00:00:00", "31/01/2027"),
        ("29/02/2028 12:00:00", "30/03/2028"),
    ],
)
def test_the_day_of_the_start_is_that_of_paris_at_any_hour(start: str, last_day: str) -> None:
    because = trial_last_day(given(*a_trial(le(start))).state)
    assert because
    assert because.day == jour(last_day)


def test_without_a_trial_there_is_no_date() -> None:
    state = given(*an_account(START)).state
    for question in (trial_last_day, trial_end, archive_last_day, archive_end, correction_end, destruction):
        assert question(state) is None
    assert deadlines(state, START) == ()
    assert reminders(state) == ()
    assert fall_due(state, le("01/01/2040")) is None


def test_deadlines_are_in_order_and_leave_once_past() -> None:
    state = given(*a_trial(START)).state
    assert [one.name for one in deadlines(state, START)] == ["trial_end", "archive_end", "destruction"]
    at = le("03/03/2026")
    later = given(*a_trial(START)).left_alone_until(at).state
    assert [one.name for one in deadlines(later, at)] == ["archive_end", "destruction"]
    assert [one.name for one in deadlines(later, le("18/03/2026") - SECOND)] == ["archive_end", "destruction"]
    assert deadlines(later, le("18/03/2026")) == ()


# --- reminders ---------------------------------------------------------------------------------------------


def test_reminders_still_to_come_leave_the_list_one_by_one() -> None:
    trial = given(*a_trial(START))
    counts = {}
    for day in ("31/01", "23/02", "28/02", "10/03", "16/03"):
        at = le(f"{day}/2026 09:00")
        counts[day] = len(reminders(trial.left_alone_until(max(at, START)).state))
    assert counts == {"31/01": 4, "23/02": 3, "28/02": 2, "10/03": 1, "16/03": 0}


def test_a_reminder_says_why_it_is_sent_then() -> None:
    (reminder, because), *_ = reminders(given(*a_trial(START)).state)
    assert reminder == e.ReminderSent(at=le("23/02/2026 09:00"), about="trial_end", days=7)
    assert because.instant == reminder.at
    assert [one.name for one in because.readings] == ["trial_reminder_days", "reminder_hour"]


def test_no_reminder_is_sent_about_a_day_before_the_start() -> None:
    offer = an_offer(trial_reminder_days=[31, 30, 29], archive_reminder_days=[15])
    sent = given(*a_trial(le("31/01/2026 08:00")), offer=offer).by(le("03/03/2026"))
    assert [(one.about, one.days) for one in sent if isinstance(one, e.ReminderSent)] == [
        ("trial_end", 30),  # at nine, an hour after the start
        ("trial_end", 29),
        ("archive_end", 15),
    ]


def test_a_reminder_at_the_very_instant_of_the_start_is_sent() -> None:
    offer = an_offer(trial_reminder_days=[30], archive_reminder_days=[])
    at = le("31/01/2026 09:00")
    sent = given(*a_trial(at), offer=offer).by(at)
    assert sent == (e.ReminderSent(at=at, about="trial_end", days=30),)


def test_a_reminder_asked_for_twice_is_sent_once() -> None:
    offer = an_offer(trial_reminder_days=[7, 7])
    state = given(*a_trial(START), offer=offer).state
    assert [one.days for one, _ in reminders(state) if one.about == "trial_end"] == [7]


# --- who may use it ----------------------------------------------------------------------------------------


def test_a_trial_starts_with_its_administrator_and_its_users() -> None:
    given(*an_account(START)).when(a.StartTrial(users=(BOB, CHLOE)), START).then(
        e.TrialStarted(at=START),
        e.ServiceOpened(at=START),
        e.UserRegistered(at=START, user=ANNE),
        e.UserRegistered(at=START, user=BOB),
        e.UserRegistered(at=START, user=CHLOE),
    )


def test_a_person_named_twice_is_registered_once() -> None:
    state = given(*an_account(START)).when(a.StartTrial(users=(BOB, ANNE, BOB)), START).granted().state
    assert state.users == (ANNE, BOB)


def test_five_users_may_start_and_six_may_not() -> None:
    prospect = given(*an_account(START))
    prospect.when(a.StartTrial(users=(BOB, CHLOE, DAN, EVE)), START).granted()
    refusal = prospect.when(a.StartTrial(users=(BOB, CHLOE, DAN, EVE, FAY)), START).refused(
        "trial_user_limit"
    )
    assert refusal.clause == "5.1"
    assert "limité à 5\u00a0utilisateurs, administrateur compris (CGV, article\u00a05.1)" in refusal.message


def test_the_fifth_user_is_registered_and_the_sixth_refused() -> None:
    trial = given(*a_trial(START, BOB, CHLOE, DAN))
    full = trial.when(a.RegisterUser(user=EVE), START).then(e.UserRegistered(at=START, user=EVE))
    refusal = full.when(a.RegisterUser(user=FAY), START).refused("trial_user_limit")
    assert refusal.clause == "5.1"


def test_a_removed_user_leaves_a_place_and_may_come_back() -> None:
    at = START + SECOND
    full = given(*a_trial(START, BOB, CHLOE, DAN, EVE))
    room = full.when(a.RemoveUser(user=BOB), at).then(e.UserRemoved(at=at, user=BOB))
    assert room.state.users == (ANNE, CHLOE, DAN, EVE)
    back = room.when(a.RegisterUser(user=BOB), at + SECOND).then(e.UserRegistered(at=at + SECOND, user=BOB))
    assert back.state.users == (ANNE, CHLOE, DAN, EVE, BOB)
    assert [one.removed_at for one in back.state.registrations if one.user == BOB] == [at, None]


def test_registering_or_removing_twice_changes_nothing() -> None:
    trial = given(*a_trial(START, BOB))
    trial.when(a.RegisterUser(user=BOB), START).nothing_happens()
    gone = trial.when(a.RemoveUser(user=BOB), START).granted()
    gone.when(a.RemoveUser(user=BOB), START + SECOND).nothing_happens()


def test_a_user_who_was_never_there_cannot_be_removed() -> None:
    refusal = given(*a_trial(START)).when(a.RemoveUser(user=BOB), START).refused("unknown_user")
    assert refusal.clause == "5.1"


def test_the_administrator_stays() -> None:
    refusal = given(*a_trial(START, BOB)).when(a.RemoveUser(user=ANNE), START).refused("last_administrator")
    assert refusal.clause == "2"


@pytest.mark.parametrize(
    "act", [a.RegisterUser(user=BOB), a.RemoveUser(user=BOB), a.OrderOption(code="training")]
)
def test_the_service_must_be_open(act: a.Act) -> None:
    given(*an_account(START)).when(act, START).refused("service_not_open")
    trial = given(*a_trial(START, BOB))
    suspended = trial.when(act, le("03/03/2026")).refused("service_suspended")
    assert "Souscrivez" in suspended.message
    closed = trial.when(act, le("18/03/2026")).refused("service_closed")
    assert "détruites" in closed.message
    assert "rouvrir" not in closed.message


def test_the_last_second_of_the_trial_is_still_the_trial() -> None:
    at = le("02/03/2026 23:59:59")
    given(*a_trial(START)).when(a.RegisterUser(user=BOB), at).then(e.UserRegistered(at=at, user=BOB))


# --- one trial per SIREN ---------------------------------------------------------------------------------


def test_a_trial_that_runs_is_not_started_again() -> None:
    given(*a_trial(START)).when(a.StartTrial(), START).refused("trial_running")


@pytest.mark.parametrize("later", ["03/03/2026", "18/03/2026", "01/01/2030"])
def test_a_trial_that_is_over_is_not_started_again(later: str) -> None:
    refusal = given(*a_trial(START)).when(a.StartTrial(), le(later)).refused("trial_already_used")
    assert "732\u202f829\u202f320" in refusal.message


def test_a_contract_has_one_trial_whatever_staff_allow() -> None:
    """Its data is destroyed: another trial is another contract of the same account."""
    over = given(*a_trial(START))
    over.when(a.StartTrial(allowed_trials=5), le("01/04/2026")).refused("trial_already_used")


def test_a_second_trial_for_a_siren_needs_staff() -> None:
    prospect = given(*an_account(START))
    prospect.when(a.StartTrial(earlier_trials=1), START).refused("trial_already_used")
    prospect.when(a.StartTrial(earlier_trials=1, allowed_trials=1), START).granted()
    prospect.when(a.StartTrial(earlier_trials=2, allowed_trials=1), START).refused("trial_already_used")


def test_a_running_or_past_trial_is_named_before_new_terms_are() -> None:
    """After a new version of the terms, "accept the terms to start" would send the person the wrong way."""
    offer = Offer(terms_version="2027-01")
    given(*a_trial(START), offer=offer).when(a.StartTrial(), START).refused("trial_running")
    given(*a_trial(START), offer=offer).when(a.StartTrial(), le("01/04/2026")).refused("trial_already_used")


# --- options -----------------------------------------------------------------------------------------------


def test_optional_services_can_be_ordered_during_the_trial() -> None:
    trial = given(*a_trial(START))
    ordered = trial.when(a.OrderOption(code="training", quantity=2), START).then(
        e.OptionOrdered(at=START, code="training", quantity=2)
    )
    assert [(one.code, one.quantity) for one in ordered.state.orders] == [("training", 2)]


def test_an_option_that_is_not_in_the_grid_is_refused_with_those_that_are() -> None:
    refusal = given(*a_trial(START)).when(a.OrderOption(code="yacht"), START).refused("unknown_option")
    assert refusal.clause == "5.2"
    assert "Service démarrage, Formation à distance" in refusal.message


def test_one_is_a_quantity_and_the_one_meant() -> None:
    given(*a_trial(START)).when(a.OrderOption(code="start"), START).then(
        e.OptionOrdered(at=START, code="start", quantity=1)
    )


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_quantity_is_at_least_one(quantity: int) -> None:
    act = a.OrderOption(code="start", quantity=quantity)
    assert given(*a_trial(START)).when(act, START).refused("quantity_invalid").clause == "5.2"


# --- T6: the calendar executed late ----------------------------------------------------------------------


def test_a_server_down_for_three_weeks_ends_as_one_that_never_stopped() -> None:
    state = given(*a_trial(START)).state
    stopped, at_once = advance(state, le("01/04/2026"))
    steady, one_by_one = state, list[e.Event]()
    for hour in range(24 * 61):
        steady, happened = advance(steady, START + timedelta(hours=hour))
        one_by_one.extend(happened)
    assert steady == stopped
    assert tuple(one_by_one) == at_once


def test_what_falls_due_is_asked_again_until_it_has_happened() -> None:
    state = given(*a_trial(START)).left_alone_until(le("02/03/2026")).state
    at = le("03/03/2026")
    assert fall_due(state, at - timedelta(microseconds=1)) is None
    due = fall_due(state, at)
    later, following = fall_due(state, at + timedelta(days=5)), next_due(state)
    assert due
    assert later
    assert following
    assert (due.at, due.events) == (later.at, later.events) == (following.at, following.events)
    assert due
    assert (due.at, due.irreversible) == (at, False)
    assert not needs_a_person(state, due, at + timedelta(days=30))


def test_a_destruction_found_late_waits_for_a_person() -> None:
    state = given(*a_trial(START)).left_alone_until(le("17/03/2026")).state
    at = le("18/03/2026")
    due = fall_due(state, at)
    assert due
    assert due.irreversible
    assert not needs_a_person(state, due, at)
    assert not needs_a_person(state, due, at + timedelta(hours=1) - SECOND)
    assert needs_a_person(state, due, at + timedelta(hours=1))
    assert needs_a_person(state, due, at + timedelta(days=21))


def test_a_destruction_that_waits_still_waits_when_something_else_happens() -> None:
    """The client accepts new terms while a late destruction waits for staff: it is no less late."""
    state = given(*a_trial(START)).left_alone_until(le("17/03/2026")).state
    accepted_at = le("08/04/2026 11:00")
    state = history(state, [e.TermsAccepted(at=accepted_at, version="2026-02", by=ANNE, evidence="")])
    due = fall_due(state, accepted_at)
    assert due
    assert due.at == le("18/03/2026")
    assert needs_a_person(state, due, accepted_at)


def test_staff_carry_out_a_destruction_that_waits() -> None:
    state = given(*a_trial(START)).left_alone_until(le("17/03/2026"))
    at = le("08/04/2026 11:00")
    act = a.ConfirmDestruction()
    # `when` would let it happen by itself: here nobody executed it.
    done = When(state.state, act, at).then(e.ServiceClosed(at=at), e.DataDestroyed(at=at))
    done.when(act, at).refused("destruction_not_due")


@pytest.mark.parametrize("at", ["31/01/2026 10:00", "03/03/2026", "17/03/2026 23:59:59", "18/03/2026"])
def test_a_destruction_that_is_not_due_cannot_be_confirmed(at: str) -> None:
    refusal = given(*a_trial(START)).when(a.ConfirmDestruction(), le(at)).refused("destruction_not_due")
    assert refusal.clause == "5.1"
