"""Continuing a contract's history: let what is due happen, decide an act, write down what follows.

Every change of a contract goes through `OpenHistory`, inside one transaction of the caller's.
"""

from datetime import datetime
from typing import Self

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.acts import Act, OrderOption
from portal.contract.deadlines import fall_due, needs_a_person
from portal.contract.decide import decide
from portal.contract.evolve import evolve
from portal.contract.invariants import breaches, breaches_by
from portal.contract.refusal import Refusal
from portal.contract.state import State
from portal.records import arrivals, projections, store
from portal.records.tables import contracts, dossiers, held_destructions
from portal.services import parking
from portal.services.consequences import insert_once, write_down
from portal.services.context import NotFound, Portal
from portal.services.numbering import numbered
from portal.services.offers import offer_of

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
        offer = await offer_of(connection, recorded, at)
        machine_now = portal.machine_now()
        set_out = await arrivals.earliest(connection, contract_id, machine_now, besides=arrival)
        stopped = bool(await parking.what_parks(connection, contract_id))
        state = projections.state_of(recorded, offer)
        opened = cls(portal, connection, recorded, state, is_parked=stopped)
        while not opened.is_parked and (due := fall_due(opened.state, at)):
            if due.irreversible and set_out is not None and set_out < due.at:
                opened.awaits_a_piece = True
                break
            if needs_a_person(opened.state, due, at):
                await opened._put_aside(due.at, at)
                break
            await opened._let_happen(due.events, at)
        return opened

    @property
    def contract_id(self) -> str:
        return self._recorded.contract_id

    @property
    def company_id(self) -> str:
        return self._recorded.company_id

    @property
    def seq(self) -> int:
        """The number of the last event recorded: a mail speaks of the history up to there."""
        return self._recorded.seq

    async def act(self, act: Act, *, actor: str, at: datetime) -> tuple[e.Event, ...]:
        """Decide `act` and record what it causes; raises `Refusal`."""
        if self.is_parked:
            raise parking.refusal()
        if self.awaits_a_piece:
            raise _piece_on_its_way()
        caused = decide(self.state, act, at)
        await self._record(caused, actor)
        if any(isinstance(one, e.ContractInForce) for one in caused):
            await self._order_what_was_signed(actor, at)
        return caused

    async def _order_what_was_signed(self, actor: str, at: datetime) -> None:
        """Order the options that the signed contract names, as it comes into force (art. 5.2)."""
        query = sa.select(dossiers.c.options).where(dossiers.c.contract_id == self.contract_id)
        chosen: dict[str, int] = await self._connection.scalar(query) or {}
        for code, quantity in sorted(chosen.items()):
            await self._record(decide(self.state, OrderOption(code=code, quantity=quantity), at), actor)

    async def renew(self) -> None:
        """Rewrite what pages read of this contract: a row that says « due » wrongly would be asked for ever."""
        await projections.project(self._connection, self._recorded, self.state)

    async def _let_happen(self, due: tuple[e.Event, ...], found_at: datetime) -> None:
        """Record what the calendar brings; what would break an invariant parks the contract, and stops there."""
        try:
            await self._record(due, CALENDAR)
        except parking.Breach as breach:
            machine_now = self._portal.machine_now()
            await parking.park(self._connection, breach, at=found_at, machine_now=machine_now)
            self.is_parked = True

    async def _record(self, caused: tuple[e.Event, ...], actor: str) -> None:
        if not caused:
            return
        caused = await numbered(self._connection, caused)
        self._must_hold(caused)
        machine_now = self._portal.machine_now()
        stored = await store.append(
            self._connection, self._recorded, caused, actor=actor, recorded_at=self._portal.now()
        )
        self._recorded = store.Recorded(self.contract_id, self.company_id, (*self._recorded.events, *stored))
        for one in stored:
            before, self.state = self.state, evolve(self.state, one.event)
            await write_down(self._connection, one, before, self.state, machine_now=machine_now)
        await self.renew()

    def _must_hold(self, caused: tuple[e.Event, ...]) -> None:
        """Raise `Breach` where these events, or the state they lead to, would break an invariant."""
        state, found = self.state, list[str]()
        for event in caused:
            found += breaches_by(state, event)
            state = evolve(state, event)
        found += breaches(state)
        if found:
            raise parking.Breach(self.contract_id, tuple(found))

    async def _put_aside(self, due_at: datetime, found_at: datetime) -> None:
        await insert_once(
            self._connection,
            held_destructions,
            contract_id=self.contract_id,
            due_at=due_at,
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
