"""Parking: a contract whose history would break an invariant stops there, until a person has looked.

Nothing more is decided on it, by anyone or by the calendar; all of it stays readable, and the staff are
written to. What broke is kept in words, for those who mend it.
"""

import json
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.refusal import Refusal
from portal.records.among import among
from portal.records.tables import parked
from portal.records.upserts import insert_once
from portal.services.consequences import post, staff


class Breach(Exception):
    """What was about to be recorded breaks an invariant: nothing of it is, and the contract is parked."""

    def __init__(self, contract_id: str, sentences: tuple[str, ...]) -> None:
        super().__init__("; ".join(sentences))
        self.contract_id = contract_id
        self.sentences = sentences


def refusal() -> Refusal:
    """Return what a person is told who would act on a parked contract."""
    return Refusal(
        "contract_parked",
        clause="9",
        message=(
            "Nous vérifions ce contrat : rien n’y change pour le moment, et tout reste lisible. "
            "Notre équipe est prévenue et vous écrira."
        ),
    )


async def park(connection: AsyncConnection, breach: Breach, *, at: datetime, machine_now: datetime) -> None:
    """Park a contract and write to every member of the staff; parked already, nothing changes."""
    await insert_once(
        connection, parked, contract_id=breach.contract_id, at=at, breaches=json.dumps(breach.sentences)
    )
    for person_id in await staff(connection):
        await post(
            connection,
            key=f"parked:{breach.contract_id}:{at.isoformat()}:{person_id}",
            template="contract_parked",
            person_id=person_id,
            as_of=at,
            machine_now=machine_now,
            params={"contract": breach.contract_id},
        )


async def what_parks(connection: AsyncConnection, contract_id: str) -> tuple[str, ...]:
    """Return what a contract is parked for, in the words of the invariants; nothing where it is not."""
    found = await connection.scalar(sa.select(parked.c.breaches).where(parked.c.contract_id == contract_id))
    return tuple(json.loads(found)) if found else ()


async def parked_among(connection: AsyncConnection, contract_ids: Collection[str]) -> set[str]:
    """Return which of these contracts are parked."""
    return set(
        await connection.scalars(
            sa.select(parked.c.contract_id).where(among(connection, parked.c.contract_id, contract_ids))
        )
    )


async def release(connection: AsyncConnection, contract_id: str) -> None:
    """Let a contract go on; should it break an invariant again, it is parked again."""
    await connection.execute(sa.delete(parked).where(parked.c.contract_id == contract_id))
