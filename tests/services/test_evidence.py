"""The evidence file of a contract: everything that is kept of it, the same bytes each time, for those who may.

A contract that has all of it: papers printed, pieces sent as files, an invoice, a letter, mails that left.
"""

import hashlib
import io
import json
import random
import zipfile
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.acts import Piece
from portal.contract.refusal import Refusal
from portal.documents.evidence.verify import faults, head_of
from portal.outside.files import StorageUnavailable
from portal.outside.sealed_files import SealedFiles
from portal.records.billing_tables import invoice_papers, letters, registered_statuses
from portal.records.end_tables import certificates
from portal.records.tables import acceptances, journal, outbox, papers, persons, pieces
from portal.services import kept_files
from portal.services.context import NotFound, Portal, Role, Viewer
from portal.services.evidence import evidence_file, evidence_names, evidence_of, own_evidence
from portal.services.named_persons import NewUser
from portal.services.outbox import deliver
from portal.services.papers import paper
from portal.services.reading import own_contract
from portal.services.trials import allow_another_trial
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, a_client, a_trial, act, live_until, paris
from tests.services.contracts import a_contract, people
from tests.services.dossier_lives import a_colleague
from tests.services.subscribing import a_subscribing_client

START = paris(date(2026, 3, 3), 10)
HUGO = NewUser("Hugo", "Petit", "hugo.petit@atelier-nord.example")

only_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
async def nina(portal: Portal) -> Viewer:
    return await a_colleague(portal)


@pytest.fixture
async def trial(portal: Portal, clock: FixedClock) -> Client:
    return await a_trial(portal, clock, START)


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> Client:
    """Validated and invoiced: her pieces are files, a letter of hers was posted, her mails have left."""
    client = await a_subscribing_client(portal, clock, START)
    await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)
    sent = [await a_piece(portal, client, piece) for piece in Piece]
    await act(
        portal, client, *sent, *(a.AcceptDocument(piece=piece) for piece in Piece), a.ValidateIdentity()
    )
    await a_letter(portal, client)
    certificate = await kept_files.keep(portal, b"%PDF-1.7 certificate")
    named = {
        "contract_id": client.contract_id,
        "made_at": portal.now(),
        "file_key": certificate,
        "destroyed": [],
    }
    await execute(portal, sa.insert(certificates).values(named))
    await deliver(portal)
    return client


async def a_piece(portal: Portal, client: Client, piece: Piece) -> a.SubmitDocument:
    """Keep a piece as it came; how it is received is in test_pieces.py."""
    key = await kept_files.keep(portal, f"%PDF-1.7 {piece}".encode())
    version, now = f"{piece:-<36}", portal.now()
    row = {
        "id": version, "contract_id": client.contract_id, "piece": piece.value, "revision": 1, "received_at": now,
        "submitted_at": now, "by_id": client.viewer.person_id, "name": "scan.pdf", "size": 1, "sha256": key,
        "originals": [{"key": key, "name": "scan.pdf", "media_type": "application/pdf"}], "copy_key": "",
        "previews": [], "reading": b"sealed", "remark": "",
    }  # fmt: skip
    await execute(portal, sa.insert(pieces).values(row))
    dated = portal.today() if piece is Piece.KBIS else None
    return a.SubmitDocument(piece=piece, document=f"{version}.1", dated=dated)


async def a_letter(portal: Portal, client: Client) -> None:
    """Post a letter, with a proof of its deposit, one of its reception, and one that its carrier sent."""
    contents = (b"%PDF-1.7 letter", b"%PDF-1.7 reception", b"\xff\xd8 deposit", b"said")
    letter, reception, deposit, said = [await kept_files.keep(portal, one) for one in contents]
    row = {
        "id": "9" * 36, "contract_id": client.contract_id, "kind": "notice", "file_key": letter,
        "proof_key": reception, "deposit_key": deposit, "made_at": portal.now(), "by_id": "nobody",
        "posted_on": portal.today(), "tracking": "1A23456789012",
    }  # fmt: skip
    status = {"letter_id": "9" * 36, "code": "REMIS", "at": portal.now(), "proof_key": said}
    await execute(portal, sa.insert(letters).values(row), sa.insert(registered_statuses).values(status))


