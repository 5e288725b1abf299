"""The demonstration's clients: invented companies whose trials began on well-chosen days before today.

They are not written into the tables: each lives through the very acts and deadlines that a real client
would, at the instants of the past, so that every date, mail and order is the one the rules give.
"""

import asyncio
import uuid
from dataclasses import replace
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.calendar import PARIS, paris_day, paris_instant
from portal.records import store
from portal.records.tables import accounts, companies, persons
from portal.services.conditions import in_force
from portal.services.context import Portal, Role, Viewer
from portal.services.demonstration_clients import CLIENTS, Invented
from portal.services.demonstration_contracts import keep_rates, present_again_what_came_back, run
from portal.services.demonstration_dossiers import ORIGIN, Life, StillClock, Turns, subscribe
from portal.services.histories import OpenHistory
from portal.services.passwords import hash_password
from portal.services.seats import register_user
from portal.services.trials import accept_and_start

PASSWORD = "essai-sans-surprise"  # noqa: S105 -- printed for whoever looks at the demonstration


async def is_furnished(portal: Portal) -> bool:
    """Tell whether there is anybody already."""
    async with portal.database.reading() as connection:
        return await connection.scalar(sa.select(companies.c.id).limit(1)) is not None


async def furnish(portal: Portal) -> None:
    """Make the invented clients, once; whatever is there already stays as it is."""
    if await is_furnished(portal):
        return
    await keep_rates(portal)
    password_hash = await hash_password(PASSWORD)
    turns = Turns(len(CLIENTS))
    async with asyncio.TaskGroup() as lives:
        for client in CLIENTS:
            lives.create_task(_live(portal, client, password_hash, turns))
    await present_again_what_came_back(portal)
    portal.settings.demonstration_marker.write_text(_accounts(), encoding="utf-8")


def _accounts() -> str:
    lines = [f"Mot de passe de tous les comptes : {PASSWORD}"]
    lines += [f"{client.admin.email}  ({client.legal_name})" for client in CLIENTS]
    return "\n".join(lines) + "\n"


async def _live(portal: Portal, client: Invented, password_hash: str, turns: Turns) -> None:
    try:
        await _whole_life(portal, client, password_hash, turns)
    finally:
        turns.over()


async def _whole_life(portal: Portal, client: Invented, password_hash: str, turns: Turns) -> None:
    now = portal.now()
    began = _morning(now, client.days_ago if client.days_ago is not None else 1)
    clock = StillClock(began, turns)
    await clock.move_to(began)
    past = replace(portal, clock=clock)
    viewer, contract_id = await _open(past, client, password_hash)
    if client.days_ago is None:
        return
    await clock.move_to(began + timedelta(minutes=12))
    async with past.database.reading() as connection:
        version = (await in_force(connection, past.now())).version
    await accept_and_start(past, viewer, version, ORIGIN)
    for index, colleague in enumerate(client.colleagues):
        await clock.move_to(began + timedelta(hours=2, minutes=17 * index))
        await register_user(past, viewer, colleague, ORIGIN)
    life = Life(past, clock, viewer, contract_id, now)
    if client.sends:
        await subscribe(life, client, client.sends)
    await run(life, client.runs)


async def _open(portal: Portal, client: Invented, password_hash: str) -> tuple[Viewer, str]:
    company_id, person_id, contract_id = (str(uuid.uuid4()) for _ in range(3))
    now = portal.now()

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(
            sa.insert(companies).values(
                id=company_id,
                siren=client.siren,
                legal_name=client.legal_name,
                legal_form=client.legal_form,
                street=client.street,
                postcode=client.postcode,
                city=client.city,
                created_at=now,
            )
        )
        await connection.execute(
            sa.insert(persons).values(
                id=person_id,
                company_id=company_id,
                email=client.admin.email,
                first_name=client.admin.first_name,
                last_name=client.admin.last_name,
                created_at=now,
            )
        )
        await connection.execute(
            sa.insert(accounts).values(
                person_id=person_id,
                email=client.admin.email,
                role=Role.CLIENT.value,
                password_hash=password_hash,
                confirmed_at=now,
                created_at=now,
            )
        )
        await store.open_contract(connection, contract_id=contract_id, company_id=company_id, at=now)
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=company_id, at=now)
        await opened.act(a.CreateAccount(siren=client.siren, admin=person_id), actor=person_id, at=now)

    await portal.transact(work)
    return Viewer(person_id, Role.CLIENT, company_id, "demonstration"), contract_id


def _morning(now: datetime, days_ago: int) -> datetime:
    """Return ten past nine, Paris time, so many days ago: nobody signs up at night."""
    morning = paris_instant(paris_day(now) - timedelta(days=days_ago), time(9, 10))
    return min(morning, now.astimezone(PARIS))
