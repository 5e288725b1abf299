"""An announcement brought to its contracts, some at a time, beside any number of other workers.

Each contract's announcement is one act, recorded in the transaction that marks its row as done: what a worker that
died had claimed is free again, and nothing is announced twice. The act's instant is that of its recording: it is then
that the client is written to (art. 17).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.announcing import LeftOut, Wished, reached, standing_of
from portal.contract.decide import decide
from portal.contract.refusal import Refusal
from portal.records import arrivals
from portal.records.billing_tables import announced_contracts, announcements
from portal.records.tables import contracts
from portal.services import parking
from portal.services.catching_up import CaughtUp, catch_up
from portal.services.chunks import CHUNK
from portal.services.context import Portal
from portal.services.histories import CALENDAR, stop_where_it_must
from portal.services.recalling import Recalled, recall
from portal.services.recording import Continuation, record, weighed

log = structlog.get_logger()

_OTHERS_AT_WORK_SECONDS = 0.05
_UNREADABLE = "Ce contrat n’a pas pu être lu : rien ne lui est annoncé. Le journal technique dit pourquoi."


@dataclass(slots=True)
class _Round:
    """What is done to the contracts of a chunk: where each stands, and what is written of it."""

    recalled: dict[str, Recalled]
    wished: Wished
    actor: str
    outcomes: dict[str, dict[str, Any]] = field(default_factory=dict)


async def announcements_wait(portal: Portal) -> int:
    """Return how many contracts wait for an announcement; counted without a transaction of its own."""
    async with portal.database.reading() as connection:
        waiting = sa.select(sa.func.count()).select_from(announced_contracts)
        return await connection.scalar(waiting.where(announced_contracts.c.outcome == "")) or 0


async def announce_waiting(portal: Portal) -> int:
    """Bring every announcement to its end; return how many contracts were done here."""
    done = 0
    while (some := await announce_chunk(portal)) is not None:
        done += some
        if not some:
            await asyncio.sleep(_OTHERS_AT_WORK_SECONDS)
    return done


async def announce_chunk(portal: Portal, *, limit: int = CHUNK) -> int | None:
    """Announce to some of the contracts that wait; 0 where others hold them all, None where nothing is under way."""
    async with portal.database.reading() as connection:
        query = sa.select(announcements.c.id).where(announcements.c.finished_at.is_(None))
        announcement_id = await connection.scalar(query.order_by(announcements.c.announced_at).limit(1))
    if announcement_id is None:
        return None
    claimed: tuple[str, ...] = ()

    async def work(connection: AsyncConnection) -> int:
        nonlocal claimed
        claimed = await _claim(connection, announcement_id, limit)
        if not claimed:
            await _finish(portal, connection, announcement_id)
            return 0
        await _announce(portal, connection, announcement_id, claimed)
        return len(claimed)

    try:
        return await portal.transact(work)
    except Exception:
        # What one contract may not write must not keep the others waiting: each by itself.
        log.exception("announcement.chunk_failed", contracts=len(claimed))
        return await _one_by_one(portal, announcement_id, claimed)


async def _claim(connection: AsyncConnection, announcement_id: str, limit: int) -> tuple[str, ...]:
    """Lock, and return, contracts that wait; those that another transaction holds are left to it."""
    found = await connection.scalars(
        sa.select(contracts.c.id)
        .join(announced_contracts, announced_contracts.c.contract_id == contracts.c.id)
        .where(announced_contracts.c.announcement_id == announcement_id, announced_contracts.c.outcome == "")
        .order_by(contracts.c.id)
        .limit(limit)
        .with_for_update(of=contracts, skip_locked=True)
    )
    return tuple(found)


async def _finish(portal: Portal, connection: AsyncConnection, announcement_id: str) -> None:
    waiting = await connection.scalar(
        sa.select(sa.func.count())
        .select_from(announced_contracts)
        .where(announced_contracts.c.announcement_id == announcement_id, announced_contracts.c.outcome == "")
    )
    if not waiting:
        await connection.execute(
            sa.update(announcements)
            .where(announcements.c.id == announcement_id, announcements.c.finished_at.is_(None))
            .values(finished_at=portal.now())
        )


async def _announce(
    portal: Portal, connection: AsyncConnection, announcement_id: str, contract_ids: Sequence[str]
) -> None:
    row = (
        await connection.execute(sa.select(announcements).where(announcements.c.id == announcement_id))
    ).one()
    wished = Wished(row.not_before, user_month_cents=row.user_month_cents, version=row.version)
    now = portal.now()
    recalled = await recall(connection, contract_ids, now)
    this = _Round(recalled, wished, row.by_id)
    await _bring_up_to_date(portal, connection, this)
    continuations = list(_decided(portal, this))
    await record(portal, connection, [one for one in continuations if isinstance(one, Continuation)])
    for breach in (one for one in continuations if isinstance(one, parking.Breach)):
        await parking.park(connection, breach, at=now, machine_now=portal.machine_now())
    for contract_id in set(contract_ids) - set(this.outcomes):
        this.outcomes[contract_id] = _outcome("refused", _UNREADABLE)
    await _write(connection, announcement_id, this.outcomes, now)


async def _bring_up_to_date(portal: Portal, connection: AsyncConnection, this: _Round) -> None:
    """Let what fell due happen first, each as of its own instant; what cannot go on is refused."""
    now, machine_now = portal.now(), portal.machine_now()
    ids = tuple(this.recalled)
    stopped = await parking.parked_among(connection, ids)
    set_out = await arrivals.earliest_of(connection, ids, machine_now)
    behind: list[Continuation] = []
    halted: list[tuple[str, CaughtUp]] = []
    for contract_id, one in this.recalled.items():
        if contract_id in stopped:
            this.outcomes[contract_id] = _outcome("refused", parking.refusal().message)
            continue
        caught = catch_up(one.state, now, found_at=now, set_out=set_out.get(contract_id))
        if caught.events:
            behind.append(Continuation(one.recorded, one.state, caught.events, CALENDAR))
        if caught.breaches or caught.put_aside is not None:
            halted.append((contract_id, caught))
        if caught.breaches:
            this.outcomes[contract_id] = _outcome("refused", parking.refusal().message)
    for recorded, state in await record(portal, connection, behind) if behind else ():
        this.recalled[recorded.contract_id] = Recalled(recorded, state)
    for contract_id, caught in halted:
        await stop_where_it_must(connection, contract_id, caught, now, machine_now=machine_now)


def _decided(portal: Portal, this: _Round) -> list[Continuation | parking.Breach]:
    """Decide the act of each contract that can go on, and say what came of it."""
    now, found = portal.now(), list[Continuation | parking.Breach]()
    for contract_id, one in this.recalled.items():
        if contract_id in this.outcomes:
            continue
        state = one.state
        try:
            standing = standing_of(state)
            done = reached(standing, state.offer, this.wished, now) if standing else None
            if isinstance(done, LeftOut):
                this.outcomes[contract_id] = _outcome("left_out", done.reason, applies_from=done.day)
                continue
            caused = decide(state, this.wished.act, now)
        except Refusal as refusal:
            this.outcomes[contract_id] = _outcome("refused", refusal.message)
            continue
        _, broken = weighed(state, caused)
        if broken:
            this.outcomes[contract_id] = _outcome("refused", parking.refusal().message)
            found.append(parking.Breach(contract_id, broken))
            continue
        found.append(Continuation(one.recorded, state, caused, this.actor))
        this.outcomes[contract_id] = _outcome(
            "announced",
            "",
            applies_from=done.day if done else None,
            before_cents=done.before_cents if done else None,
            after_cents=done.after_cents if done else None,
            quantity=done.quantity if done else None,
        )
    return found


def _outcome(
    outcome: str,
    reason: str,
    *,
    applies_from: date | None = None,
    before_cents: int | None = None,
    after_cents: int | None = None,
    quantity: int | None = None,
) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "reason": reason,
        "applies_from": applies_from,
        "before_cents": before_cents,
        "after_cents": after_cents,
        "quantity": quantity,
    }


async def _write(
    connection: AsyncConnection, announcement_id: str, outcomes: dict[str, dict[str, Any]], now: datetime
) -> None:
    await connection.execute(
        sa.update(announced_contracts)
        .where(
            announced_contracts.c.announcement_id == announcement_id,
            announced_contracts.c.contract_id == sa.bindparam("of_contract"),
        )
        .values(
            {name: sa.bindparam(f"new_{name}") for name in (*_outcome("", ""), "done_at")},
        ),
        [
            {f"new_{name}": value for name, value in written.items()}
            | {"of_contract": contract_id, "new_done_at": now}
            for contract_id, written in outcomes.items()
        ],
    )


async def _one_by_one(portal: Portal, announcement_id: str, contract_ids: Sequence[str]) -> int:
    """Announce to each contract by itself; one that the database does not take now waits, and says so at the end."""
    done, not_taken = 0, list[DBAPIError]()
    for contract_id in contract_ids:

        async def work(connection: AsyncConnection, contract_id: str = contract_id) -> None:
            if await _still_waits(connection, announcement_id, contract_id):
                await _announce(portal, connection, announcement_id, (contract_id,))

        async def give_up(connection: AsyncConnection, contract_id: str = contract_id) -> None:
            if await _still_waits(connection, announcement_id, contract_id):
                written = {contract_id: _outcome("refused", _UNREADABLE)}
                await _write(connection, announcement_id, written, portal.now())

        try:
            await portal.transact(work)
        except DBAPIError as error:
            not_taken.append(error)
            continue
        except Exception:
            log.exception("announcement.contract_failed", contract=contract_id)
            await portal.transact(give_up)
        done += 1
    if not_taken:
        raise not_taken[0]
    return done


async def _still_waits(connection: AsyncConnection, announcement_id: str, contract_id: str) -> bool:
    """Lock a contract and tell whether its announcement still waits."""
    found = await connection.scalar(
        sa.select(contracts.c.id)
        .join(announced_contracts, announced_contracts.c.contract_id == contracts.c.id)
        .where(
            announced_contracts.c.announcement_id == announcement_id,
            announced_contracts.c.contract_id == contract_id,
            announced_contracts.c.outcome == "",
        )
        .with_for_update(of=contracts)
    )
    return found is not None
