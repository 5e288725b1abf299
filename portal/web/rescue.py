"""Whatever fails on the way to a page, the person sees a page of ours that says so, never the server's own words."""

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

_FAILED = 500
# As the built files are served: it is read without a session and without the database.
_PAGE = "/erreur/"


class Rescue:
    """Answer with the error page where `app` fails before it has begun to answer; `pages` serves that page."""

    def __init__(self, app: ASGIApp, pages: ASGIApp) -> None:
        self._app = app
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def noticed(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        async def as_failure(message: Message) -> None:
            if message["type"] == "http.response.start":
                # It stands for another page: neither its status nor its freshness is to be kept.
                headers = [one for one in message.get("headers", []) if one[0].lower() not in _OF_THE_FILE]
                message = {**message, "status": _FAILED, "headers": headers}
            await send(message)

        try:
            await self._app(scope, receive, noticed)
        except Exception:
            log.exception("page.not_served")
            if has_begun:
                raise
            page = {**scope, "method": "GET", "path": _PAGE, "raw_path": _PAGE.encode(), "headers": []}
            await self._pages(page, receive, as_failure)


_OF_THE_FILE = frozenset({b"etag", b"last-modified", b"cache-control"})
