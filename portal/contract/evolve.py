"""Apply one event to a state. Knows no rule and never refuses: what happened, happened."""

from collections.abc import Iterable
from datetime import datetime
from types import MappingProxyType
from typing import assert_never

from portal.contract import events as e
from portal.contract.acts import FIRST, Piece
from portal.contract.calendar import paris_day
from portal.contract.ledger import (
    with_credit_note,
    with_default,
    with_default_mail,
    with_invoice,
    with_payment,
    with_return,
)
from portal.contract.refusal import ImpossibleHistory
from portal.contract.replacing import replace
from portal.contract.state import (
    Acceptance,
    Agreed,
    Change,
    Data,
    Document,
    Examination,
    Mandate,
    Notice,
    Order,
    Registration,
    Relationship,
    Service,
    State,
    move,
    quote_code,
)
from portal.contract.subscription import BEFORE_VALIDATION, is_validated
from portal.contract.term import term_start


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
            return replace(state, siren=event.siren, admins=(event.admin,))
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
            return _with_registration(state, event.user, removed_at=event.at)
        case e.UserSuspended():
            return _with_registration(state, event.user, suspended=True)
        case e.UserRestored():
            return _with_registration(state, event.user, suspended=False)
        case e.AdministratorNamed():
            return _with_administrator(state, event.user)
        case e.AdministratorRelieved():
            return _without_administrator(state, event.user)
        case e.OptionOrdered():
            return replace(state, orders=(*state.orders, Order(event.code, event.quantity, event.at)))
        case e.QuoteAccepted():
            agreed = Agreed(event.label, event.price_cents)
            order = Order(quote_code(event.quote), 1, event.at, agreed=agreed)
            return replace(state, orders=(*state.orders, order))
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
            return _suspended(state, event)
        case e.ServiceRestored():
            restored = move("service", state.service, Service.OPEN)
            return replace(state, service=restored, suspended_at=None)
        case e.ServiceClosed():
            return replace(state, service=move("service", state.service, Service.CLOSED))
        case e.DataArchived():
            return replace(state, data=move("data", state.data, Data.ARCHIVED))
        case e.DataReactivated():
            return replace(state, data=move("data", state.data, Data.LIVE))
        case e.DataDestroyed():
            destroyed = replace(state, data=move("data", state.data, Data.DESTROYED))
            if state.relationship is Relationship.ENDED:
                return destroyed
            lapsed = move("relationship", state.relationship, Relationship.LAPSED)
            return replace(destroyed, relationship=lapsed)
        case e.DocumentReceived():
            document = Document(event.document, event.at, event.signed, event.dated)
            if before := state.documents.get(event.piece):
                move("piece", before.examination, Examination.RECEIVED)
            return _with_document(state, event.piece, document)
        case e.DocumentAccepted():
            state = _examined(state, event.piece, Examination.ACCEPTED, event.at)
            if event.piece is Piece.MANDATE:
                state = replace(state, mandate=move("mandate", state.mandate, Mandate.VALID))
            return _validated(replace(state, last_examined_at=event.at), event.at)
        case e.DocumentRefused():
            state = _examined(state, event.piece, Examination.REFUSED, event.at, event.reason)
            return replace(state, last_examined_at=event.at, last_refused_at=event.at)
        case e.IdentityValidated():
            return _validated(replace(state, identity_validated_at=event.at), event.at)
        case e.MandateWithdrawn():
            return replace(state, mandate=move("mandate", state.mandate, Mandate.WITHDRAWN))
        case _:
            return _in_the_life_of_a_contract(state, event)


def _in_the_life_of_a_contract(state: State, event: e.ContractEvent) -> State:
    match event:
        case e.InvoiceIssued():
            return with_invoice(state, event)
        case e.CreditNoteIssued():
            return with_credit_note(state, event)
        case e.PaymentSettled():
            return with_payment(state, event)
        case e.PaymentReturned():
            return with_return(state, event)
        case e.DefaultRecorded():
            return with_default(state, event.number, event.at, event.suspension_at)
        case e.DefaultMailFailed():
            return with_default_mail(state, event.number, None, None)
        case e.DefaultMailSent():
            return with_default_mail(state, event.number, event.at, event.suspension_at)
        case e.ContractInForce():
            return _in_force(state, event)
        case e.ContractRenewed():
            return _renewed(state)
        case e.ChangeAnnounced():
            return _announced(state, event)
        case e.ChangeRefused():
            return _with_refusal(state, event, refused=True)
        case e.RefusalWithdrawn():
            return _with_refusal(state, event, refused=False)
        case e.NoticeServed():
            return replace(state, notice=Notice(event.by, event.posted, event.ends))
        case e.NoticeWithdrawn():
            return replace(state, notice=None)
        case e.ContractEnded():
            ended = move("relationship", state.relationship, Relationship.ENDED)
            data = move("data", state.data, Data.RESTITUTION)
            return replace(state, relationship=ended, data=data, ended_on=event.last_day)
        case e.RestitutionRequested():
            return replace(state, restitution_asked_at=event.at)
        case e.RestitutionCompleted():
            return replace(state, restitution_done_at=event.at)
        case _:
            assert_never(event)


