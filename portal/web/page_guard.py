"""Protected pages are refused before any of their HTML: by the session, not by a script in the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from portal.services.context import Role
from portal.web.session import viewer_from_request


@dataclass(frozen=True, slots=True)
class Protected:
    """Addresses that begin so are for these roles."""

    prefix: str
    roles: frozenset[Role]


PROTECTED: Sequence[Protected] = (
    Protected("/espace/compte", frozenset({Role.CLIENT, Role.STAFF})),
    Protected("/espace", frozenset({Role.CLIENT})),
    Protected("/essai/conditions", frozenset({Role.CLIENT})),
    Protected("/gestion", frozenset({Role.STAFF})),
)

# No page is there, so that the answer is the portal's own 404.
_NOWHERE = "/introuvable"


class PageGuard:
    """Send whoever is not signed in to the sign-in page; to the wrong role, the page is not there.

    To a stranger a file is not there either: a sign-in page saved under its name would help nobody.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _is_roundabout(scope["path"]):
            scope = _nowhere(scope)
        elif scope["type"] == "http" and (wanted := _protection(scope["path"])):
            viewer = await viewer_from_request(Request(scope))
            if viewer is None and not _is_file(scope["path"]):
                location = f"/connexion?suite={quote(scope['path'].rstrip('/'), safe='/')}".encode()
                headers = [(b"location", location), (b"cache-control", b"no-store")]
                await send({"type": "http.response.start", "status": 303, "headers": headers})
                await send({"type": "http.response.body", "body": b""})
                return
            if viewer is None or viewer.role not in wanted.roles:
                scope = _nowhere(scope)
        await self._app(scope, receive, send)


def _is_roundabout(path: str) -> bool:
    """Tell whether an address is another way of writing a page's.

    What serves the built files would follow it: `//gestion/index.html`, `/cgv/../gestion`, `/gestion.html`.
    """
    segments = path.rstrip("/").split("/")[1:]
    return any(one in {"", ".", ".."} for one in segments) or path.endswith((".html", ".html.gz"))


def _is_file(path: str) -> bool:
    return "." in path.rpartition("/")[2]


def _nowhere(scope: Scope) -> Scope:
    return {**scope, "path": _NOWHERE, "raw_path": _NOWHERE.encode()}


def _protection(path: str) -> Protected | None:
    bare = path.rstrip("/")
    return next(
        (one for one in PROTECTED if bare == one.prefix or bare.startswith(f"{one.prefix}/")),
        None,
    )
