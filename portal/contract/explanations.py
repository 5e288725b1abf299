"""The timeline of a contract: each thing that happened and each that will, with its reason.

One list serves the picture, the list beside it, the calendar file and the mails.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.because import Because
from portal.contract.calendar import paris_day
from portal.contract.deadlines import deadlines, reminder_because, reminders
from portal.contract.decide import decide
from portal.contract.evolve import history
from portal.contract.french import count
from portal.contract.offer import Offer
from portal.contract.state import State
from portal.contract.story import DEADLINE_TITLES, REMINDED_OF, told
from portal.contract.trial import destruction, trial_end


class Tense(StrEnum):
    """Whether a moment has happened, is foreseen as things stand, or is the person's last chance to act."""

    PAST = "past"
    FUTURE = "future"
    LAST_CHANCE = "last_chance"


@dataclass(frozen=True, slots=True)
class Moment:
    """One mark on the line of time. `name` is stable: it names the mark in pages and calendar files."""

    name: str
    at: datetime
    tense: Tense
    title: str
    because: Because


# What the picture leaves to the list of events: it shows where the contract stands, not each person.
_NOT_DRAWN = (e.UserRegistered, e.UserRemoved, e.ServiceOpened, e.DataArchived, e.ServiceClosed)


def timeline(state: State, events: Iterable[e.Event], at: datetime) -> tuple[Moment, ...]:
    """Return what happened and what is to come as seen at `at`, in order of time."""
    grid = state.offer.grid
    past = [
        Moment(f"{event.kind}-{index}", event.at, Tense.PAST, told(event, grid), because_of(state, event))
        for index, event in enumerate(events, start=1)
        if not isinstance(event, _NOT_DRAWN)
    ]
    return tuple(sorted([*past, *to_come(state, at)], key=lambda moment: moment.at))


def to_come(state: State, at: datetime) -> tuple[Moment, ...]:
    """Return the deadlines and warnings after `at`, as things stand."""
    foreseen = [
        Moment(one.name, one.at, _tense(one.name), DEADLINE_TITLES[one.name], one.because)
        for one in deadlines(state, at)
    ]
    warnings = [
        Moment(
            f"reminder-{reminder.about}-{reminder.days}",
            reminder.at,
            Tense.FUTURE,
            f"Rappel par e-mail, {count(reminder.days, 'jour')} avant {REMINDED_OF[reminder.about]}",
            because,
        )
        for reminder, because in reminders(state)
        if reminder.at > at
    ]
    return tuple(sorted([*foreseen, *warnings], key=lambda moment: moment.at))


def as_if_started(offer: Offer, at: datetime) -> State:
    """Return the state of a trial that would start at `at`: what a prospect is shown before any choice."""
    state = State(offer=offer)
    wishes = (
        a.CreateAccount(siren=_ANY_SIREN, admin="prospect"),
        a.AcceptTerms(version=offer.terms_version, by="prospect"),
        a.StartTrial(),
    )
    for wish in wishes:
        state = history(state, decide(state, wish, at))
    return state


_ANY_SIREN = "732829320"


def because_of(state: State, event: e.Event) -> Because:
    """Return why an event happened when it did: a deadline's own count, or the act of someone on that day."""
    match event:
        case e.ServiceSuspended() | e.DataArchived():
            return trial_end(state) or _act(event, "l’essai est terminé.")
        case e.DataDestroyed() | e.ServiceClosed():
            because = destruction(state)
            if because and because.instant == event.at:
                return because
            # It waited: for a person after an outage, or until nothing held it any more.
            return _act(event, "le délai est passé et plus rien ne retient la destruction.")
        case e.ReminderSent():
            return reminder_because(state, event.about, event.days) or _act(
                event, "un rappel vous est envoyé."
            )
        case e.AccountCreated():
            return _act(event, "le compte s’ouvre lorsque vous confirmez votre adresse.")
        case e.TermsAccepted():
            return _act(event, "rien ne commence sans votre acceptation des CGV, lues et confirmées.")
        case e.TrialStarted() | e.ServiceOpened():
            return _act(event, "l’essai commence dès que vous avez accepté les CGV.")
        case e.UserRegistered() | e.UserRemoved():
            return _act(event, "chaque utilisateur est désigné nommément.")
        case e.OptionOrdered():
            return _act(event, "une option peut être commandée pendant l’essai.")
        case e.DocumentReceived():
            return _act(event, "le jour où nous recevons une pièce compte, non celui où nous l’examinons.")
        case e.DocumentAccepted() | e.DocumentRefused():
            return _act(event, "chaque pièce est validée, ou refusée avec son motif.")
        case _:
            assert_never(event)


def _act(event: e.Event, rule: str) -> Because:
    return Because(clause=event.clause, rule=rule, start_label="jour de l’acte", start=paris_day(event.at))


def _tense(name: str) -> Tense:
    return Tense.LAST_CHANCE if name in {"archive_end", "correction_end"} else Tense.FUTURE
