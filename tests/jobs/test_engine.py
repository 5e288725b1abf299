"""The jobs under the real DBOS, on SQLite: what fell due is executed, mails leave soon, all stops cleanly."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date

import pytest

from portal.jobs import engine
from portal.jobs.engine import jobs
from portal.outside.mail import read_folder
from portal.services.conditions import publish_demonstration
from portal.services.context import Portal
from portal.services.invoice_papers import render_waiting
from portal.services.reading import own_contract
from tests.clock import FixedClock
from tests.services.clients import a_client, live_until, paris, start_trial
from tests.services.invoiced import in_force

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
SOON = 10


@pytest.fixture
async def portal(portal: Portal) -> Portal:
    await publish_demonstration(portal)
    return portal


async def soon(true: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something has come true; fail where it has not soon."""
    for _ in range(SOON * 20):
        if await true():
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"it has not come true in {SOON} seconds")


def subjects(portal: Portal) -> list[str]:
    folder = portal.settings.mail_folder
    return [mail.subject for mail in read_folder(folder)] if folder.exists() else []


async def test_what_fell_due_while_stopped_is_executed_at_the_start(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_client(portal)
    await start_trial(portal, client)
    clock.advance(days=35)

    async def suspended() -> bool:
        recorded = (await own_contract(portal, client.viewer)).events
        return any(one.event.kind == "service_suspended" for one in recorded)

    assert not await suspended()
    async with jobs(portal):
        await soon(suspended)


async def test_a_mail_leaves_soon_after_what_called_for_it(portal: Portal) -> None:
    client = await a_client(portal)
    async with jobs(portal):
        assert subjects(portal) == []
        await start_trial(portal, client)

        async def both_have_left() -> bool:
            return len(subjects(portal)) == 2

        await soon(both_have_left)


async def test_invoices_are_rendered_and_deposited_by_the_jobs(portal: Portal, clock: FixedClock) -> None:
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 3, 20), 9))
    from_now_on = portal.settings.model_copy(update={"e_invoicing_from": date(2026, 3, 20)})
    async with jobs(replace(portal, settings=from_now_on)):
        await engine.render_invoices()
        await engine.deposit_invoices()
    assert await render_waiting(portal) == 0
    assert [file.name for file in portal.settings.e_invoicing_folder.iterdir()] == ["F-2026-0002.pdf"]


async def test_the_jobs_stop_cleanly_and_can_be_started_again(portal: Portal, clock: FixedClock) -> None:
    client = await a_client(portal)
    before = {thread for thread in threading.enumerate() if not thread.daemon}
    for _ in range(2):
        async with jobs(portal):
            await asyncio.sleep(0.2)

    async def no_thread_is_left() -> bool:
        left = {thread for thread in threading.enumerate() if not thread.daemon} - before
        return all(thread.name.startswith("asyncio_") for thread in left)

    await soon(no_thread_is_left)  # the engine does not wait for those of its own that are ending
    await start_trial(portal, client)
    clock.advance(days=1)
    await asyncio.sleep(0.3)
    assert subjects(portal) == [], "nothing is sent any more"


async def test_the_jobs_stop_even_where_what_they_served_failed(portal: Portal) -> None:
    with pytest.raises(RuntimeError, match="the server failed"):
        async with jobs(portal):
            raise RuntimeError("the server failed")
    await start_trial(portal, await a_client(portal))
    await asyncio.sleep(0.3)
    assert subjects(portal) == []
