"""The schedule: everything that the calendar will bring to a contract by itself, each at its own instant.

Each entry builds its events only when asked: the instant alone is what a job looks at for every
contract, every minute.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple, assert_never

from portal.contract import events as e
from portal.contract.arrears import default_mail, next_suspension, suspension_of
from portal.contract.billing import final_document, first_invoice, monthly_document
from portal.contract.calendar import end_of_day, paris_day
from portal.contract.dossier import destruction_hold, hold_ended_by
from portal.contract.ending import data_destruction, destruction_is_held
from portal.contract.issue import next_issue
from portal.contract.reminders import About, warnings_to_come
from portal.contract.state import Data, Payment, Relationship, Service, State
from portal.contract.subscription import first_issue_waits
from portal.contract.term import current_last_day, ends_on, term_last_day
from portal.contract.trial import destruction, trial_end


class Due(NamedTuple):
    """What happens by itself at `at`; `irreversible` when nothing can undo it (T6)."""

    at: datetime
    build: Callable[[], tuple[e.Event, ...]]
    irreversible: bool = False

    @property
    def events(self) -> tuple[e.Event, ...]:
        return self.build()


def schedule(state: State) -> Iterator[Due]:
    """Yield all that is to come by itself as the state stands, in no order; equal instants keep this one."""
    match state.relationship:
        case Relationship.PROSPECT | Relationship.LAPSED:
            return
        case Relationship.TRIAL | Relationship.REFLECTION:
            yield from _trial(state)
        case Relationship.AWAITING_PAYMENT:
            yield from _awaiting_payment(state)
        case Relationship.ACTIVE:
            yield from _in_force(state)
        case Relationship.ENDED:
            yield from _ended(state)
        case _:
            assert_never(state.relationship)
    for about, days, at in warnings_to_come(state):
        yield _sent(about, days, at)


def _sent(about: About, days: int, at: datetime) -> Due:
    return Due(at, lambda: (e.ReminderSent(at=at, about=about, days=days),))


def _trial(state: State) -> Iterator[Due]:
    if state.relationship is Relationship.TRIAL and (end := trial_end(state)):
        yield _trial_suspension(end.instant)
    if (
        state.relationship is Relationship.REFLECTION
        and not destruction_hold(state)
        and (end := destruction(state))
    ):
        # A hold that ends after the instant has passed does not reach back in time. Nothing else moves
        # the instant: were it the last event's, an act of the client would make a late destruction prompt.
        at = max(end.instant, hold_ended_by(state) or end.instant)
        yield Due(at, lambda: (e.ServiceClosed(at=at), e.DataDestroyed(at=at)), irreversible=True)


def _trial_suspension(at: datetime) -> Due:
    return Due(at, lambda: (e.ServiceSuspended(at=at, reason="trial_ended"), e.DataArchived(at=at)))


def _awaiting_payment(state: State) -> Iterator[Due]:
    if not state.invoices and (waits := first_issue_waits(state)):
        at = waits.instant
        yield Due(at, lambda: (first_invoice(state, at),))
    keeps_service = state.offer.policy.awaiting_payment_keeps_service
    if not keeps_service and state.service is Service.OPEN and (end := trial_end(state)):
        yield _trial_suspension(end.instant)


def _in_force(state: State) -> Iterator[Due]:
    term_end = end_of_day(current_last_day(state))
    yield Due(term_end, lambda: _at_term_end(state, term_end))
    if issue := next_issue(state):
        at = issue.instant
        yield Due(at, lambda: (monthly_document(state, at),))
    hour = state.offer.policy.default_hour
    for invoice in state.invoices:
        if invoice.payment is Payment.OPEN and invoice.spells:
            yield _default(state, invoice.number, default_mail(invoice.clock, hour).instant)
    if threat := next_suspension(state):
        # The suspension of an invoice that was late before another one restored the service comes now.
        suspended_at = max(threat.at, state.at or threat.at)
        yield Due(suspended_at, lambda: (e.ServiceSuspended(at=suspended_at, reason="unpaid"),))


def _default(state: State, number: str, at: datetime) -> Due:
    return Due(at, lambda: (default_recorded(state, number, at),))


def default_recorded(state: State, number: str, at: datetime) -> e.DefaultRecorded:
    """Return the record of a default at `at`, with the suspension that its mail announces."""
    invoice = next(one for one in state.invoices if one.number == number)
    stated = suspension_of(state, invoice, paris_day(at)).instant
    return e.DefaultRecorded(at=at, month=invoice.month, number=number, suspension_at=stated)


def _at_term_end(state: State, at: datetime) -> tuple[e.Event, ...]:
    last_day = current_last_day(state)
    end = ends_on(state)
    if end is None or end.last_day > last_day:
        return (e.ContractRenewed(at=at, last_day=term_last_day(state, 1).day),)
    return ended(state, at, end.reason, early=False)


def ended(state: State, at: datetime, reason: e.EndReason, *, early: bool) -> tuple[e.Event, ...]:
    """Return the end of a contract at `at`: its last day, the service closed, the account closed by a document."""
    last_day = paris_day(at) if early else current_last_day(state)
    return (
        e.ContractEnded(at=at, reason=reason, last_day=last_day),
        e.ServiceClosed(at=at),
        *final_document(state, at, last_day, early=early),
    )


def _ended(state: State) -> Iterator[Due]:
    if state.data is not Data.RESTITUTION or destruction_is_held(state):
        return
    # As in a trial: a hold that ends after the instant has passed does not reach back in time.
    at = max(data_destruction(state).instant, hold_ended_by(state) or state.entered_at)
    yield Due(at, lambda: (e.DataDestroyed(at=at),), irreversible=True)
