"""What each line of the retention table deletes: rows, and the files that they let go of.

Every table has its place in `PLACES`: a test fails for one that nobody has decided. Events hold no personal data and are
never altered: the chain is whole until it goes as a whole.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.calendar import start_of_day
from portal.records.access_tables import feeds, links, recovery_codes, sessions
from portal.records.billing_tables import (
    accounting_entries,
    announced_contracts,
    bank_lines,
    bank_messages,
    collection_files,
    collections,
    credit_proposals,
    invoice_papers,
    invoices,
    letters,
    mandates,
    notices,
    quotes,
    registered_deposits,
    registered_statuses,
    renewal_acceptances,
    vat_decisions,
)
from portal.records.end_tables import (
    certificates,
    last_contacts,
    litigation_holds,
    restitutions,
)
from portal.records.tables import (
    acceptances,
    accounts,
    arrivals,
    companies,
    contracts,
    dossiers,
    events,
    held_destructions,
    journal,
    kept_states,
    outbox,
    papers,
    parked,
    persons,
    pieces,
    presences,
    provisioning,
    registrations,
    situations,
    trial_allowances,
    trials,
)
from portal.services.piece_keeping import ORIGINALS

Counts = dict[str, int]

# Where each table stands: who purges its rows, and when.
EVIDENCE, MANDATES, ACCOUNTING, HISTORY, PEOPLE, JOURNALS, COMPANY, TIDIED, VENDOR = (
    "evidence",
    "mandates",
    "accounting",
    "history",
    "people",
    "journals",
    "company",
    "tidied",
    "vendor",
)
PLACES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "acceptances": EVIDENCE,
        "papers": EVIDENCE,
        "pieces": EVIDENCE,
        "letters": EVIDENCE,
        "notices": EVIDENCE,
        "registered_deposits": EVIDENCE,
        "registered_statuses": EVIDENCE,
        "dossiers": EVIDENCE,
        "presences": EVIDENCE,
        "held_destructions": EVIDENCE,
        "parked": EVIDENCE,
        "restitutions": EVIDENCE,
        "certificates": EVIDENCE,
        "quotes": EVIDENCE,
        "provisioning": EVIDENCE,
        "outbox": EVIDENCE,
        "announced_contracts": EVIDENCE,
        "mandates": MANDATES,
        "invoice_papers": ACCOUNTING,
        "collections": ACCOUNTING,
        "collection_files": ACCOUNTING,
        "bank_messages": ACCOUNTING,
        "bank_lines": ACCOUNTING,
        "credit_proposals": ACCOUNTING,
        "contracts": HISTORY,
        "events": HISTORY,
        "situations": HISTORY,
        "kept_states": HISTORY,
        "registrations": HISTORY,
        "invoices": HISTORY,
        "trials": HISTORY,
        "accounting_entries": HISTORY,
        "renewal_acceptances": HISTORY,
        "persons": PEOPLE,
        "accounts": PEOPLE,
        "recovery_codes": PEOPLE,
        "sessions": PEOPLE,
        "links": PEOPLE,
        "feeds": PEOPLE,
        "journal": JOURNALS,
        "companies": COMPANY,
        "vat_decisions": COMPANY,
        "litigation_holds": COMPANY,
        "last_contacts": COMPANY,
        "trial_allowances": COMPANY,
        # Forgotten within days or hours, whatever becomes of a contract.
        "attempts": TIDIED,
        "drafts": TIDIED,
        "arrivals": TIDIED,
        "doomed_files": TIDIED,
        # The vendor's own, which names no client.
        "counters": VENDOR,
        "terms": VENDOR,
        "grids": VENDOR,
        "legal_rates": VENDOR,
        "announcements": VENDOR,
        "purges": VENDOR,
    }
)

_OF_THE_EVIDENCE: Final = (
    acceptances,
    papers,
    pieces,
    notices,
    letters,
    dossiers,
    presences,
    held_destructions,
    parked,
    restitutions,
    certificates,
    quotes,
    provisioning,
    outbox,
    announced_contracts,
    arrivals,
)
_OF_THE_HISTORY: Final = (
    accounting_entries,
    invoice_papers,
    collections,
    credit_proposals,
    mandates,
    invoices,
    renewal_acceptances,
    trials,
    registrations,
    situations,
    kept_states,
    events,
)


async def delete(connection: AsyncConnection, counts: Counts, table: sa.Table, *where: Any) -> None:
    """Delete rows and count them, under their table's name."""
    done = await connection.execute(sa.delete(table).where(*where))
    if done.rowcount:
        counts[table.name] = counts.get(table.name, 0) + done.rowcount


async def evidence(connection: AsyncConnection, contract_id: str, counts: Counts) -> list[str | None]:
    """Delete the evidence of a contract; return the files that it lets go of."""
    posted = sa.select(letters.c.id).where(letters.c.contract_id == contract_id)
    keys = [
        *await _keys(connection, papers.c.file_key, papers.c.contract_id == contract_id),
        *await _keys(connection, letters.c.file_key, letters.c.contract_id == contract_id),
        *await _keys(connection, letters.c.proof_key, letters.c.contract_id == contract_id),
        *await _keys(connection, letters.c.deposit_key, letters.c.contract_id == contract_id),
        *await _keys(
            connection, registered_statuses.c.proof_key, registered_statuses.c.letter_id.in_(posted)
        ),
        *await _keys(connection, certificates.c.file_key, certificates.c.contract_id == contract_id),
        *await _keys(connection, restitutions.c.export_key, restitutions.c.contract_id == contract_id),
        *await _keys(connection, restitutions.c.archive_key, restitutions.c.contract_id == contract_id),
    ]
    sent = await connection.execute(
        sa.select(pieces).where(pieces.c.contract_id == contract_id, pieces.c.emptied_at.is_(None))
    )
    keys += [key for row in sent for key in files_of_piece(row)]
    for table in (registered_statuses, registered_deposits):
        await delete(connection, counts, table, table.c.letter_id.in_(posted))
    for table in _OF_THE_EVIDENCE:
        await delete(connection, counts, table, table.c.contract_id == contract_id)
    return keys


