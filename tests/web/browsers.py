"""Browsers as the routes of forms see them: what they send, the draft they keep, who they are signed in as."""

from collections.abc import Callable
from urllib.parse import urlencode

import httpx
import pyotp
import sqlalchemy as sa
from starlette.routing import Route

from portal.services import drafts, second_factor
from portal.services.context import Portal
from portal.services.drafts import Draft
from portal.services.sessions import session_of, viewer_of
from portal.web.routes.account import ROUTES as ACCOUNT
from portal.web.routes.auth import ROUTES as AUTH
from portal.web.routes.sign_up import ROUTES as SIGN_UP
from portal.web.session import DRAFT_COOKIE, SESSION_COOKIE
from tests.people import Person, person_form

ANNE = person_form().email
NEW = "sept brouettes en mi bémol"
WRONG = "quatre brouettes en ut dièse"
FORM = {"content-type": "application/x-www-form-urlencoded"}
ROUTES: list[Route] = [*SIGN_UP, *AUTH, *ACCOUNT]

Opened = Callable[[], httpx.AsyncClient]


async def submit(browser: httpx.AsyncClient, path: str, **form: str) -> str:
    """Send a form as a browser does, an empty one too; return where the answer leads."""
    answer = await browser.post(path, content=urlencode(form), headers=FORM)
    assert answer.status_code == 303, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.headers["location"]


def answered(answer: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    """All that two answers may differ by but the values of their cookies."""
    headers = {name: text for name, text in answer.headers.items() if name != "set-cookie"}
    return answer.status_code, headers, answer.content


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


async def shown_to(portal: Portal, browser: httpx.AsyncClient) -> pyotp.TOTP:
    session = await session_of(portal, browser.cookies[SESSION_COOKIE])
    assert session is not None
    shown = await second_factor.enrolment(portal, session)
    assert shown is not None
    return pyotp.TOTP(shown.secret.replace(" ", ""))


async def count_of(portal: Portal, table: sa.Table) -> int:
    async with portal.database.reading() as connection:
        return await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
