"""Browsers on the routes that forms are sent to."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from portal.services.context import Portal
from portal.web import running
from portal.web.routes.secrets import ROUTES as SECRETS
from tests.web.browsers import ROUTES, Opened


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
