"""What has happened to a contract: the only truth. State, pages and papers are derived from these.

`at` is the instant the event took effect (for a deadline, the deadline's own), aware, in UTC. `kind`
is its stable name in records and in `portal replay`. No event holds personal data: persons are ids.
Stored events are never rewritten; a new shape is a new kind.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from portal.contract import ledger_events
from portal.contract.acts import Party, Piece, What
from portal.contract.ledger_events import Happening

# Those of the client's account, told in a module of their own.
InvoiceIssued = ledger_events.InvoiceIssued
CreditNoteIssued = ledger_events.CreditNoteIssued
PaymentSettled = ledger_events.PaymentSettled
PaymentReturned = ledger_events.PaymentReturned
DefaultRecorded = ledger_events.DefaultRecorded
DefaultMailFailed = ledger_events.DefaultMailFailed
DefaultMailSent = ledger_events.DefaultMailSent

EndReason = Literal["notice", "refused_change", "unpaid", "insolvency", "force_majeure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCreated(Happening):
    clause: ClassVar[str] = "2"
    siren: str
    admin: str
    kind: Literal["account_created"] = "account_created"


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsAccepted(Happening):
    clause: ClassVar[str] = "3"
    version: str
    by: str
    evidence: str
    kind: Literal["terms_accepted"] = "terms_accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialStarted(Happening):
    clause: ClassVar[str] = "5.1"
    kind: Literal["trial_started"] = "trial_started"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRegistered(Happening):
    clause: ClassVar[str] = "5.1"
    user: str
    kind: Literal["user_registered"] = "user_registered"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRemoved(Happening):
    clause: ClassVar[str] = "5.1"
    user: str
    kind: Literal["user_removed"] = "user_removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSuspended(Happening):
    clause: ClassVar[str] = "10.1"
    user: str
    kind: Literal["user_suspended"] = "user_suspended"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRestored(Happening):
    clause: ClassVar[str] = "10.1"
    user: str
    kind: Literal["user_restored"] = "user_restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministratorNamed(Happening):
    clause: ClassVar[str] = "2"
    user: str
    kind: Literal["administrator_named"] = "administrator_named"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministratorRelieved(Happening):
    clause: ClassVar[str] = "2"
    user: str
    kind: Literal["administrator_relieved"] = "administrator_relieved"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionOrdered(Happening):
    clause: ClassVar[str] = "5.2"
    code: str
    quantity: int
    kind: Literal["option_ordered"] = "option_ordered"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteAccepted(Happening):
    clause: ClassVar[str] = "5.3"
    quote: str
    label: str
    price_cents: int
    kind: Literal["quote_accepted"] = "quote_accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderSent(Happening):
    """A warning is due: `about` names the deadline, `days` how many days before it (after it, for a payment)."""

    clause: ClassVar[str] = "5.1"
    about: Literal["trial_end", "archive_end", "first_payment", "notice_limit"]
    days: int
    kind: Literal["reminder_sent"] = "reminder_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOpened(Happening):
    clause: ClassVar[str] = "5.1"
    kind: Literal["service_opened"] = "service_opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSuspended(Happening):
    clause: ClassVar[str] = "5.1"
    reason: Literal["trial_ended", "unpaid"]
    kind: Literal["service_suspended"] = "service_suspended"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceClosed(Happening):
    clause: ClassVar[str] = "5.1"
    kind: Literal["service_closed"] = "service_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataArchived(Happening):
    clause: ClassVar[str] = "5.1"
    kind: Literal["data_archived"] = "data_archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataDestroyed(Happening):
    clause: ClassVar[str] = "5.1"
    kind: Literal["data_destroyed"] = "data_destroyed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReceived(Happening):
    clause: ClassVar[str] = "8"
    piece: Piece
    document: str
    signed: bool
    dated: date | None
    kind: Literal["document_received"] = "document_received"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAccepted(Happening):
    clause: ClassVar[str] = "8"
    piece: Piece
    kind: Literal["document_accepted"] = "document_accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRefused(Happening):
    clause: ClassVar[str] = "8"
    piece: Piece
    reason: str
    kind: Literal["document_refused"] = "document_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRestored(Happening):
    clause: ClassVar[str] = "10.3"
    kind: Literal["service_restored"] = "service_restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataReactivated(Happening):
    clause: ClassVar[str] = "5.1"
    kind: Literal["data_reactivated"] = "data_reactivated"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityValidated(Happening):
    clause: ClassVar[str] = "8"
    kind: Literal["identity_validated"] = "identity_validated"


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateWithdrawn(Happening):
    clause: ClassVar[str] = "10.2"
    kind: Literal["mandate_withdrawn"] = "mandate_withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractInForce(Happening):
    clause: ClassVar[str] = "8"
    last_day: date
    kind: Literal["contract_in_force"] = "contract_in_force"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRenewed(Happening):
    clause: ClassVar[str] = "9"
    last_day: date
    kind: Literal["contract_renewed"] = "contract_renewed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAnnounced(Happening):
    clause: ClassVar[str] = "17"
    what: What
    applies_from: date
    user_month_cents: int | None = None
    version: str | None = None
    kind: Literal["change_announced"] = "change_announced"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRefused(Happening):
    clause: ClassVar[str] = "17"
    what: What
    applies_from: date
    kind: Literal["change_refused"] = "change_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalWithdrawn(Happening):
    clause: ClassVar[str] = "17"
    what: What
    applies_from: date
    kind: Literal["refusal_withdrawn"] = "refusal_withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeServed(Happening):
    clause: ClassVar[str] = "16"
    by: Party
    posted: date
    ends: date
    waived: bool = False
    kind: Literal["notice_served"] = "notice_served"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWithdrawn(Happening):
    clause: ClassVar[str] = "16"
    kind: Literal["notice_withdrawn"] = "notice_withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractEnded(Happening):
    clause: ClassVar[str] = "16"
    reason: EndReason
    last_day: date
    kind: Literal["contract_ended"] = "contract_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestitutionRequested(Happening):
    clause: ClassVar[str] = "15"
    kind: Literal["restitution_requested"] = "restitution_requested"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestitutionCompleted(Happening):
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
    | AdministratorNamed
    | AdministratorRelieved
    | OptionOrdered
    | QuoteAccepted
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
