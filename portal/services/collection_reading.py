"""What pages show of collections: files for the bank, what is left out of them, those of one client; the files themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.payments.reason_codes import ReturnReason, return_reason
from portal.records.billing_tables import collection_files, collections, invoices, mandates
from portal.records.tables import companies
from portal.services import collection_plans, kept_files
from portal.services.collecting import days_to_hand_over, mark_handed_over
from portal.services.collection_plans import LeftOut
from portal.services.context import NotFound, Origin, Portal, Viewer
from portal.services.histories import current_contract
from portal.services.journal import note
from portal.services.mails_of_collections import CAME_BACK
from portal.services.reading import any_contract

STANDINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "open": "remis à la banque, en attente",
        "settled": "réglé",
        "rejected": "rejeté",
        "returned": "rendu par la banque",
        "refunded": "remboursé au client par sa banque",
    }
)


@dataclass(frozen=True, slots=True)
class FileForBank:
    """A collection file: its day, what it asks for, and what has become of its collections, by standing."""

    id: str
    collection_on: date
    made_at: datetime
    lines: int
    total_cents: int
    handed_over_at: datetime | None
    standings: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Collected:
    """One collection of an invoice; `reason` is the bank's where it came back; `company` is for staff."""

    end_to_end_id: str
    invoice_number: str
    contract_id: str
    company: str
    amount_cents: int
    collection_on: date
    mandate_reference: str
    iban_hint: str
    standing: str
    reason: ReturnReason | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A collection file as it is handed over: the name to save it under, and its bytes, the same each time."""

    name: str
    content: bytes
    collection_on: date
    lines: int
    total_cents: int


async def files_for_bank(portal: Portal, viewer: Viewer, *, limit: int = 100) -> tuple[FileForBank, ...]:
    """Return the newest collection files, for staff; the latest day first."""
    viewer.must_be_staff()
    async with portal.database.reading() as connection:
        rows = list(
            await connection.execute(
                sa.select(collection_files)
                .order_by(collection_files.c.collection_on.desc(), collection_files.c.id.desc())
                .limit(limit)
            )
        )
        counted = await connection.execute(
            sa.select(collections.c.file_id, collections.c.standing, sa.func.count().label("of"))
            .where(collections.c.file_id.in_([row.id for row in rows]))
            .group_by(collections.c.file_id, collections.c.standing)
        )
    standings: dict[str, dict[str, int]] = {}
    for row in counted:
        standings.setdefault(row.file_id, {})[row.standing] = row.of
    return tuple(_file(row, standings.get(row.id, {})) for row in rows)


async def file_for_bank(portal: Portal, viewer: Viewer, file_id: str, origin: Origin) -> KeptFile:
    """Return a collection file as it was made, for staff, and note who took it; raises `NotFound`."""
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> sa.Row[Any]:
        row = (
            await connection.execute(sa.select(collection_files).where(collection_files.c.id == file_id))
        ).first()
        if row is None:
            raise NotFound
        now = portal.now()
        await mark_handed_over(connection, file_id, now)
        await note(
            connection,
            at=now,
            kind="collection_file_taken",
            person_id=viewer.person_id,
            by_id=viewer.person_id,
            ip=origin.ip,
            details={"file": file_id},
        )
        return row

    return await _kept(portal, await portal.transact(work))


async def files_to_come(portal: Portal) -> tuple[KeptFile, ...]:
    """Return the files whose collection day is not over, as the command writes them."""
    async with portal.database.reading() as connection:
        query = (
            sa.select(collection_files)
            .where(collection_files.c.collection_on >= portal.today())
            .order_by(collection_files.c.collection_on, collection_files.c.id)
        )
        rows = list(await connection.execute(query))
    return tuple([await _kept(portal, row) for row in rows])


async def not_collected(portal: Portal, viewer: Viewer) -> tuple[LeftOut, ...]:
    """Return the unpaid invoices that no file takes, each with what stands in the way, for staff."""
    viewer.must_be_staff()
    async with portal.database.reading() as connection:
        return await collection_plans.left_out(portal, connection, days_to_hand_over(portal))


async def came_back(portal: Portal, viewer: Viewer, *, limit: int = 200) -> tuple[Collected, ...]:
    """Return the collections that came back and whose invoice is still unpaid, none under way, for staff."""
    viewer.must_be_staff()
    open_ = sa.select(collections.c.invoice_number).where(collections.c.standing == collection_plans.OPEN)
    unpaid = sa.select(invoices.c.number).where(invoices.c.payment != "settled")
    found = await _collected(
        portal,
        collections.c.standing.in_(CAME_BACK),
        collections.c.invoice_number.in_(unpaid),
        collections.c.invoice_number.not_in(open_),
        limit=limit,
    )
    # The latest first: what came back several times is shown as it came back last.
    return tuple({one.invoice_number: one for one in reversed(found)}.values())


async def own_collections(portal: Portal, viewer: Viewer) -> tuple[Collected, ...]:
    """Return the collections of the viewer's own present contract, the latest first."""
    async with portal.database.reading() as connection:
        contract_id = await current_contract(connection, viewer.tenant)
    return await _collected(
        portal, collections.c.contract_id == contract_id, collections.c.company_id == viewer.tenant
    )


async def collections_of(portal: Portal, viewer: Viewer, contract_id: str) -> tuple[Collected, ...]:
    """Return the collections of any contract, for staff, the latest first; raises `NotFound`."""
    contract = await any_contract(portal, viewer, contract_id)
    return await _collected(portal, collections.c.contract_id == contract.id)


async def _collected(
    portal: Portal, *which: sa.ColumnElement[bool], limit: int = 500
) -> tuple[Collected, ...]:
    async with portal.database.reading() as connection:
        rows = await connection.execute(
            sa.select(collections, companies.c.legal_name, mandates.c.iban_hint)
            .join(companies, companies.c.id == collections.c.company_id)
            .join(mandates, mandates.c.reference == collections.c.mandate_reference)
            .where(*which)
            .order_by(collections.c.collection_on.desc(), collections.c.end_to_end_id.desc())
            .limit(limit)
        )
        return tuple(_one(row) for row in rows)


async def _kept(portal: Portal, row: sa.Row[Any]) -> KeptFile:
    content = await kept_files.read(portal, row.file_key)
    return KeptFile(f"{row.id}.xml", content, row.collection_on, row.lines, row.total_cents)


def _one(row: sa.Row[Any]) -> Collected:
    came_back = row.standing in CAME_BACK
    return Collected(
        end_to_end_id=row.end_to_end_id,
        invoice_number=row.invoice_number,
        contract_id=row.contract_id,
        company=row.legal_name,
        amount_cents=row.amount_cents,
        collection_on=row.collection_on,
        mandate_reference=row.mandate_reference,
        iban_hint=row.iban_hint,
        standing=row.standing,
        reason=return_reason(row.reason_code) if came_back else None,
        closed_at=row.closed_at,
    )


def _file(row: sa.Row[Any], standings: Mapping[str, int]) -> FileForBank:
    return FileForBank(
        id=row.id,
        collection_on=row.collection_on,
        made_at=row.made_at,
        lines=row.lines,
        total_cents=row.total_cents,
        handed_over_at=row.handed_over_at,
        standings=MappingProxyType(dict(standings)),
    )
