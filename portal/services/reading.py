"""What the pages show: reads only, each with its viewer in the query."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.deadlines import advance
from portal.contract.dossier import Hold, destruction_hold, submission_end
from portal.contract.explanations import Moment, as_if_started, timeline, to_come
from portal.contract.offer import Offer
from portal.contract.state import State
from portal.records import arrivals, projections, store
from portal.records.tables import (
    companies,
    contracts,
    held_destructions,
    outbox,
    parked,
    persons,
    provisioning,
    registrations,
    situations,
)
from portal.services import parking
from portal.services.context import NotFound, Portal, Viewer
from portal.services.histories import current_contract
from portal.services.offers import current_offer, offer_of


@dataclass(frozen=True, slots=True)
class Company:
    id: str
    siren: str
    legal_name: str
    legal_form: str
    street: str
    postcode: str
    city: str


@dataclass(frozen=True, slots=True)
class NamedUser:
    """A user registered now."""

    person_id: str
    name: str
    email: str
    registered_at: datetime
    is_admin: bool
    is_suspended: bool = False


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract as a page shows it, brought up to `at` in thought: nothing is written by looking.

    `events` are those that are recorded; `unrecorded` fell due since, and a job is about to record them.
    """

    id: str
    company: Company
    at: datetime
    state: State
    events: tuple[store.StoredEvent, ...]
    moments: tuple[Moment, ...]
    users: tuple[NamedUser, ...]
    hold: Hold | None
    submission_end: datetime | None
    destruction_held: bool
    parked_for: tuple[str, ...] = ()
    unrecorded: tuple[e.Event, ...] = ()


async def own_contract(portal: Portal, viewer: Viewer) -> Contract:
    """Return the viewer's own present contract."""
    async with portal.database.reading() as connection:
        contract_id = await current_contract(connection, viewer.tenant)
        return await _contract(portal, connection, contract_id, company_id=viewer.tenant)


async def contract_of(portal: Portal, viewer: Viewer, contract_id: str) -> Contract:
    """Return a contract of the viewer's own company, present or past; raises `NotFound`."""
    async with portal.database.reading() as connection:
        return await _contract(portal, connection, contract_id, company_id=viewer.tenant)


async def any_contract(portal: Portal, viewer: Viewer, contract_id: str) -> Contract:
    """Return any contract, for staff; raises `NotFound`."""
    viewer.must_be_staff()
    async with portal.database.reading() as connection:
        return await _contract(portal, connection, contract_id, company_id=None)


async def contract_within(
    portal: Portal, connection: AsyncConnection, contract_id: str, *, at: datetime | None = None
) -> Contract:
    """Return any contract as a transaction that holds its lock sees it; raises `NotFound`.

    `at` is when the piece that it is looked at for set out.
    """
    return await _contract(portal, connection, contract_id, company_id=None, at=at)


async def _contract(
    portal: Portal,
    connection: AsyncConnection,
    contract_id: str,
    *,
    company_id: str | None,
    at: datetime | None = None,
) -> Contract:
    try:
        recorded = await store.load(connection, contract_id, company_id=company_id)
    except store.ContractNotFound as error:
        raise NotFound from error
    now = at or portal.now()
    offer = await offer_of(connection, recorded, now)
    state = projections.state_of(recorded, offer)
    held = await connection.scalar(
        sa.select(held_destructions.c.due_at).where(
            held_destructions.c.contract_id == contract_id, held_destructions.c.confirmed_at.is_(None)
        )
    )
    happened: list[e.Event] = [stored.event for stored in recorded.events]
    parked_for = await parking.what_parks(connection, contract_id)
    if held is None and not parked_for:
        # A job is never more than a minute behind; the page is not behind at all. What a job must
        # not do by itself, the page does not pretend either.
        delay = timedelta(hours=offer.policy.late_destruction_hours)
        caught_up, due = advance(state, now)
        destroyed_at = next((one.at for one in due if isinstance(one, e.DataDestroyed)), None)
        set_out = await arrivals.earliest(connection, contract_id, portal.machine_now())
        if destroyed_at is None or (destroyed_at > now - delay and not (set_out and set_out < destroyed_at)):
            state = caught_up
            happened.extend(due)
    return Contract(
        id=contract_id,
        company=await _company(connection, recorded.company_id),
        at=now,
        state=state,
        events=recorded.events,
        moments=timeline(state, happened, now),
        users=await _users(connection, contract_id, state),
        hold=destruction_hold(state),
        submission_end=submission_end(state),
        destruction_held=held is not None,
        parked_for=parked_for,
        unrecorded=tuple(happened[len(recorded.events) :]),
    )


