"""Accepting the CGV and starting the trial, once per SIREN; managing its users (CGV art. 3, 5.1)."""

import asyncio
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.contract import events as e
from portal.contract.refusal import Refusal
from portal.records import store
from portal.records.tables import acceptances, events, journal, outbox, persons, provisioning, trials
from portal.services.conditions import publish_demonstration
from portal.services.context import NotFound, Portal, Role, Viewer
from portal.services.named_persons import NewUser
from portal.services.reading import own_contract
from portal.services.seats import register_user, remove_user
from portal.services.trials import (
    accept_and_start,
    acceptance_digest,
    allow_another_trial,
)
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, a_client, live_until, start_trial

VERSION, REPLACED = "2026-01", "2025-09"
STAFF = Viewer("a colleague", Role.STAFF, None, "session")
STARTING = ["account_created", "terms_accepted", "trial_started", "service_opened", "user_registered"]


@pytest.fixture(autouse=True)
async def published(portal: Portal) -> None:
    await publish_demonstration(portal)


async def count(portal: Portal, table: sa.Table) -> int:
    async with portal.database.reading() as connection:
        return await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


async def kinds(portal: Portal, client: Client) -> list[str]:
    async with portal.database.reading() as connection:
        query = sa.select(events.c.kind).where(events.c.contract_id == client.contract_id)
        return list(await connection.scalars(query.order_by(events.c.seq)))


async def templates(portal: Portal) -> list[str]:
    async with portal.database.reading() as connection:
        return list(await connection.scalars(sa.select(outbox.c.template).order_by(outbox.c.id)))


async def refused(portal: Portal, client: Client, version: str = VERSION) -> str:
    with pytest.raises(Refusal) as refusal:
        await accept_and_start(portal, client.viewer, version, ORIGIN)
    return refusal.value.code


async def colleague(portal: Portal, client: Client, name: str) -> None:
    await register_user(portal, client.viewer, NewUser(name, "Petit", f"{name}@b.example"), ORIGIN)


async def lapsed(portal: Portal, clock: FixedClock) -> Client:
    client = await a_client(portal)
    await start_trial(portal, client)
    await live_until(portal, clock, client, clock.now() + timedelta(days=90))
    return client


# --- starting --------------------------------------------------------------------------------------------


async def test_asked_five_times_at_once_the_trial_starts_once(portal: Portal) -> None:
    client = await a_client(portal)
    await asyncio.gather(*(accept_and_start(portal, client.viewer, VERSION, ORIGIN) for _ in range(5)))
    assert await kinds(portal, client) == STARTING
    assert await templates(portal) == ["terms_accepted", "trial_started"]
    assert await count(portal, acceptances) == 1
    assert await count(portal, trials) == 1
    assert await count(portal, provisioning) == 1
    assert await count(portal, journal) == 1


async def test_asking_again_while_the_trial_runs_changes_nothing(portal: Portal, clock: FixedClock) -> None:
    client = await a_client(portal)
    await start_trial(portal, client)
    clock.advance(days=3)
    await accept_and_start(portal, client.viewer, VERSION, ORIGIN)
    assert await kinds(portal, client) == STARTING
    assert await count(portal, acceptances) == 1


async def test_what_was_accepted_and_from_where_is_kept_beside_the_event(portal: Portal) -> None:
    client = await a_client(portal)
    await start_trial(portal, client)
    async with portal.database.reading() as connection:
        kept = (await connection.execute(sa.select(acceptances))).one()
        accepted = (await store.load(connection, client.contract_id, company_id=None)).events[1].event
    assert isinstance(accepted, e.TermsAccepted)
    assert (kept.ip, kept.user_agent, kept.at) == (ORIGIN.ip, ORIGIN.user_agent, portal.now())
    evidence = {
        "contract_id": client.contract_id,
        "person_id": client.viewer.person_id,
        "version": VERSION,
        "text_sha256": kept.text_sha256,
        "at": kept.at,
        "ip": ORIGIN.ip,
        "user_agent": ORIGIN.user_agent,
    }
    assert accepted.evidence == kept.digest == acceptance_digest(kept.salt, evidence)
    assert acceptance_digest(kept.salt, evidence | {"ip": "192.0.2.11"}) != kept.digest


@pytest.mark.parametrize(("version", "code"), [(REPLACED, "terms_replaced"), ("1999-01", "terms_unknown")])
async def test_a_version_that_does_not_apply_is_refused_and_nothing_is_kept(
    portal: Portal, version: str, code: str
) -> None:
    client = await a_client(portal)
    assert await refused(portal, client, version) == code
    assert await kinds(portal, client) == ["account_created"]
    assert [await count(portal, table) for table in (acceptances, trials, outbox, provisioning, journal)] == [
        0
    ] * 5


