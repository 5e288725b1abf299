"""The document of each invoice and credit note: its facts kept at issue, rendered after it, the same bytes ever after.

A client's address may change the day after: what an invoice says is written down, encrypted, in the
transaction that issues it. Rendering may then happen at any time, on any worker, twice at once.
"""

import tempfile
from asyncio import to_thread
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.acts import FIRST
from portal.contract.calendar import last_day_of_month, paris_day
from portal.contract.ledger import invoice_of
from portal.contract.retention import accounting_since
from portal.contract.shares import month_from
from portal.contract.state import State
from portal.documents.facturx_checks import attached_xml, missing_marks
from portal.documents.invoice_facts import Cited, InvoicePaper, Seller, days_of
from portal.documents.invoice_paper import invoice_pdf
from portal.documents.invoice_reading import differences, faults, read
from portal.outside.e_invoicing import Deposit
from portal.outside.unavailable import Unavailable
from portal.records import store
from portal.records.billing_tables import IN_ORDER_OF_NUMBERS, invoice_papers, invoices
from portal.records.projections import state_of
from portal.records.upserts import insert_all_once
from portal.services.context import NotFound, Portal
from portal.services.keys import keys_of
from portal.services.offers import offer_of
from portal.services.opening import workspace_of
from portal.services.parties import Billed, billed, seller_of

log = structlog.get_logger()

Issued = e.InvoiceIssued | e.CreditNoteIssued
_FACTS = TypeAdapter(InvoicePaper)
_AT_A_TIME = 100


class NotFit(Exception):
    """A document that would not say what was issued: it is not kept. A bug of ours, never the client's doing."""


@dataclass(frozen=True, slots=True)
class JustIssued:
    """A document, the contract that it is of, and the state that it has led to."""

    contract_id: str
    event: Issued
    state: State


async def keep_facts(portal: Portal, connection: AsyncConnection, documents: Sequence[JustIssued]) -> None:
    """Write down what these documents say, as of now."""
    if not documents:
        return
    seller, keys = seller_of(portal.settings), keys_of(portal.settings)
    parties = await billed(connection, {one.contract_id for one in documents})
    rows = []
    for one in documents:
        paper = _facts(portal, seller, parties[one.contract_id], one)
        sealed = keys.seal(_FACTS.dump_json(paper), bound_to=_bound(one.event.number))
        rows.append({"number": one.event.number, "contract_id": one.contract_id, "facts": sealed})
    await insert_all_once(connection, invoice_papers, rows)


async def facts_of(portal: Portal, connection: AsyncConnection, number: str) -> InvoicePaper:
    """Return what a document says; raises `NotFound`."""
    found = await connection.execute(sa.select(invoice_papers).where(invoice_papers.c.number == number))
    row = found.first()
    if row is None:
        raise NotFound
    return facts_in(portal, row)


def facts_in(portal: Portal, row: sa.Row[Any]) -> InvoicePaper:
    """Return what a document says, of its row: `number` and `facts`."""
    return _FACTS.validate_json(keys_of(portal.settings).unseal(row.facts, bound_to=_bound(row.number)))


async def document(portal: Portal, number: str) -> bytes:
    """Return the PDF of a document, rendered now if it is not yet.

    Raises `NotFound`, `Unavailable` where the files are out of reach, `NotFit`.
    """
    row = await _row(portal, number)
    if row is None:
        raise NotFound
    if row.pdf_key is None:
        return await _render(portal, row)
    return b"".join([part async for part in portal.files.get(row.pdf_key)])


async def render_waiting(portal: Portal) -> int:
    """Render the documents that are not yet, and return how many; one that fails never keeps the others waiting."""
    await _keep_older_facts(portal)
    done, failed = 0, set[str]()
    while waiting := await _waiting(portal, failed):
        for number in waiting:
            row = await _row(portal, number)
            if row is None or row.pdf_key is not None:  # another worker's by now
                continue
            try:
                await _render(portal, row)
            except Exception:
                log.exception("invoice.not_rendered", number=number)
                failed.add(number)
            else:
                done += 1
    return done


async def deposit_waiting(portal: Portal) -> int:
    """Hand over to the e-invoicing platform what must pass through it; return how many it took.

    A platform that does not answer is asked again by a later round.
    """
    done = 0
    for number in await _to_deposit(portal):
        content = await document(portal, number)
        try:
            await to_thread(portal.platform.deposit, Deposit(number, content))
        except Unavailable as reason:
            log.warning("invoice.not_deposited", number=number, reason=str(reason))
            break
        await _update(portal, number, deposited_at=portal.now())
        done += 1
    return done


# --- what it says ----------------------------------------------------------------------------------