async def execute(portal: Portal, *statements: sa.sql.dml.UpdateBase) -> None:
    async def work(connection: AsyncConnection) -> None:
        for statement in statements:
            await connection.execute(statement)

    await portal.transact(work)


def read(archive: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.read(name)


def manifest(archive: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(read(archive, "manifest.json"))
    return found


# --- what is in it -------------------------------------------------------------------------------


async def test_it_holds_all_that_is_kept_the_same_bytes_each_time(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    archive = await evidence_file(portal, client.contract_id)
    assert faults(archive) == []

    told = manifest(archive)
    contract = await own_contract(portal, client.viewer)
    assert told["contract"] == {
        "id": client.contract_id,
        "number": "CT-2026-0001",
        "siren": "732829320",
        "company": "Atelier Nord",
        "vendor": portal.settings.vendor_name,
    }
    assert (told["events"], told["head"]) == (len(contract.events), contract.events[-1].hash)
    assert told["absent"] == []
    async with portal.database.reading() as connection:
        versions = {row.piece: row for row in await connection.execute(sa.select(pieces))}
        mails = list(
            await connection.execute(
                sa.select(outbox)
                .join(persons, persons.c.id == outbox.c.person_id)
                .where(outbox.c.contract_id == client.contract_id, persons.c.company_id.is_not(None))
                .order_by(outbox.c.id)
            )
        )
    assert [one["path"] for one in told["files"]] == [
        "evenements.jsonl",
        "cgv/01-2026-01.md",
        "acceptations.json",
        "papiers/contract-01.pdf",
        "pieces/contract-contract-1.pdf",
        "pieces/mandate-mandate--1.pdf",
        "pieces/kbis-kbis-----1.pdf",
        "factures/F-2026-0001.pdf",
        "courriers/01-lettre.pdf",
        "courriers/01-depot.jpg",
        "courriers/01-reception.pdf",
        "courriers/01-remis.bin",
        "courriers/certificat-de-destruction.pdf",
        *(f"mails/{row.id:06}-{row.template.replace('_', '-')}.txt" for row in mails),
        "personnes.json",
        "verify.py",
        "index.html",
    ]
    assert {row.template for row in mails} >= {"trial_started", "terms_accepted", "first_month"}
    for piece, row in versions.items():
        [one] = [one for one in told["files"] if one["proves"] == f"piece:{row.id}.1"]
        assert one["sha256"] == row.sha256, piece
    [mail] = [row for row in mails if row.template == "trial_started"]
    assert mail.text in read(archive, f"mails/{mail.id:06}-trial-started.txt").decode()

    # The same records, the same bytes: later, and after it was handed over.
    clock.advance(minutes=5)
    handed = await own_evidence(portal, client.viewer, ORIGIN)
    assert (handed.name, handed.media_type) == ("preuve-CT-2026-0001.zip", "application/zip")
    assert handed.content == archive
    assert await evidence_file(portal, client.contract_id) == archive


@only_sqlite
@pytest.mark.parametrize("count", [100, pytest.param(1000, marks=pytest.mark.long)])
async def test_one_altered_byte_anywhere_is_found(portal: Portal, client: Client, count: int) -> None:
    archive = bytearray(await evidence_file(portal, client.contract_id))
    chance = random.Random(6)  # noqa: S311 -- the same bytes each time
    for _ in range(count):
        place, mask = chance.randrange(len(archive)), chance.randrange(1, 256)
        archive[place] ^= mask
        assert faults(bytes(archive)), place
        archive[place] ^= mask
    assert faults(bytes(archive)) == []


@only_sqlite
async def test_terms_that_a_renewal_brought_are_in_it(
    portal: Portal, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def drawn(_: Portal, number: str) -> bytes:
        return f"%PDF-1.7 {number}".encode()

    monkeypatch.setattr("portal.services.evidence_contents.document", drawn)
    client, _ = await a_contract(portal, clock)
    await live_until(portal, clock, client, paris(date(2027, 1, 5), 10))
    await act(portal, client, a.AnnounceTerms(version="2025-09"))
    await live_until(portal, clock, client, paris(date(2027, 3, 18), 10))
    archive = await evidence_file(portal, client.contract_id)
    assert faults(archive) == []
    events = {one.seq: one.event for one in (await own_contract(portal, client.viewer)).events}
    first, second = json.loads(read(archive, "acceptations.json"))
    assert (first["version"], first["by"]) == ("2026-01", client.viewer.person_id)
    assert (events[second["event"]].kind, events[second["announced"]].kind) == (
        "contract_renewed",
        "change_announced",
    )
    text = read(archive, "cgv/02-2025-09.md")
    assert (second["version"], second["text"]) == ("2025-09", "cgv/02-2025-09.md")
    assert second["text_sha256"] == hashlib.sha256(text).hexdigest()


# --- what is not in it ---------------------------------------------------------------------------


@only_sqlite
async def test_what_was_erased_is_named_and_the_chain_verified_all_the_same(
    portal: Portal, client: Client
) -> None:
    async with portal.database.reading() as connection:
        kbis = (await connection.execute(sa.select(pieces).where(pieces.c.piece == "kbis"))).one()
        mail = (await connection.execute(sa.select(outbox).order_by(outbox.c.id))).first()
        evidence = await connection.scalar(sa.select(acceptances.c.digest))
    assert mail is not None
    whole = await evidence_file(portal, client.contract_id)
    page = read(whole, "index.html").decode()
    assert head_of(whole) in page
    assert "python verify.py FICHIER.zip" in page
    assert "Hors ligne, rien ne distingue ce fichier d’un autre que quelqu’un aurait refait en entier" in page
    assert "Les CGV, version 2026-01, sont acceptées." in page
    assert "Anne Leroy" in page
    assert "Ce qui manque" not in page
    async with portal.database.reading() as connection:
        pdf = await connection.scalar(sa.select(invoice_papers.c.pdf_sha256))
    await portal.files.delete(kbis.originals[0]["key"])
    assert pdf is not None
    await portal.files.delete(pdf)
    await execute(
        portal,
        sa.delete(acceptances),
        sa.delete(papers),
        sa.delete(pieces).where(pieces.c.piece == "mandate"),
        sa.update(outbox).where(outbox.c.id == mail.id).values(text=""),
        sa.update(persons).where(persons.c.company_id.is_not(None)).values(first_name="", last_name=""),
    )

    archive = await evidence_file(portal, client.contract_id)

    assert faults(archive) == []
    assert head_of(archive) == head_of(whole)
    absent = manifest(archive)["absent"]
    gone = "Ce fichier n’est plus conservé."
    erased = "Effacé : cette donnée n’est plus conservée."
    assert [(one["what"].partition(",")[0], one["why"], one["sha256"]) for one in absent] == [
        ("Les circonstances de l’acceptation des CGV 2026-01", erased, evidence),
        ("La pièce acceptée « mandate-----------------------------.1 »", gone, ""),
        ("L’extrait K-bis", gone, kbis.originals[0]["key"]),
        ("Facture F-2026-0001", gone, pdf),
        (f"E-mail « {mail.subject.partition(',')[0]}", erased, ""),
    ]
    page = read(archive, "index.html").decode()
    assert "Ce qui manque, et pourquoi" in page
    assert "Anne Leroy" not in page


@only_sqlite
async def test_mails_to_the_staff_and_mails_not_sent_are_not_in_it(
    portal: Portal, trial: Client, nina: Viewer
) -> None:
    assert mails_in(await evidence_file(portal, trial.contract_id)) == []
    await deliver(portal)
    own = mails_in(await evidence_file(portal, trial.contract_id))
    assert own
    # A mail about her contract, to a member of the staff.
    async with portal.database.reading() as connection:
        sent = (await connection.execute(sa.select(outbox).limit(1))).mappings().one()
    copied = {**sent, "id": 900, "key": "to the staff", "person_id": nina.person_id}
    await execute(portal, sa.insert(outbox).values(copied))
    assert mails_in(await evidence_file(portal, trial.contract_id)) == own


def mails_in(archive: bytes) -> list[str]:
    return [one["path"] for one in manifest(archive)["files"] if one["path"].startswith("mails/")]


@only_sqlite
async def test_a_new_event_changes_the_head(portal: Portal, trial: Client) -> None:
    before = head_of(await evidence_file(portal, trial.contract_id))
    (hugo,) = await people(portal, trial, HUGO)
    await act(portal, trial, a.RegisterUser(user=hugo))
    after = await evidence_file(portal, trial.contract_id)
    assert faults(after) == []
    assert head_of(after) != before
    assert "Hugo Petit" in read(after, "personnes.json").decode()


@only_sqlite
async def test_without_the_storage_it_waits(
    portal: Portal, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise StorageUnavailable("Le stockage ne répond pas.")

    monkeypatch.setattr(SealedFiles, "get", away)
    with pytest.raises(StorageUnavailable):
        await evidence_file(portal, client.contract_id)


# --- whose it is ---------------------------------------------------------------------------------


async def taken(portal: Portal) -> list[tuple[str, str | None, dict[str, str]]]:
    async with portal.database.reading() as connection:
        rows = await connection.execute(
            sa.select(journal).where(journal.c.kind == "evidence_taken").order_by(journal.c.id)
        )
        return [(row.by_id, row.company_id, row.details) for row in rows]


async def test_it_is_handed_to_its_administrators_and_to_staff_and_the_journal_keeps_it(
    portal: Portal, trial: Client, nina: Viewer
) -> None:
    own = await own_evidence(portal, trial.viewer, ORIGIN)
    assert (await own_evidence(portal, trial.viewer, ORIGIN, trial.contract_id)).content == own.content
    assert (await evidence_of(portal, nina, trial.contract_id, ORIGIN)).content == own.content
    assert own.name == f"preuve-{trial.contract_id}.zip"
    about = {"contract": trial.contract_id}
    assert await taken(portal) == [
        (trial.viewer.person_id, trial.viewer.company_id, about),
        (trial.viewer.person_id, trial.viewer.company_id, about),
        (nina.person_id, trial.viewer.company_id, about),
    ]


async def test_another_client_s_is_not_there(portal: Portal, trial: Client, nina: Viewer) -> None:
    other = await a_client(portal, siren="552100554", email="luc@carpentier.example")
    for asked in (
        own_evidence(portal, other.viewer, ORIGIN, trial.contract_id),
        own_evidence(portal, nina, ORIGIN, trial.contract_id),
        own_evidence(portal, nina, ORIGIN),
        evidence_of(portal, other.viewer, trial.contract_id, ORIGIN),
        evidence_of(portal, trial.viewer, trial.contract_id, ORIGIN),
        evidence_of(portal, nina, "0" * 36, ORIGIN),
        evidence_file(portal, "0" * 36),
    ):
        with pytest.raises(NotFound):
            await asked
    assert await taken(portal) == []


@only_sqlite
async def test_who_does_not_administer_the_contract_is_refused(portal: Portal, trial: Client) -> None:
    (hugo,) = await people(portal, trial, HUGO)
    colleague = Viewer(hugo, Role.CLIENT, trial.viewer.company_id, "session")
    with pytest.raises(Refusal) as refused:
        await own_evidence(portal, colleague, ORIGIN)
    assert (refused.value.code, refused.value.clause) == ("not_administrator", "2")
    assert await taken(portal) == []


@only_sqlite
async def test_a_past_contract_keeps_its_own(
    portal: Portal, trial: Client, nina: Viewer, clock: FixedClock
) -> None:
    await live_until(portal, clock, trial, START.replace(month=6))
    before = await evidence_file(portal, trial.contract_id)
    await allow_another_trial(portal, nina, trial.contract_id, "Un autre projet.", ORIGIN)
    present = (await own_contract(portal, trial.viewer)).id
    assert present != trial.contract_id
    assert (await own_evidence(portal, trial.viewer, ORIGIN, trial.contract_id)).content == before
    assert manifest((await own_evidence(portal, trial.viewer, ORIGIN)).content)["contract"]["id"] == present
    assert [one.contract_id for one in await evidence_names(portal, None)] == [trial.contract_id, present]
    assert await evidence_names(portal, "CT-2026-0009") == ()
