"""CGV art. 12, 15, 16: the end by notice in a browser, from the last evening to the certificate (rules, section 10)."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import FilePayload, Page, expect

from portal.contract import acts as a
from portal.records.tables import outbox
from portal.services.context import Portal
from tests.clock import FixedClock
from tests.e2e.lives import served_after
from tests.e2e.mailbox import text_of, wait_for_mail
from tests.e2e.server import Server
from tests.e2e.test_pages import WRITTEN, faults_of, looks_of
from tests.e2e.walking import ready, sign_in
from tests.services.clients import act, live_until, paris
from tests.services.ended_lives import a_crm_export
from tests.services.invoiced import in_force

pytestmark = pytest.mark.e2e

EMAIL = "anne.leroy@atelier-nord.example"
A_PDF = b"%PDF-1.7\n1 0 obj\n"


async def the_last_evening(portal: Portal, clock: FixedClock) -> None:
    """In force on 17 March 2026, noticed, every month paid: Tuesday 16 March 2027 is the last day."""
    client = await in_force(portal, clock)
    await act(portal, client, a.ServeNotice(by="client"))
    for year, month in [(2026, one) for one in range(4, 13)] + [(2027, one) for one in range(1, 4)]:
        eve = date.fromordinal(date(year, month, 1).toordinal() - 1)
        await live_until(portal, clock, client, paris(eve, 12))
        await act(portal, client, a.Settle(month=f"{year}-{month:02}"))
    await live_until(portal, clock, client, paris(date(2027, 3, 16), 22))
    # A year of mails would leave first, with their invoices: they are not what is looked at here.
    async with portal.database.transaction() as connection:
        await connection.execute(sa.update(outbox).values(next_attempt_at=None, sent_at=portal.machine_now()))


@pytest.fixture(scope="module")
def server(built: Path, port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("end")
    with served_after(the_last_evening, built, folder, port, begins=paris(date(2026, 3, 3), 9)) as running:
        yield running


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def open_end(page: Page, heading: str) -> None:
    page.goto("/espace/fin")
    ready(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"\s".join(heading.split(" "))))


def figure(page: Page, label: str) -> str:
    piece = page.locator(".strip > div").filter(has=page.locator("dt", has_text=label)).first
    return plain(piece.locator(".strip-value").inner_text()).lower()


def confirm_in_dialog(page: Page, consent: str, label: str) -> None:
    """Two gestures: tick, then confirm."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(consent).check()
    dialog.get_by_role("button", name=label).click()


def download(page: Page, name: str) -> bytes:
    with page.expect_download() as downloading:
        page.get_by_role("link", name=name).click()
    return Path(downloading.value.path()).read_bytes()


def a_file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def attach_export_of_the_crm(desk: Page, folder: Path) -> None:
    """Send a file that is no archive, then the archive."""
    desk.goto("/gestion/destructions")
    ready(desk)
    desk.get_by_label("Export du CRM").set_input_files(a_file("export.zip", A_PDF))
    desk.get_by_role("button", name="Joindre l’export").click()
    expect(desk.get_by_role("alert").filter(has_text="export.zip")).to_be_visible()
    ready(desk)
    desk.get_by_label("Export du CRM").set_input_files(
        a_file("export crm.zip", a_crm_export(folder).path.read_bytes())
    )
    desk.get_by_role("button", name="Joindre l’export").click()
    expect(desk.get_by_text("L’export est joint")).to_be_visible()
    assert looks_of(desk, "/gestion/destructions, export joint", "destructions-export") == []


