"""The calendar feed: a private address under which a calendar program reads an administrator's dates, as they are now.

The address is known to her alone: only its hash is kept, and for ten minutes, until a program has read it, the link
from which it is derived (`links`), so that her page can show it. It needs no cookie, so whoever has it reads the
dates, and nothing else; she replaces or revokes it at any time, and it ends with her role.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records.access_tables import feeds, links
from portal.records.tables import accounts, persons
from portal.services.agenda import agenda, changed_at
from portal.services.context import NotFound, Origin, Portal, Role, Viewer
from portal.services.evidence import must_administer
from portal.services.journal import note
from portal.services.keys import fingerprint
from portal.services.limits import FEED, FEED_ADDRESS, address_block, spend
from portal.services.links import Purpose, make, new_link_id, revoke, secret_of
from portal.services.reading import own_contract

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_READ_TO: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Feed:
    """An address that works; `read_at` is None where no program has read it yet."""

    made_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Published:
    """The dates as a program reads them: the calendar, what tells whether it has changed, and when it did."""

    content: bytes
    etag: str
    changed_at: datetime


async def own_feed(portal: Portal, viewer: Viewer) -> Feed | None:
    """Return the viewer's own address that works, if there is one."""
    query = sa.select(feeds).where(feeds.c.person_id == viewer.person_id)
    async with portal.database.reading() as connection:
        row = (await connection.execute(query)).first()
    return Feed(row.made_at, row.read_at) if row else None


async def make_feed(portal: Portal, viewer: Viewer, origin: Origin) -> str:
    """Make an address for an administrator and return it; one from before gives nothing any more.

    Raises `Refusal` `not_administrator`.
    """
    await _must_administer(portal, viewer)
    link_id = new_link_id()
    token = secret_of(portal.settings, link_id)

    async def work(connection: AsyncConnection) -> None:
        replaced = await _forget(connection, viewer.person_id)
        await connection.execute(
            sa.insert(feeds).values(
                person_id=viewer.person_id, token_hash=fingerprint(token), made_at=portal.now()
            )
        )
        await revoke(connection, Purpose.FEED, viewer.person_id, portal.machine_now())
        await make(portal, connection, link_id, Purpose.FEED, viewer.person_id)
        await _note(portal, connection, viewer, "feed_replaced" if replaced else "feed_made", origin)

    await portal.transact(work)
    return _address(portal, token)


async def new_address(portal: Portal, viewer: Viewer) -> str | None:
    """Return the viewer's address for as long as she may have to copy it; None once a program has read it."""
    query = (
        sa.select(links.c.id)
        .join(feeds, feeds.c.token_hash == links.c.token_hash)
        .where(
            feeds.c.person_id == viewer.person_id,
            feeds.c.read_at.is_(None),
            links.c.purpose == Purpose.FEED.value,
            links.c.expires_at > portal.machine_now(),
        )
    )
    async with portal.database.reading() as connection:
        link_id = await connection.scalar(query)
    return _address(portal, secret_of(portal.settings, link_id)) if link_id else None


async def revoke_feed(portal: Portal, viewer: Viewer, origin: Origin) -> None:
    """Let the viewer's own address give nothing any more; twice is once."""

    async def work(connection: AsyncConnection) -> None:
        if await _forget(connection, viewer.person_id):
            await _note(portal, connection, viewer, "feed_revoked", origin)

    await portal.transact(work)


async def read_feed(portal: Portal, token: str, ip: str) -> Published:
    """Return the dates that an address stands for, to whoever has it.

    Raises `NotFound` for one that is unknown or has ended, `TooManyAttempts`.
    """
    found = await _owner(portal, token) if _TOKEN.fullmatch(token) else None
    if found is None:
        await spend(portal, (FEED_ADDRESS, address_block(ip)))
        raise NotFound
    viewer, feed = found
    await spend(portal, (FEED, fingerprint(token)))
    contract = await own_contract(portal, viewer)
    if viewer.person_id not in contract.state.admins:
        await _end(portal, viewer)
        raise NotFound
    if feed.read_at is None or feed.read_at <= portal.now() - _READ_TO:
        await _remember_reading(portal, viewer)
    content = agenda(contract, url=f"{portal.settings.public_url}/espace")
    return Published(content, hashlib.sha256(content).hexdigest(), changed_at(contract))


def _address(portal: Portal, token: str) -> str:
    return f"{portal.settings.public_url}/agenda/{token}.ics"


async def _must_administer(portal: Portal, viewer: Viewer) -> None:
    contract = await own_contract(portal, viewer)
    must_administer(contract.state.admins, viewer)


async def _owner(portal: Portal, token: str) -> tuple[Viewer, Feed] | None:
    """Return whose address it is: a client's account, as it is today."""
    query = (
        sa.select(feeds, persons.c.company_id)
        .join(persons, persons.c.id == feeds.c.person_id)
        .join(accounts, accounts.c.person_id == persons.c.id)
        .where(feeds.c.token_hash == fingerprint(token), accounts.c.role == Role.CLIENT.value)
    )
    async with portal.database.reading() as connection:
        row = (await connection.execute(query)).first()
    if row is None:
        return None
    return Viewer(row.person_id, Role.CLIENT, row.company_id, ""), Feed(row.made_at, row.read_at)


async def _end(portal: Portal, viewer: Viewer) -> None:
    """The role is lost: the address ends with it, for good."""

    async def work(connection: AsyncConnection) -> None:
        if await _forget(connection, viewer.person_id):
            await _note(portal, connection, viewer, "feed_ended", None)

    await portal.transact(work)


async def _remember_reading(portal: Portal, viewer: Viewer) -> None:
    async def work(connection: AsyncConnection) -> None:
        await connection.execute(
            sa.update(feeds).where(feeds.c.person_id == viewer.person_id).values(read_at=portal.now())
        )

    await portal.transact(work)


async def _forget(connection: AsyncConnection, person_id: str) -> bool:
    gone = await connection.execute(sa.delete(feeds).where(feeds.c.person_id == person_id))
    return gone.rowcount > 0


async def _note(
    portal: Portal, connection: AsyncConnection, viewer: Viewer, kind: str, origin: Origin | None
) -> None:
    """Write it into her journal; one that ends by itself is nobody's act."""
    await note(
        connection,
        at=portal.now(),
        kind=kind,
        person_id=viewer.person_id,
        company_id=viewer.company_id,
        by_id=viewer.person_id if origin else None,
        ip=origin.ip if origin else "",
    )
