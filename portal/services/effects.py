"""What acts would change of a contract, as a person is shown it before she confirms.

What was shown is remembered by a digest: where the effect is no longer the same when she confirms, because
someone else acted meanwhile, nothing is done and it is shown anew.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.contract.acts import Act
from portal.contract.preview import Document, Preview, preview_all
from portal.contract.state import State


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect of acts on a contract's next invoices; `shown` stands for it in what is confirmed.

    `users` are those there are before, `orders` how many options had been ordered.
    """

    preview: Preview
    users: tuple[str, ...]
    orders: int

    @property
    def shown(self) -> str:
        before, after = self.preview.before.documents, self.preview.after.documents
        told = [[_told(one) for one in documents] for documents in (before, after)]
        # In a trial nothing is invoiced: what was there before tells one confirmation from the next.
        return hashlib.sha256(json.dumps([told, self.users, self.orders]).encode()).hexdigest()


def effect(state: State, acts: Iterable[Act], at: datetime) -> Effect:
    """Return what acts done together at `at` would change."""
    return Effect(preview_all(state, acts, at), state.users, len(state.orders))


class EffectChanged(Exception):
    """Meanwhile something has changed: `effect` is what the same acts would bring about now."""

    def __init__(self, now: Effect) -> None:
        super().__init__("the effect is not the one that was shown")
        self.effect = now


def must_be_as_shown(now: Effect, shown: str) -> None:
    """Raise `EffectChanged` where the effect is not the one shown, or what refuses it now."""
    if now.preview.refusal:
        raise now.preview.refusal
    if now.shown != shown:
        raise EffectChanged(now)


def _told(document: Document) -> object:
    """Return what a person reads of a document; not whom its lines charge: a new person has no id before."""
    lines = [(one.label, one.quantity, one.unit_cents, one.net_cents) for one in document.lines]
    return document.kind, document.month, document.at.isoformat(), lines, document.gross_cents
