"""What has happened to a contract: the only truth. State, pages and papers are derived from these.

`at` is the instant the event took effect (for a deadline, the deadline's own), aware, in UTC. `kind`
is its stable name in records and in `portal replay`. No event holds personal data: persons are ids.
Stored events are never rewritten; a new shape is a new kind.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, ConfigDict, Field, TypeAdapter

from portal.contract.acts import Party, Piece, ReturnKind, What
from portal.contract.lines import Line

EndReason = Literal["notice", "refused_change", "unpaid", "insolvency", "force_majeure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    at: AwareDatetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCreated(_Event):
    clause: ClassVar[str] = "2"
    siren: str
    admin: str
    kind: Literal["account_created"] = "account_created"


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsAccepted(_Event):
    clause: ClassVar[str] = "3"
    version: str
    by: str
    evidence: str
    kind: Literal["terms_accepted"] = "terms_accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialStarted(_Event):
    clause: ClassVar[str] = "5.1"
    kind: Literal["trial_started"] = "trial_started"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRegistered(_Event):
    clause: ClassVar[str] = "5.1"
    user: str
    kind: Literal["user_registered"] = "user_registered"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRemoved(_Event):
    clause: ClassVar[str] = "5.1"
    user: str
    kind: Literal["user_removed"] = "user_removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSuspended(_Event):
    clause: ClassVar[str] = "10.1"
    user: str
    kind: Literal["user_suspended"] = "user_suspended"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRestored(_Event):
    clause: ClassVar[str] = "10.1"
    user: str
    kind: Literal["user_restored"] = "user_restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionOrdered(_Event):
    clause: ClassVar[str] = "5.2"
    code: str
    quantity: int
    kind: Literal["option_ordered"] = "option_ordered"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderSent(_Event):
    """A warning is due: `about` names the deadline, `days` how many days before it (after it, for a payment)."""

    clause: ClassVar[str] = "5.1"
    about: Literal["trial_end", "archive_end", "first_payment", "notice_limit"]
    days: int
    kind: Literal["reminder_sent"] = "reminder_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOpened(_Event):
    clause: ClassVar[str] = "5.1"
    kind: Literal["service_opened"] = "service_opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSuspended(_Event):
    clause: ClassVar[str] = "5.1"
    reason: Literal["trial_ended", "unpaid"]
    kind: Literal["service_suspended"] = "service_suspended"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceClosed(_Event):
    clause: ClassVar[str] = "5.1"
    kind: Literal["service_closed"] = "service_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataArchived(_Event):
    clause: ClassVar[str] = "5.1"
    kind: Literal["data_archived"] = "data_archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataDestroyed(_Event):
    clause: ClassVar[str] = "5.1"
    kind: Literal["data_destroyed"] = "data_destroyed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReceived(_Event):
    clause: ClassVar[str] = "8"
    piece: Piece
    document: str
    signed: bool
    dated: date | None
    kind: Literal["document_received"] = "document_received"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAccepted(_Event):
    clause: ClassVar[str] = "8"
    piece: Piece
    kind: Literal["document_accepted"] = "document_accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRefused(_Event):
    clause: ClassVar[str] = "8"
    piece: Piece
    reason: str
    kind: Literal["document_refused"] = "document_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRestored(_Event):
    clause: ClassVar[str] = "10.3"
    kind: Literal["service_restored"] = "service_restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataReactivated(_Event):
    clause: ClassVar[str] = "5.1"
    kind: Literal["data_reactivated"] = "data_reactivated"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityValidated(_Event):
    clause: ClassVar[str] = "8"
    kind: Literal["identity_validated"] = "identity_validated"


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateWithdrawn(_Event):
    clause: ClassVar[str] = "10.2"
    kind: Literal["mandate_withdrawn"] = "mandate_withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceIssued(_Event):
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
class CreditNoteIssued(_Event):
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
class PaymentSettled(_Event):
    """An invoice is paid: `amount_cents` of it, and of the penalties and indemnity that its delay cost."""

    clause: ClassVar[str] = "10.3"
    month: str
    number: str
    amount_cents: int
    penalties_cents: int = 0
    indemnity_cents: int = 0
    kind: Literal["payment_settled"] = "payment_settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReturned(_Event):
    clause: ClassVar[str] = "10.3"
    month: str
    number: str
    returned: ReturnKind
    amount_cents: int
    kind: Literal["payment_returned"] = "payment_returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultRecorded(_Event):
    """An invoice is in default: the client is written to, and the mail states the suspension."""

    clause: ClassVar[str] = "10.3"
    month: str
    number: str
    suspension_at: AwareDatetime
    kind: Literal["default_recorded"] = "default_recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultMailFailed(_Event):
    """The mail about a default could not be sent: the suspension is held."""

    clause: ClassVar[str] = "10.3"
    month: str
    number: str
    kind: Literal["default_mail_failed"] = "default_mail_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultMailSent(_Event):
    """The mail about a default has left after all: the ten business days run from this day."""

    clause: ClassVar[str] = "10.3"
    month: str
    number: str
    suspension_at: AwareDatetime
    kind: Literal["default_mail_sent"] = "default_mail_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractInForce(_Event):
    clause: ClassVar[str] = "8"
    last_day: date
    kind: Literal["contract_in_force"] = "contract_in_force"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRenewed(_Event):
    clause: ClassVar[str] = "9"
    last_day: date
    kind: Literal["contract_renewed"] = "contract_renewed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAnnounced(_Event):
    clause: ClassVar[str] = "17"
    what: What
    applies_from: date
    user_month_cents: int | None = None
    version: str | None = None
    kind: Literal["change_announced"] = "change_announced"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRefused(_Event):
    clause: ClassVar[str] = "17"
    what: What
    applies_from: date
    kind: Literal["change_refused"] = "change_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalWithdrawn(_Event):
    clause: ClassVar[str] = "17"
    what: What
    applies_from: date
    kind: Literal["refusal_withdrawn"] = "refusal_withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeServed(_Event):
    clause: ClassVar[str] = "16"
    by: Party
    posted: date
    ends: date
    waived: bool = False
    kind: Literal["notice_served"] = "notice_served"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWithdrawn(_Event):
    clause: ClassVar[str] = "16"
    kind: Literal["notice_withdrawn"] = "notice_withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractEnded(_Event):
    clause: ClassVar[str] = "16"
    reason: EndReason
    last_day: date
    kind: Literal["contract_ended"] = "contract_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestitutionRequested(_Event):
    clause: ClassVar[str] = "15"
    kind: Literal["restitution_requested"] = "restitution_requested"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestitutionCompleted(_Event):
    clause: ClassVar[str] = "15"
    kind: Literal["restitution_completed"] = "restitution_completed"


# Those that only a contract's own life brings: `evolve` treats them apart, to stay readable.
ContractEvent = (
    InvoiceIssued
    | CreditNoteIssued
    | PaymentSettled
    | PaymentReturned
    | DefaultRecorded
    | DefaultMailFailed
    | DefaultMailSent
    | ContractInForce
    | ContractRenewed
    | ChangeAnnounced
    | ChangeRefused
    | RefusalWithdrawn
    | NoticeServed
    | NoticeWithdrawn
    | ContractEnded
    | RestitutionRequested
    | RestitutionCompleted
)

Event = (
    AccountCreated
    | TermsAccepted
    | TrialStarted
    | UserRegistered
    | UserRemoved
    | UserSuspended
    | UserRestored
    | OptionOrdered
    | ReminderSent
    | ServiceOpened
    | ServiceSuspended
    | ServiceRestored
    | ServiceClosed
    | DataArchived
    | DataReactivated
    | DataDestroyed
    | DocumentReceived
    | DocumentAccepted
    | DocumentRefused
    | IdentityValidated
    | MandateWithdrawn
    | ContractEvent
)

# The one way between an event and its stored JSON, both directions.
EVENT: TypeAdapter[Event] = TypeAdapter(
    Annotated[Event, Field(discriminator="kind")], config=ConfigDict(extra="forbid")
)
