"""What a notice (dénonciation) would bring about, said before it is served (CGV art. 9, 12, 15 and 16).

The contract is lived on to its end in thought, by the very functions that will live it: each date and each
document said here is the one that comes, were nobody to act any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.contract import events as e
from portal.contract.acts import ServeNotice
from portal.contract.because import Because
from portal.contract.calendar import end_of_day
from portal.contract.deadlines import advance
from portal.contract.decide import decide
from portal.contract.ending import data_destruction, restitution_last_day
from portal.contract.evolve import history
from portal.contract.preview import Document
from portal.contract.refusal import Refusal
from portal.contract.state import State
from portal.contract.term import current_last_day, ends_on, notice_last_day, term_last_day

# After the end, how far to look for the first invoice that will not be issued: one comes each month.
_A_MONTH = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class NoticeEffect:
    """The end that a notice leads to. `is_late`: it comes after the limit, and ends the term after the current one.

    `documents` are all that are still issued, the account's last one included; `otherwise` those that would be, in
    the same time and a month more, without the notice; `spared` is the first that no longer will be; `destruction`
    the first instant at which the data is destroyed, `already` that nothing is added to a notice served before.
    """

    limit: Because
    last_day: Because
    is_late: bool
    already: bool
    documents: tuple[Document, ...]
    otherwise: tuple[Document, ...]
    spared: Document | None
    restitution: Because
    destruction: Because


def notice_effect(state: State, act: ServeNotice, at: datetime) -> NoticeEffect | Refusal:
    """Return what serving notice at `at` would bring about, or why it is refused."""
    state, _ = advance(state, at)
    try:
        caused = decide(state, act, at)
    except Refusal as refusal:
        return refusal
    after = history(state, caused)
    end = ends_on(after)
    if end is None:
        raise AssertionError("notice that is served ends the contract")
    is_late = end.last_day > current_last_day(state)
    over, lived = advance(after, end_of_day(end.last_day))
    _, without = advance(state, end_of_day(end.last_day) + _A_MONTH)
    documents, otherwise = documents_among(lived), documents_among(without)
    months = {one.month for one in documents}
    # Those of months invoiced already stay as they are; a shorter last month is among `documents`.
    spared = next(
        (one for one in otherwise if one.month not in months and one.month > _month(end.last_day)),
        None,
    )
    return NoticeEffect(
        limit=notice_last_day(current_last_day(state)),
        last_day=term_last_day(state, 1 if is_late else 0),
        is_late=is_late,
        already=not caused,
        documents=documents,
        otherwise=otherwise,
        spared=spared,
        restitution=restitution_last_day(over, end.last_day),
        destruction=data_destruction(over),
    )


def documents_among(events: Iterable[e.Event]) -> tuple[Document, ...]:
    """Return the invoices and credit notes among events."""
    return tuple(one for one in events if isinstance(one, Document))


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def missed_end(state: State) -> date | None:
    """Return the end that a client's late notice came too late for, while it is still to come; None otherwise."""
    notice = state.notice
    if notice is None or notice.by != "client" or notice.ends <= current_last_day(state):
        return None
    return current_last_day(state)
