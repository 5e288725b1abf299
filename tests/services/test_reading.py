"""What pages show: one's own contract and no other, brought up to date in thought, nothing written."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records.tables import events, outbox
from portal.services import reading
from portal.services.calendar import sweep
from portal.services.conditions import publish_demonstration
from portal.services.context import NotFound, Portal, Role, Viewer
from portal.services.named_persons import NewUser
from portal.services.reading import (
    any_contract,
    clients,
    journey_if_started,
    mails,
    offer_now,
    own_contract,
)
from portal.services.seats import register_user
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, a_client, live_until, start_trial

STAFF = Viewer("a colleague", Role.STAFF, None, "session")


@pytest.fixture(autouse=True)
async def published(portal: Portal) -> None:
    await publish_demonstration(portal)


async def nord(portal: Portal) -> Client:
    client = await a_client(portal)
    await start_trial(portal, client)
    await register_user(portal, client.viewer, NewUser("Hugo", "Petit", "hugo@conseil.example"), ORIGIN)
    return client


async def lac(portal: Portal) -> Client:
    return await a_client(
        portal, siren="999748056", legal_name="Brasserie du Lac 100 %", email="julie@brasserie.example"
    )


async def found(portal: Portal, search: str, relationship: str = "") -> list[str]:
    lines, total = await clients(portal, STAFF, search=search, relationship=relationship)
    assert total == len(lines)
    return [line.legal_name for line in lines]


# --- one's own -------------------------------------------------------------------------------------------


async def test_each_sees_her_own_contract(portal: Portal) -> None:
    one, other = await nord(portal), await lac(portal)
    assert (await own_contract(portal, one.viewer)).id == one.contract_id
    contract = await own_contract(portal, other.viewer)
    assert (contract.id, contract.company.legal_name) == (other.contract_id, "Brasserie du Lac 100 %")
    assert [user.name for user in contract.users] == []


async def test_a_company_without_contract_sees_nothing(portal: Portal) -> None:
    await nord(portal)
    with pytest.raises(NotFound):
        await own_contract(portal, Viewer("x", Role.CLIENT, str(uuid.uuid4()), "session"))


@pytest.mark.parametrize("role", list(Role))
async def test_who_has_no_company_has_no_contract(portal: Portal, role: Role) -> None:
    await nord(portal)
    with pytest.raises(NotFound):
        await own_contract(portal, Viewer("x", role, None, "session"))


async def test_what_fell_due_is_shown_before_any_job_has_written_it(
    portal: Portal, clock: FixedClock
) -> None:
    client = await nord(portal)
    await live_until(portal, clock, client, datetime(2026, 4, 2, 21, 59, tzinfo=UTC))
    clock.advance(minutes=1)
    contract = await own_contract(portal, client.viewer)
    assert contract.state.service.value == "suspended"
    async with portal.database.reading() as connection:
        written = sa.select(sa.func.count()).where(events.c.kind == "service_suspended")
        assert await connection.scalar(written) == 0, "looking writes nothing"


async def test_the_page_shows_what_the_job_then_writes(portal: Portal, clock: FixedClock) -> None:
    client = await nord(portal)
    clock.move_to(datetime(2026, 4, 12, tzinfo=UTC))
    foreseen = await own_contract(portal, client.viewer)
    await sweep(portal)
    written = await own_contract(portal, client.viewer)
    assert (foreseen.state, foreseen.moments) == (written.state, written.moments)


async def test_users_are_those_registered_now(portal: Portal) -> None:
    contract = await own_contract(portal, (await nord(portal)).viewer)
    assert [(user.name, user.email, user.is_admin) for user in contract.users] == [
        ("Anne Leroy", "anne.leroy@atelier-nord.example", True),
        ("Hugo Petit", "hugo@conseil.example", False),
    ]


# --- for staff -------------------------------------------------------------------------------------------


async def test_staff_see_any_contract(portal: Portal) -> None:
    client = await nord(portal)
    assert (await any_contract(portal, STAFF, client.contract_id)).company.legal_name == "Atelier Nord"
    with pytest.raises(NotFound):
        await any_contract(portal, STAFF, str(uuid.uuid4()))


async def test_nobody_else_sees_what_is_for_staff_not_even_her_own(portal: Portal) -> None:
    client = await nord(portal)
    with pytest.raises(NotFound):
        await any_contract(portal, client.viewer, client.contract_id)
    with pytest.raises(NotFound):
        await clients(portal, client.viewer)
    with pytest.raises(NotFound):
        await mails(portal, client.viewer, contract_id=client.contract_id)


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("", ["Atelier Nord", "Brasserie du Lac 100 %"]),
        ("atelier", ["Atelier Nord"]),
        ("ATELIER 7328", ["Atelier Nord"]),
        ("732829320", ["Atelier Nord"]),
        ("dunkerque", ["Atelier Nord", "Brasserie du Lac 100 %"]),
        ("hugo@conseil", ["Atelier Nord"]),
        ("julie@", ["Brasserie du Lac 100 %"]),
        ("atelier brasserie", []),
        ("atelier_nord", []),
        ("'; DROP TABLE events; --", []),
    ],
)
async def test_clients_are_found_by_name_siren_city_and_address(
    portal: Portal, search: str, names: list[str]
) -> None:
    await nord(portal)
    await lac(portal)
    assert await found(portal, search) == names


async def test_a_siren_is_found_as_people_write_it(portal: Portal) -> None:
    await nord(portal)
    await lac(portal)
    assert await found(portal, "732 829 320") == ["Atelier Nord"]


async def test_clients_are_told_apart_by_where_they_stand(portal: Portal) -> None:
    await nord(portal)
    await lac(portal)
    assert await found(portal, "", "trial") == ["Atelier Nord"]
    assert await found(portal, "", "prospect") == ["Brasserie du Lac 100 %"]
    assert await found(portal, "", "lapsed") == []


async def test_what_waits_for_a_person_comes_first(portal: Portal, clock: FixedClock) -> None:
    waiting = await lac(portal)
    await start_trial(portal, waiting)
    clock.advance(days=80)
    await sweep(portal)
    await nord(portal)
    lines, _ = await clients(portal, STAFF)
    assert [(line.legal_name, line.destruction_held) for line in lines] == [
        ("Brasserie du Lac 100 %", True),
        ("Atelier Nord", False),
    ]


async def test_clients_come_in_pages(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAGE_LENGTH", 2)
    for number in range(3):
        await a_client(portal, legal_name=f"Client {number}", email=f"{number}@b.example")
    pages = [await clients(portal, STAFF, page=page) for page in (0, 1, 2, 3)]
    assert [[line.legal_name for line in lines] for lines, _ in pages] == [
        ["Client 0", "Client 1"],
        ["Client 0", "Client 1"],
        ["Client 2"],
        [],
    ]
    assert {total for _, total in pages} == {3}


async def test_mails_are_listed_with_the_newest_first(portal: Portal, clock: FixedClock) -> None:
    client = await nord(portal)
    other = await lac(portal)
    clock.advance(days=1)
    await start_trial(portal, other)
    listed = await mails(portal, STAFF)
    assert [mail.as_of for mail in listed] == sorted((mail.as_of for mail in listed), reverse=True)
    of_one = await mails(portal, STAFF, contract_id=client.contract_id)
    assert {mail.template for mail in of_one} == {"terms_accepted", "trial_started", "user_invited"}
    assert all(mail.sent_at is None for mail in of_one)
    assert len(await mails(portal, STAFF, limit=1)) == 1


async def test_a_mail_given_up_is_listed_before_all_others(portal: Portal) -> None:
    client = await nord(portal)
    listed = await mails(portal, STAFF)
    assert not any(mail.is_given_up for mail in listed)
    oldest = listed[-1].id

    async def give_up(connection: AsyncConnection) -> None:
        await connection.execute(
            sa.update(outbox).where(outbox.c.id == oldest).values(next_attempt_at=None, problem="Refusé.")
        )

    await portal.transact(give_up)
    [first, *others] = await mails(portal, STAFF, contract_id=client.contract_id)
    assert (first.id, first.is_given_up, first.problem) == (oldest, True, "Refusé.")
    assert not any(mail.is_given_up for mail in others)


# --- for everyone ----------------------------------------------------------------------------------------


async def test_the_landing_page_draws_the_dates_of_a_trial_that_starts_now(
    portal: Portal, clock: FixedClock
) -> None:
    drawn = {moment.name: moment.at for moment in await journey_if_started(portal)}
    client = await nord(portal)
    real = {moment.name: moment.at for moment in (await own_contract(portal, client.viewer)).moments}
    assert drawn
    assert drawn.items() <= real.items()
    assert all(at > clock.now() for at in drawn.values())


async def test_the_offer_is_the_one_whose_terms_apply(portal: Portal, clock: FixedClock) -> None:
    assert (await offer_now(portal)).terms_version == "2026-01"
    clock.move_to(clock.now() - timedelta(days=120))
    assert (await offer_now(portal)).terms_version == "2025-09"
