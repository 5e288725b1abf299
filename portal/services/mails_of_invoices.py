"""What the mails about money are told: the invoice as its paper says it, what is due, when the service stops."""

from asyncio import to_thread
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.arrears import suspension_of, termination_opens
from portal.contract.calendar import paris_day
from portal.contract.french import hour
from portal.contract.issue import collection_day
from portal.contract.ledger import invoice_of
from portal.contract.lines import month_name
from portal.contract.refusal import Refusal
from portal.contract.state import Payment, State
from portal.documents.arrears_papers import StatementPaper, statement_pdf, total_cents
from portal.outside.mail import Attachment
from portal.payments.reason_codes import Following
from portal.records import store
from portal.records.projections import state_of
from portal.services.context import Portal
from portal.services.first_month import transfer_of
from portal.services.invoice_papers import Issued, document, facts_of
from portal.services.mail_writing import NotToBeSent
from portal.services.mails_of_collections import reason_of_return
from portal.services.offers import offer_of
from portal.services.statements import statement_of

INVOICE_MAILS: Final = frozenset(
    {
        "invoice_issued",
        "credit_note_issued",
        "default_recorded",
        "default_not_mailed",
        "suspended_unpaid",
        "service_restored",
        "payment_returned",
    }
)
_PDF: Final = "application/pdf"
Enclosed = tuple[dict[str, Any], tuple[Attachment, ...]]


async def enclosed(portal: Portal, connection: AsyncConnection, recorded: store.Recorded) -> Enclosed:
    """Return what the template of an `INVOICE_MAILS` is told of the last event of `recorded`, and what is attached.

    Raises `NotToBeSent` where a default that was not written of in time is settled by now.
    """
    event = recorded.events[-1].event
    state = state_of(recorded, await offer_of(connection, recorded, event.at))
    match event:
        case e.InvoiceIssued() | e.CreditNoteIssued():
            return await _of_document(portal, connection, recorded, event)
        case e.DefaultRecorded():
            return await _of_default(portal, connection, recorded, event, state)
        case e.DefaultMailFailed():
            return {"invoice": invoice_of(state, event.number), "contract_id": recorded.contract_id}, ()
        case e.PaymentReturned():
            return await _of_return(portal, connection, event, state), ()
        case e.ServiceRestored():
            return {}, ()
        case _:
            return await _of_suspension(portal, connection, recorded, state, event.at)


async def invoice_attached(portal: Portal, recorded: store.Recorded) -> Attachment:
    """Return the document that the last event of `recorded` issued."""
    event = recorded.events[-1].event
    if not isinstance(event, e.InvoiceIssued | e.CreditNoteIssued):
        raise TypeError(f"{event.kind} issues no document")
    return Attachment(f"{event.number}.pdf", _PDF, await document(portal, event.number))


async def _of_document(
    portal: Portal, connection: AsyncConnection, recorded: store.Recorded, event: Issued
) -> Enclosed:
    paper = await facts_of(portal, connection, event.number)
    told: dict[str, Any] = {
        "paper": paper,
        "month": month_name(event.month),
        "transfer": transfer_of(portal.settings, event.number),
    }
    if isinstance(event, e.InvoiceIssued):
        told["collection"] = collection_day(event.due)
    return told, (await invoice_attached(portal, recorded),)


async def _of_default(
    portal: Portal,
    connection: AsyncConnection,
    recorded: store.Recorded,
    event: e.DefaultRecorded,
    state: State,
) -> Enclosed:
    """Say the suspension that the rules count from the day of this mail: its own where it did not leave in time."""
    at = event.at
    whole = await store.load(connection, recorded.contract_id, company_id=None)
    present = state_of(whole, await offer_of(connection, whole, portal.now()))
    found = invoice_of(present, event.number)
    if found.mailed_at is None:
        if found.payment is not Payment.IN_DEFAULT:
            raise NotToBeSent("La facture de ce message est réglée depuis : il n’y a plus rien à annoncer.")
        at, state = portal.now(), present
    invoice = invoice_of(state, event.number)
    suspension = suspension_of(state, invoice, paris_day(at))
    told = {
        "invoice": invoice,
        "month": month_name(invoice.month),
        "suspension": suspension,
        "suspension_day": paris_day(suspension.instant),
        "suspension_hour": hour(suspension.instant),
    }
    sum_told, attachments = await _of_sum(portal, connection, recorded.contract_id, state, at)
    return told | sum_told, attachments


async def _of_suspension(
    portal: Portal, connection: AsyncConnection, recorded: store.Recorded, state: State, at: datetime
) -> Enclosed:
    openings = [
        opening
        for one in state.invoices
        if one.payment is Payment.IN_DEFAULT and (opening := termination_opens(state, one))
    ]
    told, attachments = await _of_sum(portal, connection, recorded.contract_id, state, at)
    opening = min(openings, key=lambda one: one.instant) if openings else None
    return told | {"suspended_at": at, "termination": opening}, attachments


async def _of_return(
    portal: Portal, connection: AsyncConnection, event: e.PaymentReturned, state: State
) -> dict[str, Any]:
    invoice = invoice_of(state, event.number)
    reason = await reason_of_return(connection, event.number)
    return {
        "reason": reason.meaning if reason else "",
        "may_be_presented_again": reason is not None and reason.following is Following.REPRESENT,
        "invoice": invoice,
        "month": month_name(invoice.month),
        "is_refund": event.returned == "refund",
        "is_late": event.returned == "refund" or paris_day(event.at) > invoice.clock,
        "transfer": transfer_of(portal.settings, event.number),
    }


async def _of_sum(
    portal: Portal, connection: AsyncConnection, contract_id: str, state: State, at: datetime
) -> Enclosed:
    """Say the exact sum that is due and attach its statement; none where a legal rate is missing."""
    try:
        paper = await statement_of(portal, connection, contract_id, state, at)
    except Refusal:
        paper = None
    if paper is None:
        return {"sum": None, "transfer": transfer_of(portal.settings, contract_id)}, ()
    told = {
        "sum": total_cents(paper.dues),
        "valid_until": paper.valid_until,
        "unpaid": sum(due.invoice_cents for due in paper.dues),
        "penalties": sum(due.penalties_cents for due in paper.dues),
        "indemnities": sum(due.indemnity_cents for due in paper.dues),
        "transfer": transfer_of(portal.settings, paper.contract),
    }
    return told, (await to_thread(_statement, paper),)


def _statement(paper: StatementPaper) -> Attachment:
    return Attachment(f"Decompte-{paper.contract}.pdf", _PDF, statement_pdf(paper))
