"""The terms that end in the year to come, for staff: which are renewed, which are not, and who said so.

Read from the projection alone, by its indexes, and counted once, by days: of a hundred thousand contracts a page
reads its own.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import accumulate
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.calendar import add_months, month_of
from portal.contract.policy import Policy
from portal.contract.shares import month_from
from portal.records.tables import companies, contracts, dossiers, situations
from portal.services.context import Portal, Viewer
from portal.services.offers import current_offer

MONTHS: Final = 12
PAGE_LENGTH: Final = 50
_MOST_DECLARED: Final = 200


class Standing(StrEnum):
    """What becomes of a term: it is renewed, or why it is the last one."""

    RENEWS = "renews"
    CLIENT_NOTICE = "client_notice"
    VENDOR_NOTICE = "vendor_notice"
    REFUSED_PRICE = "refused_price"
    REFUSED_TERMS = "refused_terms"


@dataclass(frozen=True, slots=True)
class Term:
    """A contract in force and the term it is in.

    `ends_on` is its last day where it is known not to go on, `cause` why: of the next term, where a notice came
    too late for this one. `monthly_cents` is so many `users` invoiced at `unit_cents`, and `options_cents`.
    `entered_on` is None until the tables have been rebuilt.
    """

    contract_id: str
    number: str
    legal_name: str
    entered_on: date | None
    last_day: date
    monthly_cents: int
    users: int
    unit_cents: int
    options_cents: int
    standing: Standing
    cause: Standing | None
    ends_on: date | None
    declared_at: datetime | None


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the year to come: how many terms end in it, how many of them are the last, what those bring in."""

    first_day: date
    ending: int
    last: int
    monthly_cents: int


@dataclass(frozen=True, slots=True)
class _Day:
    """A day of the year to come, counted as a `Month` is."""

    day: date
    ending: int
    last: int
    monthly_cents: int


@dataclass(frozen=True, slots=True)
class TermsToCome:
    """A page of the terms, `total` in all; the year by months, and the ends declared, the latest first.

    `policy` has the readings under which their days were counted.
    """

    today: date
    policy: Policy
    months: tuple[Month, ...]
    terms: tuple[Term, ...]
    total: int
    declared: tuple[Term, ...]


async def terms_to_come(
    portal: Portal, viewer: Viewer, *, standing: str = "", month: str = "", page: int = 1
) -> TermsToCome:
    """Return the terms that end within twelve months, of one standing or one month (« 2027-03 ») where asked."""
    viewer.must_be_staff()
    today = portal.today()
    async with portal.database.reading() as connection:
        days = await _days(connection, today)
        listed = await _listed(connection, days, today, standing, month)
        declared = await connection.execute(
            _terms()
            .where(situations.c.ends_on.is_not(None))
            .order_by(situations.c.end_declared_at.desc(), situations.c.contract_id)
            .limit(_MOST_DECLARED)
        )
        return TermsToCome(
            today=today,
            policy=(await current_offer(connection, portal.now())).policy,
            months=_months(days, today),
            terms=await _page(connection, listed, standing, page),
            total=sum(listed.values()),
            declared=tuple(map(_term, declared)),
        )


async def _listed(
    connection: AsyncConnection, days: Sequence[_Day], today: date, standing: str, month: str
) -> dict[date, int]:
    """Count the terms of a list by the day they end on; but for one reason to end, the days have them already."""
    first, end = _bounds(today, month)
    if standing in set(Standing) - {Standing.RENEWS}:
        ends = situations.c.term_ends_on
        rows = await connection.execute(
            sa.select(ends, sa.func.count())
            .where(ends >= first, ends < end, *_of(standing))
            .group_by(ends)
            .order_by(ends)
        )
        return {row[0]: row[1] for row in rows}
    renewed_only = standing == Standing.RENEWS
    return {one.day: one.ending - (one.last if renewed_only else 0) for one in days if first <= one.day < end}


