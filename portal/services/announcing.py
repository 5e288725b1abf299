"""What announcing a grid or a version of the terms to the contracts in force would do (CGV art. 10.1, 17).

A simulation reads one row per contract, and asks the same rules as the announcement itself (`contract.announcing`).
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.acts import What
from portal.contract.announcing import (
    LeftOut,
    LeftOutFor,
    Reached,
    Standing,
    Wished,
    announced_from,
    last_reached_day,
    months_cents,
    reached,
    with_change,
    yearly_difference,
)
from portal.contract.calendar import add_months, month_of, paris_day
from portal.contract.french import full_date
from portal.contract.offer import Offer
from portal.contract.refusal import Refusal
from portal.contract.state import Relationship
from portal.contract.term import MONTHS_PER_TERM
from portal.records.billing_tables import grids
from portal.records.projections import standing_in
from portal.records.tables import companies, contracts, situations, terms
from portal.services.context import NotFound, Portal, Viewer
from portal.services.offers import current_offer

PAGE_LENGTH: Final = 50

_STANDING = (
    situations.c.entered_on,
    situations.c.terms,
    situations.c.unit_cents,
    situations.c.ends_on,
    situations.c.terms_version,
    situations.c.changes,
)
IN_FORCE = sa.and_(
    situations.c.relationship == Relationship.ACTIVE.value, situations.c.entered_on.is_not(None)
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What staff choose to announce: the price of a grid by its id, or a version of the terms by its name."""

    what: What
    name: str


@dataclass(frozen=True, slots=True)
class Month:
    """What all contracts in force bring in a month, excluding VAT, without the change and with it.

    `changed` counts the contracts that it touches by then.
    """

    month: date
    before_cents: int
    after_cents: int
    changed: int


@dataclass(frozen=True, slots=True)
class Simulation:
    """Whom an announcement made at `at` reaches, when, and what it changes in twelve months.

    `yearly_cents` is the difference over a whole year, once every contract reached has been renewed.
    """

    choice: Choice
    wished: Wished
    at: datetime
    contracts: int
    at_next_renewal: int
    at_the_one_after: int
    left_out: tuple[tuple[LeftOutFor, int], ...]
    first: Reached | None
    last: Reached | None
    months: tuple[Month, ...]
    yearly_cents: int

    @property
    def reached(self) -> int:
        return self.at_next_renewal + self.at_the_one_after

    @property
    def shown(self) -> tuple[int | str | None, int]:
        """What stands for it in what is confirmed: another price, or other contracts, are shown anew."""
        return self.wished.user_month_cents or self.wished.version, self.reached


@dataclass(frozen=True, slots=True)
class Line:
    """One contract of a simulation: what the announcement would do to it."""

    contract_id: str
    legal_name: str
    standing: Standing
    found: Reached | LeftOut


# --- what may be announced -------------------------------------------------------------------------


async def wished_of(connection: AsyncConnection, choice: Choice, at: datetime) -> Wished:
    """Return what a choice announces; raises `NotFound`.

    Raises `Refusal`: `grid_passed`, `terms_passed` where another applies since; `grid_after_limit`,
    `terms_after_limit` where it applies after every renewal that an announcement made then can reach.
    """
    if choice.what == "price":
        wished, followed = await _of_grid(connection, choice.name)
    else:
        wished, followed = await _of_terms(connection, choice.name)
    if followed is not None and followed <= paris_day(at):
        raise Refusal(
            "grid_passed" if choice.what == "price" else "terms_passed",
            clause="10.1" if choice.what == "price" else "17",
            message=(
                f"{_NAMES[choice.what]} n’est plus en vigueur : un changement s’annonce pour l’avenir. Choisissez la suivante."
            ),
        )
    _must_reach_someone(choice.what, wished, at)
    return wished


def _must_reach_someone(what: What, wished: Wished, at: datetime) -> None:
    """Raise `Refusal` where a change applies after every renewal that an announcement made then can reach."""
    latest, opens = last_reached_day(at), announced_from(wished.not_before)
    if wished.not_before > latest.day:
        raise Refusal(
            "grid_after_limit" if what == "price" else "terms_after_limit",
            clause="10.1" if what == "price" else "17",
            message=(
                f"{_NAMES[what]} s’applique trop tard pour atteindre un contrat : annoncé aujourd’hui, un changement "
                f"s’applique au plus tard le {full_date(latest.day)}. Annoncez-la à partir du {full_date(opens.day)}."
            ),
            reasons=(latest, opens),
        )


_NAMES: Final[dict[What, str]] = {"price": "Cette grille", "terms": "Cette version des CGV"}


async def _of_grid(connection: AsyncConnection, grid_id: str) -> tuple[Wished, date | None]:
    row = (await connection.execute(sa.select(grids).where(grids.c.id == grid_id))).first()
    if row is None:
        raise NotFound
    followed: date | None = await connection.scalar(
        sa.select(sa.func.min(grids.c.applies_from)).where(grids.c.applies_from > row.applies_from)
    )
    return Wished(row.applies_from, user_month_cents=row.user_month_cents), followed


