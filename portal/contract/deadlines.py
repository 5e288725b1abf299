"""What the calendar asks for: the deadlines of a contract, and the events each brings when it falls due.

`deadlines` are what a person is shown; `fall_due` is what a job executes. Both come from one schedule,
so a date shown is a date kept. Executing is asked, never told: a job that was away for three weeks
asks again and again, and gets the same answers in the same order as one that never stopped.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from portal.contract import events as e
from portal.contract.because import Because
from portal.contract.dossier import destruction_hold, hold_ended_by, is_saved
from portal.contract.evolve import history
from portal.contract.french import count
from portal.contract.state import Relationship, State
from portal.contract.trial import (
    archive_end,
    archive_last_day,
    correction_end,
    destruction,
    trial_end,
    trial_last_day,
)

About = Literal["trial_end", "archive_end"]
DeadlineName = Literal["trial_end", "archive_end", "correction_end", "destruction"]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A dated consequence that the person is told of, with its reason."""

    name: DeadlineName
    at: datetime
    because: Because


@dataclass(frozen=True, slots=True)
class Due:
    """What happens by itself at `at`; `irreversible` when nothing can undo it (T6)."""

    at: datetime
    events: tuple[e.Event, ...]
    irreversible: bool = False


def deadlines(state: State, at: datetime) -> tuple[Deadline, ...]:
    """Return the deadlines that come after `at`, in order, as the state stands: holds hide what they hold."""
    if state.relationship not in {Relationship.TRIAL, Relationship.REFLECTION}:
        return ()
    held = destruction_hold(state) is not None
    saved = is_saved(state)
    becauses: tuple[tuple[DeadlineName, Because | None], ...] = (
        ("trial_end", trial_end(state) if state.relationship is Relationship.TRIAL else None),
        ("archive_end", None if saved else archive_end(state)),
        ("correction_end", None if saved else correction_end(state)),
        ("destruction", None if held else destruction(state)),
    )
    found = (Deadline(name, because.instant, because) for name, because in becauses if because)
    return tuple(sorted((one for one in found if one.at > at), key=lambda deadline: deadline.at))


def reminders(state: State) -> tuple[tuple[e.ReminderSent, Because], ...]:
    """Return the warnings still to be sent, each with the reason of its instant.

    One that a later event has already passed is not sent late; one about data that a complete
    dossier has saved is not sent at all.
    """
    return tuple(
        (e.ReminderSent(at=because.instant, about=about, days=days), because)
        for about, days in _warnings(state)
        if (about, days) not in state.reminders
        and (because := reminder_because(state, about, days))
        and (state.at is None or because.instant >= state.at)
    )


def reminder_because(state: State, about: About, days: int) -> Because | None:
    """Return why a warning, sent or to be sent, has its instant; None where there is no such deadline."""
    last_day, reading = _REMINDED[about]
    counted = last_day(state)
    if counted is None:
        return None
    policy = state.offer.policy
    because = Because(
        clause="5.1",
        rule="un rappel vous est envoyé avant chaque fin de délai.",
        start_label="dernier jour du délai",
        start=counted.day,
        readings=(policy.reading(reading), policy.reading("reminder_hour")),
    )
    return because.plus_days(-days, f"{count(days, 'jour')} avant").at_hour(policy.reminder_hour)


def next_due(state: State) -> Due | None:
    """Return what happens next by itself, if anything will."""
    return min(_schedule(state), key=lambda due: due.at, default=None)


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
        state = history(state, due.events)
        happened.extend(due.events)
    return state, tuple(happened)


def _schedule(state: State) -> Iterator[Due]:
    for reminder, _ in reminders(state):
        yield Due(reminder.at, (reminder,))
    if state.relationship is Relationship.TRIAL and (end := trial_end(state)):
        at = end.instant
        suspended = e.ServiceSuspended(at=at, reason="trial_ended")
        yield Due(at, (suspended, e.DataArchived(at=at)))
    if (
        state.relationship is Relationship.REFLECTION
        and not destruction_hold(state)
        and (end := destruction(state))
    ):
        # A hold that ends after the instant has passed does not reach back in time. Nothing else moves
        # the instant: were it the last event's, an act of the client would make a late destruction prompt.
        at = max(end.instant, hold_ended_by(state) or end.instant)
        yield Due(at, (e.ServiceClosed(at=at), e.DataDestroyed(at=at)), irreversible=True)


def _warnings(state: State) -> Iterator[tuple[About, int]]:
    policy = state.offer.policy
    if state.relationship is Relationship.TRIAL:
        yield from (("trial_end", days) for days in dict.fromkeys(policy.trial_reminder_days))
    if state.relationship in {Relationship.TRIAL, Relationship.REFLECTION} and not is_saved(state):
        yield from (("archive_end", days) for days in dict.fromkeys(policy.archive_reminder_days))


# What each warning counts back from, and the reading that says how many days.
_REMINDED: dict[About, tuple[Callable[[State], Because | None], str]] = {
    "trial_end": (trial_last_day, "trial_reminder_days"),
    "archive_end": (archive_last_day, "archive_reminder_days"),
}
