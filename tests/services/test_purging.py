"""GDPR art. 5.1.e and 28, CGV art. 12: a contract followed ten years after its end leaves exactly what the table says."""

import uuid
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.refusal import Refusal
from portal.outside.files import FileMissing
from portal.records import projections, store
from portal.records.billing_tables import (
    SCHEMA,
    bank_lines,
    bank_messages,
    collection_files,
    collections,
    invoice_papers,
    mandates,
)
from portal.records.end_tables import purges
from portal.records.tables import companies, journal, outbox, papers, persons, pieces
from portal.services import kept_files
from portal.services.context import NotFound, Portal, Viewer
from portal.services.file_disposal import doom, forget_doomed
from portal.services.forms import FormProblems
from portal.services.invoice_papers import render_waiting
from portal.services.journal import note
from portal.services.litigation import ReasonForm, holds, lift_hold, read_reason, set_hold
from portal.services.offers import offers_at
from portal.services.piece_files import FileKind, file_of
from portal.services.piece_readings import Reading, sealed, unsealed
from portal.services.purge_rows import PLACES
from portal.services.purging import purge, purge_daily
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, a_trial, act, live_until, paris
from tests.services.dossier_lives import a_colleague
from tests.services.ended_lives import destroyed, prepared
from tests.services.invoiced import in_force
from tests.services.mailboxes import all_mails

WHY = ReasonForm(reason="Le client conteste la facture de clôture.")
OTHER = {"siren": "552100554", "email": "eve@autre.example", "legal_name": "Autre"}
# Those that are the vendor's own, or forgotten within days.
NOT_COUNTED = {name for name, place in PLACES.items() if place in {"vendor", "tidied"}}


@pytest.fixture
async def nina(portal: Portal) -> Viewer:
    return await a_colleague(portal)


async def rows_left(portal: Portal) -> dict[str, int]:
    """Return how many rows each table holds, those of the staff's own person left out."""
    found = {}
    async with portal.database.reading() as connection:
        for table in SCHEMA.sorted_tables:
            query = sa.select(sa.func.count()).select_from(table)
            if table is persons:
                query = query.where(persons.c.company_id.is_not(None))
            if table.name == "accounts":
                query = query.where(table.c.role == "client")
            number = await connection.scalar(query)
            if number and table.name not in NOT_COUNTED:
                found[table.name] = number
    return found


async def a_collection(portal: Portal, client: Client, number: str) -> None:
    """The collection of an invoice, in its file, with the bank's message that settled it."""
    keys = [await kept_files.keep(portal, one) for one in (b"<pain008/>", b"<camt054/>")]

    async def work(connection: AsyncConnection) -> None:
        reference = await connection.scalar(sa.select(mandates.c.reference))
        day = date(2026, 3, 31)
        await connection.execute(
            sa.insert(collection_files).values(
                id="M1",
                collection_on=day,
                made_at=portal.now(),
                lines=1,
                total_cents=1,
                sha256=keys[0],
                file_key=keys[0],
            )
        )
        await connection.execute(
            sa.insert(collections).values(
                end_to_end_id=number,
                invoice_number=number,
                contract_id=client.contract_id,
                company_id=client.viewer.tenant,
                mandate_reference=reference,
                sequence="FRST",
                amount_cents=1,
                collection_on=day,
                file_id="M1",
                standing="settled",
                reason_code="",
            )
        )
        await connection.execute(
            sa.insert(bank_messages).values(
                sha256=keys[1],
                kind="camt.054",
                message_id="B1",
                name="camt.xml",
                received_at=portal.now(),
                by_id="",
                lines=1,
                file_key=keys[1],
            )
        )
        await connection.execute(
            sa.insert(bank_lines).values(
                id=str(uuid.uuid4()),
                key="B1-1",
                message_sha256=keys[1],
                kind="settled",
                end_to_end_id=number,
                reference=b"",
                amount_cents=1,
                booked_on=day,
                reason_code="",
                standing="applied",
                invoice_number=number,
                problem="",
                resolution="",
            )
        )

    await portal.transact(work)


async def a_kbis(portal: Portal, client: Client) -> tuple[str, str]:
    """A K-bis as it was sent: its files, and what was read of it; return its id, and its files' key."""
    key = await kept_files.keep(portal, b"%PDF K-bis of Anne Leroy, born in Lille")
    version = str(uuid.uuid4())
    reading = Reading(
        photos=False,
        pages=1,
        texts=("Anne Leroy, née à Lille",),
        edition=None,
        pages_seen=(),
        pages_expected=None,
        ink=None,
        signatures=(),
        extract=None,
        removed=(),
        unread=False,
        signed=True,
        dated=date(2026, 3, 1),
        siren="732829320",
    )

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(
            sa.insert(pieces).values(
                id=version,
                contract_id=client.contract_id,
                piece="kbis",
                revision=0,
                received_at=portal.now(),
                submitted_at=portal.now(),
                by_id=client.viewer.person_id,
                name="kbis-anne-leroy.pdf",
                size=10,
                sha256=key,
                originals=[{"key": key, "name": "kbis.pdf", "media_type": "application/pdf"}],
                copy_key=key,
                previews=[key],
                reading=sealed(portal, version, reading),
                remark="",
            )
        )

    await portal.transact(work)
    return version, key


