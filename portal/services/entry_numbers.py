"""The numbers of entries in the vendor's books: one series without a gap for each journal and year (LPF, art. A. 47 A-1).

An entry is numbered when it is first exported, in one transaction, after all those of its year that come before it.
Its number stays: an export gives the same numbers each time, a wider one those that a narrower one gave, and what was
written down late takes the next. What changes no account has no entry, and no number.
"""

from collections.abc import Callable
from datetime import date, time, timedelta
from itertools import groupby
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.calendar import paris_day, paris_instant
from portal.records.billing_tables import IN_ORDER_OF_NUMBERS, accounting_entries, invoices
from portal.records.tables import events
from portal.services.numbering import next_numbers

SALES: Final = "VE"
BANK: Final = "BQ"
AT_A_TIME: Final = 1000
_PAYMENTS: Final = ("payment_settled", "payment_returned")

Found = tuple[date, str, int]  # the day of an entry, its contract, and its event's place


async def number_sales(connection: AsyncConnection, first_day: date, last_day: date) -> None:
    """Number the invoices and credit notes of the years of these days, up to the last."""
    query = (
        sa.select(invoices.c.issued_on, invoices.c.contract_id, invoices.c.seq)
        .where(
            invoices.c.issued_on.between(date(first_day.year, 1, 1), last_day),
            invoices.c.gross_cents > 0,
            _is_new(invoices),
        )
        .order_by(invoices.c.issued_on, *IN_ORDER_OF_NUMBERS)
    )
    await _number(connection, SALES, query, _sale)


async def number_payments(connection: AsyncConnection, first_day: date, last_day: date) -> None:
    """Number what was paid and taken back in the years of these days, up to the last."""
    query = (
        sa.select(events.c.contract_id, events.c.seq, events.c.body)
        .where(
            events.c.kind.in_(_PAYMENTS),
            events.c.at >= paris_instant(date(first_day.year, 1, 1), time()),
            events.c.at < paris_instant(last_day + timedelta(days=1), time()),
            _is_new(events),
        )
        .order_by(events.c.at, events.c.contract_id, events.c.seq)
    )
    await _number(connection, BANK, query, _payment)


def _sale(row: sa.Row[Any]) -> Found:
    return row.issued_on, row.contract_id, row.seq


def _payment(row: sa.Row[Any]) -> Found | None:
    """Return the entry of a payment, or of one taken back; None for a collection that never brought anything."""
    event = e.EVENT.validate_json(row.body)
    if isinstance(event, e.PaymentReturned) and not event.amount_cents:
        return None
    return paris_day(event.at), row.contract_id, row.seq


def _is_new(source: sa.Table) -> sa.ColumnElement[bool]:
    return ~sa.exists().where(
        accounting_entries.c.contract_id == source.c.contract_id, accounting_entries.c.seq == source.c.seq
    )


async def _number(
    connection: AsyncConnection,
    journal: str,
    query: sa.Select[Any],
    entry_of: Callable[[sa.Row[Any]], Found | None],
) -> None:
    """Number what a query finds, in its order and as it comes: never the rows of a year at once."""
    # Whoever exports the same journal waits here, and finds it numbered.
    await next_numbers(connection, journal, 0)
    async with connection.stream(query.execution_options(yield_per=AT_A_TIME)) as rows:
        async for some in rows.partitions():
            found = [entry for entry in map(entry_of, some) if entry]
            for year, of_year in groupby(found, key=lambda entry: entry[0].year):
                await _write(connection, journal, year, list(of_year))


async def _write(connection: AsyncConnection, journal: str, year: int, entries: list[Found]) -> None:
    numbers = await next_numbers(connection, f"{journal}-{year}", len(entries))
    await connection.execute(
        sa.insert(accounting_entries),
        [
            {
                "journal": journal,
                "year": year,
                "number": number,
                "entered_on": day,
                "contract_id": contract_id,
                "seq": seq,
            }
            for number, (day, contract_id, seq) in zip(numbers, entries, strict=True)
        ],
    )
