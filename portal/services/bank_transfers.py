"""Transfers received: recognised by the invoices that the payer names, and by an amount that is exactly what they owe."""

import re
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.arrears import dues
from portal.contract.state import Invoice
from portal.payments.bank_lines import BankLine
from portal.records.billing_tables import IN_ORDER_OF_NUMBERS, invoices
from portal.records.tables import dossiers
from portal.services import parking
from portal.services.bank_collections import BANK, invoice_in
from portal.services.bank_records import Outcome
from portal.services.context import Portal
from portal.services.histories import OpenHistory

# « F-2026-0007 » as people type it: « F 2026 0007 », « f20260007 », « fact.F-2026-7 ».
_INVOICE = re.compile(r"\bF[\s\-_./n°]*(20\d{2})[\s\-_./n°]*(\d{1,9})(?!\d)", re.IGNORECASE)
_CONTRACT = re.compile(r"\bCT[\s\-_./n°]*(20\d{2})[\s\-_./n°]*(\d{1,9})(?!\d)", re.IGNORECASE)
_MOST_NUMBERS = 50


def numbers_in(wording: str) -> tuple[str, ...]:
    """Return the invoices that a payer names, each once, in order."""
    return _numbers(_INVOICE, "F", wording)


def contracts_in(wording: str) -> tuple[str, ...]:
    """Return the contracts that a payer names: what our letters about all that is due ask to recall."""
    return _numbers(_CONTRACT, "CT", wording)


async def apply_transfer(portal: Portal, connection: AsyncConnection, line: BankLine) -> Outcome:
    """Settle what a transfer pays exactly: the invoices it names, or all that their contract owes; else it waits.

    Raises `Refusal` where nothing can be decided on the contract.
    """
    named = await _invoices_named(connection, line.wording)
    contract_ids = set(named.values()) | await _contracts_named(connection, line.wording)
    if not contract_ids:
        return Outcome(problem="Aucune facture n’est reconnue dans le libellé du virement.")
    if len(contract_ids) > 1:
        return Outcome(problem="Le libellé du virement nomme plusieurs clients.")
    now = portal.now()
    [contract_id] = contract_ids
    opened = await OpenHistory.open(portal, connection, contract_id, company_id=None, at=now)
    if opened.is_parked:
        raise parking.refusal()
    owing = [one for one in opened.state.invoices if one.unpaid_cents]
    paid = [invoice_in(opened.state, number) for number in named] or owing
    number = paid[0].number if paid else ""
    amount = line.amount_cents or 0
    unpaid = sum(one.unpaid_cents for one in paid)
    # Invoices that are not due yet are paid only where they are named.
    if named and amount == unpaid:
        await _settle(opened, paid, now)
        return Outcome(number)
    total = sum(due.total_cents for due in dues(opened.state, now))
    if amount == total:
        await opened.act(a.SettleEverything(), actor=BANK, at=now)
        return Outcome(number)
    if not named and len(exact := [one for one in owing if one.unpaid_cents == amount]) == 1:
        await _settle(opened, exact, now)
        return Outcome(exact[0].number)
    if not unpaid:
        return Outcome(number, "Facture déjà réglée : remboursez ce virement, ou dites ce qu’il règle.")
    return Outcome(
        number,
        "Ce virement n’est ni ce qui reste des factures qu’il nomme, ni tout ce que le client doit, pénalités comprises : "
        "voyez son compte.",
    )


async def _settle(opened: OpenHistory, paid: Iterable[Invoice], now: datetime) -> None:
    for one in paid:
        if one.unpaid_cents:
            act = a.Settle(month=one.month, number=one.number, amount_cents=one.unpaid_cents)
            await opened.act(act, actor=BANK, at=now)


async def _invoices_named(connection: AsyncConnection, wording: str) -> dict[str, str]:
    """Return the invoices of ours that a payer names, the oldest first, each with its contract."""
    found = await connection.execute(
        sa.select(invoices.c.number, invoices.c.contract_id)
        .where(invoices.c.number.in_(numbers_in(wording)), invoices.c.kind == "invoice")
        .order_by(invoices.c.issued_at, *IN_ORDER_OF_NUMBERS)
    )
    return {row.number: row.contract_id for row in found}


async def _contracts_named(connection: AsyncConnection, wording: str) -> set[str]:
    query = sa.select(dossiers.c.contract_id).where(dossiers.c.number.in_(contracts_in(wording)))
    return set(await connection.scalars(query))


def _numbers(pattern: re.Pattern[str], letters: str, wording: str) -> tuple[str, ...]:
    found = (f"{letters}-{year}-{int(number):04}" for year, number in pattern.findall(wording))
    return tuple(dict.fromkeys(found))[:_MOST_NUMBERS]
