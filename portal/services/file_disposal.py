"""Forgetting files: a key is doomed in the transaction that lets go of it, and its file deleted after the commit.

Files are named by what they hold, so two rows may share one: it is deleted only when no row uses it any more.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Final

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.outside.unavailable import Unavailable
from portal.records import upserts
from portal.records.billing_tables import (
    bank_messages,
    collection_files,
    invoice_papers,
    letters,
    registered_statuses,
)
from portal.records.end_tables import certificates, doomed_files, restitutions
from portal.records.tables import arrivals, papers, pieces
from portal.services.context import Portal

log = structlog.get_logger()

_BATCH = 100
_COLUMNS: Final = (
    papers.c.file_key,
    invoice_papers.c.pdf_key,
    letters.c.file_key,
    letters.c.proof_key,
    letters.c.deposit_key,
    registered_statuses.c.proof_key,
    collection_files.c.file_key,
    bank_messages.c.file_key,
    restitutions.c.export_key,
    restitutions.c.archive_key,
    certificates.c.file_key,
)
# Lists of keys, as JSON; those of a piece whose files were erased stand for their hashes only.
_OF_PIECES: Final = (pieces.c.originals, pieces.c.copy_key, pieces.c.previews)


async def doom(connection: AsyncConnection, keys: Iterable[str | None], *, since: datetime) -> int:
    """Have these files deleted once the transaction is done; return how many there are."""
    rows = [{"file_key": key, "since": since} for key in {one for one in keys if one}]
    await upserts.insert_all_once(connection, doomed_files, rows)
    return len(rows)


async def forget_doomed(portal: Portal) -> int:
    """Delete the files that nothing uses any more; return how many. A storage that is down is asked again later.

    So is one into which a piece that is being received may just have put a file of that name.
    """
    async with portal.database.reading() as connection:
        waiting = list(
            await connection.scalars(
                sa.select(doomed_files.c.file_key).order_by(doomed_files.c.since).limit(_BATCH)
            )
        )
    forgotten = 0
    for key in waiting:
        async with portal.database.reading() as connection:
            if await _is_receiving(connection, portal.machine_now()):
                break
            keeps = await is_used(connection, key)
        if not keeps:
            try:
                await portal.files.delete(key)
            except Unavailable as reason:
                log.warning("file.not_forgotten", reason=str(reason))
                break
            forgotten += 1
        await portal.transact(partial(_done, key))
    return forgotten


async def _is_receiving(connection: AsyncConnection, machine_now: datetime) -> bool:
    return bool(await connection.scalar(sa.select(sa.exists().where(arrivals.c.expires_at > machine_now))))


async def _done(key: str, connection: AsyncConnection) -> None:
    await connection.execute(sa.delete(doomed_files).where(doomed_files.c.file_key == key))


async def is_used(connection: AsyncConnection, key: str) -> bool:
    """Tell whether a row of any table still needs the file of that name."""
    found = [sa.exists().where(column == key) for column in _COLUMNS]
    found += [
        sa.exists().where(
            pieces.c.emptied_at.is_(None), sa.cast(column, sa.Text).contains(key, autoescape=True)
        )
        for column in _OF_PIECES
    ]
    return bool(await connection.scalar(sa.select(sa.or_(*found))))