def _facts(portal: Portal, seller: Seller, parties: Billed, document: JustIssued) -> InvoicePaper:
    issued, state = document.event, document.state
    paper = InvoicePaper(
        number=issued.number,
        contract=parties.number,
        seller=seller,
        buyer=parties.buyer,
        issued=paris_day(issued.at),
        due=None,
        collection=None,
        direct_debit=None,
        period=_period(issued),
        # Who is charged is the event's own; the paper counts them.
        lines=tuple(replace(line, persons=()) for line in issued.lines),
        net_cents=issued.net_cents,
        vat_hundredths=issued.vat_hundredths,
        vat_cents=issued.vat_cents,
        gross_cents=issued.gross_cents,
        exemption=parties.vat.mention if parties.vat else "",
        vat_on_debits=portal.settings.vendor_vat_on_debits,
        # After the end, a commercial gesture closes nothing.
        closes=None if any(line.goodwill for line in issued.lines) else state.ended_on,
    )
    if isinstance(issued, e.CreditNoteIssued):
        cited = invoice_of(state, issued.cites)
        return replace(paper, cites=Cited(number=cited.number, issued=cited.issued))
    return replace(
        paper,
        due=issued.due,
        collection=issued.collection,
        direct_debit=parties.direct_debit,
        credited_cents=invoice_of(state, issued.number).credited_cents,
    )


def _period(issued: Issued) -> tuple[date, date] | None:
    """Return the days that a document charges: its month, or the part of it that its subscription charges."""
    if issued.month == FIRST:
        return None
    first = month_from(issued.month)
    for line in issued.lines:
        if line.kind == "subscription" and line.month == issued.month and line.share:
            return first, first + timedelta(days=days_of(line.share) - 1)
    return first, last_day_of_month(first)


async def _keep_older_facts(portal: Portal) -> None:
    """Write down the facts of documents that were issued before facts were kept, as they stand now."""

    async def work(connection: AsyncConnection) -> None:
        older = await connection.execute(
            sa.select(invoices.c.number, invoices.c.contract_id, invoices.c.seq)
            .outerjoin(invoice_papers, invoice_papers.c.number == invoices.c.number)
            .where(
                invoice_papers.c.number.is_(None),
                # What the purge took away is not written down again.
                invoices.c.issued_on >= accounting_since(portal.today()),
            )
            .limit(_AT_A_TIME)
        )
        for row in older.all():
            whole = await store.load(connection, row.contract_id, company_id=None)
            recorded = store.Recorded(whole.contract_id, whole.company_id, whole.events[: row.seq])
            issued = recorded.events[-1].event
            if isinstance(issued, e.InvoiceIssued | e.CreditNoteIssued):
                state = state_of(recorded, await offer_of(connection, recorded, issued.at))
                await keep_facts(portal, connection, [JustIssued(row.contract_id, issued, state)])

    await portal.transact(work)


# --- rendering -------------------------------------------------------------------------------------


async def _render(portal: Portal, row: sa.Row[Any]) -> bytes:
    content = await to_thread(_whole, facts_in(portal, row))
    with tempfile.TemporaryDirectory(dir=workspace_of(portal.settings)) as folder:
        path = Path(folder) / "invoice.pdf"
        await to_thread(path.write_bytes, content)
        key = await portal.files.put(path)
    # Files are named by the SHA-256 of what was received: key and proof are one.
    await _update(portal, row.number, pdf_key=key, pdf_sha256=key, rendered_at=portal.now())
    return content


def _whole(paper: InvoicePaper) -> bytes:
    """Return the document, once it is proven to be what was issued, in both its parts."""
    content = invoice_pdf(paper)
    found = read(attached_xml(content) or b"")
    if wrong := (*missing_marks(content), *faults(found), *differences(found, paper)):
        raise NotFit(f"{paper.number}: {'; '.join(wrong)}")
    return content


async def _update(portal: Portal, number: str, **values: object) -> None:
    """Write down what was done of a document, unless another worker was first."""
    (column, *_) = values

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(
            sa.update(invoice_papers)
            .where(invoice_papers.c.number == number, invoice_papers.c[column].is_(None))
            .values(**values)
        )

    await portal.transact(work)


async def _row(portal: Portal, number: str) -> sa.Row[Any] | None:
    async with portal.database.reading() as connection:
        found = await connection.execute(sa.select(invoice_papers).where(invoice_papers.c.number == number))
        row: sa.Row[Any] | None = found.first()
        return row


async def _waiting(portal: Portal, left_out: set[str]) -> list[str]:
    # In no order: workers that look at once do not all take the same one.
    query = (
        sa.select(invoice_papers.c.number)
        .where(invoice_papers.c.pdf_key.is_(None))
        .order_by(sa.func.random())
    )
    async with portal.database.reading() as connection:
        found = list(await connection.scalars(query.limit(_AT_A_TIME + len(left_out))))
    return [number for number in found if number not in left_out]


async def _to_deposit(portal: Portal) -> list[str]:
    query = (
        sa.select(invoices.c.number)
        .join(invoice_papers, invoice_papers.c.number == invoices.c.number)
        .where(
            invoices.c.issued_on >= portal.settings.e_invoicing_from,
            invoice_papers.c.pdf_key.is_not(None),
            invoice_papers.c.deposited_at.is_(None),
        )
        .order_by(*IN_ORDER_OF_NUMBERS)
        .limit(_AT_A_TIME)
    )
    async with portal.database.reading() as connection:
        return list(await connection.scalars(query))


def _bound(number: str) -> str:
    return f"invoice:{number}"
