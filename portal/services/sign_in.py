"""Signing in: the password, then the code of the second factor where there is one.

An address without an account takes the same work and gets the same answer. A session is given a new
cookie at each step, and the one the browser came with ends.
"""

from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records.tables import accounts, situations
from portal.services import limits, passwords, recovery_codes, second_factor, sessions
from portal.services.accounts import Account, account_with
from portal.services.context import NotFound, Origin, Portal, Role, Viewer
from portal.services.forms import FormProblems, clean
from portal.services.histories import current_contract
from portal.services.journal import note
from portal.services.limits import TooManyAttempts
from portal.services.sessions import Strength
from portal.services.sign_up import remind_to_confirm

_UNKNOWN = "Cette adresse et ce mot de passe ne vont pas ensemble. Vérifiez-les, ou choisissez un nouveau mot de passe."
_UNCONFIRMED = (
    "Il reste à confirmer votre adresse : ouvrez le dernier e-mail que nous venons de vous envoyer. "
    "Pensez aux indésirables."
)
_LONGEST_EMAIL = 254


class Step(StrEnum):
    """What comes after the password."""

    DONE = "done"
    CODE = "code"
    ENROL = "enrol"


_STEPS = {
    Strength.PASSWORD: Step.DONE,
    Strength.AWAITING_CODE: Step.CODE,
    Strength.ENROLLING: Step.ENROL,
}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The cookie, and what comes next."""

    session: str
    step: Step


async def sign_in(
    portal: Portal, email: str, password: str, *, previous: str | None, origin: Origin
) -> SignedIn:
    """Check a password; `previous` is the session cookie that the browser came with, which ends.

    Raises `FormProblems` for a wrong one, an unknown address and an unconfirmed one, `TooManyAttempts`.
    """
    typed = clean(email)[:_LONGEST_EMAIL].lower()
    await limits.spend(
        portal,
        (limits.SIGN_IN_ACCOUNT, typed),
        (limits.SIGN_IN_ADDRESS, limits.address_block(origin.ip)),
        (limits.SIGN_IN_ALL, ""),
    )
    async with portal.database.reading() as connection:
        account = await account_with(connection, typed)
    if not await passwords.matches(account.password_hash if account else None, password) or account is None:
        await _note_refused(portal, account.person_id if account else None, origin)
        raise FormProblems({"email": clean(email)[:_LONGEST_EMAIL]}, {"": _UNKNOWN})
    if not account.is_confirmed:
        await _remind(portal, account)
        raise FormProblems({"email": account.email}, {"": _UNCONFIRMED})
    renewed = (
        await passwords.hash_password(password) if passwords.is_outdated(account.password_hash) else None
    )
    strength = _strength_after_password(account)

    async def work(connection: AsyncConnection) -> SignedIn:
        # In its own row, so that a password changed meanwhile does not open a session.
        unchanged = await connection.execute(
            sa.update(accounts)
            .where(
                accounts.c.person_id == account.person_id,
                accounts.c.password_hash == account.password_hash,
            )
            .values(password_hash=renewed or account.password_hash)
        )
        if not unchanged.rowcount:
            raise FormProblems({"email": account.email}, {"": _UNKNOWN})
        await sessions.end_cookie(portal, connection, previous)
        await limits.forgive(portal, connection, limits.SIGN_IN_ACCOUNT, typed)
        if strength is Strength.PASSWORD:
            await _note_signed_in(portal, connection, account.person_id, "password", origin)
        raw = await sessions.start(portal, connection, account.person_id, strength, origin)
        return SignedIn(raw, _STEPS[strength])

    return await portal.transact(work)


async def give_code(portal: Portal, raw: str | None, typed: str, origin: Origin) -> str:
    """Finish signing in with the code of the authenticator, or a recovery code; returns the new cookie.

    Raises `NotFound` where no sign-in is under way, `FormProblems` for a wrong code, `TooManyAttempts`.
    """
    session = await sessions.session_of(portal, raw)
    if session is None or session.strength is not Strength.AWAITING_CODE:
        raise NotFound
    person_id = session.person_id
    await second_factor.spend(portal, person_id, origin)

    async def work(connection: AsyncConnection) -> str | None:
        by = await _take_code(portal, connection, person_id, typed)
        if by is None:
            await _note(portal, connection, person_id, "sign_in_refused", origin, {"step": "code"})
            return None
        if await sessions.end_cookie(portal, connection, raw) is None:
            raise NotFound
        if by == "recovery_code":
            await _note(portal, connection, person_id, "recovery_code_used", origin, {})
        await limits.forgive(portal, connection, limits.CODE_ACCOUNT, person_id)
        await _note_signed_in(portal, connection, person_id, by, origin)
        return await sessions.start(portal, connection, person_id, Strength.TOTP, origin)

    stronger = await portal.transact(work)
    if stronger is None:
        raise FormProblems({}, {"code": second_factor.WRONG_CODE})
    return stronger


async def has_started(portal: Portal, viewer: Viewer) -> bool:
    """Tell whether the viewer's company has ever started what it came for: its trial."""
    async with portal.database.reading() as connection:
        contract_id = await current_contract(connection, viewer.tenant)
        relationship = await connection.scalar(
            sa.select(situations.c.relationship).where(situations.c.contract_id == contract_id)
        )
    return relationship not in {None, "prospect"}


def _strength_after_password(account: Account) -> Strength:
    if account.has_second_factor:
        return Strength.AWAITING_CODE
    return Strength.ENROLLING if account.role is Role.STAFF else Strength.PASSWORD


async def _take_code(portal: Portal, connection: AsyncConnection, person_id: str, typed: str) -> str | None:
    if await second_factor.take(portal, connection, person_id, typed):
        return "totp"
    if await recovery_codes.take(connection, person_id, typed, portal.machine_now()):
        return "recovery_code"
    return None


async def _remind(portal: Portal, account: Account) -> None:
    try:
        await limits.spend(portal, (limits.CONFIRMATION_ACCOUNT, account.email))
    except TooManyAttempts:
        return  # the last mails are there, and still good

    async def work(connection: AsyncConnection) -> None:
        await remind_to_confirm(portal, connection, account.person_id)

    await portal.transact(work)


async def _note_refused(portal: Portal, person_id: str | None, origin: Origin) -> None:
    async def work(connection: AsyncConnection) -> None:
        await _note(portal, connection, person_id, "sign_in_refused", origin, {"step": "password"})

    await portal.transact(work)


async def _note_signed_in(
    portal: Portal, connection: AsyncConnection, person_id: str, by: str, origin: Origin
) -> None:
    await _note(portal, connection, person_id, "signed_in", origin, {"by": by})


async def _note(
    portal: Portal,
    connection: AsyncConnection,
    person_id: str | None,
    kind: str,
    origin: Origin,
    details: dict[str, str],
) -> None:
    await note(
        connection,
        at=portal.now(),
        kind=kind,
        person_id=person_id,
        by_id=None if kind == "sign_in_refused" else person_id,
        ip=origin.ip,
        details=details,
    )
