"""What holds of every route a browser’s form is sent to: what it refuses, survives and never does."""

from collections.abc import AsyncIterator

import httpx
import pytest
import sqlalchemy as sa

from portal.records.tables import accounts
from portal.services import sessions
from portal.services.context import Portal
from portal.web.routes.account import ROUTES as ACCOUNT
from tests.people import ORIGIN, PASSWORD, a_client, company_form, person_form
from tests.web.browsers import ANNE, FORM, NEW, ROUTES, count_of, errors_of, signed_in_as, submit

PATHS = [route.path for route in ROUTES]


def test_the_list_of_routes_is_this_one() -> None:
    """A new one needs its line here, and its place in the chapters `test_auth_…` beside this one."""
    assert [(route.path, sorted(route.methods or ())) for route in ROUTES] == [
        (path, ["POST"])
        for path in (
            "/auth/essai/entreprise",
            "/auth/essai/personne",
            "/auth/essai/renvoyer",
            "/auth/confirmer",
            "/auth/confirmer/renvoyer",
            "/auth/connexion",
            "/auth/connexion/code",
            "/auth/deconnexion",
            "/auth/mot-de-passe/oublie",
            "/auth/mot-de-passe/nouveau",
            "/auth/invitation",
            "/auth/premier-acces",
            "/auth/mot-de-passe/changer",
            "/auth/sessions/terminer",
            "/auth/second-facteur/activer",
            "/auth/second-facteur/confirmer",
            "/auth/second-facteur/retirer",
            "/auth/second-facteur/codes",
        )
    ]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", PATHS)
async def test_nothing_happens_by_looking(browser: httpx.AsyncClient, path: str) -> None:
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        assert (await browser.request(method, path)).status_code == 405


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", [route.path for route in ACCOUNT])
async def test_ones_account_is_for_who_is_signed_in(
    portal: Portal, browser: httpx.AsyncClient, path: str
) -> None:
    anne = await a_client(portal)
    form = {"current": PASSWORD, "password": NEW, "code": "1", "session": "x", "toutes": "1"}

    assert await submit(browser, path, **form) == "/session-expiree"
    await sessions.sign_out(portal, anne.cookie, ORIGIN)
    assert await submit(signed_in_as(browser, anne), path, **form) == "/session-expiree"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"email=a&email=b", FORM["content-type"]),
        (b"email=%ff", FORM["content-type"]),
        (b"email=\xff", FORM["content-type"]),
        (b"&".join(b"f%d=" % number for number in range(21)), FORM["content-type"]),
        (
            b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x--",
            "multipart/form-data; boundary=x",
        ),
        (b'{"email": "a"}', "application/json"),
        (b"email=a", "text/plain"),
        (b"email=a", ""),
    ],
)
async def test_what_no_form_of_ours_sends_is_refused(
    browser: httpx.AsyncClient, content: bytes, content_type: str
) -> None:
    for path in PATHS:
        answer = await browser.post(path, content=content, headers={"content-type": content_type})

        assert (answer.status_code, "set-cookie" in answer.headers) == (400, False), path
        assert answer.text == "Cette demande ne vient pas d’un de nos formulaires."


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", PATHS)
async def test_ten_thousand_characters_in_every_field_are_no_failure(
    portal: Portal, browser: httpx.AsyncClient, path: str
) -> None:
    names = {
        "siren", "legal_name", "legal_form", "street", "postcode", "city", "first_name", "last_name",
        "email", "password", "current", "code", "jeton", "suite", "session",
    }  # fmt: skip
    for text in ("x" * 10_000, "🏭" * 1_000, "\u202e<script>\x00" * 500):
        signed_in_as(browser, await a_client(portal, email=f"a{len(text)}@autre.example"))
        location = await submit(browser, path, **dict.fromkeys(names, text))
        assert location != "/erreur"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_body_without_end_is_not_read_to_the_end(portal: Portal, browser: httpx.AsyncClient) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(10_000):
            read += 65_536
            yield b"x" * 65_536

    answer = await browser.post("/auth/connexion", content=endless(), headers=FORM)

    assert read < 10_000_000
    assert (answer.status_code, answer.headers["location"]) == (303, "/connexion")
    assert "beaucoup trop long" in (await errors_of(portal, browser, "connexion"))[""]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", PATHS)
async def test_when_the_database_fails_the_person_gets_a_page_and_no_trace(
    portal: Portal, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    signed_in_as(browser, await a_client(portal))

    def failing(*_arguments: object) -> None:
        raise sa.exc.OperationalError("SELECT", {}, Exception("disk I/O error"))

    monkeypatch.setattr(type(portal.database), "transaction", failing)
    monkeypatch.setattr(type(portal.database), "reading", failing)

    answer = await browser.post(path, data={**company_form().model_dump(), "email": ANNE, "password": NEW})

    assert (answer.status_code, answer.headers["location"], answer.content) == (303, "/erreur", b"")


async def test_no_account_is_made_by_anything_but_the_sign_up(
    portal: Portal, browser: httpx.AsyncClient
) -> None:
    everything = {**company_form().model_dump(), **person_form().model_dump(), "role": "staff", "jeton": "x"}
    for path in PATHS:
        if not path.startswith("/auth/essai"):
            await browser.post(path, data=everything)

    assert await count_of(portal, accounts) == 0
