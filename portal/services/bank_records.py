"""Lines of bank messages as they are kept: what the bank wrote beside a movement is encrypted, since it names people."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.payments.bank_lines import BankLine
from portal.records.billing_tables import bank_lines
from portal.records.upserts import insert_once
from portal.services.context import Portal
from portal.services.keys import keys_of

APPLIED, RESOLVED = "applied", "resolved"
WAITING = "waiting"  # for a person
AWAITING = "awaiting"  # for another message, or for a contract to go on: tried again by itself
UNDONE = (WAITING, AWAITING)
_LINE: Final = TypeAdapter(BankLine)
_REASON_LENGTH = 10  # of the table's column


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a line: done with, or waiting for a person, who reads the `problem`.

    `awaits`: it waits for something that may come by itself.
    """

    invoice_number: str = ""
    problem: str = ""
    awaits: bool = False

    @property
    def standing(self) -> str:
        if not self.problem:
            return APPLIED
        return AWAITING if self.awaits else WAITING


async def standing_of(connection: AsyncConnection, key: str) -> str | None:
    found: str | None = await connection.scalar(
        sa.select(bank_lines.c.standing).where(bank_lines.c.key == key)
    )
    return found


async def record(
    portal: Portal, connection: AsyncConnection, key: str, line: BankLine, message: str, outcome: Outcome
) -> None:
    """Keep a line with what came of it, or what came of it now where it waited for another message."""
    await insert_once(connection, bank_lines, **row(portal, key, line, message, outcome))
    await connection.execute(
        sa.update(bank_lines)
        .where(bank_lines.c.key == key, bank_lines.c.standing == AWAITING)
        .values(standing=outcome.standing, invoice_number=outcome.invoice_number, problem=outcome.problem)
    )


def row(portal: Portal, key: str, line: BankLine, message: str, outcome: Outcome) -> dict[str, object]:
    return {
        "id": str(uuid.uuid4()),
        "key": key,
        "message_sha256": message,
        "kind": line.kind.value,
        "end_to_end_id": line.end_to_end_id,
        "reference": keys_of(portal.settings).seal(_LINE.dump_json(line), bound_to=_bound(key)),
        "amount_cents": line.amount_cents or 0,
        "booked_on": line.booked_on,
        "reason_code": line.reason[:_REASON_LENGTH],
        "standing": outcome.standing,
        "invoice_number": outcome.invoice_number,
        "problem": outcome.problem,
        "resolution": "",
    }


def line_of(portal: Portal, kept: sa.Row[Any]) -> BankLine:
    """Return a kept line as the bank said it; raises `CannotOpen`."""
    return _LINE.validate_json(keys_of(portal.settings).unseal(kept.reference, bound_to=_bound(kept.key)))


async def resolve(
    connection: AsyncConnection,
    line_id: str,
    *,
    resolution: str,
    invoice_number: str,
    by_id: str,
    at: datetime,
) -> None:
    await connection.execute(
        sa.update(bank_lines)
        .where(bank_lines.c.id == line_id, bank_lines.c.standing.in_(UNDONE))
        .values(
            standing=RESOLVED,
            resolution=resolution,
            invoice_number=invoice_number,
            resolved_at=at,
            resolved_by=by_id,
        )
    )


def _bound(key: str) -> str:
    return f"bank line:{key}"
