"""What acts would change, without doing it: by the very functions that would do it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.contract import events as e
from portal.contract.acts import Act
from portal.contract.arrears import Due, dues
from portal.contract.because import Because
from portal.contract.calendar import month_of, paris_day
from portal.contract.deadlines import Deadline, advance, deadlines, next_due
from portal.contract.decide import decide_all
from portal.contract.evolve import history
from portal.contract.issue import next_issue, regular_issue
from portal.contract.refusal import Refusal
from portal.contract.state import State
from portal.contract.subscription import first_issue_waits

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


def why_issued(state: State, document: Document) -> Because:
    """Return why a document to come is issued at its instant (art. 10.3, 16)."""
    policy, issued = state.offer.policy, paris_day(document.at)
    regular = regular_issue(month_of(issued), policy.issue_day, policy.issue_hour)
    for because in (next_issue(state), first_issue_waits(state), regular):
        if because is not None and because.result == document.at:
            return because
    return Because(
        clause="16",
        rule="à la fin du contrat, un dernier document solde le compte.",
        start_label="fin du contrat",
        start=issued,
    )
