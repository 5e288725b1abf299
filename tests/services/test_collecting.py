"""CGV art. 10.2 and 10.3: which invoices are collected, when the bank is told, and what is never collected."""

import asyncio
from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa
from lxml import etree

from portal.contract import acts as a
from portal.contract.acts import FIRST
from portal.contract.french import full_date
from portal.contract.refusal import Refusal
from portal.payments.collection_files import FORMAT, verify
from portal.records.billing_tables import collection_files, collections, mandates
from portal.records.tables import outbox
from portal.services import parking
from portal.services.collecting import collect, hand_over, present_again
from portal.services.collection_reading import (
    collections_of,
    file_for_bank,
    files_for_bank,
    files_to_come,
    not_collected,
    own_collections,
)
from portal.services.context import NotFound, Portal
from portal.services.mandates import Standing, block, mandates_of, own_mandates
from portal.services.outbox import deliver
from tests.clock import FixedClock
from tests.payments.bank_files import GroupStatus, Status, status_report
from tests.services.clients import ORIGIN, act, live_until, paris
from tests.services.collected import (
    FIRST_CENTS,
    FIRST_COLLECTED_ON,
    FIRST_COLLECTION,
    FIRST_FILE,
    FIRST_FILE_ON,
    FIRST_INVOICE,
    Subscriber,
    a_subscriber,
    first_collected,
    standing,
    take,
)

NS = f"{{urn:iso:std:iso:20022:tech:xsd:{FORMAT}}}"


async def told(portal: Portal, clock: FixedClock, one: Subscriber, day: date = FIRST_FILE_ON) -> None:
    """Send the mails, then go on to the day on which the bank is told."""
    await deliver(portal)
    await live_until(portal, clock, one.client, paris(day, 9))


async def count(portal: Portal, table: sa.Table) -> int:
    async with portal.database.reading() as connection:
        return await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


async def test_the_bank_is_told_two_banking_days_before_and_once(portal: Portal, clock: FixedClock) -> None:
    one = await a_subscriber(portal, clock)
    await told(portal, clock, one, date(2026, 3, 5))
    assert await collect(portal) == ()
    clock.move_to(paris(FIRST_FILE_ON, 0))
    assert await collect(portal) == (FIRST_FILE,)
    assert await collect(portal) == ()
    [collected] = await own_collections(portal, one.client.viewer)
    assert (collected.end_to_end_id, collected.amount_cents, collected.collection_on, collected.standing) == (
        FIRST_COLLECTION,
        FIRST_CENTS,
        FIRST_COLLECTED_ON,
        "open",
    )


async def test_the_file_is_what_the_standard_asks_for_and_the_same_each_time(
    portal: Portal, clock: FixedClock
) -> None:
    one = await a_subscriber(portal, clock)
    await told(portal, clock, one)
    await collect(portal)
    file = await file_for_bank(portal, one.staff, FIRST_FILE, ORIGIN)
    verify(file.content)
    document = etree.fromstring(file.content)
    said = {
        name: [found.text for found in document.iter(f"{NS}{name}")]
        for name in ("SeqTp", "MndtId", "InstdAmt", "Ustrd", "DtOfSgntr")
    }
    assert said == {
        "SeqTp": ["FRST"],
        "MndtId": ["CT-2026-0001-M1"],
        "InstdAmt": ["294.00"],
        "Ustrd": ["Facture F-2026-0001"],
        "DtOfSgntr": ["2026-03-03"],
    }
    clock.move_to(paris(date(2026, 3, 9), 9))
    assert (await file_for_bank(portal, one.staff, FIRST_FILE, ORIGIN)).content == file.content
    [listed] = await files_for_bank(portal, one.staff)
    assert (listed.id, listed.lines, listed.total_cents, dict(listed.standings)) == (
        FIRST_FILE,
        1,
        FIRST_CENTS,
        {"open": 1},
    )
    assert listed.handed_over_at == paris(FIRST_FILE_ON, 9)


