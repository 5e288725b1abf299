"""Which invoices are collected on a day, under which mandate, and which are not and why (CGV art. 10.2, 10.3).

A plan is read twice: to write the file for the bank, and again, under lock, to record it. What differs is
written anew.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.because import Because
from portal.contract.calendar import paris_day
from portal.contract.collecting import mandate_lapse, notice_reached
from portal.contract.french import full_date
from portal.contract.refusal import Refusal
from portal.payments.collection_files import Address, CollectionOrder, Sequence, check_order
from portal.payments.reason_codes import return_reason
from portal.records.billing_tables import (
    IN_ORDER_OF_NUMBERS,
    collection_files,
    collections,
    invoices,
    mandates,
)
from portal.records.tables import companies, events, outbox, parked
from portal.services.context import Portal
from portal.services.mandates import iban_of_mandate, use_of

OPEN = "open"
REJECTED = "rejected"
_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Planned:
    """One collection to ask for, and what it is of."""

    order: CollectionOrder
    invoice_number: str
    contract_id: str
    company_id: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An invoice that is not collected, and why, in French, for staff; `because` is the reason of the day it names."""

    invoice_number: str
    contract_id: str
    company: str
    amount_cents: int
    collection_on: date
    why: str
    because: Because | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The file of a day: its name, what it asks for, what it leaves out."""

    file_id: str
    collected_on: date
    collections: tuple[Planned, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def orders(self) -> tuple[CollectionOrder, ...]:
        return tuple(one.order for one in self.collections)


@dataclass(frozen=True, slots=True)
class _Before:
    """What was collected before: how often of each invoice, of which contracts, and under which mandates."""

    attempts: dict[str, int]
    contracts: frozenset[str]
    used: frozenset[str]


async def plan_day(portal: Portal, connection: AsyncConnection, day: date) -> Plan:
    """Return what is collected on `day` for the first time: the invoices of which it is the collection day."""
    presented = sa.select(collections.c.invoice_number)
    return await _plan(portal, connection, day, _due(day, invoices.c.number.not_in(presented)))


async def plan_again(
    portal: Portal, connection: AsyncConnection, day: date, numbers: Collection[str]
) -> Plan:
    """Return what is presented again on `day`: of these invoices, those that came back, or whose own day has passed."""
    presented = sa.select(collections.c.invoice_number)
    wished = _due(
        None,
        invoices.c.number.in_(numbers),
        invoices.c.number.not_in(presented.where(collections.c.standing == OPEN)),
        sa.or_(invoices.c.number.in_(presented), invoices.c.collection_on <= portal.today()),
    )
    return await _plan(portal, connection, day, wished, is_again=True)


async def left_out(portal: Portal, connection: AsyncConnection, days: Iterable[date]) -> tuple[LeftOut, ...]:
    """Return the invoices that the files of these days leave out, and those whose day passed without a file."""
    found = [one for day in days for one in (await plan_day(portal, connection, day)).left_out]
    missed = _due(None, invoices.c.number.not_in(sa.select(collections.c.invoice_number)))
    rows = await connection.execute(missed.where(invoices.c.collection_on <= portal.today()))
    found += [
        _left_out(row, row.collection_on, "son jour de prélèvement est passé : présentez-la de nouveau")
        for row in rows
    ]
    return tuple(
        sorted(found, key=lambda one: (one.collection_on, len(one.invoice_number), one.invoice_number))
    )


def _due(day: date | None, *which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Select the unpaid invoices, each with its mandate, its company and what may stand in the way."""
    withdrawn = sa.exists().where(
        events.c.contract_id == invoices.c.contract_id,
        events.c.kind == "mandate_withdrawn",
        events.c.at >= mandates.c.accepted_at,
    )
    query = (
        sa.select(
            invoices,
            mandates.c.reference,
            mandates.c.holder,
            mandates.c.iban,
            mandates.c.bic,
            mandates.c.signed_on,
            mandates.c.last_presented_on,
            mandates.c.blocked_at,
            mandates.c.blocked_for,
            companies.c.legal_name,
            companies.c.street,
            companies.c.postcode,
            companies.c.city,
            withdrawn.label("is_withdrawn"),
            parked.c.contract_id.label("parked_id"),
        )
        .join(companies, companies.c.id == invoices.c.company_id)
        .outerjoin(
            mandates,
            sa.and_(mandates.c.contract_id == invoices.c.contract_id, mandates.c.replaced_at.is_(None)),
        )
        .outerjoin(parked, parked.c.contract_id == invoices.c.contract_id)
        .where(invoices.c.kind == "invoice", invoices.c.payment != "settled", invoices.c.unpaid_cents > 0)
        .where(*which)
        .order_by(invoices.c.issued_at, *IN_ORDER_OF_NUMBERS)
    )
    return query if day is None else query.where(invoices.c.collection_on == day)


