"""The purge (CGV art. 12, GDPR art. 5.1.e): what has had its last day goes, rows and files, and the purge is written down.

Run every day, it finds what the retention table says and nothing else; run again, it finds nothing. A dispute of a company
(gel pour contentieux) keeps all that is known of her. What is written down is kinds and counts, never content.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.acts import Piece
from portal.contract.calendar import add_months, paris_day, start_of_day
from portal.contract.retention import (
    EVIDENCE_YEARS,
    PROSPECT_YEARS,
    Category,
    accounting_since,
    evidence_last_day,
    history_last_day,
    journals_since,
    kbis_last_day,
    mandate_last_day,
    prospect_last_day,
)
from portal.records import store, upserts
from portal.records.end_tables import last_contacts, litigation_holds, purges
from portal.records.projections import state_of
from portal.records.tables import accounts, contracts, counters, events, journal, persons, pieces, situations
from portal.services import purge_rows
from portal.services.context import Portal
from portal.services.file_disposal import doom
from portal.services.offers import offer_of
from portal.services.piece_readings import sealed, unsealed
from portal.services.purge_rows import Counts
from portal.services.retained import last_collection_on, last_document_on

log = structlog.get_logger()

_PURGED_ON: Final = "purged_on"
# Those of which nothing came, or not yet: kept as long as somebody of theirs comes back.
_PROSPECTS: Final = ("prospect", "lapsed", "awaiting_payment")
ERASED: Final = "Fichier effacé"


async def purge_daily(portal: Portal) -> None:
    """Purge, once a day; a run that is cut off is taken up again by the next."""
    today = portal.today().toordinal()
    async with portal.database.reading() as connection:
        last = await connection.scalar(sa.select(counters.c.value).where(counters.c.name == _PURGED_ON))
    if last is not None and last >= today:
        return
    await purge(portal)

    async def work(connection: AsyncConnection) -> None:
        await upserts.replace(connection, counters, [{"name": _PURGED_ON, "value": today}])

    await portal.transact(work)


async def purge(portal: Portal) -> Counts:
    """Delete all that has had its last day by now; return how many rows, by table. Twice is once."""
    total: Counts = {}
    for counts in (
        await _journals(portal),
        await _accounting(portal),
        *[await _kbis(portal, one) for one in await _with_kbis(portal)],
        *[await _evidence(portal, one) for one in await _with_evidence(portal)],
        *[await _rest(portal, one) for one in await _with_rest(portal)],
    ):
        for name, number in counts.items():
            total[name] = total.get(name, 0) + number
    if total:
        log.info("purge.done", **total)
    return total


# --- what is not of one contract -------------------------------------------------------------------


async def _journals(portal: Portal) -> Counts:
    async def work(connection: AsyncConnection) -> Counts:
        since, counts = journals_since(portal.today()), Counts()
        await _remember_contacts(connection, before=start_of_day(since))
        await purge_rows.journals_before(connection, since, await _held(connection), counts)
        return await _written(portal, connection, Category.JOURNALS, None, counts)

    return await portal.transact(work)


async def _remember_contacts(connection: AsyncConnection, *, before: datetime) -> None:
    """Keep when somebody of each company was last here, as the lines that say so go."""
    rows = await connection.execute(
        sa.select(persons.c.company_id, sa.func.max(journal.c.at, type_=journal.c.at.type).label("at"))
        .join(persons, persons.c.id == journal.c.by_id)
        .where(journal.c.at < before, persons.c.company_id.is_not(None))
        .group_by(persons.c.company_id)
    )
    await upserts.replace(
        connection, last_contacts, [{"company_id": row.company_id, "at": row.at} for row in rows]
    )


async def _accounting(portal: Portal) -> Counts:
    async def work(connection: AsyncConnection) -> Counts:
        counts = Counts()
        since = accounting_since(portal.today())
        keys = await purge_rows.accounting_before(connection, since, await _held(connection), counts)
        await doom(connection, keys, since=portal.machine_now())
        return await _written(portal, connection, Category.ACCOUNTING, None, counts)

    return await portal.transact(work)


# --- the K-bis of a contract in force --------------------------------------------------------------


async def _with_kbis(portal: Portal) -> list[str]:
    query = (
        sa.select(pieces.c.contract_id)
        .join(events, events.c.contract_id == pieces.c.contract_id)
        .where(
            pieces.c.piece == Piece.KBIS,
            pieces.c.emptied_at.is_(None),
            events.c.kind == "contract_in_force",
            events.c.at <= portal.now() - timedelta(days=1),
        )
        .distinct()
    )
    async with portal.database.reading() as connection:
        return sorted(await connection.scalars(query))


async def _kbis(portal: Portal, contract_id: str) -> Counts:
    """Erase the files of a K-bis: its day, the SIREN and its hashes stay."""

    async def work(connection: AsyncConnection) -> Counts:
        recorded = await _locked(connection, contract_id)
        state = state_of(recorded, await offer_of(connection, recorded, portal.now()))
        last_day = kbis_last_day(state)
        if last_day is None or portal.today() <= last_day.day or await _is_held(connection, recorded):
            return {}
        rows = await connection.execute(
            sa.select(pieces).where(
                pieces.c.contract_id == contract_id,
                pieces.c.piece == Piece.KBIS,
                pieces.c.emptied_at.is_(None),
            )
        )
        counts = Counts()
        for row in rows.all():
            reading = unsealed(portal, row.id, row.reading)
            bare = replace(reading, texts=(), signatures=(), extract=None, company=None)
            await connection.execute(
                sa.update(pieces)
                .where(pieces.c.id == row.id)
                .values(
                    emptied_at=portal.now(), name=ERASED, previews=[], reading=sealed(portal, row.id, bare)
                )
            )
            await doom(connection, purge_rows.files_of_piece(row), since=portal.machine_now())
            counts["pieces"] = counts.get("pieces", 0) + 1
        return await _written(portal, connection, Category.KBIS, contract_id, counts)

    return await portal.transact(work)


# --- the evidence, of a contract that has ended and of a prospect ------------------------------------


async def _with_evidence(portal: Portal) -> list[str]:
    """Return the contracts whose evidence may have had its last day, and has not been purged."""
    today = portal.today()
    ended = sa.select(events.c.contract_id).where(
        events.c.kind == "contract_ended",
        events.c.at < start_of_day(add_months(today, -12 * EVIDENCE_YEARS) + timedelta(days=2)),
    )
    unheard = sa.select(situations.c.contract_id).where(
        situations.c.relationship.in_(_PROSPECTS),
        situations.c.changed_at < start_of_day(add_months(today, -12 * PROSPECT_YEARS) + timedelta(days=2)),
    )
    query = sa.select(contracts.c.id).where(
        sa.or_(contracts.c.id.in_(ended), contracts.c.id.in_(unheard)),
        contracts.c.id.not_in(_purged(Category.EVIDENCE)),
    )
    async with portal.database.reading() as connection:
        return sorted(await connection.scalars(query))


async def _evidence(portal: Portal, contract_id: str) -> Counts:
    async def work(connection: AsyncConnection) -> Counts:
        recorded = await _locked(connection, contract_id)
        last_day = await _evidence_until(connection, recorded)
        if last_day is None or portal.today() <= last_day or await _is_held(connection, recorded):
            return {}
        counts = Counts()
        keys = await purge_rows.evidence(connection, contract_id, counts)
        await doom(connection, keys, since=portal.machine_now())
        if await _names_nobody(connection, recorded):
            await purge_rows.people(connection, recorded.company_id, counts)
        return await _written(portal, connection, Category.EVIDENCE, contract_id, counts, always=True)

    return await portal.transact(work)


async def _evidence_until(connection: AsyncConnection, recorded: store.Recorded) -> date | None:
    ended_on = _ended_on(recorded)
    if ended_on is not None:
        return evidence_last_day(ended_on).day
    query = sa.select(situations.c.relationship).where(situations.c.contract_id == recorded.contract_id)
    if await connection.scalar(query) not in _PROSPECTS:
        return None
    return prospect_last_day(await _last_contact_on(connection, recorded)).day


async def _last_contact_on(connection: AsyncConnection, recorded: store.Recorded) -> date:
    """Return the last day on which somebody of a prospect's was here, or something happened."""
    hers = sa.select(persons.c.id).where(persons.c.company_id == recorded.company_id)
    found = [
        recorded.events[-1].event.at if recorded.events else None,
        await connection.scalar(
            sa.select(last_contacts.c.at).where(last_contacts.c.company_id == recorded.company_id)
        ),
        await connection.scalar(
            sa.select(sa.func.max(journal.c.at, type_=journal.c.at.type)).where(journal.c.by_id.in_(hers))
        ),
        await connection.scalar(
            sa.select(sa.func.max(accounts.c.created_at, type_=accounts.c.created_at.type)).where(
                accounts.c.person_id.in_(hers)
            )
        ),
        await connection.scalar(
            sa.select(contracts.c.opened_at).where(contracts.c.id == recorded.contract_id)
        ),
    ]
    return paris_day(max(at for at in found if at is not None))


