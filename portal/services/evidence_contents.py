"""What goes into an evidence file beside the chain: acceptances and their texts, papers, pieces, invoices, letters, mails.

The events say what must be there. What is no longer kept is named with the reason, never passed over in silence.
"""

import json
from asyncio import to_thread
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.acts import Piece
from portal.contract.calendar import paris_day
from portal.contract.dossier import PIECE_NAMES
from portal.contract.french import full_instant, long_date
from portal.documents.evidence.archive import EvidenceArchive
from portal.documents.evidence.verify import ACCEPTANCES, proofs_needed
from portal.outside.files import FileDamaged, FileMissing
from portal.records.billing_tables import (
    invoice_papers,
    invoices,
    letters,
    registered_statuses,
    renewal_acceptances,
)
from portal.records.end_tables import certificates
from portal.records.tables import acceptances, outbox, papers, persons, pieces, terms
from portal.services.context import NotFound, Portal
from portal.services.invoice_papers import document
from portal.services.kept_files import read
from portal.services.piece_keeping import ORIGINALS

_EXTENSIONS: Final = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/tiff": "tif",
}
_MARKS: Final = {b"%PDF": "pdf", b"\xff\xd8": "jpg", b"\x89PNG": "png"}
_ERASED: Final = "Effacé : cette donnée n’est plus conservée."
_NOT_KEPT: Final = "Ce fichier n’est plus conservé."
_DAMAGED: Final = "Ce fichier est endommagé dans nos archives."

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """The rows that lead to what is kept of a contract."""

    acceptances: Mapping[str, sa.Row[Any]]  # by what their events commit to
    renewals: Mapping[int, sa.Row[Any]]  # those that brought new terms, by the number of their event
    terms: Mapping[str, sa.Row[Any]]
    papers: Sequence[sa.Row[Any]]
    pieces: Mapping[str, sa.Row[Any]]
    invoices: Mapping[str, str]  # the SHA-256 of each document, "" where it is not rendered yet
    letters: Sequence[sa.Row[Any]]
    statuses: Sequence[sa.Row[Any]]  # what the carriers of these letters have said, with its proofs
    certificates: Sequence[sa.Row[Any]]  # one at most
    mails: Sequence[sa.Row[Any]]


async def kept(connection: AsyncConnection, contract_id: str, company_id: str) -> Kept:
    """Read what is kept of a contract; mails are those that left for the client's own people, letters those posted."""
    own = sa.or_(persons.c.id.is_(None), persons.c.company_id == company_id)
    accepted = await connection.execute(
        sa.select(acceptances).where(acceptances.c.contract_id == contract_id)
    )
    renewed = await connection.execute(
        sa.select(renewal_acceptances).where(renewal_acceptances.c.contract_id == contract_id)
    )
    documents = await connection.execute(
        sa.select(invoices.c.number, invoice_papers.c.pdf_sha256)
        .outerjoin(invoice_papers, invoice_papers.c.number == invoices.c.number)
        .where(invoices.c.contract_id == contract_id)
    )
    sent = await connection.execute(
        sa.select(outbox)
        .outerjoin(persons, persons.c.id == outbox.c.person_id)
        .where(outbox.c.contract_id == contract_id, outbox.c.sent_at.is_not(None), own)
        .order_by(outbox.c.id)
    )
    printed = await connection.execute(
        sa.select(papers)
        .where(papers.c.contract_id == contract_id)
        .order_by(papers.c.piece, papers.c.edition)
    )
    received = await connection.execute(sa.select(pieces).where(pieces.c.contract_id == contract_id))
    posted = await connection.execute(
        sa.select(letters)
        .where(letters.c.contract_id == contract_id, letters.c.posted_on.is_not(None))
        .order_by(letters.c.posted_on, letters.c.id)
    )
    sayings = await connection.execute(
        sa.select(registered_statuses)
        .join(letters, letters.c.id == registered_statuses.c.letter_id)
        .where(letters.c.contract_id == contract_id)
        .order_by(registered_statuses.c.at, registered_statuses.c.code)
    )
    drawn = await connection.execute(sa.select(certificates).where(certificates.c.contract_id == contract_id))
    return Kept(
        acceptances={row.digest: row for row in accepted},
        renewals={row.seq: row for row in renewed},
        terms={row.version: row for row in await connection.execute(sa.select(terms))},
        papers=printed.all(),
        pieces={row.id: row for row in received},
        invoices={row.number: row.pdf_sha256 or "" for row in documents},
        letters=posted.all(),
        statuses=sayings.all(),
        certificates=drawn.all(),
        mails=sent.all(),
    )


