"""What the mails about a collection are told: the invoice, the bank's reason, and how to pay it otherwise."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.payments.reason_codes import Following, return_reason
from portal.records import store
from portal.records.billing_tables import collections, mandates
from portal.services.context import Portal
from portal.services.first_month import transfer_of

COLLECTION_MAILS: Final = frozenset(
    {"collection_returned", "new_account_asked", "mandate_blocked", "collection_again"}
)


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
    reason = return_reason(row.reason_code)
    return {
        "invoice_number": row.invoice_number,
        "amount_cents": row.amount_cents,
        "collection_on": row.collection_on,
        "iban_hint": row.iban_hint,
        "mandate_reference": row.mandate_reference,
        "reason": reason.meaning,
        "may_be_presented_again": reason.following is Following.REPRESENT,
        "transfer": transfer_of(portal.settings, row.invoice_number),
    }