async def test_staff_have_no_trial_of_their_own(portal: Portal) -> None:
    with pytest.raises(NotFound):
        await accept_and_start(portal, STAFF, VERSION, ORIGIN)


# --- once per company ------------------------------------------------------------------------------------


async def test_a_second_trial_of_the_same_company_is_refused(portal: Portal, clock: FixedClock) -> None:
    client = await lapsed(portal, clock)
    before = await kinds(portal, client)
    assert await refused(portal, client) == "trial_already_used"
    assert await kinds(portal, client) == before
    assert await count(portal, acceptances) == 1


async def test_a_second_account_with_the_same_siren_gets_no_second_trial(portal: Portal) -> None:
    await start_trial(portal, await a_client(portal))
    second = await a_client(portal, email="someone.else@atelier-nord.example")
    assert await refused(portal, second) == "trial_already_used"
    assert await kinds(portal, second) == ["account_created"]
    assert await count(portal, acceptances) == 1


async def test_two_accounts_with_one_siren_that_race_get_one_trial(portal: Portal) -> None:
    clients = [
        await a_client(portal, email=f"{name}@atelier-nord.example") for name in ("anne", "hugo", "ines")
    ]
    outcomes = await asyncio.gather(
        *(accept_and_start(portal, client.viewer, VERSION, ORIGIN) for client in clients),
        return_exceptions=True,
    )
    refusals = [outcome for outcome in outcomes if outcome is not None]
    assert [one.code for one in refusals if isinstance(one, Refusal)] == ["trial_already_used"] * 2
    assert sorted([await kinds(portal, client) for client in clients], key=len) == [
        ["account_created"],
        ["account_created"],
        STARTING,
    ]
    assert (await count(portal, trials), await count(portal, acceptances)) == (1, 1)


async def test_staff_allow_another_trial_in_a_history_of_its_own(portal: Portal, clock: FixedClock) -> None:
    client = await lapsed(portal, clock)
    before = await kinds(portal, client)
    await allow_another_trial(portal, STAFF, client.contract_id, "  Équipe entièrement renouvelée ", ORIGIN)
    await start_trial(portal, client)
    contract = await own_contract(portal, client.viewer)
    assert contract.id != client.contract_id
    assert [one.event.kind for one in contract.events] == STARTING
    assert await kinds(portal, client) == before, "what happened before stays as it was"
    async with portal.database.reading() as connection:
        query = sa.select(trials.c.nth, trials.c.contract_id).order_by(trials.c.nth)
        assert [tuple(row) for row in await connection.execute(query)] == [
            (1, client.contract_id),
            (2, contract.id),
        ]


async def test_an_allowance_is_for_one_trial(portal: Portal, clock: FixedClock) -> None:
    client = await lapsed(portal, clock)
    await allow_another_trial(portal, STAFF, client.contract_id, "Équipe renouvelée", ORIGIN)
    await start_trial(portal, client)
    present = Client(client.viewer, (await own_contract(portal, client.viewer)).id)
    await live_until(portal, clock, present, clock.now() + timedelta(days=90))
    assert await refused(portal, present) == "trial_already_used"


async def test_asked_by_three_colleagues_at_once_one_other_trial_is_allowed(
    portal: Portal, clock: FixedClock
) -> None:
    client = await lapsed(portal, clock)
    outcomes = await asyncio.gather(
        *(
            allow_another_trial(portal, STAFF, client.contract_id, "Équipe renouvelée", ORIGIN)
            for _ in range(3)
        ),
        return_exceptions=True,
    )
    assert [one.code for one in outcomes if isinstance(one, Refusal)] == ["trial_not_lapsed"] * 2
    assert outcomes.count(None) == 1


@pytest.mark.parametrize(("reason", "code"), [("", "reason_missing"), ("   ", "reason_missing")])
async def test_another_trial_wants_a_reason(
    portal: Portal, clock: FixedClock, reason: str, code: str
) -> None:
    client = await lapsed(portal, clock)
    with pytest.raises(Refusal) as refusal:
        await allow_another_trial(portal, STAFF, client.contract_id, reason, ORIGIN)
    assert refusal.value.code == code


async def test_another_trial_waits_for_the_end_of_the_present_one(portal: Portal) -> None:
    client = await a_client(portal)
    await start_trial(portal, client)
    with pytest.raises(Refusal) as refusal:
        await allow_another_trial(portal, STAFF, client.contract_id, "Par avance", ORIGIN)
    assert refusal.value.code == "trial_not_lapsed"


