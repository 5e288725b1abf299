"""What the mails about a change are told: from when it applies, until when it is refused, on the client's own numbers.

Of new terms, the differences with those of the contract, article by article.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.changes import applies_from, refusal_end
from portal.contract.evolve import evolve
from portal.contract.preview import Document
from portal.contract.quotation import invoiced_users
from portal.contract.state import Change, State
from portal.contract.term import change_last_day
from portal.contract.year_ahead import year_of_change
from portal.documents.terms_changes import (
    ArticleChange,
    ChangeKind,
    Segment,
    SegmentKind,
    compare_terms,
)
from portal.records import store
from portal.records.projections import state_of
from portal.services.conditions import Edition, edition
from portal.services.context import NotFound
from portal.services.mail_writing import NotToBeSent
from portal.services.offers import offer_of

CHANGE_MAILS: Final = frozenset({"price_announced", "terms_announced", "change_refused", "refusal_withdrawn"})
_VERBS: Final = {
    ChangeKind.ADDED: "ajouté",
    ChangeKind.REMOVED: "retiré",
    ChangeKind.CHANGED: "modifié",
    ChangeKind.UNCHANGED: "inchangé",
}
ChangeEvent = e.ChangeAnnounced | e.ChangeRefused | e.RefusalWithdrawn


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of an article: its name, what was done to it, and each passage before and after."""

    article: str
    verb: str
    passages: tuple[tuple[str, str], ...]


async def values_of_change(connection: AsyncConnection, recorded: store.Recorded) -> dict[str, Any]:
    """Return what the template of a `CHANGE_MAILS` is told of the last event of `recorded`."""
    event = recorded.events[-1].event
    if not isinstance(event, ChangeEvent):
        raise TypeError(f"{event.kind} is no change")
    offer = await offer_of(connection, recorded, event.at)
    earlier = store.Recorded(recorded.contract_id, recorded.company_id, recorded.events[:-1])
    before = state_of(earlier, offer)
    state = evolve(before, event)
    change = change_of(state, event)
    told: dict[str, Any] = {
        "change": change,
        "is_price": change.what == "price",
        "last_day": change_last_day(change),
        "applies": applies_from(before, _announced_at(recorded, change)),
        "refusal": refusal_end(change),
    }
    if change.what == "price":
        issued = [one.event for one in recorded.events if isinstance(one.event, Document)]
        year = year_of_change(state, change, event.at, issued)
        told |= {
            "users": invoiced_users(offer.grid, len(state.users)),
            "year": year,
            "month": year.months[0],
        }
    else:
        try:
            old = await edition(connection, before.terms_version or "")
            new = await edition(connection, change.version or "")
        except NotFound as error:
            raise NotToBeSent("Une des deux versions des CGV de ce message n’existe plus.") from error
        told |= {"old": old, "new": new, "differences": differences(old, new)}
    return told


def change_of(state: State, event: ChangeEvent) -> Change:
    """Return the change that an event announces, refuses or takes the refusal of back."""
    return next(
        one for one in state.changes if (one.what, one.applies_from) == (event.what, event.applies_from)
    )


def _announced_at(recorded: store.Recorded, change: Change) -> datetime:
    named = (change.what, change.applies_from)
    return next(
        one.event.at
        for one in reversed(recorded.events)
        if isinstance(one.event, e.ChangeAnnounced) and (one.event.what, one.event.applies_from) == named
    )


@lru_cache(16)
def differences(old: Edition, new: Edition) -> tuple[Difference, ...]:
    """Return what differs between two versions, article by article, in words; compared once for all who are told."""
    return tuple(
        Difference(
            article=f"Article {one.number}, {one.title}" if one.number else one.title,
            verb=_VERBS[one.kind],
            passages=tuple(_passages(one)),
        )
        for one in compare_terms(old.read(), new.read())
        if one.kind is not ChangeKind.UNCHANGED
    )


def _passages(change: ArticleChange) -> Iterator[tuple[str, str]]:
    if any(one.kind is not SegmentKind.EQUAL for one in change.heading):
        yield _sides(change.heading)
    if any(one.kind is not SegmentKind.EQUAL for one in change.summary):
        yield _sides(change.summary)
    yield from (_sides(one.segments) for one in change.passages if one.is_changed)


def _sides(segments: tuple[Segment, ...]) -> tuple[str, str]:
    """Return a passage as it was and as it is, "" on the side where it is not there."""
    old = "".join(one.text for one in segments if one.kind is not SegmentKind.INSERTED)
    new = "".join(one.text for one in segments if one.kind is not SegmentKind.DELETED)
    return old.strip(), new.strip()
