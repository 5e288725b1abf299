"""What an act brings about: the events it causes, or the refusal that says why not.

`decide` returns `()` where the act would change nothing: pressing a button twice is not an error.
The caller has first let happen all that was due by `at` (see `deadlines.advance`).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.deadlines import fall_due
from portal.contract.decisions import account, payments, pieces, renewal, services, users
from portal.contract.ending import data_destruction, must_not_be_held
from portal.contract.evolve import history
from portal.contract.refusal import Refusal
from portal.contract.state import Data, Relationship, State
from portal.contract.trial import destruction


def decide(state: State, act: a.Act, at: datetime) -> tuple[e.Event, ...]:
    """Return the events that `act` causes at `at`; raise `Refusal` where a rule forbids it."""
    if state.siren is None and not isinstance(act, a.CreateAccount):
        raise Refusal(
            "account_missing",
            clause="2",
            message="Créez d’abord le compte de votre entreprise ; la suite en dépend.",
        )
    match act:
        case a.CreateAccount():
            return account.create_account(state, act, at)
        case a.AcceptTerms():
            return account.accept_terms(state, act, at)
        case a.StartTrial():
            return account.start_trial(state, act, at)
        case a.RegisterUser():
            return users.register_user(state, act, at)
        case a.RemoveUser():
            return users.remove_user(state, act, at)
        case a.SuspendUser():
            return users.suspend_user(state, act, at)
        case a.RestoreUser():
            return users.restore_user(state, act, at)
        case a.NameAdministrator():
            return users.name_administrator(state, act, at)
        case a.RelieveAdministrator():
            return users.relieve_administrator(state, act, at)
        case a.OrderOption():
            return services.order_option(state, act, at)
        case a.AcceptQuote():
            return services.accept_quote(state, act, at)
        case a.SubmitDocument():
            return pieces.submit_document(state, act, at)
        case a.AcceptDocument():
            return pieces.accept_document(state, act, at)
        case a.RefuseDocument():
            return pieces.refuse_document(state, act, at)
        case a.ValidateIdentity():
            return pieces.validate_identity(state, at)
        case a.WithdrawMandate():
            return pieces.withdraw_mandate(state, at)
        case a.Settle():
            return payments.settle(state, act, at)
        case a.SettleEverything():
            return payments.settle_everything(state, at)
        case a.ReturnPayment():
            return payments.return_payment(state, act, at)
        case a.IssueCreditNote():
            return payments.issue_credit_note(state, act, at)
        case a.ReportDefaultMail():
            return payments.report_default_mail(state, act, at)
        case a.AnnouncePrice():
            return renewal.announce_price(state, act, at)
        case a.AnnounceTerms():
            return renewal.announce_terms(state, act, at)
        case a.RefuseChange():
            return renewal.refuse_change(state, act, at)
        case a.WithdrawRefusal():
            return renewal.withdraw_refusal(state, act, at)
        case a.ServeNotice():
            return renewal.serve_notice(state, act, at)
        case a.WithdrawNotice():
            return renewal.withdraw_notice(state, act, at)
        case a.Terminate():
            return renewal.terminate(state, act, at)
        case a.RequestRestitution():
            return renewal.request_restitution(state, at)
        case a.CompleteRestitution():
            return renewal.complete_restitution(state, at)
        case a.ConfirmDestruction():
            return _confirm_destruction(state, at)
        case _:
            assert_never(act)


def decide_all(state: State, acts: Iterable[a.Act], at: datetime) -> tuple[e.Event, ...]:
    """Return the events that several acts cause at `at`, one after the other: all of them, or a `Refusal`."""
    caused: list[e.Event] = []
    for act in acts:
        events = decide(state, act, at)
        state = history(state, events)
        caused.extend(events)
    return tuple(caused)


def _confirm_destruction(state: State, at: datetime) -> tuple[e.Event, ...]:
    if _is_late(state, at):
        must_not_be_held(state)
    due = fall_due(state, at)
    if due is None or not due.irreversible:
        raise Refusal(
            "destruction_not_due",
            clause="5.1",
            message="Aucune destruction n’est à confirmer : son heure n’est pas venue, ou une pièce la retient.",
        )
    if state.relationship is Relationship.ENDED:
        return (e.DataDestroyed(at=at),)
    return (e.ServiceClosed(at=at), e.DataDestroyed(at=at))


def _is_late(state: State, at: datetime) -> bool:
    """Tell whether the instant of a destruction has passed, and the data is still there."""
    match state.relationship:
        case Relationship.ENDED if state.data is Data.RESTITUTION:
            return at >= data_destruction(state).instant
        case Relationship.REFLECTION:
            end = destruction(state)
            return end is not None and at >= end.instant
        case _:
            return False
