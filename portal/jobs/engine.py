"""The jobs under DBOS: one schedule, its steps, a queue that shares a long night among workers, and a nudge after a commit."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime

import structlog
from dbos import DBOS, DBOSConfig, SetWorkflowID

from portal.jobs.collector import collect_less_often
from portal.services.announced_chunks import announce_chunk, announce_waiting, announcements_wait
from portal.services.banking import exchange
from portal.services.calendar import contracts_due, sweep
from portal.services.certificates import certify_waiting
from portal.services.chunks import CHUNK, continue_chunk
from portal.services.context import Portal
from portal.services.crm import ask_crm
from portal.services.file_disposal import forget_doomed
from portal.services.invoice_papers import deposit_waiting, render_waiting
from portal.services.legal_rates import alert_missing_rates
from portal.services.outbox import deliver
from portal.services.registered_sending import send_registered
from portal.services.restitution_archive import build_waiting
from portal.services.tidying import tidy

log = structlog.get_logger()

_QUEUE = "chunks"
_MOST_CHUNKS = 1000
_POLLING_SECONDS = 1.0

_portal: Portal | None = None


def _running() -> Portal:
    if _portal is None:
        raise RuntimeError("the jobs are not running in this process")
    return _portal


@DBOS.step()
async def execute_what_is_due() -> int:
    return (await sweep(_running())).done


@DBOS.step()
async def count_what_is_due() -> int:
    return await contracts_due(_running())


@DBOS.step()
async def execute_a_chunk() -> int:
    chunk = await continue_chunk(_running())
    return len(chunk.done) if chunk else 0


@DBOS.workflow()
async def help_out() -> int:
    """Execute one chunk of what is due; that another worker has done it meanwhile is no harm."""
    return await execute_a_chunk()


@DBOS.step()
async def count_announcements() -> int:
    return await announcements_wait(_running())


@DBOS.step()
async def announce_some() -> int:
    return await announce_chunk(_running()) or 0


@DBOS.workflow()
async def help_announce() -> int:
    """Announce a change to one chunk of the contracts that wait for it."""
    return await announce_some()


@DBOS.step()
async def announce_to_all() -> int:
    return await announce_waiting(_running())


@DBOS.step()
async def send_mails() -> int:
    return (await deliver(_running())).sent


@DBOS.step()
async def place_orders() -> int:
    return await ask_crm(_running())


@DBOS.step()
async def deposit_letters() -> int:
    return await send_registered(_running())


@DBOS.step()
async def exchange_with_the_bank() -> None:
    await exchange(_running())


@DBOS.step()
async def render_invoices() -> int:
    return await render_waiting(_running())


@DBOS.step()
async def deposit_invoices() -> int:
    return await deposit_waiting(_running())


@DBOS.step()
async def alert_staff() -> None:
    await alert_missing_rates(_running())


@DBOS.step()
async def prepare_restitutions() -> int:
    return await build_waiting(_running())


@DBOS.step()
async def certify_destructions() -> int:
    return await certify_waiting(_running())


@DBOS.step()
async def delete_doomed_files() -> int:
    return await forget_doomed(_running())


@DBOS.step()
async def forget_what_is_over() -> None:
    await tidy(_running())


@DBOS.workflow()
async def tick(scheduled: datetime, context: object) -> None:  # noqa: ARG001 -- DBOS's signature of a scheduled workflow
    """Do all there is to do; the instant of the tick decides nothing.

    Where there is much, whichever worker is free takes a chunk from the queue; the one that ticks works until
    nothing is left, so that a queue that has lost its work costs nothing but time.
    """
    chunks = await count_what_is_due() // CHUNK
    for nth in range(min(chunks, _MOST_CHUNKS)):
        with SetWorkflowID(f"{DBOS.workflow_id}-chunk-{nth}"):
            await DBOS.enqueue_workflow_async(_QUEUE, help_out)
    await execute_what_is_due()
    some = await count_announcements() // CHUNK
    for nth in range(min(some, _MOST_CHUNKS)):
        with SetWorkflowID(f"{DBOS.workflow_id}-announce-{nth}"):
            await DBOS.enqueue_workflow_async(_QUEUE, help_announce)
    await announce_to_all()
    await exchange_with_the_bank()
    await alert_staff()
    await deposit_letters()
    await send_mails()
    await place_orders()
    await render_invoices()
    await deposit_invoices()
    await prepare_restitutions()
    await certify_destructions()
    await delete_doomed_files()
    await forget_what_is_over()


@asynccontextmanager
async def jobs(portal: Portal) -> AsyncIterator[None]:
    """Run the jobs while the context is open: every minute under DBOS, and soon after each change."""
    global _portal  # noqa: PLW0603 -- DBOS calls module functions, which need the process's portal
    _portal = portal
    collect_less_often()
    config: DBOSConfig = {
        "name": "portal",
        "system_database_url": portal.settings.jobs_database,
        # A worker that comes back under its name takes up what it had begun.
        "executor_id": portal.settings.worker_name,
        "log_level": "WARNING",
        "enable_otlp": False,
    }
    DBOS(config=config)
    await asyncio.to_thread(DBOS.launch)
    # Not by its asynchronous twin, which would lend our own loop DBOS's threads, and take them away at the end.
    await asyncio.to_thread(
        DBOS.register_queue, _QUEUE, worker_concurrency=1, polling_interval_sec=_POLLING_SECONDS
    )
    DBOS.apply_schedules(
        [{"schedule_name": "tick", "workflow_fn": tick, "schedule": "* * * * *", "context": None}]
    )
    watch = asyncio.create_task(_watch(portal))
    try:
        yield
    finally:
        watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watch
        await asyncio.to_thread(DBOS.destroy)
        # DBOS lends the loop its own threads, and ends them: whoever goes on needs others.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
        _portal = None


async def _watch(portal: Portal) -> None:
    """Look at once, then after each change made here: someone who has just signed up waits for her mail."""
    portal.changed.set()
    while True:
        await portal.changed.wait()
        portal.changed.clear()
        try:
            await sweep(portal)
            # Some at a time: its own commit brings us back here, and nobody's mail waits for ten thousand contracts.
            await announce_chunk(portal)
            await deliver(portal)
            await ask_crm(portal)
            # What these finish is written to the client, at the next look.
            await build_waiting(portal)
            await certify_waiting(portal)
            await send_registered(portal)
        except Exception:
            log.exception("jobs.look_failed")
