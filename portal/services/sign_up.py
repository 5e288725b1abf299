"""Signing up: the company, the person, and the mail that confirms her address.

Whether an address has an account is never told: the answer, and the work it takes, are the same, and
its owner learns of the attempt by mail. The mail's link confirms the address; it also signs in the
browser that chose the password, and only that one. So nobody can make an account on someone else's
address and wait for her to confirm it with a password that is not hers.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records import store
from portal.records.access_tables import links
from portal.records.tables import accounts, companies, contracts, outbox, persons
from portal.services import drafts, limits, passwords, sessions
from portal.services.accounts import account_of, account_with, confirm, kept_only_if, known_words
from portal.services.consequences import post
from portal.services.context import Origin, Portal, Role
from portal.services.forms import CompanyForm, FormProblems, PersonForm
from portal.services.journal import note
from portal.services.links import (
    Link,
    LinkRefused,
    LinkState,
    Purpose,
    consume,
    find,
    look,
    make,
    new_link_id,
    revoke,
)

# The second click of a double click, or the reload of a page that did not come.
_AGAIN_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The address is confirmed; `session` is the cookie of the browser that had signed up, None for another."""

    email: str
    session: str | None


def problem_with_password(company: CompanyForm, person: PersonForm) -> str | None:
    words = known_words(person.first_name, person.last_name, person.email, company.legal_name, company.siren)
    return passwords.problem_with(person.password, minimum=passwords.MINIMUM_CLIENT, context=words)


async def sign_up(
    portal: Portal, company: CompanyForm, person: PersonForm, *, browser: str, origin: Origin
) -> None:
    """Make the account, unconfirmed, and write to its address; what the browser has sent off twice is sent once.

    `browser` is the cookie of the draft. A sign-up that was never confirmed is replaced by the next
    with the same address. Raises `FormProblems`, `TooManyAttempts`.
    """
    if problem := problem_with_password(company, person):
        names = {"first_name": person.first_name, "last_name": person.last_name, "email": person.email}
        raise FormProblems(names, {"password": problem})
    draft = await drafts.find(portal, browser)
    if draft.has_just_sent_to(person.email, portal.machine_now()):
        return
    await limits.spend(
        portal,
        (limits.SIGN_UP_ADDRESS, limits.address_block(origin.ip)),
        (limits.CONFIRMATION_ACCOUNT, person.email),
    )
    password_hash = await passwords.hash_password(person.password)

    async def work(connection: AsyncConnection) -> None:
        link_id = new_link_id()
        if not await drafts.send_off(portal, connection, browser, link_id=link_id, email=person.email):
            return
        await _forget_unconfirmed(connection, person.email)
        owner = await account_with(connection, person.email)
        person_id = str(uuid.uuid4())
        async with kept_only_if(connection, owner is None):
            await _write(portal, connection, company, person, password_hash, person_id, is_free=owner is None)
            await make(portal, connection, link_id, Purpose.CONFIRM_ADDRESS, person_id)
        await post(
            connection,
            key=f"mail:sign_up:{link_id}",
            template="address_taken" if owner else "confirm_address",
            person_id=owner.person_id if owner else person_id,
            params={} if owner else {"link_id": link_id},
            as_of=portal.now(),
            machine_now=portal.machine_now(),
        )
        await note(
            connection,
            at=portal.now(),
            kind="sign_up_repeated" if owner else "account_created",
            person_id=owner.person_id if owner else person_id,
            by_id=None if owner else person_id,
            ip=origin.ip,
        )

    await portal.transact(work)


async def confirm_address(
    portal: Portal, token: str, *, browser: str | None, previous: str | None, origin: Origin
) -> Confirmed:
    """Confirm an address by its link; raises `LinkRefused`, `TooManyAttempts`.

    `browser` is the cookie of the draft, `previous` that of a session, which ends where another begins:
    her own goes on, since another tab may be in it.
    The browser that signed up may ask again for a few minutes: its click was a double one.
    """
    await limits.spend(portal, (limits.LINK_ADDRESS, limits.address_block(origin.ip)))
    draft = await drafts.find(portal, browser)
    signed_in = await sessions.viewer_of(portal, previous)

    async def work(connection: AsyncConnection) -> Confirmed:
        now = portal.machine_now()
        try:
            link = await consume(connection, token, Purpose.CONFIRM_ADDRESS, now)
        except LinkRefused:
            link = await find(connection, token, Purpose.CONFIRM_ADDRESS, now)
            if link.id != draft.link_id or not link.was_used_since(now - _AGAIN_WITHIN):
                raise
        account = await account_of(connection, link.person_id)
        if account is None:
            raise LinkRefused(LinkState.UNKNOWN)
        await confirm(portal, connection, account.person_id, origin)
        if link.id != draft.link_id or account.has_second_factor:
            return Confirmed(account.email, None)
        if signed_in is not None and signed_in.person_id == account.person_id:
            return Confirmed(account.email, previous)
        await sessions.end_cookie(portal, connection, previous)
        return Confirmed(account.email, await _signed_in(portal, connection, account.person_id, origin))

    return await portal.transact(work)


