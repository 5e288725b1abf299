"""Receiving the pieces of a dossier: looked at, kept as received, submitted (CGV art. 5.1 and 8).

A file is opened in a process of its own, kept encrypted before anything is recorded, and counts from the
instant its request began. What is refused leaves the dossier as it was.
"""

import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.acts import Piece
from portal.contract.calendar import paris_day
from portal.contract.decide import decide
from portal.contract.dossier import PIECE_NAMES
from portal.contract.refusal import Refusal
from portal.contract.state import Examination
from portal.documents.intake import display_name
from portal.documents.workshop import Examined, examined
from portal.records.tables import dossiers, pieces
from portal.services.arrivals import Arrival
from portal.services.context import NotFound, Origin, Portal, Viewer
from portal.services.dossiers import (
    Dossier,
    document_name,
    dossier_within,
    may_be_signed_again,
    own_history,
)
from portal.services.histories import OpenHistory
from portal.services.journal import note
from portal.services.limits import CORRECTION_ACCOUNT, spend
from portal.services.opening import workspace_of
from portal.services.paper_facts import WHAT_CHANGES
from portal.services.papers import codes_key, expected, is_outdated, must_be_signed_again
from portal.services.piece_corrections import (
    STANDS_ON,
    Correction,
    contested_of,
    corrected,
    is_doubtful,
    judged_alike,
)
from portal.services.piece_judging import Awaited, boxes_to_see, judged
from portal.services.piece_keeping import ORIGINALS, Kept, Sent, digest_of, keep, let_go, must_be_clean
from portal.services.piece_readings import Reading, sealed, unsealed

_OF_THE_FILE: Final = frozenset(
    {"another_dossier", "wrong_piece", "outdated_printing", "pages_missing", *STANDS_ON}
)


async def receive(
    portal: Portal,
    viewer: Viewer,
    arrival: Arrival,
    piece: Piece,
    sent: Sequence[Sent],
    origin: Origin,
    *,
    contested: bool = False,
) -> str:
    """Receive a piece, one PDF or photos, and return its version's id; the same files again are the same version.

    `contested`: its sender says that its date was read wrongly; it waits for the one that she types. Raises
    `Unacceptable` for a file that cannot be taken, `Refusal` for a piece that the rules or its own pages
    refuse, `Unavailable`; the dossier is then as it was.
    """
    await must_be_clean(portal, sent)
    with tempfile.TemporaryDirectory(dir=workspace_of(portal.settings)) as folder:
        into = Path(folder)
        awaited = await _awaited(portal, arrival.contract_id, piece)
        key = codes_key(portal)
        found = await examined(
            [one.path for one in sent],
            into=into,
            names=[one.name for one in sent],
            boxes=boxes_to_see(awaited, key),
            roots=portal.settings.signature_roots,
        )
        try:
            reading = judged(awaited, found, key)
            version = _Version(str(uuid.uuid4()), arrival, piece, digest_of(found), reading, contested)
            await _must_be_taken(portal, viewer, version)
        except Refusal as refusal:
            raise _naming(sent, refusal) from refusal
        stored: list[str] = []
        try:
            kept = await keep(portal, sent, into, found, stored)
            return await portal.transact(
                lambda connection: _submit(portal, connection, viewer, version, found, kept, origin)
            )
        except BaseException:
            await let_go(portal, stored)
            raise


async def correct(
    portal: Portal, viewer: Viewer, version_id: str, correction: Correction, origin: Origin
) -> None:
    """Say what a version of a piece says where it was not read, or wrongly; the same again changes nothing.

    Raises `Refusal` as `receive` does, `TooManyAttempts`, and `NotFound` for another's.
    """
    await spend(portal, (CORRECTION_ACCOUNT, viewer.person_id))

    async def work(connection: AsyncConnection) -> None:
        opened = await own_history(portal, connection, viewer)
        row = await _row(connection, opened.contract_id, version_id)
        await _must_be_awaited(portal, connection, row)
        read = unsealed(portal, row.id, row.reading)
        reading = corrected(Piece(row.piece), read, correction)
        # What waits for words and gets none is judged by what was read.
        if reading == read and row.submitted_at is not None:
            return
        now = portal.now()
        act = _act(Piece(row.piece), document_name(row.id, row.revision + 1), reading, row.received_at)
        values: dict[str, Any] = {"reading": sealed(portal, row.id, reading)}
        if row.submitted_at is not None and judged_alike(reading, read):
            # It counts as it did, and whoever looks at it goes on; what could not be received is refused all the same.
            decide(opened.state, act, now)
        else:
            await opened.act(act, actor=viewer.person_id, at=now)
            values |= {"revision": row.revision + 1, "submitted_at": now, "remark": ""}
        await connection.execute(sa.update(pieces).where(pieces.c.id == row.id).values(values))
        await _note(connection, viewer, "piece_corrected", now, origin, row.piece, row.id)

    await portal.transact(work)


