"""States kept beside their histories, so that a night's run need not replay each of them from its first event.

The events stay the truth. A kept state names the event it was reached at, and what it was reached `under`: the very
text of the rules, and the contract's offer. A new release of the rules, a new rate, other prices: it is not believed
any more, the history is read from its beginning, and the state is kept anew.
"""

import contextlib
import hashlib
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from pydantic_core import from_json
from sqlalchemy.ext.asyncio import AsyncConnection

import portal.contract
from portal.contract.offer import Offer
from portal.contract.replacing import replace
from portal.contract.state import State
from portal.records import upserts
from portal.records.among import among
from portal.records.store import Reached, Recorded
from portal.records.tables import contracts, events, kept_states

_STATE = TypeAdapter(State)


async def kept(connection: AsyncConnection, contract_ids: Sequence[str]) -> dict[str, sa.Row[Any]]:
    """Return what is kept of these contracts, each with its `company_id`.

    Nothing of those never kept, nor where the event it was kept at is not in the chain, or is another.
    """
    it_was_kept_at = sa.and_(
        events.c.contract_id == kept_states.c.contract_id,
        events.c.seq == kept_states.c.seq,
        events.c.hash == kept_states.c.hash,
    )
    rows = await connection.execute(
        sa.select(kept_states, contracts.c.company_id)
        .join(contracts, contracts.c.id == kept_states.c.contract_id)
        .join(events, it_was_kept_at)
        .where(among(connection, kept_states.c.contract_id, contract_ids))
    )
    return {row.contract_id: row for row in rows}


def begun(row: sa.Row[Any]) -> Recorded:
    """Return a history as far as its kept state goes: what follows is still to be read."""
    return Recorded(row.contract_id, row.company_id, (), Reached(row.seq, row.hash, row.signed_at))


def told(state: State) -> str:
    """Return a state as JSON, without its offer and without what is as in a state that nothing happened to."""
    plain = replace(state, documents=dict(state.documents))
    return _STATE.dump_json(plain, exclude={"offer"}, exclude_defaults=True).decode()


def state_told(text: str, offer: Offer) -> State:
    """Return the state that `told` has written, under `offer`; raises `ValueError` where it cannot be read."""
    state = _STATE.validate_python({**from_json(text), "offer": offer})
    return replace(state, documents=MappingProxyType(dict(state.documents)))


async def keep(connection: AsyncConnection, reached: Iterable[tuple[Recorded, State]]) -> None:
    """Keep the states that these histories have come to, each in the place of the one before."""
    await upserts.replace(connection, kept_states, [_row(recorded, state) for recorded, state in reached])


def fingerprint(offer: Offer) -> str:
    """Return the SHA-256 of what a state depends on beside its events: the rules as they are written, and an offer."""
    rates = tuple(sorted(offer.legal_rates.items()))
    return _fingerprint(offer.terms_version, offer.grid, offer.policy, rates, offer.vat_known)


@lru_cache
def _fingerprint(*told: object) -> str:
    return hashlib.sha256(f"{_rules()} {told!r}".encode()).hexdigest()


@cache
def _rules() -> str:
    sources = sorted(Path(portal.contract.__file__).parent.rglob("*.py"))
    if not sources:
        raise RuntimeError("the rules have no text to tell them from other rules")
    return hashlib.sha256(b"\0".join(one.read_bytes() for one in sources)).hexdigest()


def row_again(row: sa.Row[Any], recorded: Recorded, state: State) -> dict[str, Any]:
    """Return the row as the history tells it, up to the event it was kept at; as it stands where it is not believed."""
    again = _row(recorded, state)
    stands = {name: getattr(row, name) for name in again}
    if row.under != again["under"]:
        return stands
    with contextlib.suppress(ValueError):
        if state_told(row.state, state.offer) == state:  # the same, though sets be told in another order
            again["state"] = row.state
    return again


def _row(recorded: Recorded, state: State) -> dict[str, Any]:
    return {
        "contract_id": recorded.contract_id,
        "seq": recorded.seq,
        "hash": recorded.last_hash,
        "signed_at": recorded.signed_at,
        "under": fingerprint(state.offer),
        "state": told(state),
    }
