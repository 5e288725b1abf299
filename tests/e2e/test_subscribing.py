"""The whole way of a client: from the trial to a contract in force, staff at their keyboard on the other side."""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import keep_picture, machine_of
from tests.e2e.mailbox import text_of, wait_for_mail
from tests.e2e.server import Server
from tests.e2e.subscribing import (
    ATELIER,
    RECEIVED,
    accept_by_keyboard,
    card_of,
    early_in_a_month,
    extract,
    give_facts,
    in_front,
    is_accepted,
    open_by_keyboard,
    record_transfer,
    send,
    signed,
    tab_of,
    tab_to,
    validate_by_keyboard,
)
from tests.e2e.walking import become_staff, ready, sign_in, sign_up, start_trial

pytestmark = pytest.mark.e2e

EMAIL = "anne@quai.example"
DEMONSTRATION = "essai-sans-surprise"
LIBRAIRIE = replace(
    ATELIER, siren="999836018", name="LIBRAIRIE DES HALLES", legal_form="Société à responsabilité limitée",
    address="11 rue des Halles 37000 Tours", greffe="Tours", capacity="Gérant", director="JOURDAN Mathis",
)  # fmt: skip
NORD = replace(ATELIER, siren="999120348", name="ATELIER NORD")


@pytest.fixture(scope="module")
def desk(browser: Browser, server: Server) -> Iterator[Page]:
    """One of the staff at her desk, on a day early in a month."""
    early_in_a_month(server)
    with machine_of(browser, server) as machine:
        page = machine.new_page()
        become_staff(page, server)
        yield page


def at_her_dossier(page: Page, server: Server, email: str) -> None:
    server.forget_attempts()
    sign_in(page, email, DEMONSTRATION)
    page.wait_for_url(re.compile("/espace$"))
    page.goto("/espace/souscrire")
    ready(page)


def test_from_the_trial_to_a_contract_in_force(page: Page, server: Server, desk: Page) -> None:
    sign_up(page, server, EMAIL)
    start_trial(page)
    page.goto("/espace/souscrire")
    ready(page)
    page.get_by_label("En qualité de").fill("Présidente")
    page.get_by_label("Nombre d’utilisateurs").fill("4")
    page.get_by_role("button", name="Garder et continuer").click()
    expect(page.get_by_text("Le contrat compte 5\u00a0utilisateurs au moins")).to_be_visible()
    give_facts(page)
    contract = signed(page, server, "Le contrat", "contract")
    mandate = signed(page, server, "Le mandat de prélèvement SEPA", "mandate")

    # The mandate in the contract's place: told which is which, and nothing is kept.
    wrong = card_of(page, "contract")
    wrong.locator("[data-piece-files]").set_input_files(mandate)
    expect(wrong.get_by_role("alert").filter(has_text="le mandat SEPA signé")).to_be_visible(timeout=40_000)
    expect(wrong.get_by_text(RECEIVED)).to_have_count(0)

    # An extract too old: until when it was good, and why.
    old = card_of(page, "kbis")
    old.locator("[data-piece-files]").set_input_files(extract(server, days_old=120))
    expect(old.get_by_role("alert").filter(has_text="pouvait être reçu jusqu’au")).to_be_visible(
        timeout=40_000
    )
    old.get_by_text("Pourquoi ?").click()
    expect(old.get_by_text("doit dater de moins de trois mois le jour")).to_be_visible()
    keep_picture(page, "kbis-trop-ancien")

    send(page, "contract", contract)
    send(page, "mandate", mandate)
    send(page, "kbis", extract(server))
    expect(page.get_by_role("heading", name="Nous examinons votre dossier")).to_be_visible()

    open_by_keyboard(desk, "Atelier du Littoral")
    accept_by_keyboard(desk, "Contrat", "Mandat", "K-bis")
    validate_by_keyboard(desk)
    wait_for_mail(server.data, EMAIL, "Premier mois")
    page.reload()
    expect(page.get_by_role("heading", name="Régler le premier mois")).to_be_visible()
    expect(page.locator("dt").filter(has_text="Référence à rappeler")).to_be_visible()
    record_transfer(desk)

    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre contrat est en vigueur")
    expect(page.locator("dt").filter(has_text="Dernier moment pour dénoncer")).to_be_visible()
    expect(card_of(page, "contract").get_by_role("link", name="Fichier envoyé")).to_be_visible()
    notice = text_of(wait_for_mail(server.data, EMAIL, "est en vigueur"))
    assert re.search(r"CT-\d{4}-\d{4}", notice)


