"""The portal of this process: opened when the web worker starts, closed when it ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from portal import logs
from portal.jobs.engine import jobs
from portal.services.context import Portal
from portal.services.opening import open_portal
from portal.settings import load

_portal: Portal | None = None


def portal() -> Portal:
    """Return the running portal; the worker's lifespan has set it before any request."""
    if _portal is None:
        raise RuntimeError("the portal is not running in this process")
    return _portal


def run_with(opened: Portal | None) -> None:
    """Make `opened` the portal of this process; None ends it."""
    global _portal  # noqa: PLW0603 -- Reflex builds its states itself: they have no other way to what runs
    _portal = opened


@asynccontextmanager
async def lifespan() -> AsyncIterator[None]:
    """Open the portal in the worker, after the fork: no connection is ever shared between processes."""
    logs.configure()
    opened = open_portal(load())
    run_with(opened)
    try:
        async with jobs(opened):
            yield
    finally:
        run_with(None)
        await opened.database.close()
