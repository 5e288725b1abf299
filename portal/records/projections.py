"""The tables that pages read, derived from a contract's history and nothing else.

`project` rewrites a contract's rows in the transaction that appends its events. `differences` derives
every row anew and says where the stored ones differ; `rebuild` then replaces them.
"""

import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.acts import FIRST
from portal.contract.announcing import Standing, standing_of
from portal.contract.calendar import paris_day
from portal.contract.deadlines import next_due
from portal.contract.evolve import history
from portal.contract.offer import Offer
from portal.contract.recurring import recurring_cents
from portal.contract.state import Change, Relationship, State
from portal.contract.term import End, change_last_day, current_last_day, ends_on
from portal.records import keeping
from portal.records.arrivals import awaiting
from portal.records.billing_tables import invoices, renewal_acceptances
from portal.records.store import Recorded, load, load_many
from portal.records.tables import (
    contracts,
    held_destructions,
    kept_states,
    parked,
    registrations,
    situations,
    trials,
)
from portal.records.upserts import replace

PROJECTIONS = (situations, registrations, invoices, trials, renewal_acceptances, kept_states)

# Says which offer a contract is under: its grid may be an older one than another contract's.
OfferOf = Callable[[AsyncConnection, Recorded], Awaitable[Offer]]


def state_of(recorded: Recorded, offer: Offer) -> State:
    """Return the state that a recorded history leads to, under `offer`."""
    return history(State(offer=offer), (stored.event for stored in recorded.events))


@dataclass(frozen=True, slots=True)
class Changed:
    """A contract's history as it is now, and the states before and after what has just been recorded of it."""

    recorded: Recorded
    before: State
    state: State


async def project(connection: AsyncConnection, changes: Sequence[Changed]) -> None:
    """Rewrite, of these contracts, the rows that what was recorded has changed."""
    changes = await _with_their_past(connection, changes)
    await replace(connection, situations, [_situation(one.recorded, one.state) for one in changes])
    peopled = [one for one in changes if one.before.registrations != one.state.registrations]
    if peopled:
        ids = [one.recorded.contract_id for one in peopled]
        await connection.execute(sa.delete(registrations).where(registrations.c.contract_id.in_(ids)))
        people = [row for one in peopled for row in _people(one.recorded.contract_id, one.state)]
        if people:
            await connection.execute(sa.insert(registrations), people)
    await replace(connection, invoices, [row for one in changes for row in _changed_documents(one)])
    await replace(
        connection,
        renewal_acceptances,
        [
            row
            for one in changes
            if one.before.terms_version != one.state.terms_version
            for row in _acceptances(one.recorded)
        ],
    )


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
        offer = await offer_of(connection, recorded)
        state = state_of(recorded, offer)
        for name, rows in _rows(recorded, state).items():
            derived[name].extend(rows)
        if row := (await keeping.kept(connection, [contract_id])).get(contract_id):
            until = Recorded(contract_id, recorded.company_id, recorded.events[: row.seq])
            derived["kept_states"].append(keeping.row_again(row, until, state_of(until, offer)))
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
    return {
        "situations": [_situation(recorded, state)],
        "registrations": list(_people(recorded.contract_id, state)),
        "invoices": list(_documents(recorded, state)),
        "renewal_acceptances": list(_acceptances(recorded)),
    }


def _situation(recorded: Recorded, state: State) -> dict[str, Any]:
    due = next_due(state)
    return {
        "contract_id": recorded.contract_id,
        "seq": recorded.seq,
        "relationship": state.relationship.value,
        "service": state.service.value,
        "data": state.data.value,
        "users": len(state.users),
        "trial_started_at": state.trial_started_at,
        "changed_at": state.at,
        "next_due_at": due.at if due else None,
        "monthly_cents": recurring_cents(state),
        **_term(recorded, state),
        **_standing(state),
    }


