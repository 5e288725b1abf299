"""Pieces over HTTP: sent by a browser in one request, answered in words, handed over to their owner and staff."""

import asyncio
import io
import os
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from PIL import Image
from starlette.applications import Starlette

from portal.contract.acts import Piece
from portal.contract.french import typeset
from portal.documents.intake import MAX_BYTES, Fault, unacceptable
from portal.outside.files import StorageUnavailable
from portal.outside.sealed_files import SealedFiles
from portal.outside.virus_scan import virus_scan
from portal.records.tables import arrivals, journal, pieces
from portal.services import arrivals as reception
from portal.services import pieces as service
from portal.services.conditions import in_force, publish_demonstration
from portal.services.context import Portal
from portal.services.file_disposal import forget_doomed
from portal.services.limits import UPLOAD_ACCOUNT
from portal.services.opening import workspace_of
from portal.services.reading import own_contract
from portal.services.tidying import tidy
from portal.services.trials import accept_and_start
from portal.web import running
from portal.web.hardening import Hardening
from portal.web.routes import ROUTES, receiving
from portal.web.routes.pieces import disposition
from portal.web.routes.receiving import no_room
from portal.web.session import SESSION_COOKIE
from tests.clock import FixedClock
from tests.outside.test_virus_scan import EICAR, clamd, listening
from tests.people import ORIGIN, Person, a_client, a_member_of_staff
from tests.services.clients import Client
from tests.services.subscribing import give_facts, kbis, signed

on_one_database = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

KBIS = kbis(date(2026, 2, 16))
BOUNDARY = "x" * 24
ADDRESS = "https://portail.example"
UNCHANGED = "Votre dossier est inchangé"


def a_photo(shade: int = 255) -> bytes:
    out = io.BytesIO()
    Image.new("L", (600, 800), shade).save(out, "JPEG")
    return out.getvalue()


def browser_of(person: Person | None) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Starlette(routes=ROUTES), client=("192.0.2.7", 40_000))
    browser = httpx.AsyncClient(transport=transport, base_url=ADDRESS)
    if person is not None:
        browser.cookies.set(SESSION_COOKIE, person.cookie, domain="portail.example")
    return browser


@pytest.fixture
async def anne(portal: Portal) -> AsyncIterator[Person]:
    """A client in her trial."""
    await publish_demonstration(portal)
    running.run_with(portal)
    person = await a_client(portal)
    async with portal.database.reading() as connection:
        version = (await in_force(connection, portal.now())).version
    await accept_and_start(portal, person.viewer, version, ORIGIN)
    yield person
    running.run_with(None)


async def subscriber(portal: Portal, person: Person) -> Client:
    client = Client(person.viewer, (await own_contract(portal, person.viewer)).id)
    await give_facts(portal, client)
    return client


async def sent(person: Person | None, piece: str, *files: tuple[str, bytes]) -> httpx.Response:
    async with browser_of(person) as browser:
        return await browser.post(f"/espace/pieces/{piece}", files=[("files", one) for one in files])


async def count(portal: Portal, table: sa.Table) -> int:
    async with portal.database.reading() as connection:
        return await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


async def nothing_is_left(portal: Portal) -> bool:
    """Neither a version, nor a reception, nor a file in the workspace or the storage."""
    rows = await count(portal, pieces) + await count(portal, arrivals)
    workspace, kept = portal.settings.data / "workspace", portal.settings.data / "files"
    return rows == 0 and not any(one.is_file() for at in (workspace, kept) for one in at.rglob("*"))


