"""The reception of a piece, from the first byte of its request to its last (CGV art. 5.1).

It counts from the instant its request began: until it is there, or its reception is over, no destruction
that fell due meanwhile takes place.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.acts import Piece
from portal.contract.decisions.pieces import must_be_expected
from portal.records.tables import arrivals
from portal.services.context import Portal, Viewer
from portal.services.dossiers import own_history

LONGEST = timedelta(minutes=20)
"""A reception that lasts longer is over, by the machine's clock."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A piece on its way; it counts from `started_at`, if it arrives."""

    id: str
    contract_id: str
    started_at: datetime


async def begin(portal: Portal, viewer: Viewer, piece: Piece) -> Arrival:
    """Note that a piece sets out; raises `Refusal` where none can be received any more, before it is sent in vain."""
    started_at = portal.now()
    arrival_id = str(uuid.uuid4())

    async def work(connection: AsyncConnection) -> Arrival:
        opened = await own_history(portal, connection, viewer, at=started_at, arrival=arrival_id)
        must_be_expected(opened.state, piece, started_at)
        await connection.execute(
            sa.insert(arrivals).values(
                id=arrival_id,
                contract_id=opened.contract_id,
                started_at=started_at,
                expires_at=portal.machine_now() + LONGEST,
            )
        )
        return Arrival(arrival_id, opened.contract_id, started_at)

    return await portal.transact(work)


async def over(portal: Portal, arrival: Arrival) -> None:
    """Note that a reception is over, whatever came of it."""

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(sa.delete(arrivals).where(arrivals.c.id == arrival.id))

    await portal.transact(work)
