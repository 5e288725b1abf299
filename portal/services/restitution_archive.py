"""The portal's own archive of a contract, for its restitution (CGV art. 15): every paper, invoice, mail, the journal, the evidence.

Built by the jobs once the CRM's export is there, part by part on the disk; a run that is cut off is done again, and
finds the same. Its index is a page that opens without the portal.
"""

import csv
import io
import tempfile
import zipfile
from asyncio import to_thread
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.acts import Piece
from portal.contract.calendar import PARIS
from portal.contract.french import full_instant
from portal.documents.restitution_index import Index, Part, index_html
from portal.documents.terms_pdf import terms_pdf
from portal.outside.files import FileMissing
from portal.outside.unavailable import Unavailable
from portal.records.billing_tables import IN_ORDER_OF_NUMBERS, invoice_papers, invoices, letters
from portal.records.end_tables import restitutions
from portal.records.tables import (
    acceptances,
    companies,
    contracts,
    journal,
    outbox,
    papers,
    persons,
    pieces,
    registrations,
)
from portal.services.conditions import edition
from portal.services.consequences import post
from portal.services.context import Portal
from portal.services.evidence import evidence_file
from portal.services.file_disposal import doom
from portal.services.histories import OpenHistory
from portal.services.invoice_papers import document
from portal.services.journal_words import SENTENCES
from portal.services.opening import workspace_of
from portal.services.parties import billed
from portal.services.piece_keeping import ORIGINALS
from portal.services.retries import LEASE, PROBLEM_LENGTH, delay_after

log = structlog.get_logger()

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_THEN: Final = (1980, 1, 1, 0, 0, 0)
_PIECE_NAMES: Final = {
    Piece.CONTRACT: "Contrat signé",
    Piece.MANDATE: "Mandat SEPA signé",
    Piece.KBIS: "Extrait K-bis",
}


@dataclass(frozen=True, slots=True)
class _Source:
    """A part to write: its place in the archive, what it is, and where its bytes are."""

    path: str
    title: str
    chapter: str
    key: str = ""
    invoice: str = ""
    terms: str = ""
    evidence_of: str = ""
    content: bytes = b""


async def build_waiting(portal: Portal) -> int:
    """Build the archives that wait for it; return how many. One that fails is tried again later, staff see its problem."""
    built = 0
    while (contract_id := await _claim(portal)) is not None:
        try:
            await _build(portal, contract_id)
        except (Unavailable, OSError) as reason:
            log.warning("restitution.not_built", contract=contract_id, reason=str(reason))
            await _postpone(portal, contract_id, "Le stockage des fichiers ne répond pas.")
        except Exception:
            log.exception("restitution.failed", contract=contract_id)
            await _postpone(portal, contract_id, "L’archive n’a pas pu être construite.")
        else:
            built += 1
    return built


async def _claim(portal: Portal) -> str | None:
    async def work(connection: AsyncConnection) -> str | None:
        now = portal.machine_now()
        waiting = await connection.scalar(
            sa.select(restitutions.c.contract_id)
            .where(restitutions.c.next_attempt_at <= now)
            .order_by(restitutions.c.next_attempt_at)
            .limit(1)
        )
        claimed: str | None = await connection.scalar(
            sa.update(restitutions)
            .where(restitutions.c.contract_id == waiting, restitutions.c.next_attempt_at <= now)
            .values(attempts=restitutions.c.attempts + 1, next_attempt_at=now + LEASE, parts_done=0)
            .returning(restitutions.c.contract_id)
        )
        return claimed

    return await portal.transact(work, has_changed=lambda claimed: claimed is not None)


async def _postpone(portal: Portal, contract_id: str, problem: str) -> None:
    async def work(connection: AsyncConnection) -> None:
        mine = restitutions.c.contract_id == contract_id
        attempts = await connection.scalar(sa.select(restitutions.c.attempts).where(mine)) or 1
        await connection.execute(
            sa.update(restitutions)
            .where(mine)
            .values(
                problem=problem[:PROBLEM_LENGTH], next_attempt_at=portal.machine_now() + delay_after(attempts)
            )
        )

    await portal.transact(work)


