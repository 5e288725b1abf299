"""The forms a browser sends itself: what each answers, keeps, refuses and never does."""

from collections.abc import AsyncIterator, Callable
from urllib.parse import quote, urlencode

import httpx
import pyotp
import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.routing import Route

from portal.records.tables import accounts, outbox
from portal.records.tables import drafts as drafts_table
from portal.services import drafts, second_factor, sessions, sign_in
from portal.services.conditions import in_force, publish_demonstration
from portal.services.context import Portal
from portal.services.drafts import Draft
from portal.services.links import Purpose, address
from portal.services.sessions import session_of, viewer_of
from portal.services.staff import first_staff_link
from portal.services.trials import accept_and_start
from portal.web import running
from portal.web.routes.account import ROUTES as ACCOUNT
from portal.web.routes.auth import ROUTES as AUTH
from portal.web.routes.secrets import CODES, KEY
from portal.web.routes.secrets import ROUTES as SECRETS
from portal.web.routes.sign_up import ROUTES as SIGN_UP
from portal.web.routes.submissions import said_of_waiting
from portal.web.session import DRAFT_COOKIE, SESSION_COOKIE
from tests.clock import FixedClock
from tests.people import (
    ORIGIN,
    OTHER_SIREN,
    PASSWORD,
    STAFF_PASSWORD,
    Person,
    a_client,
    a_member_of_staff,
    company_form,
    last_token,
    person_form,
    token_in,
    with_second_factor,
)

ANNE = person_form().email
NEW = "sept brouettes en mi bémol"
WRONG = "quatre brouettes en ut dièse"
ROUTES: list[Route] = [*SIGN_UP, *AUTH, *ACCOUNT]

Opened = Callable[[], httpx.AsyncClient]


@pytest.fixture
async def opened(portal: Portal) -> AsyncIterator[Opened]:
    """Opens browsers on the routes of a portal; each keeps its cookies."""
    running.run_with(portal)
    app = Starlette(routes=[*ROUTES, *SECRETS])
    browsers: list[httpx.AsyncClient] = []

    def another() -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app, client=("192.0.2.7", 40_000))
        browser = httpx.AsyncClient(transport=transport, base_url="https://portail.example")
        browsers.append(browser)
        return browser

    yield another
    for browser in browsers:
        await browser.aclose()
    running.run_with(None)


@pytest.fixture
async def browser(opened: Opened) -> httpx.AsyncClient:
    return opened()


FORM = {"content-type": "application/x-www-form-urlencoded"}


async def submit(browser: httpx.AsyncClient, path: str, **form: str) -> str:
    """Send a form as a browser does, an empty one too; return where the answer leads."""
    answer = await browser.post(path, content=urlencode(form), headers=FORM)
    assert answer.status_code == 303, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.headers["location"]


async def draft_of(portal: Portal, browser: httpx.AsyncClient) -> Draft:
    return await drafts.find(portal, browser.cookies.get(DRAFT_COOKIE))


async def errors_of(portal: Portal, browser: httpx.AsyncClient, form: str) -> dict[str, str]:
    return (await draft_of(portal, browser)).form(form).errors


async def notice_of(portal: Portal, browser: httpx.AsyncClient, form: str) -> str:
    return (await draft_of(portal, browser)).form(form).notice


def signed_in_as(browser: httpx.AsyncClient, person: Person) -> httpx.AsyncClient:
    browser.cookies.set(SESSION_COOKIE, person.cookie, domain="portail.example")
    return browser


async def is_signed_in(portal: Portal, browser: httpx.AsyncClient) -> bool:
    return await viewer_of(portal, browser.cookies.get(SESSION_COOKIE)) is not None


async def sign_up_as(browser: httpx.AsyncClient, email: str = ANNE) -> str:
    await submit(browser, "/auth/essai/entreprise", **company_form().model_dump())
    person = {"first_name": "Anne", "last_name": "Leroy", "email": email, "password": PASSWORD}
    return await submit(browser, "/auth/essai/personne", **person)


