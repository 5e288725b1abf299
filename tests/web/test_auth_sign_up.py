"""Signing up: the two steps of the form, the mail that waits, the link that confirms."""

from urllib.parse import quote

import httpx
import pytest

from portal.records.tables import outbox
from portal.services.context import Portal
from portal.services.links import Purpose
from portal.web.session import DRAFT_COOKIE, SESSION_COOKIE
from tests.clock import FixedClock
from tests.people import PASSWORD, a_client, company_form, last_token
from tests.web.browsers import (
    ANNE,
    WRONG,
    Opened,
    answered,
    count_of,
    draft_of,
    errors_of,
    is_signed_in,
    notice_of,
    submit,
)


async def sign_up_as(browser: httpx.AsyncClient, email: str = ANNE) -> str:
    await submit(browser, "/auth/essai/entreprise", **company_form().model_dump())
    person = {"first_name": "Anne", "last_name": "Leroy", "email": email, "password": PASSWORD}
    return await submit(browser, "/auth/essai/personne", **person)


async def test_from_the_company_to_the_conditions(portal: Portal, browser: httpx.AsyncClient) -> None:
    company = {**company_form().model_dump(), "siren": "732 829 320"}

    assert await submit(browser, "/auth/essai/entreprise", **company) == "/essai/vous"
    person = {"first_name": "Anne", "last_name": "Leroy", "email": "Anne.Leroy@atelier-nord.example"}
    assert await submit(browser, "/auth/essai/personne", **person, password=PASSWORD) == "/essai/vous"
    waiting = await draft_of(portal, browser)
    assert waiting.sent_to == ANNE
    assert waiting.link_id is not None
    token = await last_token(portal, Purpose.CONFIRM_ADDRESS)
    assert await submit(browser, "/auth/confirmer", jeton=token) == "/essai/conditions"

    assert await is_signed_in(portal, browser)
    done = await draft_of(portal, browser)
    assert (done.forms, done.sent_to) == ({}, ""), "no mail is waited for any more"


async def test_the_cookies_are_for_this_host_out_of_reach_of_scripts_and_sent_over_tls(
    portal: Portal, browser: httpx.AsyncClient
) -> None:
    anne = await a_client(portal)
    kept = await browser.post("/auth/connexion", data={"email": anne.email, "password": WRONG})
    signed_in = await browser.post("/auth/connexion", data={"email": anne.email, "password": PASSWORD})

    draft, session = kept.headers["set-cookie"], signed_in.headers["set-cookie"]
    value = browser.cookies[SESSION_COOKIE]
    assert session == f"__Host-sid={value}; HttpOnly; Path=/; SameSite=lax; Secure"
    value = browser.cookies[DRAFT_COOKIE]
    assert draft == f"__Host-brouillon={value}; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax; Secure"


async def test_what_is_wrong_leads_back_with_all_that_was_typed(
    portal: Portal, browser: httpx.AsyncClient
) -> None:
    typed = {**company_form().model_dump(), "siren": "732829321", "legal_name": "<script>🏭</script>"}

    assert await submit(browser, "/auth/essai/entreprise", **typed) == "/essai"

    left = (await draft_of(portal, browser)).form("entreprise")
    assert left.values == typed
    assert list(left.errors) == ["siren"]


async def test_the_second_step_needs_the_first(portal: Portal, browser: httpx.AsyncClient) -> None:
    person = {"first_name": "Anne", "last_name": "Leroy", "email": ANNE, "password": PASSWORD}

    assert await submit(browser, "/auth/essai/personne", **person) == "/essai"

    assert "siren" in await errors_of(portal, browser, "entreprise")


async def test_a_password_too_weak_leads_back_without_it(portal: Portal, browser: httpx.AsyncClient) -> None:
    await submit(browser, "/auth/essai/entreprise", **company_form().model_dump())
    person = {"first_name": "Anne", "last_name": "Leroy", "email": ANNE}

    location = await submit(browser, "/auth/essai/personne", **person, password="motdepasse2026")

    assert location == "/essai/vous?corriger=1"
    left = (await draft_of(portal, browser)).form("personne")
    assert left.values == person
    assert list(left.errors) == ["password"]


