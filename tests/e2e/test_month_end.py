"""A month's end as staff live it: what waits, the bank, an unpaid contract to its end, a credit note, the accounts."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.documents.sales_journal import COLUMNS, ENCODING
from portal.settings import Settings
from tests.e2e.server import Server
from tests.e2e.test_pages import looks_of
from tests.e2e.walking import become_staff, ready
from tests.payments.bank_files import Detail, Entry, statement

pytestmark = pytest.mark.e2e


def go(page: Page, path: str) -> None:
    page.goto(path)
    ready(page)


def enter_missing_rates(page: Page) -> None:
    """Enter the legal rate of each half-year that lacks it, as long as the page asks for one."""
    go(page, "/gestion/tarifs")
    missing = page.get_by_text("Il manque le taux du")
    for _ in range(6):
        if not missing.count():
            return
        page.get_by_label("Taux légal").fill("2,75")
        page.get_by_role("button", name="Enregistrer le taux").click()
        expect(page.get_by_text("Indiquez la source")).to_be_visible()
        expect(page.get_by_label("Taux légal")).to_have_value("2,75")
        page.get_by_label("Source").fill("Arrêté publié au Journal officiel")
        page.get_by_role("button", name="Enregistrer le taux").click()
        expect(page.get_by_text("Le taux est enregistré.")).to_be_visible()
        go(page, "/gestion/tarifs")
    raise AssertionError("a rate is still missing")


def a_transfer_nobody_knows() -> bytes:
    [iban] = [field.default for name, field in Settings.model_fields.items() if name == "vendor_iban"]
    detail = Detail(cents=12300, wording="VIREMENT SANS FACTURE", payer="CORDAGES MALOUINS")
    return statement(Entry([detail], family="RCDT"), iban=iban.replace(" ", ""))


def test_a_month_end(page: Page, server: Server, tmp_path: Path) -> None:
    become_staff(page, server)
    server.portal("travel", "65d")
    go(page, "/gestion/facturation")
    expect(page.get_by_text(re.compile("résiliations? à décider")).first).to_be_visible()
    enter_missing_rates(page)
    a_grid_that_would_reach_the_past_keeps_all_that_was_typed(page, server)
    what_the_bank_says_and_nobody_knows_waits_for_a_person(page, tmp_path)
    an_unpaid_contract_ends_by_a_letter(page, tmp_path)
    who_proposes_a_credit_note_does_not_decide_it(page, server)
    the_accounts_take_the_month_before(page, server)


def a_grid_that_would_reach_the_past_keeps_all_that_was_typed(page: Page, server: Server) -> None:
    page.get_by_text("Publier une nouvelle grille").click()
    page.get_by_label("S’applique à partir du").fill(server.today().isoformat())
    price = page.get_by_label("Prix HT par utilisateur et par mois")
    price.fill("52,00")
    page.get_by_role("button", name="Publier la grille").click()
    expect(page.get_by_text("Une grille s’applique au plus tôt demain")).to_be_visible()
    expect(price).to_have_value("52,00")


def what_the_bank_says_and_nobody_knows_waits_for_a_person(page: Page, tmp_path: Path) -> None:
    go(page, "/gestion/facturation")
    page.keyboard.press("3")
    page.wait_for_url(re.compile("/gestion/banque"))
    ready(page)
    file = tmp_path / "releve.xml"
    file.write_bytes(a_transfer_nobody_knows())
    page.get_by_label("Un message à lire").set_input_files(file)
    page.get_by_role("button", name="Lire ce message").click()
    expect(page.get_by_text("1\u00a0ligne nouvelle sur 1, 1\u00a0attend une personne")).to_be_visible()
    ready(page)
    page.get_by_role("button", name="Expliquer").click()
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_text("Dites pourquoi")).to_be_visible()
    page.get_by_label("Pourquoi", exact=True).fill("Acompte d’un autre contrat, rendu au client")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_text("La ligne est classée")).to_be_visible()
    expect(page.get_by_text("Tout est expliqué")).to_be_visible()


def an_unpaid_contract_ends_by_a_letter(page: Page, tmp_path: Path) -> None:
    """The letter, its tracking number, the last question, the proof."""
    go(page, "/gestion/impayes")
    page.get_by_role("button", name=re.compile("Résiliation à décider")).click()
    page.get_by_role("button", name=re.compile("^Préparer la lettre")).first.click()
    expect(page.get_by_text("La lettre est prête")).to_be_visible()
    with page.expect_download() as letter:
        page.get_by_role("link", name="La lettre (PDF)").click()
    assert Path(letter.value.path()).read_bytes().startswith(b"%PDF")
    tracking = page.get_by_label("Numéro de suivi de la lettre recommandée")
    tracking.fill("12")
    page.get_by_role("button", name="Résilier le contrat…").click()
    expect(page.get_by_text("Recopiez le numéro de suivi")).to_be_visible()
    expect(tracking).to_have_value("12")
    tracking.fill("1A 234 567 8901 2")
    page.get_by_role("button", name="Résilier le contrat…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("prend fin ce")
    dialog.get_by_label("La lettre est postée aujourd’hui").check()
    dialog.get_by_role("button", name="Résilier ce contrat").click()
    expect(page.get_by_text("Le contrat est résilié.")).to_be_visible()
    scan = tmp_path / "accuse.pdf"
    scan.write_bytes(b"%PDF-1.7\n1 0 obj\n")
    page.get_by_label("Accusé de réception").set_input_files(scan)
    page.get_by_role("button", name="Ranger la preuve").click()
    expect(page.get_by_text("La preuve de réception est rangée.")).to_be_visible()


def who_proposes_a_credit_note_does_not_decide_it(page: Page, server: Server) -> None:
    go(page, "/gestion/avoirs")
    page.get_by_role("button", name="Proposer cet avoir").click()
    expect(page.get_by_text("Indiquez le numéro de la facture")).to_be_visible()
    year = (server.now() - timedelta(days=65)).year
    page.get_by_label("Facture", exact=True).fill(f"F-{year}-0001")
    page.get_by_label("Montant HT").fill("9 000")
    page.get_by_label("Ce que le client lira").fill("Geste commercial")
    page.get_by_label("Pourquoi", exact=True).fill("Une matinée d’interruption")
    page.get_by_role("button", name="Proposer cet avoir").click()
    refusal = page.get_by_role("alert").filter(has_text="porte encore")
    refusal.get_by_text("Pourquoi ?").click()
    expect(refusal.get_by_text("Un avoir ne rend jamais plus", exact=False)).to_be_visible()
    assert looks_of(page, "/gestion/avoirs, refusé", "avoirs-refus") == []
    page.get_by_label("Montant HT").fill("12,50")
    page.get_by_role("button", name="Proposer cet avoir").click()
    expect(page.get_by_text("Une autre personne le décide.")).to_be_visible()
    expect(page.get_by_role("button", name="Émettre l’avoir")).to_have_count(0)


def the_accounts_take_the_month_before(page: Page, server: Server) -> None:
    go(page, "/gestion/facturation")
    page.get_by_label("Avec les règlements").check()
    with page.expect_download() as journal:
        page.get_by_role("button", name="Télécharger le journal").click()
    first, *_ = Path(journal.value.path()).read_bytes().decode(ENCODING).split("\r\n")
    assert first.split("\t") == list(COLUMNS)
    page.get_by_label("Au", exact=True).fill(server.today().isoformat())
    page.get_by_role("button", name="Télécharger le journal").click()
    expect(page.get_by_text("d’autres factures peuvent s’y ajouter")).to_be_visible()
