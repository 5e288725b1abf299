"""What people ask of a contract. An act is a wish: `decide` grants or refuses it.

Persons are ids, never names or addresses. What a rule must know of the world outside the contract
(the version in force, an earlier trial of the same SIREN) is stated by the act or the `Offer`.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


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
class OrderOption:
    """Order an optional service of the grid (art. 5.2)."""

    code: str
    quantity: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitDocument:
    """Hand in a piece of the dossier; it counts from the instant the request started.

    `document` identifies the stored file; `dated` is the date a K-bis is up to (« à jour au »);
    `siren` is the one read on the piece.
    """

    piece: Piece
    document: str = ""
    signed: bool = True
    dated: date | None = None
    siren: str | None = None


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


Act = (
    CreateAccount
    | AcceptTerms
    | StartTrial
    | RegisterUser
    | RemoveUser
    | OrderOption
    | SubmitDocument
    | AcceptDocument
    | RefuseDocument
    | ConfirmDestruction
)
