"""The situation of a contract: what its history makes of it, and the moves each thing may make.

One small table per thing says which situation may follow which; anything else is a history that
cannot have happened. State holds facts only: no deadline is stored, each is computed from these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from portal.contract.acts import Piece
from portal.contract.offer import Offer
from portal.contract.refusal import ImpossibleHistory


class Relationship(StrEnum):
    """Where client and vendor stand."""

    PROSPECT = "prospect"
    TRIAL = "trial"
    REFLECTION = "reflection"
    LAPSED = "lapsed"


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
    DESTROYED = "destroyed"


class Examination(StrEnum):
    """Where the examination of a piece stands."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    REFUSED = "refused"


def _moves(**following: tuple[str, ...]) -> Mapping[str, frozenset[str]]:
    return MappingProxyType({before: frozenset(after) for before, after in following.items()})


# From each situation, those that may follow it.
MOVES: Final[Mapping[str, Mapping[str, frozenset[str]]]] = MappingProxyType(
    {
        "relationship": _moves(prospect=("trial",), trial=("reflection",), reflection=("lapsed",), lapsed=()),
        "service": _moves(none=("open",), open=("suspended",), suspended=("closed",), closed=()),
        "data": _moves(none=("live",), live=("archived",), archived=("destroyed",), destroyed=()),
        "piece": _moves(received=("received", "accepted", "refused"), accepted=(), refused=("received",)),
    }
)


Situation = TypeVar("Situation", bound=StrEnum)


def move(thing: str, before: Situation, after: Situation) -> Situation:
    """Return `after` where the table of `thing` allows it, else raise `ImpossibleHistory`."""
    if after not in MOVES[thing][before]:
        msg = f"{thing}: {after} cannot follow {before}"
        raise ImpossibleHistory(msg)
    return after


@dataclass(frozen=True, slots=True)
class Registration:
    """A named user, from the instant of registration to that of removal (None: still registered)."""

    user: str
    registered_at: datetime
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The CGV accepted: version, by whom, when."""

    version: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Document:
    """The latest version handed in of a piece, and what came of its examination."""

    document: str
    received_at: datetime
    signed: bool
    dated: date | None
    examination: Examination = Examination.RECEIVED
    examined_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Everything the rules need to know of a contract, at `at`, the instant of its last event."""

    offer: Offer
    at: datetime | None = None
    relationship: Relationship = Relationship.PROSPECT
    service: Service = Service.NONE
    data: Data = Data.NONE
    siren: str | None = None
    admin: str | None = None
    acceptance: Acceptance | None = None
    trial_started_at: datetime | None = None
    registrations: tuple[Registration, ...] = ()
    options: tuple[tuple[str, int], ...] = ()
    documents: Mapping[Piece, Document] = field(default_factory=lambda: MappingProxyType({}))
    last_examined_at: datetime | None = None
    last_refused_at: datetime | None = None
    reminders: frozenset[tuple[str, int]] = frozenset()

    @property
    def users(self) -> tuple[str, ...]:
        """The persons registered now, the administrator among them, in order of registration."""
        return tuple(one.user for one in self.registrations if one.removed_at is None)
