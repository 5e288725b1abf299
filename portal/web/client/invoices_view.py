"""What `/espace/factures` says: the worst news first, what is due, what comes next, the year, and every document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from portal.contract import events as e
from portal.contract.amounts import document_total
from portal.contract.because import Because
from portal.contract.calendar import paris_day
from portal.contract.collecting import collected_on
from portal.contract.french import count, euros, full_date, full_instant, long_date, typeset
from portal.contract.issue import collected, payable
from portal.contract.ledger import balance
from portal.contract.lines import month_name
from portal.contract.preview import Document, why_issued
from portal.contract.state import Collection, Invoice, Payment, Relationship
from portal.services.ledgers import Issued, Ledger, happened
from portal.web.client.arrears_view import ArrearsView, arrears_view, transfer_lines
from portal.web.client.sheet_view import Sheet, kind_and_month, sheet
from portal.web.client.year_view import YearView, year_view
from portal.web.components.shapes import Figure, Mark, Why
from portal.web.presenting import next_marks, why_of, why_of_addition, why_of_amount


@dataclass(frozen=True, slots=True)
class ToPay:
    """An invoice that is to be paid and not late: its amount, its last day, the day it is collected."""

    title: str = ""
    href: str = ""
    said: str = ""
    figures: list[Figure] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    """A document of the list; `tone` is its badge's, `pdf` is "" until the PDF is ready."""

    number: str = ""
    href: str = ""
    what: str = ""
    issued: str = ""
    issued_why: Why = field(default_factory=Why)
    amount: str = ""
    standing: str = ""
    tone: str = "quiet"
    since: str = ""
    # Nothing where that day was recorded, and not counted.
    since_why: Why = field(default_factory=Why)
    pdf: str = ""
    why: Why = field(default_factory=Why)


@dataclass(frozen=True, slots=True)
class InvoicesView:
    """Everything the page shows; strings are ready to be read."""

    eyebrow: str = ""
    headline: str = ""
    lead: str = ""
    lead_why: Why = field(default_factory=Why)
    is_late: bool = False
    is_empty: bool = False
    empty_title: str = ""
    empty_text: str = ""
    empty_href: str = ""
    empty_label: str = ""
    next_marks: list[Mark] = field(default_factory=list)
    arrears: ArrearsView = field(default_factory=ArrearsView)
    to_pay: list[ToPay] = field(default_factory=list)
    transfer: list[Figure] = field(default_factory=list)
    next_sheet: Sheet = field(default_factory=Sheet)
    next_said: str = ""
    after: list[Figure] = field(default_factory=list)
    year: YearView = field(default_factory=YearView)
    rows: list[Row] = field(default_factory=list)
    counted: str = ""


def invoices_view(ledger: Ledger, names: Mapping[str, str]) -> InvoicesView:
    """Return the page of an account; `names` are those of the persons that its next document charges."""
    contract, state = ledger.contract, ledger.state
    eyebrow = typeset(
        f"{contract.company.legal_name} · contrat {ledger.number}"
        if ledger.number
        else contract.company.legal_name
    )
    if not ledger.issued and not ledger.to_come:
        return _empty(ledger, eyebrow)
    in_arrears = ledger.is_in_arrears
    arrears = arrears_view(ledger) if in_arrears else ArrearsView()
    to_pay = list(_to_pay(ledger, in_arrears=in_arrears))
    headline, lead, why = _head(ledger, arrears, to_pay)
    upcoming = ledger.to_come[0] if ledger.to_come else None
    return InvoicesView(
        eyebrow=eyebrow,
        headline=headline,
        lead=typeset(lead),
        lead_why=why,
        is_late=in_arrears,
        next_marks=next_marks(contract.moments, contract.at),
        arrears=arrears,
        to_pay=to_pay,
        transfer=list(transfer_lines(ledger, _total_to_pay(ledger))) if to_pay and not in_arrears else [],
        next_sheet=sheet(upcoming, issue_because(ledger, upcoming), state, names) if upcoming else Sheet(),
        next_said=typeset(_next_said(ledger, upcoming)) if upcoming else "",
        after=[_after(ledger, one) for one in ledger.to_come[1:]],
        year=year_view(ledger),
        rows=[_row(ledger, one) for one in ledger.issued],
        counted=typeset(count(len(ledger.issued), "document")),
    )


