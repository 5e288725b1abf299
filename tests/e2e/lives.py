"""Other lives than the demonstration's, on days of one's own: told by the services, then served by the real command."""

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import sqlalchemy as sa

from portal.records.tables import accounts
from portal.services.context import Portal
from portal.services.opening import open_portal
from portal.services.passwords import hash_password
from portal.settings import load
from tests.clock import FixedClock
from tests.databases import migrated_sqlite
from tests.e2e.pages_built import serve_from
from tests.e2e.server import Server
from tests.e2e.walking import PASSWORD

Story = Callable[[Portal, FixedClock], Awaitable[None]]


def live(data: Path, story: Story, *, begins: datetime) -> None:
    """Put the clients of a story into a demonstration's folder, instead of its own; its clock goes on from the end.

    Every account of theirs has the password of `walking`.
    """
    for file in data.glob("portal.db*"):
        file.unlink()
    shutil.rmtree(data / "mails", ignore_errors=True)
    shutil.move(migrated_sqlite(data), data / "portal.db")
    # Playwright's loop may run in this thread.
    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(asyncio.run, _lived(data, story, begins)).result()
    offset = (ended - datetime.now(UTC)).total_seconds()
    (data / "clock.json").write_text(json.dumps({"offset_seconds": offset}), encoding="utf-8")


@contextmanager
def served_after(
    story: Story,
    built: Path,
    folder: Path,
    port: int,
    *,
    begins: datetime,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Server]:
    """Serve a portal of its own, whose clients have lived that story; `settings` are added to its environment."""
    data = folder / "data"
    serve_from(built, data, port)
    live(data, story, begins=begins)
    running = Server(data, port)
    running.settings = dict(settings)
    running.start()
    try:
        yield running
    finally:
        running.close()


async def _lived(data: Path, story: Story, begins: datetime) -> datetime:
    clock = FixedClock(begins)
    opened = replace(open_portal(load(data=data, demo=True)), clock=clock)
    opened.settings.demonstration_marker.touch()
    try:
        await story(opened, clock)
        hashed = await hash_password(PASSWORD)
        async with opened.database.transaction() as connection:
            await connection.execute(sa.update(accounts).values(password_hash=hashed))
    finally:
        await opened.database.close()
    return clock.now()