async def write(portal: Portal, archive: EvidenceArchive, bodies: Sequence[Body], found: Kept) -> None:
    """Write all of it into `archive`, in an order that only the records decide.

    Raises `Unavailable` where the stored files are out of reach.
    """
    _write_acceptances(archive, bodies, found)
    for row in found.papers:
        name = PIECE_NAMES[Piece(row.piece)]
        what = f"{name}, édition n° {row.edition}, imprimée le {long_date(paris_day(row.printed_at))}"
        path = f"papiers/{row.piece}-{row.edition:02}.pdf"
        await _write_stored(portal, archive, path, row.file_key, _capital(what))
    for proof in proofs_needed([dict(body) for body in bodies]):
        about, _, name = proof.partition(":")
        if about == "piece":
            await _write_piece(portal, archive, found.pieces.get(name.partition(".")[0]), name, proof)
        elif about == "facture":
            await _write_invoice(portal, archive, name, found.invoices.get(name), proof)
    for number, row in enumerate(found.letters, start=1):
        said = [one for one in found.statuses if one.letter_id == row.id]
        await _write_letter(portal, archive, number, row, said)
    for row in found.certificates:
        what = f"Certificat de destruction, établi le {long_date(paris_day(row.made_at))}"
        await _write_stored(portal, archive, "courriers/certificat-de-destruction.pdf", row.file_key, what)
    for row in found.mails:
        _write_mail(archive, row)


def as_json(value: object) -> bytes:
    """Return a value as JSON that a person can read too, the same bytes each time."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


# --- acceptances ---------------------------------------------------------------------------------


def _write_acceptances(archive: EvidenceArchive, bodies: Sequence[Body], found: Kept) -> None:
    """Write each text that was accepted or announced, and how each came to bind the contract."""
    texts: dict[str, str] = {}
    for body in bodies:
        version = body.get("version") or ""
        if body["kind"] in {"terms_accepted", "change_announced"} and version and version not in texts:
            texts[version] = _write_terms(archive, version, found.terms.get(version), len(texts) + 1)
    told: list[dict[str, object]] = []
    for seq, body in enumerate(bodies, start=1):
        if body["kind"] == "terms_accepted":
            told.append(_accepted(archive, seq, body, found) | _text(body["version"], texts, found))
        elif renewal := found.renewals.get(seq):
            told.append(
                {
                    "event": seq,
                    "announced": renewal.announced_seq,
                    "at": body["at"],
                    "evidence": "",
                    "opening": None,
                }
                | _text(renewal.version, texts, found)
            )
    archive.add(ACCEPTANCES, as_json(told), "Les acceptations des CGV, et ce que leurs empreintes engagent")


def _accepted(archive: EvidenceArchive, seq: int, body: Body, found: Kept) -> dict[str, object]:
    """Return what a person's acceptance commits to; its circumstances, once erased, are said to be."""
    opening = found.acceptances.get(body["evidence"])
    if opening is None:
        archive.lack(
            f"Les circonstances de l’acceptation des CGV {body['version']}, événement n° {seq}",
            _ERASED,
            sha256=body["evidence"],
        )
    return {
        "event": seq,
        "at": body["at"],
        "by": body["by"],
        "evidence": body["evidence"],
        "opening": _opening(opening) if opening else None,
    }


def _text(version: str, texts: Mapping[str, str], found: Kept) -> dict[str, object]:
    text = found.terms.get(version)
    return {"version": version, "text": texts.get(version, ""), "text_sha256": text.sha256 if text else ""}


def _write_terms(archive: EvidenceArchive, version: str, text: sa.Row[Any] | None, number: int) -> str:
    """Write the text of a version exactly as it was published; return its path, "" where it is not kept."""
    proof, what = f"cgv:{version}", f"Les CGV, version {version}, texte exact"
    if text is None:
        archive.lack(what, _NOT_KEPT, proves=proof)
        return ""
    safe = "".join(one if one.isascii() and one.isalnum() else "-" for one in version)
    path = f"cgv/{number:02}-{safe}.md"
    archive.add(path, text.text.encode(), what, proves=proof)
    return path


