"""What the portal does with the bank by itself: reads first, then collects, and no folder keeps the rest waiting."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.contract.state import Payment
from portal.records.billing_tables import bank_lines, bank_messages
from portal.services.bank_list import messages, waiting_lines
from portal.services.banking import exchange
from portal.services.context import Portal
from portal.services.outbox import deliver
from tests.clock import FixedClock
from tests.payments.bank_files import Detail, Entry, notification, statement
from tests.services.clients import paris
from tests.services.collected import (
    FIRST_CENTS,
    FIRST_COLLECTION,
    FIRST_FILE,
    FIRST_FILE_ON,
    FIRST_INVOICE,
    a_subscriber,
    first_collected,
    standing,
    take,
    the_invoice,
)

SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def with_folders(portal: Portal, outbox: Path, inbox: Path) -> Portal:
    settings = portal.settings.model_copy(update={"bank_outbox": outbox, "bank_inbox": inbox})
    return replace(portal, settings=settings)


@SQLITE
async def test_what_the_bank_says_comes_before_what_it_is_asked(portal: Portal, clock: FixedClock) -> None:
    one = await a_subscriber(portal, clock)
    await deliver(portal)
    clock.move_to(paris(FIRST_FILE_ON, 9))
    inbox, outbox = portal.settings.data / "in", portal.settings.data / "out"
    inbox.mkdir()
    paid = Detail(cents=FIRST_CENTS, wording=FIRST_INVOICE, bank_reference="V1")
    (inbox / "releve.xml").write_bytes(statement(Entry([paid], family="RCDT")))
    await exchange(with_folders(portal, outbox, inbox))
    assert (await the_invoice(portal, one)).payment is Payment.SETTLED
    assert not outbox.exists()


@SQLITE
async def test_a_folder_that_cannot_be_reached_keeps_nothing_else_waiting(
    portal: Portal, clock: FixedClock
) -> None:
    await a_subscriber(portal, clock)
    await deliver(portal)
    clock.move_to(paris(FIRST_FILE_ON, 9))
    inbox, outbox = portal.settings.data / "in", portal.settings.data / "out"
    outbox.write_bytes(b"a file where the folder should be")
    await exchange(with_folders(portal, outbox, inbox))
    assert await standing(portal) == "open"
    outbox.unlink()
    await exchange(with_folders(portal, outbox, inbox))
    assert [path.name for path in outbox.iterdir()] == [f"{FIRST_FILE}.xml"]


@SQLITE
async def test_an_account_that_is_set_up_wrong_keeps_the_bank_s_messages_read(
    portal: Portal, clock: FixedClock
) -> None:
    one = await a_subscriber(portal, clock)
    await deliver(portal)
    clock.move_to(paris(FIRST_FILE_ON, 9))
    inbox, outbox = portal.settings.data / "in", portal.settings.data / "out"
    inbox.mkdir()
    stranger = Detail(cents=1, wording="Loyer", bank_reference="V1")
    (inbox / "releve.xml").write_bytes(statement(Entry([stranger], family="RCDT")))
    wrong = with_folders(portal, outbox, inbox)
    wrong = replace(wrong, settings=wrong.settings.model_copy(update={"vendor_bic": "X"}))
    await exchange(wrong)
    assert len(await waiting_lines(portal, one.staff)) == 1
    assert not outbox.exists()


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_one_message_taken_by_several_at_once_counts_once(portal: Portal, clock: FixedClock) -> None:
    one = await first_collected(portal, clock)
    settled = Detail(FIRST_COLLECTION, FIRST_CENTS, bank_reference="C1")
    contents = [
        statement(Entry([settled]), message_id="RELEVE"),
        notification(Entry([settled]), message_id="AVIS"),
    ]
    await asyncio.gather(*(take(portal, one.staff, content) for content in contents * 4))
    assert (await the_invoice(portal, one)).payment is Payment.SETTLED
    assert await waiting_lines(portal, one.staff) == ()
    async with portal.database.reading() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(bank_lines)) == 1
        assert await connection.scalar(sa.select(sa.func.count()).select_from(bank_messages)) == 2


@pytest.mark.long
@SQLITE
async def test_fifty_thousand_lines_of_others_leave_ours_found(portal: Portal, clock: FixedClock) -> None:
    one = await first_collected(portal, clock)
    strangers = [
        Entry([Detail(f"AUTRE-{n}", 100 + n, wording="Loyer", bank_reference=f"B{n}")], family="RCDT")
        for n in range(50_000)
    ]
    ours = Entry([Detail(FIRST_COLLECTION, FIRST_CENTS, bank_reference="C1")])
    taken = await take(portal, one.staff, statement(*strangers[:25_000], ours, *strangers[25_000:]))
    assert (taken.lines, taken.new, taken.waiting) == (50_001, 50_001, 50_000)
    assert (await the_invoice(portal, one)).payment is Payment.SETTLED
    [message] = await messages(portal, one.staff)
    assert message.waiting == 50_000
    assert len(await waiting_lines(portal, one.staff, limit=50, after=49_980)) == 20