def files_of_piece(row: sa.Row[Any]) -> list[str]:
    """Return the keys of all the files of a piece."""
    return [
        *(one.key for one in ORIGINALS.validate_python(row.originals)),
        row.copy_key,
        *filter(None, row.previews),
    ]


async def blank_mandates(connection: AsyncConnection, contract_id: str, counts: Counts) -> None:
    """Empty a contract's mandates: the reference alone stays, as the collections name it."""
    done = await connection.execute(
        sa.update(mandates)
        .where(mandates.c.contract_id == contract_id, mandates.c.holder != "")
        .values(holder="", iban=b"", iban_hint="", bic="", bank_name="")
    )
    if done.rowcount:
        counts["mandates"] = done.rowcount


async def people(connection: AsyncConnection, company_id: str, counts: Counts) -> None:
    """Delete the persons of a company, with their accounts: no contract of hers needs their names any more."""
    hers = sa.select(persons.c.id).where(persons.c.company_id == company_id)
    for table in (feeds, sessions, recovery_codes, links, outbox, accounts):
        await delete(connection, counts, table, table.c.person_id.in_(hers))
    await delete(connection, counts, persons, persons.c.company_id == company_id)


async def history(connection: AsyncConnection, contract_id: str, counts: Counts) -> list[str | None]:
    """Delete what is left of a contract: its chain of events, and its accounts; return the files that they let go of."""
    keys = await _keys(connection, invoice_papers.c.pdf_key, invoice_papers.c.contract_id == contract_id)
    for table in _OF_THE_HISTORY:
        await delete(connection, counts, table, table.c.contract_id == contract_id)
    await delete(connection, counts, contracts, contracts.c.id == contract_id)
    return keys


async def company(connection: AsyncConnection, company_id: str, counts: Counts) -> None:
    """Delete a company that has no contract left."""
    siren = await connection.scalar(sa.select(companies.c.siren).where(companies.c.id == company_id))
    for table in (vat_decisions, litigation_holds, last_contacts, quotes):
        await delete(connection, counts, table, table.c.company_id == company_id)
    await delete(connection, counts, companies, companies.c.id == company_id)
    others = await connection.scalar(
        sa.select(sa.func.count()).select_from(companies).where(companies.c.siren == siren)
    )
    if not others:
        await delete(connection, counts, trial_allowances, trial_allowances.c.siren == siren)


async def accounting_before(
    connection: AsyncConnection, day: date, held: Sequence[str], counts: Counts
) -> list[str | None]:
    """Delete the papers, collections and bank messages dated before a day; return the files that they let go of.

    Of a document its number and its amounts stay in the sealed history, which names nobody. What concerns the companies
    that are `held` stays; a message of the bank stays as long as one of its lines.
    """
    instant = start_of_day(day)
    theirs = sa.select(contracts.c.id).where(contracts.c.company_id.in_(held))
    old = sa.select(invoices.c.number).where(invoices.c.issued_on < day, invoices.c.company_id.not_in(held))
    of_hers = sa.select(invoices.c.number).where(invoices.c.company_id.in_(held))
    keys = await _keys(connection, invoice_papers.c.pdf_key, invoice_papers.c.number.in_(old))
    await delete(connection, counts, invoice_papers, invoice_papers.c.number.in_(old))
    await delete(
        connection,
        counts,
        collections,
        collections.c.collection_on < day,
        collections.c.company_id.not_in(held),
    )
    empty = (
        collection_files.c.collection_on < day,
        ~sa.exists().where(collections.c.file_id == collection_files.c.id),
    )
    keys += await _keys(connection, collection_files.c.file_key, *empty)
    await delete(connection, counts, collection_files, *empty)
    await delete(
        connection,
        counts,
        bank_lines,
        bank_lines.c.booked_on < day,
        bank_lines.c.invoice_number.not_in(of_hers),
    )
    done = (
        bank_messages.c.received_at < instant,
        ~sa.exists().where(bank_lines.c.message_sha256 == bank_messages.c.sha256),
    )
    keys += await _keys(connection, bank_messages.c.file_key, *done)
    await delete(connection, counts, bank_messages, *done)
    await delete(
        connection,
        counts,
        credit_proposals,
        credit_proposals.c.proposed_at < instant,
        credit_proposals.c.contract_id.not_in(theirs),
    )
    return keys


async def journals_before(
    connection: AsyncConnection, day: date, held: Sequence[str], counts: Counts
) -> None:
    """Delete the lines of the journal, and the mails that no contract is about, of before a day."""
    instant = start_of_day(day)
    hers = sa.select(persons.c.id).where(persons.c.company_id.in_(held))
    # None is neither in a list nor out of it.
    kept = sa.or_(
        sa.func.coalesce(journal.c.company_id, "").in_(held),
        sa.func.coalesce(journal.c.person_id, "").in_(hers),
    )
    await delete(connection, counts, journal, journal.c.at < instant, ~kept)
    await delete(
        connection,
        counts,
        outbox,
        outbox.c.contract_id.is_(None),
        outbox.c.as_of < instant,
        sa.func.coalesce(outbox.c.person_id, "").not_in(hers),
    )


async def _keys(connection: AsyncConnection, column: sa.Column[Any], *where: Any) -> list[str | None]:
    found: Iterable[str | None] = await connection.scalars(sa.select(column).where(*where))
    return list(found)
