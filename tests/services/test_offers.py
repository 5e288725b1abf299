"""The offer a contract is under: its grid, its VAT, the legal rates (CGV art. 5.2, 10.1, 10.4)."""

import uuid
from datetime import date, datetime

import sqlalchemy as sa

from portal.contract.offer import LEGAL_RATES, Grid, Offer, Option
from portal.records import store
from portal.records.billing_tables import grids, invoices, legal_rates, vat_decisions
from portal.records.projections import PROJECTIONS, differences
from portal.records.tables import companies
from portal.services.context import Portal
from portal.services.offers import current_offer, offer_of, offers_at
from tests.clock import FixedClock
from tests.services.clients import Client, a_client, paris
from tests.services.dossier_lives import a_whole_dossier

DEARER = Grid(minimum_users=5, user_month_cents=5500, options=(Option("start", "Service démarrage", 51000),))


async def publish(portal: Portal, grid: Grid, applies_from: date) -> None:
    row = {
        "id": str(uuid.uuid4()),
        "applies_from": applies_from,
        "minimum_users": grid.minimum_users,
        "user_month_cents": grid.user_month_cents,
        "options": [
            {"code": one.code, "label": one.label, "price_cents": one.price_cents, "monthly": one.monthly}
            for one in grid.options
        ],
        "published_at": portal.now(),
        "by_id": "staff",
    }
    async with portal.database.transaction() as connection:
        await connection.execute(sa.insert(grids).values(row))


async def offer(portal: Portal, client: Client, at: datetime) -> Offer:
    async with portal.database.reading() as connection:
        recorded = await store.load(connection, client.contract_id, company_id=None)
        return await offer_of(connection, recorded, at)


async def test_a_grid_applies_from_its_day_on(portal: Portal) -> None:
    await publish(portal, DEARER, date(2026, 5, 1))
    async with portal.database.reading() as connection:
        assert (await current_offer(connection, paris(date(2026, 4, 30), 23))).grid == Grid()
        assert (await current_offer(connection, paris(date(2026, 5, 1), 0))).grid == DEARER


async def test_a_contract_keeps_the_grid_it_was_signed_under(portal: Portal, clock: FixedClock) -> None:
    await publish(portal, DEARER, date(2026, 4, 21))
    client, _ = await a_whole_dossier(portal, clock)
    fresh = await a_client(portal)
    later = paris(date(2026, 6, 1), 12)
    assert (await offer(portal, client, later)).grid.user_month_cents == 4900
    assert (await offer(portal, fresh, later)).grid.user_month_cents == 5500


async def test_the_vat_is_that_of_the_place_or_what_staff_decided(portal: Portal) -> None:
    client = await a_client(portal)
    now = portal.now()
    assert (await offer(portal, client, now)).grid.vat_hundredths == 2000
    async with portal.database.transaction() as connection:
        await connection.execute(sa.update(companies).values(postcode="97200"))
    assert (await offer(portal, client, now)).grid.vat_hundredths == 850
    async with portal.database.transaction() as connection:
        company_id = await connection.scalar(sa.select(companies.c.id))
        decided = {"company_id": company_id, "hundredths": 0, "mention": "Autoliquidation"}
        await connection.execute(
            sa.insert(vat_decisions).values(**decided, reason="Établie à Monaco", at=now, by_id="staff")
        )
    assert (await offer(portal, client, now)).grid.vat_hundredths == 0


async def test_a_legal_rate_that_staff_enter_stands_beside_those_known(portal: Portal) -> None:
    async with portal.database.transaction() as connection:
        await connection.execute(
            sa.insert(legal_rates).values(
                half_year="2026-2", hundredths=262, source="arrêté", at=portal.now(), by_id="staff"
            )
        )
    async with portal.database.reading() as connection:
        rates = (await current_offer(connection, portal.now())).legal_rates
    assert rates == {**LEGAL_RATES, "2026-2": 262}


async def test_each_invoice_has_its_row_with_what_became_of_it(portal: Portal, clock: FixedClock) -> None:
    client, _ = await a_whole_dossier(portal, clock)
    async with portal.database.reading() as connection:
        rows = list(await connection.execute(sa.select(invoices).order_by(invoices.c.issued_at)))
        assert await differences(connection, offers_at(clock.now())) == {}
    assert invoices in PROJECTIONS
    [first, *others] = [
        (row.number, row.occasion, row.month, row.issued_on, row.due_on, row.gross_cents, row.payment)
        for row in rows
    ]
    assert first == ("F-2026-0001", "first", "first", date(2026, 5, 1), date(2026, 5, 11), 29400, "settled")
    assert others == [
        ("F-2026-0002", "periodic", "2026-06", date(2026, 5, 20), date(2026, 5, 31), others[0][5], "open")
    ]
    assert {(row.contract_id, row.kind, row.unpaid_cents, row.settled_on) for row in rows} == {
        (client.contract_id, "invoice", 0, date(2026, 5, 20)),
        (client.contract_id, "invoice", others[0][5], None),
    }