async def test_leaving_midway_loses_nothing(portal: Portal, opened: Opened, machine: FixedClock) -> None:
    browser = opened()
    await submit(browser, "/auth/essai/entreprise", **company_form().model_dump())
    cookie = browser.cookies[DRAFT_COOKIE]
    machine.advance(days=29)

    restarted = opened()
    restarted.cookies.set(DRAFT_COOKIE, cookie, domain="portail.example")
    assert (await draft_of(portal, restarted)).form("entreprise").values == company_form().model_dump()

    person = {"first_name": "Anne", "last_name": "Leroy", "email": ANNE, "password": PASSWORD}
    assert await submit(restarted, "/auth/essai/personne", **person) == "/essai/vous"


async def test_a_taken_address_and_a_new_one_get_the_same_answer(portal: Portal, opened: Opened) -> None:
    await a_client(portal)
    answers = []
    for email in (ANNE, "paul@atelier.example"):
        browser = opened()
        await submit(browser, "/auth/essai/entreprise", **company_form().model_dump())
        person = {"first_name": "Anne", "last_name": "Leroy", "email": email, "password": PASSWORD}
        answer = await browser.post("/auth/essai/personne", data=person)
        cookies = sorted(name for name in answer.cookies)
        answers.append((*answered(answer), cookies))

    assert answers[0] == answers[1]


async def test_another_browser_confirms_and_is_asked_for_the_password(portal: Portal, opened: Opened) -> None:
    await sign_up_as(opened())
    phone = opened()

    location = await submit(phone, "/auth/confirmer", jeton=await last_token(portal, Purpose.CONFIRM_ADDRESS))

    assert location == "/connexion?suite=%2Fessai%2Fconditions"
    assert not await is_signed_in(portal, phone)
    left = (await draft_of(portal, phone)).form("connexion")
    assert left.values == {"email": ANNE}
    assert "confirmée" in left.notice
    form = {"email": ANNE, "password": PASSWORD, "suite": "/essai/conditions"}
    assert await submit(phone, "/auth/connexion", **form) == "/essai/conditions"


@pytest.mark.parametrize("token", ["", "nonsense", "a&b=c/../?", "é" * 50])
async def test_a_link_that_is_not_one_leads_to_its_page_which_says_so(
    browser: httpx.AsyncClient, token: str
) -> None:
    expected = f"/confirmer?jeton={quote(token, safe='')}" if token else "/confirmer"

    assert await submit(browser, "/auth/confirmer", jeton=token) == expected


async def test_a_link_used_twice_leads_to_its_page(portal: Portal, opened: Opened) -> None:
    await sign_up_as(opened())
    token = await last_token(portal, Purpose.CONFIRM_ADDRESS)
    await submit(opened(), "/auth/confirmer", jeton=token)

    assert await submit(opened(), "/auth/confirmer", jeton=token) == f"/confirmer?jeton={token}"


async def test_an_expired_link_is_replaced_from_its_page(
    portal: Portal, opened: Opened, machine: FixedClock
) -> None:
    browser = opened()
    await sign_up_as(browser)
    old = await last_token(portal, Purpose.CONFIRM_ADDRESS)
    machine.advance(days=1)

    assert await submit(browser, "/auth/confirmer/renvoyer", jeton=old) == f"/confirmer?jeton={old}"

    assert "un nouvel e-mail est en route" in await notice_of(portal, browser, "confirmer")
    new = await last_token(portal, Purpose.CONFIRM_ADDRESS)
    assert new != old
    assert await submit(browser, "/auth/confirmer", jeton=new) == "/essai/conditions"


async def test_the_mail_is_sent_again_from_the_page_that_waits_for_it(
    portal: Portal, browser: httpx.AsyncClient, machine: FixedClock
) -> None:
    await sign_up_as(browser)
    machine.advance(minutes=5)

    assert await submit(browser, "/auth/essai/renvoyer") == "/essai/vous"

    assert "en route" in await notice_of(portal, browser, "personne")
    assert (await draft_of(portal, browser)).form("personne").values["email"] == ANNE
    assert await count_of(portal, outbox) == 2


async def test_a_reload_of_the_form_sends_no_second_mail(portal: Portal, browser: httpx.AsyncClient) -> None:
    await sign_up_as(browser)
    await sign_up_as(browser)

    assert await count_of(portal, outbox) == 1
