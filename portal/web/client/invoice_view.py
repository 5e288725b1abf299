"""What `/espace/facture` says: one invoice or credit note, its lines with their reasons, what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from portal.contract import events as e
from portal.contract.amounts import document_total, owed_total
from portal.contract.calendar import paris_day
from portal.contract.french import euros, full_date, long_date, typeset
from portal.contract.ledger import balance
from portal.contract.preview import Document
from portal.contract.state import Payment
from portal.contract.story import costs_of_delay
from portal.services.ledgers import Ledger, OneDocument, Paid
from portal.web.client.invoices_view import standing_of
from portal.web.client.sheet_view import Sheet, kind_and_month, sheet
from portal.web.components.shapes import Figure
from portal.web.presenting import why_of, why_of_amount


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """Everything the page shows; `pdf` is "" until the PDF is ready. `others` are the credit notes that cite it."""

    number: str = ""
    kind: str = ""
    eyebrow: str = ""
    standing: str = ""
    tone: str = "quiet"
    since: str = ""
    pdf: str = ""
    sheet: Sheet = field(default_factory=Sheet)
    history: list[Figure] = field(default_factory=list)
    left: Figure = field(default_factory=Figure)
    is_late: bool = False
    cites: str = ""
    cites_href: str = ""


def invoice_view(one: OneDocument) -> InvoiceView:
    """Return the page of one document."""
    ledger, issued = one.ledger, one.issued
    document, invoice = issued.document, issued.invoice
    standing, tone, since = standing_of(ledger, issued)
    view = InvoiceView(
        number=document.number,
        kind=kind_and_month(document),
        eyebrow=typeset(
            f"{ledger.contract.company.legal_name} · contrat {ledger.number}"
            if ledger.number
            else ledger.contract.company.legal_name
        ),
        standing=standing,
        tone=tone,
        since=since,
        pdf=f"/factures/{document.number}.pdf" if issued.has_paper else "",
        sheet=sheet(document, issued.because, ledger.state, one.names),
        history=list(_history(ledger, document)),
        is_late=tone == "late",
    )
    if isinstance(document, e.CreditNoteIssued):
        return replace(view, cites=document.cites, cites_href=f"/espace/facture?numero={document.cites}")
    if invoice is None or invoice.payment is Payment.SETTLED:
        return view
    left = Figure("Reste à payer, TTC", euros(invoice.unpaid_cents), "", why_of_amount(balance(invoice)))
    return replace(view, left=left)


def _history(ledger: Ledger, document: Document) -> Iterator[Figure]:
    """Yield what was paid of it, taken back by the bank, or given back, the oldest first."""
    for paid in reversed(ledger.paid):
        if paid.event.number == document.number:
            yield payment_line(ledger, paid)
    for note in reversed(ledger.issued):
        if isinstance(note.document, e.CreditNoteIssued) and note.document.cites == document.number:
            on = paris_day(note.document.at)
            yield Figure(
                f"Avoir {note.document.number}",
                euros(-note.document.gross_cents),
                f"le {long_date(on)}",
                why_of(note.because, document_total(note.document.lines, note.document.vat_cents)),
            )


def payment_line(ledger: Ledger, paid: Paid) -> Figure:
    """Return a payment, or its return with the bank's reason, as a line of a statement."""
    event, moment = paid.event, paid.moment
    on = f"le {full_date(paris_day(event.at))}"
    if isinstance(event, e.PaymentSettled):
        costs = costs_of_delay(event)
        total = owed_total(event.amount_cents, event.penalties_cents, event.indemnity_cents)
        note = f"{on}, dont {costs}" if costs else on
        why = why_of(moment.because, *moment.told, *([total] if costs else []))
        return Figure("Règlement reçu", euros(total.cents), typeset(note), why)
    back = ledger.came_back(event.number)
    said = f"{on} : {back.reason.meaning}" if back and back.reason else on
    why = why_of(moment.because, *moment.told)
    if event.returned == "reject":
        return Figure("Prélèvement rejeté par la banque", euros(0), typeset(said), why)
    return Figure("Prélèvement repris par la banque", euros(-event.amount_cents), typeset(said), why)
