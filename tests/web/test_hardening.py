"""The outermost layer: who may speak to the portal, and what a browser may do with its pages."""

import asyncio
import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message
from starlette.websockets import WebSocket

from portal.web.hardening import Hardening, content_security_policy, page_addresses

OURS = "https://portail.exemple.fr"
ALSO_OURS = "https://www.exemple.fr"
EVIL = "https://evil.example"
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
SCRIPT = "const a = 1 < 2;\n"
SCRIPT_HASH = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Built pages: the first one, `/cgv` and `/cgv/comparer`, with a script written in one of them."""
    for folder in (".", "cgv", "cgv/comparer"):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "index.html").write_text("<p>une page</p>")
    (tmp_path / "cgv/index.html").write_text(
        f'<script>{SCRIPT}</script><script type="module" src="/a.js"></script>', encoding="utf-8"
    )
    return tmp_path


async def _echo(request: Request) -> Response:
    if "modified" in request.query_params:
        return Response(status_code=304, headers={"etag": '"1"'})
    return HTMLResponse(f"{request.method} {request.url.path}?{request.url.query}")


async def _file(request: Request) -> Response:
    kind = request.query_params.get("kind", "text/plain")
    return PlainTextResponse("…", media_type=kind, headers={"etag": '"1"'})


async def _own_caching(request: Request) -> Response:
    return PlainTextResponse(
        "à moi", headers={"cache-control": "private, no-store", "x-content-type-options": "nosniff"}
    )


async def _socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("bonjour")
    await socket.close()


def _inner() -> ASGIApp:
    every = ["GET", "HEAD", "OPTIONS", *UNSAFE, "TRACE"]
    return Starlette(
        routes=[
            WebSocketRoute("/_event", _socket),
            Route("/assets/{name}", _file),
            Route("/robots.txt", _file),
            Route("/papier", _own_caching),
            Route("/{path:path}", _echo, methods=every),
        ]
    )


@dataclass(frozen=True)
class Answer:
    """What came back: `headers` by lower-case name, each with all its values."""

    status: int
    headers: dict[str, list[str]]
    text: str

    def header(self, name: str) -> str:
        (value,) = self.headers[name]
        return value

    @property
    def policy(self) -> dict[str, str]:
        parts = self.header("content-security-policy").split("; ")
        return dict(part.partition(" ")[::2] for part in parts)


async def _exchange(app: ASGIApp, scope: dict[str, Any], *received: Message) -> list[Message]:
    waiting, sent = list(received), list[Message]()

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await app({"asgi": {"version": "3.0"}, **scope}, receive, send)
    return sent


def _scope(kind: str, target: str, headers: list[tuple[str, str]]) -> dict[str, Any]:
    path, _, query = target.partition("?")
    return {
        "type": kind,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"portail.exemple.fr")]
        + [(name.encode(), value.encode()) for name, value in headers],
        "scheme": "https",
        "server": ("portail.exemple.fr", 443),
        "root_path": "",
    }


def ask(
    site: Path,
    method: str,
    target: str,
    *headers: tuple[str, str],
    origins: tuple[str, ...] = (OURS, ALSO_OURS),
) -> Answer:
    app = Hardening(_inner(), origins=origins, site=site)
    scope = {**_scope("http", target, list(headers)), "method": method, "http_version": "1.1"}
    body: Message = {"type": "http.request", "body": b"", "more_body": False}
    start, *rest = asyncio.run(_exchange(app, scope, body, {"type": "http.disconnect"}))
    collected: dict[str, list[str]] = {}
    for name, value in start["headers"]:
        collected.setdefault(name.decode(), []).append(value.decode())
    return Answer(start["status"], collected, b"".join(one.get("body", b"") for one in rest).decode())


def connect(site: Path, *headers: tuple[str, str]) -> list[Message]:
    app = Hardening(_inner(), origins=(OURS, ALSO_OURS), site=site)
    scope = {**_scope("websocket", "/_event", list(headers)), "subprotocols": []}
    return asyncio.run(_exchange(app, scope, {"type": "websocket.connect"}))


@pytest.mark.parametrize("method", UNSAFE)
@pytest.mark.parametrize("origin", [OURS, ALSO_OURS])
def test_an_unsafe_method_from_our_own_pages_is_received(site: Path, method: str, origin: str) -> None:
    answer = ask(site, method, "/deconnexion", ("origin", origin))
    assert (answer.status, answer.text) == (200, f"{method} /deconnexion?")


@pytest.mark.parametrize("method", UNSAFE)
@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("origin", EVIL)],
        [("origin", "null")],
        [("origin", "")],
        [("origin", OURS + ".evil.example")],
        [("origin", OURS.upper())],
        [("origin", "http://portail.exemple.fr")],
        [("origin", OURS + "/")],
        [("referer", OURS + "/")],
        [("origin", OURS), ("origin", EVIL)],
    ],
    ids=["missing", "evil", "null", "empty", "suffix", "case", "scheme", "slash", "referer only", "two"],
)
def test_an_unsafe_method_from_elsewhere_is_refused(
    site: Path, method: str, headers: list[tuple[str, str]]
) -> None:
    answer = ask(site, method, "/deconnexion", *headers)
    assert answer.status == 403
    assert "deconnexion" not in answer.text


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_needs_no_origin(site: Path, method: str) -> None:
    assert ask(site, method, "/essai").status == 200


def test_an_unknown_method_is_refused(site: Path) -> None:
    assert ask(site, "TRACE", "/", ("origin", OURS)).status == 405


def test_a_websocket_from_our_own_pages_is_accepted(site: Path) -> None:
    assert [one["type"] for one in connect(site, ("origin", OURS))] == [
        "websocket.accept",
        "websocket.send",
        "websocket.close",
    ]


@pytest.mark.parametrize("headers", [[], [("origin", EVIL)], [("origin", "null")]])
def test_a_websocket_from_elsewhere_is_refused_before_it_opens(
    site: Path, headers: list[tuple[str, str]]
) -> None:
    assert connect(site, *headers) == [{"type": "websocket.close", "code": 1008}]


def test_what_is_neither_http_nor_websocket_passes(site: Path) -> None:
    app = Hardening(_inner(), origins=(OURS,), site=site)
    sent = asyncio.run(
        _exchange(
            app,
            {"type": "lifespan", "state": {}},
            {"type": "lifespan.startup"},
            {"type": "lifespan.shutdown"},
        )
    )
    assert [one["type"] for one in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_a_page_has_one_address_without_a_slash(site: Path) -> None:
    shown = ask(site, "GET", "/cgv?version=2026-01")
    assert (shown.status, shown.text) == (200, "GET /cgv/?version=2026-01")
    moved = ask(site, "GET", "/cgv/comparer/?de=1&a=2")
    assert (moved.status, moved.header("location")) == (308, "/cgv/comparer?de=1&a=2")


@pytest.mark.parametrize("path", ["//evil.example/", "//cgv/", "/cgv//"])
def test_no_slash_leads_to_another_site(site: Path, path: str) -> None:
    """A Location that begins with `//` would name another host."""
    assert not ask(site, "GET", path).headers.get("location", ["/"])[0].startswith("//")


def test_addresses_that_are_no_page_keep_their_path(site: Path) -> None:
    assert ask(site, "GET", "/auth/").text == "GET /auth/?"
    assert ask(site, "GET", "/").text == "GET /?"


def test_the_pages_are_the_folders_that_were_built(site: Path) -> None:
    assert page_addresses(site) == {"/cgv", "/cgv/comparer"}


def test_scripts_are_admitted_by_hash_and_nothing_unsafe_is(site: Path) -> None:
    policy = content_security_policy(site, [OURS])
    assert f"script-src 'self' 'sha256-{SCRIPT_HASH}';" in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "style-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "connect-src 'self' wss://portail.exemple.fr;" in policy


def test_a_page_may_do_what_it_needs_and_a_file_nothing(site: Path) -> None:
    assert ask(site, "GET", "/cgv").policy["script-src"].startswith("'self' 'sha256-")
    script = ask(site, "GET", "/assets/a.js?kind=text/javascript")
    assert script.policy == {"default-src": "'none'", "frame-ancestors": "'none'", "sandbox": ""}


def test_a_paper_opens_in_the_browsers_own_viewer(site: Path) -> None:
    paper = ask(site, "GET", "/assets/a.pdf?kind=application/pdf")
    assert paper.policy == {"frame-ancestors": "'none'"}


def test_not_modified_does_not_take_a_pages_rights_away(site: Path) -> None:
    """A 304 has no type, and its headers replace those that the browser keeps with the page."""
    answer = ask(site, "GET", "/cgv?modified")
    assert answer.status == 304
    assert answer.policy["style-src"] == "'self'"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/cgv"), ("POST", "/cgv"), ("GET", "/assets/a.js"), ("GET", "/cgv/")]
)
def test_every_answer_carries_the_headers(site: Path, method: str, path: str) -> None:
    answer = ask(site, method, path)
    assert answer.header("x-content-type-options") == "nosniff"
    assert answer.header("x-frame-options") == "DENY"
    assert answer.header("referrer-policy") == "same-origin"
    assert answer.header("cross-origin-opener-policy") == "same-origin"
    assert answer.header("cross-origin-resource-policy") == "same-origin"
    assert "camera=()" in answer.header("permissions-policy")


def test_https_is_demanded_where_the_portal_is_served_by_it(site: Path) -> None:
    assert "max-age=" in ask(site, "GET", "/").header("strict-transport-security")
    local = ask(site, "GET", "/", origins=("http://127.0.0.1:3000",))
    assert "strict-transport-security" not in local.headers


def test_an_inner_header_is_not_said_twice(site: Path) -> None:
    answer = ask(site, "GET", "/papier")
    assert answer.headers["x-content-type-options"] == ["nosniff"]
    assert answer.headers["cache-control"] == ["private, no-store"]


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/assets/a.js", "public, max-age=31536000, immutable"),
        ("/robots.txt", "no-cache"),
        ("/essai", "no-store"),
    ],
)
def test_what_a_browser_may_keep(site: Path, path: str, kept: str) -> None:
    assert ask(site, "GET", path).header("cache-control") == kept