def standing_of(ledger: Ledger, issued: Issued) -> tuple[str, str, str]:
    """Return where a document stands, the tone of its badge, and since when or until when."""
    if issued.invoice is None:
        document = issued.document
        cites = document.cites if isinstance(document, e.CreditNoteIssued) else ""
        return "Avoir", "quiet", f"sur {cites}"
    invoice = issued.invoice
    if invoice.payment is Payment.SETTLED:
        settled = f"le {long_date(paris_day(invoice.settled_at))}" if invoice.settled_at else ""
        return "Réglée", "done", settled
    today = paris_day(ledger.contract.at)
    if invoice.payment is Payment.IN_DEFAULT:
        return "Impayée", "late", f"depuis le {long_date(invoice.clock)}"
    if invoice.spells and today > invoice.clock:
        return "En retard", "late", f"depuis le {long_date(invoice.clock)}"
    if handed := ledger.open_collection(invoice.number):
        return "Prélèvement en cours", "soon", f"le {long_date(handed.collection_on)}"
    if invoice.collection is Collection.PLANNED and invoice.collection_day >= today:
        return "À prélever", "quiet", f"le {long_date(invoice.collection_day)}"
    return "À payer", "soon", f"avant la fin du {long_date(invoice.clock)}"


def _since_why(issued: Issued, since: str) -> Why:
    """Return why a document stands so since, or until, the day that `since` names: due, or to be collected."""
    invoice = issued.invoice
    if invoice is None or invoice.payment is Payment.SETTLED:
        return Why()
    counted = (payable(invoice.month, invoice.issued), collected(invoice.month, invoice.issued))
    return next((why_of(one) for one in counted if since.endswith(long_date(one.day))), Why())


def issue_because(ledger: Ledger, document: Document) -> Because:
    """Return why a document, issued or to come, is issued at its instant."""
    for event, moment in happened(ledger.contract):
        if event == document and moment is not None and moment.because.result == document.at:
            return moment.because
    return why_issued(ledger.state, document)


# --- the head --------------------------------------------------------------------------------------


def _empty(ledger: Ledger, eyebrow: str) -> InvoicesView:
    relationship = ledger.state.relationship
    begun = relationship in {Relationship.TRIAL, Relationship.REFLECTION}
    return InvoicesView(
        eyebrow=eyebrow,
        headline="Vos factures",
        lead=typeset(
            "L’essai ne coûte rien : il n’y a pas de facture." if begun else "Il n’y a pas encore de facture."
        ),
        is_empty=True,
        next_marks=next_marks(ledger.contract.moments, ledger.contract.at) if begun else [],
        empty_title="Votre première facture sera ici",
        empty_text=typeset(
            "Elle est émise quand votre dossier est validé, et compte un mois entier pour chaque utilisateur. Vous lirez ici "
            "chaque facture ligne par ligne, avec la raison de chaque montant, ce qui est dû et la prochaine à venir."
        ),
        empty_label="Préparer ma souscription",
        empty_href="/espace/souscrire",
    )


def _head(ledger: Ledger, arrears: ArrearsView, to_pay: list[ToPay]) -> tuple[str, str, Why]:
    """Return the heading, what it means, and the reason of the date it speaks of."""
    state = ledger.state
    if arrears.headline:
        return arrears.headline, arrears.lead, arrears.sum_why
    if state.relationship is Relationship.AWAITING_PAYMENT:
        return "Votre premier mois", "Votre contrat entre en vigueur le jour où il est réglé.", Why()
    if to_pay:
        first = to_pay[0]
        return "Vos factures", f"Rien n’est en retard. {first.said}.", first.figures[-1].why
    if state.relationship is Relationship.ENDED:
        return "Vos factures", "Votre contrat est terminé et tout est réglé.", Why()
    return "Vos factures", "Tout est réglé. Rien n’est dû aujourd’hui.", Why()