def said(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "private, no-store"
    message: str = answer.json()["message"]
    assert message == typeset(message)
    return message.replace("\u00a0", " ")


# --- receiving -----------------------------------------------------------------------------------


async def test_a_piece_is_received_and_handed_over_again(portal: Portal, anne: Person) -> None:
    answer = await sent(anne, "kbis", ("Extrait été.pdf", KBIS))
    assert answer.status_code == 200, answer.text
    version = answer.json()["version"]
    assert await count(portal, arrivals) == 0

    async with browser_of(anne) as browser:
        original = await browser.get(f"/pieces/{version}/original-1")
        copy = await browser.get(f"/pieces/{version}/copie.pdf")
        page = await browser.get(f"/pieces/{version}/page-1.webp")
    assert original.content == KBIS
    assert original.headers["content-type"] == "application/pdf"
    assert original.headers["content-disposition"] == (
        "attachment; filename=\"Extrait _t_.pdf\"; filename*=UTF-8''Extrait%20%C3%A9t%C3%A9.pdf"
    )
    assert copy.content.startswith(b"%PDF-")
    assert copy.headers["content-disposition"].startswith("attachment")
    assert (page.headers["content-type"], page.content[8:12]) == ("image/webp", b"WEBP")
    assert page.headers["content-disposition"].startswith("inline")
    for one in (original, copy, page):
        assert one.headers["cache-control"] == "private, no-store"
        assert one.headers["x-content-type-options"] == "nosniff"
    async with portal.database.reading() as connection:
        kinds = list(await connection.scalars(sa.select(journal.c.kind).order_by(journal.c.id)))
    assert kinds[-3:] == ["piece_sent", "piece_taken", "piece_taken"]


@on_one_database
async def test_several_photos_are_one_piece(portal: Portal, anne: Person) -> None:
    answer = await sent(anne, "kbis", ("1.jpg", a_photo()), ("2.jpg", a_photo(128)))
    assert answer.status_code == 200, answer.text
    version = answer.json()["version"]
    async with browser_of(anne) as browser:
        second = await browser.get(f"/pieces/{version}/original-2")
        third = await browser.get(f"/pieces/{version}/original-3")
    assert (second.content, second.headers["content-type"]) == (a_photo(128), "image/jpeg")
    assert third.status_code == 404


async def test_a_piece_counts_from_the_instant_its_request_began(
    portal: Portal, anne: Person, clock: FixedClock
) -> None:
    began = clock.now()
    boundary = f"multipart/form-data; boundary={BOUNDARY}"

    async def slowly() -> AsyncIterator[bytes]:
        yield head() + KBIS[:2000]
        clock.move_to(began + timedelta(minutes=9))
        yield KBIS[2000:] + tail()

    async with browser_of(anne) as browser:
        answer = await browser.post(
            "/espace/pieces/kbis", content=slowly(), headers={"content-type": boundary}
        )

    assert answer.status_code == 200, answer.text
    async with portal.database.reading() as connection:
        assert await connection.scalar(sa.select(pieces.c.received_at)) == began


# --- whose it is ---------------------------------------------------------------------------------


async def test_files_are_their_owner_s_and_the_staff_s_only(portal: Portal, anne: Person) -> None:
    version = (await sent(anne, "kbis", ("k.pdf", KBIS))).json()["version"]
    paul = await a_client(portal, email="paul@autre.example", siren="552100554")
    yves = await a_member_of_staff(portal)
    paths = ["copie.pdf", "page-1.webp", "original-1"]
    for person, status in ((None, 404), (paul, 404), (yves, 200), (anne, 200)):
        async with browser_of(person) as browser:
            for path in paths:
                answer = await browser.get(f"/pieces/{version}/{path}")
                assert answer.status_code == status, (person, path)
                assert status == 200 or answer.text == "Introuvable."


@on_one_database
@pytest.mark.parametrize(
    "path",
    [
        f"/pieces/{'0' * 8}-0000-0000-0000-{'0' * 12}/copie.pdf",
        f"/pieces/{'0' * 36}/copie.pdf",
        "/pieces/%00/copie.pdf",
        "/pieces/' OR 1=1 --/original-1",
        "/pieces/%F0%9F%92%A9/original-1",
        "/pieces/VERSION/page-0.webp",
        "/pieces/VERSION/page-2.webp",
        "/pieces/VERSION/page--1.webp",
        f"/pieces/VERSION/page-{'9' * 5000}.webp",
        "/pieces/VERSION/original-0",
        "/pieces/VERSION/original-2",
        "/pieces/VERSION/original-%D9%A1",
        "/espace/papiers/kbis.pdf",
        "/espace/papiers/../../secret.pdf",
    ],
)
async def test_an_address_that_names_nothing_is_not_there(portal: Portal, anne: Person, path: str) -> None:
    version = (await sent(anne, "kbis", ("k.pdf", KBIS))).json()["version"]
    async with browser_of(anne) as browser:
        assert (await browser.get(path.replace("VERSION", version))).status_code == 404


@on_one_database
async def test_only_a_client_sends_pieces_and_only_those_there_are(portal: Portal, anne: Person) -> None:
    yves = await a_member_of_staff(portal)
    for person in (None, yves):
        assert (await sent(person, "kbis", ("k.pdf", KBIS))).status_code == 404
    for name in ("invoice", "KBIS", "%00", "kbis%2Fautre"):
        assert (await sent(anne, name, ("k.pdf", KBIS))).status_code == 404
    assert await nothing_is_left(portal)


@on_one_database
async def test_another_site_s_page_cannot_send_a_piece(portal: Portal, anne: Person, tmp_path: Path) -> None:
    """With her cookie even: the whole portal stands behind this."""
    hardened = Hardening(Starlette(routes=ROUTES), origins=[ADDRESS], site=tmp_path)
    browser = httpx.AsyncClient(transport=httpx.ASGITransport(hardened), base_url=ADDRESS)
    browser.cookies.set(SESSION_COOKIE, anne.cookie, domain="portail.example")
    files = {"files": ("k.pdf", KBIS)}
    async with browser:
        for headers in ({}, {"origin": "https://mechant.example"}, {"origin": "null"}):
            answer = await browser.post("/espace/pieces/kbis", files=files, headers=headers)
            assert answer.status_code == 403
        assert await nothing_is_left(portal)
        ours = await browser.post("/espace/pieces/kbis", files=files, headers={"origin": ADDRESS})
        assert ours.status_code == 200
        page = await browser.get(f"/pieces/{ours.json()['version']}/page-1.webp")
        assert page.headers["content-security-policy"].startswith("default-src 'none'")


@on_one_database
async def test_a_storage_that_does_not_answer_is_said(
    portal: Portal, anne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = (await sent(anne, "kbis", ("k.pdf", KBIS))).json()["version"]

    async def broken(_files: SealedFiles, key: str) -> AsyncIterator[bytes]:
        if key:
            raise StorageUnavailable("Le stockage ne répond pas.")
        yield b""

    monkeypatch.setattr(SealedFiles, "get", broken)
    async with browser_of(anne) as browser:
        answer = await browser.get(f"/pieces/{version}/copie.pdf")
    assert (answer.status_code, "Réessayez" in answer.text) == (503, True)


def test_a_name_is_safe_in_a_header() -> None:
    assert disposition('a"b\\c;é\n.pdf') == (
        "attachment; filename=\"a_b_c___.pdf\"; filename*=UTF-8''a%22b%5Cc%3B%C3%A9%0A.pdf"
    )


# --- papers --------------------------------------------------------------------------------------


async def test_the_papers_are_printed_for_their_owner(portal: Portal, anne: Person) -> None:
    async with browser_of(anne) as browser:
        too_early = await browser.get("/espace/papiers/contract.pdf")
        assert too_early.status_code == 409
        assert too_early.headers["content-type"].startswith("text/plain")
        await subscriber(portal, anne)
        contract = await browser.get("/espace/papiers/contract.pdf")
    assert contract.headers["content-type"] == "application/pdf"
    assert contract.headers["cache-control"] == "private, no-store"
    assert contract.headers["content-disposition"].startswith("attachment; ")
    assert "CT-2026-0001" in contract.headers["content-disposition"]
    for person in (None, await a_member_of_staff(portal)):
        async with browser_of(person) as browser:
            assert (await browser.get("/espace/papiers/contract.pdf")).status_code == 404


# --- what is refused -----------------------------------------------------------------------------


@on_one_database
@pytest.mark.parametrize(
    ("name", "content", "status", "words"),
    [
        ("vide.pdf", b"", 422, "« vide.pdf » est vide"),
        ("../../../etc/passwd", b"root:x:0:0", 415, "« passwd » n’est ni un PDF"),
        ("C:\\Contrats\\contrat.docx", b"PK\x03\x04" + b"x" * 2000, 415, "« contrat.docx » est un document Word"),
        ("coupé.pdf", b"%PDF-1.7\n1 0 obj\n<<", 422, "« coupé.pdf » est abîmé"),
        ("gros.pdf", b"%PDF-1.7\n" + bytes(MAX_BYTES), 413, "« gros.pdf » dépasse 15 Mo"),
        ("page.html", b"<script>alert(1)</script>", 415, "« page.html » n’est ni un PDF"),
    ],
)  # fmt: skip
async def test_what_cannot_be_taken_is_said_with_the_file_s_name(
    portal: Portal, anne: Person, name: str, content: bytes, status: int, words: str
) -> None:
    answer = await sent(anne, "kbis", (name, content))
    assert (answer.status_code, words in said(answer)) == (status, True), answer.text
    assert await nothing_is_left(portal)


@on_one_database
async def test_files_are_too_big_together_or_too_many(portal: Portal, anne: Person) -> None:
    half = a_photo() + bytes(MAX_BYTES // 2)
    together = await sent(anne, "kbis", ("1.jpg", half), ("2.jpg", half))
    assert (together.status_code, "ensemble 15 Mo" in said(together)) == (413, True)
    many = await sent(anne, "kbis", *[(f"{number}.jpg", a_photo()) for number in range(61)])
    assert (many.status_code, "plus de 60 fichiers" in said(many)) == (422, True)
    assert await nothing_is_left(portal)


@on_one_database
async def test_a_pdf_and_a_photo_are_no_piece(portal: Portal, anne: Person) -> None:
    answer = await sent(anne, "kbis", ("k.pdf", KBIS), ("2.jpg", a_photo()))
    assert (answer.status_code, "envoyez un seul PDF" in said(answer)) == (422, True)
    assert await nothing_is_left(portal)


async def test_a_refusal_of_the_rules_is_answered_in_its_words(portal: Portal, anne: Person) -> None:
    client = await subscriber(portal, anne)
    contract = await signed(portal, client, Piece.CONTRACT)
    answer = await sent(anne, "mandate", ("contrat.pdf", contract))
    assert answer.status_code == 409
    assert said(answer).startswith("« contrat.pdf » : ce fichier est le contrat signé")
    assert not answer.json()["contestable"]
    assert await count(portal, pieces) + await count(portal, arrivals) == 0


@on_one_database
async def test_a_date_that_refuses_can_be_contested_and_the_file_is_kept(
    portal: Portal, anne: Person
) -> None:
    too_old = ("k.pdf", kbis(date(2025, 12, 3)))
    refused = await sent(anne, "kbis", too_old)
    assert (refused.status_code, refused.json()["contestable"]) == (409, True)
    assert await nothing_is_left(portal)
    kept = await sent(anne, "kbis?contested=date", too_old)
    assert kept.status_code == 200, kept.text
    async with portal.database.reading() as connection:
        [row] = (await connection.execute(sa.select(pieces.c.id, pieces.c.submitted_at))).all()
    assert (row.id, row.submitted_at) == (kept.json()["version"], None)


async def test_what_comes_too_late_is_refused_before_it_is_read(
    portal: Portal, anne: Person, clock: FixedClock
) -> None:
    clock.move_to(clock.now() + timedelta(days=46))
    answer = await sent(anne, "kbis", ("k.pdf", KBIS))
    assert (answer.status_code, "devait nous parvenir avant" in said(answer)) == (409, True)
    assert answer.json()["reasons"][0].startswith("Article\u00a05.1 des CGV")
    assert await nothing_is_left(portal)


async def test_an_account_sends_so_many_an_hour(portal: Portal, anne: Person, machine: FixedClock) -> None:
    for _ in range(UPLOAD_ACCOUNT.windows[0].most):
        assert (await sent(anne, "kbis", ("vide.pdf", b""))).status_code == 422
    answer = await sent(anne, "kbis", ("k.pdf", KBIS))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3600")
    assert "Réessayez dans 60 minutes" in said(answer)
    machine.move_to(machine.now() + timedelta(hours=1))
    assert (await sent(anne, "kbis", ("k.pdf", KBIS))).status_code == 200


def head(name: str = "k.pdf", field: str = "files") -> bytes:
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode()


def tail() -> bytes:
    return f"\r\n--{BOUNDARY}--\r\n".encode()


NO_FILE_NAME = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"\r\n\r\nx'.encode() + tail()
LONG_HEADER = f"--{BOUNDARY}\r\nX-Long: ".encode() + b"x" * 100_000 + b"\r\n\r\n" + tail()


@on_one_database
@pytest.mark.parametrize(
    ("content_type", "body", "words"),
    [
        ("application/json", b"{}", "ne vient pas"),
        ("application/x-www-form-urlencoded", b"files=k.pdf", "ne vient pas"),
        ("", b"", "ne vient pas"),
        ("multipart/form-data", b"--x--", "ne vient pas"),
        (f"multipart/form-data; boundary={'x' * 1000}", head(), "ne vient pas"),
        (f"multipart/form-data; boundary={BOUNDARY}", b"", "ne vient pas"),
        (f"multipart/form-data; boundary={BOUNDARY}", b"no boundary at all", "ne vient pas"),
        (f"multipart/form-data; boundary={BOUNDARY}", head(field="other") + KBIS + tail(), "ne vient pas"),
        (f"multipart/form-data; boundary={BOUNDARY}", NO_FILE_NAME, "ne vient pas"),
        (f"multipart/form-data; boundary={BOUNDARY}", LONG_HEADER, "ne vient pas"),
        (f"multipart/form-data; boundary={BOUNDARY}", head() + KBIS + tail() + b"x" * 300_000, "ne vient pas"),
        (f"multipart/form-data; boundary={BOUNDARY}", head() + KBIS, "coupé avant la fin"),
        (f"multipart/form-data; boundary={BOUNDARY}", head("") + tail(), "Aucun fichier n’a été choisi"),
        (f"multipart/form-data; boundary={BOUNDARY}", tail()[2:], "Aucun fichier n’a été choisi"),
    ],
)  # fmt: skip
async def test_a_body_that_is_no_upload_is_refused(
    portal: Portal, anne: Person, content_type: str, body: bytes, words: str
) -> None:
    async with browser_of(anne) as browser:
        answer = await browser.post(
            "/espace/pieces/kbis", content=body, headers={"content-type": content_type}
        )
    assert (answer.status_code, words in said(answer)) == (400, True), answer.text
    assert await nothing_is_left(portal)


@on_one_database
async def test_a_file_with_a_virus_is_refused_by_what_clamd_says(portal: Portal, anne: Person) -> None:
    infected = KBIS + b"\n%" + EICAR
    async with listening() as address:
        running.run_with(replace(portal, scan=virus_scan("required", address)))
        answer = await sent(anne, "kbis", ("k.pdf", infected))
        assert (answer.status_code, "« k.pdf »" in said(answer)) == (422, True), answer.text
        assert "virus" in said(answer)
        assert await nothing_is_left(portal)
        assert (await sent(anne, "kbis", ("k.pdf", KBIS))).status_code == 200


@on_one_database
@pytest.mark.parametrize(
    ("longest", "status", "words"),
    [(1000, 413, "n’a pas pu être contrôlé en entier"), (None, 503, UNCHANGED)],
)
async def test_where_a_scan_is_required_nothing_is_taken_without_it(
    portal: Portal, anne: Person, longest: int | None, status: int, words: str
) -> None:
    """Larger than clamd takes; or no clamd."""
    async with listening(partial(clamd, longest=longest or 0)) as address:
        where = address if longest else "tcp://127.0.0.1:9"
        running.run_with(replace(portal, scan=virus_scan("required", where)))
        answer = await sent(anne, "kbis", ("k.pdf", KBIS))
    assert (answer.status_code, words in said(answer)) == (status, True), answer.text
    assert await nothing_is_left(portal)


# --- what breaks off -----------------------------------------------------------------------------


class Upload:
    """A request as the server hands it on, part by part."""

    def __init__(self, *parts: bytes, then: str) -> None:
        self._coming = list(parts)
        self._then = then
        self.taken = 0
        self.is_silent = asyncio.Event()
        self.answer: list[dict[str, object]] = []

    async def run(self, person: Person) -> int:
        """Return the status that was answered."""
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/espace/pieces/kbis",
            "raw_path": b"/espace/pieces/kbis",
            "query_string": b"",
            "headers": [
                (b"cookie", f"{SESSION_COOKIE}={person.cookie}".encode()),
                (b"content-type", f"multipart/form-data; boundary={BOUNDARY}".encode()),
            ],
            "client": ("192.0.2.7", 40_000),
        }
        await Starlette(routes=ROUTES)(scope, self._receive, self._send)  # type: ignore[arg-type]
        return int(str(self.answer[0]["status"]))

    @property
    def text(self) -> str:
        body = self.answer[1]["body"]
        assert isinstance(body, bytes)
        return body.decode()

    async def _receive(self) -> dict[str, object]:
        if self._coming:
            self.taken += 1
            return {"type": "http.request", "body": self._coming.pop(0), "more_body": True}
        if self._then == "silence":
            self.is_silent.set()
            await asyncio.sleep(3600)
        if self._then == "disconnect":
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: dict[str, object]) -> None:
        self.answer.append(message)


async def test_a_connection_cut_at_ninety_percent_leaves_nothing(portal: Portal, anne: Person) -> None:
    cut = len(KBIS) * 9 // 10
    upload = Upload(head(), KBIS[: cut // 2], KBIS[cut // 2 : cut], then="disconnect")
    await upload.run(anne)
    assert await nothing_is_left(portal)
    again = await sent(anne, "kbis", ("k.pdf", KBIS))
    assert again.status_code == 200


@on_one_database
async def test_a_browser_that_stops_sending_is_told(
    portal: Portal, anne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "SILENCE", timedelta(seconds=0.05))
    upload = Upload(head(), KBIS[:2000], then="silence")
    assert await upload.run(anne) == 400
    assert UNCHANGED in upload.text
    assert await nothing_is_left(portal)


@on_one_database
async def test_a_request_that_is_given_up_by_the_server_is_over(portal: Portal, anne: Person) -> None:
    upload = Upload(head(), KBIS[:2000], then="silence")
    running_upload = asyncio.create_task(upload.run(anne))
    await upload.is_silent.wait()
    assert await count(portal, arrivals) == 1
    running_upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running_upload
    assert await nothing_is_left(portal)


@on_one_database
async def test_what_is_refused_early_is_let_in_so_that_its_answer_is_read(
    portal: Portal, anne: Person
) -> None:
    parts = [b"PK\x03\x04" + bytes(65_536)] * 100
    upload = Upload(head("contrat.docx"), *parts, tail(), then="end")
    assert await upload.run(anne) == 415
    assert upload.taken == len(parts) + 2


@on_one_database
async def test_not_all_of_an_endless_body_is_let_in(portal: Portal, anne: Person) -> None:
    upload = Upload(head(), *[b"%PDF-1.7 " + bytes(1024**2)] * 100, then="end")
    assert await upload.run(anne) == 413
    assert 40 < upload.taken < 60
    assert await nothing_is_left(portal)


@on_one_database
async def test_a_full_disk_is_said_and_leaves_nothing(
    portal: Portal, anne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.RawIOBase):
        def write(self, _data: object) -> int:
            raise OSError(28, os.strerror(28))

    opened = Path.open
    monkeypatch.setattr(
        Path, "open", lambda path, mode="r", *rest: Full() if mode == "wb" else opened(path, mode, *rest)
    )
    answer = await sent(anne, "kbis", ("k.pdf", KBIS))
    assert (answer.status_code, "n’a plus la place" in said(answer)) == (507, True)
    assert UNCHANGED in said(answer)
    assert await nothing_is_left(portal)


@on_one_database
@pytest.mark.parametrize("name", ["copy.pdf", "page-001.webp"])
@pytest.mark.parametrize("content", [KBIS, a_photo(90)], ids=["a PDF", "a photo"])
async def test_a_disk_that_fills_up_while_a_file_is_opened_is_our_trouble_not_the_file_s(
    portal: Portal, anne: Person, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes
) -> None:
    """The copy, then the picture of a page, are written to a device that is full."""
    made = tempfile.mkdtemp

    def almost_full(*arguments: Any, **named: Any) -> str:
        folder: str = made(*arguments, **named)
        Path(folder, name).symlink_to("/dev/full")
        return folder

    monkeypatch.setattr(tempfile, "mkdtemp", almost_full)
    # Nobody has opened this file before, who could remember what it shows.
    answer = await sent(anne, "kbis", ("k.pdf", content + name.encode()))
    assert (answer.status_code, said(answer)) == (507, typeset(no_room().message).replace("\u00a0", " "))
    assert await nothing_is_left(portal)


@on_one_database
async def test_a_database_without_room_is_said(portal: Portal, anne: Person) -> None:
    async with portal.database.reading() as connection:
        pages = await connection.scalar(sa.text("PRAGMA page_count"))

    def as_large_as_it_is(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    engine = portal.database.engine
    sa.event.listen(engine.sync_engine, "begin", as_large_as_it_is)
    for day in range(1, 8):
        answer = await sent(anne, "kbis", ("k.pdf", kbis(date(2026, 2, day))))
        if answer.status_code != 200:
            break
    # Its connections go on in other tests: they keep no limit of this one.
    sa.event.remove(engine.sync_engine, "begin", as_large_as_it_is)
    await engine.dispose()
    assert (answer.status_code, "n’a plus la place" in said(answer)) == (507, True)
    assert await count(portal, arrivals) == 0


@on_one_database
async def test_who_comes_while_many_files_are_opened_is_asked_to_come_again(
    portal: Portal, anne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crowded(*_arguments: object, **_named: object) -> str:
        raise unacceptable(Fault.BUSY, "k.pdf")

    monkeypatch.setattr(service, "receive", crowded)
    answer = await sent(anne, "kbis", ("k.pdf", KBIS))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "« k.pdf » n’a pas encore été lu" in said(answer)
    assert await nothing_is_left(portal)


@on_one_database
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OSError(28, os.strerror(28)), 507),
        (StorageUnavailable("Le stockage ne répond pas."), 503),
        (ZeroDivisionError(), 500),
    ],
)
async def test_whatever_goes_wrong_has_a_sentence(
    portal: Portal, anne: Person, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    async def failing(*_arguments: object, **_named: object) -> str:
        raise error

    monkeypatch.setattr(service, "receive", failing)
    answer = await sent(anne, "kbis", ("k.pdf", KBIS))
    assert (answer.status_code, UNCHANGED in said(answer)) == (status, True)
    assert "stockage" not in said(answer)
    assert await nothing_is_left(portal)


@on_one_database
async def test_the_files_of_a_piece_that_could_not_be_submitted_do_not_stay(
    portal: Portal, anne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(service, "_note", failing)
    assert (await sent(anne, "kbis", ("k.pdf", KBIS))).status_code == 500
    assert not await nothing_is_left(portal)
    assert await forget_doomed(portal) == 3  # the original, its copy and the picture of its page
    assert await nothing_is_left(portal)


@on_one_database
async def test_no_file_is_deleted_while_a_piece_is_received_that_may_hold_it(
    portal: Portal, anne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """She sends again, at once, what could not be submitted; its files are deleted between storing and submitting."""
    submit = service._submit

    async def failing(*_arguments: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(service, "_submit", failing)
        assert (await sent(anne, "kbis", ("k.pdf", KBIS))).status_code == 500

    async def late(*arguments: Any) -> str:
        await forget_doomed(portal)
        return await submit(*arguments)

    monkeypatch.setattr(service, "_submit", late)
    version = (await sent(anne, "kbis", ("k.pdf", KBIS))).json()["version"]
    await forget_doomed(portal)
    async with browser_of(anne) as browser:
        assert (await browser.get(f"/pieces/{version}/original-1")).content == KBIS


@on_one_database
async def test_what_was_received_when_the_portal_was_killed_does_not_stay_in_clear(
    portal: Portal, machine: FixedClock
) -> None:
    workspace = workspace_of(portal.settings)
    for name, minutes in (("received", 81), ("opened", 81), ("under way", 79)):
        (workspace / name).mkdir()
        (workspace / name / "1").write_bytes(KBIS)
        at = (machine.now() - timedelta(minutes=minutes)).timestamp()
        os.utime(workspace / name, (at, at))
    half = workspace / "half.age"
    half.write_bytes(b"age")
    os.utime(half, (0, 0))

    await tidy(portal)

    assert [one.name for one in workspace.iterdir()] == ["under way"]


@on_one_database
async def test_a_reception_whose_end_cannot_be_noted_is_answered_all_the_same(
    portal: Portal, anne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends by itself, twenty minutes later."""

    async def failing(*_arguments: object) -> None:
        raise StorageUnavailable("Plus de base.")

    monkeypatch.setattr(reception, "over", failing)
    assert (await sent(anne, "kbis", ("k.pdf", KBIS))).status_code == 200


@on_one_database
async def test_whoever_goes_before_her_refusal_is_read_leaves_nothing(portal: Portal, anne: Person) -> None:
    upload = Upload(head("contrat.docx"), b"PK\x03\x04" + bytes(2000), then="disconnect")
    assert await upload.run(anne) == 415
    assert await nothing_is_left(portal)


@on_one_database
async def test_a_paper_that_cannot_be_kept_now_is_said(
    portal: Portal, anne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await subscriber(portal, anne)

    async def full(_files: SealedFiles, _path: Path) -> str:
        raise StorageUnavailable("Le stockage ne répond pas.")

    monkeypatch.setattr(SealedFiles, "put", full)
    async with browser_of(anne) as browser:
        answer = await browser.get("/espace/papiers/contract.pdf")
    assert (answer.status_code, "Réessayez" in answer.text, "stockage" in answer.text) == (503, True, False)
