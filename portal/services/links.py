"""Personal links, in mails but for a calendar feed's: made, looked at, used once.

A link's secret is derived from its id with the portal's key, and only its SHA-256 is kept: neither the
links nor the mails waiting in the outbox say what the link is, yet the mail can be written later, twice,
or again. Addresses begin with the configured origin, never with what a request says.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records.access_tables import links
from portal.services.context import Portal
from portal.services.keys import fingerprint, keys_of
from portal.settings import Settings


class Purpose(StrEnum):
    """What a link is for; it is good for nothing else."""

    CONFIRM_ADDRESS = "confirm_address"
    RESET_PASSWORD = "reset_password"  # noqa: S105 -- a purpose
    FIRST_STAFF = "first_staff"
    INVITATION = "invitation"
    # Not used up: for as long as it is good, its owner may read the address of her feed again (`feeds`).
    FEED = "feed"


LIFETIMES = {
    Purpose.CONFIRM_ADDRESS: timedelta(hours=24),
    Purpose.RESET_PASSWORD: timedelta(minutes=30),
    Purpose.FIRST_STAFF: timedelta(hours=24),
    Purpose.INVITATION: timedelta(days=7),
    Purpose.FEED: timedelta(minutes=10),
}
PAGES = {
    Purpose.CONFIRM_ADDRESS: "/confirmer",
    Purpose.RESET_PASSWORD: "/nouveau-mot-de-passe",
    Purpose.FIRST_STAFF: "/premier-acces",
    Purpose.INVITATION: "/invitation",
}


class LinkState(StrEnum):
    """How a link stands; `UNKNOWN` is also a link made for something else."""

    GOOD = "good"
    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it was found; `person_id` is None for one that makes a person."""

    id: str
    person_id: str | None
    state: LinkState
    used_at: datetime | None = None

    def was_used_since(self, instant: datetime) -> bool:
        return self.used_at is not None and self.used_at >= instant


class LinkRefused(Exception):
    """The link cannot be used; `state` says why."""

    def __init__(self, state: LinkState) -> None:
        super().__init__(state.value)
        self.state = state


def new_link_id() -> str:
    return str(uuid.uuid4())


async def make(
    portal: Portal, connection: AsyncConnection, link_id: str, purpose: Purpose, person_id: str | None
) -> None:
    """Keep a new link, good from now; whoever has `link_id` and the key can write its address."""
    await connection.execute(
        sa.insert(links).values(
            id=link_id,
            token_hash=fingerprint(secret_of(portal.settings, link_id)),
            purpose=purpose.value,
            person_id=person_id,
            expires_at=portal.machine_now() + LIFETIMES[purpose],
        )
    )


def address(settings: Settings, purpose: Purpose, link_id: str) -> str:
    """Return the address to write into the mail."""
    return f"{settings.public_url}{PAGES[purpose]}?jeton={secret_of(settings, link_id)}"


async def look(portal: Portal, token: str, purpose: Purpose) -> Link:
    """Say how a link stands, without using it."""
    async with portal.database.reading() as connection:
        return await find(connection, token, purpose, portal.machine_now())


async def find(connection: AsyncConnection, token: str, purpose: Purpose, at: datetime) -> Link:
    """Return the link of a secret as it stands at an instant; one that is not there is `UNKNOWN`."""
    row = (
        await connection.execute(
            sa.select(links).where(links.c.token_hash == fingerprint(token), links.c.purpose == purpose.value)
        )
    ).first()
    if row is None:
        return Link("", None, LinkState.UNKNOWN)
    if row.used_at is not None:
        return Link(row.id, row.person_id, LinkState.USED, row.used_at)
    return Link(row.id, row.person_id, LinkState.GOOD if row.expires_at > at else LinkState.EXPIRED)


async def consume(connection: AsyncConnection, token: str, purpose: Purpose, at: datetime) -> Link:
    """Use a link up; of many at once one succeeds. Raises `LinkRefused`."""
    row = (
        await connection.execute(
            sa.update(links)
            .where(
                links.c.token_hash == fingerprint(token),
                links.c.purpose == purpose.value,
                links.c.used_at.is_(None),
                links.c.expires_at > at,
            )
            .values(used_at=at)
            .returning(links.c.id, links.c.person_id)
        )
    ).first()
    if row is None:
        raise LinkRefused((await find(connection, token, purpose, at)).state)
    return Link(row.id, row.person_id, LinkState.GOOD)


async def revoke(connection: AsyncConnection, purpose: Purpose, person_id: str | None, at: datetime) -> None:
    """Let every link of that purpose that the person still has expire: a newer one takes its place."""
    await connection.execute(
        sa.update(links)
        .where(
            links.c.purpose == purpose.value,
            links.c.person_id == person_id,
            links.c.used_at.is_(None),
            links.c.expires_at > at,
        )
        .values(expires_at=at)
    )


def secret_of(settings: Settings, link_id: str) -> str:
    """Return the secret that belongs to a link, whoever asks: for its address, and nowhere else."""
    return keys_of(settings).token("link", link_id)
