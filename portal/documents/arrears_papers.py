"""The papers of late payment (CGV art. 10.3, 10.4, 16): the statement of what is due, the letter that ends the contract.

The statement gives the exact sum that restores the service, to the cent and until which day; the letter is
the registered one (lettre recommandée avec accusé de réception) that staff send. Every sum is the rules' own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from portal.contract.arrears import TERMINATION_DAYS, Due
from portal.contract.company import in_groups
from portal.contract.french import NBSP, count, euros, full_date, full_instant, long_date, typeset
from portal.contract.reckoning import Sum, in_euros
from portal.documents.invoice_facts import Buyer, Seller
from portal.documents.invoice_words import INDEMNITY, PENALTIES
from portal.documents.typesetting import Template

_STATEMENT: Final = Template("statement")
_LETTER: Final = Template("termination")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPaper:
    """What a client owes on the day `drawn`; the sum stays the same to the end of `valid_until`.

    `suspension_at` is the suspension that threatens, `suspended_at` the one that has come.
    """

    contract: str
    seller: Seller
    buyer: Buyer
    drawn: date
    valid_until: date
    dues: tuple[Due, ...]
    suspension_at: datetime | None = None
    suspended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminationLetter:
    """The end of a contract for non-payment, on its `last_day`; the data may be asked for until `restitution`.

    `mailed` are the days on which the defaults were mailed, by the invoice's number.
    """

    contract: str
    seller: Seller
    buyer: Buyer
    dated: date
    last_day: date
    suspended_at: datetime
    mailed: tuple[tuple[str, date], ...]
    dues: tuple[Due, ...]
    restitution: date


def statement_pdf(paper: StatementPaper) -> bytes:
    """Return the statement (décompte) as a tagged PDF: the same facts give the same bytes."""
    return _STATEMENT.pdf(
        {
            "seller": _seller(paper.seller),
            "buyer": _buyer(paper.buyer),
            "contract": paper.contract,
            "ymd": _ymd(paper.drawn),
            "total": euros(total_cents(paper.dues)),
            "how": _how(paper),
            "facts": [
                ("Établi le", long_date(paper.drawn)),
                ("Valable jusqu’au", f"{long_date(paper.valid_until)} inclus"),
                ("Contrat", paper.contract),
            ],
            "rows": [_row(due) for due in paper.dues],
            "mentions": [PENALTIES, INDEMNITY],
        },
        at=_noon(paper.drawn),
    )


def termination_pdf(letter: TerminationLetter) -> bytes:
    """Return the registered letter as a tagged PDF: the same facts give the same bytes."""
    return _LETTER.pdf(
        {
            "seller": _seller(letter.seller),
            "buyer": _buyer(letter.buyer),
            "contract": letter.contract,
            "ymd": _ymd(letter.dated),
            "place": f"{letter.seller.address.city}, le{NBSP}{long_date(letter.dated)}",
            "paragraphs": _termination_words(letter),
            "total": euros(total_cents(letter.dues)),
            "rows": [_short_row(due) for due in letter.dues],
        },
        at=_noon(letter.dated),
    )


def total_cents(dues: Sequence[Due]) -> int:
    return sum(due.total_cents for due in dues)


# --- the statement -------------------------------------------------------------------------------


def _how(paper: StatementPaper) -> list[str]:
    """Return, one paragraph each: until when the sum is good, how it is paid, what hangs on it."""
    words = [
        f"Somme exacte jusqu’au {full_date(paper.valid_until)} inclus.",
        f"Par virement : IBAN {paper.seller.iban_in_fours}, référence {paper.dues[0].invoice.number}.",
    ]
    if paper.suspended_at:
        words.append(
            f"Le service est suspendu depuis le {full_instant(paper.suspended_at)} ; ce règlement le rétablit aussitôt."
        )
    elif paper.suspension_at:
        words.append(f"Sans ce règlement, le service est suspendu le {full_instant(paper.suspension_at)}.")
    return [typeset(one) for one in words]


def _row(due: Due) -> dict[str, object]:
    invoice = due.invoice
    paid = invoice.gross_cents - due.invoice_cents
    rows = [
        ("Montant TTC de la facture", euros(invoice.gross_cents), ""),
        ("Déjà réglé", euros(-paid), "") if paid else None,
        ("Pénalités de retard, sans TVA", euros(due.penalties_cents), _penalty_words(due)),
        ("Indemnité forfaitaire de recouvrement, sans TVA", euros(due.indemnity_cents), ""),
    ]
    return {
        "title": typeset(f"Facture {invoice.number}"),
        "dates": f"émise le{NBSP}{long_date(invoice.issued)}, échue le{NBSP}{long_date(invoice.clock)}",
        "rows": [one for one in rows if one],
        "total": euros(due.total_cents),
    }


def _penalty_words(due: Due) -> str:
    """Return the months begun with their rate and what each adds, and what was paid of it before."""
    months = [
        f"{step.text} : {in_euros(step.operand)}"
        for step in due.penalties.steps
        if step.operation is Sum.PLUS
    ]
    if len(months) > 1:
        months.append(f"ensemble, arrondi au centime : {euros(due.penalties.cents)}")
    if already := due.penalties.cents - due.penalties_cents:
        months.append(f"déjà réglé : {euros(already)}")
    return typeset(" ; ".join(months))


# --- the letter ----------------------------------------------------------------------------------


def _termination_words(letter: TerminationLetter) -> list[str]:
    numbers = [number for number, _ in letter.mailed]
    oldest = min(due.invoice.clock for due in letter.dues)
    invoices = f"la facture {numbers[0]}" if len(numbers) == 1 else f"les factures {', '.join(numbers)}"
    written = " ; ".join(f"{number}, le {long_date(day)}" for number, day in letter.mailed)
    words = [
        (
            f"Par la présente, nous résilions de plein droit le contrat {letter.contract} qui nous lie, pour défaut de "
            "paiement, en application des articles 10.3 et 16 de nos conditions générales de vente."
        ),
        (
            f"Nous vous avons informés par e-mail du défaut de paiement ({written}), puis le service a été suspendu le "
            f"{full_instant(letter.suspended_at)}. À ce jour, {invoices} "
            f"rest{'e' if len(numbers) == 1 else 'ent'} impayée{'s' if len(numbers) > 1 else ''}, et plus de "
            f"{count(TERMINATION_DAYS, 'jour')} ont passé depuis l’échéance du {long_date(oldest)}."
        ),
        (
            f"Le contrat prend fin le {full_date(letter.last_day)} : votre compte est fermé à cette date. Vous pouvez demander "
            f"la restitution de vos données jusqu’au {full_date(letter.restitution)} inclus ; passé ce jour, elles seront "
            "détruites."
        ),
        (
            "La résiliation n’éteint pas votre dette. Vous restez redevables des sommes suivantes, arrêtées à la date de cette "
            "lettre :"
        ),
    ]
    return [typeset(one) for one in words]


def _short_row(due: Due) -> list[str]:
    return [
        due.invoice.number,
        f"{due.invoice.clock:%d/%m/%Y}",
        euros(due.invoice_cents),
        euros(due.penalties_cents),
        euros(due.indemnity_cents),
        euros(due.total_cents),
    ]


# --- both ----------------------------------------------------------------------------------------


def _seller(seller: Seller) -> dict[str, object]:
    return {
        "name": seller.name,
        "address": seller.address.lines,
        "siren": in_groups(seller.siren),
        "email": seller.email,
        "iban": seller.iban_in_fours,
        "legal": seller.legal_mention,
    }


def _buyer(buyer: Buyer) -> dict[str, object]:
    return {"name": buyer.name, "address": buyer.address.lines, "siren": in_groups(buyer.siren)}


def _ymd(day: date) -> list[int]:
    return [day.year, day.month, day.day]


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
