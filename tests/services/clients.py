"""Clients for tests: a company with its confirmed administrator, ready for a trial or living through one."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.calendar import paris_instant
from portal.contract.deadlines import next_due
from portal.records import store
from portal.records.tables import accounts, companies, persons
from portal.services.chunks import bring_up_to_date
from portal.services.conditions import in_force, publish_demonstration
from portal.services.context import Origin, Portal, Role, Viewer
from portal.services.histories import OpenHistory
from portal.services.named_persons import NewUser
from portal.services.reading import own_contract
from portal.services.trials import accept_and_start
from tests.clock import FixedClock
from tests.lived import lived_once

ORIGIN = Origin("192.0.2.10", "Navigateur d’essai")
SIREN = "732829320"
HUGO = NewUser("Hugo", "Petit", "hugo.petit@atelier-nord.example")


def paris(day: date, hour: int, minute: int = 0) -> datetime:
    """Return an instant by the clocks of Paris."""
    return paris_instant(day, time(hour, minute))


@dataclass(frozen=True)
class Client:
    """A client's administrator as her session would say, and the contract she sees."""

    viewer: Viewer
    contract_id: str


async def a_client(
    portal: Portal,
    *,
    siren: str = SIREN,
    legal_name: str = "Atelier Nord",
    first_name: str = "Anne",
    last_name: str = "Leroy",
    email: str = "anne.leroy@atelier-nord.example",
) -> Client:
    """Make a company, its confirmed administrator and the contract that has her account only."""
    company_id, person_id, contract_id = (str(uuid.uuid4()) for _ in range(3))
    now = portal.now()

    async def work(connection: AsyncConnection) -> None:
        address = {"legal_form": "SAS", "street": "14 rue du Port", "postcode": "59140", "city": "Dunkerque"}
        await connection.execute(
            sa.insert(companies).values(
                id=company_id, siren=siren, legal_name=legal_name, created_at=now, **address
            )
        )
        await connection.execute(
            sa.insert(persons).values(
                id=person_id,
                company_id=company_id,
                email=email,
                first_name=first_name,
                last_name=last_name,
                created_at=now,
            )
        )
        await connection.execute(
            sa.insert(accounts).values(
                person_id=person_id,
                email=email,
                role=Role.CLIENT.value,
                password_hash="no password opens it",
                confirmed_at=now,
                created_at=now,
            )
        )
        await store.open_contract(connection, contract_id=contract_id, company_id=company_id, at=now)
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=company_id, at=now)
        await opened.act(a.CreateAccount(siren=siren, admin=person_id), actor=person_id, at=now)

    await portal.transact(work)
    return Client(Viewer(person_id, Role.CLIENT, company_id, "session"), contract_id)


async def start_trial(portal: Portal, client: Client) -> None:
    async with portal.database.reading() as connection:
        version = (await in_force(connection, portal.now())).version
    await accept_and_start(portal, client.viewer, version, ORIGIN)


@lived_once
async def a_trial(portal: Portal, clock: FixedClock, started: datetime, **names: str) -> Client:
    """Make a client who accepts the demonstration's terms and starts her trial at `started`."""
    clock.move_to(started)
    await publish_demonstration(portal)
    client = await a_client(portal, **names)
    await start_trial(portal, client)
    return client


async def live_until(portal: Portal, clock: FixedClock, client: Client, end: datetime) -> None:
    """Let time pass up to `end`, the portal never stopping: each deadline is executed at its own instant."""
    while True:
        due = next_due((await own_contract(portal, client.viewer)).state)
        if due is None or due.at > end:
            break
        clock.move_to(max(due.at, clock.now()))
        await bring_up_to_date(portal, client.contract_id)
    clock.move_to(end)


async def act(portal: Portal, client: Client, *acts: a.Act) -> None:
    """Decide acts of the client's now, one after the other."""

    async def work(connection: AsyncConnection) -> None:
        now = portal.now()
        opened = await OpenHistory.open(portal, connection, client.contract_id, company_id=None, at=now)
        for one in acts:
            await opened.act(one, actor=client.viewer.person_id, at=now)

    await portal.transact(work)
