"""What acts would change, without doing it: by the very functions that would do it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.contract import events as e
from portal.contract.acts import Act
from portal.contract.arrears import Due, dues
from portal.contract.deadlines import Deadline, advance, deadlines, next_due
from portal.contract.decide import decide_all
from portal.contract.evolve import history
from portal.contract.refusal import Refusal
from portal.contract.state import State

# The next documents shown, and how far ahead they are looked for.
DOCUMENTS = 3
_HORIZON = timedelta(days=400)

Document = e.InvoiceIssued | e.CreditNoteIssued


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to come of a contract as it stands: its dates, its next invoices, what is due.

    `dues` is None where a missing legal rate keeps the penalties from being computed.
    """

    deadlines: tuple[Deadline, ...]
    documents: tuple[Document, ...]
    dues: tuple[Due, ...] | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What acts would bring about at once, and the outlook before and after; or why it is refused."""

    events: tuple[e.Event, ...]
    refusal: Refusal | None
    before: Outlook
    after: Outlook


def preview(state: State, act: Act, at: datetime) -> Preview:
    """Return what `act` would change at `at`; the state first lives through all that is due by then."""
    return preview_all(state, (act,), at)


def preview_all(state: State, acts: Iterable[Act], at: datetime) -> Preview:
    """Return what several acts done together would change: all of them are granted, or none."""
    state, _ = advance(state, at)
    before = outlook(state, at)
    try:
        caused = decide_all(state, acts, at)
    except Refusal as refusal:
        return Preview((), refusal, before, before)
    return Preview(caused, None, before, outlook(history(state, caused), at))


def outlook(state: State, at: datetime) -> Outlook:
    """Return what is to come after `at`, were nobody to act any more."""
    try:
        owed = dues(state, at)
    except Refusal:
        owed = None
    return Outlook(deadlines(state, at), documents_to_come(state, at), owed)


def documents_to_come(state: State, at: datetime, count: int = DOCUMENTS) -> tuple[Document, ...]:
    """Return the next invoices and credit notes, as they would be issued with no further act."""
    found: list[Document] = []
    horizon = at + _HORIZON
    while len(found) < count and (due := next_due(state)) and due.at <= horizon and not due.irreversible:
        events = due.events
        found.extend(one for one in events if isinstance(one, Document))
        state = history(state, events)
    return tuple(found[:count])
