"""What `/espace/paiement` says: the mandate and its life, the change of account, collections to come and past."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from portal.contract import events as e
from portal.contract.acts import Piece
from portal.contract.amounts import document_total
from portal.contract.because import Because
from portal.contract.calendar import paris_day
from portal.contract.collecting import collected_on
from portal.contract.french import euros, full_date, full_instant, long_date, typeset
from portal.contract.issue import collected, payable
from portal.contract.ledger import balance
from portal.contract.lines import month_name
from portal.contract.state import Collection, Relationship
from portal.payments.mandates import mandate_reference
from portal.services.dossiers import Dossier, Printing
from portal.services.ledgers import Ledger
from portal.services.mandates import SignedMandate, Standing
from portal.web.client.invoice_view import payment_line
from portal.web.client.sheet_view import kind_and_month
from portal.web.components.shapes import Figure, Mark
from portal.web.presenting import next_marks, why_of

_STANDINGS = {
    Standing.GOOD: ("En vigueur", "done"),
    Standing.BLOCKED: ("Bloqué", "late"),
    Standing.LAPSED: ("Caduc", "late"),
    Standing.WITHDRAWN: ("Retiré", "over"),
    Standing.REPLACED: ("Remplacé", "over"),
}


@dataclass(frozen=True, slots=True)
class MandateCard:
    """A mandate: its reference (RUM), its account as it may be shown, its dates."""

    reference: str = ""
    standing: str = ""
    tone: str = "quiet"
    account: str = ""
    bank: str = ""
    dates: list[Figure] = field(default_factory=list)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PaymentView:
    """Everything the page shows. `is_changing` while a new mandate is to be signed or examined."""

    eyebrow: str = ""
    headline: str = ""
    lead: str = ""
    is_late: bool = False
    arrears: str = ""
    next_marks: list[Mark] = field(default_factory=list)
    is_empty: bool = False
    empty_text: str = ""
    mandate: MandateCard = field(default_factory=MandateCard)
    earlier: list[MandateCard] = field(default_factory=list)
    may_change: bool = False
    is_changing: bool = False
    new_account: list[Figure] = field(default_factory=list)
    printed: str = ""
    to_come: list[Figure] = field(default_factory=list)
    nothing_to_come: str = ""
    past: list[Figure] = field(default_factory=list)


def payment_view(ledger: Ledger, dossier: Dossier, mandates: tuple[SignedMandate, ...]) -> PaymentView:
    """Return the page of a contract; `mandates` are the newest first."""
    contract, state = ledger.contract, ledger.state
    current = mandates[0] if mandates else None
    stopped = current is not None and current.standing is not Standing.GOOD
    headline, lead = _head(current, ledger)
    active = state.relationship is Relationship.ACTIVE
    name = contract.company.legal_name
    return PaymentView(
        eyebrow=typeset(f"{name} · contrat {ledger.number}" if ledger.number else name),
        headline=headline,
        lead=typeset(lead),
        is_late=stopped and active,
        arrears=typeset("Une somme est en retard : voyez son montant exact et comment la régler.")
        if ledger.is_in_arrears
        else "",
        next_marks=next_marks(contract.moments, contract.at),
        is_empty=current is None and not ledger.issued,
        empty_text=typeset(
            "Le mandat SEPA se signe avec votre contrat. Vous lirez ici son état, son compte, et chaque prélèvement avec son "
            "jour et sa raison."
        ),
        mandate=_card(current) if current else MandateCard(),
        earlier=[_card(one) for one in mandates[1:]],
        may_change=active and current is not None,
        is_changing=active and current is not None and is_changing(dossier, current),
        new_account=list(_new_account(dossier)),
        printed=_printed(dossier, current),
        to_come=list(_to_come(ledger, current)),
        nothing_to_come=_nothing_to_come(ledger),
        past=[_past(ledger, one.event, payment_line(ledger, one)) for one in ledger.paid],
    )


def is_changing(dossier: Dossier, current: SignedMandate) -> bool:
    """Tell whether a new mandate is under way: another account is given or printed, or this mandate is stopped."""
    account, printing = dossier.account, dossier.printings.get(Piece.MANDATE)
    if current.standing is not Standing.GOOD:
        return True
    if printing is not None and _reference(dossier, printing) != current.reference:
        return True
    return account is not None and (account.holder, account.hint, account.bic) != (
        current.holder,
        current.iban_hint,
        current.bic,
    )


def _reference(dossier: Dossier, printing: Printing) -> str:
    return mandate_reference(dossier.number, printing.edition)


def _head(current: SignedMandate | None, ledger: Ledger) -> tuple[str, str]:
    if ledger.state.relationship is Relationship.ENDED:
        return "Vos paiements", "Votre contrat est terminé."
    if current is None:
        return "Vos paiements", "Aucun mandat n’est encore signé et accepté."
    if current.standing is Standing.BLOCKED:
        return (
            "Votre mandat est bloqué : signez-en un nouveau",
            "Rien n’est plus prélevé sur ce compte. Vos factures restent dues : donnez-nous un compte, ou réglez par virement.",
        )
    if current.standing is Standing.LAPSED:
        return (
            "Votre mandat est caduc : signez-en un nouveau",
            f"Il n’a pas servi depuis trente-six mois, jusqu’au {full_date(current.lapse.day)}.",
        )
    if current.standing is Standing.WITHDRAWN:
        return "Votre mandat est retiré", "Vos factures se règlent par virement, ou sur un nouveau mandat."
    return "Vos paiements", f"Vos factures sont prélevées sur le compte {current.iban_hint}."


# --- the mandate -----------------------------------------------------------------------------------


def _card(one: SignedMandate) -> MandateCard:
    standing, tone = _STANDINGS[one.standing]
    problem = ""
    if one.blocked_at and one.blocked_for:
        problem = f"Bloqué le {full_instant(one.blocked_at)} : {one.blocked_for.meaning}."
    return MandateCard(
        reference=one.reference,
        standing=standing,
        tone=tone,
        account=one.iban_hint,
        bank=typeset(" · ".join(part for part in (one.holder, one.bank_name, one.bic) if part)),
        dates=list(_dates(one)),
        problem=typeset(problem),
    )


def _dates(one: SignedMandate) -> Iterator[Figure]:
    received = "le jour où nous recevons le mandat signé compte, non celui où nous l’examinons."
    yield _act("Reçu signé le", one.signed_on, "8", received)
    accepted = "un mandat sert dès que nous avons accepté son exemplaire signé."
    yield _act("Accepté le", paris_day(one.accepted_at), "8", accepted)
    if one.replaced_at:
        replaced = "un autre compte est un autre mandat : le nouveau prend la place de l’ancien."
        yield _act("Remplacé le", paris_day(one.replaced_at), "10.2", replaced)
        return
    if one.last_presented_on:
        presented = "la facture est prélevée le dernier jour bancaire du mois."
        yield _act("Dernier prélèvement présenté", one.last_presented_on, "10.2", presented)
    yield Figure("Caduc après le", full_date(one.lapse.day), "", why_of(one.lapse))


def _act(label: str, on: date, clause: str, rule: str) -> Figure:
    """Return a day on which somebody did something: nothing is counted to reach it."""
    because = Because(clause=clause, rule=rule, start_label="jour de l’acte", start=on)
    return Figure(label, full_date(on), "", why_of(because))


def _new_account(dossier: Dossier) -> Iterator[Figure]:
    if account := dossier.account:
        yield Figure("Titulaire", account.holder)
        yield Figure("Compte", account.hint)
        if account.bank_name or account.bic:
            yield Figure("Banque", " · ".join(part for part in (account.bank_name, account.bic) if part))


def _printed(dossier: Dossier, current: SignedMandate | None) -> str:
    """Say which printing is to be signed, once there is one that is not the present mandate's."""
    printing = dossier.printings.get(Piece.MANDATE)
    if printing is None or (current and _reference(dossier, printing) == current.reference):
        return ""
    return typeset(f"impression n° {printing.edition}, du {long_date(paris_day(printing.printed_at))}")


