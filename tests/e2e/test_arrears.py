"""CGV art. 10.3, 10.4: an arrear in a browser, from the default to suspension and restoration, to the cent (rules, section 8)."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.contract import acts as a
from portal.services.context import Portal
from portal.services.opening import open_portal
from portal.settings import load
from tests.clock import FixedClock
from tests.e2e.lives import served_after
from tests.e2e.mailbox import text_of, wait_for_mail
from tests.e2e.server import Server
from tests.e2e.test_pages import WRITTEN, faults_of, look_at, looks_of
from tests.e2e.walking import become_staff, ready, sign_in
from tests.services.clients import Client, act, live_until, paris
from tests.services.invoiced import in_force as in_force_since_march
from tests.services.paying_lives import in_force

pytestmark = pytest.mark.e2e

EMAIL = "anne.leroy@atelier-nord.example"
NEVER_PAYS = "anne@fonderie.example"
CLIENTS: list[Client] = []


async def unpaid_in_may(portal: Portal, clock: FixedClock) -> None:
    """Eight persons; the invoice of May, 470,40 with tax, was due on 30/04 and nobody paid it. Nor did another client."""
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 5, 4), 8))
    CLIENTS.append(client)
    other = await in_force_since_march(
        portal, clock, siren="443061841", legal_name="Fonderie du Nord", email=NEVER_PAYS
    )
    await live_until(portal, clock, other, paris(date(2026, 3, 31), 10))
    await act(portal, other, a.Settle(month="2026-04"))
    await live_until(portal, clock, other, paris(date(2026, 5, 4), 8))


@pytest.fixture(scope="module")
def server(built: Path, port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("arrears")
    with served_after(unpaid_in_may, built, folder, port, begins=paris(date(2026, 3, 4), 9)) as running:
        yield running


def pay_everything(server: Server) -> None:
    """Record that all that is due was paid, as the bank's message would."""

    async def paid() -> None:
        opened = open_portal(load(data=server.data, demo=True))
        try:
            await act(opened, CLIENTS[-1], a.SettleEverything())
        finally:
            await opened.database.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, paid()).result()


def open_invoices(page: Page, heading: str) -> None:
    """Open the page and wait until it says so: a tab shows what it had until its data has come."""
    page.goto("/espace/factures")
    ready(page)
    words = r"\s".join(map(re.escape, heading.split(" ")))
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(f"^{words}$"))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def figure(page: Page, label: str) -> str:
    line = page.locator(".ledger-line").filter(has=page.locator("dt", has_text=label)).first
    return plain(line.locator(".ledger-figure").first.inner_text())


def test_from_the_default_to_suspension_and_restoration(page: Page, server: Server) -> None:
    server.portal("travel", "--to", "2026-05-04T09:01")
    mail = wait_for_mail(server.data, EMAIL, "F-2026-0002 impayée")
    assert mail["Date"].datetime.date() == date(2026, 5, 4)
    assert "mercredi 20 mai 2026" in plain(text_of(mail))

    server.portal("travel", "--to", "2026-05-20T09:00")
    sign_in(page, EMAIL)
    page.wait_for_url(re.compile("/espace$"))
    page.get_by_role("link", name="Factures").click()
    page.wait_for_url(re.compile("/espace/factures$"))
    open_invoices(page, "514,52 € à régler avant le mercredi 20 mai 2026 à 18 h 00")

    assert figure(page, "Reste dû de la facture") == "470,40 €"
    assert figure(page, "Pénalités de retard") == "4,12 €"
    assert figure(page, "Indemnité de recouvrement") == "40,00 €"
    assert figure(page, "Somme à régler") == "514,52 €"
    assert figure(page, "Référence à indiquer") == "F-2026-0002"
    account = page.locator(".account")
    days = account.locator(".margin-dates .strip-value").all_inner_texts()
    assert [plain(day).lower() for day in days] == [
        "lundi 4 mai 2026 à 9 h 00",
        "mercredi 20 mai 2026 à 18 h 00",
        "jeudi 21 mai 2026",
    ]
    assert plain(account.locator(".statement > p > .date").inner_text()) == "samedi 30 mai 2026 inclus"
    assert looks_of(page, "/espace/factures, en retard", "factures-impayees") == []

    # Why the penalty is what it is: the rate of the half-year, a month begun, a twelfth.
    account.locator("summary").filter(has_text="Pénalités de retard").focus()
    page.keyboard.press("Enter")
    expect(account.get_by_text(re.compile(r"taux annuel de 12,62\s%"))).to_be_visible()

    server.portal("travel", "--to", "2026-05-20T18:01")
    open_invoices(page, "514,52 € à régler pour rétablir le service")
    expect(page.get_by_text("Il se rétablit dès que ce règlement est enregistré")).to_be_visible()

    assert faults_of(page.evaluate(WRITTEN)) == []
    assert looks_of(page, "/espace/factures, suspendu", "factures-suspendues") == []

    pay_everything(server)
    open_invoices(page, "Vos factures")
    row = page.get_by_role("row").filter(has_text="F-2026-0002")
    expect(row.get_by_text("Réglée")).to_be_visible()


