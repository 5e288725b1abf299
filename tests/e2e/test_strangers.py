"""What a stranger, another client and the wrong role get, on every protected page and over the raw websocket."""

import asyncio
import sqlite3
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import socketio

from portal.web.client.space_state import SpaceState
from portal.web.staff.dossier_states import DossierState
from portal.web.staff.states import ClientsState
from tests.e2e.server import Server

pytestmark = pytest.mark.e2e


CLIENT_PAGES = ("/espace", "/espace/souscrire", "/espace/compte", "/essai/conditions")
STAFF_PAGES = (
    "/gestion",
    "/gestion/client",
    "/gestion/dossiers",
    "/gestion/dossier",
    "/gestion/mails",
    "/gestion/horloge",
)
SCIERIE = "999814726"
SPACE = SpaceState.get_full_name()
CLIENTS = ClientsState.get_full_name()
DOSSIER = DossierState.get_full_name()


def cookie_of(server: Server, email: str) -> str:
    server.forget_attempts()
    answer = httpx.post(
        f"{server.url}/auth/connexion",
        data={"email": email, "password": "essai-sans-surprise", "suite": ""},
        headers={"origin": server.url},
    )
    assert answer.status_code == 303, answer.text
    return next(
        one.partition(";")[0]
        for one in answer.headers.get_list("set-cookie")
        if one.startswith("__Host-sid=") and "Max-Age=0" not in one
    )


def events(server: Server, cookie: str, *sent: tuple[str, dict[str, Any]]) -> list[Any]:
    """Send events as no page would, and return all that comes back within two seconds."""
    received: list[Any] = []

    async def talk() -> None:
        client = socketio.AsyncClient(reconnection=False)
        client.on("event", received.append, namespace="/_event")
        await client.connect(
            f"{server.url}?token={uuid.uuid4()}",
            socketio_path="/_event",
            namespaces=["/_event"],
            transports=["websocket"],
            headers={"Origin": server.url, "Cookie": cookie},
        )
        for name, payload in sent:
            message = {"name": name, "payload": payload, "router_data": {"pathname": "/", "query": {}}}
            await client.emit("event", message, namespace="/_event")
        await asyncio.sleep(2)
        await client.disconnect()

    # In a thread: Playwright keeps a loop of its own running in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, talk()).result()
    return received


def persons(server: Server) -> dict[str, str]:
    with sqlite3.connect(server.data / "portal.db") as connection:
        found = dict(connection.execute("SELECT email, id FROM persons").fetchall())
    connection.close()
    return found


