"""A worker of a night's run, as a process of its own that a test may kill: `python -m tests.jobs.a_worker DATA URL JOBS NAME`.

It works under the real DBOS at the instant of the run, and never stops by itself.
"""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from portal import logs
from portal.jobs.engine import jobs
from portal.services.opening import open_portal
from portal.settings import load
from tests.clock import FixedClock
from tests.many_contracts import THE_RUN


async def work(data: Path, url: str, jobs_url: str, name: str) -> None:
    settings = load(
        data=data,
        database_url=url,
        jobs_database_url=jobs_url,
        worker_name=name,
        secret_key="a secret key for tests alone, 42 long",
    )
    portal = replace(open_portal(settings), clock=FixedClock(THE_RUN))
    async with jobs(portal):
        print("at work", flush=True)  # noqa: T201 -- the test waits for it
        await asyncio.Event().wait()


if __name__ == "__main__":
    logs.configure()
    folder, database, jobs_database, worker = sys.argv[1:]
    asyncio.run(work(Path(folder), database, jobs_database, worker))