# --- the sign-up ---------------------------------------------------------------------------------


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
        headers = {name: text for name, text in answer.headers.items() if name != "set-cookie"}
        answers.append((answer.status_code, headers, cookies, answer.content))

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
    async with portal.database.reading() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(outbox)) == 2


async def test_a_reload_of_the_form_sends_no_second_mail(portal: Portal, browser: httpx.AsyncClient) -> None:
    await sign_up_as(browser)
    await sign_up_as(browser)

    async with portal.database.reading() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(outbox)) == 1


# --- signing in and out --------------------------------------------------------------------------


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
        headers = {name: text for name, text in answer.headers.items() if name != "set-cookie"}
        left = (await draft_of(portal, browser)).form("connexion")
        answers.append((answer.status_code, headers, answer.content, left.errors, left.notice))
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


# --- the password --------------------------------------------------------------------------------


async def test_a_forgotten_password_from_the_mail_to_the_sign_in(portal: Portal, opened: Opened) -> None:
    anne = await a_client(portal)
    browser = opened()

    assert await submit(browser, "/auth/mot-de-passe/oublie", email=anne.email) == "/mot-de-passe-oublie"
    assert "Si cette adresse a un compte" in await notice_of(portal, browser, "oublie")
    token = await last_token(portal, Purpose.RESET_PASSWORD)
    weak = await submit(browser, "/auth/mot-de-passe/nouveau", jeton=token, password="court")
    assert weak == f"/nouveau-mot-de-passe?jeton={token}"
    assert list(await errors_of(portal, browser, "nouveau")) == ["password"]
    assert await submit(browser, "/auth/mot-de-passe/nouveau", jeton=token, password=NEW) == "/connexion"

    assert await viewer_of(portal, anne.cookie) is None
    assert not await is_signed_in(portal, browser)
    assert await submit(browser, "/auth/connexion", email=anne.email, password=NEW) == "/essai/conditions"


async def test_the_draft_never_holds_the_link(portal: Portal, browser: httpx.AsyncClient) -> None:
    anne = await a_client(portal)
    await submit(browser, "/auth/mot-de-passe/oublie", email=anne.email)
    token = await last_token(portal, Purpose.RESET_PASSWORD)

    await submit(browser, "/auth/mot-de-passe/nouveau", jeton=token, password="court")

    assert token not in str(await draft_of(portal, browser))


async def test_a_forgotten_password_gets_the_same_answer_for_nobody(portal: Portal, opened: Opened) -> None:
    await a_client(portal)
    answers = []
    for email in (ANNE, "nobody@atelier.example"):
        browser = opened()
        answer = await browser.post("/auth/mot-de-passe/oublie", data={"email": email})
        headers = {name: text for name, text in answer.headers.items() if name != "set-cookie"}
        left = (await draft_of(portal, browser)).form("oublie")
        answers.append((answer.status_code, headers, answer.content, left.errors, left.notice))

    assert answers[0] == answers[1]


async def test_a_poisoned_host_changes_no_link(portal: Portal, browser: httpx.AsyncClient) -> None:
    anne = await a_client(portal)
    poison = {"host": "evil.example", "x-forwarded-host": "evil.example"}

    await browser.post("/auth/mot-de-passe/oublie", data={"email": anne.email}, headers=poison)

    async with portal.database.reading() as connection:
        [row] = (
            await connection.execute(sa.select(outbox).where(outbox.c.template == "reset_password"))
        ).all()
    assert "evil" not in str(row)
    link = address(portal.settings, Purpose.RESET_PASSWORD, row.params["link_id"])
    assert link.startswith("http://127.0.0.1:3000/nouveau-mot-de-passe?jeton=")


