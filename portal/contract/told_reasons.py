"""Why what an event's sentence says is so: each amount in it, and each day that it leads to.

The sentence is `story.told`; why the event happened when it did is `explanations.because_of`. Nothing is reckoned
here: every reason is the one that the rules had when they made the event.
"""

from collections.abc import Iterator
from fractions import Fraction

from portal.contract import events as e
from portal.contract import quotation
from portal.contract.amounts import document_total
from portal.contract.arrears import dues, suspension_of
from portal.contract.because import Because
from portal.contract.calendar import paris_day
from portal.contract.changes import applies_from
from portal.contract.issue import payable
from portal.contract.ledger import balance, invoice_of
from portal.contract.reckoning import Reason, Reckoning
from portal.contract.settling import indemnity_left, penalties_left
from portal.contract.state import State
from portal.contract.term import counted_last_day, term_last_day


def told_reasons(before: State, event: e.Event) -> tuple[Reason, ...]:
    """Return the reasons of what the event's sentence says; `before` is the state that the event met."""
    policy = before.offer.policy
    match event:
        case e.QuoteAccepted():
            return (quotation.service(event.label, event.price_cents),)
        case e.InvoiceIssued():
            total = document_total(event.lines, event.vat_cents)
            return (total, payable(event.month, paris_day(event.at)))
        case e.CreditNoteIssued():
            return (document_total(event.lines, event.vat_cents),)
        case e.PaymentSettled():
            return (_paid(before, event), *_costs(before, event))
        case e.PaymentReturned():
            return (_taken_back(event),)
        case e.DefaultRecorded() | e.DefaultMailSent():
            return (suspension_of(before, invoice_of(before, event.number), paris_day(event.at)),)
        case e.ContractInForce():
            return (counted_last_day(paris_day(event.at), event.last_day, policy),)
        case e.ContractRenewed():
            return (term_last_day(before, 1),)
        case e.ChangeAnnounced():
            return (applies_from(before, event.at),)
        case e.NoticeServed():
            return (_posted(event), counted_last_day(before.entered_on, event.ends, policy))
        case _:
            return ()


def _paid(before: State, event: e.PaymentSettled) -> Reckoning:
    """Return what was paid of an invoice itself: what was left of it, or a part of that."""
    owed = balance(invoice_of(before, event.number))
    rest = owed.cents - event.amount_cents
    return owed.plus(Fraction(-rest), "moins ce qui en reste à payer") if rest else owed


def _costs(before: State, event: e.PaymentSettled) -> Iterator[Reckoning]:
    """Yield what the delay of an invoice cost, where that was paid with it."""
    if event.penalties_cents or event.indemnity_cents:
        due = next(one for one in dues(before, event.at) if one.invoice.number == event.number)
        yield penalties_left(due)
        if event.indemnity_cents:
            yield indemnity_left(due)


def _taken_back(event: e.PaymentReturned) -> Reckoning:
    return Reckoning(
        clause=event.clause,
        rule="un prélèvement que la banque rejette ou reprend ne règle rien : la facture reste due.",
        start_label="somme reprise par la banque",
        start=Fraction(event.amount_cents),
    )


def _posted(event: e.NoticeServed) -> Because:
    return Because(
        clause=event.clause,
        rule="la résiliation se notifie par une lettre, dont la poste prouve le jour.",
        start_label="remise de la lettre à la poste",
        start=event.posted,
    )
