"""The second factor: the six digits of an authenticator (TOTP, RFC 6238).

Staff must have one: until it is confirmed their session is good for nothing else. Clients may. Seeds are
kept encrypted, bound to their person. A code counts once: the last counter taken is kept and only a later
one is taken, so that neither the same code nor an older one opens a second time.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno
import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records.tables import accounts
from portal.services import limits, recovery_codes, sessions
from portal.services.consequences import post
from portal.services.context import NotFound, Origin, Portal, Role, Viewer
from portal.services.forms import FormProblems
from portal.services.journal import note
from portal.services.keys import CannotOpen, keys_of
from portal.services.links import new_link_id
from portal.services.own_password import must_know
from portal.services.recovery_codes import Codes
from portal.services.sessions import Session, Strength

log = structlog.get_logger()

ISSUER = "EXANERGY CRM"
_STEP_SECONDS = 30
# One step before and after: clocks of phones differ, and people type slowly.
_TOLERANCE = (0, -1, 1)
_DIGITS = 6
WRONG_CODE = "Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant et recopiez-le."


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A second factor being set up: one seed, as a picture to scan (a data: address) and as letters to type."""

    qr: str
    uri: str
    secret: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How one's second factor stands."""

    is_on: bool
    codes: Codes


async def standing(portal: Portal, viewer: Viewer) -> Standing:
    """Return how the viewer's own second factor stands."""
    async with portal.database.reading() as connection:
        confirmed_at = await connection.scalar(
            sa.select(accounts.c.totp_confirmed_at).where(accounts.c.person_id == viewer.person_id)
        )
        codes = await recovery_codes.codes_of(portal, connection, viewer.person_id)
    return Standing(confirmed_at is not None, codes)


async def begin(portal: Portal, session: Session, current: str, origin: Origin) -> None:
    """Make a new seed, to be confirmed by a first code.

    Whoever is signed in shows her password again; a member of staff who enrols has just done so.
    Raises `FormProblems`, `TooManyAttempts`.
    """
    _must_have_shown_her_password(session)
    if session.strength is not Strength.ENROLLING:
        await must_know(portal, session, current)
    seed = pyotp.random_base32()
    sealed = keys_of(portal.settings).seal(seed.encode(), bound_to=session.person_id)

    async def work(connection: AsyncConnection) -> None:
        begun = await connection.execute(
            sa.update(accounts)
            .where(accounts.c.person_id == session.person_id, accounts.c.totp_confirmed_at.is_(None))
            .values(totp_secret=sealed, totp_last_counter=None)
        )
        if not begun.rowcount:
            raise FormProblems({}, {"": "Votre double authentification est déjà en place."})
        await _note(portal, connection, session, "second_factor_begun", origin)

    await portal.transact(work)


async def is_begun(portal: Portal, session: Session) -> bool:
    """Tell whether a second factor is being set up, that is, whether `enrolment` gives one."""
    return await enrolment(portal, session) is not None


async def enrolment(portal: Portal, session: Session) -> Enrolment | None:
    """Return the second factor that is being set up, or None: show it to its owner alone, and keep it nowhere."""
    _must_have_shown_her_password(session)
    async with portal.database.reading() as connection:
        row = (
            await connection.execute(
                sa.select(accounts.c.totp_secret, accounts.c.email).where(
                    accounts.c.person_id == session.person_id,
                    accounts.c.totp_confirmed_at.is_(None),
                    accounts.c.totp_secret.is_not(None),
                )
            )
        ).first()
    if row is None:
        return None
    seed = keys_of(portal.settings).unseal(row.totp_secret, bound_to=session.person_id).decode()
    uri = pyotp.TOTP(seed).provisioning_uri(name=row.email, issuer_name=ISSUER)
    # Black on white in dark mode too: some cameras read nothing else.
    qr = segno.make_qr(uri, error="m").svg_data_uri(scale=4, border=4, dark="#000", light="#fff")
    return Enrolment(qr, uri, " ".join(seed[start : start + 4] for start in range(0, len(seed), 4)))


async def confirm(portal: Portal, session: Session, code: str, origin: Origin) -> str:
    """Put the second factor in place by its first code; every other session ends, and this one is renewed.

    Returns the cookie. Raises `FormProblems`, `TooManyAttempts`.
    """
    _must_have_shown_her_password(session)
    await spend(portal, session.person_id, origin)

    async def work(connection: AsyncConnection) -> str:
        if not await take(portal, connection, session.person_id, code, is_confirmed=False):
            raise FormProblems({}, {"code": WRONG_CODE})
        await connection.execute(
            sa.update(accounts)
            .where(accounts.c.person_id == session.person_id)
            .values(totp_confirmed_at=portal.now())
        )
        await recovery_codes.make(portal, connection, session.person_id)
        await limits.forgive(portal, connection, limits.CODE_ACCOUNT, session.person_id)
        return await _renewed(portal, connection, session, Strength.TOTP, "on", origin)

    return await portal.transact(work)


