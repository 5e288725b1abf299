"""Sessions: who a cookie belongs to, for how long, and how one is ended.

The cookie is 256 random bits; only their SHA-256 is kept. A new one is given at every sign-in and
whenever the session grows stronger, so that one planted before is worth nothing after. A person may
have any number of sessions; she sees and ends them on her page. The longest any lasts is twelve hours.

Ended sessions and idle ones are refused at the next event, on sockets that are already open too:
`viewer_of` looks at each.
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records.access_tables import sessions
from portal.records.tables import accounts, persons
from portal.services.context import NotFound, Origin, Portal, Role, Viewer
from portal.services.journal import note
from portal.services.keys import fingerprint

log = structlog.get_logger()

ABSOLUTE = timedelta(hours=12)
IDLE = {Role.CLIENT: timedelta(hours=2), Role.STAFF: timedelta(minutes=30)}
# Between the password and the code.
HALFWAY = timedelta(minutes=10)
_SEEN_EVERY = timedelta(minutes=1)
_RANDOM_BYTES = 32


class Strength(StrEnum):
    """What a session has shown. The last two admit to nothing but the next step of signing in."""

    PASSWORD = "password"  # noqa: S105 -- a strength
    TOTP = "totp"
    AWAITING_CODE = "awaiting_code"
    ENROLLING = "enrolling"


_ADMITTED = {
    Role.CLIENT: frozenset({Strength.PASSWORD, Strength.TOTP}),
    Role.STAFF: frozenset({Strength.TOTP}),
}


@dataclass(frozen=True, slots=True)
class Session:
    """A live session, whatever its strength."""

    public_id: str
    person_id: str
    company_id: str | None
    role: Role
    strength: Strength

    @property
    def viewer(self) -> Viewer | None:
        """Who is asking; None while the sign-in is not finished."""
        if self.strength not in _ADMITTED[self.role]:
            return None
        return Viewer(self.person_id, self.role, self.company_id, self.public_id)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its owner sees it."""

    public_id: str
    started_at: datetime
    seen_at: datetime
    ip: str
    user_agent: str
    is_current: bool


async def viewer_of(portal: Portal, raw: str | None) -> Viewer | None:
    """Return who the cookie belongs to, now; None for whoever has not finished signing in."""
    session = await session_of(portal, raw)
    return session.viewer if session else None


async def session_of(portal: Portal, raw: str | None, *, by_itself: bool = False) -> Session | None:
    """Return the live session of a cookie, and remember at most once a minute that it was seen.

    What a page sends `by_itself` does not keep it alive: nobody need be there.
    """
    if not raw:
        return None
    now = portal.machine_now()
    id_hash = fingerprint(raw)
    async with portal.database.reading() as connection:
        row = (
            await connection.execute(
                sa.select(sessions, accounts.c.role, persons.c.company_id)
                .join(accounts, accounts.c.person_id == sessions.c.person_id)
                .join(persons, persons.c.id == sessions.c.person_id)
                .where(
                    sessions.c.id_hash == id_hash, sessions.c.ended_at.is_(None), sessions.c.expires_at > now
                )
            )
        ).first()
    if row is None:
        return None
    role = Role(row.role)
    if row.seen_at <= now - IDLE[role]:
        return None
    if not by_itself and row.seen_at <= now - _SEEN_EVERY:
        await _seen(portal, id_hash, now)
    return Session(row.public_id, row.person_id, row.company_id, role, Strength(row.strength))


async def start(
    portal: Portal, connection: AsyncConnection, person_id: str, strength: Strength, origin: Origin
) -> str:
    """Start a session; return what goes into the cookie and nowhere else."""
    now = portal.machine_now()
    raw = secrets.token_urlsafe(_RANDOM_BYTES)
    await connection.execute(
        sa.insert(sessions).values(
            id_hash=fingerprint(raw),
            public_id=str(uuid.uuid4()),
            person_id=person_id,
            strength=strength.value,
            started_at=now,
            seen_at=now,
            expires_at=now + (HALFWAY if strength is Strength.AWAITING_CODE else ABSOLUTE),
            ip=origin.ip,
            user_agent=origin.user_agent,
        )
    )
    return raw


async def end_cookie(portal: Portal, connection: AsyncConnection, raw: str | None) -> str | None:
    """End the session of a cookie; return whose it was, None where it had ended."""
    if not raw:
        return None
    ended: str | None = await connection.scalar(
        sa.update(sessions)
        .where(sessions.c.id_hash == fingerprint(raw), sessions.c.ended_at.is_(None))
        .values(ended_at=portal.machine_now())
        .returning(sessions.c.person_id)
    )
    return ended


