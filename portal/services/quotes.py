"""Services on quotation (devis, CGV art. 5.3): asked for, answered by staff, accepted or declined online."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.calendar import end_of_day
from portal.contract.decisions.users import service_must_be_open
from portal.contract.french import count, full_date
from portal.contract.quotation import service_validity
from portal.contract.refusal import Refusal
from portal.records.billing_tables import quotes
from portal.records.tables import companies, persons
from portal.services.consequences import post, staff
from portal.services.context import NotFound, Origin, Portal, Viewer
from portal.services.effects import Effect, effect, must_be_as_shown
from portal.services.histories import OpenHistory, current_contract
from portal.services.journal import note
from portal.services.quote_forms import AnswerForm, QuoteForm
from portal.services.quote_services import Service
from portal.services.reading import own_contract

MOST_OPEN = 10


class Standing(StrEnum):
    """Where a quote stands. `NOT_OFFERED` was answered without a price; `EXPIRED` was never decided in time."""

    ASKED = "asked"
    ANSWERED = "answered"
    NOT_OFFERED = "not_offered"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote as it stands; the price excludes tax, `valid_until` is the last day to accept it, included."""

    id: str
    contract_id: str
    company: str
    service: Service
    need: str
    asked_by: str
    asked_at: datetime
    standing: Standing
    answer: str
    label: str
    price_cents: int
    valid_until: date | None
    answered_at: datetime | None
    decided_at: datetime | None


async def own_quotes(portal: Portal, viewer: Viewer) -> tuple[Quote, ...]:
    """Return the quotes of the viewer's company, newest first."""
    return await _quotes(portal, quotes.c.company_id == viewer.tenant)


async def all_quotes(portal: Portal, viewer: Viewer) -> tuple[Quote, ...]:
    """Return the quotes of all clients, for staff: those that wait for an answer first, the oldest before."""
    viewer.must_be_staff()
    found = await _quotes(portal, sa.true())
    waiting = tuple(one for one in reversed(found) if one.standing is Standing.ASKED)
    return (*waiting, *(one for one in found if one.standing is not Standing.ASKED))


async def ask(portal: Portal, viewer: Viewer, wished: QuoteForm, origin: Origin) -> None:
    """Ask for a quote; the same request that still waits for its answer is not kept twice.

    Raises `Refusal` where the service is not open, or where many requests wait already.
    """

    async def work(connection: AsyncConnection) -> None:
        now = portal.now()
        contract_id = await current_contract(connection, viewer.tenant)
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=viewer.tenant, at=now)
        service_must_be_open(opened.state)
        waiting = [
            (row.service, row.need)
            for row in await connection.execute(
                sa.select(quotes).where(quotes.c.company_id == viewer.tenant, quotes.c.answered_at.is_(None))
            )
        ]
        if (wished.service, wished.need) in waiting:
            return
        if len(waiting) >= MOST_OPEN:
            raise Refusal(
                "too_many_quotes",
                clause="5.3",
                message=(
                    f"{count(MOST_OPEN, 'demande attend', 'demandes attendent')} déjà notre réponse. Nous y répondons "
                    "d’abord, puis vous pourrez en faire d’autres."
                ),
            )
        quote_id = str(uuid.uuid4())
        await connection.execute(
            sa.insert(quotes).values(
                id=quote_id,
                company_id=viewer.tenant,
                contract_id=contract_id,
                service=wished.service,
                need=wished.need,
                asked_by=viewer.person_id,
                asked_at=now,
                answer="",
                label="",
            )
        )
        for person_id in await staff(connection):
            await _post(portal, connection, opened, "quote_asked", quote_id, person_id)
        await _note(connection, "quote_asked", quote_id, viewer, viewer.person_id, viewer.tenant, now, origin)

    await portal.transact(work)


async def answer(portal: Portal, viewer: Viewer, quote_id: str, answered: AnswerForm, origin: Origin) -> None:
    """Answer a quote, once: with a price and its last day, or without one where we do not offer it; staff only."""
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> None:
        now = portal.now()
        row = await _row(connection, quotes.c.id == quote_id)
        opened = await OpenHistory.open(portal, connection, row.contract_id, company_id=None, at=now)
        written = await connection.execute(
            sa.update(quotes)
            .where(quotes.c.id == quote_id, quotes.c.answered_at.is_(None))
            .values(
                answer=answered.answer,
                label=answered.label,
                price_cents=answered.price_cents,
                valid_until=answered.valid_until,
                answered_by=viewer.person_id,
                answered_at=now,
            )
        )
        if not written.rowcount:
            raise Refusal(
                "quote_answered",
                clause="5.3",
                message="Cette demande a déjà sa réponse : le client la lit. Rechargez la page pour la voir.",
            )
        await _post(portal, connection, opened, "quote_answered", quote_id, row.asked_by)
        await _note(connection, "quote_answered", quote_id, viewer, row.asked_by, row.company_id, now, origin)

    await portal.transact(work)


async def effect_of(portal: Portal, viewer: Viewer, quote_id: str) -> Effect:
    """Return what accepting a quote would change of the viewer's next invoices; raises `NotFound`, `Refusal`."""
    contract = await own_contract(portal, viewer)
    async with portal.database.reading() as connection:
        row = await _row(connection, quotes.c.id == quote_id, quotes.c.company_id == viewer.tenant)
    return effect(contract.state, [_acceptance(row, portal.now())], portal.now())


