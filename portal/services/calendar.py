"""What the calendar does: execute what fell due, and, in a demonstration, move time forward.

`sweep` asks « what is due by now? » of every contract, never « what is due at this tick? »: a tick
missed, doubled or late changes nothing but when things were recorded.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.clock import DemonstrationClock
from portal.contract import acts as a
from portal.records import projections
from portal.records.tables import held_destructions
from portal.services import parking
from portal.services.announced_chunks import announce_waiting
from portal.services.banking import exchange
from portal.services.chunks import CHUNK, Chunk, continue_chunk
from portal.services.collecting import next_to_hand_over
from portal.services.context import NotFound, Origin, Portal, Viewer
from portal.services.histories import OpenHistory
from portal.services.journal import note

# Another worker holds all that is due at this instant.
_OTHERS_AT_WORK_SECONDS = 0.05
# While the database writes one chunk, the rules decide on another.
_CHUNKS_IN_HAND = 2


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: contracts brought up to date, and those it could not read."""

    done: int
    failed: tuple[str, ...]


async def sweep(portal: Portal, *, limit: int = CHUNK) -> Swept:
    """Bring every contract up to the present, `limit` in one transaction; one that fails never keeps others waiting.

    Deadlines happen in the order of their instants, over all contracts, however late we look: so do the numbers
    of the invoices that they issue.

    Raises what the database raises where it cannot even be asked what is due.
    """
    done, failed, put_off = set[str](), set[str](), set[str]()

    async def take() -> Chunk | None:
        chunk = await continue_chunk(portal, leaving_out=failed | put_off, limit=limit)
        if chunk:
            done.update(chunk.done)
            failed.update(chunk.failed)
            put_off.update(chunk.put_off)
        return chunk

    async def take_all() -> None:
        while chunk := await take():
            if chunk.is_empty:
                await asyncio.sleep(_OTHERS_AT_WORK_SECONDS)

    first = await take()
    is_long = first is not None and len(first.done) == limit
    if is_long and not portal.database.has_one_writer:
        async with asyncio.TaskGroup() as at_once:
            for _ in range(_CHUNKS_IN_HAND):
                at_once.create_task(take_all())
    elif first is not None:
        await take_all()
    return Swept(len(done), tuple(sorted(failed)))


async def contracts_due(portal: Portal) -> int:
    """Return how many contracts have something due now."""
    async with portal.database.reading() as connection:
        return await projections.count_due(connection, portal.now())


async def travel(portal: Portal, to: datetime) -> AsyncIterator[datetime]:
    """Move a demonstration's clock to `to`, stopping at every deadline on the way, and whenever the bank wants a file.

    Yield each stop.

    Raises `ClockWentBack` where `to` has passed, and `NotFound` outside a demonstration.
    """
    clock = portal.clock
    if not isinstance(clock, DemonstrationClock):
        raise NotFound
    await sweep(portal)
    # What was announced before the clock moves is announced at the time it was.
    await announce_waiting(portal)
    await exchange(portal)
    while (stop := await _next_stop(portal)) is not None and stop <= to:
        clock.move_to(max(stop, clock.now()))
        swept = await sweep(portal)
        await exchange(portal)
        yield stop
        if swept.failed:
            break
    clock.move_to(to)


async def confirm_destruction(portal: Portal, viewer: Viewer, contract_id: str, origin: Origin) -> None:
    """Carry out a destruction that an outage had made late (T6); asked twice, it happens once."""
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> None:
        now = portal.now()
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=None, at=now)
        held = await connection.scalar(
            sa.select(held_destructions.c.confirmed_at).where(held_destructions.c.contract_id == contract_id)
        )
        if held is not None:
            return
        await opened.act(a.ConfirmDestruction(), actor=viewer.person_id, at=now)
        await connection.execute(
            sa.update(held_destructions)
            .where(held_destructions.c.contract_id == contract_id)
            .values(confirmed_at=now, by_id=viewer.person_id)
        )
        await note(
            connection,
            at=now,
            kind="destruction_confirmed",
            person_id=viewer.person_id,
            company_id=opened.company_id,
            by_id=viewer.person_id,
            ip=origin.ip,
            details={"contract": contract_id},
        )

    await portal.transact(work)


async def release(portal: Portal, viewer: Viewer, contract_id: str, origin: Origin) -> None:
    """Let a parked contract go on, once what parked it is mended; broken still, it is parked again."""
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> None:
        await parking.release(connection, contract_id)
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=None, at=portal.now())
        await opened.renew()
        await note(
            connection,
            at=portal.now(),
            kind="contract_released",
            person_id=viewer.person_id,
            company_id=opened.company_id,
            by_id=viewer.person_id,
            ip=origin.ip,
            details={"contract": contract_id},
        )

    await portal.transact(work)


async def _next_stop(portal: Portal) -> datetime | None:
    async with portal.database.reading() as connection:
        stops = (
            await projections.next_stop(connection, portal.machine_now()),
            await next_to_hand_over(connection, portal),
        )
    return min((stop for stop in stops if stop is not None), default=None)
