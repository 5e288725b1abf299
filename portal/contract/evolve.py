"""Apply one event to a state. Knows no rule and never refuses: what happened, happened."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import assert_never

from portal.contract import events as e
from portal.contract.acts import Piece
from portal.contract.refusal import ImpossibleHistory
from portal.contract.state import (
    Acceptance,
    Data,
    Document,
    Examination,
    Registration,
    Relationship,
    Service,
    State,
    move,
)


def evolve(state: State, event: e.Event) -> State:
    """Return the state after `event`; raise `ImpossibleHistory` where it cannot follow."""
    if state.at is not None and event.at < state.at:
        msg = f"{event.kind} at {event.at} comes after an event at {state.at}"
        raise ImpossibleHistory(msg)
    if (state.siren is None) is not isinstance(event, e.AccountCreated):
        msg = f"{event.kind} in a history that {'has' if state.siren else 'lacks'} its account"
        raise ImpossibleHistory(msg)
    return replace(_applied(state, event), at=event.at)


def history(state: State, events: Iterable[e.Event]) -> State:
    """Return the state after all of `events`, in order."""
    for event in events:
        state = evolve(state, event)
    return state


def _applied(state: State, event: e.Event) -> State:
    match event:
        case e.AccountCreated():
            return replace(state, siren=event.siren, admin=event.admin)
        case e.TermsAccepted():
            return replace(state, acceptance=Acceptance(event.version, event.by, event.at))
        case e.TrialStarted():
            relationship = move("relationship", state.relationship, Relationship.TRIAL)
            return replace(state, relationship=relationship, trial_started_at=event.at)
        case e.UserRegistered():
            if event.user in state.users:
                msg = f"{event.user} is registered already"
                raise ImpossibleHistory(msg)
            registration = Registration(event.user, event.at)
            return replace(state, registrations=(*state.registrations, registration))
        case e.UserRemoved():
            if event.user not in state.users:
                msg = f"{event.user} is not registered"
                raise ImpossibleHistory(msg)
            return replace(state, registrations=_removed(state.registrations, event.user, event.at))
        case e.OptionOrdered():
            return replace(state, options=(*state.options, (event.code, event.quantity)))
        case e.ReminderSent():
            reminder = (event.about, event.days)
            if reminder in state.reminders:
                msg = f"{event.kind} about {event.about} was sent already, {event.days} days before"
                raise ImpossibleHistory(msg)
            return replace(state, reminders=state.reminders | {reminder})
        case e.ServiceOpened():
            opened = move("service", state.service, Service.OPEN)
            return replace(state, service=opened, data=move("data", state.data, Data.LIVE))
        case e.ServiceSuspended():
            relationship = move("relationship", state.relationship, Relationship.REFLECTION)
            suspended = move("service", state.service, Service.SUSPENDED)
            return replace(state, relationship=relationship, service=suspended)
        case e.ServiceClosed():
            return replace(state, service=move("service", state.service, Service.CLOSED))
        case e.DataArchived():
            return replace(state, data=move("data", state.data, Data.ARCHIVED))
        case e.DataDestroyed():
            relationship = move("relationship", state.relationship, Relationship.LAPSED)
            return replace(state, relationship=relationship, data=move("data", state.data, Data.DESTROYED))
        case e.DocumentReceived():
            document = Document(event.document, event.at, event.signed, event.dated)
            if before := state.documents.get(event.piece):
                move("piece", before.examination, Examination.RECEIVED)
            return _with_document(state, event.piece, document)
        case e.DocumentAccepted():
            state = _examined(state, event.piece, Examination.ACCEPTED, event.at)
            return replace(state, last_examined_at=event.at)
        case e.DocumentRefused():
            state = _examined(state, event.piece, Examination.REFUSED, event.at, event.reason)
            return replace(state, last_examined_at=event.at, last_refused_at=event.at)
        case _:
            assert_never(event)


def _removed(registrations: tuple[Registration, ...], user: str, at: datetime) -> tuple[Registration, ...]:
    return tuple(
        replace(one, removed_at=at) if one.user == user and one.removed_at is None else one
        for one in registrations
    )


def _with_document(state: State, piece: Piece, document: Document) -> State:
    return replace(state, documents=MappingProxyType({**state.documents, piece: document}))


def _examined(state: State, piece: Piece, examination: Examination, at: datetime, reason: str = "") -> State:
    document = state.documents.get(piece)
    if document is None:
        msg = f"{piece} examined before it was received"
        raise ImpossibleHistory(msg)
    examined = replace(
        document,
        examination=move("piece", document.examination, examination),
        examined_at=at,
        reason=reason,
    )
    return _with_document(state, piece, examined)
