"""The whole way of a prospect: from the terms to the suspension notice, and on to the destruction."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from portal.contract.calendar import end_of_day, first_open_day, paris_day
from portal.contract.french import full_date, full_instant
from tests.e2e.mailbox import mails_to, text_of, wait_for_mail
from tests.e2e.server import Server
from tests.e2e.walking import add_user, ready, sign_in, sign_up, start_trial

pytestmark = pytest.mark.e2e


def test_whoever_is_not_signed_in_is_led_to_the_sign_in_page_and_back(page: Page, server: Server) -> None:
    page.goto("/espace")
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
    sign_in(page, "anne.leroy@atelier-nord.example", "essai-sans-surprise")
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre essai est en cours")


def test_from_the_landing_page_to_the_destruction(page: Page, server: Server) -> None:
    email = "anne@littoral.example"
    sign_up(page, server, email)
    start_trial(page)

    today = paris_day(server.now())
    last_day = today + timedelta(days=30)
    archive_last_day = last_day + timedelta(days=15)
    destroyed_from = end_of_day(first_open_day(archive_last_day))
    expect(page.get_by_text(f"le service est ouvert jusqu’au {full_date(last_day)} inclus")).to_be_visible()
    receipt = wait_for_mail(server.data, email, "Reçu")
    assert [part.get_content_type() for part in receipt.iter_attachments()] == ["application/pdf"]

    ready(page)
    for number, name in enumerate(("Hugo", "Salima", "Marc", "Nina"), start=2):
        add_user(page, name, "Petit", f"{name.lower()}@littoral.example")
        expect(page.get_by_text(f"{number}\u00a0utilisateurs sur 5")).to_be_visible()
    expect(page.get_by_text("Les 5 places de l’essai sont prises")).to_be_visible()
    expect(page.get_by_role("button", name="Ajouter et inviter")).to_have_count(0)
    page.get_by_role("button", name="Retirer Nina Petit").click()
    page.get_by_label("Oui, cette personne n’utilise plus").check()
    page.get_by_role("button", name="Retirer cette personne").click()
    expect(page.get_by_text("4\u00a0utilisateurs sur 5")).to_be_visible()

    # Thirty days later.
    server.portal("travel", "31d")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Votre essai est terminé, le service est suspendu"
    )
    expect(page.locator(".lead").first).to_contain_text(full_instant(destroyed_from))
    notice = wait_for_mail(server.data, email, "Essai terminé")
    assert full_date(archive_last_day) in text_of(notice)

    # Sixteen days later, past the first business day.
    server.portal("travel", "20d")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vos données ont été détruites")
    subjects = [str(mail["Subject"]) for mail in mails_to(server.data, email)]
    assert len(subjects) == 9, subjects
