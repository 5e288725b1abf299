"""What one person alone may see, for as long as she needs to copy it: a second factor's key, codes, a feed's address.

The page fetches it (`assets/private.js`) instead of receiving it in a state: Reflex keeps states, in memory
or in Redis, long after the page is closed, and there a seed would lie unencrypted.
"""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portal.services import feeds, second_factor
from portal.services.context import NotFound
from portal.web.running import portal
from portal.web.session import session_from_request

KEY = "/auth/second-facteur/cle"
CODES = "/auth/second-facteur/codes-de-secours"
FEED_LINK = "/auth/agenda/lien"


async def key(request: Request) -> Response:
    """Return the key being set up, as a picture and as letters; not there once it is in place."""
    session = await session_from_request(request)
    try:
        shown = await second_factor.enrolment(portal(), session) if session else None
    except NotFound:
        shown = None
    return _only_hers([shown.secret], shown.qr) if shown else _nothing()


async def codes(request: Request) -> Response:
    """Return the recovery codes just made; not there once their ten minutes are over."""
    session = await session_from_request(request)
    viewer = session.viewer if session else None
    readable = (await second_factor.standing(portal(), viewer)).codes.readable if viewer else ()
    return _only_hers(readable) if readable else _nothing()


async def feed_link(request: Request) -> Response:
    """Return the address of her calendar feed just made; not there once it has been read, or is no longer new."""
    session = await session_from_request(request)
    viewer = session.viewer if session else None
    address = await feeds.new_address(portal(), viewer) if viewer else None
    return _only_hers([address]) if address else _nothing()


def _only_hers(words: Iterable[str], picture: str = "") -> Response:
    return JSONResponse({"words": list(words), "picture": picture}, headers={"cache-control": "no-store"})


def _nothing() -> Response:
    return Response(status_code=404, headers={"cache-control": "no-store"})


ROUTES = [
    Route(KEY, key, methods=["GET"]),
    Route(CODES, codes, methods=["GET"]),
    Route(FEED_LINK, feed_link, methods=["GET"]),
]
