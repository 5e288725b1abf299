"""The look after each change: soon, and not again and again while nothing changes."""

import asyncio

import pytest

from portal.jobs import engine as jobs_engine
from portal.services.calendar import Swept, sweep
from portal.services.context import Portal


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_where_nothing_is_to_be_done_it_looks_once(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    looked = asyncio.Event()

    async def counted(given: Portal) -> Swept:
        nonlocal looks
        looks += 1
        looked.set()
        return await sweep(given)

    monkeypatch.setattr(jobs_engine, "sweep", counted)
    watch = asyncio.create_task(jobs_engine._watch(portal))
    for wanted in (1, 2):
        await looked.wait()
        await asyncio.sleep(0.3)
        assert looks == wanted
        looked.clear()
        portal.changed.set()
    watch.cancel()