def test_from_the_suspension_to_the_termination(page: Page, server: Server) -> None:
    """Suspended on 20/05 at 18:00: staff may end the contract from 21/05, by the letter posted that day, and not before."""
    become_staff(page, server)
    page.goto("/gestion/impayes")
    ready(page)
    row = page.get_by_role("row").filter(has_text="échue le 30/04/2026")
    expect(row).to_contain_text("jeudi 21 mai 2026")
    expect(page.get_by_role("button", name="Préparer la lettre")).to_have_count(0)

    server.portal("travel", "--to", "2026-05-21T09:00")
    page.goto("/gestion/impayes")
    ready(page)
    page.get_by_role("button", name="Préparer la lettre").click()
    page.get_by_label("Numéro de suivi de la lettre recommandée").fill("1A 234 567 8901 2")
    page.get_by_role("button", name="Résilier le contrat…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("prend fin ce jeudi 21 mai 2026")
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("button", name="Résilier ce contrat").click()
    expect(page.get_by_text("Le contrat est résilié.")).to_be_visible()

    told = plain(text_of(wait_for_mail(server.data, NEVER_PAYS, "fin")))
    assert "jeudi 21 mai 2026" in told
    page.context.clear_cookies()
    sign_in(page, NEVER_PAYS)
    page.wait_for_url(re.compile("/espace$"))
    page.goto("/espace/fin")
    ready(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre contrat a pris fin le jeudi 21 mai 2026")
    expect(page.get_by_text("pour défaut de paiement")).to_be_visible()


def test_an_invoice_opens_from_its_row_and_explains_each_line(page: Page, server: Server) -> None:
    server.forget_attempts()
    sign_in(page, EMAIL)
    page.wait_for_url(re.compile("/espace$"))
    open_invoices(page, "Vos factures")
    page.get_by_role("link", name="F-2026-0002", exact=True).first.click()
    page.wait_for_url(re.compile(r"/espace/facture\?numero=F-2026-0002"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Facture de mai\u00a02026")
    page.locator(".sheet-lines summary").first.click()
    for name in ("Anne Leroy", "Hugo Petit", "Yanis Moulin"):
        expect(page.locator(".why-persons").get_by_text(name)).to_be_visible()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Télécharger le PDF").click()
    assert Path(downloading.value.path()).read_bytes().startswith(b"%PDF-")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vos factures")
    page.goto("/espace/facture?numero=F-2026-9999")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cette page n’existe pas")


def test_the_pages_of_money_as_they_are_seen(page: Page, server: Server) -> None:
    server.forget_attempts()
    sign_in(page, EMAIL)
    page.wait_for_url(re.compile("/espace$"))
    problems = look_at(page, "/espace/factures", "factures-reglees")
    problems += look_at(page, "/espace/facture?numero=F-2026-0002", "facture")
    problems += look_at(page, "/espace/paiement", "paiement")
    assert problems == []
