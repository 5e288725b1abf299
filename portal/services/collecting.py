"""Collecting (CGV art. 10.2): the file of each collection day, made some banking days before, and handed to the bank.

A file is written, stored, and then recorded with its collections in one transaction: a worker that dies leaves
either all of it or nothing but bytes that nobody asks for. The table takes one live collection of an invoice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.calendar import Closing, closing_reason, start_of_day
from portal.contract.collecting import handed_over_from, presented_again
from portal.contract.french import full_date
from portal.contract.reckoning import Reason
from portal.contract.refusal import Refusal
from portal.payments.accounts import read_account
from portal.payments.collection_files import CollectionFile, Creditor, write_collections
from portal.records.billing_tables import collection_files, collections, invoices, mandates
from portal.records.tables import contracts
from portal.services import kept_files
from portal.services.collection_plans import OPEN, Plan, Planned, plan_again, plan_day, portions
from portal.services.consequences import post
from portal.services.context import Origin, Portal, Viewer
from portal.services.histories import OpenHistory
from portal.services.journal import note
from portal.settings import Settings

log = structlog.get_logger()

MOST_AGAIN: Final = 500  # invoices presented again at once
_FARTHEST: Final = timedelta(days=60)
_TRIES: Final = 5
_Planning = Callable[[AsyncConnection], Awaitable[Plan]]


async def collect(portal: Portal) -> tuple[str, ...]:
    """Make the files of the collection days that the bank is told of by now; return their names, the new ones only."""
    made = []
    for day in days_to_hand_over(portal):

        async def planning(connection: AsyncConnection, day: date = day) -> Plan:
            return await plan_day(portal, connection, day)

        if file_id := await _made(portal, planning):
            made.append(file_id)
    return tuple(made)


def days_to_hand_over(portal: Portal) -> list[date]:
    """Return the collection days to come whose file the bank wants by now."""
    today, days = portal.today(), portal.settings.bank_days
    ahead = (today + timedelta(days=n) for n in range(1, 2 * days + 12))
    return [
        day
        for day in ahead
        if closing_reason(day, Closing.BANKING) is None and handed_over_from(day, days) <= today
    ]


async def next_to_hand_over(connection: AsyncConnection, portal: Portal) -> datetime | None:
    """Return the next instant at which the bank wants a file that is not made yet, after now."""
    days = await connection.scalars(
        sa.select(invoices.c.collection_on)
        .distinct()
        .where(
            invoices.c.kind == "invoice",
            invoices.c.payment != "settled",
            invoices.c.collection_on > portal.today(),
            invoices.c.number.not_in(sa.select(collections.c.invoice_number)),
        )
    )
    instants = (start_of_day(handed_over_from(day, portal.settings.bank_days)) for day in days)
    return min((one for one in instants if one > portal.now()), default=None)


async def present_again(
    portal: Portal, viewer: Viewer, numbers: Collection[str], day: date, origin: Origin
) -> str:
    """Present these invoices again on `day`, for staff, and announce it to their clients; return the file's name.

    Asked for twice, they are presented once. Raises `Refusal`: `day_too_early`, `day_too_far`, `day_closed`,
    `nothing_to_collect` (with what stands in the way), `too_many`.
    """
    viewer.must_be_staff()
    _check_day(portal, day)
    if len(numbers) > MOST_AGAIN:
        raise _refused("too_many", f"Présentez au plus {MOST_AGAIN} factures à la fois.")

    async def planning(connection: AsyncConnection) -> Plan:
        return await plan_again(portal, connection, day, numbers)

    async def announce(connection: AsyncConnection, planned: tuple[Planned, ...]) -> None:
        for one in planned:
            await _announce(portal, connection, one)
            await note(
                connection,
                at=portal.now(),
                kind="collection_presented_again",
                person_id=viewer.person_id,
                company_id=one.company_id,
                by_id=viewer.person_id,
                ip=origin.ip,
                details={"invoice": one.invoice_number, "on": day.isoformat()},
            )

    file_id = await _made(portal, planning, announce)
    if file_id is not None:
        return file_id
    async with portal.database.reading() as connection:
        plan = await planning(connection)
        known = await connection.scalar(
            sa.select(collections.c.file_id)
            .where(
                collections.c.invoice_number.in_(numbers),
                collections.c.collection_on == day,
                collections.c.standing == OPEN,
            )
            .limit(1)
        )
    if known is not None:
        return str(known)
    why = "".join(f" Facture {one.invoice_number} : {one.why}." for one in plan.left_out)
    raise _refused(
        "nothing_to_collect",
        "Rien n’est à présenter de nouveau : ces factures sont réglées, en cours de prélèvement, à venir, ou empêchées."
        + why,
        reasons=tuple(one.because for one in plan.left_out if one.because),
    )


async def hand_over(portal: Portal) -> int:
    """Put the files that wait into the bank's folder, where there is one; return how many. Raises `OSError`."""
    folder = portal.settings.bank_outbox
    if folder is None:
        return 0
    async with portal.database.reading() as connection:
        query = sa.select(collection_files.c.id, collection_files.c.file_key).where(
            collection_files.c.handed_over_at.is_(None), collection_files.c.collection_on > portal.today()
        )
        waiting = list(await connection.execute(query.order_by(collection_files.c.id)))
    for row in waiting:
        content = await kept_files.read(portal, row.file_key)
        await asyncio.to_thread(put_down, folder / f"{row.id}.xml", content)

        async def work(connection: AsyncConnection, file_id: str = row.id) -> None:
            await mark_handed_over(connection, file_id, portal.now())

        await portal.transact(work)
    return len(waiting)


