"""Optional services of the grid (CGV art. 5.2): what each costs, what ordering it changes, the order itself."""

from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.services.context import Origin, Portal, Viewer
from portal.services.effects import Effect, effect, must_be_as_shown
from portal.services.histories import OpenHistory, current_contract
from portal.services.journal import note
from portal.services.reading import own_contract


async def effect_of(portal: Portal, viewer: Viewer, code: str, quantity: int) -> Effect:
    """Return what ordering so many of an option would change of the viewer's next invoices."""
    contract = await own_contract(portal, viewer)
    return effect(contract.state, [a.OrderOption(code=code, quantity=quantity)], portal.now())


async def order(portal: Portal, viewer: Viewer, code: str, quantity: int, shown: str, origin: Origin) -> None:
    """Order what was shown; the same order sent twice finds another effect, and is shown again instead.

    Raises `EffectChanged`, `Refusal`.
    """

    async def work(connection: AsyncConnection) -> None:
        now = portal.now()
        contract_id = await current_contract(connection, viewer.tenant)
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=viewer.tenant, at=now)
        act = a.OrderOption(code=code, quantity=quantity)
        must_be_as_shown(effect(opened.state, [act], now), shown)
        await opened.act(act, actor=viewer.person_id, at=now)
        await note(
            connection,
            at=now,
            kind="option_ordered",
            person_id=viewer.person_id,
            company_id=viewer.tenant,
            by_id=viewer.person_id,
            ip=origin.ip,
            details={"code": code, "quantity": quantity},
        )

    await portal.transact(work)
