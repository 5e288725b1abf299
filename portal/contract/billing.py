"""Invoices (CGV art. 10.1 to 10.3): what they charge, and why.

What a month owes is known only once it is over; what was invoiced for it is corrected, line by line,
on the invoices that follow, and by a final document at the contract's end.
"""

import itertools
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TypedDict

from portal.contract import events as e
from portal.contract.acts import FIRST
from portal.contract.amounts import gross_total, net_total, vat, without_tax
from portal.contract.calendar import add_months, month_of, paris_day, start_of_day
from portal.contract.french import count, long_date
from portal.contract.issue import collection_day, next_month, payable_on
from portal.contract.lines import LINE_ORDER, Line, Share, line, month_name, turned
from portal.contract.quotation import invoiced_users
from portal.contract.reckoning import Reckoning
from portal.contract.shares import (
    Closing,
    closing_share,
    first_day_of,
    first_share,
    from_one_share_to_another,
    key_of,
    last_share,
    other_half,
    owed_share,
)
from portal.contract.state import Billed, Invoice, State
from portal.contract.subscription import first_due_day


def price_of(state: State, month: date) -> int:
    """Return the price per user of a month, in cents: the grid of the term that contains its first day.

    A price announced counts from the term it applies to, though that has not begun when the month is invoiced.
    """
    price = state.prices[0][1] if state.prices else state.offer.grid.user_month_cents
    announced = ((one.applies_from, one.user_month_cents) for one in state.changes)
    for applies_from, cents in sorted(
        [*state.prices, *((day, one) for day, one in announced if one is not None)]
    ):
        if applies_from <= month:
            price = cents
    return price


def persons(state: State, month: str, at: datetime) -> tuple[str, ...]:
    """Return the distinct persons registered at any moment of a month of the contract, up to `at`.

    A suspended or removed person counts; one removed before the entry into force does not.
    """
    first_day = first_day_of(state, month)
    began = max(start_of_day(first_day), state.entered_at)
    ended = min(start_of_day(add_months(first_day, 1)), at + timedelta(microseconds=1))
    return tuple(
        dict.fromkeys(
            one.user
            for one in state.registrations
            if one.registered_at < ended and (one.removed_at is None or one.removed_at > began)
        )
    )


def first_month_persons(state: State) -> tuple[str, ...]:
    """Return whom the first month counts: the users, and the administrator, who is one with the entry at the latest."""
    return tuple(dict.fromkeys((*state.users, *((state.admin,) if state.admin else ()))))


def first_month_users(state: State) -> int:
    """Return how many users the first month charges: those it counts, and the minimum at least (art. 8, 10.1)."""
    return invoiced_users(state.offer.grid, len(first_month_persons(state)))


def first_invoice(state: State, at: datetime) -> e.InvoiceIssued:
    """Return the invoice of the first month: a whole month, for the persons named by then (art. 8)."""
    charged = line(
        "subscription",
        FIRST,
        first_month_users(state),
        state.offer.grid.user_month_cents,
        label="Abonnement, premier mois",
        persons=first_month_persons(state),
    )
    due = first_due_day(paris_day(at)).day
    return _invoice(state, at, FIRST, (charged,), due=due, collection=due)


def monthly_document(state: State, at: datetime) -> e.InvoiceIssued | e.CreditNoteIssued:
    """Return what is issued at `at` for the next month: an invoice, or a credit note where credits exceed it."""
    month = next_month(state)
    if month is None:
        raise ValueError("no month is left to invoice")
    share = last_share(state, month)
    lines = (
        _subscription(state, month, share),
        *_adjustments(state, at),
        *_carry_over(state),
        *_recurring_options(state, month, share),
        *_one_off_options(state, month),
    )
    return _document(state, at, key_of(month), lines, due=payable_on(paris_day(at)))


def final_document(state: State, at: datetime, last_day: date, *, early: bool) -> tuple[e.Event, ...]:
    """Return what closes the account at the contract's end, if anything is left: an invoice or a credit note.

    `early`: the contract ends before its term, so that the last month is owed for its actual days.
    """
    closing = Closing(last_day, early=early)
    lines = (
        *_not_yet_invoiced(state, closing),
        *_adjustments(state, at, closing),
        *_carry_over(state, closing),
        *_last_month(state, closing),
        *_beyond(state, closing),
        *_one_off_options(state, month_of(last_day)),
    )
    # Nothing is left where every line is a share of some cents that is nothing, or where they even out.
    if not sum(one.net_cents for one in lines):
        return ()
    return (_document(state, at, key_of(month_of(last_day)), lines, due=payable_on(paris_day(at))),)


