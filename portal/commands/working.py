"""`portal worker`: the jobs alone, beside the servers of pages, as many as a long night wants."""

import asyncio
import contextlib
import signal

from portal.commands.serving import alone_in
from portal.commands.terminal import DataFolder, say, settings_or_stop, with_portal
from portal.jobs.engine import jobs
from portal.services.context import Portal
from portal.settings import Settings


def worker(data: DataFolder = None) -> None:
    """Exécuter les échéances, les factures et les envois, sans servir de pages."""
    settings = settings_or_stop(data)
    # Of SQLite there is one writer; PostgreSQL takes any number, each with its PORTAL_WORKER_NAME.
    with contextlib.nullcontext() if _is_shared(settings) else alone_in(settings):
        with_portal(settings, _work)


def _is_shared(settings: Settings) -> bool:
    return settings.database.startswith("postgresql")


async def _work(portal: Portal) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, ended.set)
    async with jobs(portal):
        say("Au travail. Ctrl-C pour arrêter.")
        await ended.wait()
