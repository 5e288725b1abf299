"""Ten thousand characters, emoji, turned directions, scripts and quotes, in every field of every form.

The fields are those that the pages show: a new one is tried without a line here. What cannot be taken is
said in French beside what was typed; what can is shown as the text that it is.
"""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.mailbox import link_of, wait_for_mail
from tests.e2e.server import Server
from tests.e2e.walking import PASSWORD, become_staff, fill_company, fill_person, ready, sign_in, start_trial

pytestmark = pytest.mark.e2e

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>{{7*7}}${7*7}"
SIGNS = "👩‍🚀 \u202eelbisivni\u202c Robert'); DROP TABLE persons; -- % _ \\ \u0000"
LONG = "é" * 10_000
BOTH = (SCRIPT + SIGNS, LONG)
TEXTS = pytest.mark.parametrize("text", BOTH, ids=["signs", "long"])

PUBLIC = ("/essai", "/essai/vous", "/connexion", "/connexion/code", "/mot-de-passe-oublie")
CLIENT = ("/espace", "/espace/compte")
STAFF = ("/gestion", "/espace/compte")

# A browser lets nothing but a number or a date into the others.
INPUT = (
    "input:not([type=hidden], [type=checkbox], [type=radio], [type=date], [type=datetime-local],"
    " [type=number])"
)
WRITTEN_IN = f"main {INPUT}, main textarea"
SENDERS = f"main form:has({INPUT}, textarea) button[type=submit]"
ENGLISH = re.compile(
    r"\b(the|error|invalid|value|must|should|required|please|failed|unexpected|string|length|characters?"
    r"|not found|internal|server|exception|undefined|null|nan|none|true|false)\b",
    re.IGNORECASE,
)


@pytest.fixture(autouse=True)
def nothing_is_executed(page: Page) -> None:
    def fail(_: object) -> None:
        raise AssertionError("what was typed was executed")

    page.on("dialog", fail)


def submit_everything(page: Page, server: Server, path: str, text: str) -> None:
    """Fill all that can be written in and press each button that sends, form by form."""
    page.goto(path)
    ready(page)
    fields = page.locator(WRITTEN_IN).count()
    assert fields, f"{path} has nothing to write in: what is it doing here?"
    senders = page.locator(SENDERS)
    for number in range(max(senders.count(), 1)):
        server.forget_attempts()
        page.goto(path)
        ready(page)
        for field in page.locator(WRITTEN_IN).all():
            field.fill(text)
        if senders.count():
            send(senders.nth(number))
        page.wait_for_load_state()
        ready(page)
        read_as_a_person(page, text)


def send(button: Locator) -> None:
    form = button.locator("xpath=ancestor::form")
    answered = form.get_attribute("action") is not None
    if answered:
        with button.page.expect_navigation():
            button.click()
    else:
        button.click()
        button.page.wait_for_timeout(500)


def read_as_a_person(page: Page, text: str) -> None:
    """A page of ours, in French, that says what is wrong, and holds what was typed where that is no secret."""
    words = page.locator("main").inner_text().replace(text, "")
    assert "Traceback" not in words
    assert not (found := ENGLISH.search(words)), f"{found} in {words}"
    for field in page.locator("[aria-invalid=true]").all():
        described = field.get_attribute("aria-describedby") or ""
        said = " ".join(page.locator(f"[id='{one}']").inner_text() for one in described.split())
        assert len(said) > 10, f"nothing is said of {field.get_attribute('name')}"
        if (
            field.get_attribute("type") != "password"
            and field.get_attribute("autocomplete") != "one-time-code"
        ):
            assert field.input_value(), f"{field.get_attribute('name')} was not kept"


@TEXTS
def test_in_the_forms_that_anyone_may_send(page: Page, server: Server, text: str) -> None:
    for path in PUBLIC:
        submit_everything(page, server, path, text)
    assert "Traceback" not in server.output()


@TEXTS
def test_in_the_forms_of_a_client(page: Page, server: Server, text: str) -> None:
    server.forget_attempts()
    sign_in(page, "anne.leroy@atelier-nord.example", "essai-sans-surprise")
    page.wait_for_url(re.compile("/espace$"))
    for path in CLIENT:
        submit_everything(page, server, path, text)
    assert "Traceback" not in server.output()


def test_in_the_forms_of_the_staff(page: Page, server: Server) -> None:
    for text in BOTH:
        submit_everything(page, server, server.staff_link, text)
    become_staff(page, server)
    page.goto("/gestion")
    ready(page)
    # Her trial has lapsed: staff may allow another, for a reason that they write.
    lapsed = page.get_by_role("link", name="Transports Kerouac").get_attribute("href")
    assert lapsed
    for text in BOTH:
        for path in (*STAFF, lapsed):
            submit_everything(page, server, path, text)
    assert "Traceback" not in server.output()


def test_where_it_can_be_taken_it_is_shown_as_it_was_typed(page: Page, server: Server) -> None:
    company, first, last = (
        "<b>Ateliers</b> d’Ève & Fils'; --",
        "👩‍🚀 \u202eÈve",
        '<script>alert("x")</script>',
    )
    email = "eve@signes.example"
    server.forget_attempts()
    page.goto("/essai")
    ready(page)
    fill_company(page, "542 107 651", company)
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url(re.compile("/essai/vous"))
    fill_person(page, email)
    page.get_by_label("Prénom").fill(first)
    page.get_by_label("Nom", exact=True).fill(last)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Créer mon compte").click()
    page.goto(link_of(wait_for_mail(server.data, email, "Confirmez")))
    page.get_by_role("button", name="Confirmer mon adresse").click()
    page.wait_for_url(re.compile("/essai/conditions"))
    start_trial(page)
    ready(page)

    expect(page.locator("main")).to_contain_text(company)
    expect(page.get_by_role("cell", name=f"👩‍🚀 Ève {last}")).to_be_visible()
    assert page.locator("main script, main b").count() == 0
