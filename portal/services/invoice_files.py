"""Handing over invoices: one as PDF, all as an archive, their lines as a table; to their owner and to staff.

Whose they are stands in the query: another client's number is not there.
"""

import csv
import io
import zipfile
from asyncio import to_thread
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.lines import Line
from portal.documents.invoice_facts import InvoicePaper, charged
from portal.records.billing_tables import IN_ORDER_OF_NUMBERS, invoice_papers, invoices
from portal.services.context import NotFound, Origin, Portal, Role, Viewer
from portal.services.invoice_papers import document, facts_in
from portal.services.journal import note

_COLUMNS: Final = (
    "Document",
    "Numéro",
    "Contrat",
    "Émis le",
    "Échéance",
    "Désignation",
    "Mois",
    "Quantité",
    "Prix unitaire HT",
    "Montant HT",
    "Taux de TVA",
)
# A spreadsheet takes for a formula what begins so (OWASP, CSV injection).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_THEN: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as it is handed over: the name to save it under, what it is, and its bytes."""

    name: str
    media_type: str
    content: bytes


async def invoice_file(portal: Portal, viewer: Viewer, number: str, origin: Origin) -> Handed:
    """Hand over an invoice or a credit note of the viewer's own, any for staff.

    Raises `NotFound`, `Unavailable`, `NotFit`.
    """
    query = sa.select(invoices.c.number, invoices.c.company_id).where(invoices.c.number == number)
    if viewer.role is not Role.STAFF:
        query = query.where(invoices.c.company_id == viewer.tenant)
    async with portal.database.reading() as connection:
        row = (await connection.execute(query)).first()
    if row is None:
        raise NotFound
    content = await document(portal, row.number)
    await _note(portal, viewer, row.company_id, origin, {"number": row.number})
    return Handed(f"{row.number}.pdf", "application/pdf", content)


async def invoice_archive(
    portal: Portal, viewer: Viewer, origin: Origin, company_id: str | None = None
) -> Handed:
    """Hand over all invoices and credit notes as a ZIP: a client's own or, for staff, those of `company_id`.

    Raises `NotFound` where there is none, `Unavailable`, `NotFit`.
    """
    owner = _owner(viewer, company_id)
    rows = await _rows(portal, owner)
    files = [(row.number, await document(portal, row.number)) for row in rows]
    content = await to_thread(_zipped, files)
    await _note(portal, viewer, owner, origin, {"number": f"{rows[0].number}…{rows[-1].number}"})
    return Handed("factures.zip", "application/zip", content)


async def invoice_table(
    portal: Portal, viewer: Viewer, origin: Origin, company_id: str | None = None
) -> Handed:
    """Hand over the lines of all invoices and credit notes as CSV, as French spreadsheets open it.

    Raises `NotFound` where there is none.
    """
    owner = _owner(viewer, company_id)
    papers = [facts_in(portal, row) for row in await _rows(portal, owner)]
    await _note(portal, viewer, owner, origin, {"number": f"{papers[0].number}…{papers[-1].number}"})
    text = io.StringIO(newline="")
    table = csv.writer(text, delimiter=";")
    table.writerow(_COLUMNS)
    table.writerows([_row(paper, line) for paper in papers for line in paper.lines])
    return Handed("factures.csv", "text/csv; charset=utf-8", text.getvalue().encode("utf-8-sig"))


def _owner(viewer: Viewer, company_id: str | None) -> str:
    if viewer.role is not Role.STAFF:
        return viewer.tenant
    if company_id is None:
        raise NotFound
    return company_id


async def _rows(portal: Portal, company_id: str) -> list[Any]:
    """Return the papers of a company's documents in the order of their issue; raises `NotFound` where there is none."""
    query = (
        sa.select(invoice_papers.c.number, invoice_papers.c.facts)
        .join(invoices, invoices.c.number == invoice_papers.c.number)
        .where(invoices.c.company_id == company_id)
        .order_by(invoices.c.issued_at, *IN_ORDER_OF_NUMBERS)
    )
    async with portal.database.reading() as connection:
        rows = list((await connection.execute(query)).all())
    if not rows:
        raise NotFound
    return rows


async def _note(
    portal: Portal, viewer: Viewer, company_id: str, origin: Origin, details: dict[str, str]
) -> None:
    async def work(connection: AsyncConnection) -> None:
        await note(
            connection,
            at=portal.now(),
            kind="invoice_taken",
            person_id=viewer.person_id,
            company_id=company_id,
            by_id=viewer.person_id,
            ip=origin.ip,
            details=details,
        )

    await portal.transact(work)


def _zipped(files: list[tuple[str, bytes]]) -> bytes:
    """Return an archive of the PDFs, the same bytes each time."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number, content in files:
            archive.writestr(zipfile.ZipInfo(f"{number}.pdf", _THEN), content)
    return made.getvalue()


def _row(paper: InvoicePaper, line: Line) -> list[str]:
    counted = charged(line)
    cells = [
        "Avoir" if paper.cites else "Facture",
        paper.number,
        paper.contract,
        f"{paper.issued:%d/%m/%Y}",
        f"{paper.due:%d/%m/%Y}" if paper.due else "",
        line.label,
        line.month if line.month[0].isdigit() else "premier mois",
    ]
    figures = [
        str(counted.quantity),
        _decimal(counted.unit_cents),
        _decimal(line.net_cents),
        _decimal(paper.vat_hundredths),
    ]
    return [*map(_harmless, cells), *figures]


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _decimal(hundredths: int) -> str:
    """Return « -1234,56 »."""
    whole, rest = divmod(abs(hundredths), 100)
    return f"{'-' if hundredths < 0 else ''}{whole},{rest:02}"
