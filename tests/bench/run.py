"""A night's run beside a bare insert of the very rows that it writes.

    uv run python -m tests.bench.run [CONTRACTS]

On PostgreSQL, with one worker and with two, each a process of its own; contracts are as last month's run has
left them, paid since. The reference inserts what the run has written (events, situations, kept states, invoices
and what they say, mails) into empty copies of the tables, with one statement per table and chunk, and nothing
decided.
"""

import asyncio
import multiprocessing
import sys
import tempfile
import time
from dataclasses import replace
from multiprocessing.synchronize import Barrier
from pathlib import Path

import sqlalchemy as sa

from portal import logs
from portal.jobs.collector import collect_less_often
from portal.records.billing_tables import invoice_papers, invoices
from portal.records.database import Database
from portal.records.tables import counters, events, kept_states, outbox, situations
from portal.services.calendar import sweep
from portal.services.chunks import CHUNK
from portal.services.context import Portal
from portal.services.opening import open_portal
from portal.settings import load
from tests.clock import FixedClock
from tests.databases import running_postgres
from tests.many_contracts import THE_RUN, make_contracts

WRITTEN = (events, situations, kept_states, invoices, invoice_papers, outbox)
MOST_TIMES = 6


def a_portal(folder: Path, url: str) -> Portal:
    settings = load(data=folder, database_url=url, secret_key="a secret key for the bench alone, it is long")
    return replace(open_portal(settings), clock=FixedClock(THE_RUN))


def run_alone(folder: Path, url: str, start: Barrier, told: "multiprocessing.Queue[tuple[int, int]]") -> None:
    """Sweep as a worker does until nothing is due; tell how many contracts, and the most memory, in MB."""

    async def work() -> int:
        portal = a_portal(folder, url)
        async with portal.database.reading() as connection:
            await connection.execute(sa.select(sa.func.count()).select_from(situations))
        start.wait()
        try:
            return (await sweep(portal)).done
        finally:
            await portal.database.close()

    logs.configure()
    collect_less_often()
    done = asyncio.run(work())
    told.put((done, _most_memory()))


def _most_memory() -> int:
    """Return the most memory that this process has had, in MB; `getrusage` would count its parent's before the start."""
    [line] = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM:")]
    return int(line.split()[1]) // 1024


def timed_run(folder: Path, url: str, workers: int) -> tuple[float, list[tuple[int, int]]]:
    """Let so many workers, all of them up, finish the run; return the seconds, and what each tells."""
    context = multiprocessing.get_context("spawn")
    told, start = context.Queue(), context.Barrier(workers + 1)
    processes = [context.Process(target=run_alone, args=(folder, url, start, told)) for _ in range(workers)]
    for process in processes:
        process.start()
    start.wait()
    began = time.perf_counter()
    results = [told.get() for _ in processes]
    seconds = time.perf_counter() - began
    for process in processes:
        process.join()
    return seconds, results


async def prepared(folder: Path, url: str, contracts: int) -> None:
    portal = a_portal(folder, url)
    await make_contracts(portal, contracts)
    async with portal.database.transaction() as connection:
        await connection.execute(sa.text("CREATE TABLE kept_before AS SELECT * FROM kept_states"))
    async with portal.database.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(sa.text("ANALYZE"))
    await portal.database.close()


async def bare_insert(url: str) -> float:
    """Insert the rows of the run again, into empty tables of the same columns and keys; return the seconds."""
    database = Database(url)
    copies = []
    async with database.reading() as connection:
        seqs = sa.select(events.c.contract_id, events.c.seq).where(events.c.at == THE_RUN).subquery()
        chosen = {
            events: sa.select(events).where(events.c.at == THE_RUN),
            situations: sa.select(situations),
            kept_states: sa.select(kept_states),
            invoices: sa.select(invoices).join(
                seqs,
                sa.and_(invoices.c.contract_id == seqs.c.contract_id, invoices.c.seq == seqs.c.seq),
            ),
            invoice_papers: sa.select(invoice_papers)
            .join(invoices, invoices.c.number == invoice_papers.c.number)
            .where(invoices.c.month == "2026-05"),
            outbox: sa.select(outbox),
        }
        for table in WRITTEN:
            rows = [dict(row._mapping) for row in await connection.execute(chosen[table])]
            copies.append((table, rows))
    metadata = sa.MetaData(schema="bare")
    async with database.transaction() as connection:
        await connection.execute(sa.text("CREATE SCHEMA bare"))
    bare = [
        (table.to_metadata(metadata, schema="bare", referred_schema_fn=lambda *_: None), rows)
        for table, rows in copies
    ]
    async with database.transaction() as connection:
        for table, _ in bare:
            for key in list(table.foreign_key_constraints):
                table.constraints.remove(key)
            await connection.run_sync(table.create)
    contracts = len(copies[WRITTEN.index(situations)][1])
    began = time.perf_counter()
    for start in range(0, contracts, CHUNK):
        async with database.transaction() as connection:
            for table, rows in bare:
                if some := rows[start : start + CHUNK]:
                    await connection.execute(sa.insert(table), some)
    took = time.perf_counter() - began
    async with database.transaction() as connection:
        await connection.execute(sa.text("DROP SCHEMA bare CASCADE"))
    await database.close()
    return took


async def undo(url: str) -> None:
    """Take the run back, so that it can be run again."""
    database = Database(url)
    async with database.transaction() as connection:
        of_may = sa.select(invoices.c.number).where(invoices.c.month == "2026-05")
        await connection.execute(sa.delete(invoice_papers).where(invoice_papers.c.number.in_(of_may)))
        await connection.execute(sa.delete(invoices).where(invoices.c.month == "2026-05"))
        await connection.execute(sa.delete(events).where(events.c.at == THE_RUN))
        await connection.execute(sa.delete(outbox))
        await connection.execute(sa.delete(kept_states))
        await connection.execute(sa.text("INSERT INTO kept_states SELECT * FROM kept_before"))
        last = sa.select(sa.func.count()).select_from(invoices).scalar_subquery()
        await connection.execute(sa.update(counters).where(counters.c.name == "F-2026").values(value=last))
        await connection.execute(sa.update(situations).values(next_due_at=THE_RUN, seq=situations.c.seq - 1))
    async with database.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(
            sa.text("VACUUM ANALYZE")
        )
    await database.close()


def main() -> None:
    contracts = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    logs.configure()
    with running_postgres() as server, server.fresh() as url, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asyncio.run(prepared(folder, url, contracts))
        for workers in (1, 2):
            seconds, told = timed_run(folder, url, workers)
            bare = asyncio.run(bare_insert(url))
            memory = ", ".join(f"{megabytes} MB" for _, megabytes in told)
            print(
                f"{workers} worker(s): {contracts} contracts in {seconds:.1f} s, {contracts / seconds:.0f}/s, {memory}; "
                f"bare insert {bare:.1f} s; ratio {seconds / bare:.1f} (at most {MOST_TIMES})"
            )
            asyncio.run(undo(url))


if __name__ == "__main__":
    main()
