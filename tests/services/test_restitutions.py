"""CGV art. 12 and 15: the data asked for, prepared, taken, confirmed, destroyed, and the certificate of it."""

import hashlib
import io
import zipfile
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
import sqlalchemy as sa

from portal.contract import acts as a
from portal.contract.refusal import Refusal
from portal.contract.state import Data
from portal.documents.intake import Unacceptable
from portal.outside.files import FileMissing
from portal.records.end_tables import certificates, doomed_files, restitutions
from portal.records.tables import journal, provisioning
from portal.services.certificates import certificate_file, certify_waiting
from portal.services.context import NotFound, Portal, Viewer
from portal.services.piece_keeping import Sent
from portal.services.reading import own_contract
from portal.services.restitution_archive import build_waiting
from portal.services.restitutions import (
    Restitution,
    Step,
    Which,
    attach_export,
    confirm,
    of_contract,
    request,
    take,
)
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, a_client, act, live_until, paris
from tests.services.dossier_lives import a_colleague
from tests.services.ended_lives import a_crm_export, destroyed, prepared
from tests.services.invoiced import in_force
from tests.services.mailboxes import mails_called, the_mail


@pytest.fixture
async def nina(portal: Portal) -> Viewer:
    return await a_colleague(portal)


@pytest.fixture
async def client(portal: Portal, clock: FixedClock, nina: Viewer) -> Client:
    """Ended on Thursday 2 April 2026: her data may be asked for until 2 May, and is destroyed from the 5th on."""
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 3, 31), 10))
    await act(portal, client, a.Settle(month="2026-04"))
    await live_until(portal, clock, client, paris(date(2026, 4, 2), 10))
    await act(portal, client, a.Terminate(reason="force_majeure"))
    return client


async def standing(portal: Portal, client: Client) -> Restitution | None:
    contract = await own_contract(portal, client.viewer)
    return await of_contract(portal, client.contract_id, contract.state)


async def bytes_of(portal: Portal, viewer: Viewer, client: Client, which: Which) -> bytes:
    opened = await take(portal, viewer, client.contract_id, which, ORIGIN)
    return b"".join([part async for part in opened.parts])