def _total_to_pay(ledger: Ledger) -> Figure:
    unpaid = [(one.number, one.unpaid_cents) for one in ledger.state.invoices if one.unpaid_cents]
    return Figure(
        "Montant",
        euros(sum(cents for _, cents in unpaid)),
        "",
        why_of_addition(
            "10.3",
            "un virement peut régler plusieurs factures ensemble.",
            unpaid,
            "reste dû des factures, TTC",
        ),
    )


# --- what is due, what comes next ------------------------------------------------------------------


def _to_pay(ledger: Ledger, *, in_arrears: bool) -> Iterator[ToPay]:
    """Yield what is to be paid and not late; in arrears, what is not already counted in their sum."""
    counted = {one.number for one in ledger.late}
    if in_arrears:
        counted |= {due.invoice.number for due in ledger.dues or ()}
    recorded = {one.document.number for one in ledger.issued}
    for invoice in ledger.state.invoices:
        if invoice.unpaid_cents and invoice.number in recorded and invoice.number not in counted:
            yield _one_to_pay(ledger, invoice)


def _one_to_pay(ledger: Ledger, invoice: Invoice) -> ToPay:
    amount = euros(invoice.unpaid_cents)
    due = Figure(
        "À payer au plus tard", full_date(invoice.due), "", why_of(payable(invoice.month, invoice.issued))
    )
    collection = _collection(ledger, invoice)
    said = (
        f"{amount} seront prélevés le {collection.value}"
        if collection
        else f"{amount} sont à payer au plus tard le {due.value}"
    )
    left = Figure("Reste à payer, TTC", amount, "", why_of_amount(balance(invoice)))
    return ToPay(
        title=typeset(f"{invoice.number} · {month_name(invoice.month)}"),
        href=f"/espace/facture?numero={invoice.number}",
        said=said,
        figures=[left, due, collection] if collection else [left, due],
    )


def _collection(ledger: Ledger, invoice: Invoice) -> Figure | None:
    """Return when an invoice is collected; None where it is not."""
    handed = ledger.open_collection(invoice.number)
    is_ahead = invoice.collection_day >= paris_day(ledger.contract.at)
    if handed is None and not (invoice.collection is Collection.PLANNED and is_ahead):
        return None
    on = handed.collection_on if handed else invoice.collection_day
    because = collected(invoice.month, invoice.issued)
    return Figure(
        "Prélèvement", full_date(on), "", why_of(because if because.day == on else collected_on(on))
    )


def _next_said(ledger: Ledger, document: Document) -> str:
    if document.at <= ledger.contract.at:
        return "Ce document est en cours d’émission : son numéro lui est donné dans un instant."
    return (
        f"Elle n’est pas encore émise : elle le sera le {full_instant(document.at)}. Jusque-là, elle suit vos utilisateurs et "
        "vos options, au jour le jour."
        if isinstance(document, e.InvoiceIssued)
        else f"Cet avoir n’est pas encore émis : il le sera le {full_instant(document.at)}."
    )


def _after(ledger: Ledger, document: Document) -> Figure:
    return Figure(
        kind_and_month(document),
        typeset(f"{euros(document.gross_cents)} TTC"),
        typeset(f"émise le {full_date(paris_day(document.at))}"),
        why_of(issue_because(ledger, document), document_total(document.lines, document.vat_cents)),
    )


# --- the list --------------------------------------------------------------------------------------


def _row(ledger: Ledger, issued: Issued) -> Row:
    document = issued.document
    standing, tone, since = standing_of(ledger, issued)
    sign = -1 if issued.invoice is None else 1
    return Row(
        number=document.number,
        href=f"/espace/facture?numero={document.number}",
        what=kind_and_month(document)
        .removeprefix("Facture de ")
        .removeprefix("Facture d’")
        .removeprefix("Facture du "),
        issued=long_date(paris_day(document.at)),
        issued_why=why_of(issued.because),
        amount=euros(sign * document.gross_cents),
        standing=standing,
        tone=tone,
        since=since,
        since_why=_since_why(issued, since),
        pdf=f"/factures/{document.number}.pdf" if issued.has_paper else "",
        why=why_of_amount(document_total(document.lines, document.vat_cents)),
    )