def test_the_staff_s_page_of_ends(desk: Page) -> None:
    page = desk
    page.goto("/gestion/destructions")
    ready(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Les fins de contrat")
    form = page.locator("form").filter(has=page.get_by_role("heading", name="Poser un gel"))
    form.get_by_role("button", name="Poser le gel").click()
    expect(form.get_by_text("Aucun contrat ne porte ce numéro")).to_be_visible()
    form.get_by_label("Numéro du contrat, ou SIREN").fill("CT-2026-0001")
    form.get_by_label("Pourquoi").fill("Le client conteste sa dernière facture.")
    form.get_by_role("button", name="Poser le gel").click()
    expect(page.get_by_text("Gel posé pour Atelier Nord")).to_be_visible()
    assert faults_of(page.evaluate(WRITTEN)) == []
    assert looks_of(page, "/gestion/destructions", "destructions") == []


def test_staff_send_a_formal_demand_to_an_administrator(desk: Page) -> None:
    """CGV art. 16: the letter, posted under its number, then the proof that it was received; the month runs."""
    desk.goto("/gestion/destructions")
    ready(desk)
    form = desk.locator("form").filter(has=desk.get_by_role("heading", name="Mettre en demeure"))
    form.get_by_role("button", name="Préparer la mise en demeure").click()
    expect(form.get_by_text("Nommez l’administrateur judiciaire", exact=False)).to_be_visible()
    form.get_by_label("Numéro du contrat, ou SIREN").fill("CT-2026-0001")
    form.get_by_label("Administrateur judiciaire").fill("Maître Claire Aubin")
    form.get_by_label("Son adresse").fill("3 rue du Palais, 59000 Lille")
    form.get_by_role("button", name="Préparer la mise en demeure").click()
    letter = desk.locator("#lettres > li")
    expect(letter.get_by_text("à poster aujourd’hui")).to_be_visible()
    assert download(desk, "La lettre (PDF)").startswith(b"%PDF-")
    letter.get_by_role("button", name="Noter l’envoi").click()
    expect(letter.get_by_text("Recopiez le numéro de suivi", exact=False)).to_be_visible()
    letter.get_by_label("Numéro de suivi").fill("1A 234 567 8901 2")
    letter.get_by_role("button", name="Noter l’envoi").click()
    confirm_in_dialog(desk, "La lettre est postée aujourd’hui", "Noter l’envoi")
    expect(letter.get_by_text("La résiliation s’ouvre le", exact=False)).to_be_visible()
    # Posted on 16 March: a month to answer, to the end of 16 April.
    assert "samedi 17 avril 2027" in plain(letter.inner_text())
    letter.get_by_label("Accusé de réception").set_input_files(a_file("accuse.pdf", A_PDF))
    letter.get_by_role("button", name="Ranger la preuve").click()
    expect(desk.get_by_text("La preuve de réception est rangée.")).to_be_visible()
    expect(letter.get_by_text("reçue", exact=True)).to_be_visible()
    assert download(desk, "La preuve de réception").startswith(b"%PDF-")
    assert faults_of(desk.evaluate(WRITTEN)) == []
    assert looks_of(desk, "/gestion/destructions, mise en demeure", "destructions-mise-en-demeure") == []


def test_from_the_last_evening_to_the_certificate(
    page: Page, desk: Page, server: Server, tmp_path: Path
) -> None:
    server.forget_attempts()
    sign_in(page, EMAIL)
    page.wait_for_url(re.compile("/espace$"))
    open_end(page, "Votre contrat finit le mardi 16 mars 2027")
    assert figure(page, "Demander vos données") == "jeudi 15 avril 2027"

    server.portal("travel", "--to", "2027-03-17T00:01")
    mail = wait_for_mail(server.data, EMAIL, "CT-2026-0001 a pris fin")
    assert "jusqu’au jeudi 15 avril 2027 inclus" in plain(text_of(mail))
    open_end(page, "Votre contrat a pris fin le mardi 16 mars 2027")
    assert figure(page, "Destruction de vos données") == "à partir du vendredi 16 avril 2027 à 0 h 00"
    problems = looks_of(page, "/espace/fin, terminé", "fin-terminee")

    page.get_by_role("button", name="Demander mes données").click()
    confirm_in_dialog(page, "Je demande ces données", "Demander mes données")
    expect(page.get_by_text("nous préparons vos données")).to_be_visible()
    wait_for_mail(server.data, EMAIL, "Nous préparons la restitution")
    attach_export_of_the_crm(desk, tmp_path)
    server.portal("travel", "--to", "2027-03-18T09:00")
    open_end(page, "Votre contrat a pris fin")
    # The archive is built by the jobs of the server, within its minute.
    for _ in range(90):
        if page.get_by_role("button", name="Confirmer que j’ai mes données").count():
            break
        page.wait_for_timeout(1000)
        # It may have come ready meanwhile: the button to look again is gone then.
        if (look_again := page.get_by_role("button", name="Actualiser")).count():
            look_again.click()
        ready(page)
    wait_for_mail(server.data, EMAIL, "Vos données sont prêtes")
    problems += looks_of(page, "/espace/fin, prête", "fin-prete")
    assert (
        zipfile.ZipFile(io.BytesIO(download(page, "Télécharger Ce que vos utilisateurs"))).testzip() is None
    )
    archive = zipfile.ZipFile(io.BytesIO(download(page, "Télécharger Votre contrat")))
    assert {"index.html", "preuve.zip", "journal.csv", "factures/F-2026-0001.pdf"} <= set(archive.namelist())

    page.get_by_role("button", name="Confirmer que j’ai mes données").click()
    confirm_in_dialog(page, "J’ai téléchargé et vérifié", "Confirmer la réception")
    expect(page.get_by_text("vous avez vos données", exact=False).first).to_be_visible()
    wait_for_mail(server.data, EMAIL, "Restitution confirmée")

    server.portal("travel", "--to", "2027-04-16T00:01")
    mail = wait_for_mail(server.data, EMAIL, "sont détruites")
    assert [part.get_filename() for part in mail.iter_attachments()] == ["attestation-de-destruction.pdf"]
    open_end(page, "Votre contrat a pris fin")
    assert download(page, "Télécharger l’attestation de destruction").startswith(b"%PDF-")
    kept = plain(page.get_by_role("table", name="Ce qui est gardé").inner_text())
    for day in ("16 mars 2032", "31 décembre 2037"):
        assert day in kept
    problems += faults_of(page.evaluate(WRITTEN)) + looks_of(page, "/espace/fin, détruite", "fin-detruite")

    page.get_by_role("button", name="Souscrire de nouveau").click()
    confirm_in_dialog(page, "Je veux préparer un nouveau contrat", "Commencer")
    page.wait_for_url(re.compile("/espace/souscrire"))
    open_end(page, "Votre contrat a pris fin")
    expect(page.get_by_role("table", name="Les contrats de votre entreprise")).to_contain_text("CT-2026-0001")
    assert problems == []