async def test_the_second_collection_of_a_mandate_is_recurrent(portal: Portal, clock: FixedClock) -> None:
    one = await first_collected(portal, clock)
    await act(portal, one.client, a.Settle(month=FIRST))
    await told(portal, clock, one, date(2026, 3, 20))
    await told(portal, clock, one, date(2026, 3, 27))
    assert await collect(portal) == ("PRLV-20260331-1",)
    async with portal.database.reading() as connection:
        found = await connection.execute(
            sa.select(collections.c.sequence).order_by(collections.c.collection_on)
        )
        assert list(found.scalars()) == ["FRST", "RCUR"]


async def test_after_a_rejection_the_mandate_was_never_used(portal: Portal, clock: FixedClock) -> None:
    one = await first_collected(portal, clock)
    await take(
        portal,
        one.staff,
        status_report(GroupStatus("G", [Status(FIRST_COLLECTION, "AM04", cents=FIRST_CENTS)])),
    )
    clock.move_to(paris(date(2026, 3, 11), 9))
    await present_again(portal, one.staff, [FIRST_INVOICE], date(2026, 3, 13), ORIGIN)
    async with portal.database.reading() as connection:
        query = sa.select(collections.c.sequence).where(collections.c.end_to_end_id == f"{FIRST_INVOICE}-2")
        assert await connection.scalar(query) == "FRST"


async def test_what_is_paid_before_is_not_collected(portal: Portal, clock: FixedClock) -> None:
    one = await a_subscriber(portal, clock)
    await told(portal, clock, one)
    await act(portal, one.client, a.Settle(month=FIRST))
    assert await collect(portal) == ()


async def test_a_part_paid_invoice_is_collected_for_the_rest(portal: Portal, clock: FixedClock) -> None:
    one = await a_subscriber(portal, clock)
    await told(portal, clock, one)
    await act(portal, one.client, a.Settle(month=FIRST, amount_cents=94_00))
    await collect(portal)
    [collected] = await own_collections(portal, one.client.viewer)
    assert collected.amount_cents == 200_00


# --- what is never collected ---------------------------------------------------------------------


async def why_not(portal: Portal, one: Subscriber) -> str:
    assert await collect(portal) == ()
    [left] = await not_collected(portal, one.staff)
    assert left.invoice_number == FIRST_INVOICE
    assert left.because is None or full_date(left.because.day) in left.why
    return left.why


async def test_nothing_without_the_mail_that_announces_it(portal: Portal, clock: FixedClock) -> None:
    one = await a_subscriber(portal, clock)
    await live_until(portal, clock, one.client, paris(FIRST_FILE_ON, 9))
    assert "n’est pas parti" in await why_not(portal, one)
    await deliver(portal)
    assert await collect(portal) == (FIRST_FILE,)


async def test_nothing_that_was_announced_too_late(
    portal: Portal, clock: FixedClock, machine: FixedClock
) -> None:
    one = await a_subscriber(portal, clock)
    machine.move_to(paris(date(2026, 3, 4), 9))
    await told(portal, clock, one)
    assert "mercredi 11" in (await why_not(portal, one)).replace("\u00a0", " ")


async def test_nothing_under_a_blocked_mandate(portal: Portal, clock: FixedClock) -> None:
    one = await a_subscriber(portal, clock)
    await told(portal, clock, one)
    async with portal.database.transaction() as connection:
        assert await block(connection, "CT-2026-0001-M1", "MD01", portal.now())
        assert not await block(connection, "CT-2026-0001-M1", "AC04", portal.now())
    assert "aucun mandat" in await why_not(portal, one)
    [mandate] = await own_mandates(portal, one.client.viewer)
    assert mandate.standing is Standing.BLOCKED
    assert mandate.blocked_for is not None
    assert mandate.blocked_for.code == "MD01"


async def test_nothing_under_a_lapsed_mandate(portal: Portal, clock: FixedClock) -> None:
    one = await a_subscriber(portal, clock)
    await told(portal, clock, one)
    async with portal.database.transaction() as connection:
        await connection.execute(sa.update(mandates).values(signed_on=date(2023, 3, 9)))
    assert await why_not(portal, one) == f"le mandat pouvait servir jusqu’au {full_date(date(2026, 3, 9))}"
    async with portal.database.transaction() as connection:
        await connection.execute(sa.update(mandates).values(signed_on=date(2023, 3, 10)))
    assert await collect(portal) == (FIRST_FILE,)


