"""Opening the database: SQLite (WAL) for one machine, PostgreSQL for production."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=10000",
    "PRAGMA foreign_keys=ON",
)

_DISK_FULL = "53100"  # PostgreSQL's


class DamagedDatabase(Exception):
    """SQLite's own check found the file damaged: nothing is served from it."""


class Database:
    """The engine and the two ways in: `transaction` to write, `reading` to look."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine: AsyncEngine = create_async_engine(url, pool_pre_ping=True)
        if self.has_one_writer:
            event.listen(self.engine.sync_engine, "connect", _configure_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)
        self._readers = self.engine.execution_options(reads_only=True)

    @property
    def has_one_writer(self) -> bool:
        """Tell whether a transaction that writes keeps every other from it: SQLite's."""
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Commit at the end, roll back on any exception. On SQLite the write lock is taken at once."""
        async with self.engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One consistent look; SQLite readers never wait for a writer."""
        async with self._readers.begin() as connection:
            yield connection

    async def close(self) -> None:
        await self.engine.dispose()


def _configure_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: the driver's own is late and never IMMEDIATE
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    reads_only = connection.get_execution_options().get("reads_only", False)
    # A read that later writes would fail with "database is locked" instead of waiting its turn.
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def is_full(error: DBAPIError) -> bool:
    """Tell whether the disk has no room left for what was to be written."""
    if getattr(error.orig, "sqlstate", None) == _DISK_FULL:
        return True
    return "database or disk is full" in str(error.orig)


def check_sqlite(path: Path) -> None:
    """Raise `DamagedDatabase` where an existing SQLite file fails its quick check."""
    if not path.exists():
        return
    connection = sqlite3.connect(path)
    try:
        [result] = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        raise DamagedDatabase(str(path)) from error
    finally:
        connection.close()
    if result != "ok":
        raise DamagedDatabase(str(path))


def alembic_config(url: str) -> Config:
    """Return Alembic's configuration; there is no ini file to keep in step."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    return config


async def migrate(url: str) -> None:
    """Bring the schema to the newest migration; running it again changes nothing."""
    await asyncio.to_thread(command.upgrade, alembic_config(url), "head")