async def ended(portal: Portal, clock: FixedClock) -> Client:
    """In force on 17 March 2026, ended on 2 April: closed by a credit note, nothing owed."""
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 3, 31), 10))
    await act(portal, client, a.Settle(month="2026-04"))
    await live_until(portal, clock, client, paris(date(2026, 4, 2), 10))
    await act(portal, client, a.Terminate(reason="force_majeure"))
    return client


async def chain_holds(portal: Portal) -> None:
    """The chain is whole, and the tables are what it says."""
    async with portal.database.reading() as connection:
        assert await store.broken_links(connection) == ()
        assert await projections.differences(connection, offers_at(portal.now())) == {}


def test_every_table_has_its_place() -> None:
    """A new table is purged by somebody, or named as what nobody has to purge."""
    assert PLACES.keys() == set(SCHEMA.tables)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_ten_years_after_its_end_exactly_what_the_table_says(
    portal: Portal, clock: FixedClock, nina: Viewer, tmp_path: Path
) -> None:
    client = await ended(portal, clock)
    await a_collection(portal, client, "F-2026-0002")
    await render_waiting(portal)
    await prepared(portal, client, nina, tmp_path)
    await all_mails(portal)
    await destroyed(portal, clock, client, date(2026, 5, 5))
    await all_mails(portal)
    history = {
        "companies": 1,
        "contracts": 1,
        "events": 24,
        "situations": 1,
        "registrations": 1,
        "invoices": 3,
        "trials": 1,
    }
    accounts = {
        "invoice_papers": 3,
        "collections": 1,
        "collection_files": 1,
        "bank_messages": 1,
        "bank_lines": 1,
    }
    evidence = {
        "acceptances": 1,
        "dossiers": 1,
        "restitutions": 1,
        "certificates": 1,
        "provisioning": 4,
        "outbox": 24,
    }
    people = {"persons": 1, "accounts": 1}
    at_first = await rows_left(portal)
    assert at_first == {
        **history,
        **accounts,
        **evidence,
        **people,
        "mandates": 1,
        "journal": at_first["journal"],
    }

    async def on(day: date) -> dict[str, int]:
        clock.move_to(paris(day, 9))
        await purge(portal)
        assert await purge(portal) == {}
        await forget_doomed(portal)
        await chain_holds(portal)
        return await rows_left(portal)

    # Twelve months: the journals; when she was last here is kept beside them.
    kept = {**history, **accounts, **evidence, **people, "mandates": 1, "last_contacts": 1}
    assert await on(date(2027, 4, 1)) == {**kept, "journal": 5} | {
        "journal": (await rows_left(portal))["journal"]
    }
    assert await on(date(2027, 5, 6)) == kept
    # Five years: the last day of the evidence, and the day after. The mandate's reference stays with its collection.
    assert await on(date(2031, 4, 2)) == kept
    assert await on(date(2031, 4, 3)) == {**history, **accounts, "mandates": 1, "last_contacts": 1}
    async with portal.database.reading() as connection:
        mandate = (await connection.execute(sa.select(mandates))).one()
    assert (mandate.reference, mandate.holder, mandate.iban, mandate.iban_hint) == (
        "CT-2026-0001-M1",
        "",
        b"",
        "",
    )
    # Ten years after its end, and to the end of the tenth civil year: its accounts, and the history that bears them out.
    ten_years = {**history, **accounts, "mandates": 1, "last_contacts": 1}
    assert await on(date(2036, 4, 3)) == ten_years
    assert await on(date(2036, 12, 31)) == ten_years
    assert await on(date(2037, 1, 1)) == {}
    async with portal.database.reading() as connection:
        written = (
            await connection.execute(sa.select(purges.c.category, purges.c.counts).order_by(purges.c.id))
        ).all()
    assert [one.category for one in written if one.category != "journals"] == [
        "evidence",
        "mandates",
        "accounting",
        "history",
    ]
    by_category = {one.category: one.counts for one in written}
    assert by_category["evidence"] == {**evidence, **people}
    assert by_category["accounting"] == accounts
    kept_in = portal.settings.data / "files"
    assert [one for one in kept_in.rglob("*") if one.is_file()] == []


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_prospect_goes_three_years_after_her_last_contact(portal: Portal, clock: FixedClock) -> None:
    client = await a_trial(portal, clock, paris(date(2026, 1, 31), 14))
    await live_until(portal, clock, client, paris(date(2026, 3, 20), 10))
    clock.move_to(paris(date(2027, 6, 1), 10))
    async with portal.database.transaction() as connection:
        await note(
            connection,
            at=portal.now(),
            kind="signed_in",
            person_id=client.viewer.person_id,
            by_id=client.viewer.person_id,
        )
    # The line goes after twelve months; the day that it told is remembered.
    for day in (date(2028, 6, 2), date(2030, 6, 1)):
        clock.move_to(paris(day, 9))
        await purge(portal)
        assert (await rows_left(portal))["persons"] == 1
    clock.move_to(paris(date(2030, 6, 2), 9))
    await purge(portal)
    assert await rows_left(portal) == {}


