"""Every page, every route and every event, for everyone who is not meant to have it.

Generated from what is registered, judged by `decisions.py`. One client is the victim; another client, a
prospect, a stranger and staff without their second factor send what they can, with the victim's own ids:
they read nothing of hers and change nothing of hers.
"""

import inspect
import json
import sqlite3
import uuid
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import reflex as rx
import sqlalchemy as sa
from reflex.istate.data import RouterData
from reflex.utils.format import json_dumps
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from portal.contract import acts as a
from portal.contract.acts import Piece
from portal.contract.calendar import paris_day
from portal.records.billing_tables import SCHEMA
from portal.records.tables import pieces
from portal.services import sessions
from portal.services.conditions import in_force, publish_demonstration
from portal.services.context import Portal
from portal.services.forms import read_new_user
from portal.services.piece_readings import Reading, sealed
from portal.services.reading import own_contract
from portal.services.seats import register_user
from portal.services.trials import accept_and_start
from portal.web import running
from portal.web.page_guard import PageGuard
from portal.web.pages import PAGES
from portal.web.routes import ROUTES
from portal.web.session import SESSION_COOKIE
from tests.people import ORIGIN, Person, a_client, a_member_of_staff, staff_enrolling
from tests.services.clients import Client, act
from tests.services.subscribing import give_facts
from tests.web import decisions
from tests.web.decisions import Who
from tests.web.registered import Registered, registered_events

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

OURS = {one.name: one for one in registered_events() if one.name in decisions.EVENTS}
STRANGER, ENROLLING, PROSPECT, CLIENT, STAFF = "stranger", "enrolling", "prospect", "client", "staff"
ROLES = (STRANGER, ENROLLING, PROSPECT, CLIENT, STAFF)
ADMITTED = {
    Who.ANYONE: set(ROLES),
    Who.CLIENTS: {PROSPECT, CLIENT},
    Who.STAFF: {STAFF},
    Who.SIGNED_IN: {PROSPECT, CLIENT, STAFF},
}


@dataclass(frozen=True)
class Victim:
    """A client with a trial, a colleague, a dossier with a K-bis in it and an open session.

    `words` are what only she may read.
    """

    ids: tuple[str, ...]
    words: tuple[str, ...]
    colleague: str
    contract: str
    session: str
    cookie: str
    version: str


async def a_victim(portal: Portal) -> Victim:
    person = await a_client(portal, email="vera@canari-vosges.example", siren="552100554")
    await start_trial(portal, person)
    colleague = read_new_user(
        {"first_name": "Colombe", "last_name": "Canaricolle", "email": "colombe@canari-vosges.example"}
    )
    await register_user(portal, person.viewer, colleague, ORIGIN)
    contract = await own_contract(portal, person.viewer)
    [colleague_id] = {one.person_id for one in contract.users} - {person.viewer.person_id}
    [session] = await sessions.own_sessions(portal, person.viewer)
    client = Client(person.viewer, contract.id)
    await give_facts(portal, client, legal_name="Canari Vosges", signatory_name="Vera Canari")
    version = await a_piece(portal, client)
    ids = (contract.id, contract.company.id, person.viewer.person_id, colleague_id, version)
    words = ("canari", "552100554", "552 100 554", *ids, session.public_id)
    return Victim(ids, words, colleague_id, contract.id, session.public_id, person.cookie, version)


async def a_piece(portal: Portal, client: Client) -> str:
    """Let her K-bis wait for its examination; what its file is does not matter here (see test_piece_routes.py)."""
    version, now = str(uuid.uuid4()), portal.now()
    await act(portal, client, a.SubmitDocument(piece=Piece.KBIS, document=version, dated=paris_day(now)))
    reading = Reading(
        photos=False, pages=1, texts=("CANARI VOSGES",), edition=None, pages_seen=(), pages_expected=None, ink=None,
        signatures=(), extract=None, removed=(), unread=False, signed=True, dated=paris_day(now), siren="552100554",
    )  # fmt: skip
    row = {
        "id": version, "contract_id": client.contract_id, "piece": "kbis", "revision": 0, "received_at": now,
        "submitted_at": now, "by_id": client.viewer.person_id, "name": "canari.pdf", "size": 1, "sha256": "0" * 64,
        "originals": [], "copy_key": "", "previews": [], "reading": sealed(portal, version, reading), "remark": "",
    }  # fmt: skip

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(sa.insert(pieces).values(row))

    await portal.transact(work)
    return version


