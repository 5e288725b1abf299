"""What becomes of the mail about a default (CGV art. 10.3): without it nothing is suspended, late it counts again.

The ten business days run from the day of that mail. One that is given up holds the suspension and alerts
staff; one that leaves on a later day than its own states, and starts, a new count.
"""

from typing import Any, Final

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.calendar import paris_day
from portal.contract.refusal import Refusal
from portal.contract.state import State
from portal.services.context import Portal
from portal.services.histories import OpenHistory

log = structlog.get_logger()

TEMPLATE: Final = "default_recorded"
ACTOR: Final = "outbox"


async def hold_if_late(portal: Portal, row: sa.Row[Any]) -> None:
    """Before another try: hold the suspension where the day that it is counted from has passed without a mail."""
    if _is_one(row) and row.attempts > 1 and paris_day(portal.now()) > paris_day(row.as_of):
        await report(portal, row, sent=False)


async def report(portal: Portal, row: sa.Row[Any], *, sent: bool) -> None:
    """Tell the contract whether its mail left; any other mail, and what was told already, changes nothing."""
    if not _is_one(row):
        return
    month = row.params["month"]
    now = portal.now()

    async def work(connection: AsyncConnection) -> None:
        opened = await OpenHistory.open(portal, connection, row.contract_id, company_id=None, at=now)
        if sent or not _suspended_for(opened.state, month):
            await opened.act(a.ReportDefaultMail(month=month, sent=sent), actor=ACTOR, at=now)

    try:
        await portal.transact(work)
    except Refusal as refusal:  # parked: staff look at it already
        log.warning("default_mail.not_reported", contract=row.contract_id, code=refusal.code)


def _is_one(row: sa.Row[Any]) -> bool:
    return row.template == TEMPLATE and bool(row.contract_id)


def _suspended_for(state: State, month: str) -> bool:
    """Tell whether the suspension that the mail announces has come: there is nothing left to hold."""
    return state.suspended_at is not None and any(
        one.suspension_at and one.suspension_at <= state.suspended_at for one in state.invoices_of(month)
    )
