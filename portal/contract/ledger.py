"""What an invoice, a credit note, a payment or its return does to the client's account.

One balance per invoice, in cents including tax. A credit note is set against the invoice it cites, then
against the oldest unpaid ones; what is left waits for the next invoice.
"""

from datetime import date, datetime
from fractions import Fraction

from portal.contract import events as e
from portal.contract.acts import FIRST
from portal.contract.calendar import add_months, paris_day, start_of_day
from portal.contract.lines import Line, Share
from portal.contract.reckoning import Reckoning
from portal.contract.refusal import ImpossibleHistory
from portal.contract.replacing import replace
from portal.contract.shares import first_day_of
from portal.contract.state import (
    Billed,
    Collection,
    CreditNote,
    Invoice,
    Payment,
    Spell,
    State,
    move,
)


def invoice_of(state: State, number: str) -> Invoice:
    """Return the invoice of that number; an unknown one is an impossible history."""
    for one in state.invoices:
        if one.number == number:
            return one
    msg = f"no invoice has the number {number}"
    raise ImpossibleHistory(msg)


def balance(invoice: Invoice) -> Reckoning:
    """Return what is left to pay of an invoice itself, including tax."""
    amount = Reckoning(
        clause="10.3",
        rule="une facture reste due pour ce que ni un règlement ni un avoir n’en a payé.",
        start_label="total TTC de la facture",
        start=Fraction(invoice.gross_cents),
    )
    if invoice.paid_cents:
        amount = amount.plus(Fraction(-invoice.paid_cents), "moins ce qui en est réglé")
    if invoice.credited_cents:
        amount = amount.plus(Fraction(-invoice.credited_cents), "moins les avoirs imputés")
    return amount


def with_invoice(state: State, event: e.InvoiceIssued) -> State:
    """Return the state once an invoice is issued, with the credit that waited for it."""
    if any(one.number == event.number for one in state.invoices):
        msg = f"the number {event.number} was given already"
        raise ImpossibleHistory(msg)
    issued = paris_day(event.at)
    invoice = Invoice(
        number=event.number,
        month=event.month,
        issued=issued,
        due=event.due,
        collection_day=event.collection,
        net_cents=event.net_cents,
        vat_hundredths=event.vat_hundredths,
        gross_cents=event.gross_cents,
        balances=((issued, event.gross_cents),),
        # Before the entry into force a first month that stays unpaid is not late.
        spells=() if event.month == FIRST else (Spell(event.due),),
    )
    state = replace(state, invoices=(*state.invoices, invoice))
    state = _billed(state, event.lines, event.at)
    return _credited(state, state.credit_cents, (event.number,), event.at)


def with_credit_note(state: State, event: e.CreditNoteIssued) -> State:
    """Return the state once a credit note is issued and set against what is unpaid."""
    cited = invoice_of(state, event.cites)
    note = CreditNote(event.number, event.month, event.cites, event.net_cents, event.gross_cents)
    state = replace(state, credit_notes=(*state.credit_notes, note))
    state = _billed(state, event.lines, event.at)
    others = tuple(one.number for one in state.invoices if one.number != cited.number)
    return _credited(state, state.credit_cents + event.gross_cents, (cited.number, *others), event.at)


def with_payment(state: State, event: e.PaymentSettled) -> State:
    invoice = invoice_of(state, event.number)
    if event.amount_cents > invoice.unpaid_cents:
        msg = f"{event.number} is paid beyond what it owes"
        raise ImpossibleHistory(msg)
    paid = replace(
        invoice,
        paid_cents=invoice.paid_cents + event.amount_cents,
        penalties_paid_cents=invoice.penalties_paid_cents + event.penalties_cents,
        indemnity_paid_cents=invoice.indemnity_paid_cents + event.indemnity_cents,
    )
    if event.amount_cents:
        paid = _balanced(paid, event.at)
        if paid.payment is Payment.SETTLED:
            paid = replace(paid, collection=move("collection", paid.collection, Collection.SETTLED))
    return _with(state, paid)


def with_return(state: State, event: e.PaymentReturned) -> State:
    """Return the state once the bank has sent a collection back.

    A refund makes the invoice unpaid again, less the credit that waited for an invoice.
    """
    invoice = invoice_of(state, event.number)
    if event.returned == "reject":
        rejected = move("collection", invoice.collection, Collection.REJECTED)
        return _with(state, replace(invoice, collection=rejected))
    refunded_on = paris_day(event.at)
    again = replace(
        invoice,
        collection=move("collection", invoice.collection, Collection.REFUNDED),
        payment=move("invoice", invoice.payment, Payment.OPEN),
        paid_cents=invoice.paid_cents - event.amount_cents,
        settled_at=None,
        mailed_at=None,
        suspension_at=None,
    )
    again = replace(again, balances=(*again.balances, (refunded_on, again.unpaid_cents)))
    state = _with(state, _late_again(state, again, refunded_on))
    return _credited(state, state.credit_cents, (again.number,), event.at)


