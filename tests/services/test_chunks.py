"""A night's run: every contract's invoice of the month, once, numbered without a gap, whoever issues it."""

import asyncio
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.calendar import paris_day
from portal.records import store
from portal.records.billing_tables import invoices
from portal.records.projections import differences
from portal.records.tables import events
from portal.services import calendar
from portal.services.calendar import Swept, sweep
from portal.services.chunks import Chunk, continue_chunk
from portal.services.context import Portal
from portal.services.histories import OpenHistory
from portal.services.offers import offers_at
from tests.clock import FixedClock
from tests.many_contracts import AT_A_TIME, THE_RUN, make_contracts

CONTRACTS = 23


async def whole_and_sound(portal: Portal, contracts: int) -> None:
    """Hold the records to everything that a run promises."""
    async with portal.database.reading() as connection:
        rows = list(await connection.execute(sa.select(invoices)))
        days = {int(row.number.rpartition("-")[2]): row.issued_on for row in rows}
        assert sorted(days) == list(range(1, len(rows) + 1)), "numbers follow each other"
        before = [number for number, day in days.items() if day < paris_day(THE_RUN)]
        assert max(before) == len(before), "in the order of the days of issue"
        # Contracts are made so many at a time, each lot with all its months.
        lot = len(before) // contracts * AT_A_TIME
        for first in range(1, len(before) + 1, lot):
            issued = [days[number] for number in range(first, min(first + lot, len(before) + 1))]
            assert issued == sorted(issued), "in the order of the days of issue"
        of_may = Counter(row.contract_id for row in rows if row.month == "2026-05")
        assert len(of_may) == contracts
        assert set(of_may.values()) == {1}
        assert await store.broken_links(connection) == ()
        assert await differences(connection, offers_at(portal.now())) == {}


async def kinds_of_the_run(portal: Portal) -> Counter[str]:
    async with portal.database.reading() as connection:
        return Counter(await connection.scalars(sa.select(events.c.kind).where(events.c.at == THE_RUN)))


async def test_a_run_issues_each_invoice_once(portal: Portal, clock: FixedClock) -> None:
    await make_contracts(portal, CONTRACTS)
    clock.move_to(THE_RUN)
    assert await sweep(portal) == Swept(CONTRACTS, ())
    assert portal.changed.is_set(), "there are mails to send"
    portal.changed.clear()
    assert await sweep(portal) == Swept(0, ())
    assert not portal.changed.is_set(), "whoever looks and finds nothing wakes nobody"
    assert await kinds_of_the_run(portal) == Counter(invoice_issued=CONTRACTS)
    await whole_and_sound(portal, CONTRACTS)


async def test_workers_side_by_side_share_the_run(portal: Portal, clock: FixedClock) -> None:
    await make_contracts(portal, CONTRACTS)
    clock.move_to(THE_RUN)

    async def work() -> int:
        done = 0
        while chunk := await continue_chunk(portal, limit=4):
            done += len(chunk.done)
            await asyncio.sleep(0)
        return done

    assert sum(await asyncio.gather(*(work() for _ in range(4)))) >= CONTRACTS
    await whole_and_sound(portal, CONTRACTS)


async def test_a_long_run_has_two_chunks_in_hand_where_two_may_write(
    portal: Portal, clock: FixedClock, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_contracts(portal, CONTRACTS)
    clock.move_to(THE_RUN)
    in_hand = most = 0

    async def counted(*args: Any, **kwargs: Any) -> Chunk | None:
        nonlocal in_hand, most
        in_hand += 1
        most = max(most, in_hand)
        chunk = await continue_chunk(*args, **kwargs)
        in_hand -= 1
        return chunk

    monkeypatch.setattr(calendar, "continue_chunk", counted)
    assert await sweep(portal, limit=4) == Swept(CONTRACTS, ())
    assert most == {"sqlite": 1, "postgresql": 2}[engine]
    await whole_and_sound(portal, CONTRACTS)


async def test_a_client_may_act_in_the_middle_of_a_run(portal: Portal, clock: FixedClock) -> None:
    first, *_ = await make_contracts(portal, CONTRACTS)
    clock.move_to(THE_RUN)

    async def register(connection: AsyncConnection) -> None:
        opened = await OpenHistory.open(portal, connection, first, company_id=None, at=portal.now())
        await opened.act(a.RegisterUser(user="someone"), actor="a person", at=portal.now())

    await asyncio.gather(sweep(portal), portal.transact(register), sweep(portal))
    await whole_and_sound(portal, CONTRACTS)


async def test_what_one_contract_may_not_write_does_not_keep_the_others_waiting(
    portal: Portal, clock: FixedClock
) -> None:
    """A row that stands in the way of one invoice: the others of its chunk are issued all the same."""
    spoilt, *_ = await make_contracts(portal, CONTRACTS)
    async with portal.database.transaction() as connection:
        row = (
            await connection.execute(
                sa.select(invoices).where(invoices.c.contract_id == spoilt, invoices.c.month == "2026-04")
            )
        ).one()
        await connection.execute(
            sa.insert(invoices).values({**row._mapping, "number": "X-1", "month": "2026-05"})
        )
    clock.move_to(THE_RUN)
    assert await sweep(portal) == Swept(CONTRACTS - 1, (spoilt,))
    assert await kinds_of_the_run(portal) == Counter(invoice_issued=CONTRACTS - 1)
    async with portal.database.reading() as connection:
        numbers = await connection.scalars(
            sa.select(invoices.c.number).where(invoices.c.month == "2026-05", invoices.c.number != "X-1")
        )
        issued = sorted(int(number.rpartition("-")[2]) for number in numbers)
        assert issued == list(range(issued[0], issued[0] + CONTRACTS - 1))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_database_that_cannot_be_asked_is_not_asked_for_ever(portal: Portal) -> None:
    async with portal.database.transaction() as connection:
        await connection.execute(sa.text("DROP TABLE situations"))
    with pytest.raises(sa.exc.OperationalError, match="no such table"):
        await sweep(portal)


async def test_numbers_have_no_gap_where_issues_are_rolled_back(portal: Portal, clock: FixedClock) -> None:
    """Fifty at once, one in five of which fails, after its number was given, before it is asked again."""
    ids = await make_contracts(portal, 50)
    clock.move_to(THE_RUN)

    async def issue(contract_id: str, *, fails: bool) -> None:
        async def work(connection: AsyncConnection) -> None:
            await OpenHistory.open(portal, connection, contract_id, company_id=None, at=portal.now())
            if fails:
                raise ZeroDivisionError

        await portal.transact(work)

    async def issue_at_last(nth: int, contract_id: str) -> None:
        if nth % 5 == 0:
            with pytest.raises(ZeroDivisionError):
                await issue(contract_id, fails=True)
        await issue(contract_id, fails=False)

    await asyncio.gather(*(issue_at_last(nth, contract_id) for nth, contract_id in enumerate(ids)))
    await whole_and_sound(portal, 50)
