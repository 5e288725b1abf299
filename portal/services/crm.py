"""Asking the CRM for what the ledger holds: open, suspend, archive, close, destroy.

The orders of one contract go out one after the other, in the order in which they were written: nothing is
destroyed in the CRM before it heard that it was suspended. An order is never given up: staff see its
problem meanwhile, and the CRM carries it out once, told apart by its key.
"""

from typing import Any

import sqlalchemy as sa
import structlog

from portal.outside.provisioning import Order, ProvisioningUnavailable
from portal.records.tables import provisioning
from portal.services.context import Portal
from portal.services.retries import FAILURES_A_ROUND, PROBLEM_LENGTH, claim, delay_after, settle

log = structlog.get_logger()

_BATCH = 20


async def ask_crm(portal: Portal) -> int:
    """Hand over the orders that are due; return how many the CRM took."""
    taken = failures = 0
    while failures < FAILURES_A_ROUND and (waiting := await _due(portal)):
        for row_id in waiting:
            row = await claim(portal, provisioning, row_id)
            if row is None:
                continue
            if await _place(portal, row):
                taken, failures = taken + 1, 0
            else:
                failures += 1
            if failures == FAILURES_A_ROUND:
                break
    return taken


async def _place(portal: Portal, row: sa.Row[Any]) -> bool:
    """Hand over one order; tell whether the CRM took it."""
    order = Order(contract_id=row.contract_id, action=row.action, at=row.at, key=row.key)
    try:
        await portal.provisioning.ask(order, portal.machine_now())
    except ProvisioningUnavailable as reason:
        problem = str(reason)
    except Exception:
        log.exception("crm.order_failed", contract=order.contract_id, action=order.action)
        problem = "L’ordre n’a pas pu être transmis."
    else:
        now = portal.machine_now()
        await settle(portal, provisioning, row.id, asked_at=now, next_attempt_at=None, problem="")
        return True
    next_attempt_at = portal.machine_now() + delay_after(row.attempts)
    await settle(
        portal, provisioning, row.id, next_attempt_at=next_attempt_at, problem=problem[:PROBLEM_LENGTH]
    )
    return False


async def _due(portal: Portal) -> list[int]:
    """Return the orders to hand over now; one waits while an earlier one of its contract does."""
    earlier = provisioning.alias()
    before = sa.exists().where(
        earlier.c.contract_id == provisioning.c.contract_id,
        earlier.c.id < provisioning.c.id,
        earlier.c.asked_at.is_(None),
    )
    async with portal.database.reading() as connection:
        query = (
            sa.select(provisioning.c.id)
            .where(provisioning.c.next_attempt_at <= portal.machine_now(), ~before)
            .order_by(provisioning.c.id)
            .limit(_BATCH)
        )
        return list(await connection.scalars(query))
