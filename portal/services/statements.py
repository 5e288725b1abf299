"""The statement of what is due (CGV art. 10.3, 10.4): the exact sum, to the cent, and until which day it is that.

Nothing of it is kept: it is drawn from the contract's history each time it is asked for.
"""

from asyncio import to_thread
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.arrears import dues, next_suspension
from portal.contract.calendar import paris_day
from portal.contract.settling import sum_holds
from portal.contract.state import State
from portal.documents.arrears_papers import StatementPaper, statement_pdf
from portal.services.context import NotFound, Origin, Portal, Role, Viewer
from portal.services.histories import OpenHistory, current_contract
from portal.services.invoice_files import Handed
from portal.services.journal import note
from portal.services.parties import billed, seller_of


async def statement_of(
    portal: Portal, connection: AsyncConnection, contract_id: str, state: State, at: datetime
) -> StatementPaper | None:
    """Return what is owed at an instant; None where nothing is.

    Raises `Refusal` `legal_rate_missing` where penalties cannot be computed.
    """
    owed = dues(state, at)
    if not owed:
        return None
    parties = (await billed(connection, {contract_id}))[contract_id]
    drawn = paris_day(at)
    hold = sum_holds(state, at)
    threat = next_suspension(state)
    return StatementPaper(
        contract=parties.number,
        seller=seller_of(portal.settings),
        buyer=parties.buyer,
        drawn=drawn,
        valid_until=hold.day if hold else drawn,
        dues=owed,
        suspension_at=threat.at if threat else None,
        suspended_at=state.suspended_at,
    )


async def statement(portal: Portal, viewer: Viewer, origin: Origin, company_id: str | None = None) -> Handed:
    """Hand over today's statement: a client's own or, for staff, that of `company_id`.

    Raises `NotFound` where nothing is due, or the contract is not this viewer's; `Refusal`.
    """
    owner = company_id if viewer.role is Role.STAFF else viewer.tenant
    if owner is None:
        raise NotFound
    now = portal.now()

    async def work(connection: AsyncConnection) -> StatementPaper:
        contract_id = await current_contract(connection, owner)
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=owner, at=now)
        paper = await statement_of(portal, connection, contract_id, opened.state, now)
        if paper is None:
            raise NotFound
        await note(
            connection,
            at=now,
            kind="statement_taken",
            person_id=viewer.person_id,
            company_id=owner,
            by_id=viewer.person_id,
            ip=origin.ip,
            details={"contract": contract_id},
        )
        return paper

    paper = await portal.transact(work)
    content = await to_thread(statement_pdf, paper)
    return Handed(f"Decompte-{paper.contract}-{paper.drawn:%Y-%m-%d}.pdf", "application/pdf", content)
