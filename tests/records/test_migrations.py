"""The migrations make, from nothing, the very tables that the code speaks to."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from portal.records.billing_tables import SCHEMA
from portal.records.database import Database, migrate
from portal.services.context import Portal


async def emptied(database: Database) -> None:
    """Take every table away again, as on the day of the first installation."""
    async with database.transaction() as connection:
        everything = sa.MetaData()
        await connection.run_sync(everything.reflect)
        await connection.run_sync(everything.drop_all)


async def tables(database: Database) -> set[str]:
    async with database.reading() as connection:
        return set(await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names()))


async def test_an_empty_database_is_brought_to_what_the_code_expects(portal: Portal) -> None:
    await emptied(portal.database)
    assert await tables(portal.database) == set()
    await migrate(portal.database.url)
    assert await tables(portal.database) == set(SCHEMA.tables) | {"alembic_version"}
    async with portal.database.reading() as connection:
        differing = await connection.run_sync(
            lambda sync: compare_metadata(
                MigrationContext.configure(sync, opts={"compare_type": True}), SCHEMA
            )
        )
    assert differing == []


async def test_migrating_again_changes_nothing(portal: Portal) -> None:
    before = await tables(portal.database)
    await migrate(portal.database.url)
    assert await tables(portal.database) == before