async def accept(portal: Portal, viewer: Viewer, quote_id: str, shown: str, origin: Origin) -> None:
    """Accept a quote as it was shown, until the end of its last day; twice is once.

    Raises `EffectChanged`, `Refusal`, and `NotFound` for another company's.
    """

    async def work(connection: AsyncConnection) -> None:
        now = portal.now()
        opened, row = await _locked(portal, connection, viewer, quote_id, now)
        if row.accepted:
            return
        act = _acceptance(row, now)
        must_be_as_shown(effect(opened.state, [act], now), shown)
        await opened.act(act, actor=viewer.person_id, at=now)
        await _decide(connection, row, viewer, now, accepted=True)
        await _note(
            connection, "quote_accepted", quote_id, viewer, viewer.person_id, viewer.tenant, now, origin
        )

    await portal.transact(work)


async def decline(portal: Portal, viewer: Viewer, quote_id: str, origin: Origin) -> None:
    """Decline a quote, which ends it; twice is once. Raises `Refusal`, and `NotFound` for another company's."""

    async def work(connection: AsyncConnection) -> None:
        now = portal.now()
        _, row = await _locked(portal, connection, viewer, quote_id, now)
        if row.accepted is False:
            return
        _acceptance(row, now)  # what can no longer be accepted can no longer be declined
        await _decide(connection, row, viewer, now, accepted=False)
        await _note(
            connection, "quote_declined", quote_id, viewer, viewer.person_id, viewer.tenant, now, origin
        )

    await portal.transact(work)


def _acceptance(row: Any, now: datetime) -> a.AcceptQuote:
    """Return the act that accepts a quote; raises `Refusal` where it cannot be accepted any more, or not yet."""
    match _standing(row, now):
        case Standing.ANSWERED:
            return a.AcceptQuote(quote=row.id, label=row.label, price_cents=row.price_cents)
        case Standing.ASKED | Standing.NOT_OFFERED:
            raise Refusal(
                "quote_without_price",
                clause="5.3",
                message="Ce devis n’a pas de prix : il n’y a rien à accepter.",
            )
        case Standing.EXPIRED:
            raise Refusal(
                "quote_expired",
                clause="5.3",
                message=(
                    f"Ce devis était valable jusqu’au {full_date(row.valid_until)} inclus. Demandez-en un autre : "
                    "nous vous répondrons avec le prix d’aujourd’hui."
                ),
                reasons=(service_validity(row.valid_until),),
            )
        case Standing.ACCEPTED | Standing.DECLINED:
            raise Refusal(
                "quote_decided",
                clause="5.3",
                message="Vous avez déjà répondu à ce devis. Rechargez la page pour voir où il en est.",
            )


def _standing(row: Any, now: datetime) -> Standing:
    if row.accepted is not None:
        return Standing.ACCEPTED if row.accepted else Standing.DECLINED
    if row.answered_at is None:
        return Standing.ASKED
    if row.price_cents is None:
        return Standing.NOT_OFFERED
    return Standing.EXPIRED if now >= end_of_day(row.valid_until) else Standing.ANSWERED


async def _locked(
    portal: Portal, connection: AsyncConnection, viewer: Viewer, quote_id: str, now: datetime
) -> tuple[OpenHistory, Any]:
    """Lock the contract of a quote of the viewer's, then read the quote as those before have left it."""
    owned = (quotes.c.id == quote_id, quotes.c.company_id == viewer.tenant)
    row = await _row(connection, *owned)
    opened = await OpenHistory.open(portal, connection, row.contract_id, company_id=viewer.tenant, at=now)
    return opened, await _row(connection, *owned)


async def _row(connection: AsyncConnection, *which: sa.ColumnElement[bool]) -> Any:
    row = (await connection.execute(sa.select(quotes).where(*which))).first()
    if row is None:
        raise NotFound
    return row


async def _quotes(portal: Portal, which: sa.ColumnElement[bool]) -> tuple[Quote, ...]:
    query = (
        sa.select(quotes, companies.c.legal_name, persons.c.first_name, persons.c.last_name)
        .join(companies, companies.c.id == quotes.c.company_id)
        .join(persons, persons.c.id == quotes.c.asked_by)
        .where(which)
        .order_by(quotes.c.asked_at.desc(), quotes.c.id)
    )
    now = portal.now()
    async with portal.database.reading() as connection:
        return tuple(
            Quote(
                id=row.id,
                contract_id=row.contract_id,
                company=row.legal_name,
                service=Service(row.service),
                need=row.need,
                asked_by=f"{row.first_name} {row.last_name}",
                asked_at=row.asked_at,
                standing=_standing(row, now),
                answer=row.answer,
                label=row.label,
                price_cents=row.price_cents or 0,
                valid_until=row.valid_until,
                answered_at=row.answered_at,
                decided_at=row.decided_at,
            )
            for row in await connection.execute(query)
        )


async def _decide(
    connection: AsyncConnection, row: Any, viewer: Viewer, now: datetime, *, accepted: bool
) -> None:
    await connection.execute(
        sa.update(quotes)
        .where(quotes.c.id == row.id)
        .values(accepted=accepted, decided_by=viewer.person_id, decided_at=now)
    )


async def _post(
    portal: Portal,
    connection: AsyncConnection,
    opened: OpenHistory,
    template: str,
    quote_id: str,
    person_id: str,
) -> None:
    await post(
        connection,
        key=f"mail:{template}:{quote_id}:{person_id}",
        template=template,
        person_id=person_id,
        contract_id=opened.contract_id,
        params={"quote": quote_id, "seq": opened.seq},
        as_of=portal.now(),
        machine_now=portal.machine_now(),
    )


async def _note(
    connection: AsyncConnection,
    kind: str,
    quote_id: str,
    viewer: Viewer,
    person_id: str,
    company_id: str,
    now: datetime,
    origin: Origin,
) -> None:
    await note(
        connection,
        at=now,
        kind=kind,
        person_id=person_id,
        company_id=company_id,
        by_id=viewer.person_id,
        ip=origin.ip,
        details={"quote": quote_id},
    )
