"""The situation of a contract: what its history makes of it, and the moves each thing may make.

One small table per thing says which situation may follow which; anything else is a history that
cannot have happened. State holds facts only: no deadline is stored, each is computed from these. Its classes
have no slots, so that `replacing` can copy them at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from portal.contract.acts import Party, Piece, What
from portal.contract.lines import QUOTE_PREFIX, Line, Share
from portal.contract.offer import Offer
from portal.contract.refusal import ImpossibleHistory


class Relationship(StrEnum):
    """Where client and vendor stand."""

    PROSPECT = "prospect"
    TRIAL = "trial"
    REFLECTION = "reflection"
    LAPSED = "lapsed"
    AWAITING_PAYMENT = "awaiting_payment"
    ACTIVE = "active"
    ENDED = "ended"


class Service(StrEnum):
    NONE = "none"
    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Data(StrEnum):
    """What has become of the data the client entered in the CRM."""

    NONE = "none"
    LIVE = "live"
    ARCHIVED = "archived"
    RESTITUTION = "restitution"
    DESTROYED = "destroyed"


class Examination(StrEnum):
    """Where the examination of a piece stands."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Mandate(StrEnum):
    """The SEPA mandate under which invoices are collected (art. 10.2)."""

    NONE = "none"
    VALID = "valid"
    WITHDRAWN = "withdrawn"


class Payment(StrEnum):
    """Where an invoice stands."""

    OPEN = "open"
    IN_DEFAULT = "in_default"
    SETTLED = "settled"


class Collection(StrEnum):
    """Where the collection of an invoice by the bank stands."""

    PLANNED = "planned"
    SETTLED = "settled"
    REJECTED = "rejected"
    REFUNDED = "refunded"


def _moves(**following: tuple[str, ...]) -> Mapping[str, frozenset[str]]:
    return MappingProxyType({before: frozenset(after) for before, after in following.items()})


# From each situation, those that may follow it.
MOVES: Final[Mapping[str, Mapping[str, frozenset[str]]]] = MappingProxyType(
    {
        "relationship": _moves(
            prospect=("trial", "awaiting_payment"),
            trial=("reflection", "awaiting_payment"),
            reflection=("lapsed", "awaiting_payment"),
            lapsed=(),
            awaiting_payment=("active",),
            active=("ended",),
            ended=(),
        ),
        "service": _moves(
            none=("open",), open=("suspended", "closed"), suspended=("open", "closed"), closed=()
        ),
        "data": _moves(
            none=("live",),
            live=("archived", "restitution"),
            archived=("live", "destroyed"),
            restitution=("destroyed",),
            destroyed=(),
        ),
        "piece": _moves(
            received=("received", "accepted", "refused"), accepted=("received",), refused=("received",)
        ),
        "mandate": _moves(none=("valid",), valid=("valid", "withdrawn"), withdrawn=("valid",)),
        "invoice": _moves(open=("settled", "in_default"), in_default=("settled",), settled=("open",)),
        "collection": _moves(
            planned=("settled", "rejected"),
            rejected=("settled", "rejected"),
            settled=("refunded",),
            refunded=("settled", "rejected"),
        ),
    }
)


Situation = TypeVar("Situation", bound=StrEnum)


def move(thing: str, before: Situation, after: Situation) -> Situation:
    """Return `after` where the table of `thing` allows it, else raise `ImpossibleHistory`."""
    if after not in MOVES[thing][before]:
        msg = f"{thing}: {after} cannot follow {before}"
        raise ImpossibleHistory(msg)
    return after


@dataclass(frozen=True)
class Registration:
    """A named user, from the instant of registration to that of removal (None: still registered)."""

    user: str
    registered_at: datetime
    removed_at: datetime | None = None
    suspended: bool = False


@dataclass(frozen=True)
class Acceptance:
    """The CGV accepted: version, by whom, when."""

    version: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Document:
    """The latest version handed in of a piece, and what came of its examination."""

    document: str
    received_at: datetime
    signed: bool
    dated: date | None
    examination: Examination = Examination.RECEIVED
    examined_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class Agreed:
    """What a quote agreed on, which no grid holds: its words, and its price in cents excluding tax."""

    label: str
    price_cents: int


@dataclass(frozen=True)
class Order:
    """An option ordered, or a quote accepted; what does not recur is billed once."""

    code: str
    quantity: int
    at: datetime
    billed: bool = False
    agreed: Agreed | None = None


def quote_code(quote: str) -> str:
    """Return the code under which an accepted quote is ordered and billed: never one of the grid's."""
    return f"{QUOTE_PREFIX}{quote}"


@dataclass(frozen=True)
class Spell:
    """A time during which an invoice may be late: from the end of `after`, until the day it is settled."""

    after: date
    until: date | None = None