def _subscription(state: State, month: date, share: Share | None) -> Line:
    users = state.users
    return line(
        "subscription",
        key_of(month),
        max(state.offer.grid.minimum_users, len(users)),
        price_of(state, month),
        label=f"Abonnement, {month_name(key_of(month))}",
        share=share,
        persons=users,
    )


def _adjustments(state: State, at: datetime, closing: Closing | None = None) -> Iterator[Line]:
    """Yield, for each month already invoiced, what its persons owe beyond what was invoiced for them."""
    waits = state.offer.policy.credit_waits_for_month_end and closing is None
    for billed in state.billed:
        if billed.closed:
            continue
        month = first_day_of(state, billed.month)
        if closing and month > closing.last_day:
            continue
        if closing is None:
            yield from _completed(billed)
        registered = persons(state, billed.month, at)
        difference = max(state.offer.grid.minimum_users, len(registered)) - billed.quantity
        is_over = start_of_day(add_months(month, 1)) <= at
        if difference > 0 or (difference < 0 and (is_over or not waits)):
            yield line(
                "adjustment",
                billed.month,
                difference,
                billed.unit_cents,
                label=f"Ajustement, {month_name(key_of(month))} : {count(len(registered), 'personne')} au cours du "
                f"mois, {count(billed.quantity, 'déjà facturée')}",
                share=owed_share(state, billed.month, closing),
                persons=registered,
            )


def _completed(billed: Billed) -> Iterator[Line]:
    """Yield the rest of a month invoiced as the last one of a contract that goes on after all."""
    if billed.month == FIRST or billed.share is None:
        return
    label = f"Ajustement, {month_name(billed.month)} : le contrat continue"
    yield from _of_a_month(billed, label, other_half(billed.share), completes=True)


def _carry_over(state: State, closing: Closing | None = None) -> Iterator[Line]:
    """Yield what was paid for the first month beyond its days, once."""
    share = first_share(state, closing)
    if share is None or state.carried_over:
        return
    first = next(one for one in state.billed if one.month == FIRST)
    yield line(
        "carry_over",
        FIRST,
        1,
        first.quantity * first.unit_cents,
        label=f"Report du premier mois : {count(share.days, 'jour')} d’abonnement sur {share.of}",
        share=other_half(share),
        is_credit=True,
    )


def _recurring_options(state: State, month: date, share: Share | None) -> Iterator[Line]:
    grid = state.offer.grid
    for code in dict.fromkeys(order.code for order in state.orders):
        option = grid.option(code)
        if option and option.monthly:
            yield line(
                "option",
                key_of(month),
                sum(order.quantity for order in state.orders if order.code == code),
                option.price_cents,
                label=f"{option.label}, {month_name(key_of(month))}",
                share=share,
                option=code,
            )


def _one_off_options(state: State, month: date) -> Iterator[Line]:
    grid = state.offer.grid
    unbilled = [order for order in state.orders if not order.billed]
    for code in dict.fromkeys(order.code for order in unbilled):
        option = grid.option(code)
        if option and not option.monthly:
            quantity = sum(order.quantity for order in unbilled if order.code == code)
            yield line("option", key_of(month), quantity, option.price_cents, label=option.label, option=code)
    for order in unbilled:
        if agreed := order.agreed:
            yield line(
                "option",
                key_of(month),
                order.quantity,
                agreed.price_cents,
                label=agreed.label,
                option=order.code,
            )


def _not_yet_invoiced(state: State, closing: Closing) -> Iterator[Line]:
    """Yield the last month where it was not invoiced yet: the contract ended in the first hours of it."""
    month = next_month(state)
    if month is None or month > closing.last_day:
        return
    share = closing_share(state, month, closing)
    yield _subscription(state, month, share)
    yield from _recurring_options(state, month, share)


def _last_month(state: State, closing: Closing) -> Iterator[Line]:
    """Yield, for the last month, the difference between the part that was invoiced and the part owed."""
    last = month_of(closing.last_day)
    label = f"Ajustement, {month_name(key_of(last))} : le contrat finit le {long_date(closing.last_day)}"
    for billed in state.billed:
        if first_day_of(state, billed.month) != last or (billed.month == FIRST and not state.carried_over):
            continue
        owed = owed_share(state, billed.month, closing)
        for share, is_credit in from_one_share_to_another(billed.share, owed):
            yield from _of_a_month(billed, label, share, is_credit=is_credit)


