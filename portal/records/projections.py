"""The tables that pages read, derived from a contract's history and nothing else.

`project` rewrites a contract's rows in the transaction that appends its events. `differences` derives
every row anew and says where the stored ones differ; `rebuild` then replaces them.
"""

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.acts import FIRST
from portal.contract.calendar import paris_day
from portal.contract.deadlines import next_due
from portal.contract.evolve import history
from portal.contract.offer import Offer
from portal.contract.recurring import recurring_cents
from portal.contract.state import Relationship, State
from portal.contract.term import current_last_day
from portal.records.arrivals import awaiting
from portal.records.billing_tables import invoices
from portal.records.store import Recorded, load
from portal.records.tables import contracts, held_destructions, parked, registrations, situations, trials

PROJECTIONS = (situations, registrations, invoices, trials)
_OF_ONE_CONTRACT = (situations, registrations, invoices)

# Says which offer a contract is under: its grid may be an older one than another contract's.
OfferOf = Callable[[AsyncConnection, Recorded], Awaitable[Offer]]


def state_of(recorded: Recorded, offer: Offer) -> State:
    """Return the state that a recorded history leads to, under `offer`."""
    return history(State(offer=offer), (stored.event for stored in recorded.events))


async def project(connection: AsyncConnection, recorded: Recorded, state: State) -> None:
    """Rewrite the rows of one contract from its history and the state that this leads to."""
    rows = _rows(recorded, state)
    for table in _OF_ONE_CONTRACT:
        await connection.execute(sa.delete(table).where(table.c.contract_id == recorded.contract_id))
        if rows[table.name]:
            await connection.execute(sa.insert(table), rows[table.name])


async def count_trials(connection: AsyncConnection, siren: str) -> int:
    """Return how many trials this SIREN has had."""
    return (
        await connection.scalar(sa.select(sa.func.count()).select_from(trials).where(trials.c.siren == siren))
        or 0
    )


async def claim_trial(connection: AsyncConnection, contract_id: str, siren: str, nth: int) -> None:
    """Take the `nth` trial of a SIREN; two at once: `IntegrityError` for the second."""
    await connection.execute(sa.insert(trials).values(siren=siren, nth=nth, contract_id=contract_id))


async def differences(
    connection: AsyncConnection, offer_of: OfferOf
) -> dict[str, tuple[list[Any], list[Any]]]:
    """Return, by table, the rows that are stored but not derived, and those derived but not stored."""
    derived = await _derive_all(connection, offer_of)
    found: dict[str, tuple[list[Any], list[Any]]] = {}
    for table in PROJECTIONS:
        stored = {tuple(row) for row in await connection.execute(sa.select(table))}
        wanted = {tuple(row[column.name] for column in table.columns) for row in derived[table.name]}
        if stored != wanted:
            found[table.name] = (sorted(stored - wanted, key=repr), sorted(wanted - stored, key=repr))
    return found


async def rebuild(connection: AsyncConnection, offer_of: OfferOf) -> dict[str, int]:
    """Empty the projections and derive them from the events; return the rows written, by table."""
    derived = await _derive_all(connection, offer_of)
    for table in PROJECTIONS:
        await connection.execute(sa.delete(table))
        if derived[table.name]:
            await connection.execute(sa.insert(table), derived[table.name])
    return {name: len(rows) for name, rows in derived.items()}


async def _derive_all(connection: AsyncConnection, offer_of: OfferOf) -> dict[str, list[dict[str, Any]]]:
    derived: dict[str, list[dict[str, Any]]] = {table.name: [] for table in PROJECTIONS}
    started: list[tuple[Any, str, str]] = []
    for contract_id in list(await connection.scalars(sa.select(contracts.c.id).order_by(contracts.c.id))):
        recorded = await load(connection, contract_id, company_id=None)
        if not recorded.events:
            continue
        state = state_of(recorded, await offer_of(connection, recorded))
        for name, rows in _rows(recorded, state).items():
            derived[name].extend(rows)
        started.extend(
            (stored.recorded_at, contract_id, state.siren or "")
            for stored in recorded.events
            if isinstance(stored.event, e.TrialStarted)
        )
    counts: dict[str, int] = {}
    for _, contract_id, siren in sorted(started):
        counts[siren] = counts.get(siren, 0) + 1
        derived["trials"].append({"siren": siren, "nth": counts[siren], "contract_id": contract_id})
    return derived


