"""A server that was down for three weeks catches up: each deadline as of its own instant, once."""

import json
import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from portal.contract.calendar import end_of_day, paris_day
from portal.contract.french import full_instant
from tests.e2e.mailbox import mails_to, text_of, wait_for_mail
from tests.e2e.server import Server
from tests.e2e.walking import become_staff, ready, sign_in

pytestmark = pytest.mark.e2e


CLIENT = "anne.leroy@atelier-nord.example"


def pass_time_while_stopped(server: Server, weeks: int) -> None:
    """Let time go by without the portal: its clock file says how far a demonstration runs ahead."""
    clock = server.data / "clock.json"
    ahead = json.loads(clock.read_text())["offset_seconds"] if clock.exists() else 0.0
    clock.write_text(json.dumps({"offset_seconds": ahead + timedelta(weeks=weeks).total_seconds()}))


def come_back_until(page: Page, heading: str) -> None:
    """Open the client's space until it says so: the job that catches up starts beside the first pages."""
    for _ in range(30):
        page.goto("/espace")
        ready(page)
        if page.get_by_role("heading", level=1).inner_text().strip() == heading:
            return
        page.wait_for_timeout(1000)
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def test_three_weeks_down_across_the_suspension_and_again_across_the_destruction(
    page: Page, server: Server
) -> None:
    sign_in(page, CLIENT, "essai-sans-surprise")
    page.wait_for_url(re.compile("/espace$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre essai est en cours")
    began = paris_day(server.now()) - timedelta(days=3)
    suspended_at = end_of_day(began + timedelta(days=30))
    server.portal("travel", "10d")

    server.stop()
    pass_time_while_stopped(server, weeks=3)
    server.start()

    notice = wait_for_mail(server.data, CLIENT, "Essai terminé")
    assert full_instant(suspended_at) in text_of(notice)
    come_back_until(page, "Votre essai est terminé, le service est suspendu")
    # The destruction, due while nobody was there, waits for a person.
    server.stop()
    pass_time_while_stopped(server, weeks=3)
    server.start()
    come_back_until(page, "Le délai est passé, vos données existent encore")
    assert not any("détruites" in str(mail["Subject"]) for mail in mails_to(server.data, CLIENT))

    # A member of the staff decides.
    become_staff(page, server)
    page.goto("/gestion")
    ready(page)
    page.get_by_role("link", name="Atelier Nord").click()
    page.get_by_role("button", name="Confirmer la destruction…").click()
    page.get_by_label("J’ai vérifié").check()
    page.get_by_role("button", name="Détruire définitivement").click()
    expect(page.get_by_text("La destruction est faite")).to_be_visible()
    wait_for_mail(server.data, CLIENT, "détruites")
