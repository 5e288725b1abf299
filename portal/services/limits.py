"""How often something may be tried: moving windows, per account and per address.

An attempt counts before it is judged, so that many at once are not all judged first. One that is
refused does not count: the wait that was announced is the wait. Which account and which address is
kept as a keyed hash, for a day at most. The same limits hold whether or not the account exists.
"""

import ipaddress
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.french import count
from portal.records.access_tables import attempts
from portal.services.context import Portal
from portal.services.keys import keys_of

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LONGEST = _DAY


@dataclass(frozen=True, slots=True)
class Window:
    """So many within any span of that length."""

    most: int
    span: timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """What is counted, and the windows that all hold at once."""

    name: str
    windows: tuple[Window, ...]


# Guessing one password: at most 50 a day from however many addresses. A link by mail clears it, so
# that whoever tries does not lock the owner out.
SIGN_IN_ACCOUNT = Limit("sign_in.account", (Window(10, 5 * _MINUTE), Window(50, _DAY)))
SIGN_IN_ADDRESS = Limit("sign_in.address", (Window(10, 5 * _MINUTE),))
SIGN_IN_ALL = Limit("sign_in.all", (Window(1000, 5 * _MINUTE),))
CODE_ACCOUNT = Limit("code.account", (Window(5, 5 * _MINUTE), Window(20, _HOUR), Window(50, _DAY)))
CODE_ADDRESS = Limit("code.address", (Window(10, 5 * _MINUTE), Window(50, _HOUR)))
PASSWORD_CHECK = Limit("password.account", (Window(5, 5 * _MINUTE), Window(20, _DAY)))
RESET_ACCOUNT = Limit("reset.account", (Window(5, _DAY),))
RESET_ADDRESS = Limit("reset.address", (Window(10, _HOUR),))
SIGN_UP_ADDRESS = Limit("sign_up.address", (Window(10, _HOUR), Window(40, _DAY)))
CONFIRMATION_ACCOUNT = Limit("confirmation.account", (Window(3, 6 * _HOUR),))
# Each is a row kept for a month: an office of many browsers has room, a script has not.
DRAFT_ADDRESS = Limit("draft.address", (Window(40, _HOUR), Window(150, _DAY)))
LINK_ADDRESS = Limit("link.address", (Window(30, 5 * _MINUTE),))
# A calendar program asks once an hour or so. One address may be that of many people's: only what it guesses counts.
FEED = Limit("feed", (Window(60, _HOUR),))
FEED_ADDRESS = Limit("feed.address", (Window(30, 5 * _MINUTE),))
# Each may be 15 MB on the disk and 15 seconds of a process: three pieces sent ten times over have room.
UPLOAD_ACCOUNT = Limit("upload.account", (Window(40, _HOUR), Window(150, _DAY)))
UPLOAD_ADDRESS = Limit("upload.address", (Window(120, _HOUR), Window(400, _DAY)))
# What the rules depend on is a mail to the client and to each of us, and begins anew what we are looking at.
CORRECTION_ACCOUNT = Limit("correction.account", (Window(20, _HOUR), Window(60, _DAY)))


class TooManyAttempts(Exception):
    """Tried too often; `wait` is how long until the next attempt counts."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"wait {wait}")
        self.wait = wait

    @property
    def message(self) -> str:
        return f"Trop de tentatives. Réessayez dans {in_words(self.wait)}."


async def spend(portal: Portal, *spent: tuple[Limit, str]) -> None:
    """Count one attempt for each limit and its subject; raises `TooManyAttempts`, and counts none.

    It is a transaction of its own: an attempt stays counted whatever becomes of it.
    """
    now = portal.machine_now()
    keyed = sorted((_key(portal, limit, subject), limit) for limit, subject in spent)

    async def work(connection: AsyncConnection) -> timedelta:
        await _one_at_a_time(connection, [key for key, _ in keyed])
        waits = [
            await _wait(connection, key, window, now) for key, limit in keyed for window in limit.windows
        ]
        longest = max(waits)
        if not longest:
            await connection.execute(sa.insert(attempts), [{"key_hash": key, "at": now} for key, _ in keyed])
        return longest

    if wait := await portal.transact(work):
        raise TooManyAttempts(wait)


async def forgive(portal: Portal, connection: AsyncConnection, limit: Limit, subject: str) -> None:
    """Forget what was counted: the person has shown who she is."""
    await connection.execute(sa.delete(attempts).where(attempts.c.key_hash == _key(portal, limit, subject)))


def address_block(ip: str) -> str:
    """Return what one caller is counted under: an IPv4 address, or the /64 that a home or office gets."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return str(address)


def in_words(wait: timedelta) -> str:
    """Return a wait as a person says it, rounded up."""
    seconds = math.ceil(wait.total_seconds())
    if seconds <= 60:  # noqa: PLR2004 -- a minute
        return count(seconds, "seconde")
    minutes = math.ceil(seconds / 60)
    if minutes <= 90:  # noqa: PLR2004 -- people say « 90 minutes », not « 2 heures »
        return count(minutes, "minute")
    return count(math.ceil(minutes / 60), "heure")


def _key(portal: Portal, limit: Limit, subject: str) -> str:
    return keys_of(portal.settings).digest("limit", f"{limit.name}\0{subject}").hex()


async def _one_at_a_time(connection: AsyncConnection, keys: list[str]) -> None:
    # SQLite writes one at a time anyway; on PostgreSQL two could count at once and both be let through.
    if connection.dialect.name == "postgresql":
        for key in keys:
            await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(int(key[:15], 16))))


async def _wait(connection: AsyncConnection, key: str, window: Window, now: datetime) -> timedelta:
    """Return how long the window stays full; zero where there is room."""
    oldest_that_fills: datetime | None = await connection.scalar(
        sa.select(attempts.c.at)
        .where(attempts.c.key_hash == key, attempts.c.at > now - window.span)
        .order_by(attempts.c.at.desc())
        .limit(1)
        .offset(window.most - 1)
    )
    return oldest_that_fills + window.span - now if oldest_that_fills else timedelta()
