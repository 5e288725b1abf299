"""The vendor's offer: the grid, the legal rates, the readings and the terms, as they stand for one contract."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.calendar import paris_day
from portal.contract.offer import LEGAL_RATES, Grid, Offer, Option
from portal.contract.vat import VatRate, vat_rate
from portal.records.among import among
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
    return (await offers_of(connection, [recorded], at))[recorded.contract_id]


async def offers_of(
    connection: AsyncConnection, histories: Sequence[Recorded], at: datetime
) -> dict[str, Offer]:
    """Return the offer that each of these contracts is under; see `offer_of`."""
    offer = await current_offer(connection, at)
    published = await _published_grids(connection)
    rates = await vat_rates(connection, {recorded.company_id for recorded in histories})

    @cache
    def under(grid: Grid, rate: VatRate | None) -> Offer:
        if rate is not None:
            grid = replace(grid, vat_hundredths=rate.hundredths)
        return replace(offer, grid=grid, vat_known=rate is not None)

    return {
        one.contract_id: under(_in_force(published, one.signed_at or at), rates.get(one.company_id))
        for one in histories
    }


def offers_at(at: datetime) -> OfferOf:
    """Return what says the offer of each contract at an instant, for the tables that are derived anew."""

    async def of(connection: AsyncConnection, recorded: Recorded) -> Offer:
        return await offer_of(connection, recorded, at)

    return of


async def vat_of(connection: AsyncConnection, company_id: str) -> VatRate | None:
    """Return a company's VAT rate: what staff decided, else what its place says; None where staff must decide."""
    return (await vat_rates(connection, {company_id})).get(company_id)


async def grid_at(connection: AsyncConnection, at: datetime) -> Grid:
    """Return the grid in force at an instant; before the first one published, that of the demonstration."""
    return _in_force(await _published_grids(connection), at)


async def vat_rates(connection: AsyncConnection, company_ids: AbstractSet[str]) -> dict[str, VatRate]:
    """Return the rates of these companies; see `vat_of`. One that staff must decide first is not among them."""
    rows = await connection.execute(
        sa.select(companies.c.id, companies.c.postcode, vat_decisions.c.hundredths, vat_decisions.c.mention)
        .outerjoin(vat_decisions, vat_decisions.c.company_id == companies.c.id)
        .where(among(connection, companies.c.id, company_ids))
    )
    rates = {
        row.id: vat_rate(row.postcode) if row.hundredths is None else VatRate(row.hundredths, row.mention)
        for row in rows
    }
    return {company_id: rate for company_id, rate in rates.items() if rate is not None}


async def _published_grids(connection: AsyncConnection) -> list[tuple[date, Grid]]:
    """Return the grids published, the latest first, each with the day from which it applies."""
    rows = await connection.execute(sa.select(grids).order_by(grids.c.applies_from.desc()))
    return [(row.applies_from, grid_of(row)) for row in rows]


def _in_force(published: Iterable[tuple[date, Grid]], at: datetime) -> Grid:
    on = paris_day(at)
    return next((grid for applies_from, grid in published if applies_from <= on), Grid())


def grid_of(row: sa.Row[Any]) -> Grid:
    """Return a grid as it was published; its VAT is each client's own."""
    return Grid(
        minimum_users=row.minimum_users,
        user_month_cents=row.user_month_cents,
        options=tuple(
            Option(one["code"], one["label"], one["price_cents"], monthly=one["monthly"])
            for one in row.options
        ),
    )