async def _company(connection: AsyncConnection, company_id: str) -> Company:
    row = (await connection.execute(sa.select(companies).where(companies.c.id == company_id))).one()
    return Company(row.id, row.siren, row.legal_name, row.legal_form, row.street, row.postcode, row.city)


async def _users(connection: AsyncConnection, contract_id: str, state: State) -> tuple[NamedUser, ...]:
    rows = await connection.execute(
        sa.select(persons, registrations.c.registered_at)
        .join(registrations, registrations.c.person_id == persons.c.id)
        .where(registrations.c.contract_id == contract_id, registrations.c.removed_at.is_(None))
        .order_by(registrations.c.position)
    )
    suspended = {one.user for one in state.registrations if one.suspended and one.removed_at is None}
    return tuple(
        NamedUser(
            person_id=row.id,
            name=f"{row.first_name} {row.last_name}",
            email=row.email,
            registered_at=row.registered_at,
            is_admin=row.id in state.admins,
            is_suspended=row.id in suspended,
        )
        for row in rows
    )


async def names_of(connection: AsyncConnection, company_id: str, people: Iterable[str]) -> dict[str, str]:
    """Return the names of persons of a company by their ids; another company's are not among them."""
    rows = await connection.execute(
        sa.select(persons).where(persons.c.company_id == company_id, persons.c.id.in_(tuple(people)))
    )
    return {row.id: f"{row.first_name} {row.last_name}" for row in rows}


async def journey_if_started(portal: Portal) -> tuple[Moment, ...]:
    """Return the dates of a trial that would start now: what the landing page draws."""
    async with portal.database.reading() as connection:
        offer = await current_offer(connection, portal.now())
    return to_come(as_if_started(offer, portal.now()), portal.now())


async def offer_now(portal: Portal) -> Offer:
    async with portal.database.reading() as connection:
        return await current_offer(connection, portal.now())


# --- for staff -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClientLine:
    """One line of the list of clients."""

    contract_id: str
    legal_name: str
    siren: str
    city: str
    relationship: str
    service: str
    data: str
    users: int
    next_due_at: datetime | None
    changed_at: datetime
    destruction_held: bool
    is_parked: bool


PAGE_LENGTH = 50


async def clients(
    portal: Portal, viewer: Viewer, *, search: str = "", relationship: str = "", page: int = 1
) -> tuple[tuple[ClientLine, ...], int]:
    """Return a page of clients and how many there are in all; search in name, SIREN, city and e-mails."""
    viewer.must_be_staff()
    held = sa.and_(
        held_destructions.c.contract_id == situations.c.contract_id,
        held_destructions.c.confirmed_at.is_(None),
    )
    query = (
        sa.select(
            situations,
            companies.c.legal_name,
            companies.c.siren,
            companies.c.city,
            held_destructions.c.due_at,
            parked.c.at.label("parked_at"),
        )
        .join(contracts, contracts.c.id == situations.c.contract_id)
        .join(companies, companies.c.id == contracts.c.company_id)
        .outerjoin(held_destructions, held)
        .outerjoin(parked, parked.c.contract_id == situations.c.contract_id)
    )
    if relationship:
        query = query.where(situations.c.relationship == relationship)
    for word in search.split():
        like = f"%{word.lower().replace('%', '').replace('_', '')}%"
        someone = (
            sa.select(persons.c.id)
            .where(persons.c.company_id == companies.c.id, sa.func.lower(persons.c.email).like(like))
            .exists()
        )
        query = query.where(
            sa.or_(
                sa.func.lower(companies.c.legal_name).like(like),
                companies.c.siren.like(like),
                sa.func.lower(companies.c.city).like(like),
                someone,
            )
        )
    async with portal.database.reading() as connection:
        total = await connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
        rows = await connection.execute(
            query.order_by(
                parked.c.at.is_(None),
                held_destructions.c.due_at.is_(None),
                situations.c.next_due_at.is_(None),
                situations.c.next_due_at,
                companies.c.legal_name,
            )
            .limit(PAGE_LENGTH)
            .offset((max(page, 1) - 1) * PAGE_LENGTH)
        )
        return tuple(_client_line(row) for row in rows), total