# --- collections -----------------------------------------------------------------------------------


def _to_come(ledger: Ledger, current: SignedMandate | None) -> Iterator[Figure]:
    """Yield each collection to come by its day: those with the bank, those planned, those foreseen."""
    today = paris_day(ledger.contract.at)
    recorded = {one.document.number for one in ledger.issued}
    can_collect = current is None or current.standing is Standing.GOOD
    for invoice in ledger.state.invoices:
        if not invoice.unpaid_cents or invoice.number not in recorded:
            continue
        about = f"{invoice.number}, {month_name(invoice.month)}"
        because = collected(invoice.month, invoice.issued)
        due, left = payable(invoice.month, invoice.issued), balance(invoice)
        if handed := ledger.open_collection(invoice.number):
            on = because if because.day == handed.collection_on else collected_on(handed.collection_on)
            why = why_of(on, left)
            note = f"{about}, remis à votre banque"
            yield Figure(full_date(handed.collection_on), euros(handed.amount_cents), typeset(note), why)
        elif can_collect and invoice.collection is Collection.PLANNED and invoice.collection_day >= today:
            note = f"{about}, annoncé par la facture du {long_date(invoice.issued)}"
            yield Figure(
                full_date(invoice.collection_day),
                euros(invoice.unpaid_cents),
                typeset(note),
                why_of(because, due, left),
            )
    if not can_collect:
        return
    for document in ledger.to_come:
        if isinstance(document, e.InvoiceIssued) and document.gross_cents:
            because = collected(document.month, paris_day(document.at))
            note = f"{kind_and_month(document)}, prévue, pas encore émise"
            why = why_of(because, document_total(document.lines, document.vat_cents))
            yield Figure(full_date(document.collection), euros(document.gross_cents), typeset(note), why)


def _nothing_to_come(ledger: Ledger) -> str:
    if ledger.state.relationship is Relationship.ENDED:
        return "Plus rien n’est prélevé : le contrat est terminé."
    return "Aucun prélèvement n’est prévu : il en faut un mandat en vigueur."


def _past(ledger: Ledger, event: e.PaymentSettled | e.PaymentReturned, line: Figure) -> Figure:
    """Return a payment of the whole account: its line names the invoice."""
    month = month_name(event.month)
    by_bank = any(
        one.invoice_number == event.number and one.standing == "settled" for one in ledger.collections
    )
    label = "Prélèvement réglé" if by_bank and isinstance(event, e.PaymentSettled) else line.label
    return Figure(typeset(f"{label} · {event.number}, {month}"), line.value, line.note, line.why)
