"""Where contracts have come to: from the states that were kept of them, else from their whole histories."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.evolve import history
from portal.contract.state import Relationship, State
from portal.records import keeping, projections, store
from portal.services.offers import offers_of

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Recalled:
    """A contract's history, which may begin after the state that was kept of it, and the state it has come to."""

    recorded: store.Recorded
    state: State


async def recall(
    connection: AsyncConnection, contract_ids: Sequence[str], at: datetime
) -> dict[str, Recalled]:
    """Return where each of these contracts stands, under its offer at an instant; those that fail are left out."""
    found = await _from_what_is_kept(connection, contract_ids, at)
    if others := [one for one in contract_ids if one not in found]:
        found |= await _from_whole_histories(connection, others, at)
    return {one: found[one] for one in contract_ids if one in found}


async def _from_what_is_kept(
    connection: AsyncConnection, contract_ids: Sequence[str], at: datetime
) -> dict[str, Recalled]:
    """Return the contracts whose kept state holds under the rules and the offer of today."""
    kept = await keeping.kept(connection, contract_ids)
    begun = [keeping.begun(row) for row in kept.values()]
    offers = await offers_of(connection, begun, at)
    holding = [
        one for one in begun if kept[one.contract_id].under == keeping.fingerprint(offers[one.contract_id])
    ]
    found: dict[str, Recalled] = {}
    for recorded in await store.load_what_follows(connection, holding):
        try:
            state = keeping.state_told(kept[recorded.contract_id].state, offers[recorded.contract_id])
            state = history(state, (stored.event for stored in recorded.events))
        except Exception:
            # Nothing is lost: the whole history is read instead.
            log.exception("contract.kept_state_unreadable", contract=recorded.contract_id)
        else:
            found[recorded.contract_id] = Recalled(recorded, state)
    return found


async def _from_whole_histories(
    connection: AsyncConnection, contract_ids: Sequence[str], at: datetime
) -> dict[str, Recalled]:
    histories = await store.load_many(connection, contract_ids)
    offers = await offers_of(connection, histories, at)
    found: dict[str, Recalled] = {}
    for recorded in histories:
        try:
            state = projections.state_of(recorded, offers[recorded.contract_id])
        except Exception:
            log.exception("contract.impossible_history", contract=recorded.contract_id)
        else:
            found[recorded.contract_id] = Recalled(recorded, state)
    return found


async def keep(connection: AsyncConnection, reached: Iterable[tuple[store.Recorded, State]]) -> None:
    """Keep the states of the contracts in force: what a night brings, it brings to all of them at once."""
    await keeping.keep(connection, [one for one in reached if one[1].relationship is Relationship.ACTIVE])
