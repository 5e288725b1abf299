"""What one person alone may see, for as long as she needs to copy it: the key of a second factor, recovery codes.

The page fetches it (`assets/private.js`) instead of receiving it in a state: Reflex keeps states, in memory
or in Redis, long after the page is closed, and there a seed would lie unencrypted.
"""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portal.services import second_factor
from portal.services.context import NotFound
from portal.web.running import portal
from portal.web.session import session_from_request

KEY = "/auth/second-facteur/cle"
CODES = "/auth/second-facteur/codes-de-secours"


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


def _only_hers(words: Iterable[str], picture: str = "") -> Response:
    return JSONResponse({"words": list(words), "picture": picture}, headers={"cache-control": "no-store"})


def _nothing() -> Response:
    return Response(status_code=404, headers={"cache-control": "no-store"})


ROUTES = [Route(KEY, key, methods=["GET"]), Route(CODES, codes, methods=["GET"])]
