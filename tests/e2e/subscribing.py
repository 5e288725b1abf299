"""Steps of a subscription in a browser: give the facts, print and sign, send the pieces, examine them."""

import re
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Download, FilePayload, Locator, Page, expect

from portal.contract.calendar import PARIS, paris_day
from portal.documents.signature_box import SignatureBox
from portal.documents.specimens import Incorporated, kbis_specimen, signed_specimen
from portal.services.papers import BOX
from tests.e2e.server import Server
from tests.e2e.walking import ready

_BUSY = 20_000  # milliseconds that a machine with many tests at once may take for a decision
RECEIVED = "Reçu, en attente de notre lecture"
ATELIER = Incorporated(
    siren="732829320",
    name="ATELIER DU LITTORAL",
    legal_form="Société par actions simplifiée",
    capital="10 000,00 Euros",
    address="14 rue du Port 59140 Dunkerque",
    greffe="Dunkerque",
    capacity="Président",
    director="LEROY Anne",
)


def early_in_a_month(server: Server) -> None:
    """Move to the 3rd of the next month: there the first month is invoiced with the validation itself."""
    now = server.now().astimezone(PARIS)
    third = (now.replace(day=1) + timedelta(days=32)).replace(day=3, hour=10, minute=0, second=0)
    travel_to(server, third)


def travel_to(server: Server, instant: datetime) -> None:
    server.portal("travel", "--to", instant.astimezone(PARIS).strftime("%Y-%m-%dT%H:%M"))


def give_facts(page: Page, users: int = 7) -> None:
    """Go through the first two steps; the page is open on the first."""
    page.get_by_label("En qualité de").fill("Présidente")
    page.get_by_label("Nombre d’utilisateurs").fill(str(users))
    expect(page.locator("dt").filter(has_text=f"{users}\u00a0utilisateurs, par mois")).to_be_visible()
    page.get_by_role("button", name="Garder et continuer").click()
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


def extract(server: Server, company: Incorporated = ATELIER, *, days_old: int = 0) -> FilePayload:
    now = server.now()
    return payload("kbis.pdf", kbis_specimen(company, paris_day(now) - timedelta(days=days_old), at=now))


def card_of(page: Page, piece: str) -> Locator:
    return page.locator(f"[data-piece={piece}]")


def send(page: Page, piece: str, file: FilePayload) -> None:
    card = card_of(page, piece)
    card.locator("[data-piece-files]").set_input_files(file)
    expect(card.get_by_text("Reçu. Voici ce que nous avons lu.")).to_be_visible(timeout=40_000)
    expect(card.get_by_text(RECEIVED)).to_be_visible()


def send_all(page: Page, server: Server) -> None:
    """Print, sign and send the three pieces of a clean dossier."""
    contract = signed(page, server, "Le contrat", "contract")
    mandate = signed(page, server, "Le mandat de prélèvement SEPA", "mandate")
    send(page, "contract", contract)
    send(page, "mandate", mandate)
    send(page, "kbis", extract(server))


# --- staff ---------------------------------------------------------------------------------------


def open_by_keyboard(desk: Page, company: str) -> None:
    """Go from the queue to a dossier with Tab and Enter."""
    desk.goto("/gestion/dossiers")
    ready(desk)
    tab_to(desk, desk.get_by_role("link", name=company))
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile(r"/gestion/dossier\?contrat="))
    ready(desk)


def tab_to(desk: Page, target: Locator) -> None:
    """Press Tab until the target has the focus, as somebody without a mouse would."""
    for _ in range(60):
        if target.evaluate("one => one === document.activeElement"):
            return
        desk.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {target}")


def tab_of(desk: Page, piece: str) -> Locator:
    return desk.get_by_role("button", name=piece)


def accept_by_keyboard(desk: Page, *pieces: str) -> None:
    for piece in pieces:
        in_front(desk, piece)
        desk.keyboard.press("a")
        is_accepted(desk, piece)


def in_front(desk: Page, piece: str) -> None:
    expect(desk.get_by_role("button", name=piece, pressed=True)).to_be_visible(timeout=_BUSY)


def is_accepted(desk: Page, piece: str) -> None:
    expect(tab_of(desk, piece).filter(has_text="accepté")).to_be_visible(timeout=_BUSY)


def validate_by_keyboard(desk: Page) -> None:
    desk.keyboard.press("i")
    expect(desk.get_by_text("L’identité est validée.")).to_be_visible(timeout=_BUSY)


def record_transfer(desk: Page) -> None:
    """Record today's transfer; the day is filled in already."""
    desk.get_by_label("Virement reçu le").press("Enter")
    expect(desk.get_by_text("le contrat est en vigueur")).to_be_visible(timeout=_BUSY)
