"""CGV art. 10.1, 17: a price and new terms announced, read old beside new, refused, taken back, refused to the end."""

import re
from collections.abc import Iterator
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.contract import acts as a
from portal.contract.offer import Grid
from portal.services.context import Portal, Role, Viewer
from portal.services.price_grids import NewGrid, publish_grid
from tests.clock import FixedClock
from tests.e2e.lives import served_after
from tests.e2e.mailbox import text_of, wait_for_mail
from tests.e2e.server import Server
from tests.e2e.test_pages import WRITTEN, faults_of, looks_of
from tests.e2e.walking import ready, sign_in
from tests.e2e.whys import unexplained
from tests.services.clients import ORIGIN, act, live_until, paris
from tests.services.contracts import VALIDATED, a_contract
from tests.services.paying_lives import paid_until

pytestmark = pytest.mark.e2e

EMAIL = "anne.leroy@atelier-nord.example"
PAID = [f"2026-{month:02}" for month in range(4, 13)] + ["2027-01", "2027-02"]


async def eleven_months(portal: Portal, clock: FixedClock) -> None:
    """Five persons, in force on 17/03/2026, every invoice paid; a grid of 52,00 is published for March 2027."""
    client, _ = await a_contract(portal, clock)
    await paid_until(portal, clock, client, *PAID)
    await live_until(portal, clock, client, paris(date(2027, 2, 1), 10))
    await act(portal, client, a.OrderOption(code="storage"))
    colleague = Viewer("a colleague", Role.STAFF, None, "session")
    await publish_grid(portal, colleague, NewGrid(date(2027, 3, 1), Grid(user_month_cents=5200)), ORIGIN)


@pytest.fixture(scope="module")
def server(built: Path, port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("changes")
    with served_after(eleven_months, built, folder, port, begins=VALIDATED) as running:
        yield running


def a_new_version() -> str:
    """The terms of the demonstration with another number and one sentence more."""
    text = (resources.files("portal.texts") / "cgv" / "2026-01.md").read_text(encoding="utf-8")
    text = text.replace("version: 2026-01", "version: 2027-03")
    text = text.replace("published_on: 2025-12-01", "published_on: 2027-02-01")
    text = text.replace("applies_from: 2026-01-01", "applies_from: 2027-03-01")
    return text.rstrip() + "\n\nUne version nouvelle se lit article par article.\n"


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2011", "-")


def open_changes(page: Page, heading: str) -> None:
    page.goto("/espace/changements")
    ready(page)
    words = r"\s".join(map(re.escape, heading.split(" ")))
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(f"^{words}$"))


def decide(page: Page, button: str, consent: str, label: str) -> None:
    """Ask, read what it brings about, tick, confirm."""
    page.get_by_role("button", name=button).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(re.compile(consent)).check()
    dialog.get_by_role("button", name=label).click()
    expect(dialog).to_have_count(0)


