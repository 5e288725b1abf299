"""An invoice or a credit note on paper: a Factur-X, that is a PDF/A-3a for persons with its XML for machines.

The page answers first what is to pay, when and how; then it shows each line with the reason of what is
unusual. Both parts are made of the same facts: nothing is computed here.
"""

from datetime import UTC, datetime, time
from typing import Final

from portal.contract.acts import FIRST
from portal.contract.company import in_groups
from portal.contract.french import NBSP, euros, full_date, long_date, short_date, typeset
from portal.documents.facturx_marks import marked
from portal.documents.invoice_facts import InvoicePaper, charged, days_of, vat_mention
from portal.documents.invoice_words import (
    CATEGORY,
    DISCOUNT,
    INDEMNITY,
    ON_COLLECTION,
    ON_DEBITS,
    PENALTIES,
    explained,
    rate_words,
)
from portal.documents.invoice_xml import invoice_xml
from portal.documents.typesetting import Template

_TEMPLATE = Template("invoice", archival=True)
# Below this many lines one page holds them all, and nothing is carried over from page to page.
_ONE_PAGE_LINES: Final = 6
Spans = list[tuple[str, str]]


def invoice_pdf(paper: InvoicePaper) -> bytes:
    """Return the document as Factur-X (EN 16931, PDF/A-3a, PDF/UA-1): the same facts give the same bytes."""
    return marked(page(paper))


def page(paper: InvoicePaper) -> bytes:
    """Return the page with its XML, as Typst sets it: a PDF/A-3a that does not say yet that it is a Factur-X."""
    # The paper is dated as of its issue, whenever it is printed.
    at = datetime.combine(paper.issued, time(12), UTC)
    return _TEMPLATE.pdf(_values(paper), at=at, attached=invoice_xml(paper).decode())


def _values(paper: InvoicePaper) -> dict[str, object]:
    seller, buyer = paper.seller, paper.buyer
    answer_name, answer_words = _answer(paper)
    return {
        "kind": "Avoir" if paper.cites else "Facture",
        "number": paper.number,
        "ymd": [paper.issued.year, paper.issued.month, paper.issued.day],
        "seller": {
            "name": seller.name,
            "address": seller.address.lines,
            "siren": in_groups(seller.siren),
            "vat_number": seller.vat_number,
            "legal": seller.legal_mention,
        },
        "buyer": {
            "name": buyer.name,
            "address": buyer.address.lines,
            "siren": in_groups(buyer.siren),
            "vat_number": buyer.vat_number,
        },
        "answer": {"name": answer_name, "figure": euros(paper.payable_cents), "words": answer_words},
        "facts": _facts(paper),
        "long": len(paper.lines) > _ONE_PAGE_LINES,
        "shares": any(line.share for line in paper.lines),
        "lines": _lines(paper),
        "totals": _totals(paper),
        "vat_words": [vat_mention(paper)] if vat_mention(paper) else [],
        "mentions": _mentions(paper),
    }


def _answer(paper: InvoicePaper) -> tuple[str, list[Spans]]:
    """Return what the great figure is called, and the paragraphs beside it."""
    if paper.cites:
        return "En votre faveur", [
            [
                ("", "Avoir sur la facture "),
                ("strong", paper.cites.number),
                ("", f" du{NBSP}{long_date(paper.cites.issued)}."),
            ],
            [
                (
                    "",
                    typeset(
                        "Ce montant est déduit de ce qui reste à régler de cette facture, puis des autres ; le reste "
                        f"{'vous est rendu par virement' if paper.closes else 'attend la prochaine'}."
                    ),
                )
            ],
        ]
    if not paper.payable_cents:
        return "À payer", [
            [("strong", "Rien à payer.")],
            [("", "Vos avoirs ou vos reports couvrent cette facture.")],
        ]
    if paper.direct_debit and paper.collection:
        return "À payer", [
            [
                ("", f"Prélevé le{NBSP}"),
                ("strong", full_date(paper.collection)),
                ("", " sur votre compte "),
                ("strong", f"{paper.direct_debit.account}."),
            ],
            [
                (
                    "",
                    typeset(
                        "Vous n’avez rien à faire : cette facture vaut notification préalable du prélèvement."
                    ),
                )
            ],
        ]
    due = full_date(paper.due) if paper.due else ""
    return "À payer", [
        [("", f"Par virement, au plus tard le{NBSP}"), ("strong", due), ("", ".")],
        [
            ("", f"IBAN{NBSP}"),
            ("strong", paper.seller.iban_in_fours),
            ("", f", référence{NBSP}"),
            ("strong", paper.number),
            ("", "."),
        ],
    ]


