"""What is late, by age, with the next step of each client and its reason (CGV art. 10.3, 10.4, 16).

The age of an invoice is counted from its due day, as accountants do; the steps are the rules' own, from the day
their delays really run.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.arrears import (
    TERMINATION_DAYS,
    default_mail,
    dues,
    is_overdue,
    next_suspension,
    termination_opens,
)
from portal.contract.because import Because
from portal.contract.calendar import paris_day
from portal.contract.deadlines import advance
from portal.contract.refusal import Refusal
from portal.contract.state import Invoice, Payment, Relationship, Service, State
from portal.records import projections, store
from portal.records.billing_tables import invoices
from portal.records.tables import companies, contracts, dossiers, situations
from portal.services.context import Portal, Viewer
from portal.services.offers import offer_of

A_PAGE: Final = 25


@dataclass(frozen=True, slots=True)
class Age:
    """How many days late, both ends included; the oldest has no last day."""

    name: str
    first: int
    last: int | None


AGES: Final = (Age("0-15", 1, 15), Age("16-30", 16, 30), Age("31-60", 31, 60), Age("60+", 61, None))


@dataclass(frozen=True, slots=True)
class AgeBand:
    """What is unpaid of an age: how many invoices of how many clients, and how much, including tax."""

    age: Age
    invoices: int
    clients: int
    cents: int


class Step(StrEnum):
    """What comes next for a client in arrears."""

    MAIL = "mail"
    HELD = "held"
    SUSPENSION = "suspension"
    TERMINATION_LATER = "termination_later"
    TERMINATION_OPEN = "termination_open"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class LateInvoice:
    """An invoice that is late since `clock`: its due day, or the day the bank took its payment back."""

    number: str
    due: date
    clock: date
    days: int
    unpaid_cents: int


@dataclass(frozen=True, slots=True)
class InArrears:
    """A client in arrears. `owed_cents` is what restores the service; None where `problem` says why it cannot be told."""

    contract_id: str
    number: str
    legal_name: str
    late: tuple[LateInvoice, ...]
    unpaid_cents: int
    owed_cents: int | None
    problem: str
    suspended_at: datetime | None
    step: Step
    because: Because | None

    @property
    def days(self) -> int:
        """How late its oldest invoice is."""
        return max(one.days for one in self.late)


async def ages(portal: Portal, viewer: Viewer) -> tuple[AgeBand, ...]:
    """Return what is unpaid, by age; the youngest first."""
    viewer.must_be_staff()
    today = portal.today()
    columns: list[sa.ColumnElement[Any]] = []
    for age in AGES:
        inside = _of_age(age, today)
        columns += [
            sa.func.count().filter(inside),
            sa.func.count(invoices.c.contract_id.distinct()).filter(inside),
            sa.func.coalesce(sa.func.sum(invoices.c.unpaid_cents).filter(inside), 0),
        ]
    async with portal.database.reading() as connection:
        row = (await connection.execute(only_late(sa.select(*columns), today))).one()
    return tuple(
        AgeBand(age, *(int(one) for one in row[3 * nth : 3 * nth + 3])) for nth, age in enumerate(AGES)
    )


async def in_arrears(
    portal: Portal, viewer: Viewer, *, age: str = "", to_terminate: bool = False, page: int = 1
) -> tuple[tuple[InArrears, ...], int]:
    """Return a page of the clients in arrears, the longest first, and how many there are in all.

    `age` keeps those with an invoice of that age, `to_terminate` those whose termination staff may decide.
    """
    viewer.must_be_staff()
    now, today = portal.now(), portal.today()
    query = only_late(
        sa.select(invoices.c.contract_id, sa.func.min(invoices.c.due_on).label("oldest")), today
    )
    if chosen := next((one for one in AGES if one.name == age), None):
        of_age = sa.select(invoices.c.contract_id).where(_is_unpaid(today), _of_age(chosen, today))
        query = query.where(invoices.c.contract_id.in_(of_age))
    if to_terminate:
        query = query.where(*_may_be_terminated(today))
    grouped = query.group_by(invoices.c.contract_id)
    async with portal.database.reading() as connection:
        total = await connection.scalar(sa.select(sa.func.count()).select_from(grouped.subquery())) or 0
        shown = grouped.order_by("oldest", invoices.c.contract_id).limit(A_PAGE).offset((page - 1) * A_PAGE)
        found = [await _client(connection, row.contract_id, now) for row in await connection.execute(shown)]
    return tuple(one for one in found if one is not None), total


async def terminations_open(portal: Portal, viewer: Viewer) -> int:
    """Return how many contracts staff may terminate for non-payment now."""
    viewer.must_be_staff()
    query = only_late(sa.select(sa.func.count(invoices.c.contract_id.distinct())), portal.today())
    async with portal.database.reading() as connection:
        return int(await connection.scalar(query.where(*_may_be_terminated(portal.today()))) or 0)


async def arrears_of(portal: Portal, viewer: Viewer, contract_id: str) -> InArrears | None:
    """Return what is late of one contract; None where nothing is."""
    viewer.must_be_staff()
    async with portal.database.reading() as connection:
        return await _client(connection, contract_id, portal.now())


def next_step(state: State, at: datetime) -> tuple[Step, Because | None]:
    """Return what comes next for a contract that is late, with its reason where there is a day to explain."""
    if state.relationship is Relationship.ENDED:
        return Step.ENDED, None
    in_default = [one for one in state.invoices if one.payment is Payment.IN_DEFAULT]
    if state.service is Service.SUSPENDED:
        opens = [because for one in in_default if (because := termination_opens(state, one))]
        if opens:
            because = min(opens, key=lambda one: one.instant)
            return (Step.TERMINATION_OPEN if because.instant <= at else Step.TERMINATION_LATER), because
        return Step.HELD, None
    threat = next_suspension(state)
    if threat is not None:
        return Step.SUSPENSION, threat.because
    if in_default:
        return Step.HELD, None
    due = min(one.clock for one in state.invoices if is_overdue(one, at))
    return Step.MAIL, default_mail(due, state.offer.policy.default_hour)


def _is_unpaid(today: date) -> sa.ColumnElement[bool]:
    waiting = (Payment.OPEN.value, Payment.IN_DEFAULT.value)
    return sa.and_(invoices.c.payment.in_(waiting), invoices.c.due_on < today, invoices.c.unpaid_cents > 0)


def only_late(query: sa.Select[Any], today: date) -> sa.Select[Any]:
    """Narrow a query of invoices to those that are late: a first month that is not paid yet never is."""
    counted = (Relationship.ACTIVE.value, Relationship.ENDED.value)
    return (
        query.select_from(invoices)
        .join(situations, situations.c.contract_id == invoices.c.contract_id)
        .where(_is_unpaid(today), situations.c.relationship.in_(counted))
    )


def _of_age(age: Age, today: date) -> sa.ColumnElement[bool]:
    youngest = invoices.c.due_on <= today - timedelta(days=age.first)
    if age.last is None:
        return youngest
    return sa.and_(youngest, invoices.c.due_on >= today - timedelta(days=age.last))


def _may_be_terminated(today: date) -> Iterable[sa.ColumnElement[bool]]:
    """Say, of rows, what `termination_opens` says of a state: the sixteenth day has come, and the suspension before.

    The rows do not know the day of the suspension, nor that of a payment taken back: they may be early, never late,
    and the list says of each when it opens.
    """
    return (
        situations.c.relationship == Relationship.ACTIVE.value,
        situations.c.service == Service.SUSPENDED.value,
        invoices.c.payment == Payment.IN_DEFAULT.value,
        invoices.c.due_on <= today - timedelta(days=TERMINATION_DAYS + 1),
    )


async def _client(connection: AsyncConnection, contract_id: str, now: datetime) -> InArrears | None:
    try:
        recorded = await store.load(connection, contract_id, company_id=None)
    except store.ContractNotFound:
        return None
    state = advance(projections.state_of(recorded, await offer_of(connection, recorded, now)), now)[0]
    late = tuple(_late_invoice(one, now) for one in state.invoices if is_overdue(one, now))
    if not late:
        return None
    row = (
        await connection.execute(
            sa.select(companies.c.legal_name, dossiers.c.number)
            .join(contracts, contracts.c.company_id == companies.c.id)
            .outerjoin(dossiers, dossiers.c.contract_id == contracts.c.id)
            .where(contracts.c.id == contract_id)
        )
    ).one()
    owed, problem = _owed(state, now)
    step, because = next_step(state, now)
    return InArrears(
        contract_id=contract_id,
        number=row.number or "",
        legal_name=row.legal_name,
        late=late,
        unpaid_cents=sum(one.unpaid_cents for one in late),
        owed_cents=owed,
        problem=problem,
        suspended_at=state.suspended_at,
        step=step,
        because=because,
    )


def _late_invoice(invoice: Invoice, now: datetime) -> LateInvoice:
    days = (paris_day(now) - invoice.due).days
    return LateInvoice(invoice.number, invoice.due, invoice.clock, days, invoice.unpaid_cents)


def _owed(state: State, now: datetime) -> tuple[int | None, str]:
    try:
        return sum(one.total_cents for one in dues(state, now)), ""
    except Refusal as refusal:
        return None, refusal.message
