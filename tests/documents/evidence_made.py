"""A small evidence file, made without a database: a chain, a text that was accepted, an invoice."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.contract import events as e
from portal.contract.events import Event
from portal.documents.evidence.archive import EvidenceArchive, verifier
from portal.documents.evidence.verify import (
    ACCEPTANCES,
    EVENTS,
    FIRST_PREVIOUS,
    event_hash,
    opened_commitment,
)
from tests.services.clients import paris

CONTRACT = "0c5c8b8e-6a2e-4a4e-9d0b-2a2f3f0f7a11"
ANNE = "5b7d1d2e-0d0d-4a64-8a57-b9be1b6a2a01"
TEXT = "# Conditions générales\n\nArticle 1. L’objet.\n"
SALT = "ab" * 32


@dataclass(frozen=True)
class Parts:
    """What an evidence file is made of, to be told otherwise by a test."""

    lines: list[dict[str, object]]
    acceptances: list[dict[str, object]]
    text: str = TEXT
    with_invoice: bool = True
    head: str = ""


def parts() -> Parts:
    """Return what happened: an account, an acceptance, an invoice."""
    at = paris(date(2026, 3, 3), 10)
    text_sha256 = hashlib.sha256(TEXT.encode()).hexdigest()
    kept = {"version": "2026-01", "text_sha256": text_sha256, "ip": "192.0.2.10", "user_agent": "Navigateur"}
    evidence = opened_commitment(SALT, kept)
    happened: list[Event] = [
        e.AccountCreated(at=at, siren="732829320", admin=ANNE),
        e.TermsAccepted(at=at, version="2026-01", by=ANNE, evidence=evidence),
        e.InvoiceIssued(
            at=at + timedelta(days=20),
            number="F-2026-0001",
            month="first",
            due=date(2026, 3, 31),
            collection=date(2026, 3, 31),
            lines=(),
            net_cents=24500,
            vat_hundredths=2000,
            vat_cents=4900,
            gross_cents=29400,
        ),
    ]
    acceptance = {
        "event": 2,
        "version": "2026-01",
        "at": "",
        "by": ANNE,
        "text": "cgv/01-2026-01.md",
        "text_sha256": text_sha256,
        "evidence": evidence,
        "opening": {"salt": SALT, "kept": kept},
    }
    return Parts(chained(happened, at), [acceptance])


def chained(happened: list[Event], recorded_at: datetime) -> list[dict[str, object]]:
    previous, lines = FIRST_PREVIOUS, []
    for seq, event in enumerate(happened, start=1):
        body = json.dumps(e.EVENT.dump_python(event, mode="json"), ensure_ascii=False, sort_keys=True)
        line: dict[str, object] = {
            "contract_id": CONTRACT,
            "seq": seq,
            "at": json.loads(body)["at"],
            "kind": event.kind,
            "body": body,
            "recorded_at": recorded_at.isoformat(timespec="microseconds"),
            "actor": ANNE,
            "previous_hash": previous,
        }
        previous = event_hash(line)
        lines.append({**line, "hash": previous})
    return lines


def made(told: Parts) -> bytes:
    """Return the sealed file of what is told, true or not."""
    archive = EvidenceArchive()
    lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in told.lines)
    archive.add(EVENTS, lines.encode(), "La chaîne")
    archive.add("cgv/01-2026-01.md", told.text.encode(), "Les CGV", proves="cgv:2026-01")
    archive.add(ACCEPTANCES, json.dumps(told.acceptances, ensure_ascii=False).encode(), "Les acceptations")
    if told.with_invoice:
        archive.add("factures/F-2026-0001.pdf", b"%PDF-1.7 ...", "Facture", proves="facture:F-2026-0001")
    archive.add("verify.py", verifier(), "Le vérificateur")
    contract = {"id": CONTRACT, "number": "CT-2026-0001", "siren": "732829320", "company": "Atelier Nord"}
    head = told.head or str(told.lines[-1]["hash"])
    return archive.sealed(contract=contract, events=len(told.lines), head=head)
