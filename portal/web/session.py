"""Cookies and where a request comes from: who is asking, what her browser has left, from which address.

For those who write pages and routes:

- `viewer_from_request(request)` and `viewer_from_state(state)`: who is signed in, or None. Looked up each
  time, so that a session ended elsewhere is over here too.
- `session_from_request` and `session_from_state`: the same with a sign-in that is not finished, for the
  pages of its second step (`Session.strength` is `AWAITING_CODE` or `ENROLLING`).
- `draft_of(state)`: what forms of this browser hold and what was wrong with them. A form sends itself to
  `/auth/…`, which answers 303; the page that follows finds `draft.form("connexion").errors["email"]`, the
  sentence for the whole form under "", `.values` to show again and `.notice` to say. Names of forms are
  in `routes/`, beside their addresses.
- `origin_of(request or state)`: address and user agent, kept as evidence.

Both cookies carry the `__Host-` prefix: Secure, for this host alone and all its paths, so that no other
host nor a page without TLS can plant one. Browsers hold http://127.0.0.1 and http://localhost for as good
as TLS; on any other address without TLS nobody can sign in, and that is meant.
"""

import ipaddress
from typing import Any

from starlette.requests import HTTPConnection, cookie_parser
from starlette.responses import Response

from portal.services import drafts, sessions
from portal.services.context import Origin, Viewer
from portal.services.drafts import Draft
from portal.services.forms import clean
from portal.services.sessions import Session
from portal.web.running import portal

SESSION_COOKIE = "__Host-sid"
DRAFT_COOKIE = "__Host-brouillon"
_LONGEST_USER_AGENT = 300
_LONGEST_COOKIE = 200


async def viewer_from_request(request: HTTPConnection) -> Viewer | None:
    session = await session_from_request(request)
    return session.viewer if session else None


async def viewer_from_state(state: Any, *, by_itself: bool = False) -> Viewer | None:
    session = await session_from_state(state, by_itself=by_itself)
    return session.viewer if session else None


async def session_from_request(request: HTTPConnection) -> Session | None:
    return await sessions.session_of(portal(), session_cookie(request))


async def session_from_state(state: Any, *, by_itself: bool = False) -> Session | None:
    """Read the cookie of the websocket's handshake: the browser cannot send another in its events."""
    return await sessions.session_of(portal(), _cookie_of_state(state, SESSION_COOKIE), by_itself=by_itself)


async def draft_of(state: Any) -> Draft:
    return await drafts.find(portal(), _cookie_of_state(state, DRAFT_COOKIE))


def session_cookie(request: HTTPConnection) -> str | None:
    return _sound(request.cookies.get(SESSION_COOKIE))


def draft_cookie(request: HTTPConnection) -> str | None:
    return _sound(request.cookies.get(DRAFT_COOKIE))


def set_session(response: Response, raw: str) -> None:
    """Give a browser its session. The cookie ends with the browser; the session ends by itself."""
    _set(response, SESSION_COOKIE, raw)


def drop_session(response: Response) -> None:
    _set(response, SESSION_COOKIE, "", seconds=0)


def set_draft(response: Response, raw: str) -> None:
    _set(response, DRAFT_COOKIE, raw, seconds=int(drafts.LIFETIME.total_seconds()))


def origin_of(source: Any) -> Origin:
    """Return where a request, or the websocket of a state, comes from.

    `X-Forwarded-For` counts only as far as configured proxies have written it: what stands further left
    is whatever the caller likes.
    """
    if isinstance(source, HTTPConnection):
        peer = source.client.host if source.client else ""
        forwarded = ",".join(source.headers.getlist("x-forwarded-for"))
        user_agent = source.headers.get("user-agent", "")
    else:
        peer = source.router.session.client_ip
        forwarded = source.router.headers.raw_headers.get("x-forwarded-for", "")
        user_agent = source.router.headers.user_agent
    hops = portal().settings.trusted_proxy_hops
    written = [one.strip() for one in forwarded.split(",") if one.strip()]
    ip = written[-hops] if hops and len(written) >= hops else peer
    return Origin(_address(ip) or _address(peer), clean(user_agent)[:_LONGEST_USER_AGENT])


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""


def _cookie_of_state(state: Any, name: str) -> str | None:
    return _sound(cookie_parser(state.router.headers.cookie or "").get(name))


def _sound(value: str | None) -> str | None:
    return value if value and len(value) <= _LONGEST_COOKIE else None


def _set(response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    response.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")