async def _build(portal: Portal, contract_id: str) -> None:
    async with portal.database.reading() as connection:
        head = await _head(connection, contract_id)
        sources = await _sources(connection, contract_id, head.company_id)
    await _progress(portal, contract_id, 0, len(sources) + 1)
    with tempfile.TemporaryDirectory(dir=workspace_of(portal.settings)) as folder:
        made = Path(folder) / "archive.zip"
        parts: list[Part] = []
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, source in enumerate(sources, start=1):
                content = await _content(portal, source)
                if content is not None:
                    await to_thread(archive.writestr, zipfile.ZipInfo(source.path, _THEN), content)
                parts.append(Part.of(source.chapter, source.title, source.path, content))
                await _progress(portal, contract_id, number, len(sources) + 1)
            made_at = full_instant(portal.now())
            index = index_html(Index(head.legal_name, head.number, made_at, tuple(parts)))
            archive.writestr(zipfile.ZipInfo("index.html", _THEN), index.encode())
        size = made.stat().st_size
        key = await portal.files.put(made)
    await _prepared(portal, contract_id, key, size, len(sources) + 1)


async def _prepared(portal: Portal, contract_id: str, key: str, size: int, parts: int) -> None:
    async def work(connection: AsyncConnection) -> None:
        now = portal.now()
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=None, at=now)
        mine = restitutions.c.contract_id == contract_id
        row = (await connection.execute(sa.select(restitutions).where(mine))).one()
        if row.prepared_at is not None:
            return
        await doom(connection, (row.archive_key,), since=portal.machine_now())
        await connection.execute(
            sa.update(restitutions)
            .where(mine)
            .values(
                archive_key=key,
                archive_size=size,
                parts_done=parts,
                prepared_at=now,
                next_attempt_at=None,
                problem="",
            )
        )
        await post(
            connection,
            key=f"mail:restitution:{contract_id}:{row.export_key}",
            template="restitution_prepared",
            person_id=opened.state.admin,
            contract_id=contract_id,
            params={"seq": opened.seq},
            as_of=now,
            machine_now=portal.machine_now(),
        )

    await portal.transact(work)


async def _progress(portal: Portal, contract_id: str, done: int, parts: int) -> None:
    async def work(connection: AsyncConnection) -> None:
        await connection.execute(
            sa.update(restitutions)
            .where(restitutions.c.contract_id == contract_id)
            .values(parts_done=done, parts=parts, next_attempt_at=portal.machine_now() + LEASE)
        )

    await portal.transact(work)


# --- what is in it -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Head:
    company_id: str
    legal_name: str
    number: str


async def _head(connection: AsyncConnection, contract_id: str) -> _Head:
    row = (
        await connection.execute(
            sa.select(companies.c.id, companies.c.legal_name)
            .join(contracts, contracts.c.company_id == companies.c.id)
            .where(contracts.c.id == contract_id)
        )
    ).one()
    number = (await billed(connection, {contract_id}))[contract_id].number
    return _Head(row.id, row.legal_name, number)


async def _sources(connection: AsyncConnection, contract_id: str, company_id: str) -> list[_Source]:
    found = [one async for one in _of_the_dossier(connection, contract_id)]
    found += [one async for one in _of_the_accounts(connection, contract_id)]
    found += [one async for one in _of_the_mails(connection, contract_id)]
    people = await connection.execute(
        sa.select(persons, registrations.c.registered_at, registrations.c.removed_at)
        .join(registrations, registrations.c.person_id == persons.c.id)
        .where(registrations.c.contract_id == contract_id)
        .order_by(registrations.c.position)
    )
    rows = [
        (one.first_name, one.last_name, one.email, _at(one.registered_at), _at(one.removed_at))
        for one in people
    ]
    table = _csv(("Prénom", "Nom", "E-mail", "Inscrit le", "Retiré le"), rows)
    found.append(_Source("utilisateurs.csv", "Les utilisateurs du contrat", "Personnes", content=table))
    lines = await connection.execute(
        sa.select(journal).where(journal.c.company_id == company_id).order_by(journal.c.at, journal.c.id)
    )
    entries = [(_at(one.at), SENTENCES[one.kind], one.ip) for one in lines]
    found.append(
        _Source(
            "preuve.zip", "La preuve du contrat, qui se vérifie elle-même", "Preuve", evidence_of=contract_id
        )
    )
    table = _csv(("Quand", "Quoi", "Depuis l’adresse"), entries)
    found.append(_Source("journal.csv", "Le journal des douze derniers mois", "Journal", content=table))
    return found


