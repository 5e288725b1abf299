"""How another administrator of a client comes in, and how her access ends.

The account is bound to the person who was named and to the address that was invited: whoever opens the link
shows that mailbox, and chooses nothing but a password.
"""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records.access_tables import links, recovery_codes, sessions
from portal.records.tables import accounts, companies, persons
from portal.services import limits, passwords
from portal.services import sessions as session_service
from portal.services.accounts import account_with, known_words
from portal.services.context import Origin, Portal, Role
from portal.services.forms import FormProblems
from portal.services.journal import note
from portal.services.links import (
    LinkRefused,
    LinkState,
    Purpose,
    consume,
    look,
    make,
    new_link_id,
    revoke,
)
from portal.services.sessions import Strength

_TAKEN = (
    "Votre adresse a déjà un compte du portail, pour une autre entreprise. Demandez à être inscrit ici avec une "
    "autre adresse."
)


async def invite(portal: Portal, connection: AsyncConnection, person_id: str) -> str:
    """Make the link by which a person opens her account; those made before are worth nothing any more."""
    link_id = new_link_id()
    await revoke(connection, Purpose.INVITATION, person_id, portal.machine_now())
    await make(portal, connection, link_id, Purpose.INVITATION, person_id)
    return link_id


async def close_access(portal: Portal, connection: AsyncConnection, person_id: str) -> None:
    """End a person's access to the portal: her account goes, with its sessions; she stays in the history."""
    await revoke(connection, Purpose.INVITATION, person_id, portal.machine_now())
    for table, whose in (
        (sessions, sessions.c.person_id),
        (recovery_codes, recovery_codes.c.person_id),
        (links, links.c.person_id),
        (accounts, accounts.c.person_id),
    ):
        await connection.execute(sa.delete(table).where(whose == person_id))


async def open_account(
    portal: Portal, token: str, password: str, origin: Origin, *, previous: str | None = None
) -> str:
    """Open the account of an invited administrator; return the cookie of a session.

    `previous` is the session cookie that the browser came with, whosever it was: it ends. Raises `LinkRefused`,
    `FormProblems`, `TooManyAttempts`; a password that is refused leaves the link good.
    """
    await limits.spend(portal, (limits.LINK_ADDRESS, limits.address_block(origin.ip)))
    link = await look(portal, token, Purpose.INVITATION)
    async with portal.database.reading() as connection:
        invited = (
            await connection.execute(
                sa.select(persons, companies.c.legal_name, companies.c.siren)
                .join(companies, companies.c.id == persons.c.company_id)
                .where(persons.c.id == link.person_id)
            )
        ).first()
    if link.state is not LinkState.GOOD or invited is None:
        raise LinkRefused(link.state if invited else LinkState.UNKNOWN)
    words = known_words(
        invited.first_name, invited.last_name, invited.email, invited.legal_name, invited.siren
    )
    if problem := passwords.problem_with(password, minimum=passwords.MINIMUM_CLIENT, context=words):
        raise FormProblems({}, {"password": problem})
    password_hash = await passwords.hash_password(password)

    async def work(connection: AsyncConnection) -> str:
        now = portal.now()
        await consume(connection, token, Purpose.INVITATION, portal.machine_now())
        if await account_with(connection, invited.email):
            raise FormProblems({}, {"": _TAKEN})
        await connection.execute(
            sa.insert(accounts).values(
                person_id=invited.id,
                email=invited.email.lower(),
                role=Role.CLIENT.value,
                password_hash=password_hash,
                # The link came by mail to that address: whoever holds it reads that mailbox.
                confirmed_at=now,
                created_at=now,
            )
        )
        await note(
            connection,
            at=now,
            kind="account_created",
            person_id=invited.id,
            company_id=invited.company_id,
            by_id=invited.id,
            ip=origin.ip,
        )
        await session_service.end_cookie(portal, connection, previous)
        return await session_service.start(portal, connection, invited.id, Strength.PASSWORD, origin)

    return await portal.transact(work)
