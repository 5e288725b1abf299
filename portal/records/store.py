"""The event store: appending to a contract's history, reading it back, and verifying its chain.

Each event carries the SHA-256 of the one before it, over a canonical JSON that anyone can recompute
offline. Appending happens in the caller's transaction, beside the projections and the outbox.
"""

import contextlib
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.events import EVENT, Event
from portal.contract.pricing import priced_at
from portal.records.among import among
from portal.records.tables import contracts, events, kept_states, situations

FIRST_PREVIOUS = "0" * 64


class ContractNotFound(LookupError):
    """No such contract, or not this viewer's: the two are the same answer."""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event with its place in the history, who caused it, and when it was written down; `body` is it as JSON."""

    contract_id: str
    seq: int
    event: Event
    body: str
    recorded_at: datetime
    actor: str
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a history had come: its last event then, and the instant whose prices are the contract's."""

    seq: int
    hash: str
    signed_at: datetime | None


_NOTHING_YET = Reached(0, FIRST_PREVIOUS, None)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A contract's history so far: all of its events, or, where its state was kept, those `after` that."""

    contract_id: str
    company_id: str
    events: tuple[StoredEvent, ...]
    after: Reached = _NOTHING_YET

    @property
    def is_whole(self) -> bool:
        return self.after is _NOTHING_YET

    @property
    def seq(self) -> int:
        return self.events[-1].seq if self.events else self.after.seq

    @property
    def last_hash(self) -> str:
        return self.events[-1].hash if self.events else self.after.hash

    @property
    def signed_at(self) -> datetime | None:
        """The instant whose prices are the contract's; None while they are those of the day."""
        if not self.is_whole:
            return self.after.signed_at  # a state is kept once in force: no event changes it any more
        return priced_at(stored.event for stored in self.events)

    def going_on(self, stored: Sequence[StoredEvent]) -> "Recorded":
        """Return the history with what follows it."""
        return Recorded(self.contract_id, self.company_id, (*self.events, *stored), self.after)


async def open_contract(
    connection: AsyncConnection, *, contract_id: str, company_id: str, at: datetime
) -> None:
    """Make room for a new history."""
    await connection.execute(sa.insert(contracts).values(id=contract_id, company_id=company_id, opened_at=at))


async def load(
    connection: AsyncConnection, contract_id: str, *, company_id: str | None, lock: bool = False
) -> Recorded:
    """Return the history of `contract_id`; `company_id` None is for the portal and its staff.

    Raises `ContractNotFound` where it is not that company's. `lock` makes others that write wait.
    """
    query = sa.select(contracts.c.company_id).where(contracts.c.id == contract_id)
    if company_id is not None:
        query = query.where(contracts.c.company_id == company_id)
    owner = await connection.scalar(query.with_for_update() if lock else query)
    if owner is None:
        raise ContractNotFound(contract_id)
    rows = await connection.execute(
        sa.select(events).where(events.c.contract_id == contract_id).order_by(events.c.seq)
    )
    return Recorded(contract_id, owner, tuple(_stored(row) for row in rows))


async def load_many(connection: AsyncConnection, contract_ids: Sequence[str]) -> tuple[Recorded, ...]:
    """Return these histories, for the portal itself; one that cannot be read any more is left out."""
    query = sa.select(contracts.c.id, contracts.c.company_id).where(
        among(connection, contracts.c.id, contract_ids)
    )
    empty = [Recorded(row.id, row.company_id, ()) for row in await connection.execute(query)]
    return await _going_on(connection, empty, sa.select(events))


async def load_what_follows(connection: AsyncConnection, kept: Sequence[Recorded]) -> tuple[Recorded, ...]:
    """Return these histories, known by their kept states, with the events that follow; see `load_many`."""
    since = sa.select(events).join(kept_states, kept_states.c.contract_id == events.c.contract_id)
    return await _going_on(connection, kept, since.where(events.c.seq > kept_states.c.seq))


async def _going_on(
    connection: AsyncConnection, begun: Sequence[Recorded], what_follows: sa.Select[Any]
) -> tuple[Recorded, ...]:
    found: dict[str, list[Any]] = {one.contract_id: [] for one in begun}
    query = what_follows.where(among(connection, events.c.contract_id, found)).order_by(
        events.c.contract_id, events.c.seq
    )
    for row in await connection.execute(query):
        found[row.contract_id].append(row)
    histories: list[Recorded] = []
    for one in begun:
        with contextlib.suppress(ValidationError):
            histories.append(one.going_on([_stored(row) for row in found[one.contract_id]]))
    return tuple(histories)


