"""Inserting a row that may be there already, in the words of either database."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Rows = Sequence[dict[str, Any]]


def insert_into(connection: AsyncConnection, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that can say what to do on a conflict."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


async def insert_once(connection: AsyncConnection, table: sa.Table, **values: object) -> None:
    """Insert a row unless one with its unique key is there already."""
    await insert_all_once(connection, table, [values])


async def insert_all_once(connection: AsyncConnection, table: sa.Table, rows: Rows) -> None:
    """Insert rows, all of the same columns, but those whose unique key is there already."""
    if rows:
        await connection.execute(insert_into(connection, table).on_conflict_do_nothing(), rows)


async def replace(connection: AsyncConnection, table: sa.Table, rows: Rows) -> None:
    """Insert whole rows, each in the place of the one with its primary key."""
    if rows:
        insert = insert_into(connection, table)
        others = [column.name for column in table.columns if not column.primary_key]
        await connection.execute(
            insert.on_conflict_do_update(
                index_elements=list(table.primary_key.columns),
                set_={name: insert.excluded[name] for name in others},
            ),
            rows,
        )
