"""The contract at a glance in a browser: its line walked by keyboard, wide and narrow, and « Et si… ? »."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from portal.contract.calendar import paris_day
from portal.contract.french import NBSP, full_date, long_date
from tests.e2e.server import Server
from tests.e2e.walking import ready, sign_in

pytestmark = pytest.mark.e2e

SOLENE = "solene.cariou@conserverie-guilvinec.example"
HERE = "/espace/contrat"


@pytest.fixture
def contract(page: Page, server: Server) -> Page:
    server.forget_attempts()
    sign_in(page, SOLENE, "essai-sans-surprise")
    page.wait_for_url(re.compile("/espace$"))
    page.get_by_role("navigation", name="Navigation principale").get_by_role(
        "link", name="Mon contrat"
    ).click()
    page.wait_for_url(re.compile(f"{HERE}$"))
    ready(page)
    return page


def focused(page: Page) -> str:
    """How a screen reader calls what has the focus."""
    return str(page.evaluate("document.activeElement.getAttribute('aria-label') ?? ''"))


def test_the_line_is_walked_with_the_arrows_and_a_reason_opens_in_place(contract: Page) -> None:
    contract.set_viewport_size({"width": 1440, "height": 900})
    line = contract.locator(".timeline-picture").first
    expect(line.locator('.mark-stop[tabindex="0"]')).to_have_count(1)
    line.locator('.mark-stop[tabindex="0"]').focus()
    assert focused(contract).endswith("Aujourd’hui")
    contract.keyboard.press("ArrowRight")
    assert focused(contract).endswith("Prochaine facture")
    contract.keyboard.press("ArrowLeft")
    assert focused(contract).endswith("Aujourd’hui")
    contract.keyboard.press("Home")
    assert "compte de l’entreprise" in focused(contract)
    contract.keyboard.press("End")
    assert focused(contract).endswith("Fin de la période du contrat")
    # The Tab key comes back to where one was, not to the first of forty marks.
    expect(line.locator('.mark-stop[tabindex="0"]')).to_have_count(1)
    stage = contract.locator(".timeline-stage")
    expect(stage).to_contain_text("Fin de la période du contrat")
    expect(stage.locator("details")).not_to_have_attribute("open", "")
    contract.keyboard.press("Enter")
    expect(stage.locator("details")).to_have_attribute("open", "")
    expect(stage.locator("summary")).to_be_focused()
    expect(stage).to_contain_text("la veille de cet anniversaire", ignore_case=True)
    contract.keyboard.press("Escape")
    assert focused(contract).endswith("Fin de la période du contrat")


def test_on_a_narrow_screen_the_list_is_the_line(contract: Page) -> None:
    contract.set_viewport_size({"width": 360, "height": 800})
    expect(contract.locator(".timeline-picture").first).to_be_hidden()
    moments = contract.get_by_role("list", name="Les dates de votre contrat")
    moments.locator('.mark-stop[tabindex="0"]').focus()
    contract.keyboard.press("End")
    assert focused(contract).endswith("Fin de la période du contrat")
    contract.keyboard.press("ArrowUp")
    assert "résilier" in focused(contract)
    contract.keyboard.press("Enter")
    expect(
        moments.get_by_role("listitem").filter(has_text="Dernier instant pour résilier").locator("details")
    ).to_have_attribute("open", "")
    assert contract.evaluate("document.documentElement.scrollWidth") == 360


def test_what_a_notice_would_change_is_imagined_and_the_way_back_forgets_nothing(
    contract: Page, server: Server
) -> None:
    day = paris_day(server.now()) + timedelta(days=30)
    contract.get_by_label("Ce que vous imaginez").select_option("resilier")
    contract.get_by_label("Quel jour").fill(day.isoformat())
    contract.get_by_role("button", name="Voir ce que cela changerait").click()
    imagined = contract.get_by_role("heading", name=f"Résilier, le {full_date(day)}")
    expect(imagined).to_be_visible()
    contract.wait_for_url(re.compile(f"et-si=resilier.*jour={day}"))
    moves = contract.get_by_role("table", name="Les dates, avec et sans cet acte")
    expect(moves.get_by_role("row").filter(has_text="reconduit").first).to_contain_text("n’a plus lieu")
    ended = moves.get_by_role("row").filter(has_text="Le contrat finit")
    expect(ended).to_contain_text("nouveau")
    last_day = (
        contract.get_by_role("heading", level=1).inner_text().removeprefix("Votre contrat court jusqu’au ")
    )
    expect(ended).to_contain_text(last_day.replace(NBSP, " "))
    # What it was and what it would be, each with its reason.
    expect(ended.get_by_text("Pourquoi").first).to_be_visible()
    invoices = contract.get_by_role("table", name="Les factures, avec et sans cet acte")
    expect(invoices.get_by_role("row").last).to_contain_text("aucune")
    contract.get_by_label("Ce que vous imaginez").select_option("ajouter")
    contract.get_by_label("Combien").fill("2")
    contract.get_by_role("button", name="Voir ce que cela changerait").click()
    expect(contract.get_by_role("heading", name=f"Ajouter 2{NBSP}utilisateurs")).to_be_visible()
    contract.go_back()
    expect(imagined).to_be_visible()
    expect(contract.get_by_label("Ce que vous imaginez")).to_have_value("resilier")
    contract.reload()
    expect(imagined).to_be_visible()
    # Nothing was done: the contract is renewed as before.
    assert long_date(day) not in contract.get_by_role("heading", level=1).inner_text()
    contract.get_by_label("Quel jour").fill("2020-01-01")
    contract.get_by_role("button", name="Voir ce que cela changerait").click()
    expect(contract.get_by_text("Ce jour est passé")).to_be_visible()
    expect(contract.get_by_label("Quel jour")).to_be_focused()
