"""Asking the CRM for what the ledger holds: open, suspend, archive, close, destroy.

The orders of one contract go out one after the other, in the order in which they were written: nothing is
destroyed in the CRM before it heard that it was suspended. An order is never given up: staff see its
problem meanwhile, and the CRM carries it out once, told apart by its key.
"""

from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.outside.provisioning import Order, ProvisioningUnavailable
from portal.records.tables import contracts, provisioning
from portal.services.context import NotFound, Origin, Portal, Viewer
from portal.services.journal import note
from portal.services.retries import PROBLEM_LENGTH, delay_after, settle, try_all_due

log = structlog.get_logger()

_BATCH = 20


async def ask_crm(portal: Portal) -> int:
    """Hand over the orders that are due; return how many the CRM took."""
    return await try_all_due(portal, provisioning, _due, _place)


async def try_again(portal: Portal, viewer: Viewer, order_id: int, origin: Origin) -> bool:
    """Let an order that the CRM refused be tried now, for staff; raises `NotFound`.

    False where it waits or was taken already.
    """
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> bool:
        row = (
            await connection.execute(
                sa.select(provisioning.c.contract_id, provisioning.c.action, contracts.c.company_id)
                .join(contracts, contracts.c.id == provisioning.c.contract_id)
                .where(provisioning.c.id == order_id)
            )
        ).first()
        if row is None:
            raise NotFound
        waiting = await connection.execute(
            sa.update(provisioning)
            .where(
                provisioning.c.id == order_id,
                provisioning.c.asked_at.is_(None),
                provisioning.c.problem != "",
            )
            .values(next_attempt_at=portal.machine_now(), problem="")
        )
        if not waiting.rowcount:
            return False
        await note(
            connection,
            at=portal.now(),
            kind="order_tried_again",
            person_id=None,
            company_id=row.company_id,
            by_id=viewer.person_id,
            ip=origin.ip,
            details={"order": order_id, "action": row.action},
        )
        return True

    return await portal.transact(work)


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