async def test_changing_the_password_keeps_this_browser_and_no_other(portal: Portal, opened: Opened) -> None:
    anne = await a_client(portal)
    here, there = signed_in_as(opened(), anne), opened()
    await submit(there, "/auth/connexion", email=anne.email, password=PASSWORD)

    wrong = await submit(here, "/auth/mot-de-passe/changer", current=WRONG, password=NEW)
    assert list(await errors_of(portal, here, "mot-de-passe")) == ["current"]
    right = await submit(here, "/auth/mot-de-passe/changer", current=PASSWORD, password=NEW)

    assert (wrong, right) == ("/espace/compte", "/espace/compte")
    assert here.cookies[SESSION_COOKIE] != anne.cookie
    assert [await is_signed_in(portal, one) for one in (here, there)] == [True, False]


# --- sessions ------------------------------------------------------------------------------------


async def test_one_ends_a_session_from_ones_page(portal: Portal, opened: Opened) -> None:
    anne = await a_client(portal)
    here, there = signed_in_as(opened(), anne), opened()
    await submit(there, "/auth/connexion", email=anne.email, password=PASSWORD)
    other = next(one for one in await sessions.own_sessions(portal, anne.viewer) if not one.is_current)

    assert await submit(here, "/auth/sessions/terminer", session=other.public_id) == "/espace/compte"
    assert await notice_of(portal, here, "sessions") == "La session est fermée."
    assert [await is_signed_in(portal, one) for one in (here, there)] == [True, False]

    await submit(here, "/auth/sessions/terminer", session=other.public_id)
    assert await errors_of(portal, here, "sessions") == {"": "Cette session était déjà fermée."}


async def test_one_ends_all_the_others(portal: Portal, opened: Opened) -> None:
    anne = await a_client(portal)
    here = signed_in_as(opened(), anne)
    others = [opened() for _ in range(2)]
    for there in others:
        await submit(there, "/auth/connexion", email=anne.email, password=PASSWORD)

    await submit(here, "/auth/sessions/terminer", toutes="1")

    assert await notice_of(portal, here, "sessions") == "2\u00a0sessions fermées."
    assert [await is_signed_in(portal, one) for one in (here, *others)] == [True, False, False]


async def test_another_tenants_session_stays_and_the_answer_is_that_of_a_missing_one(
    portal: Portal, opened: Opened
) -> None:
    anne = await a_client(portal)
    paul = await a_client(portal, email="paul@autre.example", siren=OTHER_SIREN)
    said = []
    for public_id in (paul.viewer.session_id, "no-such-session"):
        browser = signed_in_as(opened(), anne)
        location = await submit(browser, "/auth/sessions/terminer", session=public_id)
        said.append((location, await errors_of(portal, browser, "sessions")))

    assert said[0] == said[1]
    assert await viewer_of(portal, paul.cookie) == paul.viewer


# --- the second factor ---------------------------------------------------------------------------


async def shown_to(portal: Portal, browser: httpx.AsyncClient) -> pyotp.TOTP:
    session = await session_of(portal, browser.cookies[SESSION_COOKIE])
    assert session is not None
    shown = await second_factor.enrolment(portal, session)
    assert shown is not None
    return pyotp.TOTP(shown.secret.replace(" ", ""))


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


