"""What is kept of a contract and until when, with the days that only the accounts know."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.retention import Kept, retention_table
from portal.contract.state import State
from portal.records.billing_tables import collections, invoices
from portal.services.context import Portal


async def retained(connection: AsyncConnection, contract_id: str, state: State) -> tuple[Kept, ...]:
    """Return the retention table of an ended contract."""
    return retention_table(
        state,
        last_document=await last_document_on(connection, contract_id),
        last_collection=await last_collection_on(connection, contract_id),
    )


async def retained_of(portal: Portal, contract_id: str, state: State) -> tuple[Kept, ...]:
    """Return the retention table of a contract that the caller may see; empty while it goes on."""
    if state.ended_on is None:
        return ()
    async with portal.database.reading() as connection:
        return await retained(connection, contract_id, state)


async def last_document_on(connection: AsyncConnection, contract_id: str) -> date | None:
    """Return the day of the last thing that the accounts hold of a contract: a document, its settlement, a collection."""
    days = (
        await connection.execute(
            sa.select(sa.func.max(invoices.c.issued_on), sa.func.max(invoices.c.settled_on)).where(
                invoices.c.contract_id == contract_id
            )
        )
    ).one()
    found = [*days, await last_collection_on(connection, contract_id)]
    return max((day for day in found if day is not None), default=None)


async def last_collection_on(connection: AsyncConnection, contract_id: str) -> date | None:
    """Return the day of the last collection that was presented under a contract's mandates."""
    found: date | None = await connection.scalar(
        sa.select(sa.func.max(collections.c.collection_on)).where(collections.c.contract_id == contract_id)
    )
    return found
