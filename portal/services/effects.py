"""What acts would change of a contract, as a person is shown it before she confirms.

What was shown is remembered by a digest: where the effect is no longer the same when she confirms, because
someone else acted meanwhile, nothing is done and it is shown anew.
"""

import hashlib
import json
from dataclasses import dataclass

from portal.contract.preview import Document, Preview


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect of acts on a contract's next invoices; `shown` stands for it in what is confirmed."""

    preview: Preview

    @property
    def shown(self) -> str:
        before, after = self.preview.before.documents, self.preview.after.documents
        told = [[_told(one) for one in documents] for documents in (before, after)]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


class EffectChanged(Exception):
    """Meanwhile something has changed: `effect` is what the same acts would bring about now."""

    def __init__(self, effect: Effect) -> None:
        super().__init__("the effect is not the one that was shown")
        self.effect = effect


def must_be_as_shown(effect: Effect, shown: str) -> None:
    """Raise `EffectChanged` where the effect is not the one shown, or what refuses it now."""
    if effect.preview.refusal:
        raise effect.preview.refusal
    if effect.shown != shown:
        raise EffectChanged(effect)


def _told(document: Document) -> object:
    """Return what a person reads of a document; not whom its lines charge: a new person has no id before."""
    lines = [(one.label, one.quantity, one.unit_cents, one.net_cents) for one in document.lines]
    return document.kind, document.month, document.at.isoformat(), lines, document.gross_cents
