"""What has happened to the client's account: documents issued, paid, sent back by the bank, late."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from pydantic import AwareDatetime

from portal.contract.acts import ReturnKind
from portal.contract.lines import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What every event is: something that took effect at an instant."""

    at: AwareDatetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceIssued(Happening):
    """An invoice (facture) is issued, and frozen.

    `month` is the month charged, « first » for the first one; `collection` is the day on which it is
    collected. `number` is the document's own, given in the transaction that issues it.
    """

    clause: ClassVar[str] = "10.3"
    number: str
    month: str
    due: date
    collection: date
    lines: tuple[Line, ...]
    net_cents: int
    vat_hundredths: int
    vat_cents: int
    gross_cents: int
    kind: Literal["invoice_issued"] = "invoice_issued"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNoteIssued(Happening):
    """A credit note (avoir) is issued on the invoice it `cites`. Its amounts are what is given back: positive."""

    clause: ClassVar[str] = "10.3"
    number: str
    month: str
    cites: str
    lines: tuple[Line, ...]
    net_cents: int
    vat_hundredths: int
    vat_cents: int
    gross_cents: int
    kind: Literal["credit_note_issued"] = "credit_note_issued"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSettled(Happening):
    """An invoice is paid: `amount_cents` of it, and of the penalties and indemnity that its delay cost."""

    clause: ClassVar[str] = "10.3"
    month: str
    number: str
    amount_cents: int
    penalties_cents: int = 0
    indemnity_cents: int = 0
    kind: Literal["payment_settled"] = "payment_settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReturned(Happening):
    clause: ClassVar[str] = "10.3"
    month: str
    number: str
    returned: ReturnKind
    amount_cents: int
    kind: Literal["payment_returned"] = "payment_returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultRecorded(Happening):
    """An invoice is in default: the client is written to, and the mail states the suspension."""

    clause: ClassVar[str] = "10.3"
    month: str
    number: str
    suspension_at: AwareDatetime
    kind: Literal["default_recorded"] = "default_recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultMailFailed(Happening):
    """The mail about a default could not be sent: the suspension is held."""

    clause: ClassVar[str] = "10.3"
    month: str
    number: str
    kind: Literal["default_mail_failed"] = "default_mail_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultMailSent(Happening):
    """The mail about a default has left after all: the ten business days run from this day."""

    clause: ClassVar[str] = "10.3"
    month: str
    number: str
    suspension_at: AwareDatetime
    kind: Literal["default_mail_sent"] = "default_mail_sent"
