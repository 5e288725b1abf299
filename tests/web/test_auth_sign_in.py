"""Signing in and out: where each step leads, what it says to whom, the cookies it gives and ends."""

import httpx
import pytest

from portal.services.conditions import in_force, publish_demonstration
from portal.services.context import Portal
from portal.services.sessions import session_of, viewer_of
from portal.services.trials import accept_and_start
from portal.web.session import SESSION_COOKIE
from tests.clock import FixedClock
from tests.people import ORIGIN, OTHER_SIREN, PASSWORD, a_client, with_second_factor
from tests.web.browsers import (
    ANNE,
    FORM,
    WRONG,
    Opened,
    answered,
    draft_of,
    errors_of,
    is_signed_in,
    signed_in_as,
    submit,
)


async def test_a_client_arrives_at_the_conditions_then_once_the_trial_has_started_in_her_space(
    portal: Portal, browser: httpx.AsyncClient
) -> None:
    anne = await a_client(portal)
    form = {"email": anne.email, "password": PASSWORD}
    before = await submit(browser, "/auth/connexion", **form)
    await publish_demonstration(portal)
    async with portal.database.reading() as connection:
        version = (await in_force(connection, portal.now())).version
    await accept_and_start(portal, anne.viewer, version, ORIGIN)

    after = await submit(browser, "/auth/connexion", **form)

    assert (before, after) == ("/essai/conditions", "/espace")


async def test_a_wrong_password_and_an_unknown_address_get_the_same_bytes(
    portal: Portal, opened: Opened
) -> None:
    await a_client(portal)
    answers = []
    for email in (ANNE, "nobody@atelier.example"):
        browser = opened()
        answer = await browser.post("/auth/connexion", data={"email": email, "password": WRONG})
        left = (await draft_of(portal, browser)).form("connexion")
        answers.append((*answered(answer), left.errors, left.notice))
        assert left.values == {"email": email}

    assert answers[0] == answers[1]
    assert answers[0][1]["location"] == "/connexion"


async def test_too_many_attempts_say_how_long_to_wait(portal: Portal, browser: httpx.AsyncClient) -> None:
    for _ in range(11):
        await submit(browser, "/auth/connexion", email=ANNE, password=WRONG)

    assert await errors_of(portal, browser, "connexion") == {
        "": "Trop de tentatives. Réessayez dans 5\u00a0minutes."
    }


@pytest.mark.parametrize(
    "wanted",
    ["/espace", "/espace/compte", "/essai/conditions", "/espace/compte?onglet=sessions"],
)
async def test_one_goes_on_to_where_one_wanted(
    portal: Portal, browser: httpx.AsyncClient, wanted: str
) -> None:
    anne = await a_client(portal)

    assert (
        await submit(browser, "/auth/connexion", email=anne.email, password=PASSWORD, suite=wanted) == wanted
    )


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/espace//evil.example",
        "/espace/../gestion",
        "/espace\\@evil.example",
        "/espace\r\nSet-Cookie: x=y",
        "/espace?x=//evil.example",
        "/espace#x",
        "/%65space",
        "/espacex",
        "/gestion",
        "/auth/deconnexion",
        "javascript:alert(1)",
        "espace",
        " /espace",
        "/",
    ],
)
async def test_nowhere_else(portal: Portal, browser: httpx.AsyncClient, wanted: str) -> None:
    anne = await a_client(portal)

    location = await submit(browser, "/auth/connexion", email=anne.email, password=PASSWORD, suite=wanted)

    assert location == "/essai/conditions"


async def test_where_one_wanted_survives_a_wrong_password_and_the_code(
    portal: Portal, browser: httpx.AsyncClient, machine: FixedClock
) -> None:
    anne = await a_client(portal)
    _, authenticator = await with_second_factor(portal, await anne.session(portal))
    machine.advance(minutes=5)
    form = {"email": anne.email, "suite": "/espace/compte"}

    wrong = await submit(browser, "/auth/connexion", **form, password=WRONG)
    right = await submit(browser, "/auth/connexion", **form, password=PASSWORD)
    refused = await submit(browser, "/auth/connexion/code", code="000000", suite="/espace/compte")
    code = authenticator.at(machine.now())
    arrived = await submit(browser, "/auth/connexion/code", code=code, suite="/espace/compte")

    assert (wrong, right, refused, arrived) == (
        "/connexion?suite=%2Fespace%2Fcompte",
        "/connexion/code?suite=%2Fespace%2Fcompte",
        "/connexion/code?suite=%2Fespace%2Fcompte",
        "/espace/compte",
    )
    assert await is_signed_in(portal, browser)


async def test_each_step_gives_a_new_cookie_and_ends_the_one_before(
    portal: Portal, browser: httpx.AsyncClient, machine: FixedClock
) -> None:
    mallory = await a_client(portal, email="mallory@autre.example", siren=OTHER_SIREN)
    anne = await a_client(portal)
    _, authenticator = await with_second_factor(portal, await anne.session(portal))
    machine.advance(minutes=5)
    signed_in_as(browser, mallory)

    await submit(browser, "/auth/connexion", email=anne.email, password=PASSWORD)
    halfway = browser.cookies[SESSION_COOKIE]
    await submit(browser, "/auth/connexion/code", code=authenticator.at(machine.now()))
    whole = browser.cookies[SESSION_COOKIE]

    assert len({mallory.cookie, halfway, whole}) == 3
    assert [await session_of(portal, cookie) for cookie in (mallory.cookie, halfway)] == [None, None]


async def test_a_code_without_a_password_leads_to_the_beginning(browser: httpx.AsyncClient) -> None:
    assert await submit(browser, "/auth/connexion/code", code="123456") == "/connexion"


async def test_signing_out_ends_the_session_and_empties_the_browser(
    portal: Portal, browser: httpx.AsyncClient
) -> None:
    anne = await a_client(portal)
    signed_in_as(browser, anne)

    answer = await browser.post("/auth/deconnexion", content="", headers=FORM)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert answer.headers["clear-site-data"] == '"storage"'
    assert SESSION_COOKIE not in browser.cookies
    assert await viewer_of(portal, anne.cookie) is None
    assert await submit(browser, "/auth/deconnexion") == "/"
