"""The letters of notice (CGV art. 9, 16): what they say, to whom, tagged, the same bytes for the same facts."""

import re
from dataclasses import replace
from datetime import date

import pypdfium2
import pytest

from portal.documents.notice_papers import NoticeLetter, notice_pdf
from tests.documents.invoices import BUYER, SELLER

CLIENT = NoticeLetter(
    by="client",
    contract="CT-2026-0042",
    seller=SELLER,
    buyer=BUYER,
    signatory="Claire Morvan, présidente",
    dated=date(2027, 2, 10),
    in_force_on=date(2026, 3, 17),
    limit=date(2027, 2, 16),
    last_day=date(2027, 3, 16),
    next_last_day=date(2028, 3, 16),
    restitution=date(2027, 4, 15),
)
VENDOR = replace(CLIENT, by="vendor")


def words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("\u202f", " "))


@pytest.mark.parametrize(
    ("letter", "said"),
    [
        (
            CLIENT,
            (
                "Lettre recommandée avec accusé de réception".upper(),
                "Dénonciation du contrat CT-2026-0042",
                "articles 9 et 16 de vos conditions générales",
                "le mardi 16 mars 2027 au soir",
                "au plus tard le mardi 16 février 2027",
                "pour le jeudi 16 mars 2028",
                "Claire Morvan, présidente",
            ),
        ),
        (
            VENDOR,
            (
                "articles 9 et 16 de nos conditions générales",
                "présentée pour la première fois, au plus tard le mardi 16 février 2027",
                "jusqu’au jeudi 15 avril 2027 inclus",
            ),
        ),
    ],
)
def test_it_names_the_contract_the_end_and_the_article(letter: NoticeLetter, said: tuple[str, ...]) -> None:
    printed = words(notice_pdf(letter))
    for each in said:
        assert each in printed, each
    assert printed.index(SELLER.name) < printed.index(BUYER.name) or letter.by == "client"


def test_it_is_one_page_tagged_and_the_same_for_the_same_facts() -> None:
    long = replace(
        CLIENT, buyer=replace(BUYER, name="Société des très longues dénominations " * 3), signatory="X" * 120
    )
    for letter in (CLIENT, VENDOR, long):
        pdf = notice_pdf(letter)
        assert pdf == notice_pdf(letter)
        assert len(pypdfium2.PdfDocument(pdf)) == 1
        assert b"/MarkInfo" in pdf
        assert b"pdfuaid" in pdf
