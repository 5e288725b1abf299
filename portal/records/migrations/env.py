"""Alembic's environment: one connection to the address it is given, batch mode on SQLite."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from portal.records.billing_tables import SCHEMA
from portal.records.types import Instant

SYNCHRONOUS = {"sqlite+aiosqlite": "sqlite"}


def render_item(kind: str, item: object, _context: Any) -> str | Literal[False]:
    """Write `Instant` as plain column types: a migration never imports the code of its day."""
    if kind == "type" and isinstance(item, Instant):
        return "INSTANT"
    return False


def run() -> None:
    url = sa.make_url(context.config.attributes["url"])
    engine = sa.create_engine(url.set(drivername=SYNCHRONOUS.get(url.drivername, url.drivername)))
    with engine.begin() as connection:
        context.configure(
            connection=connection,
            target_metadata=SCHEMA,
            render_as_batch=connection.dialect.name == "sqlite",
            render_item=render_item,
        )
        context.run_migrations()
    engine.dispose()


run()