async def _of_the_dossier(connection: AsyncConnection, contract_id: str) -> AsyncIterator[_Source]:
    printed = await connection.execute(
        sa.select(papers)
        .where(papers.c.contract_id == contract_id)
        .order_by(papers.c.piece, papers.c.edition)
    )
    for one in printed:
        name = f"{one.piece}-edition-{one.edition}.pdf"
        title = f"{_PIECE_NAMES[Piece(one.piece)]}, édition {one.edition} à signer"
        yield _Source(f"documents/{name}", title, "Documents", key=one.file_key)
    sent = await connection.execute(
        sa.select(pieces)
        .where(pieces.c.contract_id == contract_id, pieces.c.emptied_at.is_(None))
        .order_by(pieces.c.received_at)
    )
    for nth, one in enumerate(sent, start=1):
        title = f"{_PIECE_NAMES[Piece(one.piece)]}, reçu le {one.received_at.astimezone(PARIS):%d/%m/%Y}"
        for page, original in enumerate(ORIGINALS.validate_python(one.originals), start=1):
            suffix = Path(original.name).suffix.lower()[:6]
            path = f"documents/recu-{nth:02}-{one.piece}-{page}{suffix}"
            yield _Source(path, title, "Documents", key=original.key)
    versions = await connection.scalars(
        sa.select(acceptances.c.version).where(acceptances.c.contract_id == contract_id).distinct()
    )
    for version in versions:
        yield _Source(
            f"documents/CGV-{version}.pdf", f"CGV acceptées, version {version}", "Documents", terms=version
        )
    posted = await connection.execute(
        sa.select(letters)
        .where(letters.c.contract_id == contract_id, letters.c.posted_on.is_not(None))
        .order_by(letters.c.made_at)
    )
    for nth, one in enumerate(posted, start=1):
        title = f"Lettre postée le {one.posted_on:%d/%m/%Y}, suivi {one.tracking}"
        yield _Source(f"documents/lettre-{nth:02}.pdf", title, "Documents", key=one.file_key)
        if one.proof_key:
            yield _Source(
                f"documents/lettre-{nth:02}-preuve", f"{title} (preuve)", "Documents", key=one.proof_key
            )


async def _of_the_accounts(connection: AsyncConnection, contract_id: str) -> AsyncIterator[_Source]:
    issued = await connection.execute(
        sa.select(invoices.c.number, invoices.c.kind, invoices.c.issued_on)
        .join(invoice_papers, invoice_papers.c.number == invoices.c.number)
        .where(invoices.c.contract_id == contract_id)
        .order_by(invoices.c.issued_at, *IN_ORDER_OF_NUMBERS)
    )
    for one in issued:
        name = "Facture" if one.kind == "invoice" else "Avoir"
        title = f"{name} {one.number} du {one.issued_on:%d/%m/%Y}"
        yield _Source(f"factures/{one.number}.pdf", title, "Factures et avoirs", invoice=one.number)


async def _of_the_mails(connection: AsyncConnection, contract_id: str) -> AsyncIterator[_Source]:
    sent = await connection.execute(
        sa.select(outbox)
        .join(persons, persons.c.id == outbox.c.person_id)
        .where(
            outbox.c.contract_id == contract_id,
            outbox.c.sent_at.is_not(None),
            persons.c.company_id.is_not(None),  # what was written to the vendor's own staff is theirs
        )
        .order_by(outbox.c.as_of, outbox.c.id)
    )
    for nth, one in enumerate(sent, start=1):
        head = f"À : {one.recipient}\nObjet : {one.subject}\nDate : {_at(one.as_of)}\n\n"
        yield _Source(
            f"e-mails/{nth:03}-{one.as_of.astimezone(PARIS):%Y-%m-%d}.txt",
            f"{one.as_of.astimezone(PARIS):%d/%m/%Y}, {one.subject}",
            "E-mails",
            content=(head + one.text).encode(),
        )


async def _content(portal: Portal, source: _Source) -> bytes | None:
    """Return the bytes of a part; None where its file was erased before."""
    if source.invoice:
        return await document(portal, source.invoice)
    if source.evidence_of:
        return await evidence_file(portal, source.evidence_of)
    if source.terms:
        async with portal.database.reading() as connection:
            accepted = await edition(connection, source.terms)
        return await to_thread(terms_pdf, accepted.read(), sha256=accepted.sha256, receipt=None)
    if source.key:
        try:
            return b"".join([part async for part in portal.files.get(source.key)])
        except FileMissing:
            return None
    return source.content


def _csv(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> bytes:
    """Return a table as French spreadsheets open it; what a stranger typed is never a formula."""
    text = io.StringIO(newline="")
    table = csv.writer(text, delimiter=";")
    table.writerow(head)
    table.writerows(_harmless(row) for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _harmless(row: tuple[Any, ...]) -> Iterator[str]:
    for cell in map(str, row):
        yield f"'{cell}" if cell.startswith(_FORMULA) else cell


def _at(instant: datetime | None) -> str:
    return f"{instant.astimezone(PARIS):%d/%m/%Y %H:%M}" if instant else ""