def announce(page: Page, label: str) -> str:
    """Choose, read the simulation, announce to the one contract; return the simulation's sentence."""
    choice = page.get_by_label("Ce que vous annoncez")
    option = choice.locator("option").filter(has_text=re.compile(label))
    choice.select_option(value=option.first.get_attribute("value"))
    page.get_by_role("button", name="Simuler").click()
    sentence = page.locator("#simulation ~ .effect-summary")
    expect(sentence).to_contain_text("Annoncé maintenant")
    said = plain(sentence.inner_text())
    if label.startswith("Prix"):
        assert looks_of(page, "/gestion/changements, simulation", "changements-simulation") == []
        assert unexplained(page) == []
    page.get_by_role("button", name=re.compile(r"^Annoncer à 1\scontrat$")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(re.compile("Oui, j’annonce")).check()
    dialog.get_by_role("button", name=re.compile("Annoncer à")).click()
    expect(page.locator("#annonces ~ .decisions li").first).to_contain_text(
        re.compile(r"1\scontrat averti\."), timeout=30_000
    )
    return said


def publish_terms(staff: Page, text: str) -> None:
    """The same version again is refused with what to do; the new one shows what differs, and is published."""
    staff.goto("/gestion/changements")
    ready(staff)
    typed = staff.get_by_label("Ou le texte, collé ici")
    typed.fill(text.replace("version: 2027-03", "version: 2026-01"))
    staff.get_by_role("button", name="Lire ce qui change").click()
    expect(staff.get_by_text("La version 2026-01 est déjà publiée")).to_be_visible()
    typed.fill(text)
    staff.get_by_role("button", name="Lire ce qui change").click()
    expect(staff.locator("ins").filter(has_text="Une version nouvelle se lit")).to_be_visible()
    assert unexplained(staff) == []
    decide(staff, "Publier cette version", "Oui, ce texte", "Publier cette version")
    expect(staff.get_by_text("La version 2027-03 est publiée")).to_be_visible()


def test_a_price_and_terms_are_announced_refused_taken_back_and_refused_to_the_end(
    page: Page, desk: Page, server: Server
) -> None:
    publish_terms(desk, a_new_version())
    assert "mercredi 17 mars 2027" in announce(desk, r"CGV\s: version 2027-03")
    assert "mercredi 17 mars 2027" in announce(desk, "Prix")
    assert [one for one in faults_of(desk.evaluate(WRITTEN)) if "English" not in one] == []

    mail = plain(text_of(wait_for_mail(server.data, EMAIL, "Nouveau prix")))
    for told in (
        "mercredi 17 mars 2027",
        "mardi 16 mars 2027",
        "52,00 €",
        "330,00 €",
        "216,00 €",
        "rticle 17",
    ):
        assert told in mail, told
    mail = plain(text_of(wait_for_mail(server.data, EMAIL, "Nouvelles CGV")))
    assert "Une version nouvelle se lit article par article." in mail

    # Old beside new, on her own numbers: five users, and the storage she has.
    sign_in(page, EMAIL)
    page.wait_for_url(re.compile("/espace$"))
    open_changes(page, "Ce qui change dans votre contrat")
    april = plain(
        page.get_by_role("row").filter(has_text="avril 2027".replace(" ", "\u00a0")).first.inner_text()
    )
    for amount in ("312,00 €", "330,00 €", "+ 18,00 €"):
        assert amount in april, (amount, april)
    expect(page.locator("ins").filter(has_text="Une version nouvelle se lit")).to_be_visible()
    expect(page.get_by_text("aucune date et aucun montant ne bougent")).to_be_visible()
    assert looks_of(page, "/espace/changements", "changements") == []
    assert unexplained(page) == []

    price = page.get_by_role("region", name=re.compile("Nouveau prix"))
    price.get_by_role("button", name="Refuser ce changement").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(re.compile(r"mardi\s16\smars\s2027")).first).to_be_visible()
    assert looks_of(page, "/espace/changements, refuser", "changements-refuser") == []
    assert unexplained(page) == []
    dialog.get_by_label(re.compile("Oui, je refuse")).check()
    dialog.get_by_role("button", name="Refuser ce changement").click()
    expect(page.get_by_text("Votre refus est enregistré")).to_be_visible()
    wait_for_mail(server.data, EMAIL, "Votre refus est enregistré")
    open_changes(page, "Vous avez refusé un changement")

    decide(page, "Retirer mon refus", "Oui, je retire", "Retirer le refus")
    expect(page.get_by_text("Votre refus est retiré")).to_be_visible()
    wait_for_mail(server.data, EMAIL, "Votre refus est retiré")

    # The last evening is in time; at midnight the contract is over.
    server.portal("travel", "--to", "2027-03-16T23:50")
    open_changes(page, "Ce qui change dans votre contrat")
    price.get_by_role("button", name="Refuser ce changement").click()
    dialog.get_by_label(re.compile("Oui, je refuse")).check()
    dialog.get_by_role("button", name="Refuser ce changement").click()
    expect(page.get_by_text("Votre refus est enregistré")).to_be_visible()
    server.portal("travel", "--to", "2027-03-17T00:01")
    open_changes(page, "Aucun changement n’est annoncé")
