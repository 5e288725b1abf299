"""What has happened to a contract: the only truth. State, pages and papers are derived from these.

`at` is the instant the event took effect (for a deadline, the deadline's own), aware, in UTC. `kind`
is its stable name in records and in `portal replay`. No event holds personal data: persons are ids.
Stored events are never rewritten; a new shape is a new kind.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, ConfigDict, Field, TypeAdapter

from portal.contract.acts import Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCreated:
    clause: ClassVar[str] = "2"
    at: AwareDatetime
    siren: str
    admin: str
    kind: Literal["account_created"] = "account_created"


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsAccepted:
    clause: ClassVar[str] = "3"
    at: AwareDatetime
    version: str
    by: str
    evidence: str
    kind: Literal["terms_accepted"] = "terms_accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialStarted:
    clause: ClassVar[str] = "5.1"
    at: AwareDatetime
    kind: Literal["trial_started"] = "trial_started"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRegistered:
    clause: ClassVar[str] = "5.1"
    at: AwareDatetime
    user: str
    kind: Literal["user_registered"] = "user_registered"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRemoved:
    clause: ClassVar[str] = "5.1"
    at: AwareDatetime
    user: str
    kind: Literal["user_removed"] = "user_removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionOrdered:
    clause: ClassVar[str] = "5.2"
    at: AwareDatetime
    code: str
    quantity: int
    kind: Literal["option_ordered"] = "option_ordered"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderSent:
    """A warning is due: `about` names the deadline, `days` how many days before it."""

    clause: ClassVar[str] = "5.1"
    at: AwareDatetime
    about: Literal["trial_end", "archive_end"]
    days: int
    kind: Literal["reminder_sent"] = "reminder_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOpened:
    clause: ClassVar[str] = "5.1"
    at: AwareDatetime
    kind: Literal["service_opened"] = "service_opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSuspended:
    clause: ClassVar[str] = "5.1"
    at: AwareDatetime
    reason: Literal["trial_ended"]
    kind: Literal["service_suspended"] = "service_suspended"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceClosed:
    clause: ClassVar[str] = "5.1"
    at: AwareDatetime
    kind: Literal["service_closed"] = "service_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataArchived:
    clause: ClassVar[str] = "5.1"
    at: AwareDatetime
    kind: Literal["data_archived"] = "data_archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataDestroyed:
    clause: ClassVar[str] = "5.1"
    at: AwareDatetime
    kind: Literal["data_destroyed"] = "data_destroyed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReceived:
    clause: ClassVar[str] = "8"
    at: AwareDatetime
    piece: Piece
    document: str
    signed: bool
    dated: date | None
    kind: Literal["document_received"] = "document_received"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAccepted:
    clause: ClassVar[str] = "8"
    at: AwareDatetime
    piece: Piece
    kind: Literal["document_accepted"] = "document_accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRefused:
    clause: ClassVar[str] = "8"
    at: AwareDatetime
    piece: Piece
    reason: str
    kind: Literal["document_refused"] = "document_refused"


Event = (
    AccountCreated
    | TermsAccepted
    | TrialStarted
    | UserRegistered
    | UserRemoved
    | OptionOrdered
    | ReminderSent
    | ServiceOpened
    | ServiceSuspended
    | ServiceClosed
    | DataArchived
    | DataDestroyed
    | DocumentReceived
    | DocumentAccepted
    | DocumentRefused
)

# The one way between an event and its stored JSON, both directions.
EVENT: TypeAdapter[Event] = TypeAdapter(
    Annotated[Event, Field(discriminator="kind")], config=ConfigDict(extra="forbid")
)
