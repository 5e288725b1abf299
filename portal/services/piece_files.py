"""Handing over the files of a piece: to their owner and to staff, and to nobody else."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records.tables import contracts, pieces
from portal.services.context import NotFound, Origin, Portal, Role, Viewer
from portal.services.journal import note
from portal.services.piece_keeping import ORIGINALS


class FileKind(StrEnum):
    """The copy without active content, the picture of a page, or a file as it was received."""

    COPY = "copy"
    PREVIEW = "preview"
    ORIGINAL = "original"


@dataclass(frozen=True, slots=True)
class Opened:
    """A file, in pieces; all of it is verified before the first."""

    name: str
    media_type: str
    parts: AsyncIterator[bytes]


async def file_of(
    portal: Portal, viewer: Viewer, version_id: str, kind: FileKind, number: int, origin: Origin | None
) -> Opened:
    """Open a file of a piece; pages and originals are numbered from 1. The journal keeps it where `origin` is given.

    Raises `NotFound` for what is not there or not this viewer's; reading it may raise `FileMissing`,
    `FileDamaged` or `StorageUnavailable`.
    """
    async with portal.database.reading() as connection:
        row = await _row(connection, viewer, version_id)
    key, name, media_type = _file(row, kind, number)
    if origin is not None:
        await _note(portal, viewer, row, kind, origin)
    return Opened(name, media_type, portal.files.get(key))


async def _note(portal: Portal, viewer: Viewer, row: sa.Row[Any], kind: FileKind, origin: Origin) -> None:
    async def work(connection: AsyncConnection) -> None:
        await note(
            connection,
            at=portal.now(),
            kind="piece_taken",
            person_id=viewer.person_id,
            company_id=row.company_id,
            by_id=viewer.person_id,
            ip=origin.ip,
            details={"piece": row.piece, "version": row.id, "file": kind.value},
        )

    await portal.transact(work)


async def _row(connection: AsyncConnection, viewer: Viewer, version_id: str) -> sa.Row[Any]:
    query = (
        sa.select(pieces, contracts.c.company_id)
        .join(contracts, contracts.c.id == pieces.c.contract_id)
        .where(pieces.c.id == version_id, pieces.c.emptied_at.is_(None))
    )
    if viewer.role is not Role.STAFF:
        query = query.where(contracts.c.company_id == viewer.tenant)
    row = (await connection.execute(query)).first()
    if row is None:
        raise NotFound
    return row


def _file(row: sa.Row[Any], kind: FileKind, number: int) -> tuple[str, str, str]:
    """Return a file's key, its name and what it is; raises `NotFound`."""
    stem = PurePath(row.name).stem
    match kind:
        case FileKind.COPY:
            return row.copy_key, f"{stem} (copie).pdf", "application/pdf"
        case FileKind.PREVIEW if 1 <= number <= len(row.previews) and row.previews[number - 1]:
            return row.previews[number - 1], f"{stem}-{number}.webp", "image/webp"
        case FileKind.ORIGINAL if 1 <= number <= len(row.originals):
            original = ORIGINALS.validate_python(row.originals)[number - 1]
            return original.key, original.name, original.media_type
        case _:
            raise NotFound
