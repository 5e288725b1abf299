"""A forgotten password and a changed one: the link, the answer that tells nobody apart, who stays signed in."""

import httpx
import sqlalchemy as sa

from portal.records.tables import outbox
from portal.services.context import Portal
from portal.services.links import Purpose, address
from portal.services.sessions import viewer_of
from portal.web.session import SESSION_COOKIE
from tests.people import PASSWORD, a_client, last_token
from tests.web.browsers import (
    ANNE,
    NEW,
    WRONG,
    Opened,
    answered,
    draft_of,
    errors_of,
    is_signed_in,
    notice_of,
    signed_in_as,
    submit,
)


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
        left = (await draft_of(portal, browser)).form("oublie")
        answers.append((*answered(answer), left.errors, left.notice))

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