async def _plan(
    portal: Portal, connection: AsyncConnection, day: date, due: sa.Select[Any], *, is_again: bool = False
) -> Plan:
    rows = list(await connection.execute(due))
    before = await _before(connection, rows)
    told = {} if is_again or portal.settings.demo else await _told_on(connection, rows)
    planned: list[Planned] = []
    out: list[LeftOut] = []
    begun = set(before.used)
    for row in rows:
        told_on = None if is_again else told.get(row.number, row.issued_on)
        if obstacle := _obstacle(row, day, told_on, before, is_again=is_again):
            out.append(_left_out(row, day, *obstacle))
            continue
        sequence = Sequence.RECURRENT if row.reference in begun else Sequence.FIRST
        one = _planned(portal, row, day, sequence, attempt=before.attempts.get(row.number, 0) + 1)
        try:
            check_order(one.order)
        except Refusal as refusal:
            out.append(_left_out(row, day, refusal.message))
            continue
        begun.add(row.reference)
        planned.append(one)
    return Plan(await _file_id(connection, day), day, tuple(planned), tuple(out))


def _obstacle(
    row: sa.Row[Any], day: date, told_on: date | None, before: _Before, *, is_again: bool
) -> tuple[str, Because | None] | None:
    """Return why an invoice is not collected on `day`, and the reason of a day that this names; None where it is."""
    if row.parked_id:
        return "le contrat est arrêté, à vérifier par notre équipe", None
    if row.reference is None:
        return "le contrat n’a pas de mandat accepté", None
    if row.is_withdrawn:
        return "le mandat est retiré", None
    if row.blocked_at:
        return f"le mandat est bloqué : {return_reason(row.blocked_for).meaning}", None
    lapse = mandate_lapse(use_of(row))
    if day > lapse.day:
        return f"le mandat pouvait servir jusqu’au {full_date(lapse.day)}", lapse
    if is_again:
        return None
    if told_on is None:
        return "l’e-mail de la facture n’est pas parti : le prélèvement n’est pas annoncé", None
    reached = notice_reached(told_on, is_first=row.contract_id not in before.contracts)
    if day < reached.day:
        return (
            f"annoncée trop tard : elle pouvait être prélevée à partir du {full_date(reached.day)}",
            reached,
        )
    return None


def _planned(portal: Portal, row: sa.Row[Any], day: date, sequence: Sequence, *, attempt: int) -> Planned:
    order = CollectionOrder(
        end_to_end_id=f"{row.number}-{attempt}",
        amount_cents=row.unpaid_cents,
        collected_on=day,
        sequence=sequence,
        mandate_reference=row.reference,
        signed_on=row.signed_on,
        debtor=row.holder,
        iban=iban_of_mandate(portal, row.reference, row.iban),
        bic=row.bic,
        wording=f"Facture {row.number}",
        address=Address(row.street, row.postcode, row.city),
    )
    return Planned(order, row.number, row.contract_id, row.company_id)


def _left_out(row: sa.Row[Any], day: date, why: str, because: Because | None = None) -> LeftOut:
    return LeftOut(row.number, row.contract_id, row.legal_name, row.unpaid_cents, day, why, because)


async def _before(connection: AsyncConnection, rows: Iterable[sa.Row[Any]]) -> _Before:
    attempts: dict[str, int] = {}
    contracts, used = set[str](), set[str]()
    for contract_ids in portions({row.contract_id for row in rows}):
        found = await connection.execute(
            sa.select(
                collections.c.invoice_number,
                collections.c.contract_id,
                collections.c.mandate_reference,
                collections.c.standing,
            ).where(collections.c.contract_id.in_(contract_ids))
        )
        for one in found:
            attempts[one.invoice_number] = attempts.get(one.invoice_number, 0) + 1
            contracts.add(one.contract_id)
            # A mandate whose first collection was rejected before it was booked was never used.
            if one.standing != REJECTED:
                used.add(one.mandate_reference)
    return _Before(attempts, frozenset(contracts), frozenset(used))


async def _told_on(connection: AsyncConnection, rows: list[sa.Row[Any]]) -> dict[str, date | None]:
    """Return the day on which the mail of each invoice left: None where it has not; nothing where none was written."""
    told: dict[str, date | None] = {}
    numbers = {f"mail:{row.contract_id}:{row.seq}": row for row in rows}
    earliest = min((row.issued_at for row in rows), default=None)
    for contract_ids in portions({row.contract_id for row in rows}):
        mails = await connection.execute(
            sa.select(outbox.c.key, outbox.c.sent_at).where(
                outbox.c.contract_id.in_(contract_ids), outbox.c.as_of >= earliest
            )
        )
        for mail in mails:
            if row := numbers.get(":".join(mail.key.split(":")[:3])):
                told[row.number] = _later(row.issued_on, mail.sent_at)
    return told


def _later(issued_on: date, sent_at: datetime | None) -> date | None:
    return None if sent_at is None else max(issued_on, paris_day(sent_at))


async def _file_id(connection: AsyncConnection, day: date) -> str:
    """Return the name of the next file of a day, « PRLV-20260430-1 »: two who take the same one collide in the table."""
    query = sa.select(sa.func.count()).where(collection_files.c.collection_on == day)
    return f"PRLV-{day:%Y%m%d}-{(await connection.scalar(query) or 0) + 1}"


def portions(ids: Collection[str]) -> Iterator[tuple[str, ...]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), _AT_A_TIME):
        yield tuple(ordered[start : start + _AT_A_TIME])