async def _of_terms(connection: AsyncConnection, version: str) -> tuple[Wished, date | None]:
    row = (await connection.execute(sa.select(terms).where(terms.c.version == version))).first()
    if row is None:
        raise NotFound
    followed = await connection.scalar(
        sa.select(terms.c.applies_from)
        .where(terms.c.applies_from > row.applies_from)
        .order_by(terms.c.applies_from)
        .limit(1)
    )
    return Wished(paris_day(row.applies_from), version=version), paris_day(followed) if followed else None


# --- the simulation --------------------------------------------------------------------------------


async def simulate(portal: Portal, viewer: Viewer, choice: Choice) -> Simulation:
    """Return what announcing a choice now would do; raises as `wished_of`."""
    viewer.must_be_staff()
    async with portal.database.reading() as connection:
        return await simulate_within(connection, choice, portal.now())


async def simulate_terms(portal: Portal, viewer: Viewer, version: str, applies_from: date) -> Simulation:
    """Return what announcing a version of the terms that is not published yet would do."""
    viewer.must_be_staff()
    wished, now = Wished(applies_from, version=version), portal.now()
    _must_reach_someone("terms", wished, now)
    async with portal.database.reading() as connection:
        return await _simulated(connection, Choice("terms", version), wished, now)


async def simulate_within(connection: AsyncConnection, choice: Choice, at: datetime) -> Simulation:
    """Return what announcing a choice at `at` would do, as a transaction sees it; raises as `wished_of`."""
    return await _simulated(connection, choice, await wished_of(connection, choice, at), at)


async def _simulated(connection: AsyncConnection, choice: Choice, wished: Wished, at: datetime) -> Simulation:
    offer = await current_offer(connection, at)
    next_month = add_months(month_of(paris_day(at)), 1)
    months = tuple(add_months(next_month, ahead) for ahead in range(MONTHS_PER_TERM))
    before, after, changed = [0] * len(months), [0] * len(months), [0] * len(months)
    sides, left_out, days = Counter[bool](), Counter[LeftOutFor](), list[Reached]()
    yearly = 0
    for standing, many in await _alike(connection):
        found = reached(standing, offer, wished, at)
        alone = months_cents(standing, offer, months)
        if isinstance(found, LeftOut):
            left_out[found.reason] += many
            then = alone
        else:
            sides[found.waits] += many
            days.append(found)
            yearly += yearly_difference(found).cents
            then = months_cents(with_change(standing, wished, found), offer, months)
            for place, month in enumerate(months):
                changed[place] += many if month >= found.day else 0
        for place in range(len(months)):
            before[place] += alone[place]
            after[place] += then[place]
    return Simulation(
        choice=choice,
        wished=wished,
        at=at,
        contracts=sides.total() + left_out.total(),
        at_next_renewal=sides[False],
        at_the_one_after=sides[True],
        left_out=tuple(left_out.most_common()),
        first=min(days, key=lambda one: one.day, default=None),
        last=max(days, key=lambda one: one.day, default=None),
        months=tuple(map(Month, months, before, after, changed)),
        yearly_cents=yearly,
    )


async def _alike(connection: AsyncConnection) -> list[tuple[Standing, int]]:
    """Return the contracts in force, those that are renewed alike as one with the users and options of all."""
    rows = await connection.execute(
        sa.select(
            *_STANDING,
            sa.func.sum(situations.c.invoiced_users).label("invoiced_users"),
            sa.func.sum(situations.c.options_cents).label("options_cents"),
            sa.func.count().label("many"),
        )
        .where(IN_FORCE)
        .group_by(*_STANDING)
    )
    return [(standing_in(row), row.many) for row in rows]


async def simulated_page(
    portal: Portal, viewer: Viewer, choice: Choice, page: int
) -> tuple[tuple[Line, ...], int]:
    """Return a page of the contracts in force with what an announcement would do to each, and how many there are.

    Those whose term ends first come first.
    """
    viewer.must_be_staff()
    now = portal.now()
    query = (
        sa.select(situations, companies.c.legal_name)
        .join(contracts, contracts.c.id == situations.c.contract_id)
        .join(companies, companies.c.id == contracts.c.company_id)
        .where(IN_FORCE)
        .order_by(situations.c.term_ends_on, companies.c.legal_name, situations.c.contract_id)
        .limit(PAGE_LENGTH)
        .offset((max(page, 1) - 1) * PAGE_LENGTH)
    )
    async with portal.database.reading() as connection:
        wished = await wished_of(connection, choice, now)
        offer = await current_offer(connection, now)
        total = await connection.scalar(sa.select(sa.func.count()).select_from(situations).where(IN_FORCE))
        rows = list(await connection.execute(query))
    return tuple(_line(row, offer, wished, now) for row in rows), total or 0


def _line(row: sa.Row[Any], offer: Offer, wished: Wished, at: datetime) -> Line:
    standing = standing_in(row)
    return Line(row.contract_id, row.legal_name, standing, reached(standing, offer, wished, at))
