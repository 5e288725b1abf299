"""What a browser has typed and not yet finished, kept beside an HttpOnly cookie of its own.

One row a browser: for each form (named by where it stands, « entreprise », « personne », « connexion »)
what was typed, what was wrong with it, and what there is to say. So a form may be answered by a
redirection and show its errors on the page that follows, and a sign-up left midway is there again days
later. It never holds a password, a code or a link.

The cookie is 256 random bits, of which the SHA-256 is kept. It says nothing about who someone is.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records.access_tables import drafts
from portal.services import limits
from portal.services.context import Origin, Portal
from portal.services.keys import fingerprint

LIFETIME = timedelta(days=30)
# What was wrong is shown on the page that follows, and on its reload; what was typed, for as long as it lives.
_SAID_FOR = timedelta(minutes=10)
_SAME_CLICK = timedelta(minutes=1)
_RANDOM_BYTES = 32


@dataclass(frozen=True, slots=True)
class FormDraft:
    """One form as it was left. `errors` has the sentence for a field under its name, « » for the whole form."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """All that a browser has left; empty for one that has left nothing."""

    forms: dict[str, FormDraft] = field(default_factory=dict)
    # The address confirmation that this browser asked for: the id of its link, for which address, and when.
    link_id: str | None = None
    sent_to: str = ""
    sent_at: datetime | None = None

    def has_just_sent_to(self, email: str, now: datetime) -> bool:
        """Tell whether a sign-up with this address left a moment ago: this one is its second click."""
        return self.sent_at is not None and self.sent_to == email and now - self.sent_at < _SAME_CLICK

    def form(self, name: str) -> FormDraft:
        return self.forms.get(name, FormDraft())


async def find(portal: Portal, raw: str | None) -> Draft:
    """Return what the browser of a cookie has left."""
    async with portal.database.reading() as connection:
        row = await _row(portal, connection, raw)
    return _draft(row, portal.machine_now()) if row else Draft()


async def admit(portal: Portal, raw: str | None, origin: Origin) -> None:
    """Count the draft that a browser without one is about to leave; raises `TooManyAttempts`."""
    async with portal.database.reading() as connection:
        row = await _row(portal, connection, raw)
    if row is None:
        await limits.spend(portal, (limits.DRAFT_ADDRESS, limits.address_block(origin.ip)))


async def keep(
    portal: Portal,
    raw: str | None,
    name: str,
    *,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    notice: str = "",
) -> str:
    """Keep one form as it stands, the others as they are; return the cookie, a new one where there was none.

    `values` None keeps those of before.
    """

    async def work(connection: AsyncConnection) -> str:
        now = portal.machine_now()
        row = await _row(portal, connection, raw, lock=True)
        forms = dict(row.forms) if row else {}
        shown = forms.get(name, {}).get("values", {}) if values is None else values
        forms[name] = {"values": shown, "errors": errors or {}, "notice": notice, "at": now.timestamp()}
        if row:
            await _write(connection, row, forms=forms, updated_at=now)
            return str(raw)
        # A cookie that names no draft is not taken over: it gets a new one.
        fresh = secrets.token_urlsafe(_RANDOM_BYTES)
        await connection.execute(
            sa.insert(drafts).values(id_hash=fingerprint(fresh), forms=forms, sent_to="", updated_at=now)
        )
        return fresh

    return await portal.transact(work)


async def clear(portal: Portal, raw: str | None, *names: str) -> None:
    """Forget forms that are finished."""

    async def work(connection: AsyncConnection) -> None:
        row = await _row(portal, connection, raw, lock=True)
        if row and any(name in row.forms for name in names):
            forms = {name: one for name, one in row.forms.items() if name not in names}
            await _write(connection, row, forms=forms, updated_at=portal.machine_now())

    await portal.transact(work)


async def sign_up_done(portal: Portal, raw: str | None, *names: str) -> None:
    """Forget the forms of a sign-up that has come to its end, and that a mail was waited for."""
    await clear(portal, raw, *names)

    async def work(connection: AsyncConnection) -> None:
        row = await _row(portal, connection, raw, lock=True)
        if row and row.sent_to:
            await _write(connection, row, sent_to="", updated_at=portal.machine_now())

    await portal.transact(work)


async def send_off(
    portal: Portal, connection: AsyncConnection, raw: str, *, link_id: str, email: str
) -> bool:
    """Note, in the transaction of a sign-up, that it has been sent off with a link to an address.

    False where this browser has just done so: it was the second click of a double click.
    """
    now = portal.machine_now()
    sent = await connection.execute(
        sa.update(drafts)
        .where(
            drafts.c.id_hash == fingerprint(raw),
            sa.or_(
                drafts.c.sent_at.is_(None),
                drafts.c.sent_at <= now - _SAME_CLICK,
                drafts.c.sent_to != email,
            ),
        )
        .values(link_id=link_id, sent_to=email, sent_at=now, updated_at=now)
    )
    return sent.rowcount == 1


async def _row(
    portal: Portal, connection: AsyncConnection, raw: str | None, *, lock: bool = False
) -> Any | None:
    if not raw:
        return None
    query = sa.select(drafts).where(
        drafts.c.id_hash == fingerprint(raw), drafts.c.updated_at > portal.machine_now() - LIFETIME
    )
    return (await connection.execute(query.with_for_update() if lock else query)).first()


async def _write(connection: AsyncConnection, row: Any, **values: object) -> None:
    await connection.execute(sa.update(drafts).where(drafts.c.id_hash == row.id_hash).values(**values))


def _draft(row: Any, now: datetime) -> Draft:
    earliest = (now - _SAID_FOR).timestamp()
    forms = {
        name: FormDraft(one["values"], one["errors"], one["notice"])
        if one["at"] > earliest
        else FormDraft(one["values"])
        for name, one in row.forms.items()
    }
    return Draft(forms, row.link_id, row.sent_to, row.sent_at)