def _facts(paper: InvoicePaper) -> list[tuple[str, str]]:
    first, last = paper.period or (None, None)
    return [
        ("Émis le" if paper.cites else "Émise le", short_date(paper.issued)),
        ("Échéance", short_date(paper.due) if paper.due else ""),
        ("Prélèvement", short_date(paper.collection) if paper.collection and paper.direct_debit else ""),
        ("Corrige", paper.cites.number if paper.cites else ""),
        ("Période", f"du{NBSP}{short_date(first)} au{NBSP}{short_date(last)}" if first and last else ""),
        ("Contrat", paper.contract),
        ("Fin du contrat", short_date(paper.closes) if paper.closes else ""),
        ("Mandat", paper.direct_debit.mandate if paper.direct_debit else ""),
    ]


def _lines(paper: InvoicePaper) -> list[dict[str, object]]:
    shown: list[dict[str, object]] = []
    carried = 0
    for line in paper.lines:
        counted = charged(line)
        carried += line.net_cents
        sign = "−" if counted.quantity < 0 else ""
        shown.append(
            {
                "label": line.label,
                "reason": list(explained(line)),
                "quantity": f"{sign}{abs(counted.quantity)}",
                "unit": euros(counted.unit_cents),
                "share": f"{days_of(line.share)}{NBSP}j sur{NBSP}{line.share.of}" if line.share else "",
                "net": euros(line.net_cents),
                "carried": euros(carried),
            }
        )
    return shown


def _totals(paper: InvoicePaper) -> list[tuple[str, str]]:
    rate = rate_words(paper.vat_hundredths)
    rows = [
        ("Total HT", euros(paper.net_cents)),
        (f"{rate} sur {euros(paper.net_cents)}", euros(paper.vat_cents)),
        ("Total TTC", euros(paper.gross_cents)),
    ]
    if paper.credited_cents:
        rows.append(("Avoirs déduits", euros(-paper.credited_cents)))
    return rows


def _mentions(paper: InvoicePaper) -> list[dict[str, object]]:
    seller = paper.seller
    operation = [CATEGORY, ON_DEBITS if paper.vat_on_debits else ON_COLLECTION]
    questions = typeset(
        f"Chaque ligne s’explique dans votre espace, « Pourquoi ce montant ? ». Écrivez à {seller.email}."
    )
    if paper.cites:
        return [
            {"name": "Opération", "words": operation},
            {"name": "Vos questions", "words": [questions]},
        ]
    settlement = []
    if paper.direct_debit and paper.payable_cents:
        settlement.append(
            typeset(
                f"Prélèvement SEPA, mandat (RUM) {paper.direct_debit.mandate}, identifiant créancier (ICS) {seller.creditor_id}."
            )
        )
        if any(line.month == FIRST and line.kind == "subscription" for line in paper.lines):
            settlement.append(
                typeset(f"Ou plus tôt par virement : IBAN {seller.iban_in_fours}, référence {paper.number}.")
            )
    elif paper.payable_cents:
        settlement.append(typeset(f"Virement : IBAN {seller.iban_in_fours}, référence {paper.number}."))
    return [
        {"name": "Règlement", "words": [*settlement, DISCOUNT, *operation, questions]},
        {"name": "En cas de retard", "words": [PENALTIES, INDEMNITY]},
    ]
