"""Workers killed in the middle of a run: no gap, no double, no invoice and no mail missing.

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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.records.tables import outbox
from portal.services.calendar import contracts_due
from portal.services.context import Portal
from tests.clock import FixedClock
from tests.databases import Postgres
from tests.many_contracts import THE_RUN, make_contracts
from tests.services.test_chunks import whole_and_sound

_ROOT = Path(__file__).parents[2]
_LONGEST_LIFE = 3.0  # seconds of work before a worker is killed
_PATIENCE = 900


class Workers:
    """Processes that work on one portal's records, as many as asked for."""

    def __init__(self, portal: Portal, jobs_url: str) -> None:
        self._portal = portal
        self._jobs_url = jobs_url
        self._running: dict[str, subprocess.Popen[str]] = {}

    def start(self, name: str) -> None:
        """Start a worker and wait until it is at work."""
        settings = self._portal.settings
        words = [str(settings.data), settings.database, self._jobs_url, name]
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
def at_work(portal: Portal, jobs_url: str) -> Iterator[Workers]:
    workers = Workers(portal, jobs_url)
    try:
        yield workers
    finally:
        workers.kill_all()


async def killed_again_and_again(
    portal: Portal, clock: FixedClock, jobs_url: str, names: tuple[str, ...], *, contracts: int, kills: int
) -> None:
    await make_contracts(portal, contracts)
    clock.move_to(THE_RUN)
    chance = random.Random(contracts)  # noqa: S311 -- the same moments in each run
    with at_work(portal, jobs_url) as workers:
        for name in names:
            await asyncio.to_thread(workers.start, name)
        for nth in range(kills):
            await asyncio.sleep(chance.uniform(0, _LONGEST_LIFE))
            name = names[nth % len(names)]
            workers.kill(name)
            await asyncio.to_thread(workers.start, name)
        deadline = time.monotonic() + _PATIENCE
        while await contracts_due(portal):
            assert time.monotonic() < deadline, "the run does not come to its end"
            await asyncio.sleep(0.2)
    await whole_and_sound(portal, contracts)
    async with portal.database.reading() as connection:
        mails = Counter(
            await connection.scalars(
                sa.select(outbox.c.contract_id).where(outbox.c.template == "invoice_issued")
            )
        )
    assert len(mails) == contracts
    assert set(mails.values()) == {1}


SAMPLE = pytest.param(120, 2, id="a sample")


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("contracts", "kills"),
    [SAMPLE, pytest.param(5000, 30, id="the whole", marks=[pytest.mark.long, pytest.mark.timeout(1800)])],
)
async def test_two_workers_on_postgresql(
    portal: Portal, clock: FixedClock, postgres: Postgres, contracts: int, kills: int
) -> None:
    with postgres.fresh() as url:
        jobs_url = url.replace("postgresql+psycopg://", "postgresql://")
        await killed_again_and_again(
            portal, clock, jobs_url, ("one", "two"), contracts=contracts, kills=kills
        )


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("contracts", "kills"),
    [SAMPLE, pytest.param(5000, 10, id="the whole", marks=[pytest.mark.long, pytest.mark.timeout(1800)])],
)
async def test_one_worker_on_sqlite(portal: Portal, clock: FixedClock, contracts: int, kills: int) -> None:
    jobs_url = f"sqlite:///{portal.settings.data / 'jobs.db'}"
    await killed_again_and_again(portal, clock, jobs_url, ("one",), contracts=contracts, kills=kills)
