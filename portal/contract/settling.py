"""What a client pays to be even again, each part with the sum that gives it (CGV art. 10.3 and 10.4)."""

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction

from portal.contract.arrears import INDEMNITY_CENTS, Due, dues_hold, falls_due
from portal.contract.because import Because
from portal.contract.events import InvoiceIssued
from portal.contract.preview import documents_to_come
from portal.contract.reckoning import Reckoning
from portal.contract.state import State


def sum_due(dues: Iterable[Due]) -> Reckoning:
    """Return what is due in all: one invoice after the other, each with what its delay costs."""
    amount = Reckoning(
        clause="10.3",
        rule="le service se rétablit quand tout ce qui est dû est réglé : factures, pénalités et indemnités.",
        start_label="avant la première facture",
        start=Fraction(0),
    )
    for due in dues:
        amount = amount.plus(Fraction(due.total_cents), f"facture {due.invoice.number}, avec son retard")
    return amount


def sum_holds(state: State, at: datetime) -> Because | None:
    """Return the last day on which what is due at `at` stays the same sum; None if for good.

    As `dues_hold`, and the next invoice counts too, though it is not issued yet: it falls due all the same.
    """
    hold = dues_hold(state, at)
    coming = next((one for one in documents_to_come(state, at, 1) if isinstance(one, InvoiceIssued)), None)
    if coming is not None and (hold is None or coming.due <= hold.day):
        return falls_due("", coming.due)
    return hold


def penalties_left(due: Due) -> Reckoning:
    """Return the penalties of an invoice that are left to pay."""
    paid = due.penalties.cents - due.penalties_cents
    return due.penalties.plus(Fraction(-paid), "moins ce qui en est réglé") if paid else due.penalties


def indemnity_left(due: Due) -> Reckoning:
    """Return what is left to pay of the recovery indemnity of an invoice that has been late."""
    amount = Reckoning(
        clause="10.4",
        rule="chaque facture en retard porte une indemnité forfaitaire de recouvrement, sans TVA (code de commerce, "
        "article D. 441-5).",
        start_label="indemnité forfaitaire",
        start=Fraction(INDEMNITY_CENTS),
    )
    paid = due.invoice.indemnity_paid_cents
    return amount.plus(Fraction(-paid), "moins ce qui en est réglé") if paid else amount
