"""A worker of a night, as a process of its own that a test may kill: `python -m tests.jobs.a_worker DATA URL JOBS NAME AT`.

It works under the real DBOS at the instant AT, and never stops by itself. One tick of its schedule begins at once,
a workflow like each minute's: the worker that comes back under its name takes it up where it was killed.
"""

import asyncio
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from dbos import DBOS, SetWorkflowID

from portal import logs
from portal.jobs.engine import jobs, tick
from portal.services.opening import open_portal
from portal.settings import load
from tests.clock import FixedClock

BANK_FOLDER = "bank"


async def work(data: Path, url: str, jobs_url: str, name: str, at: datetime) -> None:
    settings = load(
        data=data,
        database_url=url,
        jobs_database_url=jobs_url,
        worker_name=name,
        bank_outbox=data / BANK_FOLDER,
        secret_key="a secret key for tests alone, 42 long",
    )
    portal = replace(open_portal(settings), clock=FixedClock(at), machine=FixedClock(at))
    async with jobs(portal):
        with SetWorkflowID(f"{name}-{at.isoformat()}"):
            await DBOS.start_workflow_async(tick, at, None)
        print("at work", flush=True)  # noqa: T201 -- the test waits for it
        await asyncio.Event().wait()


if __name__ == "__main__":
    logs.configure()
    folder, database, jobs_database, worker, instant = sys.argv[1:]
    asyncio.run(work(Path(folder), database, jobs_database, worker, datetime.fromisoformat(instant)))
