"""The staff's list: the bank's messages, and their lines that wait for a person, who says what each is and why."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.arrears import dues
from portal.contract.refusal import Refusal
from portal.contract.state import Invoice, State
from portal.payments.bank_lines import LineKind
from portal.payments.reason_codes import ReturnReason, return_reason
from portal.records.billing_tables import bank_lines, bank_messages, invoices
from portal.services.bank_collections import invoice_in
from portal.services.bank_records import UNDONE, line_of, resolve
from portal.services.bank_transfers import numbers_in
from portal.services.context import NotFound, Origin, Portal, Viewer
from portal.services.histories import OpenHistory
from portal.services.journal import note

LONGEST_REASON: Final = 500
_SHORTEST_REASON: Final = 3
_RECEIVED: Final = frozenset({LineKind.SETTLED.value, LineKind.TRANSFER.value, LineKind.UNKNOWN.value})


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the bank: `waiting` of its lines wait for a person; unfinished, it is still being applied."""

    sha256: str
    kind: str
    message_id: str
    name: str
    received_at: datetime
    lines: int
    waiting: int
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A line that waits: what the bank says, and why nothing was done of it.

    `invoice_number` is the one it seems to be about, "" for none; `can_pay` tells whether it is money received.
    """

    id: str
    kind: LineKind
    booked_on: date
    amount_cents: int
    end_to_end_id: str
    wording: str
    party: str
    reason: ReturnReason | None
    invoice_number: str
    problem: str
    message: str
    can_pay: bool


async def messages(portal: Portal, viewer: Viewer, *, limit: int = 100) -> tuple[Message, ...]:
    """Return the newest messages of the bank, for staff."""
    viewer.must_be_staff()
    waiting = (
        sa.select(sa.func.count())
        .where(bank_lines.c.message_sha256 == bank_messages.c.sha256, bank_lines.c.standing.in_(UNDONE))
        .scalar_subquery()
    )
    async with portal.database.reading() as connection:
        rows = await connection.execute(
            sa.select(bank_messages, waiting.label("waiting"))
            .order_by(bank_messages.c.received_at.desc(), bank_messages.c.sha256)
            .limit(limit)
        )
        return tuple(
            Message(
                row.sha256,
                row.kind,
                row.message_id,
                row.name,
                row.received_at,
                row.lines,
                row.waiting,
                row.finished_at,
            )
            for row in rows
        )


async def waiting_lines(
    portal: Portal, viewer: Viewer, *, limit: int = 200, after: int = 0
) -> tuple[WaitingLine, ...]:
    """Return the lines that wait for a person, the oldest first, `limit` of them from the `after`-th on, for staff."""
    viewer.must_be_staff()
    async with portal.database.reading() as connection:
        rows = await connection.execute(
            sa.select(bank_lines, bank_messages.c.message_id)
            .join(bank_messages, bank_messages.c.sha256 == bank_lines.c.message_sha256)
            .where(bank_lines.c.standing.in_(UNDONE))
            .order_by(bank_lines.c.booked_on, bank_lines.c.key)
            .limit(limit)
            .offset(after)
        )
        return tuple(_waiting(portal, row) for row in rows)


async def pays(
    portal: Portal, viewer: Viewer, line_id: str, invoice_number: str, reason: str, origin: Origin
) -> None:
    """Say that money received pays an invoice, in part or whole, or all that its client owes; for staff.

    Said twice, it is paid once. Raises `NotFound`, and `Refusal`: `reason_missing`, `not_received` (a line that
    is no money received), `invoice_unknown`, or what the contract's rules say of the amount.
    """
    words = _checked(viewer, reason)
    named = next(iter(numbers_in(invoice_number)), "")

    async def work(connection: AsyncConnection) -> None:
        line = await _line(connection, line_id)
        if line.standing not in UNDONE:
            return
        if line.kind not in _RECEIVED or not line.amount_cents:
            raise _refused(
                "not_received",
                "Cette ligne n’est pas de l’argent reçu : elle ne règle rien. Classez-la, avec son motif.",
            )
        contract_id = await connection.scalar(
            sa.select(invoices.c.contract_id).where(invoices.c.number == named, invoices.c.kind == "invoice")
        )
        if contract_id is None:
            raise _refused(
                "invoice_unknown",
                f"Aucune facture ne porte le numéro « {invoice_number.strip()[:40]} » : recopiez-le, comme F-2026-0007.",
            )
        now = portal.now()
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=None, at=now)
        act = _payment(opened.state, invoice_in(opened.state, named), line.amount_cents, now)
        await opened.act(act, actor=viewer.person_id, at=now)
        await _done(connection, viewer, line, words, named, now, origin)

    await portal.transact(work)


async def set_aside(portal: Portal, viewer: Viewer, line_id: str, reason: str, origin: Origin) -> None:
    """Say that nothing is to be done of a line here, and why; for staff. Said twice, it is said once."""
    words = _checked(viewer, reason)

    async def work(connection: AsyncConnection) -> None:
        line = await _line(connection, line_id)
        if line.standing in UNDONE:
            await _done(connection, viewer, line, words, line.invoice_number, portal.now(), origin)

    await portal.transact(work)


def _payment(
    state: State, invoice: Invoice, amount_cents: int, at: datetime
) -> a.Settle | a.SettleEverything:
    if amount_cents != invoice.unpaid_cents and amount_cents == sum(
        one.total_cents for one in dues(state, at)
    ):
        return a.SettleEverything()
    return a.Settle(month=invoice.month, number=invoice.number, amount_cents=amount_cents)


def _checked(viewer: Viewer, reason: str) -> str:
    viewer.must_be_staff()
    words = " ".join(reason.split())
    if not _SHORTEST_REASON <= len(words) <= LONGEST_REASON:
        raise _refused(
            "reason_missing",
            f"Dites pourquoi, en {LONGEST_REASON} caractères au plus : quelqu’un le relira.",
        )
    return words


async def _line(connection: AsyncConnection, line_id: str) -> sa.Row[Any]:
    row = (
        await connection.execute(sa.select(bank_lines).where(bank_lines.c.id == line_id).with_for_update())
    ).first()
    if row is None:
        raise NotFound
    return row


async def _done(
    connection: AsyncConnection,
    viewer: Viewer,
    line: sa.Row[Any],
    reason: str,
    invoice_number: str,
    at: datetime,
    origin: Origin,
) -> None:
    await resolve(
        connection,
        line.id,
        resolution=reason,
        invoice_number=invoice_number,
        by_id=viewer.person_id,
        at=at,
    )
    await note(
        connection,
        at=at,
        kind="bank_line_resolved",
        person_id=viewer.person_id,
        by_id=viewer.person_id,
        ip=origin.ip,
        details={"line": line.id, "invoice": invoice_number},
    )


def _waiting(portal: Portal, row: sa.Row[Any]) -> WaitingLine:
    line = line_of(portal, row)
    return WaitingLine(
        id=row.id,
        kind=line.kind,
        booked_on=row.booked_on,
        amount_cents=row.amount_cents,
        end_to_end_id=line.end_to_end_id or line.batch,
        wording=line.wording,
        party=line.party,
        reason=return_reason(line.reason) if line.reason else None,
        invoice_number=row.invoice_number,
        problem=row.problem,
        message=row.message_id,
        can_pay=row.kind in _RECEIVED and row.amount_cents > 0,
    )


def _refused(code: str, message: str) -> Refusal:
    return Refusal(code, clause="10.3", message=message)
