"""A month of a client's life in a browser: a user added, the invoice foreseen and issued, collected, settled by the bank.

The worked case of CGV art. 10.1: a sixth user on 12 May, before the issue, costs the month begun and the next one.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.contract import acts as a
from portal.services.context import Portal, Role, Viewer
from portal.settings import Settings
from tests.clock import FixedClock
from tests.e2e.conftest import machine_of
from tests.e2e.lives import served_after
from tests.e2e.mailbox import text_of, wait_for_mail
from tests.e2e.server import Server
from tests.e2e.walking import become_staff, ready, sign_in
from tests.payments.bank_files import Detail, Entry, notification
from tests.services.clients import act, live_until, paris
from tests.services.paying_lives import in_force

pytestmark = pytest.mark.e2e

ANNE = "anne.leroy@atelier-nord.example"
STAFF = Viewer("a colleague", Role.STAFF, None, "session")
# June for six, and May once more: 7 x 49,00, with 20 % of VAT.
GROSS, GROSS_CENTS = "411,60 €", 41160


async def five_who_have_paid(portal: Portal, clock: FixedClock) -> None:
    client = await in_force(portal, clock, more=(), staff=STAFF)
    await live_until(portal, clock, client, paris(date(2026, 4, 30), 12))
    await act(portal, client, a.Settle(month="2026-05"))
    await live_until(portal, clock, client, paris(date(2026, 5, 12), 10))


@pytest.fixture(scope="module")
def server(built: Path, port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("month")
    with served_after(five_who_have_paid, built, folder, port, begins=paris(date(2026, 3, 4), 9)) as running:
        yield running


def go(page: Page, path: str) -> None:
    page.goto(path)
    ready(page)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def text_of_page(page: Page) -> str:
    return plain(page.locator("main").inner_text())


def test_from_the_user_added_to_the_invoice_settled(
    page: Page, browser: Browser, server: Server, tmp_path: Path
) -> None:
    server.forget_attempts()
    sign_in(page, ANNE)
    page.wait_for_url(re.compile("/espace$"))
    she_adds_someone_and_sees_what_it_costs(page)
    server.portal("travel", "--to", "2026-05-20T07:00")
    the_invoice_is_the_one_foreseen(page, server)
    with machine_of(browser, server) as machine:
        colleague = machine.new_page()
        become_staff(colleague, server)
        server.portal("travel", "--to", "2026-05-28T10:00")
        end_to_end_id = the_bank_receives_the_file(colleague, tmp_path)
        server.portal("travel", "--to", "2026-05-29T12:00")
        the_bank_says_that_it_is_settled(colleague, tmp_path, end_to_end_id)
        go(page, "/espace/factures")
        expect(page.get_by_role("row").filter(has_text="juin 2026").first).to_contain_text("Réglée")


def she_adds_someone_and_sees_what_it_costs(page: Page) -> None:
    go(page, "/espace/utilisateurs")
    page.get_by_label("Prénom").fill("Fay")
    page.get_by_label("Nom", exact=True).fill("Morel")
    page.get_by_label("E-mail professionnel").fill("fay.morel@atelier-nord.example")
    page.get_by_role("button", name="Voir l’effet").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Ajouter Fay Morel")).to_be_visible()
    told = plain(dialog.inner_text())
    assert GROSS in told, told
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("button", name="Ajouter et inviter").click()
    expect(page.get_by_role("cell", name="fay.morel@atelier-nord.example")).to_be_visible()


def the_invoice_is_the_one_foreseen(page: Page, server: Server) -> None:
    mail = wait_for_mail(server.data, ANNE, "Facture F-2026-0003")
    assert GROSS in plain(text_of(mail))
    assert [part.get_filename() for part in mail.iter_attachments()] == ["F-2026-0003.pdf"]
    go(page, "/espace/factures")
    expect(page.get_by_role("row").filter(has_text="juin 2026").first).to_contain_text("À prélever")
    told = text_of_page(page)
    assert f"{GROSS} seront prélevés le vendredi 29 mai 2026" in told, told


def the_bank_receives_the_file(page: Page, folder: Path) -> str:
    go(page, "/gestion/banque")
    row = page.get_by_role("row").filter(has_text="29 mai 2026".replace(" ", "\u00a0"))
    with page.expect_download() as handed:
        row.get_by_role("link", name="Télécharger").click()
    content = Path(handed.value.path()).read_text(encoding="utf-8")
    assert f'<InstdAmt Ccy="EUR">{GROSS_CENTS / 100:.2f}</InstdAmt>' in content
    [end_to_end_id] = re.findall("<EndToEndId>(.+?)</EndToEndId>", content)
    return str(end_to_end_id)


def the_bank_says_that_it_is_settled(page: Page, folder: Path, end_to_end_id: str) -> None:
    iban = str(Settings.model_fields["vendor_iban"].default).replace(" ", "")
    booked = Entry([Detail(end_to_end_id, GROSS_CENTS)], booked_on=date(2026, 5, 29))
    file = folder / "avis.xml"
    file.write_bytes(notification(booked, iban=iban))
    for said in ("1\u00a0ligne nouvelle sur 1", "déjà"):
        go(page, "/gestion/banque")
        page.get_by_label("Un message à lire").set_input_files(file)
        page.get_by_role("button", name="Lire ce message").click()
        expect(page.get_by_text(re.compile(said)).first).to_be_visible()
