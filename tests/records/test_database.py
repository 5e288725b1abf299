"""Opening the database: SQLite set up to lose nothing and to let writers wait; a damaged file refused."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.records import database
from portal.records.access_tables import attempts
from portal.records.database import DamagedDatabase, Database, check_sqlite, migrate
from portal.services.context import Portal

# As it is served: tests have a hastier one.
SERVED = database._SQLITE_PRAGMAS

on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@on_sqlite
@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("busy_timeout", 10_000), ("foreign_keys", 1)],
)
async def test_sqlite_keeps_what_is_committed_and_checks_what_is_referred_to(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, pragma: str, value: object
) -> None:
    monkeypatch.setattr(database, "_SQLITE_PRAGMAS", SERVED)
    async with portal.database.reading() as connection:
        assert await connection.scalar(sa.text(f"PRAGMA {pragma}")) == value


@on_sqlite
async def test_writers_wait_for_one_another_instead_of_failing(database_url: str) -> None:
    """Each takes the write lock when it begins: what it reads cannot change before it writes."""
    first, second = Database(database_url), Database(database_url)

    async def read_then_write(database: Database) -> None:
        async with database.transaction() as connection:
            seen = await connection.scalar(sa.select(sa.func.count()).select_from(attempts))
            await asyncio.sleep(0.02)
            await connection.execute(
                sa.text("INSERT INTO attempts (key_hash, at) VALUES (:seen, '2026-03-03')"),
                {"seen": str(seen)},
            )

    try:
        await asyncio.gather(*(read_then_write(database) for database in (first, second) for _ in range(3)))
        async with first.reading() as connection:
            rows = await connection.scalars(sa.select(attempts.c.key_hash).order_by(attempts.c.id))
            assert list(rows) == ["0", "1", "2", "3", "4", "5"]
    finally:
        await first.close()
        await second.close()


@on_sqlite
async def test_a_reader_does_not_wait_for_a_writer(portal: Portal) -> None:
    async with portal.database.transaction(), asyncio.timeout(2), portal.database.reading() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(attempts)) == 0


async def test_what_fails_leaves_nothing_behind(portal: Portal) -> None:
    async def fails_at_the_end() -> None:
        async with portal.database.transaction() as connection:
            await connection.execute(sa.insert(attempts).values(key_hash="x", at=portal.now()))
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError, match="the power went"):
        await fails_at_the_end()
    async with portal.database.reading() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(attempts)) == 0


# --- damage ----------------------------------------------------------------------------------------------


async def test_a_file_that_is_not_a_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "portal.db"
    file.write_bytes(b"a letter to the accountant, saved in the wrong place" * 40)
    with pytest.raises(DamagedDatabase):
        check_sqlite(file)


async def test_a_database_with_overwritten_pages_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "portal.db"
    await migrate(f"sqlite+aiosqlite:///{file}")
    content = bytearray(file.read_bytes())
    content[4096 * 2 : 4096 * 12] = b"\xff" * (4096 * 10)
    file.write_bytes(content)
    with pytest.raises(DamagedDatabase):
        check_sqlite(file)


async def test_a_sound_database_and_none_at_all_are_fine(tmp_path: Path) -> None:
    file = tmp_path / "portal.db"
    check_sqlite(file)
    assert not file.exists(), "looking must not make the file"
    await migrate(f"sqlite+aiosqlite:///{file}")
    check_sqlite(file)
    assert file.exists()