async def test_the_first_member_of_the_staff_from_the_link_to_the_clients(
    portal: Portal, browser: httpx.AsyncClient, machine: FixedClock
) -> None:
    token = token_in(await first_staff_link(portal) or "")
    person = {"first_name": "Yves", "last_name": "Roux", "email": "yves@prestataire.example"}
    short = await submit(browser, "/auth/premier-acces", jeton=token, **person, password="brouette en ut")
    assert short == f"/premier-acces?jeton={token}"
    assert (await draft_of(portal, browser)).form("premier-acces").values == person

    await submit(browser, "/auth/premier-acces", jeton=token, **person, password=STAFF_PASSWORD)
    enrolling = browser.cookies[SESSION_COOKIE]
    assert not await is_signed_in(portal, browser)
    authenticator = await shown_to(portal, browser)
    wrong = await submit(browser, "/auth/second-facteur/confirmer", code="000000")
    right = await submit(browser, "/auth/second-facteur/confirmer", code=authenticator.at(machine.now()))
    machine.advance(minutes=1)
    form = {"email": "yves@prestataire.example", "password": STAFF_PASSWORD}
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
    token = token_in(await first_staff_link(portal) or "")
    person = {"first_name": "Yves", "last_name": "Roux", "email": "yves@prestataire.example"}
    await submit(browser, "/auth/premier-acces", jeton=token, **person, password=STAFF_PASSWORD)

    changed = await submit(browser, "/auth/mot-de-passe/changer", current=STAFF_PASSWORD, password=NEW)
    ended = await submit(browser, "/auth/sessions/terminer", toutes="1")

    assert (changed, ended) == ("/session-expiree", "/session-expiree")
    signed_in = await sign_in.sign_in(
        portal, "yves@prestataire.example", STAFF_PASSWORD, previous=None, origin=ORIGIN
    )
    assert signed_in.step is sign_in.Step.ENROL


async def test_a_seed_waiting_to_be_confirmed_is_the_same_at_the_next_sign_in(
    portal: Portal, browser: httpx.AsyncClient
) -> None:
    """The authenticator may have scanned it already."""
    token = token_in(await first_staff_link(portal) or "")
    person = {"first_name": "Yves", "last_name": "Roux", "email": "yves@prestataire.example"}
    await submit(browser, "/auth/premier-acces", jeton=token, **person, password=STAFF_PASSWORD)
    before = (await shown_to(portal, browser)).secret

    location = await submit(
        browser, "/auth/connexion", email="yves@prestataire.example", password=STAFF_PASSWORD
    )

    assert location == "/connexion/second-facteur"
    assert (await shown_to(portal, browser)).secret == before


async def test_many_wrong_codes_while_enrolling_say_so_on_the_same_page(
    portal: Portal, browser: httpx.AsyncClient
) -> None:
    token = token_in(await first_staff_link(portal) or "")
    person = {"first_name": "Yves", "last_name": "Roux", "email": "yves@prestataire.example"}
    await submit(browser, "/auth/premier-acces", jeton=token, **person, password=STAFF_PASSWORD)

    locations = {await submit(browser, "/auth/second-facteur/confirmer", code="000000") for _ in range(6)}

    assert locations == {"/connexion/second-facteur"}
    assert "Trop de tentatives" in (await errors_of(portal, browser, "second-facteur"))[""]


async def test_staff_keep_theirs(portal: Portal, browser: httpx.AsyncClient) -> None:
    yves = await a_member_of_staff(portal)
    signed_in_as(browser, yves)

    await submit(browser, "/auth/second-facteur/retirer", current=STAFF_PASSWORD)

    assert "obligatoire" in (await errors_of(portal, browser, "second-facteur"))[""]
    assert await is_signed_in(portal, browser)


# --- what one alone may see ----------------------------------------------------------------------


async def test_the_key_is_shown_while_it_is_set_up_and_not_a_moment_longer(
    portal: Portal, opened: Opened, machine: FixedClock
) -> None:
    anne, browser = await a_client(portal), opened()
    signed_in_as(browser, anne)
    assert (await browser.get(KEY)).status_code == 404

    await submit(browser, "/auth/second-facteur/activer", current=PASSWORD)
    shown = await browser.get(KEY)

    authenticator = await shown_to(portal, browser)
    assert shown.headers["cache-control"] == "no-store"
    assert shown.json()["words"][0].replace(" ", "") == authenticator.secret
    assert shown.json()["picture"].startswith("data:image/svg+xml")
    assert (await opened().get(KEY)).status_code == 404, "to a stranger there is none"
    code = authenticator.at(machine.now())
    await submit(browser, "/auth/second-facteur/confirmer", code=code)
    assert (await browser.get(KEY)).status_code == 404


