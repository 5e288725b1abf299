"""The papers of late payment (CGV art. 10.3, 10.4, 16): the exact sum that restores the service, the registered letter."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pypdfium2
import pypdfium2.raw
import pytest

from portal.contract.arrears import Due, dues
from portal.contract.offer import Offer
from portal.contract.state import Invoice, Payment, Spell, State
from portal.documents.arrears_papers import (
    StatementPaper,
    TerminationLetter,
    statement_pdf,
    termination_pdf,
    total_cents,
)
from portal.documents.facturx_marks import marked
from portal.documents.typesetting import printable
from tests.documents.invoices import BUYER, SELLER

# Rules, section 8: due 30/04/2026, never settled, 392,00 HT, 470,40 TTC.
LATE = Invoice(
    number="F-2026-0031",
    month="2026-05",
    issued=date(2026, 4, 20),
    due=date(2026, 4, 30),
    collection_day=date(2026, 4, 30),
    net_cents=39200,
    vat_hundredths=2000,
    gross_cents=47040,
    payment=Payment.IN_DEFAULT,
    balances=((date(2026, 4, 20), 47040),),
    spells=(Spell(date(2026, 4, 30)),),
)
PARTLY_PAID = replace(
    LATE,
    number="F-2026-0055",
    month="2026-06",
    issued=date(2026, 5, 20),
    due=date(2026, 5, 31),
    paid_cents=20000,
    balances=((date(2026, 5, 20), 47040), (date(2026, 6, 2), 27040)),
    spells=(Spell(date(2026, 5, 31)),),
)


def owed(day: date, *invoices: Invoice) -> tuple[Due, ...]:
    state = State(offer=Offer(terms_version="2026-01"), invoices=invoices)
    return dues(state, datetime(day.year, day.month, day.day, 10, tzinfo=UTC))


STATEMENT = StatementPaper(
    contract="CT-2026-0042",
    seller=SELLER,
    buyer=BUYER,
    drawn=date(2026, 5, 20),
    valid_until=date(2026, 5, 30),
    dues=owed(date(2026, 5, 20), LATE),
    suspension_at=datetime(2026, 5, 20, 16, tzinfo=UTC),
)
BOTH = owed(date(2026, 6, 10), LATE, PARTLY_PAID)
LETTER = TerminationLetter(
    contract="CT-2026-0042",
    seller=SELLER,
    buyer=BUYER,
    dated=date(2026, 6, 10),
    last_day=date(2026, 6, 10),
    suspended_at=datetime(2026, 5, 20, 16, tzinfo=UTC),
    mailed=(("F-2026-0031", date(2026, 5, 4)),),
    dues=BOTH,
    restitution=date(2026, 7, 10),
)


def words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return " ".join(re.sub(r"\s+", " ", one.get_textpage().get_text_bounded()) for one in document)
    finally:
        document.close()


# --- the statement -----------------------------------------------------------------------------------


def test_the_statement_says_the_sum_first_until_when_and_how_to_pay_it() -> None:
    text = words(statement_pdf(STATEMENT))
    first = text[: text.index("CLIENT")]
    assert "À RÉGLER 514,52 €" in first
    assert "Somme exacte jusqu’au samedi 30 mai 2026 inclus." in first
    assert "IBAN FR76 3000 6000 0112 3456 7890 189, référence F-2026-0031" in first
    assert "Sans ce règlement, le service est suspendu le mercredi 20 mai 2026 à 18 h 00." in first


def test_each_invoice_is_reckoned_to_the_cent() -> None:
    text = words(statement_pdf(STATEMENT))
    for row in (
        "Facture F-2026-0031",
        "émise le 20 avril 2026, échue le 30 avril 2026",
        "Montant TTC de la facture 470,40 €",
        (
            "Pénalités de retard, sans TVA mois commencé le 1er mai 2026, taux annuel de 12,62 %, pour un douzième : "
            "4,1225 € 4,12 €"
        ),
        "Indemnité forfaitaire de recouvrement, sans TVA 40,00 €",
        "Dû sur cette facture 514,52 €",
        "À régler 514,52 €",
        "art. L. 441-10",
    ):
        assert row in text
    assert "Déjà réglé" not in text


def test_what_was_paid_and_each_month_begun_are_shown() -> None:
    paper = replace(STATEMENT, drawn=date(2026, 6, 10), valid_until=date(2026, 6, 30), dues=BOTH)
    text = words(statement_pdf(paper))
    assert "Déjà réglé −200,00 €" in text
    assert "mois commencé le 1er juin 2026" in text
    assert "ensemble, arrondi au centime : 8,25 €" in text
    assert total_cents(BOTH) == 51865 + 31452
    assert "À RÉGLER 833,17 €" in text


def test_penalties_paid_before_are_taken_off_and_said() -> None:
    paid = owed(date(2026, 6, 10), replace(LATE, penalties_paid_cents=412, indemnity_paid_cents=4000))
    text = words(statement_pdf(replace(STATEMENT, dues=paid)))
    assert "ensemble, arrondi au centime : 8,25 € ; déjà réglé : 4,12 € 4,13 €" in text
    assert "recouvrement, sans TVA 0,00 €" in text


def test_a_suspended_client_reads_that_paying_restores_the_service_at_once() -> None:
    suspended = replace(STATEMENT, suspension_at=None, suspended_at=datetime(2026, 5, 20, 16, tzinfo=UTC))
    text = words(statement_pdf(suspended))
    assert "Le service est suspendu depuis le mercredi 20 mai 2026 à 18 h 00" in text
    assert "ce règlement le rétablit aussitôt" in text
    calm = words(statement_pdf(replace(STATEMENT, suspension_at=None)))
    assert "suspendu" not in calm


# --- the letter --------------------------------------------------------------------------------------


def test_the_letter_is_a_registered_one_that_ends_the_contract_by_its_clause() -> None:
    text = words(termination_pdf(LETTER))
    for part in (
        "Éditions du Cap 163 avenue des Exemples 92000 Nanterre",
        "Ateliers Morvan 12 rue des Tanneurs 29200 Brest",
        "Nanterre, le 10 juin 2026",
        "LETTRE RECOMMANDÉE AVEC ACCUSÉ DE RÉCEPTION",
        "Résiliation du contrat CT-2026-0042 pour défaut de paiement",
        "articles 10.3 et 16",
        "F-2026-0031, le 4 mai 2026",
        "suspendu le mercredi 20 mai 2026 à 18 h 00",
        "la facture F-2026-0031 reste impayée, et plus de 15 jours ont passé depuis l’échéance du 30 avril 2026",
        "prend fin le mercredi 10 juin 2026",
        "jusqu’au vendredi 10 juillet 2026 inclus",
        "F-2026-0055 31/05/2026 270,40 € 4,12 € 40,00 € 314,52 €",
        "Total à régler 833,17 €",
        "Nom, qualité et signature",
    ):
        assert part in text


def test_several_defaults_are_all_recalled() -> None:
    letter = replace(LETTER, mailed=(*LETTER.mailed, ("F-2026-0055", date(2026, 6, 1))))
    assert "les factures F-2026-0031, F-2026-0055 restent impayées" in words(termination_pdf(letter))


# --- both --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pdf", [statement_pdf(STATEMENT), termination_pdf(LETTER)], ids=["statement", "letter"]
)
def test_it_is_tagged_declares_pdf_ua_and_is_no_factur_x(pdf: bytes) -> None:
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    document = pypdfium2.PdfDocument(pdf)
    try:
        assert pypdfium2.raw.FPDFCatalog_IsTagged(document)
        assert len(document) == 1
        assert "CT-2026-0042" in document.get_metadata_dict()["Title"]
    finally:
        document.close()
    with pytest.raises(ValueError, match="not as expected"):
        marked(pdf)


def test_the_same_facts_give_the_same_bytes() -> None:
    assert statement_pdf(STATEMENT) == statement_pdf(replace(STATEMENT))
    assert termination_pdf(LETTER) == termination_pdf(replace(LETTER))


@pytest.mark.parametrize("name", ['#panic("x") *gras*', "W" * 120, "a\x00b \u202e😀"])
def test_a_name_stays_text(name: str) -> None:
    buyer = replace(BUYER, name=name)
    for pdf in (
        statement_pdf(replace(STATEMENT, buyer=buyer)),
        termination_pdf(replace(LETTER, buyer=buyer)),
    ):
        assert re.sub(r"\s", "", printable(name)) in re.sub(r"\s", "", words(pdf))
