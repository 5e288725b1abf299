"""What the bank says of one collection, carried into its contract (CGV art. 10.2, 10.3): settled, rejected, taken back.

A return waits for the credit that it takes back; what contradicts what is known waits for a person.
The same fact, said again by another message, changes nothing.
"""

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.french import euros
from portal.contract.state import Invoice, Payment, State
from portal.payments.bank_lines import BankLine, LineKind
from portal.payments.reason_codes import Following, return_reason
from portal.records.billing_tables import bank_lines, collections
from portal.services import mandates, parking
from portal.services.bank_records import APPLIED, Outcome
from portal.services.consequences import post
from portal.services.context import Portal
from portal.services.histories import OpenHistory

# Who caused an event that a bank's message brought.
BANK = "bank"

# That a collection came back is written of by the contract's own event; these ask for more.
_TEMPLATES: Final = {
    Following.ASK_ACCOUNT: "new_account_asked",
    Following.BLOCK_MANDATE: "mandate_blocked",
}


async def find_collection(connection: AsyncConnection, end_to_end_id: str) -> sa.Row[Any] | None:
    found = await connection.execute(
        sa.select(collections).where(collections.c.end_to_end_id == end_to_end_id)
    )
    row: sa.Row[Any] | None = found.first()
    return row


async def apply_to_collection(
    portal: Portal, connection: AsyncConnection, line: BankLine, found: sa.Row[Any]
) -> Outcome:
    """Carry what a line says of a collection into its contract; raises `Refusal` where nothing can be decided on it."""
    now = portal.now()
    opened = await OpenHistory.open(
        portal, connection, found.contract_id, company_id=found.company_id, at=now
    )
    if opened.is_parked:
        raise parking.refusal()
    # Read again: the contract's lock is held now.
    collection = await find_collection(connection, found.end_to_end_id) or found
    if line.amount_cents not in {None, collection.amount_cents}:
        return _waits(
            collection,
            f"Le montant ({euros(line.amount_cents or 0)}) n’est pas celui du prélèvement ({euros(collection.amount_cents)}).",
        )
    match line.kind, collection.standing:
        case LineKind.SETTLED, "open":
            return await _settle(connection, opened, collection, now)
        case LineKind.SETTLED, "rejected":
            return _waits(collection, "La banque crédite un prélèvement qu’elle avait rejeté.")
        case LineKind.REJECTED, "open":
            return await _reject(portal, connection, opened, collection, line, now)
        case LineKind.REJECTED, "settled":
            return _waits(collection, "La banque rejette un prélèvement qu’elle avait crédité.")
        case ((LineKind.RETURNED | LineKind.REFUNDED), "open"):
            problem = "En attente : le crédit de ce prélèvement n’a pas encore été lu."
            return Outcome(collection.invoice_number, problem, awaits=True)
        case ((LineKind.RETURNED | LineKind.REFUNDED), "settled"):
            return await _take_back(portal, connection, opened, collection, line, now)
        case ((LineKind.RETURNED | LineKind.REFUNDED), "rejected"):
            return _waits(collection, "La banque rend un prélèvement qu’elle avait rejeté.")
        case _:
            return Outcome(collection.invoice_number)


async def _settle(
    connection: AsyncConnection, opened: OpenHistory, collection: sa.Row[Any], now: datetime
) -> Outcome:
    await _close(connection, collection, "settled", "", now)
    invoice = invoice_in(opened.state, collection.invoice_number)
    part = min(collection.amount_cents, invoice.unpaid_cents)
    if part:
        act = a.Settle(month=invoice.month, number=invoice.number, amount_cents=part)
        await opened.act(act, actor=BANK, at=now)
    if part == collection.amount_cents:
        return Outcome(collection.invoice_number)
    over = collection.amount_cents - part
    return _waits(
        collection,
        f"Facture déjà réglée autrement : {euros(over)} perçus en trop. Remboursez-les au client, ou convenez avec lui "
        "de ce qu’ils règlent.",
    )


async def _reject(
    portal: Portal,
    connection: AsyncConnection,
    opened: OpenHistory,
    collection: sa.Row[Any],
    line: BankLine,
    now: datetime,
) -> Outcome:
    await _close(connection, collection, "rejected", line.reason, now)
    invoice = invoice_in(opened.state, collection.invoice_number)
    # Paid otherwise meanwhile, the invoice owes nothing: only the mandate may have to stop.
    if invoice.payment is not Payment.SETTLED:
        act = a.ReturnPayment(month=invoice.month, number=invoice.number, kind="reject")
        await opened.act(act, actor=BANK, at=now)
    await _follow(portal, connection, opened, collection, line, now)
    return Outcome(collection.invoice_number)


async def _take_back(
    portal: Portal,
    connection: AsyncConnection,
    opened: OpenHistory,
    collection: sa.Row[Any],
    line: BankLine,
    now: datetime,
) -> Outcome:
    await _close(connection, collection, line.kind.value, line.reason, now)
    invoice = invoice_in(opened.state, collection.invoice_number)
    is_its_payment = (
        invoice.payment is Payment.SETTLED
        and invoice.paid_cents == collection.amount_cents
        and await _settled_the_invoice(connection, collection.end_to_end_id)
    )
    if is_its_payment:
        act = a.ReturnPayment(month=invoice.month, number=invoice.number, kind="refund")
        await opened.act(act, actor=BANK, at=now)
    await _follow(portal, connection, opened, collection, line, now)
    if is_its_payment:
        return Outcome(collection.invoice_number)
    return _waits(
        collection,
        f"La banque reprend {euros(collection.amount_cents)}, qui n’avaient pas réglé cette facture à eux seuls : "
        "voyez la ligne de leur crédit.",
    )


async def _settled_the_invoice(connection: AsyncConnection, end_to_end_id: str) -> bool:
    """Tell whether the credit of a collection was the invoice's payment, and not money received twice."""
    found = await connection.scalar(
        sa.select(bank_lines.c.id)
        .where(
            bank_lines.c.end_to_end_id == end_to_end_id,
            bank_lines.c.kind.in_((LineKind.SETTLED.value, LineKind.TRANSFER.value)),
            bank_lines.c.standing == APPLIED,
        )
        .limit(1)
    )
    return found is not None


async def _follow(
    portal: Portal,
    connection: AsyncConnection,
    opened: OpenHistory,
    collection: sa.Row[Any],
    line: BankLine,
    now: datetime,
) -> None:
    """Do what follows of a reason: stop the mandate, and write to the client what is asked of them."""
    reason = return_reason(line.reason)
    if reason.stops_the_mandate:
        await mandates.block(connection, collection.mandate_reference, reason.code, now)
    template = _TEMPLATES.get(reason.following)
    if template is None or opened.state.admin is None:
        return
    await post(
        connection,
        key=f"mail:{opened.contract_id}:collection:{collection.end_to_end_id}:{template}",
        template=template,
        person_id=opened.state.admin,
        contract_id=opened.contract_id,
        params={"seq": opened.seq, "collection": collection.end_to_end_id},
        as_of=now,
        machine_now=portal.machine_now(),
    )


async def _close(
    connection: AsyncConnection, collection: sa.Row[Any], standing: str, reason: str, at: datetime
) -> None:
    await connection.execute(
        sa.update(collections)
        .where(collections.c.end_to_end_id == collection.end_to_end_id)
        .values(standing=standing, reason_code=reason[:10], closed_at=at)
    )


def invoice_in(state: State, number: str) -> Invoice:
    return next(one for one in state.invoices if one.number == number)


def _waits(collection: sa.Row[Any], problem: str) -> Outcome:
    return Outcome(collection.invoice_number, problem)