async def _page(
    connection: AsyncConnection, listed: Mapping[date, int], standing: str, page: int
) -> tuple[Term, ...]:
    """Return the terms of a page: those counted before it say on which day it begins, so that none of them is read."""
    before = (max(page, 1) - 1) * PAGE_LENGTH
    days = list(listed)
    counted = list(accumulate(listed.values()))
    nth = bisect_right(counted, before)
    if nth == len(days):
        return ()
    last = min(bisect_left(counted, before + PAGE_LENGTH), len(days) - 1)
    rows = await connection.execute(
        _terms()
        .where(situations.c.term_ends_on.between(days[nth], days[last]), *_of(standing))
        .order_by(situations.c.term_ends_on, companies.c.legal_name, situations.c.contract_id)
        .limit(PAGE_LENGTH)
        .offset(before - (counted[nth - 1] if nth else 0))
    )
    return tuple(map(_term, rows))


def _terms() -> sa.Select[Any]:
    return (
        sa.select(situations, companies.c.legal_name, dossiers.c.number)
        .join(contracts, contracts.c.id == situations.c.contract_id)
        .join(companies, companies.c.id == contracts.c.company_id)
        .outerjoin(dossiers, dossiers.c.contract_id == contracts.c.id)
    )


def _bounds(today: date, month: str) -> tuple[date, date]:
    """Bound the terms: the year to come, or one month of it; the second day is left out."""
    first, end = today, add_months(today, MONTHS)
    if month in {f"{add_months(month_of(today), ahead):%Y-%m}" for ahead in range(MONTHS + 1)}:
        begins = month_from(month)
        first, end = max(first, begins), min(end, add_months(begins, 1))
    return first, end


def _of(standing: str) -> tuple[sa.ColumnElement[bool], ...]:
    # A notice that came too late ends the next term: this one is renewed.
    renews = sa.or_(situations.c.ends_on.is_(None), situations.c.ends_on > situations.c.term_ends_on)
    if standing == Standing.RENEWS:
        return (renews,)
    if standing in set(Standing):
        return (situations.c.end_cause == standing, sa.not_(renews))
    return ()


async def _days(connection: AsyncConnection, today: date) -> list[_Day]:
    ends = situations.c.term_ends_on
    first, end = _bounds(today, "")
    is_last = situations.c.ends_on <= ends
    rows = await connection.execute(
        sa.select(
            ends,
            sa.func.count(),
            sa.func.count().filter(is_last),
            sa.func.coalesce(sa.func.sum(situations.c.monthly_cents).filter(is_last), 0),
        )
        .where(ends >= first, ends < end)
        .group_by(ends)
        .order_by(ends)
    )
    return [_Day(day, ending, last, int(cents)) for day, ending, last, cents in rows]


def _months(days: Sequence[_Day], today: date) -> tuple[Month, ...]:
    """Add the days up: from the present month on, the same month of next year being cut at today's day."""
    found = {add_months(month_of(today), ahead): [0, 0, 0] for ahead in range(MONTHS + 1)}
    for one in days:
        month = found[month_of(one.day)]
        month[0] += one.ending
        month[1] += one.last
        month[2] += one.monthly_cents
    return tuple(Month(first_day, *counted) for first_day, counted in found.items())


def _term(row: sa.Row[Any]) -> Term:
    cause = Standing(row.end_cause) if row.end_cause else None
    is_last = row.ends_on is not None and row.ends_on <= row.term_ends_on
    return Term(
        contract_id=row.contract_id,
        number=row.number or "",
        legal_name=row.legal_name,
        entered_on=row.entered_on,
        last_day=row.term_ends_on,
        monthly_cents=row.monthly_cents,
        users=row.invoiced_users,
        unit_cents=row.unit_cents,
        options_cents=row.options_cents,
        standing=cause if cause and is_last else Standing.RENEWS,
        cause=cause,
        ends_on=row.ends_on,
        declared_at=row.end_declared_at,
    )
