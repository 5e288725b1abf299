"""Numbers without a gap: one series of invoices for the whole vendor, whatever contract they belong to."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.contract import events as e
from portal.services.context import Portal
from portal.services.numbering import next_number, numbered

AT = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # in Paris, already 2027

INVOICE = e.InvoiceIssued(
    at=AT,
    number="F-2027-0001",
    month="first",
    due=date(2027, 1, 8),
    collection=date(2027, 1, 8),
    lines=(),
    net_cents=0,
    vat_hundredths=2000,
    vat_cents=0,
    gross_cents=0,
)
CREDIT_NOTE = e.CreditNoteIssued(
    at=AT,
    number="A-2027-0001",
    month="2027-01",
    cites="F-2027-0001",
    lines=(),
    net_cents=0,
    vat_hundredths=2000,
    vat_cents=0,
    gross_cents=0,
)
SETTLED = e.PaymentSettled(at=AT, month="first", number="F-2027-0001", amount_cents=1)


async def test_each_series_counts_from_one_without_a_gap(portal: Portal) -> None:
    async with portal.database.transaction() as connection:
        assert [await next_number(connection, "CT-2026") for _ in range(3)] == [1, 2, 3]
        assert await next_number(connection, "CT-2027") == 1


async def test_a_number_is_lost_with_its_transaction_and_given_again(portal: Portal) -> None:
    with pytest.raises(ZeroDivisionError):
        async with portal.database.transaction() as connection:
            await next_number(connection, "CT-2026")
            raise ZeroDivisionError
    async with portal.database.transaction() as connection:
        assert await next_number(connection, "CT-2026") == 1


async def test_what_refers_to_a_document_follows_its_number(portal: Portal) -> None:
    async with portal.database.transaction() as connection:
        await next_number(connection, "F-2027")
        given = await numbered(connection, [(INVOICE, SETTLED, CREDIT_NOTE)])
    assert given == [
        (
            replace(INVOICE, number="F-2027-0002"),
            replace(SETTLED, number="F-2027-0002"),
            replace(CREDIT_NOTE, cites="F-2027-0002"),
        )
    ]


async def test_a_payment_of_an_earlier_invoice_keeps_its_number(portal: Portal) -> None:
    earlier = replace(SETTLED, number="F-2026-0041")
    async with portal.database.transaction() as connection:
        assert await numbered(connection, [(earlier,)]) == [(earlier,)]
        assert await numbered(connection, [(INVOICE, earlier)]) == [(INVOICE, earlier)]


def numbers_of(given: list[tuple[e.Event, ...]]) -> list[list[str]]:
    return [[getattr(one, "number", "") for one in events] for events in given]


async def test_documents_of_many_contracts_are_numbered_by_the_instant_of_their_issue(portal: Portal) -> None:
    later = replace(INVOICE, at=AT + timedelta(hours=1))
    async with portal.database.transaction() as connection:
        given = await numbered(connection, [(later,), (INVOICE, SETTLED), ()])
    assert numbers_of(given) == [["F-2027-0002"], ["F-2027-0001", "F-2027-0001"], []]


async def test_each_year_has_its_series(portal: Portal) -> None:
    last_of_the_year = replace(INVOICE, at=AT - timedelta(hours=1))
    async with portal.database.transaction() as connection:
        given = await numbered(connection, [(last_of_the_year,), (INVOICE,)])
    assert numbers_of(given) == [["F-2026-0001"], ["F-2027-0001"]]
