"""The demonstration's contracts in force: months lived through, collected or not, up to an arrear or an end."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.calendar import paris_day, paris_instant
from portal.contract.collecting import presented_again
from portal.contract.deadlines import next_due
from portal.contract.offer import LEGAL_RATES
from portal.contract.state import Invoice, Payment, Relationship, State
from portal.records.billing_tables import IN_ORDER_OF_NUMBERS, invoices, legal_rates
from portal.records.upserts import insert_once
from portal.services.collecting import present_again
from portal.services.context import Portal
from portal.services.demonstration_clients import Running
from portal.services.demonstration_dossiers import ORIGIN, STAFF, Life
from portal.services.histories import OpenHistory
from portal.services.named_persons import NewUser
from portal.services.reading import own_contract
from portal.services.seats import register_user

_COLLECTED_AT = time(11, 7)
_DONE_AT = time(15, 42)
_SILENT_DAYS = 40  # an insolvency administrator who was asked so long before the end
_RATE = 262  # of the first half of 2026: what a demonstration of another half-year reckons with
_Planned = tuple[datetime, NewUser | a.Act]


async def run(life: Life, running: Running) -> None:
    """Let a contract in force live up to now: each deadline, collection and act at its own instant."""
    planned = sorted(_planned(life, running), key=lambda one: one[0])
    while True:
        state = (await own_contract(life.portal, life.viewer)).state
        if state.relationship is not Relationship.ACTIVE:
            break
        due = next_due(state)
        collected = _next_collection(life, state, running)
        steps = [
            one for one in (due and due.at, collected and collected[0], planned and planned[0][0]) if one
        ]
        if not steps or min(steps) > life.now:
            break
        await life.until(min(steps))
        if due and due.at == min(steps):
            continue
        if collected and collected[0] == min(steps):
            await _act(life, a.Settle(month=collected[1].month))
        else:
            await _do(life, planned.pop(0)[1])
    await life.until(life.now)


async def keep_rates(portal: Portal) -> None:
    """Give the half-years around today a legal rate where the law's own is not known: an arrear can be reckoned."""

    async def work(connection: AsyncConnection) -> None:
        year = portal.today().year
        for half in (f"{one}-{half}" for one in range(year - 1, year + 3) for half in (1, 2)):
            if half not in LEGAL_RATES:
                await insert_once(
                    connection,
                    legal_rates,
                    half_year=half,
                    hundredths=_RATE,
                    source="Démonstration",
                    at=portal.now(),
                    by_id="demonstration",
                )

    await portal.transact(work)


async def present_again_what_came_back(portal: Portal) -> None:
    """Let staff present the oldest invoice in arrears again: whatever the day, a file waits for the bank."""
    async with portal.database.reading() as connection:
        oldest = await connection.scalar(
            sa.select(invoices.c.number)
            .where(
                invoices.c.kind == "invoice",
                invoices.c.payment == Payment.IN_DEFAULT.value,
                invoices.c.collection_on < portal.today(),
            )
            .order_by(invoices.c.due_on, *IN_ORDER_OF_NUMBERS)
            .limit(1)
        )
    if oldest is not None:
        day = presented_again(portal.today(), portal.settings.bank_days).day
        await present_again(portal, STAFF, [oldest], day, ORIGIN)


def _planned(life: Life, running: Running) -> Iterator[_Planned]:
    for days_ago, user in running.joins:
        yield _instant(life, days_ago), user
    for days_ago, code in running.orders:
        yield _instant(life, days_ago), a.OrderOption(code=code, quantity=1)
    if running.ends is not None:
        end = _instant(life, running.ends)
        yield end, a.Terminate(reason="insolvency", since=paris_day(end) - timedelta(days=_SILENT_DAYS))


def _next_collection(life: Life, state: State, running: Running) -> tuple[datetime, Invoice] | None:
    """Return the next invoice that is collected, and when; one of the last days that are not is none."""
    first_unpaid = paris_day(life.now) - timedelta(days=running.unpaid_days)
    found = [
        (max(paris_instant(one.collection_day, _COLLECTED_AT), life.clock.instant), one)
        for one in state.invoices
        if one.payment is Payment.OPEN and not (running.unpaid_days and one.collection_day >= first_unpaid)
    ]
    return min(found, key=lambda one: one[0], default=None)


async def _do(life: Life, planned: NewUser | a.Act) -> None:
    if isinstance(planned, NewUser):
        await register_user(life.portal, life.viewer, planned, ORIGIN)
    else:
        await _act(life, planned)


async def _act(life: Life, act: a.Act) -> None:
    async def work(connection: AsyncConnection) -> None:
        now = life.portal.now()
        opened = await OpenHistory.open(life.portal, connection, life.contract_id, company_id=None, at=now)
        await opened.act(act, actor="demonstration", at=now)

    await life.portal.transact(work)


def _instant(life: Life, days_ago: int) -> datetime:
    return paris_instant(paris_day(life.now) - timedelta(days=days_ago), _DONE_AT)
