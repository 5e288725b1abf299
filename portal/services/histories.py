"""Continuing a contract's history: let what is due happen, decide an act, write down what follows.

Every change of a contract goes through `OpenHistory`, inside one transaction of the caller's.
"""

from datetime import datetime
from typing import Self

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.acts import Act, What
from portal.contract.decide import decide
from portal.contract.decisions.payments import with_signed_options
from portal.contract.refusal import Refusal
from portal.contract.state import State
from portal.records import arrivals, projections, store
from portal.records.tables import contracts, dossiers, held_destructions
from portal.records.upserts import insert_once
from portal.services import parking
from portal.services.catching_up import CaughtUp, catch_up
from portal.services.context import NotFound, Portal
from portal.services.offers import offer_of
from portal.services.recording import Continuation, record, weighed

# Who caused an event that nobody asked for.
CALENDAR = "calendar"


class OpenHistory:
    """A contract under lock, brought up to `at`; `act` continues it."""

    def __init__(
        self,
        portal: Portal,
        connection: AsyncConnection,
        recorded: store.Recorded,
        state: State,
        *,
        is_parked: bool,
    ) -> None:
        self._portal = portal
        self._connection = connection
        self._recorded = recorded
        self.state = state
        self.is_parked = is_parked
        self.awaits_a_piece = False

    @classmethod
    async def open(
        cls,
        portal: Portal,
        connection: AsyncConnection,
        contract_id: str,
        *,
        company_id: str | None,
        at: datetime,
        arrival: str | None = None,
    ) -> Self:
        """Lock the contract and let all that fell due by `at` happen, each as of its own instant.

        Raises `NotFound` where it is not that company's. A destruction that comes too late to be
        done by itself is put aside for a person, and nothing goes on behind it; nor behind one that a
        piece on its way may prevent. `arrival` is the one of whoever brings such a piece.
        """
        try:
            recorded = await store.load(connection, contract_id, company_id=company_id, lock=True)
        except store.ContractNotFound as error:
            raise NotFound from error
        state = projections.state_of(recorded, await offer_of(connection, recorded, at))
        set_out = await arrivals.earliest(connection, contract_id, portal.machine_now(), besides=arrival)
        stopped = bool(await parking.what_parks(connection, contract_id))
        opened = cls(portal, connection, recorded, state, is_parked=stopped)
        if not stopped:
            await opened._catch_up(catch_up(state, at, found_at=at, set_out=set_out), at)
        return opened

    @property
    def contract_id(self) -> str:
        return self._recorded.contract_id

    @property
    def company_id(self) -> str:
        return self._recorded.company_id

    @property
    def seq(self) -> int:
        """The number of the last event: a mail about now speaks of the history up to it."""
        return self._recorded.seq

    def announced(self, what: What) -> e.ChangeAnnounced | None:
        """The last change of that kind that was announced to the contract, whether or not it applies yet."""
        found = [one.event for one in self._recorded.events if isinstance(one.event, e.ChangeAnnounced)]
        return next((one for one in reversed(found) if one.what == what), None)

    async def act(self, act: Act, *, actor: str, at: datetime) -> tuple[e.Event, ...]:
        """Decide `act`, record what it causes, and return it as it was recorded; raises `Refusal`."""
        if self.is_parked:
            raise parking.refusal()
        if self.awaits_a_piece:
            raise _piece_on_its_way()
        caused = decide(self.state, act, at)
        if any(isinstance(one, e.ContractInForce) for one in caused):
            caused = with_signed_options(self.state, caused, await self._signed_options(), at)
        return await self._record(caused, actor)

    async def _signed_options(self) -> dict[str, int]:
        """Return the options that the signed contract names, from a code to how many."""
        query = sa.select(dossiers.c.options).where(dossiers.c.contract_id == self.contract_id)
        return await self._connection.scalar(query) or {}

    async def renew(self) -> None:
        """Rewrite what pages read of this contract: a row that says « due » wrongly would be asked for ever."""
        await self._write((), CALENDAR)

    async def _catch_up(self, caught: CaughtUp, found_at: datetime) -> None:
        """Record what the calendar brings; what would break an invariant parks the contract, and stops there."""
        if caught.events:
            await self._write(caught.events, CALENDAR)
        await stop_where_it_must(
            self._connection, self.contract_id, caught, found_at, machine_now=self._portal.machine_now()
        )
        self.is_parked = bool(caught.breaches)
        self.awaits_a_piece = caught.awaits_a_piece

    async def _record(self, caused: tuple[e.Event, ...], actor: str) -> tuple[e.Event, ...]:
        """Record what an act causes; raises `Breach` where this would break an invariant."""
        if not caused:
            return ()
        _, broken = weighed(self.state, caused)
        if broken:
            raise parking.Breach(self.contract_id, broken)
        await self._write(caused, actor)
        return tuple(stored.event for stored in self._recorded.events[-len(caused) :])

    async def _write(self, caused: tuple[e.Event, ...], actor: str) -> None:
        continuation = Continuation(self._recorded, self.state, caused, actor)
        [(self._recorded, self.state)] = await record(self._portal, self._connection, [continuation])


async def stop_where_it_must(
    connection: AsyncConnection,
    contract_id: str,
    caught: CaughtUp,
    found_at: datetime,
    *,
    machine_now: datetime,
) -> None:
    """Park a contract whose history would break, or put a late destruction aside for a person."""
    if caught.breaches:
        breach = parking.Breach(contract_id, caught.breaches)
        await parking.park(connection, breach, at=found_at, machine_now=machine_now)
    if caught.put_aside is not None:
        await insert_once(
            connection,
            held_destructions,
            contract_id=contract_id,
            due_at=caught.put_aside,
            found_at=found_at,
        )


def _piece_on_its_way() -> Refusal:
    return Refusal(
        "piece_on_its_way",
        clause="5.1",
        message="Une pièce de ce dossier est en train d’arriver : rien n’y change avant. Réessayez dans un instant.",
    )


async def current_contract(connection: AsyncConnection, company_id: str) -> str:
    """Return a company's present contract: the one opened last."""
    found: str | None = await connection.scalar(
        sa.select(contracts.c.id)
        .where(contracts.c.company_id == company_id)
        .order_by(contracts.c.opened_at.desc(), contracts.c.id)
        .limit(1)
    )
    if found is None:
        raise NotFound
    return found