async def send_again(portal: Portal, *, token: str, browser: str | None, origin: Origin) -> None:
    """Send the confirmation again, for the link that has expired or for what this browser has signed up.

    Nothing tells whether there was anything to send. Raises `TooManyAttempts`.
    """
    draft = await drafts.find(portal, browser)
    link = await look(portal, token, Purpose.CONFIRM_ADDRESS) if token else Link("", None, LinkState.UNKNOWN)
    link_id = link.id or draft.link_id or ""
    async with portal.database.reading() as connection:
        person_id = await connection.scalar(sa.select(links.c.person_id).where(links.c.id == link_id))
        account = await account_of(connection, person_id)
    email = account.email if account else draft.sent_to
    await limits.spend(
        portal,
        (limits.LINK_ADDRESS, limits.address_block(origin.ip)),
        (limits.CONFIRMATION_ACCOUNT, email),
    )

    async def work(connection: AsyncConnection) -> None:
        fresh = new_link_id()
        is_own = browser and link_id == draft.link_id
        if is_own and not await drafts.send_off(
            portal, connection, browser or "", link_id=fresh, email=draft.sent_to
        ):
            return
        async with kept_only_if(connection, account is not None and not account.is_confirmed):
            await _write_again(portal, connection, fresh, account.person_id if account else fresh)

    await portal.transact(work)


async def _signed_in(portal: Portal, connection: AsyncConnection, person_id: str, origin: Origin) -> str:
    await note(
        connection,
        at=portal.now(),
        kind="signed_in",
        person_id=person_id,
        by_id=person_id,
        ip=origin.ip,
        details={"by": "link"},
    )
    return await sessions.start(portal, connection, person_id, sessions.Strength.PASSWORD, origin)


async def remind_to_confirm(portal: Portal, connection: AsyncConnection, person_id: str) -> None:
    """Send the confirmation again to someone who has shown her password but not her mailbox."""
    await _write_again(portal, connection, new_link_id(), person_id)


async def _write_again(portal: Portal, connection: AsyncConnection, link_id: str, person_id: str) -> None:
    await revoke(connection, Purpose.CONFIRM_ADDRESS, person_id, portal.machine_now())
    await make(portal, connection, link_id, Purpose.CONFIRM_ADDRESS, person_id)
    await post(
        connection,
        key=f"mail:sign_up:{link_id}",
        template="confirm_address",
        person_id=person_id,
        params={"link_id": link_id},
        as_of=portal.now(),
        machine_now=portal.machine_now(),
    )


async def _forget_unconfirmed(connection: AsyncConnection, email: str) -> None:
    """Delete the sign-up with that address that nobody confirmed; the same statements where there is none."""
    row = (
        await connection.execute(
            sa.select(persons.c.id, persons.c.company_id)
            .join(accounts, accounts.c.person_id == persons.c.id)
            .where(accounts.c.email == email, accounts.c.confirmed_at.is_(None))
        )
    ).first()
    await delete_unconfirmed(connection, row.id if row else "", row.company_id if row else "")


async def delete_unconfirmed(connection: AsyncConnection, person_id: str, company_id: str) -> None:
    """Delete a sign-up that nobody confirmed, with all that was written for it."""
    for table, whose in (
        (links, links.c.person_id == person_id),
        (outbox, sa.and_(outbox.c.person_id == person_id, outbox.c.sent_at.is_(None))),
        (accounts, accounts.c.person_id == person_id),
        (persons, persons.c.id == person_id),
        (contracts, contracts.c.company_id == company_id),
        (companies, companies.c.id == company_id),
    ):
        await connection.execute(sa.delete(table).where(whose))


async def _write(
    portal: Portal,
    connection: AsyncConnection,
    company: CompanyForm,
    person: PersonForm,
    password_hash: str,
    person_id: str,
    *,
    is_free: bool,
) -> None:
    now = portal.now()
    company_id, contract_id = str(uuid.uuid4()), str(uuid.uuid4())
    await connection.execute(
        sa.insert(companies).values(id=company_id, created_at=now, **company.model_dump())
    )
    await connection.execute(
        sa.insert(persons).values(
            id=person_id,
            company_id=company_id,
            email=person.email,
            first_name=person.first_name,
            last_name=person.last_name,
            created_at=now,
        )
    )
    await connection.execute(
        sa.insert(accounts).values(
            person_id=person_id,
            # Where the address is taken this is taken back in a moment, and must not collide before.
            email=person.email if is_free else person_id,
            role=Role.CLIENT.value,
            password_hash=password_hash,
            created_at=now,
        )
    )
    await store.open_contract(connection, contract_id=contract_id, company_id=company_id, at=now)
