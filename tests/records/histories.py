"""Histories written straight into the store, for what no service would ever do to one."""

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.records import store
from portal.records.tables import companies


@dataclass(frozen=True)
class Opened:
    contract_id: str
    company_id: str


async def an_empty_history(connection: AsyncConnection, at: datetime) -> Opened:
    """Make a company and a contract in which nothing has happened yet."""
    company_id, contract_id = str(uuid.uuid4()), str(uuid.uuid4())
    await connection.execute(
        sa.insert(companies).values(
            id=company_id,
            siren="732829320",
            legal_name="Atelier Nord",
            legal_form="SAS",
            street="14 rue du Port",
            postcode="59140",
            city="Dunkerque",
            created_at=at,
        )
    )
    await store.open_contract(connection, contract_id=contract_id, company_id=company_id, at=at)
    return Opened(contract_id, company_id)


async def record(connection: AsyncConnection, opened: Opened, *events: e.Event, at: datetime) -> None:
    """Append events to a history, whatever they are."""
    recorded = await store.load(connection, opened.contract_id, company_id=None)
    await store.append(connection, recorded, events, actor="a person", recorded_at=at)
