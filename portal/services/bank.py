"""Taking the bank's messages: each file once, each line once, in any order, and going on after a stop.

A message is stored, then recorded, then its lines are applied, each in its own transaction. Whatever cannot be
applied for sure waits for a person, in words; nothing that the bank says is lost.
"""

import asyncio
import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.french import NBSP, euros
from portal.contract.refusal import Refusal
from portal.payments.bank_lines import BankLine, LineKind
from portal.payments.bank_messages import BankMessage, read_message
from portal.records import upserts
from portal.records.billing_tables import bank_lines, bank_messages, collection_files, collections
from portal.services import bank_records, kept_files
from portal.services.bank_collections import apply_to_collection, find_collection
from portal.services.bank_records import AWAITING, Outcome
from portal.services.bank_transfers import apply_transfer, contracts_in, numbers_in
from portal.services.context import Origin, Portal, Viewer
from portal.services.journal import note

log = structlog.get_logger()

LARGEST: Final = 100 * 1024 * 1024
FOLDER: Final = "folder"  # who brought a message that the bank itself put down
_AT_A_TIME: Final = 500
_NAME_LENGTH, _MESSAGE_ID_LENGTH = 100, 70
# Why a line waits in which nothing of ours is recognised.
_NOT_OURS: Final = "Ce prélèvement n’est pas l’un des nôtres."
_STRANGERS: Final = {
    LineKind.SETTLED: _NOT_OURS,
    LineKind.REJECTED: _NOT_OURS,
    LineKind.RETURNED: _NOT_OURS,
    LineKind.REFUNDED: _NOT_OURS,
    LineKind.TRANSFER: "Aucune facture n’est reconnue dans le libellé du virement.",
    LineKind.UNKNOWN: "Le portail ne sait pas lire ce mouvement : voyez-le avec votre banque.",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a message: its lines, how many were new, and how many of these wait for a person."""

    sha256: str
    kind: str
    lines: int
    new: int
    waiting: int


async def take_message(portal: Portal, viewer: Viewer, name: str, content: bytes, origin: Origin) -> Taken:
    """Take a message that staff upload; the same file again changes nothing.

    Raises the `Refusal` of `read_message`, or `bank_file_too_large`; then nothing of it counts.
    """
    viewer.must_be_staff()
    message = await _read(portal, content)
    taken = await _take(portal, name, content, message, viewer.person_id)

    async def work(connection: AsyncConnection) -> None:
        await note(
            connection,
            at=portal.now(),
            kind="bank_message_taken",
            person_id=viewer.person_id,
            by_id=viewer.person_id,
            ip=origin.ip,
            details={"message": message.message_id, "kind": message.kind.value, "new": taken.new},
        )

    await portal.transact(work)
    return taken


async def take_from_folder(portal: Portal) -> int:
    """Take what the bank put into its folder, oldest name first; return how many files.

    A file that was read moves to « lus », one that is refused to « refuses », beside a note that says why.
    """
    folder = portal.settings.bank_inbox
    if folder is None or not folder.is_dir():
        return 0
    files = sorted(one for one in folder.iterdir() if one.is_file() and not one.name.startswith("."))
    for file in files:
        # Another worker may take it first: it is read once all the same, by its content.
        with contextlib.suppress(FileNotFoundError):
            await _take_file(portal, file)
    return len(files)


async def _take_file(portal: Portal, file: Path) -> None:
    content = await asyncio.to_thread(file.read_bytes)
    try:
        await _take(portal, file.name, content, await _read(portal, content), FOLDER)
    except Refusal as refusal:
        log.warning("bank.file_refused", code=refusal.code)
        await asyncio.to_thread(_move, file, file.parent / "refuses", refusal.message)
    else:
        await asyncio.to_thread(_move, file, file.parent / "lus", "")


async def finish_messages(portal: Portal) -> int:
    """Go on with the messages that a stop left half done; return how many."""
    async with portal.database.reading() as connection:
        query = sa.select(bank_messages).where(bank_messages.c.finished_at.is_(None))
        begun = list(await connection.execute(query.order_by(bank_messages.c.received_at)))
    for row in begun:
        try:
            message = await _read(portal, await kept_files.read(portal, row.file_key))
        except Refusal as refusal:  # the vendor's account was set to another one since
            log.warning("bank.message_refused", code=refusal.code, message=row.message_id)
        else:
            await _apply_all(portal, message, row.sha256)
    return len(begun)


async def _read(portal: Portal, content: bytes) -> BankMessage:
    if len(content) > LARGEST:
        raise Refusal(
            "bank_file_too_large",
            clause="10.2",
            message=f"Ce fichier dépasse {LARGEST // 1024**2}{NBSP}Mo : demandez à votre banque un fichier par jour.",
        )
    return await asyncio.to_thread(
        read_message,
        content,
        iban=portal.settings.vendor_iban.replace(" ", ""),
        creditor_identifier=portal.settings.vendor_creditor_id.replace(" ", ""),
    )


async def _take(portal: Portal, name: str, content: bytes, message: BankMessage, by_id: str) -> Taken:
    sha256 = hashlib.sha256(content).hexdigest()
    key = await kept_files.keep(portal, content)

    async def work(connection: AsyncConnection) -> None:
        await upserts.insert_once(
            connection,
            bank_messages,
            sha256=sha256,
            kind=message.kind.value,
            message_id=message.message_id[:_MESSAGE_ID_LENGTH],
            name=name[:_NAME_LENGTH],
            received_at=portal.now(),
            by_id=by_id,
            lines=len(message.lines),
            file_key=key,
        )

    await portal.transact(work)
    return await _apply_all(portal, message, sha256)


async def _apply_all(portal: Portal, message: BankMessage, sha256: str) -> Taken:
    new = waiting = 0
    for portion in _portions(message.lines):
        to_apply, to_keep = await _sorted_out(portal, portion)
        waiting += await _keep_all(portal, to_keep, sha256)
        for key, line in to_apply:
            waiting += bool((await _apply(portal, key, line, sha256)).problem)
        new += len(to_apply) + len(to_keep)
    await apply_those_that_waited(portal)

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(
            sa.update(bank_messages)
            .where(bank_messages.c.sha256 == sha256, bank_messages.c.finished_at.is_(None))
            .values(finished_at=portal.now())
        )

    await portal.transact(work)
    return Taken(sha256, message.kind.value, len(message.lines), new, waiting)


async def apply_those_that_waited(portal: Portal) -> None:
    """Try again the lines that wait for another message: it may be there now."""
    async with portal.database.reading() as connection:
        query = sa.select(bank_lines).where(bank_lines.c.standing == AWAITING)
        rows = list(await connection.execute(query.order_by(bank_lines.c.booked_on, bank_lines.c.key)))
    for row in rows:
        await _apply(portal, row.key, bank_records.line_of(portal, row), row.message_sha256)


# --- one line ------------------------------------------------------------------------------------


async def _apply(portal: Portal, key: str, line: BankLine, message: str) -> Outcome:
    """Apply a line in a transaction of its own; one about a whole group, collection by collection."""
    if not line.batch:
        return await _apply_one(portal, key, line, message)
    members, outcome = await _members(portal, line)
    if not outcome.problem:
        for member in members:
            of_one = replace(
                line, end_to_end_id=member.end_to_end_id, batch="", amount_cents=member.amount_cents
            )
            await _apply_one(portal, f"{key}:{member.end_to_end_id}", of_one, message)

    async def work(connection: AsyncConnection) -> None:
        await bank_records.record(portal, connection, key, line, message, outcome)

    await portal.transact(work)
    return outcome


async def _apply_one(portal: Portal, key: str, line: BankLine, message: str) -> Outcome:
    async def work(connection: AsyncConnection) -> Outcome:
        if await bank_records.standing_of(connection, key) not in {None, AWAITING}:
            return Outcome()
        outcome = await _outcome(portal, connection, line)
        await bank_records.record(portal, connection, key, line, message, outcome)
        return outcome

    try:
        return await portal.transact(work)
    except Refusal as refusal:
        outcome = Outcome(problem=refusal.message, awaits=True)

        async def keep(connection: AsyncConnection) -> None:
            await bank_records.record(portal, connection, key, line, message, outcome)

        await portal.transact(keep)
        return outcome


async def _outcome(portal: Portal, connection: AsyncConnection, line: BankLine) -> Outcome:
    collection = await find_collection(connection, line.end_to_end_id)
    match line.kind:
        case LineKind.TRANSFER if collection is not None:
            # A bank with codes of its own: the name is one of ours, so this is the credit of a collection.
            settled = replace(line, kind=LineKind.SETTLED)
            return await apply_to_collection(portal, connection, settled, collection)
        case LineKind.TRANSFER:
            return await apply_transfer(portal, connection, line)
        case _ if collection is None or line.kind is LineKind.UNKNOWN:
            return Outcome(problem=_STRANGERS[line.kind])
        case _:
            return await apply_to_collection(portal, connection, line, collection)


async def _members(portal: Portal, line: BankLine) -> tuple[Sequence[sa.Row[Any]], Outcome]:
    """Return the collections of a group, or of a file, that a line is about; or why it cannot be applied."""
    file_id, _, position = line.batch.rpartition("-")
    async with portal.database.reading() as connection:
        files = await connection.scalars(
            sa.select(collection_files.c.id).where(collection_files.c.id.in_((line.batch, file_id)))
        )
        known = set(files)
        whole = line.batch in known
        rows = await connection.execute(
            sa.select(collections).where(collections.c.file_id == (line.batch if whole else file_id))
        )
        members = sorted(rows, key=lambda one: (one.sequence, one.end_to_end_id))
    if not whole:
        sequences = sorted({one.sequence for one in members})
        wanted = int(position) - 1 if position.isdigit() else -1
        members = [one for one in members if one.sequence in sequences[wanted : wanted + 1]]
    if not known or not members:
        return [], Outcome(problem=f"Le lot « {line.batch} » n’est pas l’un des nôtres.")
    if line.kind is LineKind.SETTLED:
        credited = [one for one in members if one.standing != "rejected"]
        total = sum(one.amount_cents for one in credited)
        if total != line.amount_cents:
            problem = (
                f"Le lot « {line.batch} » est crédité de {euros(line.amount_cents or 0)}, et ses prélèvements non rejetés "
                f"font {euros(total)} : un rejet reste sans doute à lire."
            )
            return [], Outcome(problem=problem, awaits=True)
        return credited, Outcome()
    if line.kind is LineKind.REJECTED:
        return [one for one in members if one.standing == "open"], Outcome()
    problem = f"La banque rend un lot (« {line.batch} ») sans dire lesquels de ses prélèvements."
    return [], Outcome(problem=problem)


# --- many lines ----------------------------------------------------------------------------------

_Lines = list[tuple[str, BankLine]]


async def _sorted_out(portal: Portal, portion: Sequence[tuple[str, BankLine]]) -> tuple[_Lines, _Lines]:
    """Return the new lines: those that may be applied, and those that can only wait for a person."""
    names = {line.end_to_end_id for _, line in portion} - {""}
    async with portal.database.reading() as connection:
        seen = set(
            await connection.scalars(
                sa.select(bank_lines.c.key).where(bank_lines.c.key.in_([key for key, _ in portion]))
            )
        )
        ours = set(
            await connection.scalars(
                sa.select(collections.c.end_to_end_id).where(collections.c.end_to_end_id.in_(names))
            )
        )
    to_apply: _Lines = []
    to_keep: _Lines = []
    for key, line in portion:
        if key in seen:
            continue
        is_ours = line.end_to_end_id in ours or line.batch
        names_us = line.kind is LineKind.TRANSFER and (numbers_in(line.wording) or contracts_in(line.wording))
        (to_apply if is_ours or names_us else to_keep).append((key, line))
    return to_apply, to_keep


async def _keep_all(portal: Portal, lines: _Lines, message: str) -> int:
    """Keep lines that nothing of ours is recognised in, in one transaction."""
    rows = [
        bank_records.row(portal, key, line, message, Outcome(problem=_STRANGERS[line.kind]))
        for key, line in lines
    ]

    async def work(connection: AsyncConnection) -> None:
        await upserts.insert_all_once(connection, bank_lines, rows)

    if rows:
        await portal.transact(work)
    return len(rows)


def _portions(lines: Sequence[tuple[str, BankLine]]) -> Iterator[Sequence[tuple[str, BankLine]]]:
    for start in range(0, len(lines), _AT_A_TIME):
        yield lines[start : start + _AT_A_TIME]


def _move(file: Path, into: Path, why: str) -> None:
    into.mkdir(exist_ok=True)
    file.replace(into / file.name)
    if why:
        (into / f"{file.name}.txt").write_text(f"{why}\n", encoding="utf-8")