def put_down(file: Path, content: bytes) -> None:
    """Write a file whole: whoever reads the folder meanwhile never sees a part of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_bytes(content)
    part.replace(file)


async def mark_handed_over(connection: AsyncConnection, file_id: str, at: datetime) -> None:
    await connection.execute(
        sa.update(collection_files)
        .where(collection_files.c.id == file_id, collection_files.c.handed_over_at.is_(None))
        .values(handed_over_at=at)
    )


def creditor(settings: Settings) -> Creditor:
    """Return the vendor as the bank knows it; its BIC is found from the IBAN where none is set."""
    bic = settings.vendor_bic or read_account(settings.vendor_iban).bic
    return Creditor(settings.vendor_name, settings.vendor_iban, bic, settings.vendor_creditor_id)


# --- making a file -------------------------------------------------------------------------------


async def _made(
    portal: Portal,
    planning: _Planning,
    also: Callable[[AsyncConnection, tuple[Planned, ...]], Awaitable[None]] | None = None,
) -> str | None:
    """Make the file of a plan; None where there is nothing to collect. `also` belongs to its transaction."""
    for _ in range(_TRIES):
        async with portal.database.reading() as connection:
            plan = await planning(connection)
        if not plan.collections:
            return None
        made_at = portal.now()
        file = await asyncio.to_thread(
            write_collections,
            creditor(portal.settings),
            plan.orders,
            message_id=plan.file_id,
            created_at=made_at,
        )
        key = await kept_files.keep(portal, file.content)

        async def work(
            connection: AsyncConnection,
            plan: Plan = plan,
            file: CollectionFile = file,
            made_at: datetime = made_at,
            key: str = key,
        ) -> bool:
            await _lock(connection, plan)
            if await planning(connection) != plan:
                return False
            await _record(connection, plan, file, made_at, key)
            if also is not None:
                await also(connection, plan.collections)
            return True

        if await portal.transact(work):
            return plan.file_id
    log.warning("collecting.put_off", day=plan.collected_on.isoformat())
    return None


async def _lock(connection: AsyncConnection, plan: Plan) -> None:
    """Let nobody pay one of these invoices, or record another file of them, before this one is recorded."""
    for contract_ids in portions({one.contract_id for one in plan.collections}):
        query = sa.select(contracts.c.id).where(contracts.c.id.in_(contract_ids)).order_by(contracts.c.id)
        await connection.execute(query.with_for_update())


async def _record(
    connection: AsyncConnection, plan: Plan, file: CollectionFile, made_at: datetime, key: str
) -> None:
    await connection.execute(
        sa.insert(collection_files).values(
            id=plan.file_id,
            collection_on=plan.collected_on,
            made_at=made_at,
            lines=file.count,
            total_cents=file.total_cents,
            sha256=key,
            file_key=key,
        )
    )
    await connection.execute(sa.insert(collections), [_row(one, plan.file_id) for one in plan.collections])
    for references in portions({one.order.mandate_reference for one in plan.collections}):
        await connection.execute(
            sa.update(mandates)
            .where(mandates.c.reference.in_(references))
            .values(last_presented_on=plan.collected_on)
        )


def _row(one: Planned, file_id: str) -> dict[str, object]:
    return {
        "end_to_end_id": one.order.end_to_end_id,
        "invoice_number": one.invoice_number,
        "contract_id": one.contract_id,
        "company_id": one.company_id,
        "mandate_reference": one.order.mandate_reference,
        "sequence": one.order.sequence.value,
        "amount_cents": one.order.amount_cents,
        "collection_on": one.order.collected_on,
        "file_id": file_id,
        "standing": OPEN,
        "reason_code": "",
    }


# --- presenting again ----------------------------------------------------------------------------


def _check_day(portal: Portal, day: date) -> None:
    if reason := closing_reason(day, Closing.BANKING):
        raise _refused(
            "day_closed",
            f"Les banques sont fermées ce jour-là ({reason}) : choisissez un autre jour.",
        )
    earliest = presented_again(portal.today(), portal.settings.bank_days)
    if day < earliest.day:
        raise _refused(
            "day_too_early",
            f"Un nouveau prélèvement est annoncé au client avant d’être présenté : il peut l’être à partir du {full_date(earliest.day)}.",
            reasons=(earliest,),
        )
    if day - portal.today() > _FARTHEST:
        raise _refused("day_too_far", f"Choisissez un jour dans les {_FARTHEST.days} jours qui viennent.")


async def _announce(portal: Portal, connection: AsyncConnection, one: Planned) -> None:
    """Write to the client that the invoice will be presented again (art. 10.3)."""
    now = portal.now()
    opened = await OpenHistory.open(portal, connection, one.contract_id, company_id=one.company_id, at=now)
    await post(
        connection,
        key=f"mail:{one.contract_id}:collection:{one.order.end_to_end_id}:collection_again",
        template="collection_again",
        person_id=opened.state.admin,
        contract_id=one.contract_id,
        params={"seq": opened.seq, "collection": one.order.end_to_end_id},
        as_of=now,
        machine_now=portal.machine_now(),
    )


def _refused(code: str, message: str, *, reasons: tuple[Reason, ...] = ()) -> Refusal:
    return Refusal(code, clause="10.2", message=message, reasons=reasons)
