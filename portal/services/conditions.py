"""The CGV: publishing a version, reading one, telling two apart (art. 17).

A published text is never changed: its SHA-256 is what a client accepted. The version in force is the
one whose day has come last.
"""

from dataclasses import dataclass
from datetime import datetime
from importlib import resources

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.calendar import paris_day, start_of_day
from portal.contract.french import short_date
from portal.documents.terms import TermsText, decode_terms, parse_terms, text_sha256
from portal.records.tables import terms
from portal.services.context import NotFound, Portal


class CannotPublish(ValueError):
    """The text cannot be published as asked; the message is French and says what to do."""


@dataclass(frozen=True, slots=True)
class Edition:
    """A published version: its text as published, and since when it applies."""

    version: str
    text: str
    sha256: str
    published_at: datetime
    applies_from: datetime

    def read(self) -> TermsText:
        return parse_terms(self.text)


async def publish(portal: Portal, text: str, *, version: str, applies_from: datetime) -> Edition:
    """Publish a version of the CGV; the same text under the same version again changes nothing."""
    now = portal.now()
    edition = Edition(version, text, text_sha256(text), now, applies_from)
    _check_header(edition)

    async def work(connection: AsyncConnection) -> Edition:
        same = (await connection.execute(sa.select(terms).where(terms.c.version == version))).first()
        if same is not None:
            if same.sha256 == edition.sha256:
                return _edition(same)
            msg = f"La version {version} est déjà publiée avec un autre texte : choisissez un autre numéro de version."
            raise CannotPublish(msg)
        await connection.execute(
            sa.insert(terms).values(
                version=version,
                text=text,
                sha256=edition.sha256,
                published_at=now,
                applies_from=applies_from,
            )
        )
        return edition

    return await portal.transact(work)


def _check_header(edition: Edition) -> None:
    """The paper is printed from the text: what its header says and what is recorded must be one."""
    header = edition.read()
    if header.version != edition.version:
        msg = (
            f"L’en-tête du texte porte la version {header.version}, et non {edition.version} : "
            "mettez les deux d’accord."
        )
        raise CannotPublish(msg)
    if start_of_day(header.applies_from) != edition.applies_from:
        msg = (
            f"L’en-tête du texte le dit applicable le {short_date(header.applies_from)}, et non le "
            f"{short_date(paris_day(edition.applies_from))} : mettez les deux d’accord."
        )
        raise CannotPublish(msg)


async def publish_demonstration(portal: Portal) -> None:
    """Publish the demonstration's own CGV where no version has been published yet."""
    async with portal.database.reading() as connection:
        if await connection.scalar(sa.select(sa.func.count()).select_from(terms)):
            return
    folder = resources.files("portal.texts") / "cgv"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".md"):
            text = decode_terms(file.read_bytes())
            read = parse_terms(text)
            await publish(portal, text, version=read.version, applies_from=start_of_day(read.applies_from))


async def in_force(connection: AsyncConnection, at: datetime) -> Edition:
    """Return the version in force at an instant; raises `NotFound` before the first."""
    row = (
        await connection.execute(
            sa.select(terms)
            .where(terms.c.applies_from <= at)
            .order_by(terms.c.applies_from.desc(), terms.c.published_at.desc())
            .limit(1)
        )
    ).first()
    if row is None:
        raise NotFound
    return _edition(row)


async def edition(connection: AsyncConnection, version: str) -> Edition:
    """Return a version, in force or not; raises `NotFound`."""
    row = (await connection.execute(sa.select(terms).where(terms.c.version == version))).first()
    if row is None:
        raise NotFound
    return _edition(row)


async def editions(connection: AsyncConnection) -> tuple[Edition, ...]:
    """Return every version, the newest first."""
    rows = await connection.execute(
        sa.select(terms).order_by(terms.c.applies_from.desc(), terms.c.version.desc())
    )
    return tuple(_edition(row) for row in rows)


def _edition(row: sa.Row[tuple[object, ...]]) -> Edition:
    return Edition(row.version, row.text, row.sha256, row.published_at, row.applies_from)