async def test_nothing_without_a_mandate(portal: Portal, clock: FixedClock) -> None:
    one = await a_subscriber(portal, clock)
    await told(portal, clock, one)
    async with portal.database.transaction() as connection:
        await connection.execute(sa.delete(mandates))
    assert "pas de mandat" in await why_not(portal, one)


async def test_nothing_of_a_parked_contract(portal: Portal, clock: FixedClock) -> None:
    one = await a_subscriber(portal, clock)
    await told(portal, clock, one)
    async with portal.database.transaction() as connection:
        breach = parking.Breach(one.client.contract_id, ("an invariant",))
        await parking.park(connection, breach, at=portal.now(), machine_now=portal.machine_now())
    assert "arrêté" in await why_not(portal, one)


async def test_what_a_bank_would_refuse_does_not_keep_the_others_waiting(
    portal: Portal, clock: FixedClock
) -> None:
    one = await a_subscriber(portal, clock)
    other = await a_subscriber(portal, clock, 1, one.staff)
    await told(portal, clock, one)
    async with portal.database.transaction() as connection:
        of_one = mandates.c.contract_id == one.client.contract_id
        await connection.execute(sa.update(mandates).where(of_one).values(holder="« »"))
    assert await collect(portal) == (FIRST_FILE,)
    assert await own_collections(portal, one.client.viewer) == ()
    assert len(await own_collections(portal, other.client.viewer)) == 1
    [left] = await not_collected(portal, one.staff)
    assert "titulaire" in left.why


async def test_a_day_that_passed_without_a_file_waits_for_a_person(portal: Portal, clock: FixedClock) -> None:
    one = await a_subscriber(portal, clock)
    await told(portal, clock, one, FIRST_COLLECTED_ON)
    assert "présentez-la de nouveau" in await why_not(portal, one)
    file_id = await present_again(portal, one.staff, [FIRST_INVOICE], date(2026, 3, 12), ORIGIN)
    assert file_id == "PRLV-20260312-1"


# --- presenting again ----------------------------------------------------------------------------


async def rejected(portal: Portal, clock: FixedClock) -> Subscriber:
    one = await first_collected(portal, clock)
    report = status_report(GroupStatus("G", [Status(FIRST_COLLECTION, "AM04", cents=FIRST_CENTS)]))
    await take(portal, one.staff, report)
    clock.move_to(paris(date(2026, 3, 11), 9))
    return one


async def test_what_came_back_is_presented_again_once_and_announced(
    portal: Portal, clock: FixedClock
) -> None:
    one = await rejected(portal, clock)
    day = date(2026, 3, 13)
    first = await present_again(portal, one.staff, [FIRST_INVOICE], day, ORIGIN)
    assert await present_again(portal, one.staff, [FIRST_INVOICE], day, ORIGIN) == first
    assert await standing(portal, f"{FIRST_INVOICE}-2") == "open"
    assert await count(portal, collections) == 2
    async with portal.database.reading() as connection:
        announced = await connection.scalar(
            sa.select(sa.func.count()).select_from(outbox).where(outbox.c.template == "collection_again")
        )
    assert announced == 1


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 3, 12), "day_too_early"),
        (date(2026, 3, 14), "day_closed"),
        (date(2026, 4, 3), "day_closed"),
        (date(2026, 9, 1), "day_too_far"),
    ],
)
async def test_a_day_that_cannot_be_is_refused(
    portal: Portal, clock: FixedClock, day: date, code: str
) -> None:
    one = await rejected(portal, clock)
    with pytest.raises(Refusal) as caught:
        await present_again(portal, one.staff, [FIRST_INVOICE], day, ORIGIN)
    assert caught.value.code == code
    assert await count(portal, collections) == 1


async def test_what_stands_in_the_way_is_said(portal: Portal, clock: FixedClock) -> None:
    one = await rejected(portal, clock)
    async with portal.database.transaction() as connection:
        await block(connection, "CT-2026-0001-M1", "AC04", portal.now())
    with pytest.raises(Refusal) as caught:
        await present_again(portal, one.staff, [FIRST_INVOICE], date(2026, 3, 13), ORIGIN)
    assert caught.value.code == "nothing_to_collect"
    assert "le compte est clos" in caught.value.message


