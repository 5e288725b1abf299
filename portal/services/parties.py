"""The two parties of an invoice as it stands today: the vendor by the settings, the client by its records."""

import re
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.vat import vat_rate
from portal.documents.invoice_facts import Address, Buyer, DirectDebit, Seller
from portal.records.billing_tables import mandates, vat_decisions
from portal.records.tables import companies, contracts, dossiers
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
class ClientNow:
    """A client as known now: the contract's number, its company, how it pays, why it would bear no VAT.

    A contract without a number has had no paper yet: its own id stands for it.
    """

    contract: str
    buyer: Buyer
    direct_debit: DirectDebit | None
    exemption: str


async def client_of(connection: AsyncConnection, contract_id: str) -> ClientNow:
    """Return the client of a contract: one query, for it is asked with each invoice that is issued."""
    is_usable = sa.and_(
        mandates.c.contract_id == contracts.c.id,
        mandates.c.replaced_at.is_(None),
        mandates.c.blocked_at.is_(None),
    )
    found = await connection.execute(
        sa.select(
            companies,
            dossiers.c.number,
            dossiers.c.vat_number,
            vat_decisions.c.mention,
            mandates.c.reference,
            mandates.c.iban_hint,
        )
        .select_from(contracts)
        .join(companies, companies.c.id == contracts.c.company_id)
        .outerjoin(dossiers, dossiers.c.contract_id == contracts.c.id)
        .outerjoin(vat_decisions, vat_decisions.c.company_id == companies.c.id)
        .outerjoin(mandates, is_usable)
        .where(contracts.c.id == contract_id)
        .order_by(mandates.c.edition.desc())
        .limit(1)
    )
    row = found.one()
    rate = vat_rate(row.postcode)
    return ClientNow(
        contract=row.number or contract_id,
        buyer=Buyer(
            name=row.legal_name,
            siren=row.siren,
            vat_number=row.vat_number or "",
            address=Address(street=(row.street,), postcode=row.postcode, city=row.city),
        ),
        direct_debit=DirectDebit(mandate=row.reference, account=row.iban_hint) if row.reference else None,
        exemption=row.mention or (rate.mention if rate else ""),
    )


def _address(typed: str) -> Address:
    """Read « 1 rue du Port, 59140 Dunkerque »: lines with commas between them, the last with postcode and city."""
    *street, last = (line.strip() for line in typed.split(","))
    found = _LAST_LINE.fullmatch(last)
    return Address(street=tuple(street), postcode=found[1] if found else "", city=found[2] if found else last)
