"""The figures that matter to the vendor: what comes in each month, what was invoiced, collected, left unpaid.

Read from the tables that pages read, never from histories: a hundred thousand contracts are one query.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.calendar import add_months, month_of
from portal.contract.state import Relationship, Service
from portal.contract.term import notice_last_day
from portal.records.billing_tables import invoices
from portal.records.tables import companies, contracts, dossiers, situations
from portal.services.context import Portal, Viewer
from portal.services.overdue import only_late

MONTHS: Final = 12
_TERMS_AHEAD: Final = timedelta(days=60)
_MOST_TERMS: Final = 12


@dataclass(frozen=True, slots=True)
class Month:
    """A civil month: what was issued in it, excluding tax, and what became of what fell due in it, including tax.

    `due_cents` is `settled_cents` and `unpaid_cents`: what was paid or credited, and what is left.
    """

    first_day: date
    issued_cents: int
    due_cents: int
    unpaid_cents: int

    @property
    def settled_cents(self) -> int:
        return self.due_cents - self.unpaid_cents


@dataclass(frozen=True, slots=True)
class TermToCome:
    """A contract whose term ends soon: until `notice_until` it can be denounced."""

    contract_id: str
    number: str
    legal_name: str
    ends_on: date
    notice_until: date
    monthly_cents: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The vendor's business on `day`.

    `monthly_cents` is what the contracts in force bring in each month, excluding tax. `late_cents` is due and unpaid,
    including tax, of `late_clients`. `months` are the last twelve, the present one last.
    """

    day: date
    monthly_cents: int
    in_force: int
    suspended: int
    to_come_in: int
    late_cents: int
    late_clients: int
    months: tuple[Month, ...]
    terms: tuple[TermToCome, ...]

    @property
    def month(self) -> Month:
        return self.months[-1]


async def figures(portal: Portal, viewer: Viewer) -> Figures:
    """Return the figures as they stand now; for staff."""
    viewer.must_be_staff()
    today = portal.today()
    async with portal.database.reading() as connection:
        active = situations.c.relationship == Relationship.ACTIVE.value
        counted = (
            await connection.execute(
                sa.select(
                    sa.func.coalesce(sa.func.sum(situations.c.monthly_cents), 0),
                    sa.func.count().filter(active),
                    sa.func.count().filter(active, situations.c.service == Service.SUSPENDED.value),
                    sa.func.count().filter(situations.c.relationship == Relationship.AWAITING_PAYMENT.value),
                )
            )
        ).one()
        unpaid = sa.select(
            sa.func.coalesce(sa.func.sum(invoices.c.unpaid_cents), 0),
            sa.func.count(invoices.c.contract_id.distinct()),
        )
        late = (await connection.execute(only_late(unpaid, today))).one()
        return Figures(
            day=today,
            monthly_cents=int(counted[0]),
            in_force=int(counted[1]),
            suspended=int(counted[2]),
            to_come_in=int(counted[3]),
            late_cents=int(late[0]),
            late_clients=int(late[1]),
            months=await _months(connection, today),
            terms=await _terms(connection, today),
        )


async def _months(connection: AsyncConnection, today: date) -> tuple[Month, ...]:
    present = month_of(today)
    first_days = [add_months(present, ahead) for ahead in range(1 - MONTHS, 1)]
    sign = sa.case((invoices.c.kind == "credit_note", -1), else_=1)
    issued = await _by_month(connection, invoices.c.issued_on, first_days, invoices.c.net_cents * sign)
    due = await _by_month(connection, invoices.c.due_on, first_days, invoices.c.gross_cents)
    unpaid = await _by_month(connection, invoices.c.due_on, first_days, invoices.c.unpaid_cents)
    return tuple(
        Month(day, issued.get(_key(day), 0), due.get(_key(day), 0), unpaid.get(_key(day), 0))
        for day in first_days
    )


async def _by_month(
    connection: AsyncConnection,
    day: sa.ColumnElement[Any],
    first_days: list[date],
    cents: sa.ColumnElement[Any],
) -> dict[tuple[int, int], int]:
    """Return a sum for each year and month of a column of days."""
    year, month = sa.extract("year", day), sa.extract("month", day)
    end = add_months(first_days[-1], 1)
    rows = await connection.execute(
        sa.select(year, month, sa.func.sum(cents))
        .where(day >= first_days[0], day < end)
        .group_by(year, month)
    )
    return {(int(row[0]), int(row[1])): int(row[2]) for row in rows}


def _key(day: date) -> tuple[int, int]:
    return day.year, day.month


async def _terms(connection: AsyncConnection, today: date) -> tuple[TermToCome, ...]:
    rows = await connection.execute(
        sa.select(
            situations.c.contract_id,
            situations.c.term_ends_on,
            situations.c.monthly_cents,
            companies.c.legal_name,
            dossiers.c.number,
        )
        .join(contracts, contracts.c.id == situations.c.contract_id)
        .join(companies, companies.c.id == contracts.c.company_id)
        .outerjoin(dossiers, dossiers.c.contract_id == contracts.c.id)
        .where(situations.c.term_ends_on.between(today, today + _TERMS_AHEAD))
        .order_by(situations.c.term_ends_on, companies.c.legal_name)
        .limit(_MOST_TERMS)
    )
    return tuple(
        TermToCome(
            row.contract_id,
            row.number or "",
            row.legal_name,
            row.term_ends_on,
            notice_last_day(row.term_ends_on).day,
            row.monthly_cents,
        )
        for row in rows
    )
