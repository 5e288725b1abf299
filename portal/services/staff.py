"""The vendor's staff: how the first member comes in.

There is no account to begin with and no default one. Whoever runs the portal is given a one-time link,
on the terminal and nowhere else, as long as there is nobody.
"""

import uuid

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records.tables import accounts, persons
from portal.services import limits, passwords, sessions
from portal.services.accounts import account_with, known_words
from portal.services.context import Origin, Portal, Role
from portal.services.forms import FormProblems, PersonForm
from portal.services.journal import note
from portal.services.links import (
    LinkRefused,
    LinkState,
    Purpose,
    address,
    consume,
    look,
    make,
    new_link_id,
    revoke,
)
from portal.services.sessions import Strength


async def first_staff_link(portal: Portal) -> str | None:
    """Return the address that makes the first member of the staff; None where there is one.

    Those given before are worth nothing any more.
    """

    async def work(connection: AsyncConnection) -> str | None:
        if await _is_there_staff(connection):
            return None
        link_id = new_link_id()
        await revoke(connection, Purpose.FIRST_STAFF, None, portal.machine_now())
        await make(portal, connection, link_id, Purpose.FIRST_STAFF, None)
        return address(portal.settings, Purpose.FIRST_STAFF, link_id)

    return await portal.transact(work)


async def become_first_staff(
    portal: Portal, token: str, person: PersonForm, origin: Origin, *, previous: str | None = None
) -> str:
    """Make the first member of the staff by the one-time link.

    Returns the cookie of a session that may only set up the second factor; `previous`, the one that the browser
    came with, ends. Raises `LinkRefused`,
    `FormProblems`, `TooManyAttempts`; a form that is refused leaves the link good.
    """
    await limits.spend(portal, (limits.LINK_ADDRESS, limits.address_block(origin.ip)))
    link = await look(portal, token, Purpose.FIRST_STAFF)
    if link.state is not LinkState.GOOD:
        raise LinkRefused(link.state)
    words = known_words(person.first_name, person.last_name, person.email, portal.settings.vendor_name)
    if problem := passwords.problem_with(person.password, minimum=passwords.MINIMUM_STAFF, context=words):
        raise FormProblems(_typed(person), {"password": problem})
    password_hash = await passwords.hash_password(person.password)

    async def work(connection: AsyncConnection) -> str:
        await consume(connection, token, Purpose.FIRST_STAFF, portal.machine_now())
        if await _is_there_staff(connection):
            raise LinkRefused(LinkState.USED)
        if await account_with(connection, person.email):
            taken = "Cette adresse a déjà un compte de client : prenez-en une autre pour l’équipe."
            raise FormProblems(_typed(person), {"email": taken})
        person_id = await _write(portal, connection, person, password_hash)
        await note(
            connection,
            at=portal.now(),
            kind="account_created",
            person_id=person_id,
            by_id=person_id,
            ip=origin.ip,
        )
        await sessions.end_cookie(portal, connection, previous)
        return await sessions.start(portal, connection, person_id, Strength.ENROLLING, origin)

    return await portal.transact(work)


async def _is_there_staff(connection: AsyncConnection) -> bool:
    found = await connection.scalar(
        sa.select(accounts.c.person_id).where(accounts.c.role == Role.STAFF.value).limit(1)
    )
    return found is not None


async def _write(portal: Portal, connection: AsyncConnection, person: PersonForm, password_hash: str) -> str:
    person_id, now = str(uuid.uuid4()), portal.now()
    await connection.execute(
        sa.insert(persons).values(
            id=person_id,
            email=person.email,
            first_name=person.first_name,
            last_name=person.last_name,
            created_at=now,
        )
    )
    await connection.execute(
        sa.insert(accounts).values(
            person_id=person_id,
            email=person.email,
            role=Role.STAFF.value,
            password_hash=password_hash,
            # Whoever holds the link runs the portal: she needs no mail to be believed.
            confirmed_at=now,
            created_at=now,
        )
    )
    return person_id


def _typed(person: PersonForm) -> dict[str, str]:
    return {"first_name": person.first_name, "last_name": person.last_name, "email": person.email}
