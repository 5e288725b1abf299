"""CGV art. 9, 16: notice in a browser, in time, on the last evening and one day late; the renewal with its reminders.

The dates of rules.md, section 5: in force on 17/03/2026, notice until 16/02/2027, on the 17th renewed to 16/03/2028.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.services.context import Portal
from tests.clock import FixedClock
from tests.e2e.lives import served_after
from tests.e2e.mailbox import mails_to, text_of, wait_for_mail
from tests.e2e.noticing import REMINDED_ON, heading, open_notice, paid_contracts
from tests.e2e.server import Server
from tests.e2e.test_pages import WRITTEN, faults_of, looks_of
from tests.e2e.walking import become_staff, ready
from tests.services.clients import paris
from tests.services.noticed import TRACKING, give_up_others, plain

pytestmark = pytest.mark.e2e

MAILS = ("notice_reminder", "notice_served", "notice_withdrawn", "contract_renewed")
# By what she does: her SIREN, her name, her address.
CLIENTS = {
    "in time": ("552100554", "Ateliers du Port", "agnes@port.example"),
    "last evening": ("542051180", "Brasserie du Lac", "basile@lac.example"),
    "late": ("383474814", "Cordages Riou", "celine@riou.example"),
    "never": ("732829320", "Dentelles de Calais", "denise@calais.example"),
}


def email(who: str) -> str:
    return CLIENTS[who][2]


async def four_contracts(portal: Portal, clock: FixedClock) -> None:
    await paid_contracts(portal, clock, CLIENTS.values())
    await give_up_others(portal, *MAILS)


@pytest.fixture(scope="module")
def server(built: Path, port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("notice")
    with served_after(four_contracts, built, folder, port, begins=paris(date(2026, 3, 4), 9)) as running:
        yield running


def prepare_and_tell(page: Page, day: str) -> None:
    """Prepare the letter, then tell that it was posted on a day, up to the last question."""
    page.get_by_role("button", name="Préparer ma lettre").click()
    heading(page, "Postez votre lettre")
    page.get_by_label("Jour du dépôt à la poste").fill(day)
    page.get_by_label("Numéro de suivi").fill(TRACKING)
    page.get_by_role("button", name="Voir l’effet et confirmer").click()


def confirm(page: Page, end: str) -> None:
    dialog = page.get_by_role("dialog")
    assert end in plain(dialog.inner_text())
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("button", name="Enregistrer ma résiliation").click()
    heading(page, f"Votre contrat finit le {end}")


def test_in_time_then_withdrawn(page: Page, server: Server) -> None:
    open_notice(page, server, email("in time"))
    heading(page, "Résilier votre contrat")
    assert "jusqu’au mardi 16 février 2027 à minuit" in plain(page.locator(".next-step-aside").inner_text())
    assert looks_of(page, "/espace/resiliation", "resiliation-a-temps") == []
    page.get_by_label("Pourquoi (facultatif)").select_option("price")
    page.get_by_label("En quelques mots").fill("Trop cher pour nous")
    page.get_by_label("Jour où elle sera postée").fill("2027-02-17")
    expect(
        page.get_by_text(re.compile(r"est reconduit une fois, puis finit le jeudi\s16\smars\s2028"))
    ).to_be_visible()
    page.get_by_label("Jour où elle sera postée").fill("2027-02-10")

    # Posted tomorrow is no posting; what was typed stays.
    prepare_and_tell(page, "2027-02-11")
    expect(page.get_by_text("un jour à venir")).to_be_visible()
    expect(page.get_by_label("Numéro de suivi")).to_have_value(TRACKING)
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Télécharger la lettre").click()
    assert Path(downloading.value.path()).read_bytes().startswith(b"%PDF-")
    assert looks_of(page, "/espace/resiliation, lettre", "resiliation-lettre") == []
    page.get_by_label("Jour du dépôt à la poste").fill("2027-02-10")
    page.get_by_role("button", name="Voir l’effet et confirmer").click()
    confirm(page, "mardi 16 mars 2027")
    mail = wait_for_mail(server.data, email("in time"), "Résiliation enregistrée")
    assert "retirer votre résiliation dans votre espace jusqu’au mardi 16 février 2027" in plain(
        text_of(mail)
    )

    page.get_by_label("Preuve de dépôt").set_input_files(
        {"name": "depot.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n1 0 obj\n"}
    )
    page.get_by_role("button", name="Ranger cette preuve").first.click()
    expect(page.get_by_text("La preuve de dépôt est rangée.")).to_be_visible()
    assert faults_of(page.evaluate(WRITTEN)) == []
    assert looks_of(page, "/espace/resiliation, notifiée", "resiliation-notifiee") == []

    page.get_by_role("button", name="Retirer ma résiliation").click()
    number = page.get_by_role("dialog").get_by_role("textbox")
    number.fill("CT-2026-0002")
    page.get_by_role("dialog").get_by_role("button", name="Retirer la résiliation").click()
    expect(page.get_by_role("dialog").get_by_text("c’est votre confirmation")).to_be_visible()
    number.fill("CT-2026-0001")
    page.get_by_role("dialog").get_by_role("button", name="Retirer la résiliation").click()
    heading(page, "Résilier votre contrat")
    wait_for_mail(server.data, email("in time"), "Résiliation retirée")


def test_on_the_last_evening(page: Page, server: Server) -> None:
    server.portal("travel", "--to", "2027-02-16T23:50")
    open_notice(page, server, email("last evening"))
    prepare_and_tell(page, "2027-02-16")
    confirm(page, "mardi 16 mars 2027")


def test_one_day_late_it_is_said_before_and_after(page: Page, server: Server) -> None:
    server.portal("travel", "--to", "2027-02-17T00:01")
    open_notice(page, server, email("late"))
    lead = page.locator(".page-head .lead")
    assert "est passée" in lead.inner_text()
    assert "jeudi 16 mars 2028" in plain(lead.inner_text())
    assert looks_of(page, "/espace/resiliation, tardive", "resiliation-tardive") == []
    prepare_and_tell(page, "2027-02-17")
    confirm(page, "jeudi 16 mars 2028")
    expect(page.get_by_text("le contrat est reconduit une fois").first).to_be_visible()
    mail = wait_for_mail(server.data, email("late"), "Résiliation tardive enregistrée")
    assert "au plus tard le mardi 16 février 2027" in plain(text_of(mail))


def test_staff_let_the_late_one_count(page: Page, server: Server) -> None:
    become_staff(page, server)
    page.goto("/gestion/courriers")
    ready(page)
    page.get_by_label("Contrat", exact=True).fill("CT-2026-0004")
    page.get_by_label("Pourquoi", exact=True).fill("Nous arrêtons cette offre")
    page.get_by_role("button", name="Proposer cette résiliation").click()
    expect(page.get_by_text("Une autre personne la décide.")).to_be_visible()
    assert faults_of(page.evaluate(WRITTEN)) == []
    assert looks_of(page, "/gestion/courriers", "courriers") == []
    page.get_by_role("button", name="Retirer ma proposition").click()
    page.get_by_text(re.compile("Accepter la fin du")).click()
    page.get_by_label("Pourquoi l’accepter").fill("La poste était fermée")
    page.get_by_role("button", name="Accepter cette résiliation").click()
    expect(page.get_by_text("tardive, acceptée")).to_be_visible()
    mail = wait_for_mail(server.data, email("late"), "Résiliation tardive acceptée")
    assert "mardi 16 mars 2027" in plain(str(mail["Subject"]))


def test_without_notice_it_is_renewed_after_three_reminders(page: Page, server: Server) -> None:
    server.portal("travel", "--to", "2027-03-17T00:01")
    renewed = wait_for_mail(server.data, email("never"), "est reconduit jusqu’au")
    assert "jeudi 16 mars 2028" in plain(str(renewed["Subject"]))
    reminders = [one for one in mails_to(server.data, email("never")) if "ésilier" in str(one["Subject"])]
    assert [one["Date"].datetime.date() for one in reminders] == REMINDED_ON
    open_notice(page, server, email("never"))
    assert "mercredi 16 février 2028" in plain(page.locator(".next-step-aside").inner_text())
    page.goto("/espace")
    server.forget_attempts()


def test_whose_notice_was_in_time_has_ended(page: Page, server: Server) -> None:
    open_notice(page, server, email("last evening"))
    heading(page, "Votre contrat a pris fin le mardi 16 mars 2027")