async def start_trial(portal: Portal, person: Person) -> None:
    async with portal.database.reading() as connection:
        version = (await in_force(connection, portal.now())).version
    await accept_and_start(portal, person.viewer, version, ORIGIN)


async def cookie_of(portal: Portal, role: str) -> str:
    if role == STRANGER:
        return ""
    if role == ENROLLING:
        return await staff_enrolling(portal)
    if role == STAFF:
        return (await a_member_of_staff(portal)).cookie
    person = await a_client(portal)
    if role == CLIENT:
        await start_trial(portal, person)
    return person.cookie


def rows_of(portal: Portal, victim: Victim) -> list[str]:
    """Return all that the database holds about her, as the file says it: this is asked after every event."""
    with closing(sqlite3.connect(str(make_url(portal.settings.database).database))) as connection:
        found = [
            f"{table.name} {row}"
            for table in SCHEMA.sorted_tables
            for row in connection.execute(f"SELECT * FROM {table.name}")  # noqa: S608 - our own tables
        ]
    return sorted(row for row in found if any(one in row for one in victim.ids))


def nothing_of_hers_in(text: str, victim: Victim) -> bool:
    return not any(word.lower() in text.lower() for word in victim.words)


@pytest.fixture
async def web(portal: Portal) -> AsyncIterator[Portal]:
    await publish_demonstration(portal)
    running.run_with(portal)
    yield portal
    running.run_with(None)


# --- pages ---------------------------------------------------------------------------------------


async def a_page(request: Request) -> Response:
    return PlainTextResponse(f"page {request.url.path}")


SITE = PageGuard(Starlette(routes=[Route("/{path:path}", a_page)]))