async def append(
    connection: AsyncConnection,
    recorded: Recorded,
    new: Sequence[Event],
    *,
    actor: str,
    recorded_at: datetime,
) -> tuple[StoredEvent, ...]:
    """Write `new` after `recorded`; raises `IntegrityError` where another has written meanwhile."""
    stored = chained(recorded, new, actor=actor, recorded_at=recorded_at)
    await insert(connection, stored)
    return stored


def chained(
    recorded: Recorded, new: Sequence[Event], *, actor: str, recorded_at: datetime
) -> tuple[StoredEvent, ...]:
    """Return `new` as it follows `recorded`: each event with its number and the hash of the one before."""
    seq, previous = recorded.seq, recorded.last_hash
    stored: list[StoredEvent] = []
    for event in new:
        seq += 1
        body = body_of(event)
        digest = chained_hash(
            contract_id=recorded.contract_id,
            seq=seq,
            body=body,
            recorded_at=recorded_at,
            actor=actor,
            previous=previous,
        )
        stored.append(
            StoredEvent(recorded.contract_id, seq, event, body, recorded_at, actor, previous, digest)
        )
        previous = digest
    return tuple(stored)


async def insert(connection: AsyncConnection, stored: Sequence[StoredEvent]) -> None:
    """Write chained events, of one contract or of many."""
    if stored:
        await connection.execute(sa.insert(events), [_row(one) for one in stored])


def body_of(event: Event) -> str:
    """Return the event as canonical JSON: sorted keys, no spaces, UTF-8."""
    return json.dumps(
        EVENT.dump_python(event, mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


def chained_hash(
    *, contract_id: str, seq: int, body: str, recorded_at: datetime, actor: str, previous: str
) -> str:
    """Return the SHA-256 that binds an event to all those before it."""
    bound = json.dumps(
        [
            contract_id,
            seq,
            body,
            recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
            actor,
            previous,
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(bound.encode()).hexdigest()


async def broken_links(connection: AsyncConnection) -> tuple[str, ...]:
    """Verify every chain; return « contract, event n: what differs » for each that fails.

    A chain cannot tell that its end was cut off: the situation that pages read remembers how far it went.
    """
    found: list[str] = []
    reached: dict[str, int] = {}
    rows = await connection.execute(sa.select(events).order_by(events.c.contract_id, events.c.seq))
    contract_id, seq, previous = "", 0, FIRST_PREVIOUS
    for row in rows:
        if row.contract_id != contract_id:
            contract_id, seq, previous = row.contract_id, 0, FIRST_PREVIOUS
        seq += 1
        if row.seq != seq:
            found.append(f"{contract_id}, event {seq}: missing")
            seq = row.seq
        elif row.previous_hash != previous:
            found.append(f"{contract_id}, event {seq}: does not follow the one before")
        elif row.hash != _rehash(row):
            found.append(f"{contract_id}, event {seq}: altered")
        elif not _columns_agree(row):
            found.append(f"{contract_id}, event {seq}: its columns differ from its body")
        previous = row.hash
        reached[contract_id] = seq
    for situation in await connection.execute(sa.select(situations).order_by(situations.c.contract_id)):
        last = reached.get(situation.contract_id, 0)
        if last < situation.seq:
            found.append(f"{situation.contract_id}, event {last + 1}: missing")
    return tuple(found)


def _columns_agree(row: Any) -> bool:
    event = EVENT.validate_json(row.body)
    return (event.at, event.kind) == (row.at, row.kind)


def _rehash(row: Any) -> str:
    return chained_hash(
        contract_id=row.contract_id,
        seq=row.seq,
        body=row.body,
        recorded_at=row.recorded_at,
        actor=row.actor,
        previous=row.previous_hash,
    )


def _stored(row: Any) -> StoredEvent:
    return StoredEvent(
        row.contract_id,
        row.seq,
        EVENT.validate_json(row.body),
        row.body,
        row.recorded_at,
        row.actor,
        row.previous_hash,
        row.hash,
    )


def _row(stored: StoredEvent) -> dict[str, object]:
    return {
        "contract_id": stored.contract_id,
        "seq": stored.seq,
        "kind": stored.event.kind,
        "body": stored.body,
        "at": stored.event.at,
        "recorded_at": stored.recorded_at,
        "actor": stored.actor,
        "previous_hash": stored.previous_hash,
        "hash": stored.hash,
    }
