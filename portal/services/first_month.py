"""The first month: what is paid to come into force, when it is collected, or where to transfer it (CGV art. 8, 10.3)."""

from dataclasses import dataclass
from enum import StrEnum

from portal.contract.acts import FIRST
from portal.contract.because import Because
from portal.contract.state import Invoice, State
from portal.contract.subscription import first_due_day, first_issue_waits
from portal.payments.accounts import in_fours, read_account
from portal.settings import Settings


@dataclass(frozen=True, slots=True)
class Transfer:
    """The account to transfer to, and the reference by which the payment is recognised."""

    holder: str
    iban: str
    bic: str
    reference: str


class Way(StrEnum):
    """How the first month reaches us, as far as the bank lets us know."""

    TO_COME = "to_come"  # a collection, on its day
    WITH_THE_BANK = "with_the_bank"  # a collection that the bank was given, and has not answered for
    CAME_BACK = "came_back"  # a collection that the bank sent back: a transfer is left
    STOPPED = "stopped"  # nothing is collected under this mandate: a transfer is left
    MISSED = "missed"  # its day has passed without a collection: a transfer is left


@dataclass(frozen=True, slots=True)
class FirstMonth:
    """The first month's invoice; `collection` is the day it is collected, with its reason."""

    invoice: Invoice
    collection: Because
    transfer: Transfer
    way: Way = Way.TO_COME


def first_invoice(state: State) -> Invoice | None:
    """Return the first month's invoice, once it is issued."""
    return next((one for one in state.invoices if one.month == FIRST), None)


def first_month(settings: Settings, state: State) -> FirstMonth | None:
    """Return what is to be paid for the first month; None before its invoice is issued (see `first_issue_waits`)."""
    invoice = first_invoice(state)
    if invoice is None:
        return None
    return FirstMonth(invoice, first_due_day(invoice.issued), transfer_of(settings, invoice.number))


def transfer_of(settings: Settings, invoice_number: str) -> Transfer:
    """Return where an invoice may be paid by transfer; its number is what recognises the payment."""
    account = read_account(settings.vendor_iban)
    return Transfer(settings.vendor_name, in_fours(account.iban), account.bic, invoice_number)


def waits_for_its_invoice(state: State) -> Because | None:
    """Return when the first month will be invoiced, where its notice does not fit into the month of the validation."""
    return None if state.invoices else first_issue_waits(state)