def _term(recorded: Recorded, state: State) -> dict[str, Any]:
    """Return how long a contract in force runs: its term, and whether and why that is its last."""
    if state.relationship is not Relationship.ACTIVE:
        return dict.fromkeys(("term_ends_on", "ends_on", "end_cause", "end_declared_at"))
    end = ends_on(state)
    cause, declared_at = _end_cause(recorded, state, end) if end else (None, None)
    return {
        "term_ends_on": current_last_day(state),
        "ends_on": end.last_day if end else None,
        "end_cause": cause,
        "end_declared_at": declared_at,
    }


def _end_cause(recorded: Recorded, state: State, end: End) -> tuple[str, datetime | None]:
    """Return what keeps a contract from being renewed, and when it was said: by the last notice, or refusal."""
    if end.reason == "notice" and state.notice:
        by = state.notice.by
        said = (
            one.event.at
            for one in recorded.events
            if isinstance(one.event, e.NoticeServed) and one.event.ends == end.last_day
        )
        return f"{by}_notice", max(said, default=None)
    refusals = [
        one.event
        for one in recorded.events
        if isinstance(one.event, e.ChangeRefused) and one.event.applies_from > end.last_day
    ]
    standing = {one.what for one in state.changes if one.refused and change_last_day(one) == end.last_day}
    last = max((one for one in refusals if one.what in standing), key=lambda one: one.at, default=None)
    what = last.what if last else min(standing)
    return f"refused_{what}", last.at if last else None


def _standing(state: State) -> dict[str, Any]:
    """Return the columns that say how a contract stands for an announcement; those of one not in force say nothing."""
    standing = standing_of(state)
    if standing is None:
        return dict(_NOT_IN_FORCE)
    return {
        "entered_on": standing.entered_on,
        "terms": standing.terms,
        "unit_cents": standing.unit_cents,
        "invoiced_users": standing.quantity,
        "options_cents": standing.options_cents,
        "terms_version": standing.terms_version,
        "changes": json.dumps([_told(one) for one in standing.changes]) if standing.changes else "",
    }


_NOT_IN_FORCE = MappingProxyType(
    {
        "entered_on": None,
        "terms": 0,
        "unit_cents": 0,
        "invoiced_users": 0,
        "options_cents": 0,
        "terms_version": "",
        "changes": "",
    }
)


def _told(change: Change) -> list[object]:
    return [
        change.what,
        change.applies_from.isoformat(),
        change.user_month_cents,
        change.version,
        change.refused,
    ]


def standing_in(row: sa.Row[Any]) -> Standing:
    """Return how a contract in force stands for an announcement, from its row of `situations`."""
    changes = json.loads(row.changes) if row.changes else ()
    return Standing(
        entered_on=row.entered_on,
        terms=row.terms,
        unit_cents=row.unit_cents,
        quantity=row.invoiced_users,
        options_cents=row.options_cents,
        ends=row.ends_on,
        terms_version=row.terms_version,
        changes=tuple(
            Change(what, date.fromisoformat(day), user_month_cents=cents, version=version, refused=refused)
            for what, day, cents, version, refused in changes
        ),
    )


def _acceptances(recorded: Recorded) -> Iterator[dict[str, Any]]:
    """Yield each version of the terms that a renewal made the contract's: announced, and not refused (art. 17)."""
    announced: dict[date, tuple[int, str]] = {}
    for stored in recorded.events:
        event = stored.event
        if isinstance(event, e.ChangeAnnounced) and event.version is not None:
            announced[event.applies_from] = (stored.seq, event.version)
        elif isinstance(event, e.ContractRenewed):
            begins = paris_day(event.at)
            for day in sorted(one for one in announced if one <= begins):
                seq, version = announced.pop(day)
                yield {
                    "contract_id": recorded.contract_id,
                    "seq": stored.seq,
                    "announced_seq": seq,
                    "version": version,
                    "at": event.at,
                }


