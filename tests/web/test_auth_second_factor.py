"""The second factor: set up, confirmed, renewed and taken away; the staff’s, which stays."""

import httpx

from portal.services import second_factor, sign_in
from portal.services.context import Portal
from portal.services.sessions import session_of
from portal.services.staff import first_staff_link
from portal.web.session import SESSION_COOKIE
from tests.clock import FixedClock
from tests.people import ORIGIN, PASSWORD, STAFF_PASSWORD, a_client, a_member_of_staff, token_in
from tests.web.browsers import NEW, draft_of, errors_of, is_signed_in, shown_to, signed_in_as, submit

YVES = {"first_name": "Yves", "last_name": "Roux", "email": "yves@prestataire.example"}


async def enrol_the_first_of_the_staff(portal: Portal, browser: httpx.AsyncClient) -> None:
    """Yves has chosen his password from the link; his second factor is yet to be set up."""
    token = token_in(await first_staff_link(portal) or "")
    await submit(browser, "/auth/premier-acces", jeton=token, **YVES, password=STAFF_PASSWORD)


async def test_a_client_sets_it_up_renews_her_codes_and_takes_it_away(
    portal: Portal, browser: httpx.AsyncClient, machine: FixedClock
) -> None:
    anne = await a_client(portal)
    signed_in_as(browser, anne)

    await submit(browser, "/auth/second-facteur/activer", current=PASSWORD)
    authenticator = await shown_to(portal, browser)
    assert await submit(browser, "/auth/second-facteur/confirmer", code="000000") == "/espace/compte"
    assert list(await errors_of(portal, browser, "second-facteur")) == ["code"]
    code = authenticator.at(machine.now())
    assert await submit(browser, "/auth/second-facteur/confirmer", code=code) == "/espace/compte"
    first = (await second_factor.standing(portal, anne.viewer)).codes.readable
    await submit(browser, "/auth/second-facteur/codes", current=PASSWORD)
    second = (await second_factor.standing(portal, anne.viewer)).codes.readable
    assert await submit(browser, "/auth/second-facteur/retirer", current=PASSWORD) == "/espace/compte"

    assert len(set(first) | set(second)) == 20
    assert not (await second_factor.standing(portal, anne.viewer)).is_on
    assert await is_signed_in(portal, browser)


async def test_who_becomes_the_first_of_the_staff_is_nobody_else_any_more(
    portal: Portal, browser: httpx.AsyncClient
) -> None:
    anne = await a_client(portal)

    await enrol_the_first_of_the_staff(portal, signed_in_as(browser, anne))

    assert browser.cookies[SESSION_COOKIE] != anne.cookie
    assert await session_of(portal, anne.cookie) is None


async def test_the_first_member_of_the_staff_from_the_link_to_the_clients(
    portal: Portal, browser: httpx.AsyncClient, machine: FixedClock
) -> None:
    token = token_in(await first_staff_link(portal) or "")
    short = await submit(browser, "/auth/premier-acces", jeton=token, **YVES, password="brouette en ut")
    assert short == f"/premier-acces?jeton={token}"
    assert (await draft_of(portal, browser)).form("premier-acces").values == YVES

    await submit(browser, "/auth/premier-acces", jeton=token, **YVES, password=STAFF_PASSWORD)
    enrolling = browser.cookies[SESSION_COOKIE]
    assert not await is_signed_in(portal, browser)
    authenticator = await shown_to(portal, browser)
    wrong = await submit(browser, "/auth/second-facteur/confirmer", code="000000")
    right = await submit(browser, "/auth/second-facteur/confirmer", code=authenticator.at(machine.now()))
    machine.advance(minutes=1)
    form = {"email": YVES["email"], "password": STAFF_PASSWORD}
    password = await submit(browser, "/auth/connexion", **form, suite="/gestion/mails")
    code = await submit(
        browser, "/auth/connexion/code", code=authenticator.at(machine.now()), suite="/gestion/mails"
    )

    assert (wrong, right) == ("/connexion/second-facteur", "/espace/compte")
    assert (password, code) == ("/connexion/code?suite=%2Fgestion%2Fmails", "/gestion/mails")
    assert await session_of(portal, enrolling) is None


async def test_a_staff_session_that_enrols_is_good_for_nothing_else(
    portal: Portal, browser: httpx.AsyncClient
) -> None:
    await enrol_the_first_of_the_staff(portal, browser)

    changed = await submit(browser, "/auth/mot-de-passe/changer", current=STAFF_PASSWORD, password=NEW)
    ended = await submit(browser, "/auth/sessions/terminer", toutes="1")

    assert (changed, ended) == ("/session-expiree", "/session-expiree")
    signed_in = await sign_in.sign_in(portal, YVES["email"], STAFF_PASSWORD, previous=None, origin=ORIGIN)
    assert signed_in.step is sign_in.Step.ENROL


async def test_a_seed_waiting_to_be_confirmed_is_the_same_at_the_next_sign_in(
    portal: Portal, browser: httpx.AsyncClient
) -> None:
    """The authenticator may have scanned it already."""
    await enrol_the_first_of_the_staff(portal, browser)
    before = (await shown_to(portal, browser)).secret

    location = await submit(browser, "/auth/connexion", email=YVES["email"], password=STAFF_PASSWORD)

    assert location == "/connexion/second-facteur"
    assert (await shown_to(portal, browser)).secret == before


async def test_many_wrong_codes_while_enrolling_say_so_on_the_same_page(
    portal: Portal, browser: httpx.AsyncClient
) -> None:
    await enrol_the_first_of_the_staff(portal, browser)

    locations = {await submit(browser, "/auth/second-facteur/confirmer", code="000000") for _ in range(6)}

    assert locations == {"/connexion/second-facteur"}
    assert "Trop de tentatives" in (await errors_of(portal, browser, "second-facteur"))[""]


async def test_staff_keep_theirs(portal: Portal, browser: httpx.AsyncClient) -> None:
    yves = await a_member_of_staff(portal)
    signed_in_as(browser, yves)

    await submit(browser, "/auth/second-facteur/retirer", current=STAFF_PASSWORD)

    assert "obligatoire" in (await errors_of(portal, browser, "second-facteur"))[""]
    assert await is_signed_in(portal, browser)
