"""Lives that many tests begin with: lived once by each worker of a run, and then laid down as they were left.

`@lived_once` is for a helper `async def life(portal, clock, ...)` that makes something of a portal. What it left (rows
and files), the instant at which it stopped and what it returned are kept by what it was called with and by what was
there before, and given to the next test that asks for the same life in the same portal. In one that has a part of a
test's own (a provider that is down), it is lived for real.
"""

import atexit
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.outside.e_invoicing import FolderPlatform
from portal.outside.mail import FolderMailer
from portal.outside.provisioning import LedgerOnly
from portal.outside.register import NoRegister
from portal.outside.registered_letters import ByHand
from portal.outside.virus_scan import NoScan
from portal.records.billing_tables import SCHEMA
from portal.services.context import Portal
from tests.clock import FixedClock

Given = ParamSpec("Given")
Result = TypeVar("Result")

# What a test is given unless it brings its own: nothing of a life is left in them.
_ORDINARY = {
    "mailer": FolderMailer,
    "scan": NoScan,
    "register": NoRegister,
    "provisioning": LedgerOnly,
    "platform": FolderPlatform,
    "registered_letters": ByHand,
}


_Rows = tuple[tuple[sa.Table, list[dict[str, Any]]], ...]


@dataclass(frozen=True)
class _Left:
    """What a life has left: its rows by table, a copy of its files, the instant at which it stopped, its result."""

    rows: _Rows
    files: Path
    at: datetime
    result: Any


_lives: dict[Hashable, _Left] = {}


def lived_once(life: Callable[Given, Awaitable[Result]]) -> Callable[Given, Awaitable[Result]]:
    """Keep what a life leaves, for the next test that asks for it."""

    @wraps(life)
    async def kept(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        portal, clock, *more = args
        assert isinstance(portal, Portal)
        assert isinstance(clock, FixedClock)
        if not all(type(getattr(portal, name)) is ordinary for name, ordinary in _ORDINARY.items()):
            return await life(*args, **kwargs)
        before = await _rows_of(portal)
        asked = (
            life.__module__,
            life.__qualname__,
            *more,
            *sorted(kwargs.items()),
            _circumstances(portal),
            repr(before),
        )
        left = _lives.get(asked)
        if left is None:
            result = await life(*args, **kwargs)
            _lives[asked] = await _keep(portal, clock, result)
            return result
        await _lay_down(portal, before, left)
        clock.move_to(left.at)
        found: Result = left.result
        return found

    return kept


def _circumstances(portal: Portal) -> Hashable:
    settings = portal.settings.model_dump(exclude={"data", "database_url"})
    dialect = portal.database.engine.dialect.name
    return dialect, portal.now(), portal.machine_now(), repr(sorted(settings.items()))


async def _rows_of(portal: Portal) -> _Rows:
    """Return the rows of each table that has some."""
    async with portal.database.reading() as connection:
        whole = [
            (table, [dict(row._mapping) for row in await connection.execute(sa.select(table))])
            for table in SCHEMA.sorted_tables
        ]
    return tuple((table, rows) for table, rows in whole if rows)


async def _keep(portal: Portal, clock: FixedClock, result: Any) -> _Left:
    files = Path(tempfile.mkdtemp(prefix="portal-lived-"))
    atexit.register(shutil.rmtree, files, ignore_errors=True)
    _copy_files(portal.settings.data, files)
    return _Left(await _rows_of(portal), files, clock.now(), result)


async def _lay_down(portal: Portal, before: _Rows, left: _Left) -> None:
    async with portal.database.transaction() as connection:
        for table, _ in reversed(before):
            await connection.execute(sa.delete(table))
        for table, rows in left.rows:
            await connection.execute(sa.insert(table), rows)
            if connection.dialect.name == "postgresql":
                await _count_on(connection, table)
    _copy_files(left.files, portal.settings.data)


async def _count_on(connection: AsyncConnection, table: sa.Table) -> None:
    """Let the numbers that PostgreSQL gives go on after those that were laid down."""
    counted = table.autoincrement_column
    if counted is not None:
        last = sa.select(sa.func.max(counted)).scalar_subquery()
        await connection.execute(
            sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(table.name, counted.name), last))
        )


def _copy_files(source: Path, target: Path) -> None:
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("portal.db*"))
