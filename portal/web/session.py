"""Who is asking: the session cookie of a request, or of a websocket's handshake."""

from http.cookies import CookieError, SimpleCookie

import reflex as rx
from starlette.requests import Request

from portal.services.context import Origin, Viewer
from portal.services.drafts import Draft, find
from portal.services.sessions import viewer_of
from portal.web.running import portal

SESSION_COOKIE = "__Host-sid"
DRAFT_COOKIE = "__Host-brouillon"


async def viewer_from_request(request: Request) -> Viewer | None:
    return await viewer_of(portal(), request.cookies.get(SESSION_COOKIE))


async def viewer_from_state(state: rx.State) -> Viewer | None:
    return await viewer_of(portal(), _cookie(state, SESSION_COOKIE))


async def draft_of(state: rx.State) -> Draft:
    return await find(portal(), _cookie(state, DRAFT_COOKIE))


def origin_of(state: rx.State) -> Origin:
    return Origin(state.router.session.client_ip or "", (state.router.headers.user_agent or "")[:300])


def _cookie(state: rx.State, name: str) -> str | None:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(state.router.headers.cookie or "")
    except CookieError:
        return None
    return jar[name].value if name in jar else None
