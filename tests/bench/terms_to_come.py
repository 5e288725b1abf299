"""What `/gestion/echeances` costs the server with 100 000 contracts on PostgreSQL, beside the bare count by month.

    uv run python -m tests.bench.terms_to_come [CONTRACTS]

What is counted is the service and the view, as the page's event has them: its first page, one in the middle of the
list, a month, the terms that are not renewed. The reference is the one query that no such page can do without, the
terms counted by month, on the same connections in the same run.

Two hundred contracts are made by the rules. The others are rows copied from theirs by SQL (companies, contracts,
dossiers, situations), with names, ends and notices of their own: the page reads nothing else, no history among it.
"""

import asyncio
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.calendar import add_months
from portal.records.tables import companies, contracts, dossiers, situations
from portal.services.context import Portal, Role, Viewer
from portal.services.opening import open_portal
from portal.services.terms_to_come import MONTHS, PAGE_LENGTH, Standing, terms_to_come
from portal.settings import load
from portal.web.staff.terms_views import declared_row, month_choices, month_parts, term_row, year_says
from tests.clock import FixedClock
from tests.databases import running_postgres
from tests.many_contracts import THE_RUN, make_contracts

CONTRACTS, BY_THE_RULES, SAMPLE = 100_000, 200, 100
MOST_MS = 100
# One in twenty is noticed, by the client or by us, or refuses a change.
NOTICED = 20
CAUSES = [one.value for one in Standing if one is not Standing.RENEWS]
STAFF = Viewer("a colleague", Role.STAFF, None, "bench")
Look = Callable[[], Awaitable[object]]

made = sa.table(
    "made", sa.column("nth"), sa.column("model"), sa.column("contract_id"), sa.column("company_id")
)


async def furnish(portal: Portal, count: int) -> None:
    """Write so many contracts, their terms spread over the year to come."""
    by_the_rules = await make_contracts(portal, BY_THE_RULES)
    async with portal.database.transaction() as connection:
        await connection.execute(
            sa.insert(dossiers), [_dossier(one, nth) for nth, one in enumerate(by_the_rules)]
        )
        await connection.execute(
            sa.text(
                "CREATE TEMPORARY TABLE made ON COMMIT DROP AS SELECT nth, ids[1 + nth % :models] AS model,"
                " gen_random_uuid()::text AS contract_id, gen_random_uuid()::text AS company_id"
                " FROM generate_series(1, :count) AS nth, (SELECT array_agg(id) AS ids FROM contracts) AS rules"
            ),
            {"models": BY_THE_RULES, "count": count - BY_THE_RULES},
        )
        await _copy(connection, companies, id=made.c.company_id, legal_name=_a_name(), siren=_nine_digits())
        await _copy(connection, contracts, id=made.c.contract_id, company_id=made.c.company_id)
        await _copy(connection, dossiers, contract_id=made.c.contract_id, number=_a_number())
        await _copy(connection, situations, contract_id=made.c.contract_id, **_a_term(portal))
    async with portal.database.engine.connect() as connection:
        bare = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await bare.execute(sa.text("VACUUM ANALYZE"))


def _dossier(contract_id: str, nth: int) -> dict[str, Any]:
    words = ("capital", "rcs_city", "vat_number", "signatory_name", "signatory_capacity", "holder")
    nothing = dict.fromkeys((*words, "iban_hint", "bic", "bank_name"), "")
    return {
        "contract_id": contract_id,
        "number": f"CT-2025-{nth:04}",
        "users": 6,
        "options": {},
        "updated_at": THE_RUN,
        **nothing,
    }


async def _copy(connection: AsyncConnection, table: sa.Table, **own: Any) -> None:
    """Insert a row for each contract to make: its model's, but for what is its `own`."""
    contract = sa.alias(contracts)
    of_model = contract.c.company_id if table is companies else contract.c.id
    key = table.c.contract_id if "contract_id" in table.c else table.c.id
    await connection.execute(
        sa.insert(table).from_select(
            [one.name for one in table.columns],
            sa.select(*(own.get(one.name, one) for one in table.columns))
            .select_from(made)
            .join(contract, contract.c.id == made.c.model)
            .join(table, key == of_model),
        )
    )


def _a_name() -> sa.ColumnElement[str]:
    return sa.literal("Client ").concat(sa.func.md5(sa.cast(made.c.nth, sa.Text)))