def _beyond(state: State, closing: Closing) -> Iterator[Line]:
    """Yield, in full, what was invoiced for months after the last day."""
    for billed in state.billed:
        if first_day_of(state, billed.month) > closing.last_day:
            label = f"Ajustement, {month_name(billed.month)} : après la fin du contrat"
            yield from _of_a_month(billed, label, billed.share, is_credit=True)


def _of_a_month(
    billed: Billed, label: str, share: Share | None, *, is_credit: bool = False, completes: bool = False
) -> Iterator[Line]:
    """Yield lines that charge, or credit, a part of what a month was invoiced for: users, then options."""
    yield line(
        "adjustment",
        billed.month,
        billed.quantity,
        billed.unit_cents,
        label=label,
        share=share,
        is_credit=is_credit,
        completes=completes,
    )
    for one in billed.options:
        yield line(
            "option",
            billed.month,
            one.quantity,
            one.unit_cents,
            label=label,
            share=share,
            is_credit=is_credit,
            completes=completes,
            option=one.option,
        )


def _document(
    state: State, at: datetime, month: str, lines: tuple[Line, ...], *, due: date
) -> e.InvoiceIssued | e.CreditNoteIssued:
    kept = tuple(sorted((one for one in lines if one.net_cents), key=lambda one: LINE_ORDER.index(one.kind)))
    if net_total(kept).cents >= 0:
        return _invoice(state, at, month, kept, due=due, collection=collection_day(due).day)
    return _credit_note(
        state,
        at,
        state.invoices[-1].number,
        month,
        tuple(map(turned, kept)),
        rate=state.offer.grid.vat_hundredths,
    )


def commercial_credit_note(
    state: State, at: datetime, cited: Invoice, net_cents: int, label: str
) -> e.CreditNoteIssued:
    """Return the credit note that gives a part of an invoice back, with the tax that the invoice bore."""
    given_back = line("adjustment", cited.month, 1, net_cents, label=label, goodwill=True)
    return _credit_note(state, at, cited.number, cited.month, (given_back,), rate=cited.vat_hundredths)


def still_creditable(state: State, cited: Invoice) -> Reckoning:
    """Return what may still be credited of an invoice, excluding tax.

    Neither its net amount nor its gross one is ever exceeded, each less the credit notes that cite it: the
    tax of several notes, each rounded, may come to more than the invoice's own.
    """
    left = Reckoning(
        clause="10.3",
        rule="un avoir ne rend jamais plus que ce que sa facture porte encore, taxe comprise.",
        start_label=f"total hors taxes de la facture {cited.number}",
        start=Fraction(cited.net_cents),
    )
    gross_left = cited.gross_cents
    for note in (one for one in state.credit_notes if one.cites == cited.number):
        left = left.plus(Fraction(-note.net_cents), f"moins l’avoir {note.number}")
        gross_left -= note.gross_cents
    most = max(0, min(left.cents, without_tax(gross_left, cited.vat_hundredths)))
    if most == left.cents:
        return left
    return left.plus(Fraction(most - left.cents), "moins ce que l’arrondi de la TVA dépasserait")


def _credit_note(
    state: State, at: datetime, cites: str, month: str, lines: tuple[Line, ...], *, rate: int
) -> e.CreditNoteIssued:
    return e.CreditNoteIssued(
        at=at,
        number=_number("A", at, [one.number for one in state.credit_notes]),
        month=month,
        cites=cites,
        lines=lines,
        **_totals(lines, rate),
    )


def _invoice(
    state: State, at: datetime, month: str, lines: tuple[Line, ...], *, due: date, collection: date
) -> e.InvoiceIssued:
    return e.InvoiceIssued(
        at=at,
        number=_number("F", at, [one.number for one in state.invoices]),
        month=month,
        due=due,
        collection=collection,
        lines=lines,
        **_totals(lines, state.offer.grid.vat_hundredths),
    )


def _number(letter: str, at: datetime, taken: Sequence[str]) -> str:
    """Return the next number of a series that has this contract's documents only; records give the vendor's own."""
    numbers = (f"{letter}-{paris_day(at).year}-{nth:04}" for nth in itertools.count(len(taken) + 1))
    return next(one for one in numbers if one not in taken)


class _Totals(TypedDict):
    net_cents: int
    vat_hundredths: int
    vat_cents: int
    gross_cents: int


def _totals(lines: tuple[Line, ...], rate: int) -> _Totals:
    net_cents = net_total(lines).cents
    vat_cents = vat(net_cents, rate).cents
    return {
        "net_cents": net_cents,
        "vat_hundredths": rate,
        "vat_cents": vat_cents,
        "gross_cents": gross_total(net_cents, vat_cents).cents,
    }
