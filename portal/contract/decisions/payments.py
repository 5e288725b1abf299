"""Payments and what the bank sends back (CGV art. 8, 10.2 to 10.4)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.arrears import dues, is_cleared, is_overdue, suspension_of
from portal.contract.billing import commercial_credit_note, monthly_document, still_creditable
from portal.contract.calendar import paris_day
from portal.contract.decisions.services import order_option
from portal.contract.evolve import history
from portal.contract.french import euros
from portal.contract.issue import is_issued_at_entry
from portal.contract.ledger import balance, invoice_of
from portal.contract.lines import month_name
from portal.contract.reckoning import Reckoning
from portal.contract.refusal import Refusal
from portal.contract.schedule import default_recorded
from portal.contract.state import Invoice, Payment, Relationship, Service, State
from portal.contract.term import first_last_day


def settle(state: State, act: a.Settle, at: datetime) -> tuple[e.Event, ...]:
    invoices = _invoices_of(state, act.month, act.number)
    unpaid = sum(one.unpaid_cents for one in invoices)
    amount = unpaid if act.amount_cents is None else act.amount_cents
    if act.amount_cents is not None and act.amount_cents < 1:
        raise Refusal("amount_invalid", clause="10.3", message="Indiquez une somme d’au moins un centime.")
    if unpaid == 0:
        return ()
    if amount > unpaid:
        raise Refusal(
            "amount_exceeds_due",
            clause="10.3",
            message=(
                f"Cette somme dépasse les {euros(unpaid)} qui restent dus sur cette facture. Enregistrez la somme due, "
                "et le reste sur la facture qu’il règle."
            ),
            reasons=(_left_of(invoices),),
        )
    paid = []
    for invoice in invoices:
        part = min(amount, invoice.unpaid_cents)
        if part:
            paid.append(
                e.PaymentSettled(at=at, month=invoice.month, number=invoice.number, amount_cents=part)
            )
            amount -= part
    return _with_what_follows(state, tuple(paid), at)


def _left_of(invoices: Sequence[Invoice]) -> Reckoning:
    """Return what is left to pay of the invoices of a month: there are several where an adjustment followed."""
    first, *others = invoices
    left = balance(first)
    for one in others:
        left = left.plus(Fraction(one.unpaid_cents), f"plus ce qui reste dû de la facture {one.number}")
    return left


def settle_everything(state: State, at: datetime) -> tuple[e.Event, ...]:
    paid = tuple(
        e.PaymentSettled(
            at=at,
            month=due.invoice.month,
            number=due.invoice.number,
            amount_cents=due.invoice_cents,
            penalties_cents=due.penalties_cents,
            indemnity_cents=due.indemnity_cents,
        )
        for due in dues(state, at)
    )
    return _with_what_follows(state, paid, at)


def return_payment(state: State, act: a.ReturnPayment, at: datetime) -> tuple[e.Event, ...]:
    # A final invoice shares the month of the last one: the bank's message is about the latest.
    invoice = _invoices_of(state, act.month, act.number)[-1]
    if act.kind == "reject" and invoice.payment is Payment.SETTLED:
        raise Refusal(
            "invoice_settled",
            clause="10.3",
            message=(
                "Cette facture est réglée : un prélèvement rejeté n’y change rien. Si la banque a repris une somme déjà "
                "versée, enregistrez un remboursement."
            ),
        )
    # An invoice that a credit note settled has no payment that a bank could take back.
    if act.kind == "refund" and (invoice.payment is not Payment.SETTLED or not invoice.paid_cents):
        raise Refusal(
            "payment_missing",
            clause="10.3",
            message=(
                "Aucun règlement de cette facture n’est enregistré : il n’y a rien à reprendre. Si le prélèvement n’a jamais "
                "été versé, enregistrez un rejet."
            ),
        )
    amount = invoice.paid_cents if act.kind == "refund" else 0
    returned = e.PaymentReturned(
        at=at, month=invoice.month, number=invoice.number, returned=act.kind, amount_cents=amount
    )
    after = history(state, (returned,))
    unpaid = invoice_of(after, invoice.number)
    late = act.kind == "refund" or is_overdue(unpaid, at)
    if after.relationship is Relationship.ACTIVE and late and unpaid.payment is Payment.OPEN:
        return (returned, default_recorded(after, unpaid.number, at))
    return (returned,)


def issue_credit_note(state: State, act: a.IssueCreditNote, at: datetime) -> tuple[e.Event, ...]:
    """Give a part of an invoice back: it may settle what is due, with all that a settlement brings."""
    cited = next((one for one in state.invoices if one.number == act.cites), None)
    if cited is None:
        issued = ", ".join(one.number for one in state.invoices)
        raise Refusal(
            "unknown_invoice",
            clause="10.3",
            message=(
                f"Ce contrat n’a pas de facture {act.cites}. Factures émises : {issued}."
                if issued
                else "Ce contrat n’a pas encore de facture : il n’y a rien à créditer."
            ),
        )
    largest = still_creditable(state, cited)
    if not 1 <= act.net_cents <= largest.cents:
        raise Refusal(
            "credit_out_of_range",
            clause="10.3",
            message=(
                f"Indiquez une somme hors taxes d’un centime à {euros(largest.cents)} : c’est ce que la facture "
                f"{cited.number} porte encore, ses avoirs déduits."
                if largest.cents
                else f"La facture {cited.number} est déjà créditée en entier : il n’en reste rien à rendre."
            ),
            reasons=(largest,),
        )
    note = commercial_credit_note(state, at, cited, act.net_cents, act.label)
    return _with_what_follows(state, (note,), at)


def report_default_mail(state: State, act: a.ReportDefaultMail, at: datetime) -> tuple[e.Event, ...]:
    """Hold the suspension of a default whose mail failed; count again from the day it leaves."""
    invoice = _invoices_of(state, act.month)[-1]
    if invoice.payment is not Payment.IN_DEFAULT or act.sent is (invoice.mailed_at is not None):
        return ()
    if not act.sent:
        return (e.DefaultMailFailed(at=at, month=invoice.month, number=invoice.number),)
    stated = suspension_of(state, invoice, paris_day(at)).instant
    return (e.DefaultMailSent(at=at, month=invoice.month, number=invoice.number, suspension_at=stated),)


def _with_what_follows(state: State, paid: tuple[e.Event, ...], at: datetime) -> tuple[e.Event, ...]:
    """Return what settles, payments or a credit, and what it brings: the entry into force, or the service restored."""
    after = history(state, paid)
    if after.relationship is Relationship.AWAITING_PAYMENT and _first_month_is_paid(after):
        return (*paid, *_entry_into_force(after, at))
    suspended_for_non_payment = after.service is Service.SUSPENDED and after.suspended_at is not None
    if paid and suspended_for_non_payment and is_cleared(after, at):
        return (*paid, e.ServiceRestored(at=at))
    return paid


def _entry_into_force(state: State, at: datetime) -> tuple[e.Event, ...]:
    """Return the entry into force, with what opens or reopens the service and, late in a month, an invoice."""
    in_force = e.ContractInForce(at=at, last_day=first_last_day(state, paris_day(at)))
    opened: tuple[e.Event, ...] = ()
    if state.service is Service.NONE:
        opened = (e.ServiceOpened(at=at),)
        if state.admin and state.admin not in state.users:
            opened = (*opened, e.UserRegistered(at=at, user=state.admin))
    elif state.service is Service.SUSPENDED:
        opened = (e.DataReactivated(at=at), e.ServiceRestored(at=at))
    begun = (in_force, *opened)
    return (*begun, *_issued_with_the_entry(history(state, begun), at))


def _issued_with_the_entry(state: State, at: datetime) -> tuple[e.Event, ...]:
    return (monthly_document(state, at),) if is_issued_at_entry(state.offer.policy, at) else ()


def with_signed_options(
    state: State, caused: tuple[e.Event, ...], signed: Mapping[str, int], at: datetime
) -> tuple[e.Event, ...]:
    """Return what an act causes where it brings a contract into force that names options: they are ordered with it.

    Before the invoice of a late entry, which charges the month after it, recurring options included (art. 5.2,
    10.3): ordered after it, that month would never be charged. `signed` goes from a code to how many.
    """
    entry = next((nth for nth, one in enumerate(caused) if isinstance(one, e.ContractInForce)), None)
    if entry is None:
        return caused
    issued = (e.InvoiceIssued, e.CreditNoteIssued)
    begun = (*caused[:entry], *(one for one in caused[entry:] if not isinstance(one, issued)))
    after = history(state, begun)
    orders = [a.OrderOption(code=code, quantity=quantity) for code, quantity in sorted(signed.items())]
    ordered = tuple(event for one in orders for event in order_option(after, one, at))
    return (*begun, *ordered, *_issued_with_the_entry(history(after, ordered), at))


def _first_month_is_paid(state: State) -> bool:
    return any(one.month == a.FIRST and one.payment is Payment.SETTLED for one in state.invoices)


def _invoices_of(state: State, month: str, number: str | None = None) -> tuple[Invoice, ...]:
    invoices = tuple(one for one in state.invoices_of(month) if number in {None, one.number})
    if invoices:
        return invoices
    issued = ", ".join(month_name(one.month) for one in state.invoices)
    raise Refusal(
        "unknown_month",
        clause="10.3",
        message=(
            f"Aucune facture n’est émise pour ce mois. Factures émises : {issued}."
            if issued
            else "Aucune facture n’est encore émise."
        ),
    )
