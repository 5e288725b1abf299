"""The accounting export: the sales of a period, balanced, the same each time, for staff alone."""

import asyncio
from collections import Counter, defaultdict
from datetime import date

import pytest
import sqlalchemy as sa

from portal.contract import acts as a
from portal.contract.refusal import Refusal
from portal.documents.sales_journal import COLUMNS, ENCODING
from portal.records.billing_tables import invoices
from portal.records.tables import journal
from portal.services.accounting import PeriodForm, export_sales, read_period
from portal.services.context import NotFound, Portal, Viewer
from portal.services.forms import FormProblems
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, a_client, act
from tests.services.dossier_lives import a_colleague
from tests.services.late_lives import a_late_client

MAY = {"first_day": "2026-05-01", "last_day": "2026-05-31"}


@pytest.fixture
async def yves(portal: Portal) -> Viewer:
    return await a_colleague(portal, "Yves")


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> Client:
    return await a_late_client(portal, clock, date(2026, 6, 20))


async def exported(portal: Portal, viewer: Viewer, period: PeriodForm) -> bytes:
    export = await export_sales(portal, viewer, period, ORIGIN)
    assert export.name == f"334401554-ventes-{period.first_day:%Y%m%d}-{period.last_day:%Y%m%d}.csv"
    return b"".join([part async for part in export.parts])


def rows_of(written: bytes) -> list[dict[str, str]]:
    first, *lines = written.decode(ENCODING).split("\r\n")[:-1]
    assert first.split("\t") == list(COLUMNS)
    return [dict(zip(COLUMNS, line.split("\t"), strict=True)) for line in lines]


def pieces_of(written: bytes) -> dict[str, str]:
    """Return what each entry is of, by its number, in the order of the file."""
    return {row["EcritureNum"]: row["PieceRef"] for row in rows_of(written)}


def balances_of(written: bytes) -> dict[str, int]:
    """Return the debits of each entry less its credits."""
    entries: dict[str, int] = defaultdict(int)
    for row in rows_of(written):
        debit, credit = (int(row[side].replace(",", "")) for side in ("Debit", "Credit"))
        entries[row["EcritureNum"]] += debit - credit
    return dict(entries)


async def issue(portal: Portal, *documents: tuple[str, date], **amounts: int) -> None:
    """Write documents of these numbers and days like one that is there."""
    async with portal.database.transaction() as connection:
        issued = (await connection.execute(sa.select(invoices).limit(1))).one()._mapping
        before = await connection.scalar(sa.select(sa.func.count()).select_from(invoices)) or 0
        for nth, (number, day) in enumerate(documents):
            other = {"number": number, "month": "2031-01", "occasion": "other", "issued_on": day, **amounts}
            seq = 1000 + before + nth
            await connection.execute(sa.insert(invoices).values({**issued, **other, "seq": seq}))


async def test_the_sales_of_a_period_are_each_a_balanced_entry(
    portal: Portal, yves: Viewer, client: Client
) -> None:
    written = await exported(portal, yves, read_period(MAY))
    assert written == await exported(portal, yves, read_period(MAY))
    assert balances_of(written) == {"VE-2026-000001": 0, "VE-2026-000002": 0}
    assert pieces_of(written) == {"VE-2026-000001": "F-2026-0001", "VE-2026-000002": "F-2026-0002"}
    assert {row["JournalCode"] for row in rows_of(written)} == {"VE"}


async def test_on_one_day_entries_follow_their_numbers_beyond_9999(
    portal: Portal, yves: Viewer, client: Client
) -> None:
    numbers = ["F-2026-9999", "F-2026-10000", "F-2026-10001"]
    await issue(portal, *((number, date(2026, 5, 31)) for number in reversed(numbers)))
    pieces = pieces_of(await exported(portal, yves, read_period(MAY)))
    assert list(pieces.items())[-3:] == list(
        zip(("VE-2026-000003", "VE-2026-000004", "VE-2026-000005"), numbers, strict=True)
    )


async def test_what_was_paid_is_there_where_it_is_asked_for(
    portal: Portal, clock: FixedClock, yves: Viewer, client: Client
) -> None:
    await act(portal, client, a.SettleEverything(), a.ReturnPayment(month="2026-06", kind="refund"))
    clock.advance(days=11)
    period = read_period({"first_day": "2026-05-01", "last_day": "2026-06-30", "payments": "oui"})
    written = await exported(portal, yves, period)
    rows = rows_of(written)
    labels = Counter(row["EcritureLib"].partition(" ")[0] for row in rows if row["CompteNum"] == "512000")
    assert labels == {"Règlement": 2, "Impayé": 1}
    balance: dict[str, int] = defaultdict(int)
    for row in rows:
        for side, sign in (("Debit", 1), ("Credit", -1)):
            balance[row["CompteNum"]] += sign * int(row[side].replace(",", ""))
    assert set(balances_of(written).values()) == {0}
    assert balance["763100"] < 0
    assert balance["758000"] == -4000


# --- the numbers of the entries --------------------------------------------------------------------------

YEAR = {"first_day": "2026-01-01", "last_day": "2026-06-30", "payments": "oui"}


def numbers(journal: str, count: int) -> list[str]:
    return [f"{journal}-2026-{nth:06}" for nth in range(1, count + 1)]


