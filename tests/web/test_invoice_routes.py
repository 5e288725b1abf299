"""Invoices over HTTP: handed over to their owner and to staff, and to nobody else (CGV art. 10.3)."""

import csv
import io
import zipfile
from collections.abc import AsyncIterator
from datetime import date

import httpx
import pytest
import sqlalchemy as sa
from starlette.applications import Starlette

from portal.contract import acts as a
from portal.outside.files import StorageUnavailable
from portal.outside.sealed_files import SealedFiles
from portal.records.tables import journal
from portal.services.conditions import in_force, publish_demonstration
from portal.services.context import Portal
from portal.services.invoice_papers import document
from portal.services.reading import own_contract
from portal.services.trials import accept_and_start
from portal.web import running
from portal.web.routes import ROUTES
from portal.web.session import SESSION_COOKIE
from tests.clock import FixedClock
from tests.documents.test_invoice_paper import pages
from tests.people import ORIGIN, OTHER_SIREN, Person, a_client, a_member_of_staff
from tests.services.clients import Client, act, live_until, paris
from tests.services.invoiced import enter

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

APRIL = "/factures/F-2026-0002.pdf"


async def get(person: Person | None, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(Starlette(routes=ROUTES), client=("192.0.2.7", 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="https://portail.example") as browser:
        if person is not None:
            browser.cookies.set(SESSION_COOKIE, person.cookie, domain="portail.example")
        return await browser.get(path)


async def in_trial(portal: Portal, person: Person) -> Client:
    async with portal.database.reading() as connection:
        version = (await in_force(connection, portal.now())).version
    await accept_and_start(portal, person.viewer, version, ORIGIN)
    return Client(person.viewer, (await own_contract(portal, person.viewer)).id)


@pytest.fixture
async def anne(portal: Portal, clock: FixedClock) -> AsyncIterator[Person]:
    """In force on 17/03/2026, invoiced for April on the 20th."""
    await publish_demonstration(portal)
    running.run_with(portal)
    person = await a_client(portal)
    client = await in_trial(portal, person)
    await enter(portal, clock, client, date(2026, 3, 17))
    await live_until(portal, clock, client, paris(date(2026, 3, 21), 9))
    yield person
    running.run_with(None)


async def taken(portal: Portal) -> list[tuple[str, str, str]]:
    async with portal.database.reading() as connection:
        rows = await connection.execute(
            sa.select(journal)
            .where(journal.c.kind.in_(["invoice_taken", "statement_taken"]))
            .order_by(journal.c.id)
        )
        return [(row.kind, row.person_id, next(iter(row.details.values()))) for row in rows]


# --- one's own -----------------------------------------------------------------------------------------


async def test_a_client_takes_her_invoice_away_and_the_journal_keeps_it(portal: Portal, anne: Person) -> None:
    answer = await get(anne, APRIL)
    assert answer.status_code == 200
    assert answer.content == await document(portal, "F-2026-0002")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith('attachment; filename="F-2026-0002.pdf"')
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert await taken(portal) == [("invoice_taken", anne.viewer.person_id, "F-2026-0002")]
    assert (await get(anne, APRIL)).content == answer.content


async def test_all_of_them_come_as_one_archive_the_same_each_time(portal: Portal, anne: Person) -> None:
    answer = await get(anne, "/espace/factures.zip")
    assert answer.headers["content-type"] == "application/zip"
    assert 'attachment; filename="factures.zip"' in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["F-2026-0001.pdf", "F-2026-0002.pdf"]
        assert archive.testzip() is None
        assert archive.read("F-2026-0002.pdf") == await document(portal, "F-2026-0002")
    assert (await get(anne, "/espace/factures.zip")).content == answer.content


async def test_the_lines_come_as_a_table_that_french_spreadsheets_open(portal: Portal, anne: Person) -> None:
    answer = await get(anne, "/espace/factures.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert [row["Numéro"] for row in rows] == ["F-2026-0001", "F-2026-0002", "F-2026-0002"]
    carried = rows[-1]
    assert carried["Document"] == "Facture"
    assert carried["Émis le"] == "20/03/2026"
    assert carried["Échéance"] == "31/03/2026"
    assert carried["Mois"] == "premier mois"
    assert (carried["Quantité"], carried["Prix unitaire HT"], carried["Montant HT"]) == (
        "-1",
        "245,00",
        "-126,45",
    )
    assert carried["Taux de TVA"] == "20,00"


async def test_no_statement_where_nothing_is_due_the_exact_sum_where_something_is(
    portal: Portal, clock: FixedClock, anne: Person
) -> None:
    assert (await get(anne, "/espace/decompte.pdf")).status_code == 404
    client = Client(anne.viewer, (await own_contract(portal, anne.viewer)).id)
    await live_until(portal, clock, client, paris(date(2026, 4, 2), 9))
    answer = await get(anne, "/espace/decompte.pdf")
    assert answer.headers["content-disposition"].startswith(
        'attachment; filename="Decompte-CT-2026-0001-2026-04-02.pdf"'
    )
    (text,) = pages(answer.content)
    assert "À RÉGLER 183,51 €" in text
    assert "Sans ce règlement, le service est suspendu le jeudi 16 avril 2026 à 18 h 00" in text
    await act(portal, client, a.SettleEverything())
    assert (await get(anne, "/espace/decompte.pdf")).status_code == 404


# --- another's -----------------------------------------------------------------------------------------


async def test_another_client_and_a_stranger_find_nothing(portal: Portal, anne: Person) -> None:
    other = await a_client(portal, email="paul@autre.example", siren=OTHER_SIREN)
    await in_trial(portal, other)
    company = anne.viewer.company_id
    paths = [
        APRIL,
        f"/gestion/clients/{company}/factures.zip",
        f"/gestion/clients/{company}/factures.csv",
        f"/gestion/clients/{company}/decompte.pdf",
    ]
    for person in (other, None):
        for path in (*paths, "/espace/factures.zip", "/espace/factures.csv", "/espace/decompte.pdf"):
            answer = await get(person, path)
            assert (answer.status_code, answer.text) == (404, "Introuvable."), path
    for path in paths[1:]:
        assert (await get(anne, path)).status_code == 404, path
    assert await taken(portal) == []


@pytest.mark.parametrize("number", ["F-2026-9999", "x", "F-2026-0002'--", "F-2026-", "../espace"])
async def test_what_is_no_number_of_hers_is_not_there(portal: Portal, anne: Person, number: str) -> None:
    assert (await get(anne, f"/factures/{number}.pdf")).status_code == 404


async def test_staff_take_any_invoice_and_all_of_a_client(
    portal: Portal, clock: FixedClock, anne: Person
) -> None:
    nina = await a_member_of_staff(portal)
    company = anne.viewer.company_id
    assert (await get(nina, APRIL)).content == (await get(anne, APRIL)).content
    assert (await get(nina, f"/gestion/clients/{company}/factures.zip")).status_code == 200
    assert (await get(nina, f"/gestion/clients/{company}/factures.csv")).status_code == 200
    assert (await get(nina, f"/gestion/clients/{company}/decompte.pdf")).status_code == 404
    for path in ("/espace/factures.zip", "/gestion/clients/x/factures.zip"):
        assert (await get(nina, path)).status_code == 404
    unknown = "00000000-0000-4000-8000-000000000000"
    for name in ("factures.zip", "factures.csv", "decompte.pdf"):
        assert (await get(nina, f"/gestion/clients/{unknown}/{name}")).status_code == 404


async def test_files_out_of_reach_are_said_to_be_so(
    portal: Portal, anne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreachable(self: SealedFiles, path: object) -> str:
        raise StorageUnavailable("non")

    monkeypatch.setattr(SealedFiles, "put", unreachable)
    answer = await get(anne, APRIL)
    assert answer.status_code == 503
    assert "Réessayez dans quelques minutes" in answer.text
    monkeypatch.undo()
    assert (await get(anne, APRIL)).status_code == 200