async def end_all(
    portal: Portal, connection: AsyncConnection, person_id: str, *, but: str | None = None
) -> int:
    """End a person's sessions, all `but` the one with that public id; return how many."""
    query = sa.update(sessions).where(sessions.c.person_id == person_id, sessions.c.ended_at.is_(None))
    if but is not None:
        query = query.where(sessions.c.public_id != but)
    ended = await connection.execute(query.values(ended_at=portal.machine_now()))
    return ended.rowcount


async def strength_of(connection: AsyncConnection, viewer: Viewer) -> Strength:
    """Return what the viewer's session has shown; raises `NotFound` where it has just ended."""
    found: str | None = await connection.scalar(
        sa.select(sessions.c.strength).where(
            sessions.c.public_id == viewer.session_id,
            sessions.c.person_id == viewer.person_id,
            sessions.c.ended_at.is_(None),
        )
    )
    if found is None:
        raise NotFound
    return Strength(found)


async def sign_out(portal: Portal, raw: str | None, origin: Origin) -> None:
    """End the session of a cookie; twice is as good as once."""

    async def work(connection: AsyncConnection) -> None:
        person_id = await end_cookie(portal, connection, raw)
        if person_id is not None:
            await note(
                connection,
                at=portal.now(),
                kind="signed_out",
                person_id=person_id,
                by_id=person_id,
                ip=origin.ip,
            )

    await portal.transact(work)


async def own_sessions(portal: Portal, viewer: Viewer) -> tuple[OpenSession, ...]:
    """Return the viewer's live sessions, the one she is in first, then the last seen."""
    now = portal.machine_now()
    async with portal.database.reading() as connection:
        rows = await connection.execute(
            sa.select(sessions)
            .where(
                sessions.c.person_id == viewer.person_id,
                sessions.c.ended_at.is_(None),
                sessions.c.expires_at > now,
                sessions.c.seen_at > now - IDLE[viewer.role],
                sessions.c.strength.in_(sorted(_ADMITTED[viewer.role])),
            )
            .order_by(sessions.c.public_id != viewer.session_id, sessions.c.seen_at.desc())
        )
        return tuple(
            OpenSession(
                row.public_id,
                row.started_at,
                row.seen_at,
                row.ip,
                row.user_agent,
                row.public_id == viewer.session_id,
            )
            for row in rows
        )


async def end_one(portal: Portal, viewer: Viewer, public_id: str, origin: Origin) -> None:
    """End one of the viewer's own sessions; another person's and a missing one are both `NotFound`."""

    async def work(connection: AsyncConnection) -> None:
        ended = await connection.scalar(
            sa.update(sessions)
            .where(
                sessions.c.public_id == public_id,
                sessions.c.person_id == viewer.person_id,
                sessions.c.ended_at.is_(None),
            )
            .values(ended_at=portal.machine_now())
            .returning(sessions.c.id_hash)
        )
        if ended is None:
            raise NotFound
        await _note_ended(portal, connection, viewer, origin, 1)

    await portal.transact(work)


async def end_others(portal: Portal, viewer: Viewer, origin: Origin) -> int:
    """End all the viewer's sessions but the one she is in; return how many."""

    async def work(connection: AsyncConnection) -> int:
        ended = await end_all(portal, connection, viewer.person_id, but=viewer.session_id)
        if ended:
            await _note_ended(portal, connection, viewer, origin, ended)
        return ended

    return await portal.transact(work)


async def _seen(portal: Portal, id_hash: str, now: datetime) -> None:
    try:
        async with portal.database.transaction() as connection:
            await connection.execute(
                sa.update(sessions)
                .where(sessions.c.id_hash == id_hash, sessions.c.seen_at <= now - _SEEN_EVERY)
                .values(seen_at=now)
            )
    except OperationalError:
        # What the person asked for goes on: the next event will try again.
        log.warning("session.not_marked_seen")


async def _note_ended(
    portal: Portal, connection: AsyncConnection, viewer: Viewer, origin: Origin, ended: int
) -> None:
    await note(
        connection,
        at=portal.now(),
        kind="session_ended",
        person_id=viewer.person_id,
        company_id=viewer.company_id,
        by_id=viewer.person_id,
        ip=origin.ip,
        details={"sessions": ended},
    )
