"""One's own password: forgotten and replaced by a mail's link, changed, and asked for again before what matters.

A new password ends every session of the person. A link by mail never stands in for the second factor:
after it, one signs in as always.
"""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records.tables import accounts
from portal.services import limits, passwords, sessions
from portal.services.accounts import Account, account_of, account_with, confirm, kept_only_if
from portal.services.consequences import post
from portal.services.context import NotFound, Origin, Portal, Role, Viewer
from portal.services.forms import FormProblems
from portal.services.journal import note
from portal.services.links import LinkRefused, LinkState, Purpose, consume, look, make, new_link_id, revoke
from portal.services.sessions import Session

_NOT_YOURS = (
    "Ce n’est pas votre mot de passe actuel. Vérifiez les majuscules, ou demandez un lien par e-mail."
)
_MEANWHILE = "Votre mot de passe vient d’être changé ailleurs. Reconnectez-vous avec le nouveau."


async def forgot(portal: Portal, email: str, origin: Origin) -> None:
    """Send a link for a new password, if the address has an account; nothing tells whether it has.

    Raises `TooManyAttempts`.
    """
    await limits.spend(
        portal,
        (limits.RESET_ADDRESS, limits.address_block(origin.ip)),
        (limits.RESET_ACCOUNT, email),
    )

    async def work(connection: AsyncConnection) -> None:
        account = await account_with(connection, email)
        link_id = new_link_id()
        # Whom there is nobody for, the same is written for, and taken back.
        person_id = account.person_id if account else link_id
        async with kept_only_if(connection, account is not None):
            await revoke(connection, Purpose.RESET_PASSWORD, person_id, portal.machine_now())
            await make(portal, connection, link_id, Purpose.RESET_PASSWORD, person_id)
            await post(
                connection,
                key=f"mail:reset:{link_id}",
                template="reset_password",
                person_id=person_id,
                params={"link_id": link_id},
                as_of=portal.now(),
                machine_now=portal.machine_now(),
            )
        await note(
            connection,
            at=portal.now(),
            kind="password_reset_asked",
            person_id=account.person_id if account else None,
            ip=origin.ip,
        )

    await portal.transact(work)


async def reset(portal: Portal, token: str, password: str, origin: Origin) -> None:
    """Replace a forgotten password by the link's; the mailbox being shown, the address is confirmed too.

    Raises `LinkRefused`, `FormProblems`, `TooManyAttempts`. A password that is refused leaves the link good.
    """
    await limits.spend(portal, (limits.LINK_ADDRESS, limits.address_block(origin.ip)))
    link = await look(portal, token, Purpose.RESET_PASSWORD)
    async with portal.database.reading() as connection:
        account = await account_of(connection, link.person_id)
    if link.state is not LinkState.GOOD or account is None:
        raise LinkRefused(link.state if account else LinkState.UNKNOWN)
    _must_be_good(account, password)
    password_hash = await passwords.hash_password(password)

    async def work(connection: AsyncConnection) -> None:
        await consume(connection, token, Purpose.RESET_PASSWORD, portal.machine_now())
        await confirm(portal, connection, account.person_id, origin)
        await _replace(portal, connection, account, password_hash, origin, by="link")

    await portal.transact(work)


async def change(portal: Portal, viewer: Viewer, current: str, password: str, origin: Origin) -> str:
    """Change the password; every session ends, and a new one begins for the browser that asked.

    Returns its cookie. Raises `FormProblems`, `TooManyAttempts`.
    """
    account = await must_know(portal, viewer, current)
    _must_be_good(account, password)
    password_hash = await passwords.hash_password(password)

    async def work(connection: AsyncConnection) -> str:
        asked_in = await sessions.strength_of(connection, viewer)
        await _replace(portal, connection, account, password_hash, origin, by="password")
        return await sessions.start(portal, connection, account.person_id, asked_in, origin)

    return await portal.transact(work)


async def must_know(
    portal: Portal, who: Viewer | Session, password: str, *, field: str = "current"
) -> Account:
    """Return the account of who is asking, once she has shown her password again.

    Raises `FormProblems` for a wrong one, `TooManyAttempts` for several.
    """
    await limits.spend(portal, (limits.PASSWORD_CHECK, who.person_id))
    async with portal.database.reading() as connection:
        account = await account_of(connection, who.person_id)
    if account is None:
        raise NotFound
    if not await passwords.matches(account.password_hash, password):
        raise FormProblems({}, {field: _NOT_YOURS})
    return account


def _must_be_good(account: Account, password: str) -> None:
    minimum = passwords.MINIMUM_STAFF if account.role is Role.STAFF else passwords.MINIMUM_CLIENT
    if problem := passwords.problem_with(password, minimum=minimum, context=account.known_words):
        raise FormProblems({}, {"password": problem})


async def _replace(
    portal: Portal,
    connection: AsyncConnection,
    account: Account,
    password_hash: str,
    origin: Origin,
    *,
    by: str,
) -> None:
    now = portal.now()
    replaced = await connection.execute(
        sa.update(accounts)
        .where(accounts.c.person_id == account.person_id, accounts.c.password_hash == account.password_hash)
        .values(password_hash=password_hash)
    )
    if not replaced.rowcount:
        raise FormProblems({}, {"": _MEANWHILE})
    await sessions.end_all(portal, connection, account.person_id)
    await revoke(connection, Purpose.RESET_PASSWORD, account.person_id, portal.machine_now())
    for limit, subject in (
        (limits.SIGN_IN_ACCOUNT, account.email),
        (limits.PASSWORD_CHECK, account.person_id),
    ):
        await limits.forgive(portal, connection, limit, subject)
    await post(
        connection,
        key=f"mail:password_changed:{new_link_id()}",
        template="password_changed",
        person_id=account.person_id,
        as_of=now,
        machine_now=portal.machine_now(),
    )
    await note(
        connection,
        at=now,
        kind="password_changed",
        person_id=account.person_id,
        company_id=account.company_id,
        by_id=account.person_id,
        ip=origin.ip,
        details={"by": by},
    )