async def get(path: str, cookie: str = "") -> httpx.Response:
    """Ask for an address as it is written: a client would tidy it up."""
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b""}
    headers = [(b"cookie", f"{SESSION_COOKIE}={cookie}".encode())] if cookie else []
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    await SITE({**scope, "headers": headers}, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return httpx.Response(sent[0]["status"], headers=sent[0]["headers"], content=body)


def test_somebody_has_decided_who_sees_each_page(engine: str) -> None:
    assert {page.address for page in PAGES} == set(decisions.PAGES)


@pytest.mark.parametrize("role", ROLES)
async def test_a_page_is_not_there_for_others(web: Portal, role: str) -> None:
    cookie = await cookie_of(web, role)

    for path, who in decisions.PAGES.items():
        if role in ADMITTED[who]:
            continue
        answer = await get(path, cookie)
        if role in {STRANGER, ENROLLING}:
            assert (answer.status_code, answer.headers["location"]) == (303, f"/connexion?suite={path}")
            assert answer.content == b""
        else:
            assert answer.text == "page /introuvable"


@pytest.mark.parametrize("role", ROLES)
async def test_a_page_is_there_for_those_who_may(web: Portal, role: str) -> None:
    cookie = await cookie_of(web, role)

    for path, who in decisions.PAGES.items():
        if role in ADMITTED[who]:
            assert (await get(path, cookie)).text == f"page {path}"


@pytest.mark.parametrize(
    "path",
    [
        "//gestion",
        "//gestion/index.html",
        "/./gestion",
        "/./gestion/index.html",
        "/cgv/../gestion",
        "/cgv/../gestion/index.html",
        "/cgv/..//gestion/index.html",
        "/gestion.html",
        "/gestion.html.gz",
        "/espace.html",
        "/essai/conditions.html",
        "/essai//conditions",
    ],
)
async def test_no_other_way_of_writing_an_address_leads_to_a_page(web: Portal, path: str) -> None:
    """The server of the files reads « //gestion/index.html » and « /gestion.html » as « /gestion »."""
    assert (await get(path)).text == "page /introuvable"


# --- events --------------------------------------------------------------------------------------


def test_somebody_has_decided_who_sends_each_event(engine: str) -> None:
    registered = {one.name for one in registered_events() if one.is_ours and not one.name.endswith(".setvar")}
    assert registered == set(decisions.EVENTS)


async def send(
    one: Registered, cookie: str, victim: Victim, state: rx.State | None = None
) -> tuple[str, rx.State]:
    """Send an event as a browser would that knows her ids; return where it leads, and the state after it."""
    root: Any = state or rx.State(_reflex_internal_init=True)  # type: ignore[call-arg]
    root.router = RouterData.from_router_data(
        {
            "headers": {"cookie": f"{SESSION_COOKIE}={cookie}", "origin": "https://portail.example"},
            "asPath": f"/gestion/client?id={victim.contract}&contrat={victim.contract}&jeton={victim.session}",
            "ip": "192.0.2.66",
        }
    )
    answer = one.handler.fn(root.get_substate(one.state.get_full_name().split(".")), **arguments(one, victim))
    return str(await answer if inspect.isawaitable(answer) else answer), root


def arguments(one: Registered, victim: Victim) -> dict[str, Any]:
    """Return something of hers for each argument, whatever it is for."""
    wanted = inspect.signature(one.handler.fn).parameters.items()
    return {name: _argument(argument, victim) for name, argument in wanted if name != "self"}


def _argument(argument: inspect.Parameter, victim: Victim) -> Any:
    if argument.annotation is int:
        return 1
    if argument.annotation is str:
        return victim.colleague
    fields = ("person_id", "contract_id", "company_id", "id", "session", "accepted", "consent", "viewer")
    assert "dict" in str(argument.annotation), f"what would a browser send for {argument}?"
    return {
        **dict.fromkeys(fields, victim.colleague),
        "contract_id": victim.contract,
        "version": victim.version,
        "piece": "kbis",
        "dated": "2026-03-01",
        "reason": "à moi",
    }


def where(answer: str) -> str:
    """Return the address that an answer leads to."""
    return next((path for path in ("/connexion", "/session-expiree", "/404") if f'"{path}"' in answer), "")


@pytest.mark.parametrize("role", ROLES)
async def test_an_event_does_nothing_for_others(web: Portal, role: str) -> None:
    victim = await a_victim(web)
    cookie = await cookie_of(web, role)
    before = rows_of(web, victim)

    for name, who in decisions.EVENTS.items():
        if role in ADMITTED[who]:
            continue
        answer, state = await send(OURS[name], cookie, victim)

        assert where(answer) == ("/connexion" if role in {STRANGER, ENROLLING} else "/404"), name
        assert rows_of(web, victim) == before, name
        assert nothing_of_hers_in(shown(state), victim), name


@pytest.mark.parametrize("role", ROLES)
async def test_an_event_reaches_nothing_of_another_client(web: Portal, role: str) -> None:
    victim = await a_victim(web)
    cookie = await cookie_of(web, role)
    before = rows_of(web, victim)

    for name, who in decisions.EVENTS.items():
        # Staff read and change what is a client's: that is their work.
        if role not in ADMITTED[who] or (role == STAFF and who is not Who.ANYONE):
            continue
        load = OURS.get(f"{name.rpartition('.')[0]}.load")
        state = (await send(load, cookie, victim))[1] if load else None
        _, state = await send(OURS[name], cookie, victim, state)

        assert rows_of(web, victim) == before, name
        assert nothing_of_hers_in(shown(state), victim), name


async def test_the_same_events_do_reach_her_when_they_come_from_her_or_from_staff(web: Portal) -> None:
    """What keeps the tests above honest."""
    victim = await a_victim(web)
    before = rows_of(web, victim)
    staff = await cookie_of(web, STAFF)
    _, state = await send(OURS["staff.states.ClientFileState.load"], staff, victim)
    assert not nothing_of_hers_in(shown(state), victim)
    _, state = await send(OURS["staff.dossier_states.DossierState.load"], staff, victim)
    assert not nothing_of_hers_in(shown(state), victim)
    _, state = await send(OURS["client.pieces_state.PiecesState.correct"], victim.cookie, victim)
    assert victim.version in shown(state)

    state = rx.State(_reflex_internal_init=True)  # type: ignore[call-arg]
    for handler in ("load", "ask_to_remove", "remove"):
        _, state = await send(OURS[f"client.space_state.SpaceState.{handler}"], victim.cookie, victim, state)

    assert not nothing_of_hers_in(shown(state), victim)
    assert rows_of(web, victim) != before


def shown(state: rx.State) -> str:
    """Return what a browser receives of the whole state, but for what it has sent itself."""
    told: Any = state.dict()
    without_its_own = {
        name: {key: value for key, value in variables.items() if not key.startswith(("rx_router", "token"))}
        for name, variables in told.items()
    }
    return json.dumps(json.loads(json_dumps(without_its_own)), ensure_ascii=False)


# --- routes --------------------------------------------------------------------------------------

FORM_FIELDS = ("jeton", "session", "current", "password", "code", "email", "suite")
READ = [
    route.path for route in ROUTES if route.methods and "GET" in route.methods and not route.param_convertors
]
# Forms, which lead to a page; what a page sends itself is in test_piece_routes.py. Signing out comes last:
# the others are tried with a session.
POSTED = sorted(
    (
        route.path
        for route in ROUTES
        if route.methods and "POST" in route.methods and not route.param_convertors
    ),
    key=lambda path: path == "/auth/deconnexion",
)


@pytest.fixture
async def browser(web: Portal) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(PageGuard(Starlette(routes=ROUTES)), client=("192.0.2.66", 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="https://portail.example") as opened:
        yield opened


def test_somebody_has_decided_who_uses_each_route(engine: str) -> None:
    assert {route.path for route in ROUTES} == set(decisions.ROUTES)


@pytest.mark.parametrize("role", ROLES)
async def test_a_route_reaches_nothing_of_another_client(
    web: Portal, browser: httpx.AsyncClient, role: str
) -> None:
    victim = await a_victim(web)
    cookie = await cookie_of(web, role)
    before = rows_of(web, victim)

    for path in POSTED:
        browser.cookies.clear()
        browser.cookies.set(SESSION_COOKIE, cookie, domain="portail.example")
        answer = await browser.post(path, data=dict.fromkeys(FORM_FIELDS, victim.session))

        refused = role not in ADMITTED[decisions.ROUTES[path]] and role != ENROLLING
        if refused and path.startswith("/gestion/"):
            # The guard of the pages answers first: to a client, nothing is there.
            assert answer.status_code == 404 or answer.headers["location"].startswith("/connexion"), path
        else:
            assert answer.status_code == 303, path
            assert not refused or answer.headers["location"] == "/session-expiree", path
        assert rows_of(web, victim) == before, path
        assert nothing_of_hers_in(answer.text, victim), path


@pytest.mark.parametrize("role", ROLES)
async def test_what_is_handed_over_is_one_s_own(web: Portal, browser: httpx.AsyncClient, role: str) -> None:
    victim = await a_victim(web)
    browser.cookies.set(SESSION_COOKIE, await cookie_of(web, role), domain="portail.example")

    for path in READ:
        answer = await browser.get(path, params={"id": victim.contract, "session": victim.session})

        # Who is setting up the second factor may have what she sets up, and nothing else.
        if role not in ADMITTED[decisions.ROUTES[path]] and role != ENROLLING:
            assert answer.status_code in {303, 404}, path
        assert nothing_of_hers_in(answer.text, victim), path


@pytest.mark.parametrize(
    "path", ["/espace/papiers/contract.pdf", "/espace/preuves.zip", "/gestion/prelevements/f.xml"]
)
async def test_to_a_stranger_no_file_is_there(web: Portal, browser: httpx.AsyncClient, path: str) -> None:
    """Not the sign-in page either: her browser would save it under the name of the file."""
    answer = await browser.get(path)
    assert (answer.status_code, "location" in answer.headers) == (404, False)


@pytest.mark.parametrize("role", ROLES)
async def test_a_calendar_file_is_one_s_own(web: Portal, browser: httpx.AsyncClient, role: str) -> None:
    victim = await a_victim(web)
    browser.cookies.set(SESSION_COOKIE, await cookie_of(web, role), domain="portail.example")

    answer = await browser.get("/espace/echeances.ics", params={"id": victim.contract})

    expected = {STRANGER: 404, ENROLLING: 404, PROSPECT: 200, CLIENT: 200, STAFF: 404}
    assert answer.status_code == expected[role]
    assert nothing_of_hers_in(answer.text, victim)
