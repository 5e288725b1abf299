"""What people ask of a contract. An act is a wish: `decide` grants or refuses it.

Persons are ids, never names or addresses. What a rule must know of the world outside the contract
(the version in force, an earlier trial of the same SIREN) is stated by the act or the `Offer`.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

What = Literal["price", "terms"]
Party = Literal["client", "vendor"]
TerminationReason = Literal["unpaid", "insolvency", "force_majeure"]
ReturnKind = Literal["reject", "refund"]

# How the first month's invoice is named, before the month of entry into force is known.
FIRST = "first"


class Piece(StrEnum):
    """The documents of the dossier (art. 5.1, 8)."""

    CONTRACT = "contract"
    MANDATE = "mandate"
    KBIS = "kbis"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAccount:
    """Open the account of a company; `admin` is its first Administrateur Client."""

    siren: str
    admin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptTerms:
    """Accept a version of the CGV (art. 3).

    `by` is the person; `evidence` commits, by a salted hash, to what is kept of the acceptance.
    """

    version: str
    by: str
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTrial:
    """Start the free trial (essai gratuit, art. 5.1); `users` are those beside the administrator.

    `earlier_trials` counts the trials this SIREN has had; `allowed_trials` is how many staff have
    allowed beyond the one that everyone has.
    """

    users: tuple[str, ...] = ()
    earlier_trials: int = 0
    allowed_trials: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterUser:
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveUser:
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendUser:
    """Close a person's access without removing it: the month stays owed (art. 10.1)."""

    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreUser:
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NameAdministrator:
    """Name a registered user Administrateur Client, beside those there are (art. 2)."""

    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RelieveAdministrator:
    """Take the administrator's role from a person, who stays a user."""

    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderOption:
    """Order an optional service of the grid (art. 5.2)."""

    code: str
    quantity: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptQuote:
    """Accept a quote (devis, art. 5.3): `quote` is its id, `price_cents` its price excluding tax, billed once."""

    quote: str
    label: str
    price_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitDocument:
    """Hand in a piece of the dossier; it counts from the instant the request started.

    `document` identifies the stored file; `dated` is the date a K-bis is up to (« à jour au »);
    `siren` is the one read on the piece. `received_on` is the day its file came, where what could not be
    read of it was typed later; None is the act's own day. `supersedes`: the version that was accepted says
    otherwise than the dossier by now, and this one comes in its place.
    """

    piece: Piece
    document: str = ""
    signed: bool = True
    dated: date | None = None
    siren: str | None = None
    received_on: date | None = None
    supersedes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptDocument:
    piece: Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseDocument:
    """Refuse a piece; `reason` names the motive the client reads, never a person."""

    piece: Piece
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmDestruction:
    """Carry out a destruction that an outage kept from happening at its instant (T6)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateIdentity:
    """The technical service validates the client's identification data (art. 8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawMandate:
    """Withdraw the SEPA mandate (art. 10.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """Record a payment of the invoices of `month` (« 2026-04 » or « first »).

    Without `amount_cents`, whatever is unpaid of them; a smaller amount is a part payment. `number` says which,
    where the month has two.
    """

    month: str
    amount_cents: int | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleEverything:
    """Record the payment of all that is due at that instant, penalties and indemnities included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPayment:
    """The bank returns a collection: `reject`, never credited; `refund`, credited then taken back.

    Without its `number`, of the latest invoice of the month.
    """

    month: str
    kind: ReturnKind
    number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueCreditNote:
    """Give back, as a commercial gesture, a part of the invoice numbered `cites`.

    `net_cents` excludes tax; `label` says why, to the client, and names no person. What the months owe
    stays as it is.
    """

    cites: str
    net_cents: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDefaultMail:
    """Say what became of the mail about a default: without a mail sent, nothing is suspended (art. 10.3)."""

    month: str
    sent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncePrice:
    """Announce a new price per user and month, in cents (art. 10.1)."""

    user_month_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceTerms:
    """Announce a new version of the CGV (art. 17)."""

    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseChange:
    what: What


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawRefusal:
    what: What


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeNotice:
    """Serve notice (dénonciation, art. 9 and 16).

    `posted` is the day of posting, or, for the vendor, of first presentation; None is the act's own day.
    `waived`: staff let a late notice end the current term all the same.
    """

    by: Party
    posted: date | None = None
    waived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawNotice:
    """Take the notice back, until its limit; `by` is who asks, and only who served it may (None: who did)."""

    by: Party | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminate:
    """End the contract before its term (art. 10.3, 14, 16).

    `since` is the day from which the condition runs, where staff state it: of the formal notice to the
    insolvency administrator, or of the first day of force majeure.
    """

    reason: TerminationReason
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRestitution:
    """Ask for the data's restitution (art. 15)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteRestitution:
    """The data was handed over."""


Act = (
    CreateAccount
    | AcceptTerms
    | StartTrial
    | RegisterUser
    | RemoveUser
    | SuspendUser
    | RestoreUser
    | NameAdministrator
    | RelieveAdministrator
    | OrderOption
    | AcceptQuote
    | SubmitDocument
    | AcceptDocument
    | RefuseDocument
    | ValidateIdentity
    | WithdrawMandate
    | Settle
    | SettleEverything
    | ReturnPayment
    | IssueCreditNote
    | ReportDefaultMail
    | AnnouncePrice
    | AnnounceTerms
    | RefuseChange
    | WithdrawRefusal
    | ServeNotice
    | WithdrawNotice
    | Terminate
    | RequestRestitution
    | CompleteRestitution
    | ConfirmDestruction
)
