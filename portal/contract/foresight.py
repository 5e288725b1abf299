"""What a contract's life will be if nothing else is done, and what it would be with something done on a day.

Nothing here is decided anew: the same `schedule`, `decide` and `evolve` are lived through in thought, and what they
bring about is told as moments and invoices. Nothing is written.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.calendar import add_months, end_of_day, paris_day, paris_instant
from portal.contract.deadlines import Deadline, deadlines, next_due
from portal.contract.decide import decide, decide_all
from portal.contract.evolve import history
from portal.contract.explanations import Moment, Tense, because_of
from portal.contract.preview import Document
from portal.contract.refusal import Refusal
from portal.contract.state import Invoice, Payment, Relationship, State
from portal.contract.story import DEADLINE_TITLES, told
from portal.contract.term import current_last_day, ends_on
from portal.contract.told_reasons import told_reasons

# Collections are credited in the morning; a payment by hand is made by then too.
_PAID_AT = time(12)
# What follows a contract's end until its data is gone, and the reserve of a holiday.
_AFTERMATH = timedelta(days=45)
_MOST_LATE_DAYS = 366
# Kept of what happens: where the contract stands. Invoices are compared beside it, one by one.
_TURNS = (
    e.DefaultRecorded,
    e.ServiceSuspended,
    e.ServiceRestored,
    e.ContractRenewed,
    e.ContractEnded,
    e.DataDestroyed,
)
# What a person may still do, until an instant.
_CHANCES = frozenset({"notice_limit", "refusal_limit", "termination_open", "restitution_end"})


@dataclass(frozen=True, slots=True)
class Habit:
    """How invoices are paid: on the day they are collected, but for the next one.

    `late_days` is how many days after its due day that one is paid, with all that is due then; None: never.
    `is_regular` where there is no such exception.
    """

    is_regular: bool = True
    late_days: int | None = None


ON_TIME = Habit()


@dataclass(frozen=True, slots=True)
class Course:
    """A life from an instant on: where it turns, what can be done until when, and what is invoiced.

    `costs` are the payments in it that bear penalties and an indemnity; `lacks_rate` tells whether there are some that
    cannot be reckoned, the legal rate of their half-year not being known yet.
    """

    state: State
    moments: tuple[Moment, ...]
    documents: tuple[Document, ...]
    costs: tuple[e.PaymentSettled, ...] = ()
    lacks_rate: bool = False
    passed: tuple[tuple[datetime, State], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What would become of a contract if something were done at `at`, beside what becomes of it as things stand.

    Where the rules refuse it, `refusal` says why, `opens` is the moment from which they would not, as things stand,
    and both courses are the same.
    """

    at: datetime
    as_is: Course
    imagined: Course
    refusal: Refusal | None = None
    opens: Moment | None = None


def what_if(
    state: State, present: datetime, acts: Iterable[a.Act], at: datetime, habit: Habit = ON_TIME
) -> WhatIf:
    """Return what doing `acts` at `at`, or paying by another habit from then on, would change, seen from `present`."""
    wishes = tuple(acts)
    before = course(state, present, at).state
    try:
        after = history(before, decide_all(before, wishes, at))
    except Refusal as refusal:
        as_is = course(before, at, _horizon(before))
        return WhatIf(at, as_is, as_is, refusal, _opening(as_is, wishes))
    until = max(_horizon(before), _horizon(after))
    if habit.late_days is not None:
        until = max(until, at + timedelta(days=min(habit.late_days, _MOST_LATE_DAYS)) + 2 * _AFTERMATH)
    return WhatIf(at, course(before, at, until), course(after, at, until, habit))


def course(state: State, since: datetime, until: datetime, habit: Habit = ON_TIME) -> Course:
    """Live from `since` to `until`: all that falls due happens, and invoices are paid by the habit.

    What is late already stays unpaid: it is not for a picture to promise a payment.
    """
    late = frozenset(one.number for one in state.invoices if one.payment is Payment.IN_DEFAULT)
    exception = "" if habit.is_regular else _first_unpaid(state, late)
    chances = {(one.name, one.at): one for one in deadlines(state, since)}
    moments: list[Moment] = []
    documents: list[Document] = []
    passed: list[tuple[datetime, State]] = []
    costs: list[e.PaymentSettled] = []
    lacks_rate = False
    while step := _next_step(state, since, until, late, habit, exception):
        at, events = step
        for event in events:
            if isinstance(event, _TURNS):
                moments.append(_turn(state, event, len(moments)))
            elif isinstance(event, Document):
                documents.append(event)
                if not habit.is_regular and not exception and isinstance(event, e.InvoiceIssued):
                    exception = event.number
            elif isinstance(event, e.PaymentSettled) and event.penalties_cents + event.indemnity_cents:
                costs.append(event)
            elif isinstance(event, e.PaymentSettled) and _is_in_default(state, event.number):
                lacks_rate = True
            state = history(state, (event,))
        chances |= {(one.name, one.at): one for one in deadlines(state, at)}
        passed.append((at, state))
    still_good = (one for one in chances.values() if _was_open_until_its_end(one, passed, until))
    told_moments = sorted([*moments, *map(_chance, still_good)], key=lambda one: one.at)
    return Course(state, tuple(told_moments), tuple(documents), tuple(costs), lacks_rate, tuple(passed))


