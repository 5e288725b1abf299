"""What every test of records, services, jobs and web may ask for.

- `portal`: the parts of a real portal, on a fresh migrated database; mails and files go below `tmp_path`, the
  register is off. Nothing is published in it yet: call `publish_demonstration(portal)` where the terms matter.
  SQLite or PostgreSQL: `tests/distribution.py` says which tests meet both, the others do with `-m long`.
- `database_url`: only the address of such a database. `@pytest.mark.parametrize("engine", ["sqlite"],
  indirect=True)` keeps a test, that the database does not matter to, on one of them.
- `clock` and `machine`: the contract's time and the machine's, which stand still until moved.

Passwords are hashed for real, with far cheaper parameters; a file that a client sends is read once for all tests, and a
life that many tests begin with is lived once (`tests/lived.py`).
"""

import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from portal import logs
from portal.documents.workshop import examined
from portal.outside.e_invoicing import FolderPlatform
from portal.outside.files import local_files
from portal.outside.mail import FolderMailer
from portal.outside.provisioning import LedgerOnly
from portal.outside.register import NoRegister
from portal.outside.sealed_files import SealedFiles
from portal.outside.virus_scan import NoScan
from portal.records import database
from portal.records.database import Database
from portal.services import passwords, pieces
from portal.services.context import Portal
from portal.services.keys import files_key
from portal.services.opening import workspace_of
from portal.settings import Settings, load
from tests.clock import FixedClock
from tests.databases import Engines, Postgres, copy_of, migrated_sqlite, running_postgres
from tests.distribution import SomeModulesWhole, left_for_the_long_run, turn
from tests.examined_once import examined_once

# A Tuesday morning in winter, Paris being an hour ahead.
A_TUESDAY = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> SomeModulesWhole:
    return SomeModulesWhole(config, log)


def pytest_xdist_auto_num_workers() -> int:
    """Run one worker more than there are processors: browsers, servers and disks are waited for."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Stop the first of the two counts of lines that pytest-cov begins in a worker: `no_cover` pauses the second only."""
    plugin = session.config.pluginmanager.getplugin("_cov")
    if plugin and hasattr(session.config, "workerinput"):
        plugin.cov_controller.cov.stop()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests in their turn, on their database, and count covered lines in the examples of the rules only.

    Counting makes whatever calls the rules thrice as long. The examples cover them whole (`.ci/run`); what tries any life, or every day of many years, adds no line to that.
    """
    for item in items:
        is_property = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        if is_property or not item.nodeid.startswith("tests/contract/"):
            item.add_marker("no_cover")
    for item in left_for_the_long_run(items):
        item.add_marker("long")
    items.sort(key=lambda item: turn(item.nodeid))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(A_TUESDAY)


@pytest.fixture
def machine() -> FixedClock:
    return FixedClock(A_TUESDAY)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated_sqlite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def engines() -> Iterator[Engines]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        kept = Engines()
        monkeypatch.setattr(database, "create_async_engine", kept.engine)
        monkeypatch.setattr(
            database, "_SQLITE_PRAGMAS", (*database._SQLITE_PRAGMAS, "PRAGMA synchronous=OFF")
        )
        yield kept


@pytest.fixture
def database_url(engine: str, engines: Engines, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh, migrated database; a server is started only where one is needed."""
    if engine == "sqlite":
        yield copy_of(request.getfixturevalue("sqlite_template"))
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.fresh() as url:
            yield url
    engines.forget_connections()


@pytest.fixture
def settings(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    # A developer's own `.env` and variables stay out of it.
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        monkeypatch.delenv(name)
    return load(data=tmp_path, database_url=database_url, secret_key="a secret key for tests alone, 42 long")


@pytest.fixture(scope="session", autouse=True)
def logged_as_in_production() -> None:
    """Write the portal's own lines: those that structlog writes by itself print every value around an exception."""
    logs.configure()


@pytest.fixture(scope="session", autouse=True)
def pieces_are_read_once() -> Iterator[None]:
    """Read each file that clients send once for all tests: most of them are the same."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(pieces, "examined", examined_once(examined))
        yield


@pytest.fixture
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
async def portal(
    settings: Settings, clock: FixedClock, machine: FixedClock, cheap_hashing: None
) -> AsyncIterator[Portal]:
    opened = Portal(
        settings=settings,
        clock=clock,
        machine=machine,
        database=Database(settings.database),
        mailer=FolderMailer(settings.mail_folder, sender=settings.mail_sender),
        files=SealedFiles(
            local_files(settings.data / "files"), files_key(settings), workspace=workspace_of(settings)
        ),
        scan=NoScan(),
        register=NoRegister(),
        provisioning=LedgerOnly(),
        platform=FolderPlatform(settings.e_invoicing_folder),
    )
    yield opened
    await opened.database.close()
