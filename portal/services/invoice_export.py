"""Every issued invoice and credit note as its PDF, in a folder: for the accountant, or to leave with one's papers."""

from asyncio import to_thread
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from portal.outside.disk import write_whole
from portal.records.billing_tables import invoices
from portal.services.context import NotFound, Portal
from portal.services.invoice_papers import NotFit, document, render_waiting


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export did: how many documents of each kind there are, how many were written, which could not be."""

    invoices: int
    credit_notes: int
    written: int
    failed: tuple[str, ...]


async def export_all(portal: Portal, folder: Path) -> Exported:
    """Write each document as « number.pdf » into `folder`, making it; one that is there already stays as it is.

    A file is whole or not there. Raises `OSError` where the folder cannot be written, `Unavailable` where
    the stored documents are out of reach.
    """
    await to_thread(lambda: folder.mkdir(parents=True, exist_ok=True))
    await render_waiting(portal)
    async with portal.database.reading() as connection:
        query = sa.select(invoices.c.number, invoices.c.kind).order_by(
            invoices.c.issued_at, invoices.c.number
        )
        issued = [(row.number, row.kind) for row in await connection.execute(query)]
    written, failed = 0, list[str]()
    for number, _ in issued:
        try:
            content = await document(portal, number)
        except (NotFit, NotFound):
            failed.append(number)
        else:
            written += await to_thread(_written, folder / f"{number}.pdf", content)
    kinds = [kind for number, kind in issued if number not in failed]
    return Exported(kinds.count("invoice"), kinds.count("credit_note"), written, tuple(failed))


def _written(path: Path, content: bytes) -> bool:
    if path.is_file() and path.read_bytes() == content:
        return False
    write_whole(path, content)
    return True