def _suspended(state: State, event: e.ServiceSuspended) -> State:
    suspended = move("service", state.service, Service.SUSPENDED)
    if event.reason == "unpaid":
        return replace(state, service=suspended, suspended_at=event.at)
    if state.relationship is Relationship.AWAITING_PAYMENT:
        return replace(state, service=suspended)
    relationship = move("relationship", state.relationship, Relationship.REFLECTION)
    return replace(state, relationship=relationship, service=suspended)


def _validated(state: State, at: datetime) -> State:
    """Return the state, which awaits the first payment from the moment its dossier is complete."""
    if state.relationship not in BEFORE_VALIDATION or not is_validated(state):
        return state
    awaiting = move("relationship", state.relationship, Relationship.AWAITING_PAYMENT)
    return replace(state, relationship=awaiting, validated_at=at)


def _in_force(state: State, event: e.ContractInForce) -> State:
    active = move("relationship", state.relationship, Relationship.ACTIVE)
    entered = paris_day(event.at)
    price = next((one.unit_cents for one in state.billed if one.month == FIRST), None)
    if price is None:
        raise ImpossibleHistory("in force before its first month was invoiced")
    return replace(
        state,
        relationship=active,
        in_force_at=event.at,
        in_force_on=entered,
        terms=1,
        prices=((entered, price),),
        terms_version=state.acceptance.version if state.acceptance else None,
    )


def _renewed(state: State) -> State:
    """Return the state in its next term, with the changes that apply from its first day."""
    state = replace(
        state,
        terms=state.terms + 1,
        reminders=frozenset(one for one in state.reminders if one[0] != "notice_limit"),
    )
    begins = term_start(state)
    for change in (one for one in state.changes if one.applies_from <= begins):
        if change.user_month_cents is not None:
            state = replace(state, prices=(*state.prices, (begins, change.user_month_cents)))
        if change.version is not None:
            state = replace(state, terms_version=change.version)
    return replace(state, changes=tuple(one for one in state.changes if one.applies_from > begins))


def _announced(state: State, event: e.ChangeAnnounced) -> State:
    """Return the state with a change to come, in the place of one of its kind announced for the same day."""
    named = (event.what, event.applies_from)
    replaced = [one for one in state.changes if (one.what, one.applies_from) == named]
    announced = Change(
        event.what,
        event.applies_from,
        user_month_cents=event.user_month_cents,
        version=event.version,
        refused=state.offer.policy.refusal_outlives_new_announcement and any(one.refused for one in replaced),
    )
    return replace(state, changes=(*(one for one in state.changes if one not in replaced), announced))


def _with_refusal(state: State, event: e.ChangeRefused | e.RefusalWithdrawn, *, refused: bool) -> State:
    named = (event.what, event.applies_from)
    if all((one.what, one.applies_from) != named for one in state.changes):
        msg = f"no change of {event.what} applies from {event.applies_from}"
        raise ImpossibleHistory(msg)
    return replace(
        state,
        changes=tuple(
            replace(one, refused=refused) if (one.what, one.applies_from) == named else one
            for one in state.changes
        ),
    )


def _with_administrator(state: State, user: str) -> State:
    if user in state.admins:
        msg = f"{user} is an administrator already"
        raise ImpossibleHistory(msg)
    return replace(state, admins=(*state.admins, user))


def _without_administrator(state: State, user: str) -> State:
    admins = tuple(one for one in state.admins if one != user)
    if not admins or admins == state.admins:
        msg = f"{user} is not one of several administrators"
        raise ImpossibleHistory(msg)
    return replace(state, admins=admins)


def _with_registration(
    state: State, user: str, *, removed_at: datetime | None = None, suspended: bool | None = None
) -> State:
    before = state.registration(user)
    if before is None:
        msg = f"{user} is not registered"
        raise ImpossibleHistory(msg)
    after = replace(
        before, removed_at=removed_at, suspended=before.suspended if suspended is None else suspended
    )
    return replace(state, registrations=tuple(after if one is before else one for one in state.registrations))


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
