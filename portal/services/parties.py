"""The two parties of an invoice as it stands today: the vendor by the settings, the client by its records."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.vat import VatRate
from portal.documents.invoice_facts import Address, Buyer, DirectDebit, Seller
from portal.records.among import among
from portal.records.billing_tables import mandates
from portal.records.tables import companies, contracts, dossiers
from portal.services.offers import vat_rates
from portal.settings import Settings

_LAST_LINE: Final = re.compile(r"(\d{5}) (.+)")


def seller_of(settings: Settings) -> Seller:
    """Return the vendor as its invoices name it."""
    return Seller(
        name=settings.vendor_name,
        siren=settings.vendor_siren,
        vat_number=settings.vat_number,
        address=_address(settings.vendor_address),
        legal_form=settings.vendor_legal_form,
        capital=settings.vendor_capital,
        rcs_city=settings.vendor_rcs_city,
        creditor_id=settings.vendor_creditor_id,
        iban=settings.vendor_iban.replace(" ", ""),
        email=settings.support_email,
    )


@dataclass(frozen=True, slots=True)
class Billed:
    """Whom the documents of a contract name as it is known now: its number, the client, its VAT, its mandate.

    A contract without a number has had no paper yet: its own id stands for it. `direct_debit` is None where no
    mandate is usable.
    """

    number: str
    buyer: Buyer
    vat: VatRate | None
    direct_debit: DirectDebit | None


async def billed(connection: AsyncConnection, contract_ids: AbstractSet[str]) -> dict[str, Billed]:
    """Return whom the documents of these contracts name."""
    rows = await connection.execute(
        sa.select(companies, contracts.c.id.label("contract_id"), dossiers.c.number, dossiers.c.vat_number)
        .select_from(contracts)
        .join(companies, companies.c.id == contracts.c.company_id)
        .outerjoin(dossiers, dossiers.c.contract_id == contracts.c.id)
        .where(among(connection, contracts.c.id, contract_ids))
    )
    found = rows.all()
    rates = await vat_rates(connection, {row.id for row in found})
    usable = await direct_debits(connection, contract_ids)
    return {
        row.contract_id: Billed(
            number=row.number or row.contract_id,
            buyer=Buyer(
                name=row.legal_name,
                siren=row.siren,
                vat_number=row.vat_number or "",
                address=Address(street=(row.street,), postcode=row.postcode, city=row.city),
            ),
            vat=rates.get(row.id),
            direct_debit=usable.get(row.contract_id),
        )
        for row in found
    }


async def direct_debits(
    connection: AsyncConnection, contract_ids: AbstractSet[str]
) -> dict[str, DirectDebit]:
    """Return the mandate by which each contract's invoices are collected now."""
    rows = await connection.execute(
        sa.select(mandates.c.contract_id, mandates.c.reference, mandates.c.iban_hint)
        .where(
            among(connection, mandates.c.contract_id, contract_ids),
            mandates.c.replaced_at.is_(None),
            mandates.c.blocked_at.is_(None),
        )
        .order_by(mandates.c.edition)  # the latest stays
    )
    return {row.contract_id: DirectDebit(mandate=row.reference, account=row.iban_hint) for row in rows}


def _address(typed: str) -> Address:
    """Read « 1 rue du Port, 59140 Dunkerque »: lines with commas between them, the last with postcode and city."""
    *street, last = (line.strip() for line in typed.split(","))
    found = _LAST_LINE.fullmatch(last)
    return Address(street=tuple(street), postcode=found[1] if found else "", city=found[2] if found else last)