async def remove(portal: Portal, session: Session, current: str, origin: Origin) -> str:
    """Take the second factor away, for clients; every other session ends, and this one is renewed.

    Returns the cookie. Raises `FormProblems`, `TooManyAttempts`.
    """
    _must_have_shown_her_password(session)
    if session.role is Role.STAFF:
        raise FormProblems(
            {}, {"": "La double authentification est obligatoire pour l’équipe : elle ne se retire pas."}
        )
    await must_know(portal, session, current)

    async def work(connection: AsyncConnection) -> str:
        await connection.execute(
            sa.update(accounts)
            .where(accounts.c.person_id == session.person_id)
            .values(totp_secret=None, totp_confirmed_at=None, totp_last_counter=None)
        )
        await recovery_codes.forget(connection, session.person_id)
        return await _renewed(portal, connection, session, Strength.PASSWORD, "off", origin)

    return await portal.transact(work)


async def renew_codes(portal: Portal, session: Session, current: str, origin: Origin) -> None:
    """Replace the recovery codes. Raises `FormProblems`, `TooManyAttempts`."""
    _must_have_shown_her_password(session)
    account = await must_know(portal, session, current)
    if not account.has_second_factor:
        raise FormProblems(
            {}, {"": "Les codes de secours viennent avec la double authentification : activez-la."}
        )

    async def work(connection: AsyncConnection) -> None:
        await recovery_codes.make(portal, connection, session.person_id)
        await _note(portal, connection, session, "recovery_codes_made", origin)

    await portal.transact(work)


async def spend(portal: Portal, person_id: str, origin: Origin) -> None:
    """Count one code typed, right or wrong; raises `TooManyAttempts`."""
    await limits.spend(
        portal,
        (limits.CODE_ACCOUNT, person_id),
        (limits.CODE_ADDRESS, limits.address_block(origin.ip)),
    )


async def take(
    portal: Portal, connection: AsyncConnection, person_id: str, typed: str, *, is_confirmed: bool = True
) -> bool:
    """Use up the six digits that were typed; of many at once one succeeds."""
    confirmed = accounts.c.totp_confirmed_at.is_not(None)
    whose = sa.and_(accounts.c.person_id == person_id, confirmed if is_confirmed else sa.not_(confirmed))
    sealed = await connection.scalar(sa.select(accounts.c.totp_secret).where(whose))
    digits = "".join(typed[:200].split())
    counter = _counter_of(portal, person_id, sealed, digits) if sealed and len(digits) == _DIGITS else None
    if counter is None:
        return False
    last = accounts.c.totp_last_counter
    taken = await connection.execute(
        sa.update(accounts)
        .where(whose, sa.or_(last.is_(None), last < counter))
        .values(totp_last_counter=counter)
    )
    return taken.rowcount == 1


def _counter_of(portal: Portal, person_id: str, sealed: bytes, digits: str) -> int | None:
    """Return the step of time that the digits belong to, None where they belong to none that is near."""
    try:
        seed = keys_of(portal.settings).unseal(sealed, bound_to=person_id).decode()
    except CannotOpen:
        # The secret key was lost or replaced. Recovery codes need none: they still let her in.
        log.exception("second_factor.seed_unreadable", person=person_id)
        return None
    totp, now = pyotp.TOTP(seed), _step(portal.machine_now())
    near = [now + one for one in _TOLERANCE]
    return next(
        (one for one in near if hmac.compare_digest(totp.generate_otp(one).encode(), digits.encode())), None
    )


def _step(at: datetime) -> int:
    return int(at.timestamp()) // _STEP_SECONDS


def _must_have_shown_her_password(session: Session) -> None:
    """Raise `NotFound` for who has yet to give the code of the factor she already has."""
    if session.strength is Strength.AWAITING_CODE:
        raise NotFound


async def _renewed(
    portal: Portal,
    connection: AsyncConnection,
    session: Session,
    strength: Strength,
    state: str,
    origin: Origin,
) -> str:
    """End every session, say that the factor has changed, and return the cookie of a new session."""
    await sessions.end_all(portal, connection, session.person_id)
    await post(
        connection,
        key=f"mail:second_factor:{new_link_id()}",
        template="second_factor_changed",
        person_id=session.person_id,
        params={"state": state},
        as_of=portal.now(),
        machine_now=portal.machine_now(),
    )
    await _note(portal, connection, session, f"second_factor_{state}", origin)
    return await sessions.start(portal, connection, session.person_id, strength, origin)


async def _note(
    portal: Portal, connection: AsyncConnection, session: Session, kind: str, origin: Origin
) -> None:
    await note(
        connection,
        at=portal.now(),
        kind=kind,
        person_id=session.person_id,
        company_id=session.company_id,
        by_id=session.person_id,
        ip=origin.ip,
    )