async def test_a_client_cannot_allow_herself_another_trial(portal: Portal, clock: FixedClock) -> None:
    client = await lapsed(portal, clock)
    with pytest.raises(NotFound):
        await allow_another_trial(portal, client.viewer, client.contract_id, "S’il vous plaît", ORIGIN)


# --- users -----------------------------------------------------------------------------------------------


async def test_the_sixth_user_is_refused_and_not_even_named(portal: Portal) -> None:
    client = await a_client(portal)
    await start_trial(portal, client)
    for name in ("hugo", "salima", "ines", "paul"):
        await colleague(portal, client, name)
    with pytest.raises(Refusal) as refusal:
        await colleague(portal, client, "marc")
    assert refusal.value.clause == "5.1"
    assert len((await own_contract(portal, client.viewer)).users) == 5
    assert await count(portal, persons) == 5


async def test_six_who_are_registered_at_once_leave_five_users(portal: Portal) -> None:
    client = await a_client(portal)
    await start_trial(portal, client)
    names = ("hugo", "salima", "ines", "paul", "marc")
    outcomes = await asyncio.gather(
        *(colleague(portal, client, name) for name in names), return_exceptions=True
    )
    assert sum(isinstance(outcome, Refusal) for outcome in outcomes) == 1
    assert len((await own_contract(portal, client.viewer)).users) == 5


async def test_registering_someone_twice_changes_nothing(portal: Portal) -> None:
    client = await a_client(portal)
    await start_trial(portal, client)
    await asyncio.gather(*(colleague(portal, client, name) for name in ("hugo", "Hugo", "HUGO")))
    contract = await own_contract(portal, client.viewer)
    assert [user.is_admin for user in contract.users] == [True, False]
    assert (await templates(portal)).count("user_invited") == 1


async def test_a_user_who_was_removed_leaves_room_and_can_come_back(portal: Portal) -> None:
    client = await a_client(portal)
    await start_trial(portal, client)
    for name in ("hugo", "salima", "ines", "paul"):
        await colleague(portal, client, name)
    hugo = (await own_contract(portal, client.viewer)).users[1]
    await remove_user(portal, client.viewer, hugo.person_id, ORIGIN)
    await colleague(portal, client, "marc")
    await remove_user(
        portal, client.viewer, (await own_contract(portal, client.viewer)).users[1].person_id, ORIGIN
    )
    await colleague(portal, client, "hugo")
    last = (await own_contract(portal, client.viewer)).users[-1]
    assert (last.person_id, last.email) == (hugo.person_id, "hugo@b.example")


async def test_removing_someone_twice_is_told_and_noted_once(portal: Portal) -> None:
    client = await a_client(portal)
    await start_trial(portal, client)
    await colleague(portal, client, "hugo")
    hugo = (await own_contract(portal, client.viewer)).users[1].person_id
    outcomes = await asyncio.gather(
        *(remove_user(portal, client.viewer, hugo, ORIGIN) for _ in range(3)), return_exceptions=True
    )
    assert (await kinds(portal, client)).count("user_removed") == 1
    assert all(outcome is None or isinstance(outcome, Refusal) for outcome in outcomes)


async def test_the_administrator_cannot_be_removed(portal: Portal) -> None:
    client = await a_client(portal)
    await start_trial(portal, client)
    with pytest.raises(Refusal) as refusal:
        await remove_user(portal, client.viewer, client.viewer.person_id, ORIGIN)
    assert refusal.value.code == "last_administrator"
    assert [user.is_admin for user in (await own_contract(portal, client.viewer)).users] == [True]


async def test_another_companys_person_is_not_found(portal: Portal) -> None:
    client = await a_client(portal)
    other = await a_client(portal, siren="999120348", email="luc@carpentier.example")
    for one in (client, other):
        await start_trial(portal, one)
    await colleague(portal, other, "nina")
    nina = (await own_contract(portal, other.viewer)).users[1].person_id
    for person_id in (nina, other.viewer.person_id, str(uuid.uuid4())):
        with pytest.raises(NotFound):
            await remove_user(portal, client.viewer, person_id, ORIGIN)
    assert len((await own_contract(portal, other.viewer)).users) == 2


async def test_the_same_address_in_two_companies_is_two_people(portal: Portal) -> None:
    client = await a_client(portal)
    other = await a_client(portal, siren="999120348", email="luc@carpentier.example")
    for one in (client, other):
        await start_trial(portal, one)
        await colleague(portal, one, "consultant")
    people = {(await own_contract(portal, one.viewer)).users[1].person_id for one in (client, other)}
    assert len(people) == 2


async def test_the_same_person_cannot_be_registered_before_the_trial(portal: Portal) -> None:
    client = await a_client(portal)
    with pytest.raises(Refusal):
        await colleague(portal, client, "hugo")
    assert await count(portal, persons) == 1
