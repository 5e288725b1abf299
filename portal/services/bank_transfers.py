"""Transfers received: recognised by the invoices that the payer names, and by an amount that is exactly what they owe."""

import re

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.arrears import dues
from portal.contract.french import euros
from portal.payments.bank_lines import BankLine
from portal.records.billing_tables import invoices
from portal.services import parking
from portal.services.bank_collections import BANK, invoice_in
from portal.services.bank_records import Outcome
from portal.services.context import Portal
from portal.services.histories import OpenHistory

# « F-2026-0007 » as people type it: « F 2026 0007 », « f20260007 », « fact.F-2026-7 ».
_NUMBER = re.compile(r"F[\s\-_./n°]*(20\d{2})[\s\-_./n°]*(\d{1,9})(?!\d)", re.IGNORECASE)
_MOST_NUMBERS = 50


def numbers_in(wording: str) -> tuple[str, ...]:
    """Return the invoices that a payer names, each once, in order."""
    found = (f"F-{year}-{int(number):04}" for year, number in _NUMBER.findall(wording))
    return tuple(dict.fromkeys(found))[:_MOST_NUMBERS]


async def apply_transfer(portal: Portal, connection: AsyncConnection, line: BankLine) -> Outcome:
    """Settle what a transfer pays exactly: the invoices it names, or all that their contract owes; else it waits.

    Raises `Refusal` where nothing can be decided on the contract.
    """
    named = numbers_in(line.wording)
    found = await connection.execute(
        sa.select(invoices.c.number, invoices.c.contract_id)
        .where(invoices.c.number.in_(named))
        .order_by(invoices.c.issued_at, invoices.c.number)
    )
    owners = {row.number: row.contract_id for row in found}
    if not owners:
        return Outcome(problem="Aucune facture n’est reconnue dans le libellé du virement.")
    if len(set(owners.values())) > 1:
        return Outcome(problem="Le libellé du virement nomme des factures de plusieurs clients.")
    now = portal.now()
    [contract_id] = set(owners.values())
    opened = await OpenHistory.open(portal, connection, contract_id, company_id=None, at=now)
    if opened.is_parked:
        raise parking.refusal()
    paid = [invoice_in(opened.state, number) for number in owners]
    amount = line.amount_cents or 0
    unpaid = sum(one.unpaid_cents for one in paid)
    first = paid[0].number
    if amount == unpaid:
        for one in paid:
            if one.unpaid_cents:
                act = a.Settle(month=one.month, number=one.number, amount_cents=one.unpaid_cents)
                await opened.act(act, actor=BANK, at=now)
        return Outcome(first)
    total = sum(due.total_cents for due in dues(opened.state, now))
    if amount == total:
        await opened.act(a.SettleEverything(), actor=BANK, at=now)
        return Outcome(first)
    if not unpaid:
        return Outcome(first, "Facture déjà réglée : remboursez ce virement, ou dites ce qu’il règle.")
    return Outcome(
        first,
        f"Le virement est de {euros(amount)} ; il reste {euros(unpaid)} sur les factures qu’il nomme, et le client doit "
        f"{euros(total)} en tout.",
    )