async def _must_be_awaited(portal: Portal, connection: AsyncConnection, row: sa.Row[Any]) -> None:
    """Raise `Refusal` where nothing is to be said of a version any more: another came after it, or staff decided on it."""
    dossier = await dossier_within(portal, connection, row.contract_id)
    current = dossier.current(Piece(row.piece))
    if current is not None and current.examination is Examination.ACCEPTED:
        raise Refusal(
            "document_already_accepted",
            clause="8",
            message=(
                f"Nous avons déjà accepté {PIECE_NAMES[current.piece]} : vous n’avez rien à corriger ni à renvoyer."
            ),
        )
    if current is None or current.id != row.id:
        raise Refusal(
            "version_replaced",
            clause="8",
            message=(
                "Une autre version est venue après celle-ci : rien n’y est changé. Corrigez la dernière, ou envoyez de "
                "nouveau ce fichier."
            ),
        )
    if current.examination is Examination.REFUSED:
        raise Refusal(
            "document_already_refused",
            clause="8",
            message=(
                "Nous avons refusé cette version : ce qu’elle dit ne se corrige plus ici. Envoyez-en une autre, selon le "
                "motif que nous vous avons donné."
            ),
        )


# --- looking at it -------------------------------------------------------------------------------


async def _awaited(portal: Portal, contract_id: str, piece: Piece) -> Awaited:
    async with portal.database.reading() as connection:
        query = sa.select(dossiers.c.number).where(dossiers.c.contract_id == contract_id)
        number = await connection.scalar(query)
        return Awaited(piece, number or "", await expected(portal, connection, contract_id, piece))


async def _must_say_what_the_dossier_says(
    portal: Portal, connection: AsyncConnection, dossier: Dossier, piece: Piece, reading: Reading
) -> None:
    """Raise `Refusal` where what it says has changed since the paper was printed, and it was not printed again."""
    if not may_be_signed_again(dossier.contract.state, piece):
        return
    if await is_outdated(portal, connection, dossier, piece, reading.edition):
        raise Refusal(
            "outdated_printing",
            clause="8",
            message=(
                f"{WHAT_CHANGES[piece]} ont changé depuis que vous avez imprimé {PIECE_NAMES[piece]} : ce document ne "
                "dit plus ce que dit votre dossier. Téléchargez-le de nouveau à l’étape 3, signez-le et envoyez-le."
            ),
        )


def _naming(sent: Sequence[Sent], refusal: Refusal) -> Refusal:
    """Return a refusal of what a file says with that file's name, where there is but one."""
    if len(sent) > 1 or refusal.code not in _OF_THE_FILE:
        return refusal
    message = (
        f"«\u00a0{display_name(sent[0].name)}\u00a0»\u00a0: {refusal.message[0].lower()}{refusal.message[1:]}"
    )
    return Refusal(refusal.code, clause=refusal.clause, message=message, reasons=refusal.reasons)


# --- submitting it -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Version:
    """A version about to be submitted; `digest` tells it from others of the same piece, `contested` is as in `receive`."""

    id: str
    arrival: Arrival
    piece: Piece
    digest: str
    reading: Reading
    contested: bool


def _act(piece: Piece, document: str, reading: Reading, received_at: datetime) -> a.SubmitDocument:
    return a.SubmitDocument(
        piece=piece,
        document=document,
        signed=reading.signed,
        dated=reading.dated,
        siren=reading.siren,
        received_on=paris_day(received_at),
    )


async def _act_of(
    portal: Portal,
    connection: AsyncConnection,
    opened: OpenHistory,
    version: _Version,
    document: str,
    reading: Reading,
) -> a.SubmitDocument:
    """Return the act that submits a version; raises `Refusal` where the dossier, under lock, says otherwise by now."""
    set_out = version.arrival.started_at
    dossier = await dossier_within(portal, connection, opened.contract_id, at=set_out)
    await _must_say_what_the_dossier_says(portal, connection, dossier, version.piece, reading)
    supersedes = await must_be_signed_again(portal, connection, dossier, version.piece)
    return replace(_act(version.piece, document, reading, set_out), supersedes=supersedes)


async def _must_be_taken(portal: Portal, viewer: Viewer, version: _Version) -> None:
    """Raise `Refusal` as the submission would, before the files are kept."""

    async def work(connection: AsyncConnection) -> None:
        opened = await _opened(portal, connection, viewer, version.arrival)
        known = await _known(connection, opened.contract_id, version)
        document, reading = _as_known(portal, version, known)
        act = await _act_of(portal, connection, opened, version, document, reading)
        try:
            decide(opened.state, act, _instant(opened, version.arrival))
        except Refusal as refusal:
            if not is_doubtful(reading, refusal):
                raise

    await portal.transact(work)


