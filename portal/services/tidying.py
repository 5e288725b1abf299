"""Forgetting what is over: attempts, links, drafts, sessions and sign-ups that nothing can come of any more; and, daily, what the retention table says."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records.access_tables import attempts, drafts, links, sessions
from portal.records.tables import accounts, arrivals, persons
from portal.services import limits
from portal.services.context import Portal
from portal.services.drafts import LIFETIME
from portal.services.purging import purge_daily
from portal.services.sign_up import delete_unconfirmed

# A used or expired link still says so for a while to whoever opens an old mail.
_LINKS_KEPT = timedelta(days=30)
_SESSIONS_KEPT = timedelta(days=30)
# What someone typed and never confirmed is not ours to keep.
_SIGN_UPS_KEPT = timedelta(days=30)


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
    await purge_daily(portal)