@dataclass(frozen=True)
class Invoice:
    """An issued invoice, and what has become of it.

    `balances` are what was unpaid of its gross amount, from each day on. `spells` has none for a first
    month before the entry into force: nothing late can come of it.
    """

    number: str
    month: str
    issued: date
    due: date
    collection_day: date
    net_cents: int
    vat_hundredths: int
    gross_cents: int
    payment: Payment = Payment.OPEN
    collection: Collection = Collection.PLANNED
    paid_cents: int = 0
    credited_cents: int = 0
    balances: tuple[tuple[date, int], ...] = ()
    spells: tuple[Spell, ...] = ()
    penalties_paid_cents: int = 0
    indemnity_paid_cents: int = 0
    mailed_at: datetime | None = None
    suspension_at: datetime | None = None
    settled_at: datetime | None = None

    @property
    def unpaid_cents(self) -> int:
        return self.gross_cents - self.paid_cents - self.credited_cents

    @property
    def clock(self) -> date:
        """The day after which the invoice is late: its due day, or that of the bank's refund."""
        return self.spells[-1].after if self.spells else self.due


@dataclass(frozen=True)
class Billed:
    """What was invoiced for a month: how many users, at what price, for which part of it.

    `closed` once the month was over when an invoice corrected it: nothing can change what it owes.
    """

    month: str
    quantity: int
    unit_cents: int
    share: Share | None = None
    options: tuple[Line, ...] = ()
    closed: bool = False


@dataclass(frozen=True)
class CreditNote:
    """A credit note, and the invoice it cites."""

    number: str
    month: str
    cites: str
    net_cents: int
    gross_cents: int


@dataclass(frozen=True)
class Notice:
    """Notice served: by whom, posted when, and the last day of the term it ends."""

    by: Party
    posted: date
    ends: date


@dataclass(frozen=True)
class Change:
    """A change announced: the day from which it applies, and whether the client refuses it."""

    what: What
    applies_from: date
    user_month_cents: int | None = None
    version: str | None = None
    refused: bool = False


@dataclass(frozen=True)
class State:
    """Everything the rules need to know of a contract, at `at`, the instant of its last event."""

    offer: Offer
    at: datetime | None = None
    relationship: Relationship = Relationship.PROSPECT
    service: Service = Service.NONE
    data: Data = Data.NONE
    siren: str | None = None
    admins: tuple[str, ...] = ()
    acceptance: Acceptance | None = None
    trial_started_at: datetime | None = None
    registrations: tuple[Registration, ...] = ()
    orders: tuple[Order, ...] = ()
    documents: Mapping[Piece, Document] = field(default_factory=lambda: MappingProxyType({}))
    last_examined_at: datetime | None = None
    last_refused_at: datetime | None = None
    reminders: frozenset[tuple[str, int]] = frozenset()
    identity_validated_at: datetime | None = None
    validated_at: datetime | None = None
    mandate: Mandate = Mandate.NONE
    in_force_at: datetime | None = None
    in_force_on: date | None = None
    terms: int = 0
    prices: tuple[tuple[date, int], ...] = ()
    terms_version: str | None = None
    notice: Notice | None = None
    changes: tuple[Change, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    credit_notes: tuple[CreditNote, ...] = ()
    credit_cents: int = 0
    billed: tuple[Billed, ...] = ()
    carried_over: bool = False
    suspended_at: datetime | None = None
    ended_on: date | None = None
    restitution_asked_at: datetime | None = None
    restitution_done_at: datetime | None = None

    @property
    def users(self) -> tuple[str, ...]:
        """The persons registered now, the administrator among them, in order of registration."""
        return tuple(one.user for one in self.registrations if one.removed_at is None)

    @property
    def admin(self) -> str | None:
        """The first of the administrators (Administrateur Client): the one who is written to."""
        return self.admins[0] if self.admins else None

    @property
    def entered_at(self) -> datetime:
        """The instant of the entry into force; to ask it of a contract that has none is a bug."""
        if self.in_force_at is None:
            raise ImpossibleHistory("the contract is not in force yet")
        return self.in_force_at

    @property
    def entered_on(self) -> date:
        """The day of the entry into force; to ask it of a contract that has none is a bug."""
        if self.in_force_on is None:
            raise ImpossibleHistory("the contract is not in force yet")
        return self.in_force_on

    def registration(self, user: str) -> Registration | None:
        """Return the present registration of a person, or None."""
        return next((one for one in self.registrations if one.user == user and one.removed_at is None), None)

    def invoices_of(self, month: str) -> tuple[Invoice, ...]:
        """Return the invoices that charge `month`: two where a final one completes the last."""
        return tuple(one for one in self.invoices if one.month == month)