async def test_recovery_codes_are_shown_to_their_owner_for_ten_minutes(
    portal: Portal, opened: Opened, machine: FixedClock
) -> None:
    anne, browser = await a_client(portal), opened()
    signed_in_as(browser, anne)
    assert (await browser.get(CODES)).status_code == 404
    cookie, _ = await with_second_factor(portal, await anne.session(portal))
    browser.cookies.set(SESSION_COOKIE, cookie, domain="portail.example")

    shown = await browser.get(CODES)

    standing = await second_factor.standing(portal, anne.viewer)
    assert shown.headers["cache-control"] == "no-store"
    assert shown.json() == {"words": list(standing.codes.readable), "picture": ""}
    assert (await opened().get(CODES)).status_code == 404
    machine.advance(minutes=11)
    assert (await browser.get(CODES)).status_code == 404


async def test_the_key_is_not_shown_to_whoever_has_yet_to_give_the_code(
    portal: Portal, opened: Opened
) -> None:
    yves, browser = await a_member_of_staff(portal), opened()
    await submit(browser, "/auth/connexion", email=yves.email, password=STAFF_PASSWORD)
    assert (await browser.get(KEY)).status_code == 404
    assert (await browser.get(CODES)).status_code == 404


# --- many browsers from one place ----------------------------------------------------------------


async def test_drafts_from_one_address_come_to_an_end_with_a_clear_wait(
    portal: Portal, opened: Opened, machine: FixedClock
) -> None:
    for _ in range(40):
        assert await submit(opened(), "/auth/essai/entreprise", siren="1") == "/essai"

    refused = opened()
    location = await submit(refused, "/auth/essai/entreprise", siren="1")

    assert location == "/essai?attendre=entreprise.3600"
    said = said_of_waiting(location.partition("=")[2])
    assert said == {"entreprise": "Trop de tentatives. Réessayez dans 60\u00a0minutes."}
    assert DRAFT_COOKIE not in refused.cookies
    async with portal.database.reading() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(drafts_table)) == 40
    machine.advance(hours=1)
    assert await submit(refused, "/auth/essai/entreprise", siren="1") == "/essai"


async def test_who_has_a_draft_goes_on_while_others_wait(portal: Portal, opened: Opened) -> None:
    first = opened()
    await submit(first, "/auth/essai/entreprise", siren="1")
    for _ in range(39):
        await submit(opened(), "/auth/essai/entreprise", siren="1")

    assert await submit(first, "/auth/essai/entreprise", **company_form().model_dump()) == "/essai/vous"


async def test_who_signs_in_from_a_busy_address_gets_in(portal: Portal, opened: Opened) -> None:
    """Signing in well needs no draft."""
    anne = await a_client(portal)
    for _ in range(40):
        await submit(opened(), "/auth/essai/entreprise", siren="1")
    browser = opened()

    await submit(browser, "/auth/connexion", email=anne.email, password=PASSWORD)

    assert await is_signed_in(portal, browser)


@pytest.mark.parametrize(
    "asked",
    ["", "entreprise", "entreprise.", "entreprise.-1", "entreprise.0", "entreprise.²", "e.99999999999"],
)
def test_a_page_says_no_wait_but_ours(asked: str) -> None:
    assert said_of_waiting(asked) == {}


# --- every route ---------------------------------------------------------------------------------

PATHS = [route.path for route in ROUTES]


def test_the_list_of_routes_is_this_one() -> None:
    """A new one needs its line here, and its place in the tests above."""
    assert [(route.path, sorted(route.methods or ())) for route in ROUTES] == [
        (path, ["POST"])
        for path in (
            "/auth/essai/entreprise",
            "/auth/essai/personne",
            "/auth/essai/renvoyer",
            "/auth/confirmer",
            "/auth/confirmer/renvoyer",
            "/auth/connexion",
            "/auth/connexion/code",
            "/auth/deconnexion",
            "/auth/mot-de-passe/oublie",
            "/auth/mot-de-passe/nouveau",
            "/auth/premier-acces",
            "/auth/mot-de-passe/changer",
            "/auth/sessions/terminer",
            "/auth/second-facteur/activer",
            "/auth/second-facteur/confirmer",
            "/auth/second-facteur/retirer",
            "/auth/second-facteur/codes",
        )
    ]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", PATHS)
