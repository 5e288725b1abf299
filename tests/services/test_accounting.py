"""The accounting export: the sales of a period, balanced, the same each time, for staff alone."""

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


async def test_the_sales_of_a_period_are_each_a_balanced_entry(
    portal: Portal, yves: Viewer, client: Client
) -> None:
    written = await exported(portal, yves, read_period(MAY))
    assert written == await exported(portal, yves, read_period(MAY))
    entries: dict[str, int] = defaultdict(int)
    for row in rows_of(written):
        amounts = [int(row[side].replace(",", "")) for side in ("Debit", "Credit")]
        entries[row["EcritureNum"]] += amounts[0] - amounts[1]
    assert dict(entries) == {"F-2026-0001": 0, "F-2026-0002": 0}
    assert {row["JournalCode"] for row in rows_of(written)} == {"VE"}


async def test_on_one_day_entries_follow_their_numbers_beyond_9999(
    portal: Portal, yves: Viewer, client: Client
) -> None:
    numbers = ["F-2026-9999", "F-2026-10000", "F-2026-10001"]
    async with portal.database.transaction() as connection:
        issued = (await connection.execute(sa.select(invoices).limit(1))).one()._mapping
        for nth, number in enumerate(reversed(numbers)):
            other = {"number": number, "month": f"2031-0{nth + 1}", "issued_on": date(2026, 5, 31)}
            await connection.execute(sa.insert(invoices).values({**issued, **other}))
    written = rows_of(await exported(portal, yves, read_period(MAY)))
    in_order = list(dict.fromkeys(row["EcritureNum"] for row in written))
    assert in_order[-3:] == numbers


async def test_what_was_paid_is_there_where_it_is_asked_for(
    portal: Portal, clock: FixedClock, yves: Viewer, client: Client
) -> None:
    await act(portal, client, a.SettleEverything(), a.ReturnPayment(month="2026-06", kind="refund"))
    clock.advance(days=11)
    period = read_period({"first_day": "2026-05-01", "last_day": "2026-06-30", "payments": "oui"})
    rows = rows_of(await exported(portal, yves, period))
    labels = Counter(row["EcritureLib"].partition(" ")[0] for row in rows if row["CompteNum"] == "512000")
    assert labels == {"Règlement": 2, "Impayé": 1}
    balance: dict[str, int] = defaultdict(int)
    for row in rows:
        for side, sign in (("Debit", 1), ("Credit", -1)):
            balance[row["CompteNum"]] += sign * int(row[side].replace(",", ""))
    assert sum(balance.values()) == 0
    assert balance["763100"] < 0
    assert balance["758000"] == -4000


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