def test_a_piece_refused_by_keyboard_is_sent_again(page: Page, server: Server, desk: Page) -> None:
    """Refused once in the demonstration already; here once more, in the staff's own words."""
    email = "mathis.jourdan@librairie-halles.example"
    at_her_dossier(page, server, email)
    expect(page.get_by_role("heading", name="Renvoyer l’extrait K-bis")).to_be_visible()
    card = card_of(page, "kbis")
    expect(card.get_by_text("Refusé", exact=True)).to_be_visible()
    send(page, "kbis", extract(server, LIBRAIRIE, days_old=3))
    expect(card.get_by_text("Versions précédentes")).to_be_visible()

    open_by_keyboard(desk, "Librairie des Halles")
    # Turned off, a key of one letter does nothing; turned on again, it does.
    in_front(desk, "K-bis")
    desk.get_by_role("button", name="les couper").press("Enter")
    desk.keyboard.press("1")
    desk.get_by_role("button", name="les activer").press("Enter")
    expect(desk.get_by_role("button", name="les couper")).to_be_visible()
    in_front(desk, "K-bis")
    desk.keyboard.press("1")
    in_front(desk, "Contrat")
    desk.keyboard.press("3")
    expect(desk.get_by_role("button", name="K-bis", pressed=True)).to_be_visible()
    desk.keyboard.press("r")
    expect(desk.get_by_label("Motif")).to_be_focused()
    # Escape keeps the piece as it is, from within the field too.
    desk.keyboard.press("Escape")
    expect(desk.get_by_label("Motif")).to_have_count(0)
    desk.keyboard.press("r")
    expect(desk.get_by_label("Motif")).to_be_focused()
    desk.keyboard.type("Illisible")
    desk.keyboard.press("Tab")
    desk.keyboard.type("Le bas de la page est coupé.")
    expect(desk.locator(".will-read")).to_contain_text("coupée. Le bas de la page est coupé. Numérisez-le")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(tab_of(desk, "K-bis").filter(has_text="refusé")).to_be_visible()

    mailed = text_of(wait_for_mail(server.data, email, "K-bis"))
    assert "Le bas de la page est coupé." in " ".join(mailed.split())
    page.reload()
    ready(page)
    expect(page.locator(".next-step")).to_contain_text("Le bas de la page est coupé.")
    send(page, "kbis", extract(server, LIBRAIRIE))
    expect(card.get_by_text("Versions précédentes (2)")).to_be_visible()

    open_by_keyboard(desk, "Librairie des Halles")
    accept_by_keyboard(desk, "K-bis")
    validate_by_keyboard(desk)
    tab_to(desk, desk.get_by_role("button", name="Enregistrer le virement"))
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("le contrat est en vigueur")).to_be_visible()


def test_staff_validate_a_clean_dossier_in_five_clicks(desk: Page) -> None:
    desk.goto("/gestion/dossiers")
    ready(desk)
    desk.get_by_role("link", name="Scierie des Ballons").click()
    ready(desk)
    # The tab shows the dossier it had before until this one has come.
    expect(desk.get_by_role("heading", name="Scierie des Ballons", level=1)).to_be_visible(timeout=20_000)
    for piece in ("Contrat", "Mandat", "K-bis"):
        in_front(desk, piece)
        desk.get_by_role("button", name="Accepter").click()
        is_accepted(desk, piece)
    desk.get_by_role("button", name="Valider l’identité").click()
    expect(desk.get_by_text("L’identité est validée.")).to_be_visible()
    expect(desk.get_by_text("294,00\u00a0€ TTC")).to_be_visible()


def test_two_tabs_of_one_client_end_with_one_dossier(
    page: Page, context: BrowserContext, server: Server, desk: Page
) -> None:
    at_her_dossier(page, server, "anne.leroy@atelier-nord.example")
    other = context.new_page()
    other.goto("/espace/souscrire")
    ready(other)
    give_facts(page, users=7)

    # The other tab still asks for the first step: it is kept, and both tabs go on from the same place.
    other.get_by_label("En qualité de").fill("Gérante")
    other.get_by_label("Nombre d’utilisateurs").fill("9")
    other.get_by_role("button", name="Garder et continuer").click()
    expect(other.get_by_role("heading", name="Vos trois pièces")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    users = page.locator(".ledger-line").filter(has=page.get_by_text("Utilisateurs", exact=True))
    expect(users.locator(".ledger-figure")).to_have_text("9")

    # The same file from both at once is one piece.
    file = extract(server, NORD)
    cards = [card_of(one, "kbis") for one in (page, other)]
    for card in cards:
        card.locator("[data-piece-files]").set_input_files(file)
    for card in cards:
        expect(card.get_by_text("Reçu. Voici ce que nous avons lu.")).to_be_visible(timeout=60_000)
        expect(card.get_by_text(RECEIVED)).to_be_visible()
        expect(card.get_by_text("Versions précédentes")).to_have_count(0)
    with sqlite3.connect(server.data / "portal.db", timeout=10) as connection:
        [(sent,)] = connection.execute(
            "SELECT count(*) FROM pieces p JOIN contracts c ON c.id = p.contract_id"
            " JOIN companies k ON k.id = c.company_id WHERE k.siren = ?",
            (NORD.siren,),
        ).fetchall()
    connection.close()
    assert sent == 1

    # What one tab replaces, the other shows when one comes back to it.
    send(other, "kbis", extract(server, NORD, days_old=1))
    page.wait_for_timeout(1100)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(cards[0].get_by_text("Versions précédentes (1)")).to_be_visible()
    other.close()


def test_two_of_the_staff_on_one_dossier_see_each_other(desk: Page, server: Server) -> None:
    """The colleague's page is told by what it writes: that it has the dossier in front."""
    open_by_keyboard(desk, "Cabinet Delmas Conseil")
    contract = desk.url.partition("contrat=")[2]
    expect(desk.get_by_text("est aussi sur ce dossier")).to_have_count(0)
    seen_by_a_colleague(server, contract)
    expect(desk.get_by_text("Nina Roy est aussi sur ce dossier")).to_be_visible(timeout=15_000)


def seen_by_a_colleague(server: Server, contract: str) -> None:
    with sqlite3.connect(server.data / "portal.db", timeout=10) as connection:
        [(now,)] = connection.execute("SELECT max(seen_at) FROM presences").fetchall()
        connection.execute(
            "INSERT INTO persons (id, company_id, email, first_name, last_name, created_at)"
            " VALUES ('nina', NULL, 'nina@prestataire.example', 'Nina', 'Roy', ?)",
            (now,),
        )
        connection.execute(
            "INSERT INTO presences (contract_id, person_id, seen_at) VALUES (?, 'nina', ?)", (contract, now)
        )
    connection.close()
