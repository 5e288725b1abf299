"""A page that fails: the error page instead, whatever was asked, and nothing of Python."""

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from portal.web.rescue import Rescue


async def fails(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"] == "/begun":
        await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["path"] == "/sound":
        await PlainTextResponse("Tout va bien")(scope, receive, send)
        return
    raise OSError("database or disk is full")


@pytest.fixture
def client(tmp_path: Path) -> httpx.AsyncClient:
    page = tmp_path / "erreur" / "index.html"
    page.parent.mkdir()
    page.write_text("<h1>Nous n’avons pas pu afficher cette page</h1>", encoding="utf-8")
    pages = Starlette(routes=[Mount("/", StaticFiles(directory=tmp_path, html=True))])
    transport = httpx.ASGITransport(app=Rescue(fails, pages))
    return httpx.AsyncClient(transport=transport, base_url="http://portail.example")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
async def test_the_error_page_stands_for_it(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/espace", headers={"if-none-match": '"x"', "cookie": "sid=1"})
    assert answer.status_code == 500
    assert "etag" not in answer.headers
    if method != "HEAD":
        assert "Nous n’avons pas pu afficher cette page" in answer.text


async def test_what_succeeds_is_left_alone(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sound")
    assert (answer.status_code, answer.text) == (200, "Tout va bien")


async def test_an_answer_that_has_begun_is_not_mended_by_another(client: httpx.AsyncClient) -> None:
    with pytest.raises(OSError, match="disk is full"):
        await client.get("/begun")
