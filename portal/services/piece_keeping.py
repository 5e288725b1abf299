"""Keeping the files of a piece, without a virus: as received, the copy without active content, the pictures of its pages."""

import hashlib
from asyncio import to_thread
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
from pydantic import TypeAdapter
from sqlalchemy.exc import DBAPIError

from portal.documents.intake import Fault, display_name, format_of, unacceptable
from portal.documents.workshop import COPY, Examined
from portal.outside.virus_scan import Finding
from portal.services.context import Portal
from portal.services.file_disposal import doom

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was received, and the name its sender gave it."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Original:
    """A file as it is kept: its key, its name, what it is."""

    key: str
    name: str
    media_type: str


ORIGINALS: Final = TypeAdapter(tuple[Original, ...])


@dataclass(frozen=True, slots=True)
class Kept:
    """The files of a piece in the storage: as received, the copy, the pictures of the pages ("" for none)."""

    originals: tuple[Original, ...]
    copy_key: str
    previews: tuple[str, ...]


async def must_be_clean(portal: Portal, sent: Sequence[Sent]) -> None:
    """Raise `Unacceptable` for a file that holds a virus, or could not be scanned whole; `ScanUnavailable`."""
    for one in sent:
        scan = await portal.scan.scan(one.path)
        if scan.finding is Finding.INFECTED:
            raise unacceptable(Fault.INFECTED, one.name)
        if not scan.lets_through:
            reason = (
                "n’a pas pu être contrôlé en entier contre les virus : envoyez-en une version plus légère"
            )
            raise unacceptable(Fault.TOO_BIG, one.name, reason)


def digest_of(found: Examined) -> str:
    """Name all that was received: the SHA-256 of the one file, or of the list of theirs."""
    if len(found.sha256) == 1:
        return found.sha256[0]
    return hashlib.sha256("\n".join(found.sha256).encode()).hexdigest()


async def keep(portal: Portal, sent: Sequence[Sent], into: Path, found: Examined, stored: list[str]) -> Kept:
    """Put the files into the storage, and their keys into `stored` as they are there."""

    async def put(path: Path) -> str:
        stored.append(await portal.files.put(path))
        return stored[-1]

    originals = [
        Original(
            await put(one.path),
            display_name(one.name),
            (await to_thread(format_of, one.path, one.name)).media_type,
        )
        for one in sent
    ]
    copy_key = await put(into / COPY)
    previews = [await put(into / page.preview) if page.preview else "" for page in found.pages]
    return Kept(tuple(originals), copy_key, tuple(previews))


async def let_go(portal: Portal, stored: Sequence[str]) -> None:
    """Have the files of what was not submitted deleted, but those of another version."""
    try:
        await portal.transact(lambda connection: doom(connection, stored, since=portal.now()))
    except DBAPIError:
        # Why it was not submitted is said all the same; these files open to nobody.
        log.exception("piece.files_left", files=len(stored))