def _opening(row: sa.Row[Any]) -> dict[str, object]:
    """Return what `acceptance_digest` was made of, exactly as it was written then."""
    at: datetime = row.at
    kept_then = {
        "contract_id": row.contract_id,
        "person_id": row.person_id,
        "version": row.version,
        "text_sha256": row.text_sha256,
        "at": at.astimezone(UTC).isoformat(),
        "ip": row.ip,
        "user_agent": row.user_agent,
    }
    return {"salt": row.salt, "kept": kept_then}


# --- files ---------------------------------------------------------------------------------------


async def _write_stored(
    portal: Portal, archive: EvidenceArchive, path: str, key: str, what: str, proof: str = ""
) -> None:
    """Write a stored file; one that is gone or damaged is named with its SHA-256."""
    try:
        content = await read(portal, key)
    except FileMissing:
        archive.lack(what, _NOT_KEPT, sha256=key, proves=proof)
    except FileDamaged:
        archive.lack(what, _DAMAGED, sha256=key, proves=proof)
    else:
        named = path if PurePath(path).suffix else f"{path}.{_kind_of(content)}"
        await to_thread(archive.add, named, content, what, proves=proof)


def _kind_of(content: bytes) -> str:
    """Return how the name of a proof ends, by its first bytes: it was taken as a PDF or a photo."""
    return next((kind for mark, kind in _MARKS.items() if content.startswith(mark)), "bin")


async def _write_piece(
    portal: Portal, archive: EvidenceArchive, row: sa.Row[Any] | None, document_name: str, proof: str
) -> None:
    if row is None:
        archive.lack(f"La pièce acceptée « {document_name} »", _NOT_KEPT, proves=proof)
        return
    originals = ORIGINALS.validate_python(row.originals)
    for page, original in enumerate(originals, start=1):
        extension = _EXTENSIONS.get(original.media_type, "bin")
        path = f"pieces/{row.piece}-{row.id[:8]}-{page}.{extension}"
        part = f", fichier {page} sur {len(originals)}" if len(originals) > 1 else ""
        what = (
            f"{PIECE_NAMES[Piece(row.piece)]}, tel que reçu le {long_date(paris_day(row.received_at))}{part}"
        )
        await _write_stored(portal, archive, path, original.key, _capital(what), proof)


async def _write_invoice(
    portal: Portal, archive: EvidenceArchive, number: str, sha256: str | None, proof: str
) -> None:
    what = f"{'Avoir' if number.startswith('A-') else 'Facture'} {number}"
    try:
        content = await document(portal, number)
    except (NotFound, FileMissing):
        archive.lack(what, _NOT_KEPT, sha256=sha256 or "", proves=proof)
    except FileDamaged:
        archive.lack(what, _DAMAGED, sha256=sha256 or "", proves=proof)
    else:
        archive.add(f"factures/{number}.pdf", content, what, proves=proof)


async def _write_letter(
    portal: Portal, archive: EvidenceArchive, number: int, row: sa.Row[Any], statuses: Sequence[sa.Row[Any]]
) -> None:
    """Write a letter with its dates, and each proof of its deposit, of its reception, of what its carrier said."""
    dated = [("postée", row.posted_on), ("présentée", row.presented_on), ("remise", row.delivered_on)]
    dates = ", ".join(f"{done} le {long_date(day)}" for done, day in dated if day)
    named = " ".join(part for part in ("Lettre recommandée", row.tracking) if part)
    path = f"courriers/{number:02}"
    await _write_stored(portal, archive, f"{path}-lettre.pdf", row.file_key, f"{named}, {dates}")
    proofs = [
        ("depot", "Preuve du dépôt", row.deposit_key),
        ("reception", "Preuve de la réception", row.proof_key),
    ]
    proofs += [(one.code.lower(), f"Preuve du prestataire ({one.code})", one.proof_key) for one in statuses]
    for name, what, key in proofs:
        if key:
            await _write_stored(portal, archive, f"{path}-{name}", key, f"{what}, {named}")


def _write_mail(archive: EvidenceArchive, row: sa.Row[Any]) -> None:
    what = f"E-mail « {row.subject} », envoyé {full_instant(row.sent_at)}"
    if not row.text:
        archive.lack(what, _ERASED)
        return
    text = f"À : {row.recipient}\nObjet : {row.subject}\nEnvoyé : {full_instant(row.sent_at)}\n\n{row.text}"
    archive.add(f"mails/{row.id:06}-{row.template.replace('_', '-')}.txt", text.encode(), what)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
