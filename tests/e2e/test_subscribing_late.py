"""Suspended, on the last evening: a client sends her signed contract and mandate, and loses nothing."""

from datetime import datetime, time, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.contract.calendar import PARIS, paris_day
from tests.e2e.conftest import machine_of
from tests.e2e.mailbox import text_of, wait_for_mail
from tests.e2e.server import Server
from tests.e2e.subscribing import (
    accept_by_keyboard,
    early_in_a_month,
    give_facts,
    open_by_keyboard,
    record_transfer,
    send_all,
    travel_to,
    validate_by_keyboard,
)
from tests.e2e.walking import become_staff, ready, sign_in, sign_up, start_trial

pytestmark = pytest.mark.e2e

EMAIL = "anne@quai.example"


def test_from_the_suspension_to_a_contract_in_force_on_the_last_evening(
    page: Page, server: Server, browser: Browser
) -> None:
    early_in_a_month(server)
    sign_up(page, server, EMAIL)
    start_trial(page)
    last_day = paris_day(server.now()) + timedelta(days=30 + 15)

    travel_to(server, datetime.combine(last_day, time(21, 30), PARIS))
    server.forget_attempts()
    sign_in(page, EMAIL)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Votre essai est terminé, le service est suspendu"
    )
    page.goto("/espace/souscrire")
    ready(page)
    limit = page.locator(".next-step-aside")
    expect(limit).to_contain_text("Pour envoyer vos pièces")
    expect(limit).to_contain_text(f"{last_day.day}\u00a0")
    give_facts(page)
    send_all(page, server)
    assert paris_day(server.now()) == last_day
    page.reload()
    ready(page)
    expect(limit).to_contain_text("Gardées")

    # The days on which everything would have gone: it is held, and staff take their time.
    travel_to(server, datetime.combine(last_day + timedelta(days=5), time(10, 0), PARIS))
    early_in_a_month(server)
    with machine_of(browser, server) as machine:
        desk = machine.new_page()
        become_staff(desk, server)
        open_by_keyboard(desk, "Atelier du Littoral")
        accept_by_keyboard(desk, "Contrat", "Mandat", "K-bis")
        validate_by_keyboard(desk)
        record_transfer(desk)

    assert "Ouvrir EXANERGY CRM" in text_of(wait_for_mail(server.data, EMAIL, "est en vigueur"))
    page.goto("/espace")
    ready(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre contrat est en vigueur")
