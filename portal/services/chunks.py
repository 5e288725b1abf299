"""Many contracts at once: what falls due at one instant, in one transaction, beside any number of other workers.

A night's invoices are a hundred thousand deadlines of one instant. A worker claims some of the contracts,
reads their histories together, and writes what follows with one statement per table. What a worker that
died had claimed is free again: nothing of it was written.
"""

from dataclasses import dataclass, field

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records import arrivals, projections
from portal.services.catching_up import CaughtUp, catch_up
from portal.services.context import Portal
from portal.services.histories import CALENDAR, OpenHistory, stop_where_it_must
from portal.services.parking import parked_among
from portal.services.recalling import keep, recall
from portal.services.recording import Continuation, record

log = structlog.get_logger()

CHUNK = 400


@dataclass(slots=True)
class Chunk:
    """What became of the contracts of a chunk: done, put off for a piece on its way, not to be read."""

    done: set[str] = field(default_factory=set)
    put_off: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        return not (self.done or self.put_off or self.failed)


async def continue_chunk(
    portal: Portal, *, leaving_out: frozenset[str] | set[str] = frozenset(), limit: int = CHUNK
) -> Chunk | None:
    """Let what is due at the earliest instant happen, of `limit` contracts at most; None where nothing is due.

    The chunk is empty where others hold all of that instant. `leaving_out` are contracts that failed, or wait.
    Raises what the database raises before any contract is claimed.
    """
    claimed: tuple[str, ...] = ()

    async def work(connection: AsyncConnection) -> Chunk | None:
        nonlocal claimed
        due = await projections.claim_due(connection, portal.now(), limit=limit, leaving_out=leaving_out)
        if due is None:
            return None
        claimed = due.contract_ids
        return await _continue(portal, connection, due)

    try:
        return await portal.transact(work, has_changed=lambda chunk: chunk is not None and bool(chunk.done))
    except Exception:
        if not claimed:  # it is the database that fails, and asking it again at once would go on for ever
            raise
        # What one contract may not write, or read, must not keep the others waiting: each by itself.
        log.exception("chunk.failed", contracts=len(claimed))
        return await _one_by_one(portal, claimed)


async def _continue(portal: Portal, connection: AsyncConnection, due: projections.DueTogether) -> Chunk:
    now, machine_now = portal.now(), portal.machine_now()
    recalled = await recall(connection, due.contract_ids, now)
    set_out = await arrivals.earliest_of(connection, due.contract_ids, machine_now)
    stopped = await parked_among(connection, due.contract_ids)
    chunk = Chunk(failed=set(due.contract_ids) - set(recalled))
    for contract_id in chunk.failed:
        log.error("chunk.contract_unreadable", contract=contract_id)
    continuations: list[Continuation] = []
    halted: list[tuple[str, CaughtUp]] = []
    for contract_id, one in recalled.items():
        if contract_id in stopped:
            continue
        try:
            caught = catch_up(one.state, due.at, found_at=now, set_out=set_out.get(contract_id))
        except Exception:
            log.exception("chunk.contract_failed", contract=contract_id)
            chunk.failed.add(contract_id)
            continue
        continuations.append(Continuation(one.recorded, one.state, caught.events, CALENDAR))
        halted.append((contract_id, caught))
        (chunk.put_off if caught.awaits_a_piece else chunk.done).add(contract_id)
    await keep(connection, await record(portal, connection, continuations))
    for contract_id, caught in halted:
        await stop_where_it_must(connection, contract_id, caught, now, machine_now=machine_now)
    return chunk


async def bring_up_to_date(portal: Portal, contract_id: str) -> bool:
    """Execute all that has fallen due of one contract, each as of its own instant.

    Return False where a destruction waits for a piece on its way.
    """

    async def work(connection: AsyncConnection) -> bool:
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=None, at=portal.now())
        await opened.renew()
        return not opened.awaits_a_piece

    return await portal.transact(work)


async def _one_by_one(portal: Portal, contract_ids: tuple[str, ...]) -> Chunk:
    chunk = Chunk()
    for contract_id in contract_ids:
        try:
            is_done = await bring_up_to_date(portal, contract_id)
        except Exception:
            log.exception("chunk.contract_failed", contract=contract_id)
            chunk.failed.add(contract_id)
        else:
            (chunk.done if is_done else chunk.put_off).add(contract_id)
    return chunk
