"""The staff's files of money over HTTP: taken, handed over, refused with a sentence on the page that follows."""

from collections.abc import AsyncIterator
from datetime import date
from urllib.parse import urlencode

import httpx
import pytest
import sqlalchemy as sa
from starlette.applications import Starlette

from portal.documents.sales_journal import COLUMNS
from portal.records.billing_tables import bank_messages
from portal.services import drafts
from portal.services.bank_list import messages
from portal.services.collection_reading import files_for_bank
from portal.services.context import Portal
from portal.services.drafts import FormDraft
from portal.services.letters import PostingForm, letters_sent
from portal.services.terminating import draw_letter, terminate_unpaid
from portal.web import running
from portal.web.routes import ROUTES, billing, letters
from portal.web.routes.receiving import Wanted
from portal.web.session import DRAFT_COOKIE, SESSION_COOKIE
from tests.clock import FixedClock
from tests.payments.bank_files import Detail, Entry, statement
from tests.people import ORIGIN, Person, a_member_of_staff
from tests.services.clients import Client
from tests.services.collected import first_collected
from tests.services.late_lives import a_late_client

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

A_SCAN = b"%PDF-1.7\n1 0 obj\n"


@pytest.fixture
async def yves(portal: Portal) -> AsyncIterator[Person]:
    running.run_with(portal)
    yield await a_member_of_staff(portal)
    running.run_with(None)


def a_browser(person: Person | None) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Starlette(routes=ROUTES), client=("192.0.2.7", 40_000))
    browser = httpx.AsyncClient(transport=transport, base_url="https://portail.example")
    if person is not None:
        browser.cookies.set(SESSION_COOKIE, person.cookie, domain="portail.example")
    return browser


async def sent(
    portal: Portal, person: Person | None, path: str, content: bytes, name: str = "releve.xml"
) -> tuple[httpx.Response, FormDraft]:
    """Send a file as the page's form does; return the answer, and what the page that follows will say."""
    async with a_browser(person) as browser:
        answer = await browser.post(path, files={"files": (name, content)})
        raw = answer.cookies.get(DRAFT_COOKIE)
    form = billing.BANK.name if "banque" in path else letters.LETTERS.name
    return answer, (await drafts.find(portal, raw)).form(form)


def a_statement(portal: Portal) -> bytes:
    transfer = Entry([Detail(cents=29400, wording="VIREMENT", payer="ATELIER NORD")], family="RCDT")
    return statement(transfer, iban=portal.settings.vendor_iban.replace(" ", ""))


# --- the bank's messages ---------------------------------------------------------------------------


async def test_a_message_is_read_once_and_the_page_says_what_came_of_it(portal: Portal, yves: Person) -> None:
    for said in ("1\u00a0ligne nouvelle sur 1, 1\u00a0attend une personne", "déjà lu, rien n’a changé"):
        answer, form = await sent(portal, yves, "/gestion/banque/messages", a_statement(portal))
        assert (answer.status_code, answer.headers["location"]) == (303, "/gestion/banque")
        assert said in form.notice
    [message] = await messages(portal, yves.viewer)
    assert (message.name, message.lines, message.waiting) == ("releve.xml", 1, 1)


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (A_SCAN, "releve.pdf", "n’est pas un message de la banque"),
        (b"<html><body>Erreur</body></html>", "releve.xml", ""),
        (b"", "", "n’est pas arrivé entier"),
        (statement(iban="FR1420041010050500013M02606"), "autre.xml", "compte"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "piege.xml", ""),
    ],
)
async def test_what_is_no_message_of_our_bank_is_refused_with_a_sentence(
    portal: Portal, yves: Person, content: bytes, name: str, said: str
) -> None:
    answer, form = await sent(portal, yves, "/gestion/banque/messages", content, name)
    assert (answer.status_code, answer.headers["location"]) == (303, "/gestion/banque")
    assert form.errors[""] != ""
    assert said in form.errors[""]
    async with portal.database.reading() as connection:
        assert not await connection.scalar(sa.select(sa.func.count()).select_from(bank_messages))


