"""A client's account: what was issued, what became of it, what is due and what comes next (CGV art. 10).

Reads only, each with its viewer in the query. Only the viewer's own contract is replayed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.arrears import Due, dues, in_arrears, is_cleared, is_overdue
from portal.contract.because import Because
from portal.contract.explanations import Moment
from portal.contract.preview import DOCUMENTS, Document, documents_to_come
from portal.contract.refusal import Refusal
from portal.contract.state import Invoice, Payment, Relationship, State
from portal.records.billing_tables import invoice_papers, invoices
from portal.records.tables import dossiers, persons
from portal.services.collection_reading import Collected, own_collections
from portal.services.context import NotFound, Portal, Viewer
from portal.services.first_month import Transfer, transfer_of
from portal.services.reading import Contract, own_contract
from portal.settings import Settings

_SUBSCRIBED: Final = (Relationship.AWAITING_PAYMENT, Relationship.ACTIVE, Relationship.ENDED)
PaymentEvent = e.PaymentSettled | e.PaymentReturned


@dataclass(frozen=True, slots=True)
class Issued:
    """An invoice or a credit note as it was issued, why then, and whether its PDF is ready.

    `invoice` is what became of it since; None for a credit note.
    """

    document: Document
    because: Because
    invoice: Invoice | None
    has_paper: bool


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment, or one that the bank took back; `moment` says why it counts on that day, and for that much."""

    event: PaymentEvent
    moment: Moment


@dataclass(frozen=True)
class Ledger:
    """The account of the viewer's own contract; `issued` and `paid` are the newest first.

    `dues` are what is due by now; None where `missing` says what keeps it from being reckoned.
    """

    contract: Contract
    number: str
    issued: tuple[Issued, ...]
    dues: tuple[Due, ...] | None
    missing: str
    paid: tuple[Paid, ...]
    collections: tuple[Collected, ...]
    transfer: Transfer

    @property
    def state(self) -> State:
        return self.contract.state

    @cached_property
    def to_come(self) -> tuple[Document, ...]:
        """The next documents, not issued yet, as the contract stands: reckoned for the pages that show them."""
        late = tuple(one for one in self.contract.unrecorded if isinstance(one, Document))
        if self.state.relationship not in _SUBSCRIBED:
            return late[:DOCUMENTS]
        return (*late, *documents_to_come(self.state, self.contract.at))[:DOCUMENTS]

    @property
    def is_in_arrears(self) -> bool:
        """Tell whether something is late or in default, or what a delay cost is unpaid."""
        return in_arrears(self.state, self.contract.at)

    @property
    def late(self) -> tuple[Invoice, ...]:
        """The invoices that are late or in default, the oldest first."""
        return tuple(
            one
            for one in self.state.invoices
            if one.payment is Payment.IN_DEFAULT or is_overdue(one, self.contract.at)
        )

    def came_back(self, number: str) -> Collected | None:
        """Return the latest collection of an invoice that its bank sent back."""
        return next((one for one in self.collections if one.invoice_number == number and one.reason), None)

    def open_collection(self, number: str) -> Collected | None:
        """Return the collection of an invoice that is with the bank now."""
        return next(
            (one for one in self.collections if one.invoice_number == number and one.standing == "open"), None
        )


@dataclass(frozen=True, slots=True)
class OneDocument:
    """One invoice or credit note of the viewer's own, with the names of the persons it charges."""

    ledger: Ledger
    issued: Issued
    names: dict[str, str]


async def own_ledger(portal: Portal, viewer: Viewer) -> Ledger:
    """Return the account of the viewer's own present contract."""
    contract = await own_contract(portal, viewer)
    async with portal.database.reading() as connection:
        number = await connection.scalar(
            sa.select(dossiers.c.number).where(dossiers.c.contract_id == contract.id)
        )
        papers = await _papers(connection, contract.id)
    handed = await own_collections(portal, viewer)
    return _ledger(portal.settings, contract, number or "", papers, handed)


async def own_document(portal: Portal, viewer: Viewer, number: str) -> OneDocument:
    """Return one document of the viewer's own company; raises `NotFound` for another's, as for none."""
    async with portal.database.reading() as connection:
        known = await connection.scalar(
            sa.select(invoices.c.number).where(
                invoices.c.number == number, invoices.c.company_id == viewer.tenant
            )
        )
    if known is None:
        raise NotFound
    ledger = await own_ledger(portal, viewer)
    issued = next((one for one in ledger.issued if one.document.number == number), None)
    if issued is None:  # of an earlier contract of the same company
        raise NotFound
    charged = {person for line in issued.document.lines for person in line.persons}
    return OneDocument(ledger, issued, await names_of(portal, viewer, charged))


async def names_of(portal: Portal, viewer: Viewer, people: Iterable[str]) -> dict[str, str]:
    """Return the names of persons of the viewer's own company; another's are left out."""
    query = sa.select(persons.c.id, persons.c.first_name, persons.c.last_name).where(
        persons.c.id.in_(sorted(people)), persons.c.company_id == viewer.tenant
    )
    async with portal.database.reading() as connection:
        return {row.id: f"{row.first_name} {row.last_name}" for row in await connection.execute(query)}


# --- from rows and events ------------------------------------------------------------------------


def _ledger(
    settings: Settings,
    contract: Contract,
    number: str,
    papers: frozenset[str],
    handed: tuple[Collected, ...],
) -> Ledger:
    state = contract.state
    missing, owed = "", None
    try:
        owed = dues(state, contract.at)
    except Refusal as refusal:
        missing = refusal.message
    return Ledger(
        contract=contract,
        number=number,
        issued=tuple(_issued(contract, papers))[::-1],
        dues=owed,
        missing=missing,
        paid=tuple(_paid(contract))[::-1],
        collections=handed,
        transfer=transfer_of(settings, _reference(owed or (), state, contract.at)),
    )


def happened(contract: Contract) -> Iterator[tuple[e.Event, Moment | None]]:
    """Yield each event of a contract, also those about to be recorded, with its moment on the line of time.

    Those that the line does not draw have none.
    """
    moments = {moment.name: moment for moment in contract.moments}
    recorded = (stored.event for stored in contract.events)
    for place, event in enumerate((*recorded, *contract.unrecorded), 1):
        yield event, moments.get(f"{event.kind}-{place}")


def _issued(contract: Contract, papers: frozenset[str]) -> Iterator[Issued]:
    standing = {one.number: one for one in contract.state.invoices}
    for event, moment in islice(happened(contract), len(contract.events)):
        if isinstance(event, Document) and moment:
            invoice = standing[event.number] if isinstance(event, e.InvoiceIssued) else None
            yield Issued(event, moment.because, invoice, event.number in papers)


def _paid(contract: Contract) -> Iterator[Paid]:
    for event, moment in happened(contract):
        if isinstance(event, PaymentEvent) and moment:
            yield Paid(event, moment)


def _reference(owed: tuple[Due, ...], state: State, at: datetime) -> str:
    """Return the reference of a transfer: invoices are what the bank's lines are recognised by.

    In arrears one number is enough, for the sum is all that is due; else the numbers of what is to be paid.
    """
    if owed and not is_cleared(state, at):
        return owed[0].invoice.number
    return " ".join(one.number for one in state.invoices if one.unpaid_cents)


async def _papers(connection: AsyncConnection, contract_id: str) -> frozenset[str]:
    found = await connection.scalars(
        sa.select(invoice_papers.c.number).where(
            invoice_papers.c.contract_id == contract_id, invoice_papers.c.rendered_at.is_not(None)
        )
    )
    return frozenset(found)
