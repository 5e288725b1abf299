"""Who is asking, from a request and from a websocket's handshake, and from which address."""

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request

from portal.services import drafts, sessions
from portal.services.context import Origin, Portal
from portal.services.drafts import Draft
from portal.services.sessions import Strength
from portal.web import running
from portal.web.session import (
    draft_of,
    origin_of,
    session_from_state,
    viewer_from_request,
    viewer_from_state,
)
from tests.people import ORIGIN, a_client, staff_enrolling


@pytest.fixture
def web(portal: Portal) -> Iterator[Portal]:
    running.run_with(portal)
    yield portal
    running.run_with(None)


def a_state(cookie: str = "", *, ip: str = "192.0.2.7", **headers: str) -> Any:
    """Return what a page's state knows of the handshake."""
    raw = {name.replace("_", "-"): text for name, text in headers.items()}
    seen = SimpleNamespace(cookie=cookie, user_agent=headers.get("user_agent", ""), raw_headers=raw)
    return SimpleNamespace(router=SimpleNamespace(headers=seen, session=SimpleNamespace(client_ip=ip)))


def a_request(*headers: tuple[str, str], ip: str | None = "192.0.2.7") -> Request:
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": "/",
            "headers": [(name.encode(), text.encode("latin-1")) for name, text in headers],
            "client": (ip, 40_000) if ip else None,
        }
    )


async def test_the_cookie_says_who_from_a_request_and_from_a_handshake(web: Portal) -> None:
    anne = await a_client(web)
    cookie = f"other=1; __Host-sid={anne.cookie}; theme=dark"

    assert await viewer_from_request(a_request(("cookie", cookie))) == anne.viewer
    assert await viewer_from_state(a_state(cookie)) == anne.viewer


async def test_a_session_that_ends_is_over_on_a_socket_that_is_open(web: Portal) -> None:
    anne = await a_client(web)
    state = a_state(f"__Host-sid={anne.cookie}")
    assert await viewer_from_state(state)

    await sessions.sign_out(web, anne.cookie, ORIGIN)

    assert await viewer_from_state(state) is None


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "sid={}",
        "__Secure-sid={}",
        "__host-sid={}",
        "__Host-sid=",
        "__Host-sid",
        "__Host-sid={}x",
        ";;=;",
        "\x00",
    ],
)
async def test_no_other_cookie_says_anything(web: Portal, cookie: str) -> None:
    anne = await a_client(web)

    assert await viewer_from_state(a_state(cookie.format(anne.cookie))) is None


async def test_a_sign_in_that_is_not_finished_shows_as_a_session_and_as_no_viewer(web: Portal) -> None:
    state = a_state(f"__Host-sid={await staff_enrolling(web)}")

    session = await session_from_state(state)

    assert session is not None
    assert session.strength is Strength.ENROLLING
    assert await viewer_from_state(state) is None


async def test_a_page_reads_what_its_form_has_left(web: Portal) -> None:
    cookie = await drafts.keep(web, None, "connexion", values={"email": "a@b.fr"}, errors={"": "Non."})

    draft = await draft_of(a_state(f"__Host-brouillon={cookie}"))

    assert (draft.form("connexion").values, draft.form("connexion").errors) == (
        {"email": "a@b.fr"},
        {"": "Non."},
    )
    assert await draft_of(a_state()) == Draft()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("hops", "forwarded", "peer", "ip"),
    [
        (0, "203.0.113.9", "192.0.2.7", "192.0.2.7"),
        (1, "203.0.113.9", "10.0.0.1", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "10.0.0.1", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1", "10.0.0.1"),
        (1, "", "10.0.0.1", "10.0.0.1"),
        (1, "nonsense", "10.0.0.1", "10.0.0.1"),
        (1, "<script>", "not an address", ""),
        (0, "", "2001:DB8::1", "2001:db8::1"),
    ],
)
async def test_an_address_is_taken_as_far_as_our_own_proxies_wrote_it(
    portal: Portal, hops: int, forwarded: str, peer: str, ip: str
) -> None:
    behind = portal.settings.model_copy(update={"trusted_proxy_hops": hops})
    running.run_with(replace(portal, settings=behind))
    try:
        from_request = origin_of(a_request(("x-forwarded-for", forwarded), ip=peer))
        from_state = origin_of(a_state(ip=peer, x_forwarded_for=forwarded))
    finally:
        running.run_with(None)

    assert (from_request.ip, from_state.ip) == (ip, ip)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_user_agent_is_one_short_line(web: Portal) -> None:
    agent = "Firefox\x1b[31m\t" + "x" * 1_000

    origin = origin_of(a_request(("user-agent", agent), ip=None))

    assert origin == Origin("", ("Firefox[31m " + "x" * 1_000)[:300])