async def test_a_message_that_is_too_long_is_refused_before_it_is_kept(
    portal: Portal, yves: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = Wanted(1, 100, billing._is_xml, billing._too_big)
    monkeypatch.setattr(billing, "_MESSAGE", short)
    _, form = await sent(portal, yves, "/gestion/banque/messages", a_statement(portal))
    assert "demandez à votre banque un fichier par jour" in form.errors[""]


async def test_a_client_sends_no_message(portal: Portal, clock: FixedClock, yves: Person) -> None:
    answer, form = await sent(portal, None, "/gestion/banque/messages", a_statement(portal))
    assert answer.headers["location"] == "/session-expiree"
    assert form == FormDraft()


# --- collection files -----------------------------------------------------------------------------


async def test_a_collection_file_is_handed_over_and_counts_as_handed_to_the_bank(
    portal: Portal, clock: FixedClock, yves: Person
) -> None:
    await first_collected(portal, clock)
    [file] = await files_for_bank(portal, yves.viewer)
    assert file.handed_over_at is None
    async with a_browser(yves) as browser:
        answer = await browser.get(f"/gestion/prelevements/{file.id}.xml")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml")
        assert answer.content.startswith(b"<?xml")
        assert (await browser.get("/gestion/prelevements/PRLV-1.xml")).status_code == 404
        assert (await browser.get("/gestion/prelevements/..%2F.xml")).status_code == 404
    assert [one.handed_over_at is not None for one in await files_for_bank(portal, yves.viewer)] == [True]
    async with a_browser(None) as browser:
        assert (await browser.get(f"/gestion/prelevements/{file.id}.xml")).status_code == 404


# --- the journal of sales --------------------------------------------------------------------------


async def export(person: Person | None, **typed: str) -> httpx.Response:
    async with a_browser(person) as browser:
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return await browser.post("/gestion/exports/ventes", content=urlencode(typed), headers=headers)


async def test_the_journal_of_sales_is_saved_under_its_own_name(
    portal: Portal, clock: FixedClock, yves: Person
) -> None:
    await a_late_client(portal, clock, date(2026, 6, 20))
    answer = await export(yves, first_day="2026-05-01", last_day="2026-05-31", payments="oui")
    assert answer.status_code == 200
    assert "334401554-ventes-20260501-20260531.csv" in answer.headers["content-disposition"]
    assert answer.text.split("\r\n")[0].split("\t") == list(COLUMNS)
    assert "BQ\tBanque" in answer.text


async def test_a_period_that_cannot_be_leads_back_with_what_was_typed(portal: Portal, yves: Person) -> None:
    for typed, where in (
        ({"first_day": "2026-03-01", "last_day": "2026-03-31"}, ""),
        ({"first_day": "hier", "last_day": "2026-01-31"}, "first_day"),
    ):
        answer = await export(yves, **typed)
        assert (answer.status_code, answer.headers["location"]) == (303, "/gestion/facturation")
        form = (await drafts.find(portal, answer.cookies.get(DRAFT_COOKIE))).form(billing.SALES.name)
        assert form.errors[where] != ""
        assert form.values["last_day"] == typed["last_day"]
    assert (await export(None)).headers["location"] == "/session-expiree"


# --- letters -------------------------------------------------------------------------------------


async def a_posted_letter(portal: Portal, clock: FixedClock, yves: Person) -> tuple[Client, str]:
    client = await a_late_client(portal, clock, date(2026, 6, 16))
    letter = await draw_letter(portal, yves.viewer, client.contract_id, ORIGIN)
    posting = PostingForm(tracking="1A23456789012")
    await terminate_unpaid(portal, yves.viewer, letter, posting, ORIGIN)
    return client, letter


async def test_a_letter_and_its_proof_go_both_ways(portal: Portal, clock: FixedClock, yves: Person) -> None:
    _, letter = await a_posted_letter(portal, clock, yves)
    path = f"/gestion/lettres/{letter}"
    async with a_browser(yves) as browser:
        assert (await browser.get(f"{path}.pdf")).content.startswith(b"%PDF")
        assert (await browser.get(f"{path}/preuve")).status_code == 404
    answer, form = await sent(portal, yves, f"{path}/preuve", A_SCAN, "accusé.pdf")
    assert (answer.headers["location"], form.notice) == (
        "/gestion/impayes",
        "La preuve de réception est rangée.",
    )
    async with a_browser(yves) as browser:
        kept = await browser.get(f"{path}/preuve")
    assert (kept.content, kept.headers["content-type"]) == (A_SCAN, "application/octet-stream")
    assert "attachment" in kept.headers["content-disposition"]
    assert [one.has_proof for one in await letters_sent(portal, yves.viewer)] == [True]

    _, form = await sent(portal, yves, f"{path}/preuve", b"MZ\x90", "virus.exe")
    assert "n’est ni un PDF" in form.errors[""]


@pytest.mark.parametrize("path", ["nothing", "..%2F..", "%00", "a" * 40])
async def test_what_is_no_letter_is_not_there(portal: Portal, yves: Person, path: str) -> None:
    async with a_browser(yves) as browser:
        assert (await browser.get(f"/gestion/lettres/{path}.pdf")).status_code == 404
        assert (await browser.get(f"/gestion/lettres/{path}/preuve")).status_code == 404
        files = {"files": ("a.pdf", A_SCAN)}
        assert (await browser.post(f"/gestion/lettres/{path}/preuve", files=files)).status_code == 404


async def test_for_a_client_there_are_no_letters(portal: Portal, clock: FixedClock, yves: Person) -> None:
    _, letter = await a_posted_letter(portal, clock, yves)
    async with a_browser(None) as browser:
        for path in (f"/gestion/lettres/{letter}.pdf", f"/gestion/lettres/{letter}/preuve"):
            assert (await browser.get(path)).status_code == 404
        files = {"files": ("a.pdf", A_SCAN)}
        assert (await browser.post(f"/gestion/lettres/{letter}/preuve", files=files)).status_code == 404
