"""Evidence files over HTTP: handed over to the contract's administrators and to staff, and to nobody else."""

from collections.abc import AsyncIterator

import httpx
import pytest
import sqlalchemy as sa
from starlette.applications import Starlette

from portal.contract import acts as a
from portal.documents.evidence.verify import faults
from portal.outside.files import StorageUnavailable
from portal.records.tables import journal
from portal.services.conditions import publish_demonstration
from portal.services.context import Portal
from portal.services.evidence import evidence_file
from portal.services.named_persons import NewUser
from portal.services.reading import own_contract
from portal.web import running
from portal.web.routes import evidence
from portal.web.session import SESSION_COOKIE
from tests.people import OTHER_SIREN, Person, a_client, a_member_of_staff
from tests.services.clients import Client, act, start_trial
from tests.services.contracts import people

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


async def get(person: Person | None, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(Starlette(routes=evidence.ROUTES), client=("192.0.2.7", 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="https://portail.example") as browser:
        if person is not None:
            browser.cookies.set(SESSION_COOKIE, person.cookie, domain="portail.example")
        return await browser.get(path)


@pytest.fixture
async def anne(portal: Portal) -> AsyncIterator[Person]:
    await publish_demonstration(portal)
    running.run_with(portal)
    person = await a_client(portal)
    await start_trial(portal, Client(person.viewer, ""))
    yield person
    running.run_with(None)


async def taken(portal: Portal) -> list[str | None]:
    async with portal.database.reading() as connection:
        query = sa.select(journal.c.by_id).where(journal.c.kind == "evidence_taken").order_by(journal.c.id)
        return list(await connection.scalars(query))


async def test_a_client_and_the_staff_take_it_away_and_the_journal_keeps_it(
    portal: Portal, anne: Person
) -> None:
    contract = await own_contract(portal, anne.viewer)
    yves = await a_member_of_staff(portal)
    whole = await evidence_file(portal, contract.id)
    for person, path in (
        (anne, "/espace/preuves.zip"),
        (anne, f"/espace/preuves/{contract.id}.zip"),
        (yves, f"/gestion/contrats/{contract.id}/preuves.zip"),
    ):
        answer = await get(person, path)
        assert (answer.status_code, answer.content) == (200, whole), path
        assert answer.headers["content-type"] == "application/zip"
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert f'filename="preuve-{contract.id}.zip"' in answer.headers["content-disposition"]
    assert faults(whole) == []
    assert await taken(portal) == [*[anne.viewer.person_id] * 2, yves.viewer.person_id]


async def test_another_s_is_not_there_nor_for_another_role(portal: Portal, anne: Person) -> None:
    contract = await own_contract(portal, anne.viewer)
    luc = await a_client(portal, email="luc@carpentier.example", siren=OTHER_SIREN)
    yves = await a_member_of_staff(portal)
    for person, path in (
        (luc, f"/espace/preuves/{contract.id}.zip"),
        (luc, f"/gestion/contrats/{contract.id}/preuves.zip"),
        (anne, f"/gestion/contrats/{contract.id}/preuves.zip"),
        (yves, "/espace/preuves.zip"),
        (yves, f"/espace/preuves/{contract.id}.zip"),
        (yves, "/gestion/contrats/00000000-0000-4000-8000-000000000000/preuves.zip"),
        (anne, "/espace/preuves/CT-2026-0001.zip"),
        (anne, f"/espace/preuves/{contract.id.upper()}.zip"),
        (None, "/espace/preuves.zip"),
        (None, f"/espace/preuves/{contract.id}.zip"),
        (None, f"/gestion/contrats/{contract.id}/preuves.zip"),
    ):
        answer = await get(person, path)
        assert (answer.status_code, answer.text) == (404, "Introuvable."), path
    assert await taken(portal) == []


async def test_a_colleague_who_does_not_administer_is_told_so(portal: Portal, anne: Person) -> None:
    contract = await own_contract(portal, anne.viewer)
    client = Client(anne.viewer, contract.id)
    (hugo,) = await people(portal, client, NewUser("Hugo", "Petit", "hugo.petit@atelier-nord.example"))
    await act(portal, client, a.RegisterUser(user=hugo), a.NameAdministrator(user=hugo))
    await act(portal, client, a.RelieveAdministrator(user=anne.viewer.person_id))
    answer = await get(anne, "/espace/preuves.zip")
    assert answer.status_code == 403
    assert "Seul un administrateur du contrat peut le faire." in answer.text
    assert await taken(portal) == []


async def test_without_the_storage_it_says_to_come_back(
    portal: Portal, anne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StorageUnavailable("Le stockage ne répond pas.")

    monkeypatch.setattr("portal.services.evidence.evidence_file", away)
    answer = await get(anne, "/espace/preuves.zip")
    assert answer.status_code == 503
    assert "Réessayez dans quelques minutes" in answer.text
    assert await taken(portal) == []
