"""Numbers that follow each other without a gap: given in the transaction that uses them, lost with it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.calendar import paris_day
from portal.records.tables import counters
from portal.records.upserts import insert_into

_DOCUMENTS = (e.InvoiceIssued, e.CreditNoteIssued)
_LETTERS = {e.InvoiceIssued: "F", e.CreditNoteIssued: "A"}


async def next_number(connection: AsyncConnection, name: str) -> int:
    """Return the next number of a series, from 1."""
    return (await next_numbers(connection, name, 1))[0]


async def numbered(
    connection: AsyncConnection, caused: Sequence[tuple[e.Event, ...]]
) -> list[tuple[e.Event, ...]]:
    """Give invoices and credit notes their numbers: « F-2026-0001 » (CGI, ann. II, art. 242 nonies A).

    `caused` are the events of several contracts. The rules see one contract, and count its own documents; a
    series is the vendor's, by kind and year of issue, and goes by the instant of issue.
    """
    documents = [
        (event.at, position, event)
        for position, events in enumerate(caused)
        for event in events
        if isinstance(event, _DOCUMENTS)
    ]
    if not documents:
        return list(caused)
    documents.sort(key=lambda one: one[:2])
    # Always in the same order of series: two transactions never wait for each other.
    sizes = Counter(_series(event) for _, _, event in documents)
    numbers = {name: iter(await next_numbers(connection, name, sizes[name])) for name in sorted(sizes)}
    given: list[dict[str, str]] = [{} for _ in caused]
    for _, position, event in documents:
        series = _series(event)
        given[position][event.number] = f"{series}-{next(numbers[series]):04}"
    return [
        tuple(_renamed(event, names) for event in events) if names else events
        for events, names in zip(caused, given, strict=True)
    ]


def _series(event: e.InvoiceIssued | e.CreditNoteIssued) -> str:
    return f"{_LETTERS[type(event)]}-{paris_day(event.at).year}"


async def next_numbers(connection: AsyncConnection, name: str, count: int) -> range:
    """Take `count` numbers of a series at once; whoever asks meanwhile waits for this transaction's end."""
    last = await connection.scalar(
        insert_into(connection, counters)
        .values(name=name, value=count)
        .on_conflict_do_update(index_elements=[counters.c.name], set_={"value": counters.c.value + count})
        .returning(counters.c.value)
    )
    if last is None:
        raise RuntimeError("the counter gave no number")
    return range(last - count + 1, last + 1)


def _renamed(event: e.Event, given: Mapping[str, str]) -> e.Event:
    """Return the event with the numbers it bears, or refers to, as they were given."""
    match event:
        case e.CreditNoteIssued():
            cites = given.get(event.cites, event.cites)
            return replace(event, number=given[event.number], cites=cites)
        case (
            e.InvoiceIssued()
            | e.PaymentSettled()
            | e.PaymentReturned()
            | e.DefaultRecorded()
            | e.DefaultMailFailed()
            | e.DefaultMailSent()
        ):
            return replace(event, number=given.get(event.number, event.number))
        case _:
            return event
