"""What the mails about a quote are told of it."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records.billing_tables import quotes
from portal.services.mail_writing import as_named
from portal.services.quote_services import SERVICES, Service


async def values_of_quote(connection: AsyncConnection, quote_id: str) -> dict[str, object]:
    """Return what was asked, and the answer if there is one; no price where we do not offer the service."""
    row = (await connection.execute(sa.select(quotes).where(quotes.c.id == quote_id))).one()
    return {
        "service": SERVICES[Service(row.service)],
        "label": as_named(row.label),
        "price_cents": row.price_cents,
        "valid_until": row.valid_until,
    }