async def _submit(
    portal: Portal,
    connection: AsyncConnection,
    viewer: Viewer,
    version: _Version,
    found: Examined,
    kept: Kept,
    origin: Origin,
) -> str:
    opened = await _opened(portal, connection, viewer, version.arrival)
    known = await _known(connection, opened.contract_id, version)
    version_id = str(known.id) if known else version.id
    document, reading = _as_known(portal, version, known)
    at = _instant(opened, version.arrival)
    act = await _act_of(portal, connection, opened, version, document, reading)
    submitted_at: datetime | None = at
    try:
        caused = await opened.act(act, actor=viewer.person_id, at=at)
    except Refusal as refusal:
        if not is_doubtful(reading, refusal):
            raise
        caused, submitted_at = (), None
    if known is None:
        await connection.execute(
            sa.insert(pieces).values(
                id=version_id,
                contract_id=opened.contract_id,
                piece=version.piece.value,
                revision=0,
                received_at=version.arrival.started_at,
                submitted_at=submitted_at,
                by_id=viewer.person_id,
                name=display_name(kept.originals[0].name),
                size=found.size,
                sha256=version.digest,
                originals=ORIGINALS.dump_python(kept.originals, mode="json"),
                copy_key=kept.copy_key,
                previews=list(kept.previews),
                reading=sealed(portal, version_id, reading),
                remark="",
            )
        )
    elif is_back := bool(caused) or (submitted_at is None and await _is_replaced(connection, known)):
        # Sent before, replaced meanwhile, and sent again: it counts again, or waits for words, from now on.
        await connection.execute(
            sa.update(pieces)
            .where(pieces.c.id == version_id)
            .values(
                received_at=version.arrival.started_at,
                submitted_at=submitted_at,
                reading=sealed(portal, version_id, reading),
                remark="",
            )
        )
    if known is None or is_back:
        await _note(connection, viewer, "piece_sent", at, origin, version.piece.value, version_id)
    return version_id


async def _opened(
    portal: Portal, connection: AsyncConnection, viewer: Viewer, arrival: Arrival
) -> OpenHistory:
    opened = await own_history(portal, connection, viewer, at=arrival.started_at, arrival=arrival.id)
    if opened.contract_id != arrival.contract_id:
        raise NotFound
    return opened


def _instant(opened: OpenHistory, arrival: Arrival) -> datetime:
    """Return the instant at which a piece counts: its request's, or just after what happened meanwhile."""
    return max(arrival.started_at, opened.state.at or arrival.started_at)


async def _known(connection: AsyncConnection, contract_id: str, version: _Version) -> sa.Row[Any] | None:
    """Return the version that was received before from the same files."""
    found = await connection.execute(
        sa.select(pieces).where(
            pieces.c.contract_id == contract_id,
            pieces.c.piece == version.piece.value,
            pieces.c.sha256 == version.digest,
        )
    )
    return found.first()


def _as_known(portal: Portal, version: _Version, known: sa.Row[Any] | None) -> tuple[str, Reading]:
    """Return a version's name in the history and its reading, with what its sender corrected of it before."""
    name, reading = version.id, version.reading
    if known is not None:
        name, reading = document_name(known.id, known.revision), unsealed(portal, known.id, known.reading)
    return name, contested_of(reading) if version.contested else reading


async def _is_replaced(connection: AsyncConnection, known: sa.Row[Any]) -> bool:
    """Tell whether another version of the same piece came after one that was received before."""
    later = sa.exists().where(
        pieces.c.contract_id == known.contract_id,
        pieces.c.piece == known.piece,
        pieces.c.received_at > known.received_at,
    )
    return bool(await connection.scalar(sa.select(later)))


async def _row(connection: AsyncConnection, contract_id: str, version_id: str) -> sa.Row[Any]:
    found = await connection.execute(
        sa.select(pieces).where(pieces.c.id == version_id, pieces.c.contract_id == contract_id)
    )
    row = found.first()
    if row is None:
        raise NotFound
    return row


async def _note(
    connection: AsyncConnection,
    viewer: Viewer,
    kind: str,
    at: datetime,
    origin: Origin,
    piece: str,
    version_id: str,
) -> None:
    await note(
        connection,
        at=at,
        kind=kind,
        person_id=viewer.person_id,
        company_id=viewer.company_id,
        by_id=viewer.person_id,
        ip=origin.ip,
        details={"piece": piece, "version": version_id},
    )
