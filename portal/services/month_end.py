"""What a person at the end of a month finds to do, before anything else: how many of each, nothing that can wait alone."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records.billing_tables import (
    bank_lines,
    collection_files,
    collections,
    credit_proposals,
    invoices,
)
from portal.records.tables import parked
from portal.services.bank_records import WAITING
from portal.services.context import Portal, Viewer
from portal.services.legal_rates import missing_rates
from portal.services.overdue import terminations_open
from portal.services.vat_deciding import vats_to_decide


@dataclass(frozen=True, slots=True)
class ToDo:
    """What waits for a member of the staff.

    `files` are to be handed to the bank, `lines` are its lines that nobody has explained, `returned` the collections
    that came back unpaid; `credits` are those another person proposed; `rates` are half-years without a rate.
    """

    files: int
    lines: int
    returned: int
    credits: int
    terminations: int
    rates: tuple[str, ...]
    vats: int
    parked: int


async def to_do(portal: Portal, viewer: Viewer) -> ToDo:
    """Return what waits for the viewer now; for staff."""
    viewer.must_be_staff()
    rates = await missing_rates(portal, viewer)
    vats = sum(one.hundredths is None for one in await vats_to_decide(portal, viewer))
    terminations = await terminations_open(portal, viewer)
    under_way = sa.select(collections.c.invoice_number).where(collections.c.standing == "open")
    unpaid = sa.select(invoices.c.number).where(invoices.c.payment != "settled")
    async with portal.database.reading() as connection:
        return ToDo(
            files=await _count(
                connection,
                collection_files,
                collection_files.c.handed_over_at.is_(None),
                collection_files.c.collection_on >= portal.today(),
            ),
            lines=await _count(connection, bank_lines, bank_lines.c.standing == WAITING),
            returned=await connection.scalar(
                sa.select(sa.func.count(collections.c.invoice_number.distinct())).where(
                    collections.c.standing.in_(("rejected", "returned", "refunded")),
                    collections.c.invoice_number.in_(unpaid),
                    collections.c.invoice_number.not_in(under_way),
                )
            )
            or 0,
            credits=await _count(
                connection,
                credit_proposals,
                credit_proposals.c.decided_at.is_(None),
                credit_proposals.c.proposed_by != viewer.person_id,
            ),
            terminations=terminations,
            rates=rates,
            vats=vats,
            parked=await _count(connection, parked),
        )


async def _count(connection: AsyncConnection, table: sa.Table, *which: sa.ColumnElement[bool]) -> int:
    return await connection.scalar(sa.select(sa.func.count()).select_from(table).where(*which)) or 0