def with_default(state: State, number: str, at: datetime, suspension_at: datetime) -> State:
    invoice = invoice_of(state, number)
    in_default = move("invoice", invoice.payment, Payment.IN_DEFAULT)
    return _with(state, replace(invoice, payment=in_default, mailed_at=at, suspension_at=suspension_at))


def with_default_mail(
    state: State, number: str, mailed_at: datetime | None, suspension_at: datetime | None
) -> State:
    """Return the state once it is known what became of the mail; without one the suspension is held."""
    mailed = replace(invoice_of(state, number), mailed_at=mailed_at, suspension_at=suspension_at)
    return _with(state, mailed)


def _late_again(state: State, invoice: Invoice, refunded_on: date) -> Invoice:
    if state.offer.policy.refund_starts_new_clock or not invoice.spells:
        return replace(invoice, spells=(*invoice.spells, Spell(refunded_on)))
    # As if it had never been paid: the first delay goes on, and no day of it was without a debt.
    return replace(
        invoice,
        spells=(*invoice.spells[:-1], replace(invoice.spells[-1], until=None)),
        balances=tuple(one for one in invoice.balances if one[1]),
    )


def _credited(state: State, credit: int, numbers: tuple[str, ...], at: datetime) -> State:
    """Set a credit against these invoices, in order; what is left waits."""
    for number in numbers:
        invoice = invoice_of(state, number)
        if invoice.payment is Payment.SETTLED:
            continue
        used = min(credit, invoice.unpaid_cents)
        credit -= used
        if used or not invoice.gross_cents:
            credited = replace(invoice, credited_cents=invoice.credited_cents + used)
            state = _with(state, _balanced(credited, at))
    return replace(state, credit_cents=credit)


def _balanced(invoice: Invoice, at: datetime) -> Invoice:
    """Return the invoice with its new balance written down, settled where nothing is left of it."""
    on = paris_day(at)
    invoice = replace(invoice, balances=(*invoice.balances, (on, invoice.unpaid_cents)))
    if invoice.unpaid_cents:
        return invoice
    spells = invoice.spells
    if spells:
        spells = (*spells[:-1], replace(spells[-1], until=on))
    return replace(
        invoice,
        payment=move("invoice", invoice.payment, Payment.SETTLED),
        settled_at=at,
        spells=spells,
    )


def _billed(state: State, lines: tuple[Line, ...], at: datetime) -> State:
    """Keep what was invoiced for each month; the lines of a final document change nothing any more."""
    if state.ended_on is not None:
        return state
    billed = {one.month: one for one in state.billed}
    recurring = _recurring(state)
    for line in lines:
        if line.goodwill:
            continue
        before = billed.get(line.month)
        match line.kind:
            case "subscription":
                billed[line.month] = Billed(line.month, line.quantity, line.unit_cents, line.share)
            case "adjustment" if before and line.completes:
                billed[line.month] = replace(before, share=None)
            case "adjustment" if before:
                billed[line.month] = replace(before, quantity=before.quantity + line.quantity)
            case "carry_over" if before and line.share:
                first = Share(line.share.days, line.share.of)
                billed[line.month] = replace(before, share=first)
            case "option" if before and line.option in recurring and not line.completes:
                billed[line.month] = replace(before, options=(*before.options, line))
            case _:
                pass
    orders = state.orders
    if one_off := {line.option for line in lines if line.kind == "option"} - recurring:
        orders = tuple(replace(order, billed=True) if order.code in one_off else order for order in orders)
    # The first monthly document carries the first month over, even where there is nothing to carry.
    is_monthly = any(line.kind == "subscription" and line.month != FIRST for line in lines)
    if not is_monthly:
        return replace(state, billed=tuple(billed.values()), orders=orders)
    months = tuple(
        replace(one, closed=True) if not one.closed and _is_over(state, one.month, at) else one
        for one in billed.values()
    )
    return replace(state, billed=months, orders=orders, carried_over=True)


def _is_over(state: State, month: str, at: datetime) -> bool:
    return start_of_day(add_months(first_day_of(state, month), 1)) <= at


def _recurring(state: State) -> set[str]:
    return {option.code for option in state.offer.grid.options if option.monthly}


def _with(state: State, invoice: Invoice) -> State:
    invoices = tuple(invoice if one.number == invoice.number else one for one in state.invoices)
    return replace(state, invoices=invoices)
