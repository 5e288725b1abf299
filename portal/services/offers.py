"""The vendor's offer: the grid, the legal rates, the readings and the terms, as they stand for one contract."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.calendar import paris_day
from portal.contract.offer import LEGAL_RATES, Grid, Offer, Option
from portal.contract.pricing import priced_at
from portal.contract.vat import VatRate, vat_rate
from portal.records.billing_tables import grids, legal_rates, vat_decisions
from portal.records.projections import OfferOf
from portal.records.store import Recorded
from portal.records.tables import companies, terms


async def current_offer(connection: AsyncConnection, at: datetime) -> Offer:
    """Return the vendor's offer at an instant: the grid, the readings and the terms then in force."""
    version = await connection.scalar(
        sa.select(terms.c.version)
        .where(terms.c.applies_from <= at)
        .order_by(terms.c.applies_from.desc(), terms.c.published_at.desc())
        .limit(1)
    )
    published = await connection.execute(sa.select(legal_rates.c.half_year, legal_rates.c.hundredths))
    rates = {**LEGAL_RATES, **{row.half_year: row.hundredths for row in published}}
    return Offer(terms_version=version or "", grid=await grid_at(connection, at), legal_rates=rates)


async def offer_of(connection: AsyncConnection, recorded: Recorded, at: datetime) -> Offer:
    """Return the offer that a contract is under: the grid it was signed under, at the VAT rate of its company.

    Where that rate is still to be decided, the grid's own is shown, and `vat_known` says that it decides nothing.
    """
    offer = await current_offer(connection, at)
    signed_at = priced_at(stored.event for stored in recorded.events)
    grid = await grid_at(connection, signed_at) if signed_at else offer.grid
    rate = await vat_of(connection, recorded.company_id)
    if rate is None:
        return replace(offer, grid=grid, vat_known=False)
    return replace(offer, grid=replace(grid, vat_hundredths=rate.hundredths))


def offers_at(at: datetime) -> OfferOf:
    """Return what says the offer of each contract at an instant, for the tables that are derived anew."""

    async def of(connection: AsyncConnection, recorded: Recorded) -> Offer:
        return await offer_of(connection, recorded, at)

    return of


async def vat_of(connection: AsyncConnection, company_id: str) -> VatRate | None:
    """Return a company's VAT rate: what staff decided, else what its place says; None where staff must decide."""
    decided = (
        await connection.execute(sa.select(vat_decisions).where(vat_decisions.c.company_id == company_id))
    ).first()
    if decided is not None:
        return VatRate(decided.hundredths, decided.mention)
    postcode = await connection.scalar(sa.select(companies.c.postcode).where(companies.c.id == company_id))
    return vat_rate(postcode or "")


async def grid_at(connection: AsyncConnection, at: datetime) -> Grid:
    """Return the grid in force at an instant; before the first one published, that of the demonstration."""
    row = (
        await connection.execute(
            sa.select(grids)
            .where(grids.c.applies_from <= paris_day(at))
            .order_by(grids.c.applies_from.desc())
            .limit(1)
        )
    ).first()
    return Grid() if row is None else grid_of(row)


def grid_of(row: sa.Row[Any]) -> Grid:
    """Return a grid as it was published; its VAT is each client's own."""
    return Grid(
        minimum_users=row.minimum_users,
        user_month_cents=row.user_month_cents,
        options=tuple(_options(row.options)),
    )


def _options(stored: Iterable[dict[str, Any]]) -> Iterable[Option]:
    for one in stored:
        yield Option(one["code"], one["label"], one["price_cents"], monthly=one["monthly"])
