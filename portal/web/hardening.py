"""The outermost layer of the web server: who may speak to it, and what a browser may do with its pages.

It refuses websockets and unsafe methods from any origin but the portal's own, a missing one included
(with `SameSite=Lax` cookies this is the protection against forged requests), and states in headers what the
pages need and nothing more. The scripts that Reflex writes into the pages are admitted by their hashes, so
that neither `unsafe-inline` nor `unsafe-eval` is needed: no page may use `rx.call_script` or `rx.toast`.

It also gives each page one address: `/cgv`, never `/cgv/` (the files behind it are `cgv/index.html`).
"""

import base64
import hashlib
import re
from collections.abc import Collection
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_KNOWN = _SAFE | {"POST", "PUT", "PATCH", "DELETE"}
_POLICY_VIOLATION = 1008
_OK, _REDIRECT, _FORBIDDEN, _NOT_ALLOWED = 200, 308, 403, 405

_Headers = list[tuple[bytes, bytes]]


class Hardening:
    """Wrap the whole application.

    `origins` are what a browser shows in its address bar, « https://portail.exemple.fr »; `site` is the folder
    of the built pages. Build it after the pages are: their scripts are read once, here.
    """

    def __init__(self, app: ASGIApp, *, origins: Collection[str], site: Path) -> None:
        self._app = app
        self._origins = frozenset(origins)
        self._pages = page_addresses(site)
        self._page_policy = content_security_policy(site, origins).encode()
        self._headers = _fixed_headers(is_https=all(one.startswith("https://") for one in origins))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_ours(scope):
            await receive()
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
            return
        await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._complete(scope["path"], message)}
            await send(message)

        method, path = scope["method"], scope["path"]
        if method not in _KNOWN:
            await _answer(send_hardened, _NOT_ALLOWED, "Méthode inconnue.")
        elif method not in _SAFE and not self._is_ours(scope):
            await _answer(send_hardened, _FORBIDDEN, "Cette demande ne vient pas de nos pages.")
        elif method in _SAFE and path.endswith("/") and path.rstrip("/") in self._pages:
            query = b"?" + scope["query_string"] if scope["query_string"] else b""
            location = path.rstrip("/").encode() + query
            await _answer(send_hardened, _REDIRECT, "", (b"location", location))
        elif method in _SAFE and path in self._pages:
            # Starlette would redirect /cgv to /cgv/, to an absolute address made from the Host header.
            inner = {**scope, "path": path + "/", "raw_path": (path + "/").encode()}
            await self._app(inner, receive, send_hardened)
        else:
            await self._app(scope, receive, send_hardened)

    def _is_ours(self, scope: Scope) -> bool:
        given = [value for name, value in scope["headers"] if name == b"origin"]
        return len(given) == 1 and given[0].decode("latin-1") in self._origins

    def _complete(self, path: str, message: Message) -> _Headers:
        given: _Headers = [(name.lower(), value) for name, value in message.get("headers", [])]
        ours = {name for name, _ in self._headers} | {b"content-security-policy"}
        kept = [(name, value) for name, value in given if name not in ours]
        content_type = next((value for name, value in given if name == b"content-type"), b"")
        policy = self._policy(content_type.partition(b";")[0])
        complete = [*kept, *self._headers, (b"content-security-policy", policy)]
        if not any(name == b"cache-control" for name, _ in given):
            complete.append((b"cache-control", _caching(path, message["status"], given)))
        return complete

    def _policy(self, media_type: bytes) -> bytes:
        """Return what a response may do: a page its hashes, a file nothing (and it stays short).

        « Not modified » names no type, and what it says replaces what the browser has kept: for a page
        that must be the page's policy.
        """
        if media_type in {b"text/html", b""}:
            return self._page_policy
        # A PDF viewer is a page of the browser's own: some show nothing under a stricter policy.
        if media_type == b"application/pdf":
            return b"frame-ancestors 'none'"
        return b"default-src 'none'; frame-ancestors 'none'; sandbox"


def page_addresses(site: Path) -> frozenset[str]:
    """Return the address of each built page but the first, « /cgv »."""
    folders = (page.parent.relative_to(site) for page in site.rglob("index.html"))
    return frozenset(f"/{folder.as_posix()}" for folder in folders) - {"/."}


def content_security_policy(site: Path, origins: Collection[str]) -> str:
    """Return what the built pages may load: what comes from here, and the scripts written in them."""
    scripts = {script for page in site.rglob("*.html") for script in _SCRIPT.findall(page.read_bytes())}
    hashes = sorted(base64.b64encode(hashlib.sha256(script).digest()).decode() for script in scripts)
    sockets = sorted("ws" + origin.removeprefix("http") for origin in origins)
    directives = {
        "default-src": ["'none'"],
        "script-src": ["'self'", *(f"'sha256-{one}'" for one in hashes)],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        # Some browsers do not count a page's own websocket as 'self'.
        "connect-src": ["'self'", *sockets],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


def _fixed_headers(*, is_https: bool) -> _Headers:
    headers = [
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        # Addresses of mails carry a token: no other site may read them. A stricter policy would also
        # hide the origin of our own forms from us.
        (b"referrer-policy", b"same-origin"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ]
    if is_https:
        headers.append((b"strict-transport-security", b"max-age=63072000"))
    return headers


def _caching(path: str, status: int, given: _Headers) -> bytes:
    """Keep for ever what is named by its content, ask again for the other files, keep nothing else."""
    if path.startswith("/assets/") and status == _OK:
        return b"public, max-age=31536000, immutable"
    is_file = any(name == b"etag" for name, _ in given)
    return b"no-cache" if is_file else b"no-store"


async def _answer(send: Send, status: int, text: str, *headers: tuple[bytes, bytes]) -> None:
    start: Message = {
        "type": "http.response.start",
        "status": status,
        "headers": [(b"content-type", b"text/plain; charset=utf-8"), *headers],
    }
    await send(start)
    await send({"type": "http.response.body", "body": text.encode()})