async def _names_nobody(connection: AsyncConnection, recorded: store.Recorded) -> bool:
    """Tell whether no other contract of a company needs the names of her persons any more."""
    needing = await connection.scalar(
        sa.select(sa.func.count())
        .select_from(contracts)
        .where(
            contracts.c.company_id == recorded.company_id,
            contracts.c.id != recorded.contract_id,
            contracts.c.id.not_in(_purged(Category.EVIDENCE)),
        )
    )
    return not needing


# --- the rest --------------------------------------------------------------------------------------


async def _with_rest(portal: Portal) -> list[str]:
    query = sa.select(contracts.c.id).where(contracts.c.id.in_(_purged(Category.EVIDENCE)))
    async with portal.database.reading() as connection:
        return sorted(await connection.scalars(query))


async def _rest(portal: Portal, contract_id: str) -> Counts:
    """Empty the mandates, then delete the history with the accounts that it justifies, each at its time."""

    async def work(connection: AsyncConnection) -> Counts:
        recorded = await _locked(connection, contract_id)
        if await _is_held(connection, recorded):
            return {}
        today, counts = portal.today(), Counts()
        over_on = _ended_on(recorded) or paris_day(recorded.events[-1].event.at)
        last_collection = await last_collection_on(connection, contract_id)
        if today > mandate_last_day(over_on, last_collection).day:
            await purge_rows.blank_mandates(connection, contract_id, counts)
            await _written(portal, connection, Category.MANDATES, contract_id, counts)
        last_document = await last_document_on(connection, contract_id)
        was_a_contract = _ended_on(recorded) is not None
        last_day = (
            history_last_day(over_on, last_document).day
            if was_a_contract or last_document
            else over_on  # a prospect's goes with the rest of it
        )
        if today > last_day:
            gone = Counts()
            keys = await purge_rows.history(connection, contract_id, gone)
            await doom(connection, keys, since=portal.machine_now())
            await _written(portal, connection, Category.HISTORY, contract_id, gone)
            left = sa.select(sa.func.count()).where(contracts.c.company_id == recorded.company_id)
            if not await connection.scalar(left):
                await purge_rows.company(connection, recorded.company_id, gone)
            counts |= gone
        return counts

    return await portal.transact(work)


