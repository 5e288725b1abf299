"""The pieces on their way: what began in time is not overtaken by the destruction that it prevents (CGV art. 5.1)."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records.among import among
from portal.records.tables import arrivals


async def earliest(
    connection: AsyncConnection, contract_id: str, machine_now: datetime, *, besides: str | None = None
) -> datetime | None:
    """Return when the first of one contract's pieces on their way set out; None where there is none."""
    return (await earliest_of(connection, [contract_id], machine_now, besides=besides)).get(contract_id)


def awaiting(machine_now: datetime) -> sa.Select[tuple[str]]:
    """Return the contracts that wait for a piece on its way."""
    return sa.select(arrivals.c.contract_id).where(arrivals.c.expires_at > machine_now)


async def earliest_of(
    connection: AsyncConnection,
    contract_ids: Sequence[str],
    machine_now: datetime,
    *,
    besides: str | None = None,
) -> dict[str, datetime]:
    """Return, of those of these contracts that wait for a piece, when the first one set out.

    `besides` is the arrival of whoever asks. One that nobody ended is over by the machine's clock.
    """
    set_out = sa.func.min(arrivals.c.started_at, type_=arrivals.c.started_at.type).label("set_out")
    rows = await connection.execute(
        sa.select(arrivals.c.contract_id, set_out)
        .where(
            among(connection, arrivals.c.contract_id, contract_ids),
            arrivals.c.expires_at > machine_now,
            arrivals.c.id != (besides or ""),
        )
        .group_by(arrivals.c.contract_id)
    )
    return {row.contract_id: row.set_out for row in rows}
