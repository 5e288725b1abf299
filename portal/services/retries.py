"""Trying again what an outside system did not take.

A row of the outbox or of the ledger is claimed before it is tried: the claim moves its next attempt ahead,
so that two workers never try the same one at once, and the row of one that dies comes due by itself.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.services.context import Portal

# Longer than one try may last, with all its timeouts: within it a claimed row is being tried.
LEASE = timedelta(minutes=5)

# A system that does not answer is not asked again for each row that waits: every try may last its timeout.
FAILURES_A_ROUND = 3

PROBLEM_LENGTH = 200  # of the tables' column

_DELAYS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
_THEN = timedelta(hours=1)


def delay_after(attempts: int) -> timedelta:
    """Return how long to wait after so many failed attempts: 1, 5 and 15 minutes, then an hour each time."""
    return _DELAYS[attempts - 1] if attempts <= len(_DELAYS) else _THEN


async def claim(portal: Portal, table: sa.Table, row_id: int) -> sa.Row[Any] | None:
    """Take a row that is due, counting the attempt; None where another worker was first."""

    async def work(connection: AsyncConnection) -> sa.Row[Any] | None:
        now = portal.machine_now()
        claimed = await connection.execute(
            sa.update(table)
            .where(table.c.id == row_id, table.c.next_attempt_at <= now)
            .values(attempts=table.c.attempts + 1, next_attempt_at=now + LEASE)
            .returning(table)
        )
        row: sa.Row[Any] | None = claimed.first()
        return row

    return await portal.transact(work)


async def try_all_due(
    portal: Portal,
    table: sa.Table,
    due: Callable[[Portal], Awaitable[list[int]]],
    attempt: Callable[[Portal, sa.Row[Any]], Awaitable[bool]],
) -> int:
    """Claim and try the rows that `due` names, batch after batch; return how many were answered.

    `attempt` writes down what came of a row, and tells whether the other system answered. The round ends when it did
    not for `FAILURES_A_ROUND` rows on end.
    """
    answered = failures = 0
    while waiting := await due(portal):
        for row_id in waiting:
            row = await claim(portal, table, row_id)
            if row is None:
                continue
            if await attempt(portal, row):
                answered, failures = answered + 1, 0
                continue
            failures += 1
            if failures == FAILURES_A_ROUND:
                return answered
    return answered


async def settle(portal: Portal, table: sa.Table, row_id: int, **values: object) -> None:
    """Write down what came of a claimed row."""

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(sa.update(table).where(table.c.id == row_id).values(**values))

    await portal.transact(work)
