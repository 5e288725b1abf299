"""A condition on many values, in the words of either database."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection


def among(
    connection: AsyncConnection, column: sa.ColumnElement[Any], values: Collection[str]
) -> sa.ColumnElement[bool]:
    """Return the condition that `column` is one of `values`.

    PostgreSQL is sent them as one array: of four hundred parameters each would be read, named and bound by itself.
    """
    if connection.dialect.name == "sqlite":
        return column.in_(values)
    return column == sa.any_(sa.literal(list(values), ARRAY(column.type)))