async def test_a_paid_invoice_is_not_presented_again(portal: Portal, clock: FixedClock) -> None:
    one = await rejected(portal, clock)
    await act(portal, one.client, a.Settle(month=FIRST))
    with pytest.raises(Refusal) as caught:
        await present_again(portal, one.staff, [FIRST_INVOICE], date(2026, 3, 13), ORIGIN)
    assert caught.value.code == "nothing_to_collect"


async def test_what_is_still_to_be_collected_is_not_presented_before_its_day(
    portal: Portal, clock: FixedClock
) -> None:
    one = await a_subscriber(portal, clock)
    with pytest.raises(Refusal) as caught:
        await present_again(portal, one.staff, [FIRST_INVOICE], date(2026, 3, 9), ORIGIN)
    assert caught.value.code == "nothing_to_collect"
    assert await count(portal, collections) == 0


# --- who sees what, and the folder ---------------------------------------------------------------


async def test_only_staff_see_the_files_and_each_client_her_own_collections(
    portal: Portal, clock: FixedClock
) -> None:
    one = await first_collected(portal, clock)
    other = await a_subscriber(portal, clock, 1, one.staff)
    assert await own_collections(portal, other.client.viewer) == ()
    for asked in (
        files_for_bank(portal, one.client.viewer),
        file_for_bank(portal, one.client.viewer, FIRST_FILE, ORIGIN),
        not_collected(portal, one.client.viewer),
        collections_of(portal, other.client.viewer, one.client.contract_id),
        mandates_of(portal, other.client.viewer, one.client.contract_id),
        present_again(portal, one.client.viewer, [FIRST_INVOICE], date(2026, 3, 13), ORIGIN),
        file_for_bank(portal, one.staff, "PRLV-20260310-9", ORIGIN),
    ):
        with pytest.raises(NotFound):
            await asked
    [seen] = await collections_of(portal, one.staff, one.client.contract_id)
    assert "••••" in seen.iban_hint
    [mandate] = await mandates_of(portal, one.staff, one.client.contract_id)
    assert (mandate.standing, mandate.last_presented_on) == (Standing.GOOD, FIRST_COLLECTED_ON)


async def test_files_are_put_into_the_bank_s_folder_once(portal: Portal, clock: FixedClock) -> None:
    one = await a_subscriber(portal, clock)
    await told(portal, clock, one)
    await collect(portal)
    assert await hand_over(portal) == 0
    folder = portal.settings.data / "to-the-bank"
    with_folder = replace(portal, settings=portal.settings.model_copy(update={"bank_outbox": folder}))
    assert await hand_over(with_folder) == 1
    assert await hand_over(with_folder) == 0
    [file] = await files_to_come(portal)
    assert [path.name for path in folder.iterdir()] == [file.name]
    assert (folder / file.name).read_bytes() == file.content


# --- several at once -----------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_two_workers_make_one_file(portal: Portal, clock: FixedClock) -> None:
    one = await a_subscriber(portal, clock)
    await a_subscriber(portal, clock, 1, one.staff)
    await told(portal, clock, one)
    made = await asyncio.gather(*(collect(portal) for _ in range(6)))
    assert [file for files in made for file in files] == [FIRST_FILE]
    assert await count(portal, collection_files) == 1
    assert await count(portal, collections) == 2


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_a_file_asks_for_what_is_unpaid_as_it_is_recorded(portal: Portal, clock: FixedClock) -> None:
    one = await a_subscriber(portal, clock)
    await told(portal, clock, one)
    part = a.Settle(month=FIRST, amount_cents=10_00)
    await asyncio.gather(collect(portal), act(portal, one.client, part), collect(portal))
    [collected] = await own_collections(portal, one.client.viewer)
    assert collected.amount_cents in {FIRST_CENTS, FIRST_CENTS - 10_00}
    [listed] = await files_for_bank(portal, one.staff)
    assert listed.total_cents == collected.amount_cents
