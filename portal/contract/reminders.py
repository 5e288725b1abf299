"""The warnings that a client is sent before a delay ends, or after a first payment that did not come."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Literal

from portal.contract import events as e
from portal.contract.because import Because
from portal.contract.dossier import is_saved
from portal.contract.french import count
from portal.contract.state import Payment, Relationship, State
from portal.contract.term import current_last_day, ends_on, notice_last_day
from portal.contract.trial import archive_last_day, trial_last_day

About = Literal["trial_end", "archive_end", "first_payment", "notice_limit"]


def reminders(state: State) -> tuple[tuple[e.ReminderSent, Because], ...]:
    """Return the warnings still to be sent, each with the reason of its instant.

    One that a later event has already passed is not sent late; one about data that a complete
    dossier has saved, or about a renewal that will not happen, is not sent at all.
    """
    return tuple(
        (e.ReminderSent(at=at, about=about, days=days), because)
        for about, days, at in warnings_to_come(state)
        if (because := reminder_because(state, about, days))
    )


def warnings_to_come(state: State) -> Iterator[tuple[About, int, datetime]]:
    """Yield what each warning still to be sent is about, how many days, and its instant."""
    hour = state.offer.policy.reminder_hour
    for about, each in _warnings(state):
        day = _REMINDED[about][0](state)
        if day is None:
            continue
        for days in each:
            at = _instant(about, day, days, hour)
            if (state.at is None or at >= state.at) and (about, days) not in state.reminders:
                yield about, days, at


def reminder_because(state: State, about: About, days: int) -> Because | None:
    """Return why a warning, sent or to be sent, has its instant; None where there is no such deadline."""
    counted_from, reading = _REMINDED[about]
    day = counted_from(state)
    if day is None:
        return None
    policy = state.offer.policy
    because = _reminder(about, day, days, policy.reminder_hour)
    return because.under(policy.reading(reading), policy.reading("reminder_hour"))


def first_payment_is_left(state: State) -> bool:
    """Tell whether an unpaid first month was recalled for the last time: what follows is for a person to decide (art. 8)."""
    days = state.offer.policy.first_payment_reminder_days
    is_awaited = state.relationship is Relationship.AWAITING_PAYMENT
    return is_awaited and bool(days) and ("first_payment", max(days)) in state.reminders


@lru_cache(4096)
def _reminder(about: About, day: date, days: int, hour: int) -> Because:
    if about == "first_payment":
        return (
            Because(
                clause="8",
                rule="le premier mois impayé vous est rappelé ; il n’est ni un défaut ni une pénalité.",
                start_label="échéance du premier mois",
                start=day,
            )
            .plus_days(days, f"{count(days, 'jour')} après")
            .at_hour(hour)
        )
    return (
        Because(
            clause="16" if about == "notice_limit" else "5.1",
            rule="un rappel vous est envoyé avant chaque fin de délai.",
            start_label="dernier jour du délai",
            start=day,
        )
        .plus_days(-days, f"{count(days, 'jour')} avant")
        .at_hour(hour)
    )


@lru_cache(8192)
def _instant(about: About, day: date, days: int, hour: int) -> datetime:
    return _reminder(about, day, days, hour).instant


def _warnings(state: State) -> Iterator[tuple[About, tuple[int, ...]]]:
    policy = state.offer.policy
    match state.relationship:
        case Relationship.TRIAL | Relationship.REFLECTION:
            if state.relationship is Relationship.TRIAL:
                yield "trial_end", _once(policy.trial_reminder_days)
            if not is_saved(state):
                yield "archive_end", _once(policy.archive_reminder_days)
        case Relationship.AWAITING_PAYMENT if any(one.payment is Payment.OPEN for one in state.invoices):
            yield "first_payment", _once(policy.first_payment_reminder_days)
        case Relationship.ACTIVE:
            end = ends_on(state)
            if end is None or end.last_day > current_last_day(state):
                yield "notice_limit", _once(policy.notice_reminder_days)
        case _:
            return


@lru_cache
def _once(days: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(days))


def _trial_day(state: State) -> date | None:
    because = trial_last_day(state)
    return because.day if because else None


def _archive_day(state: State) -> date | None:
    because = archive_last_day(state)
    return because.day if because else None


def _first_payment_day(state: State) -> date | None:
    return state.invoices[0].due if state.invoices else None


def _notice_day(state: State) -> date | None:
    return notice_last_day(current_last_day(state)).day if state.in_force_on else None


# What each warning is counted from, and the reading that says how many days.
_REMINDED: dict[About, tuple[Callable[[State], date | None], str]] = {
    "trial_end": (_trial_day, "trial_reminder_days"),
    "archive_end": (_archive_day, "archive_reminder_days"),
    "first_payment": (_first_payment_day, "first_payment_reminder_days"),
    "notice_limit": (_notice_day, "notice_reminder_days"),
}
