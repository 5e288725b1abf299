"""The two parties of an invoice as it stands today: the vendor by the settings, the client by its records."""

import re
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.documents.invoice_facts import Address, Buyer, DirectDebit, Seller
from portal.records.billing_tables import mandates
from portal.records.tables import companies, contracts, dossiers
from portal.settings import Settings

_LAST_LINE: Final = re.compile(r"(\d{5}) (.+)")


def seller_of(settings: Settings) -> Seller:
    """Return the vendor as its invoices name it."""
    return Seller(
        name=settings.vendor_name,
        siren=settings.vendor_siren,
        vat_number=settings.vendor_vat_number,
        address=_address(settings.vendor_address),
        legal_form=settings.vendor_legal_form,
        capital=settings.vendor_capital,
        rcs_city=settings.vendor_rcs_city,
        creditor_id=settings.vendor_creditor_id,
        iban=settings.vendor_iban.replace(" ", ""),
        email=settings.support_email,
    )


async def buyer_of(connection: AsyncConnection, contract_id: str) -> tuple[str, str, Buyer]:
    """Return the number of a contract, the id of its company, and the client as it is known now.

    A contract without its number has had no paper yet: its own id stands for it.
    """
    row = (
        await connection.execute(
            sa.select(companies, dossiers.c.number, dossiers.c.vat_number)
            .select_from(contracts)
            .join(companies, companies.c.id == contracts.c.company_id)
            .outerjoin(dossiers, dossiers.c.contract_id == contracts.c.id)
            .where(contracts.c.id == contract_id)
        )
    ).one()
    address = Address(street=(row.street,), postcode=row.postcode, city=row.city)
    buyer = Buyer(name=row.legal_name, siren=row.siren, vat_number=row.vat_number or "", address=address)
    return row.number or contract_id, row.id, buyer


async def direct_debit_of(connection: AsyncConnection, contract_id: str) -> DirectDebit | None:
    """Return the mandate by which a contract's invoices are collected now; None where no mandate is usable."""
    found = (
        await connection.execute(
            sa.select(mandates.c.reference, mandates.c.iban_hint)
            .where(
                mandates.c.contract_id == contract_id,
                mandates.c.replaced_at.is_(None),
                mandates.c.blocked_at.is_(None),
            )
            .order_by(mandates.c.edition.desc())
            .limit(1)
        )
    ).first()
    return DirectDebit(mandate=found.reference, account=found.iban_hint) if found else None


def _address(typed: str) -> Address:
    """Read « 1 rue du Port, 59140 Dunkerque »: lines with commas between them, the last with postcode and city."""
    *street, last = (line.strip() for line in typed.split(","))
    found = _LAST_LINE.fullmatch(last)
    return Address(street=tuple(street), postcode=found[1] if found else "", city=found[2] if found else last)