def _next_step(
    state: State, since: datetime, until: datetime, late: frozenset[str], habit: Habit, exception: str
) -> tuple[datetime, tuple[e.Event, ...]] | None:
    """Return what happens next, by the calendar or by a payment, and when; None where nothing does by `until`."""
    due = next_due(state)
    paid = min(_payments(state, since, late, habit, exception), key=lambda one: one[0], default=None)
    if due and due.at <= until and (paid is None or due.at <= paid[0]):
        return due.at, _with_its_mail(state, due.events)
    if paid and paid[0] <= until:
        return paid[0], _settled(state, paid[1], paid[0])
    return None


def _payments(
    state: State, since: datetime, late: frozenset[str], habit: Habit, exception: str
) -> Iterator[tuple[datetime, Invoice]]:
    for one in state.invoices:
        if not one.unpaid_cents or one.number in late:
            continue
        day: date = one.collection_day
        if one.number == exception:
            if habit.late_days is None:
                continue
            day = one.due + timedelta(days=habit.late_days)
        yield max(paris_instant(day, _PAID_AT), since, state.at or since), one


def _settled(state: State, invoice: Invoice, at: datetime) -> tuple[e.Event, ...]:
    if invoice.payment is Payment.IN_DEFAULT:
        try:
            return decide(state, a.SettleEverything(), at)
        except Refusal:  # the legal rate of a half-year to come is not known yet: the invoice alone
            pass
    return decide(state, a.Settle(month=invoice.month, number=invoice.number), at)


def _is_in_default(state: State, number: str) -> bool:
    return any(one.number == number and one.payment is Payment.IN_DEFAULT for one in state.invoices)


def _with_its_mail(state: State, events: tuple[e.Event, ...]) -> tuple[e.Event, ...]:
    """Add the mail that a default is told by: without it nothing would be suspended (art. 10.3)."""
    after = history(state, events)
    mails: list[e.Event] = []
    for event in events:
        if isinstance(event, e.DefaultRecorded):
            mailed = decide(after, a.ReportDefaultMail(month=event.month, sent=True), event.at)
            after = history(after, mailed)
            mails.extend(mailed)
    return (*events, *mails)


def _first_unpaid(state: State, late: frozenset[str]) -> str:
    """Return the number of the next invoice to pay among those issued, or "" where there is none yet."""
    to_pay = [one for one in state.invoices if one.unpaid_cents and one.number not in late]
    return min(to_pay, key=lambda one: one.due).number if to_pay else ""


def _horizon(state: State) -> datetime:
    """Return how far it is worth looking: over the end of the contract, or of its term, and what follows."""
    if state.relationship is not Relationship.ACTIVE:
        return end_of_day(add_months(paris_day(state.at or state.entered_at), 2))
    end = ends_on(state)
    return end_of_day(end.last_day if end else current_last_day(state)) + _AFTERMATH


def _turn(before: State, event: e.Event, place: int) -> Moment:
    return Moment(
        f"{event.kind}-{place}",
        event.at,
        Tense.FUTURE,
        told(event, before.offer.grid),
        because_of(before, event),
        told_reasons(before, event),
    )


def _chance(deadline: Deadline) -> Moment:
    return Moment(
        f"{deadline.name}-{deadline.at:%Y%m%d}",
        deadline.at,
        Tense.LAST_CHANCE,
        DEADLINE_TITLES[deadline.name],
        deadline.because,
    )


def _was_open_until_its_end(
    deadline: Deadline, passed: list[tuple[datetime, State]], until: datetime
) -> bool:
    """Tell whether a chance is still there when it ends: one that an end or a payment took away is none."""
    if deadline.name not in _CHANCES or deadline.at > until:
        return False
    before = [state for at, state in passed if at < deadline.at]
    if not before:
        return True
    return any(
        (one.name, one.at) == (deadline.name, deadline.at)
        for one in deadlines(before[-1], deadline.at - timedelta(microseconds=1))
    )


def _opening(as_is: Course, wishes: tuple[a.Act, ...]) -> Moment | None:
    """Return the first moment of a course from which the rules would grant what they refuse now."""
    for at, state in as_is.passed:
        try:
            decide_all(state, wishes, at)
        except Refusal:
            continue
        return next((one for one in as_is.moments if one.at == at), None)
    return None
