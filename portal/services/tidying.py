"""Forgetting what is over: attempts, links, drafts, sessions, sign-ups and half-received files that nothing can come of any more; and, daily, what the retention table says."""

import shutil
from asyncio import to_thread
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records.access_tables import attempts, drafts, links, sessions
from portal.records.tables import accounts, arrivals, persons
from portal.services import limits
from portal.services.arrivals import LONGEST
from portal.services.context import Portal
from portal.services.drafts import LIFETIME
from portal.services.opening import workspace_of
from portal.services.purging import purge_daily
from portal.services.sign_up import delete_unconfirmed

# A used or expired link still says so for a while to whoever opens an old mail.
_LINKS_KEPT = timedelta(days=30)
_SESSIONS_KEPT = timedelta(days=30)
# What someone typed and never confirmed is not ours to keep.
_SIGN_UPS_KEPT = timedelta(days=30)
# Nothing that is under way is older than a reception may last, and the files made of it.
_WORKSPACE_KEPT = LONGEST + timedelta(hours=1)


async def tidy(portal: Portal) -> None:
    """Delete it; asked again, there is nothing to do."""

    async def work(connection: AsyncConnection) -> None:
        now = portal.machine_now()
        for over in (
            sa.delete(attempts).where(attempts.c.at <= now - limits.LONGEST),
            sa.delete(links).where(links.c.expires_at <= now - _LINKS_KEPT),
            sa.delete(drafts).where(drafts.c.updated_at <= now - LIFETIME),
            sa.delete(arrivals).where(arrivals.c.expires_at <= now),
            sa.delete(sessions).where(sessions.c.expires_at <= now - _SESSIONS_KEPT),
        ):
            await connection.execute(over)
        forgotten = await connection.execute(
            sa.select(persons.c.id, persons.c.company_id)
            .join(accounts, accounts.c.person_id == persons.c.id)
            .where(accounts.c.confirmed_at.is_(None), accounts.c.created_at <= portal.now() - _SIGN_UPS_KEPT)
        )
        for row in forgotten.all():
            await delete_unconfirmed(connection, row.id, row.company_id)

    await portal.transact(work)
    await to_thread(_sweep, workspace_of(portal.settings), portal.machine_now() - _WORKSPACE_KEPT)
    await purge_daily(portal)


def _sweep(workspace: Path, before: datetime) -> None:
    """Remove what stands there since `before`: whoever received or opened it was killed, and it is not encrypted."""
    for entry in workspace.iterdir():
        try:
            if entry.lstat().st_mtime > before.timestamp():
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        except FileNotFoundError:
            continue  # its owner was only late
