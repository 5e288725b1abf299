"""The calendar feed over HTTP: no cookie, not sent again while nothing changes, gone once it is revoked."""

from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx
import icalendar
import pytest
from starlette.applications import Starlette

from portal.contract import acts as a
from portal.services.context import Portal
from portal.services.feeds import make_feed, revoke_feed
from portal.services.limits import FEED_ADDRESS
from portal.web import running
from portal.web.page_guard import PageGuard
from portal.web.routes import feeds
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, a_trial, act
from tests.services.test_feeds import START

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
async def browser(portal: Portal) -> AsyncIterator[httpx.AsyncClient]:
    running.run_with(portal)
    transport = httpx.ASGITransport(PageGuard(Starlette(routes=feeds.ROUTES)), client=("192.0.2.7", 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="https://portail.example") as opened:
        yield opened
    running.run_with(None)


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> Client:
    return await a_trial(portal, clock, START)


@pytest.fixture
async def path(portal: Portal, client: Client) -> str:
    return urlsplit(await make_feed(portal, client.viewer, ORIGIN)).path


async def test_a_program_reads_it_without_a_cookie(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers
    assert parsedate_to_datetime(answer.headers["last-modified"]) == START
    assert len(list(icalendar.Calendar.from_ical(answer.content).walk("VEVENT"))) > 3
    assert (await browser.head(path)).headers["etag"] == answer.headers["etag"]


async def test_what_has_not_changed_is_not_sent_again(
    portal: Portal, browser: httpx.AsyncClient, client: Client, path: str, clock: FixedClock
) -> None:
    etag = (await browser.get(path)).headers["etag"]
    clock.advance(minutes=10)
    for known in (etag, f"W/{etag}", f'"autre", {etag}', "*"):
        answer = await browser.get(path, headers={"if-none-match": known})
        assert (answer.status_code, answer.content) == (304, b""), known
        assert answer.headers["etag"] == etag
        assert answer.headers["cache-control"] == "private, no-cache"
    assert (await browser.get(path, headers={"if-none-match": '"autre"'})).status_code == 200

    await act(portal, client, a.OrderOption(code="training", quantity=1))
    answer = await browser.get(path, headers={"if-none-match": etag})
    assert answer.status_code == 200
    assert answer.headers["etag"] != etag


async def test_revoked_replaced_or_unknown_it_is_not_there(
    portal: Portal, browser: httpx.AsyncClient, client: Client, path: str
) -> None:
    second = urlsplit(await make_feed(portal, client.viewer, ORIGIN)).path
    await revoke_feed(portal, client.viewer, ORIGIN)
    for gone in (path, second, "/agenda/x.ics", f"/agenda/{'A' * 43}.ics", f"/agenda/{'é' * 43}.ics"):
        answer = await browser.get(gone)
        assert (answer.status_code, answer.text) == (404, "Introuvable."), gone
        assert answer.headers["cache-control"] == "private, no-store"
    assert (await browser.post(path)).status_code == 405


async def test_who_guesses_too_often_is_told_to_wait(browser: httpx.AsyncClient, path: str) -> None:
    for _ in range(FEED_ADDRESS.windows[0].most):
        assert (await browser.get("/agenda/x.ics")).status_code == 404
    answer = await browser.get("/agenda/x.ics")
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "300"
    assert "Réessayez dans" in answer.text
    assert (await browser.get(path)).status_code == 200
