"""What `/espace/facture` says: one invoice or credit note, its lines with their reasons, what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from portal.contract import events as e
from portal.contract.because import Because
from portal.contract.calendar import paris_day
from portal.contract.french import euros, full_date, long_date, typeset
from portal.contract.preview import Document
from portal.contract.settling import balance
from portal.contract.state import Payment
from portal.services.ledgers import Ledger, OneDocument
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
            yield payment_line(ledger, paid.event, paid.because)
    for note in reversed(ledger.issued):
        if isinstance(note.document, e.CreditNoteIssued) and note.document.cites == document.number:
            on = paris_day(note.document.at)
            yield Figure(
                f"Avoir {note.document.number}",
                euros(-note.document.gross_cents),
                f"le {long_date(on)}",
                why_of(note.because),
            )


def payment_line(ledger: Ledger, event: e.PaymentSettled | e.PaymentReturned, because: Because) -> Figure:
    """Return a payment, or its return with the bank's reason, as a line of a statement."""
    on = f"le {full_date(paris_day(event.at))}"
    why = why_of(because)
    if isinstance(event, e.PaymentSettled):
        parts = [
            f"{euros(cents)} {what}"
            for cents, what in (
                (event.penalties_cents, "de pénalités"),
                (event.indemnity_cents, "d’indemnité"),
            )
            if cents
        ]
        total = event.amount_cents + event.penalties_cents + event.indemnity_cents
        note = f"{on}, dont {' et '.join(parts)}" if parts else on
        return Figure("Règlement reçu", euros(total), typeset(note), why)
    back = ledger.came_back(event.number)
    said = f"{on} : {back.reason.meaning}" if back and back.reason else on
    if event.returned == "reject":
        return Figure("Prélèvement rejeté par la banque", euros(0), typeset(said), why)
    return Figure("Prélèvement repris par la banque", euros(-event.amount_cents), typeset(said), why)