async def test_the_file_of_a_kbis_goes_its_date_and_its_hash_stay(portal: Portal, clock: FixedClock) -> None:
    client = await in_force(portal, clock)
    version, key = await a_kbis(portal, client)
    clock.move_to(paris(date(2026, 4, 16), 23))
    await purge(portal)
    await file_of(portal, client.viewer, version, FileKind.COPY, 1, None)
    clock.move_to(paris(date(2026, 4, 17), 0))
    assert await purge(portal) == {"pieces": 1}
    assert await purge(portal) == {}
    assert await forget_doomed(portal) == 1
    with pytest.raises(NotFound):
        await file_of(portal, client.viewer, version, FileKind.COPY, 1, None)
    with pytest.raises(FileMissing):
        await kept_files.read(portal, key)
    async with portal.database.reading() as connection:
        row = (await connection.execute(sa.select(pieces))).one()
    reading = unsealed(portal, version, row.reading)
    assert (row.sha256, row.name, reading.dated, reading.siren, reading.texts) == (
        key,
        "Fichier effacé",
        date(2026, 3, 1),
        "732829320",
        (),
    )


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_dispute_keeps_everything_of_one_company_and_of_nobody_else(
    portal: Portal, clock: FixedClock, nina: Viewer
) -> None:
    client = await ended(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 5, 6), 9))
    other = await a_trial(portal, clock, paris(date(2026, 5, 6), 11), **OTHER)
    await live_until(portal, clock, other, paris(date(2026, 8, 1), 8))
    with pytest.raises(FormProblems):
        read_reason({"reason": "  "})
    with pytest.raises(NotFound):
        await set_hold(portal, client.viewer, client.viewer.tenant, WHY, ORIGIN)
    with pytest.raises(NotFound):
        await set_hold(portal, nina, str(uuid.uuid4()), WHY, ORIGIN)
    with pytest.raises(Refusal, match="litigation_hold_missing"):
        await lift_hold(portal, nina, client.viewer.tenant, WHY, ORIGIN)
    await set_hold(portal, nina, client.viewer.tenant, WHY, ORIGIN)
    with pytest.raises(Refusal, match="litigation_hold_set"):
        await set_hold(portal, nina, client.viewer.tenant, WHY, ORIGIN)
    assert [(one.legal_name, one.reason) for one in await holds(portal, nina)] == [
        ("Atelier Nord", WHY.reason)
    ]

    clock.move_to(paris(date(2040, 1, 1), 9))
    await purge(portal)
    async with portal.database.reading() as connection:
        assert list(await connection.scalars(sa.select(companies.c.legal_name))) == ["Atelier Nord"]
        assert len((await connection.execute(sa.select(outbox))).all()) > 10
        assert (await connection.scalar(sa.select(sa.func.count()).select_from(invoice_papers))) == 3
        assert (await connection.scalars(sa.select(journal.c.id))).all() != []
    await lift_hold(portal, nina, client.viewer.tenant, WHY, ORIGIN)
    await purge(portal)
    left = await rows_left(portal)
    assert left.keys() <= {"journal"}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_file_that_another_row_uses_is_not_deleted(portal: Portal, clock: FixedClock) -> None:
    client = await in_force(portal, clock)
    key = await kept_files.keep(portal, b"shared")

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(
            sa.insert(papers).values(
                contract_id=client.contract_id,
                piece="contract",
                edition=9,
                facts=b"",
                facts_sha256="",
                printed_at=portal.now(),
                pages=1,
                signature={},
                file_key=key,
            )
        )
        await doom(connection, (key, None), since=portal.machine_now())

    await portal.transact(work)
    assert await forget_doomed(portal) == 0
    assert await kept_files.read(portal, key) == b"shared"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_the_purge_looks_once_a_day(
    portal: Portal, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[date] = []

    async def looks(portal: Portal) -> dict[str, int]:
        looked.append(portal.today())
        return {}

    monkeypatch.setattr("portal.services.purging.purge", looks)
    for day, hour in ((3, 9), (3, 23), (4, 0), (4, 9)):
        clock.move_to(paris(date(2026, 3, day), hour))
        await purge_daily(portal)
    assert looked == [date(2026, 3, 3), date(2026, 3, 4)]
