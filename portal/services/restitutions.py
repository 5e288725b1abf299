"""The data's restitution after a contract (CGV art. 15): asked for, prepared, taken, confirmed.

Two files are handed over. The vendor's CRM exports what the client entered in it, and staff attach that archive; the
portal adds its own, built after it by the jobs (see `restitution_archive`). The links lead to nobody but their owner.
"""

import re
from asyncio import to_thread
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.refusal import Refusal
from portal.contract.state import Data, State
from portal.documents.intake import Fault, Unacceptable, display_name
from portal.records.end_tables import restitutions
from portal.records.tables import companies, contracts
from portal.records.upserts import insert_once
from portal.services.context import NotFound, Origin, Portal, Role, Viewer
from portal.services.file_disposal import doom
from portal.services.histories import OpenHistory
from portal.services.journal import note
from portal.services.piece_keeping import Sent, must_be_clean

LARGEST: Final = 512 * 1024**2
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_UNSAFE = re.compile(r"[^\w .()-]+")


class Which(StrEnum):
    """The two files of a restitution: the CRM's export, and the portal's own archive."""

    EXPORT = "crm"
    ARCHIVE = "portail"


class Step(StrEnum):
    """Where a restitution stands."""

    ASKED = "asked"
    BUILDING = "building"
    PREPARED = "prepared"
    TAKEN = "taken"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """A file that may be taken; its SHA-256 is what its receiver can compare."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Restitution:
    """A restitution that was asked for; `parts_done` of `parts` of the portal's archive are written."""

    contract_id: str
    legal_name: str
    asked_at: datetime
    step: Step
    export: PreparedFile | None
    archive: PreparedFile | None
    parts_done: int
    parts: int
    problem: str
    prepared_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A file, in pieces; all of it is verified before the first."""

    name: str
    parts: AsyncIterator[bytes]


async def request(portal: Portal, viewer: Viewer, contract_id: str, origin: Origin) -> None:
    """Ask for the data of the viewer's own ended contract; twice is once. Raises `NotFound`, `Refusal`."""

    async def work(connection: AsyncConnection) -> None:
        opened = await _open(portal, connection, viewer, contract_id)
        caused = await opened.act(a.RequestRestitution(), actor=viewer.person_id, at=portal.now())
        if caused:
            await insert_once(
                connection,
                restitutions,
                contract_id=contract_id,
                export_name="",
                export_size=0,
                archive_size=0,
                parts_done=0,
                parts=0,
                attempts=0,
                problem="",
            )
            await _note(portal, connection, viewer, opened, "restitution_asked", origin)

    await portal.transact(work)


async def attach_export(portal: Portal, viewer: Viewer, contract_id: str, sent: Sent, origin: Origin) -> None:
    """Keep the CRM's export of a client's data, and have the portal's archive built; another one replaces it.

    Raises `NotFound`, `Unacceptable`, `ScanUnavailable`, and `Refusal` where none is asked for any more.
    """
    viewer.must_be_staff()
    await to_thread(must_be_zip, sent)
    await must_be_clean(portal, [sent])
    size = (await to_thread(sent.path.stat)).st_size
    key = await portal.files.put(sent.path)

    async def work(connection: AsyncConnection) -> None:
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=None, at=portal.now())
        row = await _row(connection, contract_id)
        _must_be_open(opened.state)
        if row.export_key == key:
            return
        await doom(connection, (row.export_key, row.archive_key), since=portal.machine_now())
        await connection.execute(
            sa.update(restitutions)
            .where(restitutions.c.contract_id == contract_id)
            .values(
                export_key=key,
                export_name=_named(sent.name),
                export_size=size,
                exported_at=portal.now(),
                exported_by=viewer.person_id,
                archive_key=None,
                prepared_at=None,
                attempts=0,
                problem="",
                next_attempt_at=portal.machine_now(),
            )
        )
        await _note(portal, connection, viewer, opened, "restitution_export_kept", origin)

    await portal.transact(work)


async def confirm(portal: Portal, viewer: Viewer, contract_id: str, origin: Origin) -> None:
    """Say that the data was handed over: its owner, or staff for her; twice is once.

    Raises `NotFound`, and `Refusal` where it is not prepared yet.
    """

    async def work(connection: AsyncConnection) -> None:
        opened = await _open(portal, connection, viewer, contract_id)
        row = await _find(connection, contract_id)
        if opened.state.restitution_asked_at is not None and (row is None or row.prepared_at is None):
            raise Refusal(
                "restitution_not_prepared",
                clause="15",
                message=(
                    "Vos données ne sont pas encore prêtes : vous les confirmerez une fois les deux fichiers téléchargés."
                ),
            )
        if await opened.act(a.CompleteRestitution(), actor=viewer.person_id, at=portal.now()):
            await _note(portal, connection, viewer, opened, "restitution_confirmed", origin)

    await portal.transact(work)


