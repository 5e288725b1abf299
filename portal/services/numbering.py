"""Numbers that follow each other without a gap: given in the transaction that uses them, lost with it."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.calendar import paris_day
from portal.records.tables import counters

_LETTERS = {e.InvoiceIssued: "F", e.CreditNoteIssued: "A"}


async def next_number(connection: AsyncConnection, name: str) -> int:
    """Return the next number of a series, from 1; whoever asks meanwhile waits for this transaction's end."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    given = await connection.scalar(
        dialect.insert(counters)
        .values(name=name, value=1)
        .on_conflict_do_update(index_elements=[counters.c.name], set_={"value": counters.c.value + 1})
        .returning(counters.c.value)
    )
    return int(given or 0)


async def numbered(connection: AsyncConnection, caused: tuple[e.Event, ...]) -> tuple[e.Event, ...]:
    """Give the invoices and credit notes among `caused` their numbers: « F-2026-0001 » (CGI, ann. II, art. 242 nonies A).

    The rules see one contract, and count its own; a series is the vendor's, by kind and year of issue.
    """
    given: dict[str, str] = {}
    for event in caused:
        if isinstance(event, e.InvoiceIssued | e.CreditNoteIssued):
            series = f"{_LETTERS[type(event)]}-{paris_day(event.at).year}"
            given[event.number] = f"{series}-{await next_number(connection, series):04}"
    return tuple(_renamed(event, given) for event in caused) if given else caused


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