async def paid_and_taken_back(portal: Portal, clock: FixedClock, client: Client) -> None:
    await act(portal, client, a.SettleEverything(), a.ReturnPayment(month="2026-06", kind="refund"))
    clock.advance(days=11)


async def test_each_journal_is_one_series_without_a_gap(
    portal: Portal, clock: FixedClock, yves: Viewer, client: Client
) -> None:
    await paid_and_taken_back(portal, clock, client)
    written = await exported(portal, yves, read_period(YEAR))
    in_file = list(pieces_of(written))
    sales, bank = ([one for one in in_file if one.startswith(name)] for name in ("VE", "BQ"))
    assert (sales, bank) == (numbers("VE", len(sales)), numbers("BQ", len(bank)))
    assert in_file == [*sales, *bank]
    assert len(bank) == 3
    assert written == await exported(portal, yves, read_period(YEAR))


async def test_a_month_bears_the_numbers_of_the_year_whichever_is_exported_first(
    portal: Portal, clock: FixedClock, yves: Viewer, client: Client
) -> None:
    await paid_and_taken_back(portal, clock, client)
    june = await exported(portal, yves, read_period({**YEAR, "first_day": "2026-06-01"}))
    assert min(pieces_of(june)) > "BQ-2026-000001", (
        "what was paid before has its number, though it is not in the file"
    )
    whole = await exported(portal, yves, read_period(YEAR))
    may = await exported(portal, yves, read_period({**MAY, "payments": "oui"}))
    for part in (june, may):
        assert pieces_of(part).items() <= pieces_of(whole).items()


async def test_what_is_written_down_late_takes_the_next_number(
    portal: Portal, yves: Viewer, client: Client
) -> None:
    """A run that catches up after an outage issues of a day that was exported already."""
    before = pieces_of(await exported(portal, yves, read_period(MAY)))
    await issue(portal, ("F-2026-0103", date(2026, 5, 1)))
    after = pieces_of(await exported(portal, yves, read_period(MAY)))
    assert after == {**before, "VE-2026-000003": "F-2026-0103"}


async def test_what_changes_no_account_leaves_no_gap(portal: Portal, yves: Viewer, client: Client) -> None:
    await issue(portal, ("F-2026-0103", date(2026, 5, 30)), net_cents=0, vat_cents=0, gross_cents=0)
    await act(portal, client, a.ReturnPayment(month="2026-06", kind="reject"))
    await issue(portal, ("F-2026-0104", date(2026, 5, 31)))
    pieces = pieces_of(await exported(portal, yves, read_period({**MAY, "payments": "oui"})))
    assert [piece for number, piece in pieces.items() if number.startswith("VE")] == [
        "F-2026-0001",
        "F-2026-0002",
        "F-2026-0104",
    ]
    assert [number for number in pieces if number.startswith("VE")] == numbers("VE", 3)


async def test_a_year_begins_again_with_the_first_number(
    portal: Portal, clock: FixedClock, yves: Viewer, client: Client
) -> None:
    await issue(portal, ("F-2026-0103", date(2026, 12, 31)), ("F-2027-0001", date(2027, 1, 1)))
    clock.advance(days=365)
    period = read_period({"first_day": "2026-12-01", "last_day": "2027-01-31"})
    pieces = list(pieces_of(await exported(portal, yves, period)).items())
    assert pieces[-1] == ("VE-2027-000001", "F-2027-0001")
    assert pieces[-2][1] == "F-2026-0103"


async def test_two_who_export_at_once_get_the_same_numbers(
    portal: Portal, clock: FixedClock, yves: Viewer, client: Client
) -> None:
    await paid_and_taken_back(portal, clock, client)
    one, other = await asyncio.gather(*(exported(portal, yves, read_period(YEAR)) for _ in range(2)))
    assert one == other


# --- who, and when ---------------------------------------------------------------------------------------


async def test_a_period_is_over_before_it_is_exported(portal: Portal, yves: Viewer, client: Client) -> None:
    today = read_period({**MAY, "last_day": "2026-06-20"})
    with pytest.raises(Refusal, match="period_not_over"):
        await export_sales(portal, yves, today, ORIGIN)
    with pytest.raises(Refusal, match="period_reversed"):
        await export_sales(portal, yves, read_period({**MAY, "last_day": "2026-04-30"}), ORIGIN)
    with pytest.raises(FormProblems) as caught:
        read_period({"first_day": "hier", "last_day": ""})
    assert set(caught.value.errors) == {"first_day", "last_day"}


async def test_who_took_it_is_in_the_journal_and_a_client_takes_nothing(
    portal: Portal, yves: Viewer, client: Client
) -> None:
    with pytest.raises(NotFound):
        await export_sales(portal, client.viewer, read_period(MAY), ORIGIN)
    await export_sales(portal, yves, read_period(MAY), ORIGIN)
    async with portal.database.reading() as connection:
        rows = await connection.execute(sa.select(journal).where(journal.c.kind == "sales_exported"))
        assert [row.by_id for row in rows] == [yves.person_id]


async def test_a_period_without_a_sale_has_its_columns_only(portal: Portal, yves: Viewer) -> None:
    await a_client(portal)
    period = read_period({"first_day": "2026-01-01", "last_day": "2026-01-31", "payments": "oui"})
    assert rows_of(await exported(portal, yves, period)) == []