async def test_nothing_happens_by_looking(browser: httpx.AsyncClient, path: str) -> None:
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        assert (await browser.request(method, path)).status_code == 405


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", [route.path for route in ACCOUNT])
async def test_ones_account_is_for_who_is_signed_in(
    portal: Portal, browser: httpx.AsyncClient, path: str
) -> None:
    anne = await a_client(portal)
    form = {"current": PASSWORD, "password": NEW, "code": "1", "session": "x", "toutes": "1"}

    assert await submit(browser, path, **form) == "/session-expiree"
    await sessions.sign_out(portal, anne.cookie, ORIGIN)
    assert await submit(signed_in_as(browser, anne), path, **form) == "/session-expiree"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"email=a&email=b", FORM["content-type"]),
        (b"email=%ff", FORM["content-type"]),
        (b"email=\xff", FORM["content-type"]),
        (b"&".join(b"f%d=" % number for number in range(21)), FORM["content-type"]),
        (
            b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x--",
            "multipart/form-data; boundary=x",
        ),
        (b'{"email": "a"}', "application/json"),
        (b"email=a", "text/plain"),
        (b"email=a", ""),
    ],
)
async def test_what_no_form_of_ours_sends_is_refused(
    browser: httpx.AsyncClient, content: bytes, content_type: str
) -> None:
    for path in PATHS:
        answer = await browser.post(path, content=content, headers={"content-type": content_type})

        assert (answer.status_code, "set-cookie" in answer.headers) == (400, False), path
        assert answer.text == "Cette demande ne vient pas d’un de nos formulaires."


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", PATHS)
async def test_ten_thousand_characters_in_every_field_are_no_failure(
    portal: Portal, browser: httpx.AsyncClient, path: str
) -> None:
    names = {
        "siren", "legal_name", "legal_form", "street", "postcode", "city", "first_name", "last_name",
        "email", "password", "current", "code", "jeton", "suite", "session",
    }  # fmt: skip
    for text in ("x" * 10_000, "🏭" * 1_000, "\u202e<script>\x00" * 500):
        signed_in_as(browser, await a_client(portal, email=f"a{len(text)}@autre.example"))
        location = await submit(browser, path, **dict.fromkeys(names, text))
        assert location != "/erreur"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_body_without_end_is_not_read_to_the_end(portal: Portal, browser: httpx.AsyncClient) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(10_000):
            read += 65_536
            yield b"x" * 65_536

    answer = await browser.post("/auth/connexion", content=endless(), headers=FORM)

    assert read < 10_000_000
    assert (answer.status_code, answer.headers["location"]) == (303, "/connexion")
    assert "beaucoup trop long" in (await errors_of(portal, browser, "connexion"))[""]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", PATHS)
async def test_when_the_database_fails_the_person_gets_a_page_and_no_trace(
    portal: Portal, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    signed_in_as(browser, await a_client(portal))

    def failing(*_arguments: object) -> None:
        raise sa.exc.OperationalError("SELECT", {}, Exception("disk I/O error"))

    monkeypatch.setattr(type(portal.database), "transaction", failing)
    monkeypatch.setattr(type(portal.database), "reading", failing)

    answer = await browser.post(path, data={**company_form().model_dump(), "email": ANNE, "password": NEW})

    assert (answer.status_code, answer.headers["location"], answer.content) == (303, "/erreur", b"")


async def test_no_account_is_made_by_anything_but_the_sign_up(
    portal: Portal, browser: httpx.AsyncClient
) -> None:
    everything = {**company_form().model_dump(), **person_form().model_dump(), "role": "staff", "jeton": "x"}
    for path in PATHS:
        if not path.startswith("/auth/essai"):
            await browser.post(path, data=everything)

    async with portal.database.reading() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(accounts)) == 0
