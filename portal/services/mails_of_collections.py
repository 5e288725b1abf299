"""What the mails about a collection are told: the invoice, the bank's reason, and how to pay it otherwise."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.payments.reason_codes import ReturnReason, return_reason
from portal.records import store
from portal.records.billing_tables import collections, mandates
from portal.services.context import Portal
from portal.services.first_month import transfer_of

COLLECTION_MAILS: Final = frozenset({"new_account_asked", "mandate_blocked", "collection_again"})

CAME_BACK: Final = ("rejected", "returned", "refunded")


async def values_of_collection(
    portal: Portal, connection: AsyncConnection, recorded: store.Recorded, end_to_end_id: str
) -> dict[str, object]:
    """Return what the templates of `COLLECTION_MAILS` say of one collection of a contract."""
    row = (
        await connection.execute(
            sa.select(collections, mandates.c.iban_hint)
            .join(mandates, mandates.c.reference == collections.c.mandate_reference)
            .where(
                collections.c.end_to_end_id == end_to_end_id,
                collections.c.contract_id == recorded.contract_id,
            )
        )
    ).one()
    return {
        "invoice_number": row.invoice_number,
        "amount_cents": row.amount_cents,
        "collection_on": row.collection_on,
        "iban_hint": row.iban_hint,
        "mandate_reference": row.mandate_reference,
        "reason": return_reason(row.reason_code).meaning,
        # Before, no other mandate is received: the first month is paid by transfer (art. 8).
        "is_in_force": any(isinstance(one.event, e.ContractInForce) for one in recorded.events),
        "transfer": transfer_of(portal.settings, row.invoice_number),
    }


async def reason_of_return(connection: AsyncConnection, invoice_number: str) -> ReturnReason | None:
    """Return why the bank sent back the last collection of an invoice that came back; None where none did by its message."""
    code = await connection.scalar(
        sa.select(collections.c.reason_code)
        .where(collections.c.invoice_number == invoice_number, collections.c.standing.in_(CAME_BACK))
        .order_by(collections.c.closed_at.desc())
        .limit(1)
    )
    return return_reason(code) if code else None