def _client_line(row: sa.Row[tuple[object, ...]]) -> ClientLine:
    return ClientLine(
        contract_id=row.contract_id,
        legal_name=row.legal_name,
        siren=row.siren,
        city=row.city,
        relationship=row.relationship,
        service=row.service,
        data=row.data,
        users=row.users,
        next_due_at=row.next_due_at,
        changed_at=row.changed_at,
        destruction_held=row.due_at is not None,
        is_parked=row.parked_at is not None,
    )


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail as the staff page lists it; `text` has personal links left out."""

    id: int
    template: str
    recipient: str
    subject: str
    text: str
    as_of: datetime
    sent_at: datetime | None
    next_attempt_at: datetime | None
    problem: str

    @property
    def is_given_up(self) -> bool:
        """Tell whether it never left and is not tried any more: it waits for someone to send it again."""
        return self.sent_at is None and self.next_attempt_at is None


async def mails(
    portal: Portal, viewer: Viewer, *, contract_id: str | None = None, limit: int = 200
) -> tuple[SentMail, ...]:
    """Return those given up, then the newest mails, sent or waiting, newest first; for staff."""
    viewer.must_be_staff()
    given_up = sa.and_(outbox.c.sent_at.is_(None), outbox.c.next_attempt_at.is_(None))
    query = (
        sa.select(outbox)
        .order_by(sa.case((given_up, 0), else_=1), outbox.c.as_of.desc(), outbox.c.id.desc())
        .limit(limit)
    )
    if contract_id is not None:
        query = query.where(outbox.c.contract_id == contract_id)
    async with portal.database.reading() as connection:
        rows = await connection.execute(query)
        return tuple(
            SentMail(
                row.id,
                row.template,
                row.recipient,
                row.subject,
                row.text,
                row.as_of,
                row.sent_at,
                row.next_attempt_at,
                row.problem,
            )
            for row in rows
        )


@dataclass(frozen=True, slots=True)
class CrmOrder:
    """What the CRM was asked, or is yet to be asked, for a client; `problem` is why it has not taken it."""

    id: int
    contract_id: str
    legal_name: str
    action: str
    at: datetime
    asked_at: datetime | None
    next_attempt_at: datetime | None
    problem: str


async def orders(portal: Portal, viewer: Viewer, contract_id: str) -> tuple[CrmOrder, ...]:
    """Return all that was asked of the CRM for a contract, oldest first; for staff."""
    viewer.must_be_staff()
    return await _orders(portal, provisioning.c.contract_id == contract_id)


async def refused_orders(portal: Portal, viewer: Viewer) -> tuple[CrmOrder, ...]:
    """Return the orders of all clients that the CRM has not taken though it was asked; for staff."""
    viewer.must_be_staff()
    return await _orders(portal, sa.and_(provisioning.c.asked_at.is_(None), provisioning.c.problem != ""))


async def _orders(portal: Portal, which: sa.ColumnElement[bool], limit: int = 200) -> tuple[CrmOrder, ...]:
    query = (
        sa.select(provisioning, companies.c.legal_name)
        .join(contracts, contracts.c.id == provisioning.c.contract_id)
        .join(companies, companies.c.id == contracts.c.company_id)
        .where(which)
        .order_by(provisioning.c.id)
        .limit(limit)
    )
    async with portal.database.reading() as connection:
        return tuple(
            CrmOrder(
                row.id,
                row.contract_id,
                row.legal_name,
                row.action,
                row.at,
                row.asked_at,
                row.next_attempt_at,
                row.problem,
            )
            for row in await connection.execute(query)
        )
