"""Coming back (CGV art. 5.1, 9): a client whose contract has ended, or whose trial has lapsed, subscribes again.

It is another contract of the same company, with its own number and history; the earlier one stays as it is, and can be
read. Another trial is for staff to allow (`trials.allow_another_trial`).
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.events import EVENT
from portal.contract.refusal import Refusal
from portal.contract.state import Relationship
from portal.records import store
from portal.records.projections import count_trials
from portal.records.tables import companies, contracts, dossiers, events, situations
from portal.services.context import Origin, Portal, Viewer
from portal.services.histories import OpenHistory, current_contract
from portal.services.journal import note
from portal.services.offers import current_offer
from portal.services.trials import allowances

OVER = frozenset({Relationship.ENDED, Relationship.LAPSED})


@dataclass(frozen=True, slots=True)
class EarlierContract:
    """A contract of a company that is over, or is the present one."""

    contract_id: str
    number: str
    relationship: str
    opened_at: datetime
    last_day: date | None
    is_present: bool


async def subscribe_again(portal: Portal, viewer: Viewer, origin: Origin) -> None:
    """Open another contract for the viewer's company; asked for twice, it is opened once.

    Raises `Refusal`: `contract_running` while the present one goes on, `debt_before_return` while the ended one is owed
    something: it is paid from its own pages, which are those of the present contract.
    """

    async def work(connection: AsyncConnection) -> None:
        now = portal.now()
        present = await current_contract(connection, viewer.tenant)
        opened = await OpenHistory.open(portal, connection, present, company_id=viewer.tenant, at=now)
        if await current_contract(connection, viewer.tenant) != present:
            return  # opened by a colleague, while the lock was waited for
        state = opened.state
        if state.relationship is Relationship.PROSPECT and await _others(connection, viewer.tenant, present):
            return  # opened a moment ago
        if state.relationship not in OVER:
            raise Refusal(
                "contract_running",
                clause="9",
                message="Votre contrat n’est pas terminé : il n’y a rien à souscrire de nouveau.",
            )
        if any(one.unpaid_cents for one in state.invoices):
            raise Refusal(
                "debt_before_return",
                clause="10.3",
                message=(
                    "Une facture de votre contrat terminé reste à payer : réglez-la d’abord, depuis vos factures, puis "
                    "souscrivez de nouveau."
                ),
            )
        another = str(uuid.uuid4())
        await store.open_contract(connection, contract_id=another, company_id=viewer.tenant, at=now)
        fresh = await OpenHistory.open(portal, connection, another, company_id=viewer.tenant, at=now)
        create = a.CreateAccount(siren=state.siren or "", admin=viewer.person_id)
        await fresh.act(create, actor=viewer.person_id, at=now)
        await note(
            connection,
            at=now,
            kind="subscribed_again",
            person_id=viewer.person_id,
            company_id=viewer.tenant,
            by_id=viewer.person_id,
            ip=origin.ip,
            details={"contract": another, "after": present},
        )

    await portal.transact(work)


async def may_try(portal: Portal, viewer: Viewer) -> bool:
    """Tell whether the viewer's company may start a trial: its first, or one that staff have allowed since."""
    async with portal.database.reading() as connection:
        siren = (
            await connection.scalar(sa.select(companies.c.siren).where(companies.c.id == viewer.tenant)) or ""
        )
        allowed = (await current_offer(connection, portal.now())).policy.trials_per_siren
        return await count_trials(connection, siren) < allowed + await allowances(connection, siren)


async def own_contracts(portal: Portal, viewer: Viewer) -> tuple[EarlierContract, ...]:
    """Return all the contracts of the viewer's company, the present one first."""
    ended = sa.select(events.c.contract_id, events.c.body).where(events.c.kind == "contract_ended").subquery()
    query = (
        sa.select(contracts, situations.c.relationship, dossiers.c.number, ended.c.body)
        .join(situations, situations.c.contract_id == contracts.c.id)
        .outerjoin(dossiers, dossiers.c.contract_id == contracts.c.id)
        .outerjoin(ended, ended.c.contract_id == contracts.c.id)
        .where(contracts.c.company_id == viewer.tenant)
    )
    async with portal.database.reading() as connection:
        present = await current_contract(connection, viewer.tenant)
        rows = (await connection.execute(query)).all()
    found = [
        EarlierContract(
            contract_id=row.id,
            number=row.number or "",
            relationship=row.relationship,
            opened_at=row.opened_at,
            last_day=_last_day(row.body),
            is_present=row.id == present,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: (not one.is_present, -one.opened_at.timestamp())))


async def _others(connection: AsyncConnection, company_id: str, present: str) -> bool:
    query = sa.select(contracts.c.id).where(contracts.c.company_id == company_id, contracts.c.id != present)
    return (await connection.scalar(query.limit(1))) is not None


def _last_day(body: str | None) -> date | None:
    event = EVENT.validate_json(body) if body else None
    return event.last_day if isinstance(event, e.ContractEnded) else None
