"""What the calendar asks for: the deadlines of a contract, and the events each brings when it falls due.

`deadlines` are what a person is shown; `fall_due` is what a job executes. Both come from one schedule,
so a date shown is a date kept. Executing is asked, never told: a job that was away for three weeks
asks again and again, and gets the same answers in the same order as one that never stopped.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from portal.contract import events as e
from portal.contract.acts import Piece
from portal.contract.arrears import next_suspension, termination_opens
from portal.contract.because import Because
from portal.contract.changes import refusal_end
from portal.contract.dossier import destruction_hold, is_saved, kbis_last_day
from portal.contract.ending import data_destruction, destruction_is_held, restitution_end
from portal.contract.evolve import history
from portal.contract.issue import next_issue
from portal.contract.schedule import Due, schedule
from portal.contract.state import Data, Examination, Payment, Relationship, State
from portal.contract.subscription import first_issue_waits
from portal.contract.term import ends_on, notice_end, term_last_day
from portal.contract.trial import archive_end, correction_end, destruction, trial_end

DeadlineName = Literal[
    "trial_end",
    "archive_end",
    "correction_end",
    "destruction",
    "kbis_expiry",
    "next_invoice",
    "notice_limit",
    "refusal_limit",
    "term_end",
    "suspension",
    "termination_open",
    "restitution_end",
]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A dated consequence that the person is told of, with its reason."""

    name: DeadlineName
    at: datetime
    because: Because


def deadlines(state: State, at: datetime) -> tuple[Deadline, ...]:
    """Return the deadlines that come after `at`, in order, as the state stands: holds hide what they hold."""
    found = (Deadline(name, because.instant, because) for name, because in _becauses(state) if because)
    return tuple(sorted((one for one in found if one.at > at), key=lambda deadline: deadline.at))


def next_due(state: State) -> Due | None:
    """Return what happens next by itself, if anything will."""
    return min(schedule(state), key=lambda due: due.at, default=None)


def fall_due(state: State, at: datetime) -> Due | None:
    """Return the earliest thing that has fallen due by `at` and has not happened yet."""
    due = next_due(state)
    return due if due is not None and due.at <= at else None


def needs_a_person(state: State, due: Due, at: datetime) -> bool:
    """Tell whether `due`, found only at `at`, is too late to be done without a person's decision (T6)."""
    delay = timedelta(hours=state.offer.policy.late_destruction_hours)
    return due.irreversible and at - due.at >= delay


def advance(state: State, at: datetime) -> tuple[State, tuple[e.Event, ...]]:
    """Let all that falls due by `at` happen, in order; return the state and the events."""
    happened: list[e.Event] = []
    while due := fall_due(state, at):
        events = due.events
        state = history(state, events)
        happened.extend(events)
    return state, tuple(happened)


def _becauses(state: State) -> Iterator[tuple[DeadlineName, Because | None]]:
    match state.relationship:
        case Relationship.TRIAL | Relationship.REFLECTION | Relationship.PROSPECT:
            yield from _before_the_contract(state)
        case Relationship.AWAITING_PAYMENT:
            if not state.invoices:
                yield "next_invoice", first_issue_waits(state)
        case Relationship.ACTIVE:
            yield from _in_force(state)
        case Relationship.ENDED if state.data is Data.RESTITUTION:
            yield "restitution_end", restitution_end(state) if not state.restitution_asked_at else None
            yield "destruction", None if destruction_is_held(state) else data_destruction(state)
        case _:
            return


def _before_the_contract(state: State) -> Iterator[tuple[DeadlineName, Because | None]]:
    saved = is_saved(state)
    if state.relationship is Relationship.TRIAL:
        yield "trial_end", trial_end(state)
    yield "archive_end", None if saved else archive_end(state)
    yield "correction_end", None if saved else correction_end(state)
    yield "destruction", None if destruction_hold(state) else destruction(state)
    yield "kbis_expiry", _kbis_expiry(state)


def _kbis_expiry(state: State) -> Because | None:
    kbis = state.documents.get(Piece.KBIS)
    if kbis is None or kbis.dated is None or kbis.examination is Examination.ACCEPTED:
        return None
    return kbis_last_day(kbis.dated).end_of_day()


def _in_force(state: State) -> Iterator[tuple[DeadlineName, Because | None]]:
    yield "next_invoice", next_issue(state)
    end = ends_on(state)
    if end is None:
        yield "notice_limit", notice_end(state)
    yield "term_end", term_last_day(state).end_of_day()
    # New prices and new terms that apply on the same day are refused until the same instant: said once.
    for change in {one.applies_from: one for one in state.changes}.values():
        yield "refusal_limit", refusal_end(change)
    if threat := next_suspension(state):
        yield "suspension", threat.because
    openings = [
        opening
        for invoice in state.invoices
        if invoice.payment is Payment.IN_DEFAULT and (opening := termination_opens(state, invoice))
    ]
    if openings:
        yield "termination_open", min(openings, key=lambda because: because.instant)
