"""Workers killed in the middle of a run: no gap, no double, no invoice, no mail and no collection missing.

A kill is SIGKILL, at a moment that nobody chose: between two statements, in a commit, while DBOS writes.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from lxml import etree

from portal.records.billing_tables import collection_files, collections, invoices
from portal.records.tables import outbox
from portal.services.calendar import contracts_due
from portal.services.collection_plans import plan_day
from portal.services.collection_reading import files_to_come
from portal.services.context import Portal
from tests.clock import FixedClock
from tests.databases import Postgres
from tests.jobs.a_worker import BANK_FOLDER
from tests.many_contracts import THE_COLLECTION, THE_FILE, THE_RUN, make_contracts, sign_mandates
from tests.services.test_chunks import whole_and_sound

_ROOT = Path(__file__).parents[2]
# Seconds of work before a worker is killed.
_LONGEST_LIFE_AT_NIGHT = 3.0
_LONGEST_LIFE_AT_THE_BANK = 1.0
_PATIENCE = 900


class Workers:
    """Processes that work on one portal's records, by their names."""

    def __init__(self, portal: Portal, jobs_url: str, *names: str) -> None:
        self.names = names
        self._portal = portal
        self._jobs_url = jobs_url
        self._running: dict[str, subprocess.Popen[str]] = {}

    def start(self, name: str, at: datetime) -> None:
        """Start a worker and wait until it is at work."""
        settings = self._portal.settings
        words = [str(settings.data), settings.database, self._jobs_url, name, at.isoformat()]
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.jobs.a_worker", *words],
            cwd=_ROOT,
            env=os.environ | {"PYTHONWARNINGS": "ignore"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._running[name] = worker
        assert worker.stdout is not None
        assert worker.stdout.readline() == "at work\n", "the worker did not start"

    def kill(self, name: str) -> None:
        worker = self._running.pop(name)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        assert worker.stdout is not None
        worker.stdout.close()

    def kill_all(self) -> None:
        for name in list(self._running):
            self.kill(name)


@contextmanager
def at_work(workers: Workers) -> Iterator[None]:
    try:
        yield
    finally:
        workers.kill_all()


async def killed_again_and_again(
    workers: Workers,
    at: datetime,
    kills: int,
    chance: random.Random,
    is_over: Callable[[], Awaitable[bool]],
    *,
    longest_life: float,
) -> None:
    """Let the workers do what is due at an instant, and kill one after the other; end when all is done."""
    with at_work(workers):
        await asyncio.gather(*(asyncio.to_thread(workers.start, name, at) for name in workers.names))
        for nth in range(kills):
            await asyncio.sleep(chance.uniform(0, longest_life))
            name = workers.names[nth % len(workers.names)]
            workers.kill(name)
            await asyncio.to_thread(workers.start, name, at)
        deadline = time.monotonic() + _PATIENCE
        while not await is_over():
            assert time.monotonic() < deadline, "the work does not come to its end"
            await asyncio.sleep(0.2)


async def a_night_and_its_collection(
    portal: Portal, clock: FixedClock, workers: Workers, contracts: int, kills: int, kills_at_the_bank: int
) -> None:
    """Issue the invoices of a month, then have them collected; workers die all the while."""
    await sign_mandates(portal, await make_contracts(portal, contracts))
    chance = random.Random(contracts)  # noqa: S311 -- the same moments in each run

    clock.move_to(THE_RUN)

    async def all_issued() -> bool:
        return not await contracts_due(portal)

    await killed_again_and_again(
        workers, THE_RUN, kills, chance, all_issued, longest_life=_LONGEST_LIFE_AT_NIGHT
    )
    await whole_and_sound(portal, contracts)
    await one_mail_each(portal, contracts)

    await all_mails_left(portal)
    clock.move_to(THE_FILE)

    async def all_handed_over() -> bool:
        return await collected(portal) == contracts

    await killed_again_and_again(
        workers, THE_FILE, kills_at_the_bank, chance, all_handed_over, longest_life=_LONGEST_LIFE_AT_THE_BANK
    )
    await whole_and_sound(portal, contracts)
    await one_collection_each(portal, contracts)


async def one_mail_each(portal: Portal, contracts: int) -> None:
    async with portal.database.reading() as connection:
        mails = Counter(
            await connection.scalars(
                sa.select(outbox.c.contract_id).where(outbox.c.template == "invoice_issued")
            )
        )
    assert len(mails) == contracts
    assert set(mails.values()) == {1}


async def all_mails_left(portal: Portal) -> None:
    """Let the mails leave on the day of the run, as they do while nobody dies: none is collected from unannounced."""
    async with portal.database.transaction() as connection:
        await connection.execute(sa.update(outbox).values(sent_at=THE_RUN, next_attempt_at=None))


async def collected(portal: Portal) -> int:
    """Return how many collections were handed to the bank."""
    async with portal.database.reading() as connection:
        query = sa.select(sa.func.sum(collection_files.c.lines)).where(
            collection_files.c.handed_over_at.is_not(None)
        )
        return await connection.scalar(query) or 0


async def one_collection_each(portal: Portal, contracts: int) -> None:
    """Hold the collections to what a run promises: each invoice once, in the records and before the bank, to the cent."""
    async with portal.database.reading() as connection:
        owed = {
            row.number: row.unpaid_cents
            for row in await connection.execute(sa.select(invoices).where(invoices.c.month == "2026-05"))
        }
        planned = list(await connection.execute(sa.select(collections)))
        plan = await plan_day(portal, connection, THE_COLLECTION)
    assert len(owed) == contracts
    assert Counter(row.invoice_number for row in planned) == Counter(owed.keys()), "each invoice, once"
    assert {(row.standing, row.collection_on) for row in planned} == {("open", THE_COLLECTION)}
    assert all(row.amount_cents == owed[row.invoice_number] for row in planned)
    assert (plan.collections, plan.left_out) == ((), ()), "nothing is left to collect, nothing left out"

    kept = await files_to_come(portal)
    folder = portal.settings.data / BANK_FOLDER
    assert {file.name: file.content for file in kept} == {
        path.name: path.read_bytes() for path in folder.glob("*.xml")
    }, "the bank has the files of the records, and no other"
    asked = [
        (one.findtext("{*}PmtId/{*}EndToEndId"), one.findtext("{*}InstdAmt"))
        for file in kept
        for one in etree.fromstring(file.content).iter("{*}DrctDbtTxInf")
    ]
    assert Counter(asked) == Counter(
        (row.end_to_end_id, f"{row.amount_cents / 100:.2f}") for row in planned
    ), "the bank is asked for each of them, once"


SAMPLE = pytest.param(120, 2, 1, id="a sample")
KILLED = ("contracts", "kills", "kills_at_the_bank")
LONG = [pytest.mark.long, pytest.mark.timeout(1800)]


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@pytest.mark.parametrize(KILLED, [SAMPLE, pytest.param(5000, 30, 10, id="the whole", marks=LONG)])
async def test_two_workers_on_postgresql(
    portal: Portal, clock: FixedClock, postgres: Postgres, contracts: int, kills: int, kills_at_the_bank: int
) -> None:
    with postgres.fresh() as url:
        workers = Workers(portal, url.replace("postgresql+psycopg://", "postgresql://"), "one", "two")
        await a_night_and_its_collection(portal, clock, workers, contracts, kills, kills_at_the_bank)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(KILLED, [SAMPLE, pytest.param(5000, 10, 5, id="the whole", marks=LONG)])
async def test_one_worker_on_sqlite(
    portal: Portal, clock: FixedClock, contracts: int, kills: int, kills_at_the_bank: int
) -> None:
    workers = Workers(portal, f"sqlite:///{portal.settings.data / 'jobs.db'}", "one")
    await a_night_and_its_collection(portal, clock, workers, contracts, kills, kills_at_the_bank)