def _rows(recorded: Recorded, state: State) -> dict[str, list[dict[str, Any]]]:
    contract_id = recorded.contract_id
    due = next_due(state)
    situation = {
        "contract_id": contract_id,
        "seq": recorded.seq,
        "relationship": state.relationship.value,
        "service": state.service.value,
        "data": state.data.value,
        "users": len(state.users),
        "trial_started_at": state.trial_started_at,
        "changed_at": state.at,
        "next_due_at": due.at if due else None,
        "monthly_cents": recurring_cents(state),
        "term_ends_on": current_last_day(state) if state.relationship is Relationship.ACTIVE else None,
    }
    people = [
        {
            "contract_id": contract_id,
            "position": position,
            "person_id": one.user,
            "registered_at": one.registered_at,
            "removed_at": one.removed_at,
        }
        for position, one in enumerate(state.registrations)
    ]
    return {
        "situations": [situation],
        "registrations": people,
        "invoices": list(_documents(recorded, state)),
    }


def _documents(recorded: Recorded, state: State) -> Iterator[dict[str, Any]]:
    """Yield a row for each invoice and credit note: as issued, with what has become of it since."""
    standing = {one.number: one for one in state.invoices}
    has_ended = False
    for stored in recorded.events:
        event = stored.event
        has_ended = has_ended or isinstance(event, e.ContractEnded)
        if not isinstance(event, e.InvoiceIssued | e.CreditNoteIssued):
            continue
        invoice = standing.get(event.number) if isinstance(event, e.InvoiceIssued) else None
        yield {
            "number": event.number,
            "contract_id": recorded.contract_id,
            "company_id": recorded.company_id,
            "seq": stored.seq,
            "kind": "invoice" if invoice else "credit_note",
            "occasion": _occasion(event, has_ended=has_ended),
            "month": event.month,
            "issued_at": event.at,
            "issued_on": paris_day(event.at),
            "due_on": invoice.due if invoice else None,
            "collection_on": invoice.collection_day if invoice else None,
            "cites": event.cites if isinstance(event, e.CreditNoteIssued) else None,
            "net_cents": event.net_cents,
            "vat_hundredths": event.vat_hundredths,
            "vat_cents": event.vat_cents,
            "gross_cents": event.gross_cents,
            "payment": invoice.payment.value if invoice else "",
            "unpaid_cents": invoice.unpaid_cents if invoice else 0,
            "settled_on": paris_day(invoice.settled_at) if invoice and invoice.settled_at else None,
        }


def _occasion(event: e.InvoiceIssued | e.CreditNoteIssued, *, has_ended: bool) -> str:
    """Say what a document is issued for: of a contract and month, there is one of each but « other »."""
    if event.month == FIRST and isinstance(event, e.InvoiceIssued):
        return "first"
    if has_ended:
        return "final"
    return "periodic" if any(line.kind == "subscription" for line in event.lines) else "other"


_GOES_ON = sa.and_(
    situations.c.contract_id.not_in(sa.select(held_destructions.c.contract_id)),
    situations.c.contract_id.not_in(sa.select(parked.c.contract_id)),
)


async def next_stop(connection: AsyncConnection, machine_now: datetime) -> datetime | None:
    """Return when the next thing falls due of any contract that waits neither for a person nor for a piece."""
    query = sa.select(sa.func.min(situations.c.next_due_at, type_=situations.c.next_due_at.type)).where(
        _GOES_ON, situations.c.contract_id.not_in(awaiting(machine_now))
    )
    found: datetime | None = await connection.scalar(query)
    return found


async def contracts_due(connection: AsyncConnection, by: datetime, limit: int) -> list[str]:
    """Return the contracts that have something due by an instant, the earliest first.

    A destruction put aside for a person is not due any more, nor is anything of a parked contract.
    """
    query = (
        sa.select(situations.c.contract_id)
        .where(situations.c.next_due_at <= by, _GOES_ON)
        .order_by(situations.c.next_due_at)
        .limit(limit)
    )
    return list(await connection.scalars(query))