# --- all of them -------------------------------------------------------------------------------------


def _purged(category: Category) -> sa.Select[tuple[str]]:
    return sa.select(purges.c.contract_id).where(
        purges.c.category == category.value, purges.c.contract_id.is_not(None)
    )


def _ended_on(recorded: store.Recorded) -> date | None:
    return next(
        (one.event.last_day for one in recorded.events if isinstance(one.event, e.ContractEnded)), None
    )


async def _locked(connection: AsyncConnection, contract_id: str) -> store.Recorded:
    return await store.load(connection, contract_id, company_id=None, lock=True)


async def _held(connection: AsyncConnection) -> list[str]:
    query = sa.select(litigation_holds.c.company_id).where(litigation_holds.c.lifted_at.is_(None))
    return list(await connection.scalars(query))


async def _is_held(connection: AsyncConnection, recorded: store.Recorded) -> bool:
    return recorded.company_id in await _held(connection)


async def _written(
    portal: Portal,
    connection: AsyncConnection,
    category: Category,
    contract_id: str | None,
    counts: Counts,
    *,
    always: bool = False,
) -> Counts:
    """Write a purge down, unless it found nothing."""
    if counts or always:
        await upserts.insert_once(
            connection,
            purges,
            at=portal.now(),
            category=category.value,
            contract_id=contract_id,
            counts=dict(counts),
        )
    return counts