def _nine_digits() -> sa.ColumnElement[str]:
    return sa.func.lpad(sa.cast(made.c.nth, sa.Text), 9, "0")


def _a_number() -> sa.ColumnElement[str]:
    return sa.literal("CT-2026-").concat(sa.cast(made.c.nth, sa.Text))


def _a_term(portal: Portal) -> dict[str, Any]:
    """Return what a term of the year to come says: its end, on any day of it, and whether it is the last one."""
    today = portal.today()
    days = (add_months(today, MONTHS) - today).days
    # By a number prime to the others, so that neighbours in the table do not end together.
    ends = sa.cast(today, sa.Date) + sa.cast(made.c.nth * 7919 % days, sa.Integer)
    year = sa.literal(timedelta(days=365), sa.Interval)
    is_noticed = made.c.nth % NOTICED == 0
    cause = sa.func.split_part(
        ",".join(CAUSES), ",", 1 + sa.cast(made.c.nth / NOTICED % len(CAUSES), sa.Integer)
    )
    minutes = sa.cast(sa.func.concat(made.c.nth, " minutes"), sa.Interval)
    return {
        "term_ends_on": ends,
        "entered_on": sa.cast(ends + 1 - year, sa.Date),
        "ends_on": sa.case((is_noticed, ends)),
        "end_cause": sa.case((is_noticed, cause)),
        "end_declared_at": sa.case((is_noticed, THE_RUN - minutes)),
    }


def a_look(portal: Portal, **asked: Any) -> Look:
    """Return what the page's event does: the reading, and what it shows of it."""

    async def look() -> object:
        found = await terms_to_come(portal, STAFF, **asked)
        return (
            month_parts(found.months),
            year_says(found),
            month_choices(found.months),
            [term_row(one, found) for one in found.terms],
            [declared_row(one, found) for one in found.declared],
        )

    return look


def the_bare_count(portal: Portal) -> Look:
    month = sa.func.date_trunc("month", situations.c.term_ends_on)
    first, end = portal.today(), add_months(portal.today(), MONTHS)
    query = (
        sa.select(month, sa.func.count())
        .where(situations.c.term_ends_on >= first, situations.c.term_ends_on < end)
        .group_by(month)
    )

    async def look() -> object:
        async with portal.database.reading() as connection:
            return list(await connection.execute(query))

    return look


async def timed(look: Look) -> tuple[float, float]:
    """Return the median and the 95th percentile, in milliseconds."""
    times = []
    for _ in range(SAMPLE):
        began = time.perf_counter()
        await look()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


async def measure(url: str, folder: Path, count: int) -> float:
    """Print what each look takes; return the worst 95th percentile in milliseconds."""
    settings = load(data=folder, database_url=url, secret_key=str(uuid.uuid4()))
    portal = replace(open_portal(settings), clock=FixedClock(THE_RUN))
    month = f"{add_months(portal.today(), 6):%Y-%m}"
    bare = the_bare_count(portal)
    looks = {
        "the first page": a_look(portal),
        "in the middle": a_look(portal, page=count // PAGE_LENGTH // 2),
        "the last page": a_look(portal, page=count // PAGE_LENGTH),
        "a month": a_look(portal, month=month),
        "not renewed": a_look(portal, standing=Standing.CLIENT_NOTICE.value),
        "renewed": a_look(portal, standing=Standing.RENEWS.value),
    }
    try:
        await furnish(portal, count)
        for look in (bare, *looks.values()):
            await look()
        reference = await timed(bare)
        print(f"{'the bare count':>15}  {reference[0]:>7.1f} / {reference[1]:>7.1f}", flush=True)
        worst = 0.0
        for name, look in looks.items():
            median, most = await timed(look)
            worst = max(worst, most)
            print(f"{name:>15}  {median:>7.1f} / {most:>7.1f}  {median / reference[0]:>5.1f}", flush=True)
    finally:
        await portal.database.close()
    return worst


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else CONTRACTS
    print(f"{count} contracts\n{'':>15}  {'p50 / p95 (ms)':>17}  {'times':>5}")
    with tempfile.TemporaryDirectory() as folder, running_postgres() as server, server.fresh() as url:
        worst = asyncio.run(measure(url, Path(folder), count))
    if worst >= MOST_MS:
        raise SystemExit(f"the page takes {worst:.0f} ms of the server at the 95th percentile")


if __name__ == "__main__":
    main()