def the_archive_says_all(content: bytes) -> None:
    """Every file is there, and in the index with its hash."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    names = set(archive.namelist())
    assert {"index.html", "utilisateurs.csv", "journal.csv", "preuve.zip"} <= names
    assert "verify.py" in zipfile.ZipFile(io.BytesIO(archive.read("preuve.zip"))).namelist()
    assert {"factures/F-2026-0001.pdf", "factures/F-2026-0002.pdf", "factures/A-2026-0001.pdf"} <= names
    assert sum(name.startswith("e-mails/") for name in names) >= 3
    index = archive.read("index.html").decode()
    for name in names - {"index.html"}:
        assert f'href="{name}"' in index
        assert hashlib.sha256(archive.read(name)).hexdigest() in index
    assert "anne.leroy@atelier-nord.example" in archive.read("utilisateurs.csv").decode("utf-8-sig")


async def test_from_the_end_to_the_certificate(
    portal: Portal, clock: FixedClock, client: Client, nina: Viewer, tmp_path: Path
) -> None:
    ended = await the_mail(portal, "contract_ended")
    words = ended.text.replace("\u00a0", " ").replace("\u202f", " ")
    assert "jusqu’au samedi 2 mai 2026 inclus" in words
    assert "à partir du mardi 5 mai 2026 à 0 h 00" in words
    assert "L’avoir de clôture A-2026-0001" in words

    for _ in range(2):
        await request(portal, client.viewer, client.contract_id, ORIGIN)
    asked = await standing(portal, client)
    assert asked
    assert (asked.step, asked.export, asked.archive) == (Step.ASKED, None, None)
    assert [mail.to for mail in await mails_called(portal, "restitution_to_prepare")] == [
        "nina@prestataire.example"
    ]
    with pytest.raises(Refusal, match="restitution_not_prepared"):
        await confirm(portal, client.viewer, client.contract_id, ORIGIN)

    export = a_crm_export(tmp_path)
    await attach_export(portal, nina, client.contract_id, export, ORIGIN)
    waiting = await standing(portal, client)
    assert waiting
    assert waiting.step is Step.BUILDING
    with pytest.raises(NotFound):
        await take(portal, client.viewer, client.contract_id, Which.EXPORT, ORIGIN)
    assert [await build_waiting(portal), await build_waiting(portal)] == [1, 0]
    await the_mail(portal, "restitution_prepared")

    assert await bytes_of(portal, client.viewer, client, Which.EXPORT) == export.path.read_bytes()
    the_archive_says_all(await bytes_of(portal, client.viewer, client, Which.ARCHIVE))
    taken = await standing(portal, client)
    assert taken
    assert (taken.step, taken.parts_done) == (Step.TAKEN, taken.parts)

    await destroyed(portal, clock, client, date(2026, 5, 5))
    state = (await own_contract(portal, client.viewer)).state
    assert state.data is Data.DESTROYED
    assert await certify_waiting(portal) == 0
    mail = await the_mail(portal, "destruction_proof")
    [attached] = mail.attachments
    handed = await certificate_file(portal, client.viewer, client.contract_id, ORIGIN)
    assert attached.content == handed.content
    printed = " ".join(
        page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(handed.content)
    )
    unbroken = "".join(printed.split())
    assert hashlib.sha256(export.path.read_bytes()).hexdigest() in unbroken
    assert "2avril2031" in unbroken  # the evidence, five years
    assert "31décembre2036" in unbroken  # the accounts, ten years

    await nothing_is_left(portal, client, export)


async def nothing_is_left(portal: Portal, client: Client, export: Sent) -> None:
    """Neither a file, nor a link to it; what remains says who did what."""
    for which in Which:
        with pytest.raises(NotFound):
            await take(portal, client.viewer, client.contract_id, which, ORIGIN)
    with pytest.raises(FileMissing):
        b"".join(
            [part async for part in portal.files.get(hashlib.sha256(export.path.read_bytes()).hexdigest())]
        )
    async with portal.database.reading() as connection:
        assert list(await connection.scalars(sa.select(doomed_files.c.file_key))) == []
        orders = list(await connection.scalars(sa.select(provisioning.c.action).order_by(provisioning.c.id)))
        kinds = set(await connection.scalars(sa.select(journal.c.kind)))
    assert orders[-3:] == ["close", "export", "destroy"]
    assert {
        "restitution_asked",
        "restitution_export_kept",
        "restitution_taken",
        "restitution_confirmed",
        "certificate_taken",
    } <= kinds


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_the_links_are_nobody_else_s(
    portal: Portal, client: Client, nina: Viewer, tmp_path: Path
) -> None:
    await prepared(portal, client, nina, tmp_path)
    other = await a_client(portal, siren="552100554", email="eve@autre.example")
    for which in Which:
        with pytest.raises(NotFound):
            await take(portal, other.viewer, client.contract_id, which, ORIGIN)
        assert await bytes_of(portal, nina, client, which)
    for deed in (request, confirm, certificate_file):
        with pytest.raises(NotFound):
            await deed(portal, other.viewer, client.contract_id, ORIGIN)
    with pytest.raises(NotFound):
        await attach_export(portal, client.viewer, client.contract_id, a_crm_export(tmp_path), ORIGIN)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_an_export_is_a_zip_that_was_asked_for_and_may_be_replaced(
    portal: Portal, clock: FixedClock, client: Client, nina: Viewer, tmp_path: Path
) -> None:
    with pytest.raises(Refusal, match="restitution_not_requested"):
        await attach_export(portal, nina, client.contract_id, a_crm_export(tmp_path), ORIGIN)
    await prepared(portal, client, nina, tmp_path)
    text = tmp_path / "notes"
    text.write_text("pas une archive")
    with pytest.raises(Unacceptable, match="archive ZIP"):
        await attach_export(portal, nina, client.contract_id, Sent(text, "notes.zip"), ORIGIN)
    await attach_export(portal, nina, client.contract_id, a_crm_export(tmp_path, "corrigé"), ORIGIN)
    again = await standing(portal, client)
    assert again
    assert again.step is Step.BUILDING
    await build_waiting(portal)
    await destroyed(portal, clock, client, date(2026, 4, 3))
    with pytest.raises(Refusal, match="restitution_over"):
        await attach_export(portal, nina, client.contract_id, a_crm_export(tmp_path, "tard"), ORIGIN)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_one_second_too_late_nothing_is_asked_for(
    portal: Portal, clock: FixedClock, client: Client
) -> None:
    clock.move_to(paris(date(2026, 5, 3), 0))
    with pytest.raises(Refusal, match="restitution_too_late"):
        await request(portal, client.viewer, client.contract_id, ORIGIN)
    async with portal.database.reading() as connection:
        assert (await connection.execute(sa.select(restitutions))).all() == []


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_nothing_is_attested_before_the_crm_has_heard(
    portal: Portal, clock: FixedClock, client: Client
) -> None:
    await live_until(portal, clock, client, paris(date(2026, 5, 5), 8))
    assert await certify_waiting(portal) == 0
    async with portal.database.reading() as connection:
        assert (await connection.execute(sa.select(certificates))).all() == []
    with pytest.raises(NotFound):
        await certificate_file(portal, client.viewer, client.contract_id, ORIGIN)
