"""A contract whose history breaks an invariant stops there: nothing is decided, everything can be read."""

from datetime import date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.lines import line
from portal.contract.refusal import Refusal
from portal.records import store
from portal.records.tables import accounts, events, journal, outbox, parked, persons
from portal.services.calendar import Swept, release, sweep
from portal.services.context import NotFound, Portal, Role, Viewer
from portal.services.outbox import deliver
from portal.services.reading import any_contract, own_contract
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, a_trial, act, paris
from tests.services.test_calendar import STAFF

STARTED = paris(date(2026, 3, 3), 10)
SUSPENSION = paris(date(2026, 4, 3), 0)
BROKEN = "2026-05 facturé pour 1 utilisateurs, sous le minimum de 5"


async def break_its_history(portal: Portal, client: Client, at: datetime) -> None:
    """Write what no rule would: an invoice for one user, where the contract says five."""
    charged = line("subscription", "2026-05", 1, 4900, label="Abonnement")
    wrong = e.InvoiceIssued(
        at=at,
        number="F-2026-0001",
        month="2026-05",
        due=date(2026, 4, 30),
        collection=date(2026, 4, 30),
        lines=(charged,),
        net_cents=4900,
        vat_hundredths=2000,
        vat_cents=980,
        gross_cents=5880,
    )

    async def work(connection: AsyncConnection) -> None:
        recorded = await store.load(connection, client.contract_id, company_id=None, lock=True)
        await store.append(connection, recorded, (wrong,), actor="a bug", recorded_at=at)

    await portal.transact(work)


async def a_colleague(portal: Portal) -> Viewer:
    async def work(connection: AsyncConnection) -> None:
        await connection.execute(
            sa.insert(persons).values(
                id="colleague",
                email="michel@exanergy.example",
                first_name="Michel",
                last_name="Garde",
                created_at=portal.now(),
            )
        )
        await connection.execute(
            sa.insert(accounts).values(
                person_id="colleague",
                email="michel@exanergy.example",
                role=Role.STAFF.value,
                password_hash="no password opens it",
                confirmed_at=portal.now(),
                created_at=portal.now(),
            )
        )

    await portal.transact(work)
    return Viewer("colleague", Role.STAFF, None, "session")


async def recorded_kinds(portal: Portal) -> list[str]:
    async with portal.database.reading() as connection:
        return list(await connection.scalars(sa.select(events.c.kind).order_by(events.c.seq)))


async def parked_contracts(portal: Portal) -> list[str]:
    async with portal.database.reading() as connection:
        return list(await connection.scalars(sa.select(parked.c.contract_id)))


async def test_an_act_on_a_broken_history_is_refused_and_parks_the_contract(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_trial(portal, clock, STARTED)
    staff = await a_colleague(portal)
    await break_its_history(portal, client, STARTED)
    before = await recorded_kinds(portal)
    for _ in range(2):
        with pytest.raises(Refusal) as refused:
            await act(portal, client, a.OrderOption(code="start"))
        assert refused.value.code == "contract_parked"
        assert "reste lisible" in refused.value.message
    assert await recorded_kinds(portal) == before
    assert await parked_contracts(portal) == [client.contract_id]

    # Everything is readable, to the client as to the staff, who learn what broke.
    assert (await own_contract(portal, client.viewer)).users
    assert (await any_contract(portal, staff, client.contract_id)).parked_for == (BROKEN,)
    async with portal.database.reading() as connection:
        mails = await connection.execute(
            sa.select(outbox.c.template, outbox.c.person_id).where(outbox.c.template == "contract_parked")
        )
        assert [tuple(row) for row in mails] == [("contract_parked", "colleague")]
    await deliver(portal)
    async with portal.database.reading() as connection:
        text = await connection.scalar(sa.select(outbox.c.text).where(outbox.c.template == "contract_parked"))
    assert client.contract_id[:8].upper() in (text or "")


async def test_the_calendar_stops_at_a_breach_and_does_not_come_back(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_trial(portal, clock, STARTED)
    await break_its_history(portal, client, STARTED)
    before = await recorded_kinds(portal)
    clock.move_to(SUSPENSION)
    assert await sweep(portal) == Swept(done=1, failed=())
    assert await sweep(portal) == Swept(done=0, failed=())
    assert await recorded_kinds(portal) == before
    assert await parked_contracts(portal) == [client.contract_id]
    # The page does not pretend either that what was held back has happened.
    assert (await own_contract(portal, client.viewer)).state.service == "open"


async def test_a_sound_contract_beside_it_goes_on(portal: Portal, clock: FixedClock) -> None:
    broken = await a_trial(portal, clock, STARTED)
    sound = await a_trial(
        portal, clock, STARTED, siren="999120348", email="paul@forge.example", legal_name="Forge du Sud"
    )
    await break_its_history(portal, broken, STARTED)
    clock.move_to(SUSPENSION)
    await sweep(portal)
    assert (await own_contract(portal, sound.viewer)).state.service == "suspended"
    assert await parked_contracts(portal) == [broken.contract_id]


async def test_staff_let_it_go_on_and_it_parks_again_while_it_is_broken(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_trial(portal, clock, STARTED)
    await break_its_history(portal, client, STARTED)
    clock.move_to(SUSPENSION)
    await sweep(portal)
    with pytest.raises(NotFound):
        await release(portal, client.viewer, client.contract_id, ORIGIN)
    await release(portal, STAFF, client.contract_id, ORIGIN)
    assert await parked_contracts(portal) == [client.contract_id]

    async def mend(connection: AsyncConnection) -> None:
        await connection.execute(sa.delete(events).where(events.c.kind == "invoice_issued"))

    await portal.transact(mend)
    await release(portal, STAFF, client.contract_id, ORIGIN)
    assert await parked_contracts(portal) == []
    assert (await recorded_kinds(portal))[-2:] == ["service_suspended", "data_archived"]
    async with portal.database.reading() as connection:
        noted = await connection.scalars(
            sa.select(journal.c.kind).where(journal.c.kind == "contract_released")
        )
        assert list(noted) == ["contract_released"] * 2