async def take(portal: Portal, viewer: Viewer, contract_id: str, which: Which, origin: Origin) -> Opened:
    """Open one of the two files for its owner or for staff; the journal keeps it. Raises `NotFound`."""

    async def work(connection: AsyncConnection) -> tuple[str, str]:
        query = (
            sa.select(restitutions, contracts.c.company_id)
            .join(contracts, contracts.c.id == restitutions.c.contract_id)
            .where(restitutions.c.contract_id == contract_id, restitutions.c.prepared_at.is_not(None))
        )
        if viewer.role is not Role.STAFF:
            query = query.where(contracts.c.company_id == viewer.tenant)
        row = (await connection.execute(query)).first()
        key = (row.export_key if which is Which.EXPORT else row.archive_key) if row else None
        if row is None or key is None:
            raise NotFound
        if viewer.role is not Role.STAFF and row.taken_at is None:
            await connection.execute(
                sa.update(restitutions)
                .where(restitutions.c.contract_id == contract_id)
                .values(taken_at=portal.now())
            )
        await note(
            connection,
            at=portal.now(),
            kind="restitution_taken",
            person_id=viewer.person_id,
            company_id=row.company_id,
            by_id=viewer.person_id,
            ip=origin.ip,
            details={"contract": contract_id, "file": which.value},
        )
        return key, row.export_name if which is Which.EXPORT else ARCHIVE_NAME

    key, name = await portal.transact(work)
    return Opened(name, portal.files.get(key))


ARCHIVE_NAME: Final = "restitution-portail.zip"


# --- reads ---------------------------------------------------------------------------------------


async def of_contract(portal: Portal, contract_id: str, state: State) -> Restitution | None:
    """Return the restitution of a contract that the caller may see; None where none was asked for."""
    if state.restitution_asked_at is None:
        return None
    async with portal.database.reading() as connection:
        row = (await connection.execute(_SHOWN.where(contracts.c.id == contract_id))).one()
    return _restitution(row, state.restitution_asked_at, state.restitution_done_at)


def _restitution(row: sa.Row[Any], asked_at: datetime, done_at: datetime | None) -> Restitution:
    export = PreparedFile(row.export_name, row.export_size, row.export_key) if row.export_key else None
    archive = PreparedFile(ARCHIVE_NAME, row.archive_size, row.archive_key) if row.archive_key else None
    return Restitution(
        contract_id=row.id,
        legal_name=row.legal_name,
        asked_at=asked_at,
        step=_step(row, done_at),
        export=export,
        archive=archive if row.prepared_at else None,
        parts_done=row.parts_done or 0,
        parts=row.parts or 0,
        problem=row.problem or "",
        prepared_at=row.prepared_at,
        done_at=done_at,
    )


def _step(row: sa.Row[Any], done_at: datetime | None) -> Step:
    if done_at is not None:
        return Step.DONE
    if row.prepared_at is not None:
        return Step.TAKEN if row.taken_at else Step.PREPARED
    return Step.BUILDING if row.export_key else Step.ASKED


_SHOWN: Final = (
    sa.select(restitutions, contracts.c.id, companies.c.legal_name)
    .select_from(contracts)
    .join(companies, companies.c.id == contracts.c.company_id)
    .outerjoin(restitutions, restitutions.c.contract_id == contracts.c.id)
)


# --- what the acts share -------------------------------------------------------------------------


def must_be_zip(sent: Sent) -> None:
    """Raise `Unacceptable` for what is no ZIP: the CRM exports nothing else."""
    with sent.path.open("rb") as file:
        if file.read(4) in _ZIP:
            return
    raise Unacceptable(
        Fault.WRONG_TYPE,
        f"« {display_name(sent.name)} » n’est pas une archive ZIP : joignez l’export tel que le CRM le donne.",
    )


def too_big(name: str) -> Unacceptable:
    return Unacceptable(
        Fault.TOO_BIG,
        f"« {display_name(name)} » dépasse {LARGEST // 1024**2} Mo : demandez au CRM un export en plusieurs parties.",
    )


def _named(name: str) -> str:
    """Return a name under which the file can be saved anywhere."""
    stem = _UNSAFE.sub("_", display_name(name)).strip(" ._") or "export-crm"
    return stem[:96] if stem.lower().endswith(".zip") else f"{stem[:92]}.zip"


def _must_be_open(state: State) -> None:
    if state.restitution_asked_at is None:
        raise Refusal(
            "restitution_not_requested",
            clause="15",
            message="Le client n’a pas demandé ses données : il n’y a rien à lui remettre.",
        )
    if state.restitution_done_at is not None or state.data is Data.DESTROYED:
        raise Refusal(
            "restitution_over",
            clause="15",
            message="Le client a confirmé avoir reçu ses données : plus rien n’est à joindre.",
        )


async def _open(portal: Portal, connection: AsyncConnection, viewer: Viewer, contract_id: str) -> OpenHistory:
    owner = None if viewer.role is Role.STAFF else viewer.tenant
    return await OpenHistory.open(portal, connection, contract_id, company_id=owner, at=portal.now())


async def _find(connection: AsyncConnection, contract_id: str) -> sa.Row[Any] | None:
    query = sa.select(restitutions).where(restitutions.c.contract_id == contract_id)
    return (await connection.execute(query)).first()


async def _row(connection: AsyncConnection, contract_id: str) -> sa.Row[Any]:
    row = await _find(connection, contract_id)
    if row is None:
        raise Refusal(
            "restitution_not_requested",
            clause="15",
            message="Le client n’a pas demandé ses données : il n’y a rien à lui remettre.",
        )
    return row


async def _note(
    portal: Portal,
    connection: AsyncConnection,
    viewer: Viewer,
    opened: OpenHistory,
    kind: str,
    origin: Origin,
) -> None:
    await note(
        connection,
        at=portal.now(),
        kind=kind,
        person_id=viewer.person_id,
        company_id=opened.company_id,
        by_id=viewer.person_id,
        ip=origin.ip,
        details={"contract": opened.contract_id},
    )
