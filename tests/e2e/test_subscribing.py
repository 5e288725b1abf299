"""The whole way of a client: from the trial to a contract in force, staff at their keyboard on the other side."""

import re
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Download, FilePayload, Page, expect

from portal.contract.calendar import paris_day
from portal.documents.dossier_papers import SignatureBox
from portal.documents.specimens import Incorporated, kbis_specimen, signed_specimen
from portal.services.papers import BOX
from tests.e2e.mailbox import text_of, wait_for_mail
from tests.e2e.server import Server
from tests.e2e.walking import become_staff, ready, sign_up, start_trial

pytestmark = pytest.mark.e2e

EMAIL = "anne@quai.example"
SIREN = "732829320"
RECEIVED = "Reçue, en attente de notre lecture"


def give_facts(page: Page) -> None:
    page.goto("/espace/souscrire")
    ready(page)
    page.get_by_label("En qualité de").fill("Présidente")
    page.get_by_label("Nombre d’utilisateurs").fill("4")
    page.get_by_role("button", name="Garder et continuer").click()
    expect(page.get_by_text("Le contrat compte 5\u00a0utilisateurs au moins")).to_be_visible()
    page.get_by_label("Nombre d’utilisateurs").fill("7")
    expect(page.locator("dt").filter(has_text="7\u00a0utilisateurs, par mois")).to_be_visible()
    page.get_by_role("button", name="Garder et continuer").click()
    page.get_by_label("IBAN").fill("FR76 3000 6000 0112 3456 7890 188")
    expect(page.get_by_role("status").filter(has_text="clé")).to_be_visible()
    page.get_by_label("IBAN").fill("FR76 3000 6000 0112 3456 7890 189")
    expect(page.get_by_text("IBAN valable")).to_be_visible()
    page.get_by_role("button", name="Garder et continuer").click()
    expect(page.get_by_text("L’étape 2 est gardée.")).to_be_visible()


def signed(page: Page, server: Server, title: str, piece: str) -> FilePayload:
    """Download a paper and sign it."""
    with page.expect_download() as downloading:
        page.get_by_role("link", name=f"Télécharger {title}").click()
    pdf = content_of(downloading.value)
    with sqlite3.connect(server.data / "portal.db", timeout=10) as connection:
        row = connection.execute(
            "SELECT signature FROM papers WHERE piece = ? ORDER BY printed_at DESC LIMIT 1", (piece,)
        ).fetchone()
    connection.close()
    box: SignatureBox = BOX.validate_json(row[0])
    return payload(f"{piece}.pdf", signed_specimen(pdf, box))


def content_of(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def payload(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


def send(page: Page, piece: str, file: FilePayload) -> None:
    card = page.locator(f"[data-piece={piece}]")
    card.locator("input[type=file]").set_input_files(file)
    expect(card.get_by_text(RECEIVED)).to_be_visible(timeout=30_000)


def extract(server: Server) -> FilePayload:
    company = Incorporated(
        siren=SIREN,
        name="ATELIER DU LITTORAL",
        legal_form="Société par actions simplifiée",
        capital="10 000,00 Euros",
        address="14 rue du Port 59140 Dunkerque",
        greffe="Dunkerque",
        capacity="Président",
        director="LEROY Anne",
    )
    now = server.now()
    return payload("kbis.pdf", kbis_specimen(company, paris_day(now), at=now))


def test_from_the_trial_to_a_contract_in_force(page: Page, server: Server, browser: Browser) -> None:
    sign_up(page, server, EMAIL)
    start_trial(page)
    give_facts(page)
    contract = signed(page, server, "Le contrat", "contract")
    mandate = signed(page, server, "Le mandat de prélèvement SEPA", "mandate")

    # The mandate in the contract's place: told which is which, and nothing is kept.
    wrong = page.locator("[data-piece=contract]")
    wrong.locator("input[type=file]").set_input_files(mandate)
    expect(wrong.get_by_role("alert").filter(has_text="le mandat SEPA signé")).to_be_visible(timeout=30_000)
    expect(wrong.get_by_text(RECEIVED)).to_have_count(0)

    send(page, "contract", contract)
    send(page, "mandate", mandate)
    send(page, "kbis", extract(server))
    expect(page.get_by_text("Attendre notre réponse")).to_be_visible()

    staff = browser.new_context(base_url=server.url, locale="fr-FR", timezone_id="Europe/Paris")
    desk = staff.new_page()
    become_staff(desk, server)
    examine_by_keyboard(desk)
    wait_for_mail(server.data, EMAIL, "Premier mois")
    desk.get_by_label("Virement reçu le").press("Enter")
    expect(desk.get_by_text("le contrat est en vigueur")).to_be_visible()
    staff.close()

    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre contrat est en vigueur")
    expect(page.locator("dt").filter(has_text="Dernier moment pour dénoncer")).to_be_visible()
    notice = text_of(wait_for_mail(server.data, EMAIL, "est en vigueur"))
    assert re.search(r"CT-\d{4}-\d{4}", notice)


def examine_by_keyboard(desk: Page) -> None:
    """Accept the three pieces and validate the identity without touching the mouse."""
    desk.goto("/gestion/dossiers")
    ready(desk)
    desk.get_by_role("link", name="Atelier du Littoral").focus()
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile(r"/gestion/dossier\?contrat="))
    ready(desk)
    for piece in ("Contrat", "Mandat", "K-bis"):
        expect(desk.get_by_role("button", name=piece, pressed=True)).to_be_visible()
        desk.keyboard.press("a")
        expect(desk.get_by_role("button", name=piece).filter(has_text="Acceptée")).to_be_visible()
    desk.keyboard.press("i")
    expect(desk.get_by_text("L’identité est validée.")).to_be_visible()


def test_a_refused_piece_is_sent_again(page: Page, server: Server) -> None:
    server.forget_attempts()
    page.goto("/connexion")
    page.get_by_label("E-mail").fill("mathis.jourdan@librairie-halles.example")
    page.get_by_label("Mot de passe").fill("essai-sans-surprise")
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(re.compile("/espace$"))
    page.goto("/espace/souscrire")
    ready(page)
    card = page.locator("[data-piece=kbis]")
    expect(card.get_by_text("Refusée", exact=True)).to_be_visible()
    expect(card.get_by_text("Pourquoi elle est refusée")).to_be_visible()
    company = Incorporated(
        siren="999836018",
        name="LIBRAIRIE DES HALLES",
        legal_form="Société à responsabilité limitée",
        capital="10 000,00 Euros",
        address="11 rue des Halles 37000 Tours",
        greffe="Tours",
        capacity="Gérant",
        director="JOURDAN Mathis",
    )
    now = server.now()
    send(page, "kbis", payload("nouveau.pdf", kbis_specimen(company, paris_day(now), at=now)))
    expect(card.get_by_text("Versions précédentes")).to_be_visible()