def _people(contract_id: str, state: State) -> Iterator[dict[str, Any]]:
    for position, one in enumerate(state.registrations):
        yield {
            "contract_id": contract_id,
            "position": position,
            "person_id": one.user,
            "registered_at": one.registered_at,
            "removed_at": one.removed_at,
        }


async def _with_their_past(connection: AsyncConnection, changes: Sequence[Changed]) -> list[Changed]:
    """Return the changes, with its whole history where a row says something of what came before it was kept.

    Raises `KeyError` where such a history cannot be read any more.
    """
    of_the_past = {
        one.recorded.contract_id for one in changes if not one.recorded.is_whole and _speaks_of_the_past(one)
    }
    if not of_the_past:
        return list(changes)
    whole = {one.contract_id: one for one in await load_many(connection, sorted(of_the_past))}
    return [
        Changed(whole[one.recorded.contract_id], one.before, one.state)
        if one.recorded.contract_id in of_the_past
        else one
        for one in changes
    ]


def _speaks_of_the_past(change: Changed) -> bool:
    """Say whether rows need more than the events that were read: why it ends, what it accepts, an older document."""
    before, state = change.before, change.state
    ends = state.relationship is Relationship.ACTIVE and ends_on(state) is not None
    issued = {one.number for one in before.invoices} | {one.number for one in before.credit_notes}
    return ends or before.terms_version != state.terms_version or not issued <= _unchanged(change)


def _unchanged(change: Changed) -> set[str]:
    """Return the numbers of the documents that nothing has become of."""
    before = {one.number: one for one in change.before.invoices}
    same = {one.number for one in change.state.invoices if before.get(one.number) == one}
    return same | {one.number for one in change.before.credit_notes}


def _changed_documents(change: Changed) -> Iterator[dict[str, Any]]:
    """Yield the rows of documents that are new, or that something has become of."""
    before, state = change.before, change.state
    if before.invoices == state.invoices and before.credit_notes == state.credit_notes:
        return
    yield from _documents(change.recorded, state, leaving_out=_unchanged(change))


def _documents(
    recorded: Recorded, state: State, leaving_out: AbstractSet[str] = frozenset()
) -> Iterator[dict[str, Any]]:
    """Yield a row for each invoice and credit note: as issued, with what has become of it since."""
    standing = {one.number: one for one in state.invoices}
    has_ended = False
    for stored in recorded.events:
        event = stored.event
        has_ended = has_ended or isinstance(event, e.ContractEnded)
        if not isinstance(event, e.InvoiceIssued | e.CreditNoteIssued) or event.number in leaving_out:
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


async def count_due(connection: AsyncConnection, by: datetime) -> int:
    """Return how many contracts have something due by an instant, those that wait for a person left out."""
    query = sa.select(sa.func.count()).select_from(situations)
    return await connection.scalar(query.where(situations.c.next_due_at <= by, _GOES_ON)) or 0


@dataclass(frozen=True, slots=True)
class DueTogether:
    """Contracts that have something due at one instant."""

    at: datetime
    contract_ids: tuple[str, ...]


async def claim_due(
    connection: AsyncConnection, by: datetime, *, limit: int, leaving_out: AbstractSet[str]
) -> DueTogether | None:
    """Lock, and return, contracts whose next deadline is the earliest of all, by an instant; None where none is due.

    Those that another transaction holds are left to it, so there may be none among those of that instant. A
    destruction put aside for a person is not due any more, nor is anything of a parked contract.
    """
    due = (_GOES_ON, situations.c.contract_id.not_in(leaving_out))
    first = sa.select(sa.func.min(situations.c.next_due_at, type_=situations.c.next_due_at.type))
    at = await connection.scalar(first.where(situations.c.next_due_at <= by, *due))
    if at is None:
        return None
    claimed = await connection.scalars(
        sa.select(contracts.c.id)
        .join(situations, situations.c.contract_id == contracts.c.id)
        .where(situations.c.next_due_at == at, *due)
        .order_by(situations.c.contract_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return DueTogether(at, tuple(claimed))