@pytest.mark.parametrize("path", CLIENT_PAGES + STAFF_PAGES)
def test_a_stranger_is_led_to_the_sign_in_page_before_any_html(server: Server, path: str) -> None:
    answer = httpx.get(server.url + path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/connexion?suite={path}")
    assert answer.content == b""


@pytest.mark.parametrize("path", STAFF_PAGES)
def test_to_a_client_the_staff_s_pages_are_not_there(server: Server, path: str) -> None:
    cookie = cookie_of(server, "anne.leroy@atelier-nord.example")
    assert httpx.get(server.url + path, headers={"cookie": cookie}).status_code == 404


def test_a_stranger_s_calendar_file_is_not_there(server: Server) -> None:
    assert httpx.get(f"{server.url}/espace/echeances.ics", follow_redirects=False).status_code == 404


def sent_by_the_scierie(server: Server) -> dict[str, str]:
    """Return the contract of a client whose pieces wait, and the extract she sent."""
    with sqlite3.connect(server.data / "portal.db") as connection:
        [(contract, version)] = connection.execute(
            "SELECT p.contract_id, p.id FROM pieces p JOIN contracts c ON c.id = p.contract_id"
            " JOIN companies k ON k.id = c.company_id WHERE k.siren = ? AND p.piece = 'kbis'",
            (SCIERIE,),
        ).fetchall()
    connection.close()
    return {"contract": contract, "version": version}


@pytest.mark.parametrize("email", ["", "anne.leroy@atelier-nord.example"])
def test_another_s_piece_is_not_there_in_any_of_its_forms(server: Server, email: str) -> None:
    cookie = {"cookie": cookie_of(server, email)} if email else {}
    version = sent_by_the_scierie(server)["version"]
    for name in ("copie.pdf", "page-1.webp", "original-1"):
        answer = httpx.get(f"{server.url}/pieces/{version}/{name}", headers=cookie, follow_redirects=False)
        assert answer.status_code == 404, name
    papers = [
        httpx.get(f"{server.url}/espace/papiers/{name}.pdf", headers=cookie) for name in ("invoice", "..")
    ]
    assert {one.status_code for one in papers} == {404}


def test_a_client_decides_nothing_of_a_dossier(server: Server) -> None:
    """Her own or another's: the staff's events are not there for her."""
    sent = sent_by_the_scierie(server)
    cookie = cookie_of(server, "anne.leroy@atelier-nord.example")
    answers = events(
        server,
        cookie,
        (f"{DOSSIER}.load", {}),
        (f"{DOSSIER}.accept", {"document": sent["version"]}),
        (f"{DOSSIER}.refuse", {"form": {"document": sent["version"], "reason": "other", "remark": "non"}}),
        (f"{DOSSIER}.validate", {}),
    )
    assert "/404" in str(answers)
    assert "Scierie" not in str(answers)
    with sqlite3.connect(server.data / "portal.db") as connection:
        decided = connection.execute(
            "SELECT kind FROM events WHERE contract_id = ? AND kind IN"
            " ('document_accepted', 'document_refused', 'identity_validated')",
            (sent["contract"],),
        ).fetchall()
    connection.close()
    assert decided == []


@pytest.mark.parametrize("origin", [None, "https://evil.example"])
def test_forms_from_elsewhere_are_refused(server: Server, origin: str | None) -> None:
    headers = {"origin": origin} if origin else {}
    answer = httpx.post(f"{server.url}/auth/connexion", data={"email": "a", "password": "b"}, headers=headers)
    assert answer.status_code == 403


def test_an_anonymous_event_changes_nothing_and_is_shown_the_door(server: Server) -> None:
    before = persons(server)
    answers = events(
        server,
        "",
        (f"{SPACE}.add_user", {"form": {"first_name": "Eve", "last_name": "X", "email": "eve@x.example"}}),
    )
    assert persons(server) == before
    assert "/connexion" in str(answers)


def test_another_client_s_user_is_not_there(server: Server) -> None:
    cookie = cookie_of(server, "anne.leroy@atelier-nord.example")
    stranger = persons(server)["paul.arnoux@carpentier.example"]
    answers = events(
        server,
        cookie,
        (f"{SPACE}.load", {}),
        (f"{SPACE}.ask_to_remove", {"person_id": stranger}),
        (f"{SPACE}.remove", {"form": {}}),
    )
    assert "Paul" not in str(answers)
    with sqlite3.connect(server.data / "portal.db") as connection:
        [removed] = connection.execute(
            "SELECT removed_at FROM registrations WHERE person_id = ?", (stranger,)
        ).fetchone()
    connection.close()
    assert removed is None


def test_a_client_sends_the_staff_s_events_for_nothing(server: Server) -> None:
    cookie = cookie_of(server, "anne.leroy@atelier-nord.example")
    answers = events(server, cookie, (f"{CLIENTS}.load", {}))
    assert "/404" in str(answers)
    assert "Carpentier" not in str(answers)


def test_what_is_not_an_event_of_ours_is_dropped_without_a_trace_in_the_log(server: Server) -> None:
    cookie = cookie_of(server, "anne.leroy@atelier-nord.example")
    answers = events(
        server,
        cookie,
        (f"{SPACE}._show", {}),
        (f"{SPACE}.reset", {}),
        ("reflex___state____state.setvar", {"var_name": "view", "value": "x"}),
        ("no.such.event", {"secret": "canari-7421"}),
    )
    assert answers == []
    log = server.output()
    assert "event.refused" in log
    assert "canari-7421" not in log
    assert cookie.partition("=")[2] not in log
    assert "Traceback" not in log
