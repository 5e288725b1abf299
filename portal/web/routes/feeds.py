"""GET /agenda/{token}.ics: the dates of a client, read by her calendar program again and again, without a cookie.

An address that is unknown, replaced or revoked is not there. What has not changed since is not sent again (304).
"""

import math
from email.utils import format_datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.services.context import NotFound
from portal.services.feeds import Published, read_feed
from portal.services.limits import TooManyAttempts
from portal.web.routes.pieces import not_found, sentence
from portal.web.running import portal
from portal.web.session import origin_of

_NOT_MODIFIED, _TOO_MANY = 304, 429


async def feed(request: Request) -> Response:
    """Hand over the calendar, or say that it is the same as before."""
    try:
        published = await read_feed(portal(), request.path_params["token"], origin_of(request).ip)
    except NotFound:
        return not_found()
    except TooManyAttempts as error:
        answer = sentence(error.message, _TOO_MANY)
        answer.headers["retry-after"] = str(math.ceil(error.wait.total_seconds()))
        return answer
    headers = {
        "etag": f'"{published.etag}"',
        "last-modified": format_datetime(published.changed_at, usegmt=True),
        # It may be kept by its reader alone, and is asked for again each time: a revoked one is over at once.
        "cache-control": "private, no-cache",
        "x-content-type-options": "nosniff",
    }
    if _is_known(request, published):
        return Response(status_code=_NOT_MODIFIED, headers=headers)
    return Response(
        published.content,
        media_type="text/calendar; charset=utf-8",
        headers={**headers, "content-disposition": 'inline; filename="echeances-exanergy.ics"'},
    )


def _is_known(request: Request, published: Published) -> bool:
    """Tell whether the reader has these very bytes (RFC 9110, 13.1.2); a weak comparison is enough."""
    known = request.headers.get("if-none-match", "")
    tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
    return "*" in tags or f'"{published.etag}"' in tags


ROUTES = [Route("/agenda/{token}.ics", feed, methods=["GET"])]
