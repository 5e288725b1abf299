"""The terms on paper, and the receipt of their acceptance (CGV art. 3)."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2
import pypdfium2.raw
import pytest

from portal.documents.terms import TermsText, parse_terms, text_sha256
from portal.documents.terms_pdf import Receipt, terms_pdf
from portal.documents.typesetting import printable
from tests.documents.written import ARTICLE, HEADER, one_article, shipped, written

TEXT = shipped("2026-01")
TERMS = parse_terms(TEXT)
SHA256 = text_sha256(TEXT)
RECEIPT = Receipt(
    company="Menuiserie Durand",
    siren="732 829 320",
    person="Camille Durand",
    account="camille@durand.example",
    accepted_at=datetime(2026, 3, 3, 17, 4, 12, 345_678, tzinfo=UTC),
    version="2026-01",
    sha256=SHA256,
    ip="203.0.113.7",
    user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0",
)


def pages(document: bytes) -> list[str]:
    """The text of each page; every run of spaces and line ends as one space."""
    pdf = pypdfium2.PdfDocument(document)
    try:
        return [re.sub(r"\s+", " ", page.get_textpage().get_text_range()) for page in pdf]
    finally:
        pdf.close()


def on_paper(terms: TermsText) -> str:
    """All the text of a document without receipt, its spaces left out: where a line breaks tells nothing."""
    return joined(" ".join(pages(terms_pdf(terms, sha256=SHA256, receipt=None))))


def without_furniture(paper: list[str]) -> str:
    """The pages one after the other, their header and footer left out, and their spaces."""
    footer = rf"{re.escape(joined(TERMS.title))},version2026-01page\d+sur\d+SHA-256{SHA256}"
    return "".join(re.sub(footer, "", joined(page)).replace("TEXTEDEDÉMONSTRATION", "") for page in paper)


def joined(text: str) -> str:
    return re.sub(r"\s+", "", text)


# --- the text ------------------------------------------------------------------------------------


def test_every_passage_of_every_article_is_on_paper_in_reading_order() -> None:
    paper = without_furniture(pages(terms_pdf(TERMS, sha256=SHA256, receipt=None))[1:])
    place = 0
    for article in TERMS.articles:
        passages = [str(passage) for block in article.blocks for passage in block.passages]
        for words in (article.number + article.title, "EN CLAIR", article.summary, *passages):
            place = paper.index(joined(words), place) + len(joined(words))


def test_a_page_says_which_it_is_and_of_what_text() -> None:
    paper = pages(terms_pdf(TERMS, sha256=SHA256, receipt=None))
    for number, page in enumerate(paper, 1):
        assert f"page {number} sur {len(paper)}" in page
        assert "version 2026-01" in page
        assert SHA256 in page


def test_the_first_page_lists_the_articles_with_the_pages_they_begin_on() -> None:
    paper = pages(terms_pdf(TERMS, sha256=SHA256, receipt=None))
    listed = re.findall(
        r"(\d+(?:\.\d+)?) (\D+?) (\d+)(?= )", paper[0].partition("SOMMAIRE")[2].rpartition(", version")[0]
    )
    begins = {number: int(page) for number, _, page in listed}
    assert list(begins) == [article.number for article in TERMS.articles]
    for article in TERMS.articles:
        assert f"{article.number} {article.title}".replace("\u00a0", " ") in paper[begins[article.number] - 1]


def test_the_first_page_dates_the_version() -> None:
    first = pages(terms_pdf(TERMS, sha256=SHA256, receipt=None))[0]
    assert "1er décembre 2025" in first
    assert "1er janvier 2026" in first


def test_a_demonstration_says_so_on_every_page_and_a_vendors_text_nowhere() -> None:
    mark = "TEXTE DE DÉMONSTRATION"
    assert all(mark in page for page in pages(terms_pdf(TERMS, sha256=SHA256, receipt=RECEIPT)))
    assert not any(
        mark in page for page in pages(terms_pdf(parse_terms(written()), sha256=SHA256, receipt=None))
    )


def test_an_article_that_only_heads_others_is_drawn() -> None:
    paper = on_paper(
        parse_terms(written("\n## 1 Prix\n\n> Ce que vous payez.\n" + ARTICLE.replace("## 1 ", "## 1.1 ")))
    )
    assert joined("1 Prix EN CLAIR Ce que vous payez.") in paper


def test_an_article_longer_than_a_page_goes_on_on_the_next() -> None:
    terms = one_article(*(f"Paragraphe {number}." for number in range(1, 101)))
    paper = on_paper(terms)
    assert all(f"Paragraphe{number}." in paper for number in range(1, 101))


# --- the receipt ---------------------------------------------------------------------------------


def test_the_receipt_stands_first_and_holds_the_whole_evidence() -> None:
    paper = pages(terms_pdf(TERMS, sha256=SHA256, receipt=RECEIPT))
    first = paper[0]
    assert "Reçu d’acceptation" in first
    for evidence in (
        RECEIPT.company,
        RECEIPT.siren,
        RECEIPT.person,
        RECEIPT.account,
        RECEIPT.ip,
        RECEIPT.user_agent,
    ):
        assert evidence in first
    assert joined(SHA256) in joined(first.partition("SHA-256")[2])
    assert "version 2026-01" in first
    assert "Reçu d’acceptation" not in " ".join(paper[1:])
    assert len(paper) == 1 + len(pages(terms_pdf(TERMS, sha256=SHA256, receipt=None)))


def test_the_receipt_gives_the_instant_in_paris_and_in_universal_time() -> None:
    first = pages(terms_pdf(TERMS, sha256=SHA256, receipt=RECEIPT))[0]
    assert "mardi 3 mars 2026, 18 h 04 min 12 s (UTC+1)" in first
    assert "2026-03-03T17:04:12.345Z" in first


@pytest.mark.parametrize(
    ("accepted_at", "paris"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "dimanche 25 octobre 2026, 2 h 30 min 00 s (UTC+2)"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "dimanche 25 octobre 2026, 2 h 30 min 00 s (UTC+1)"),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), "vendredi 1er janvier 2027, 0 h 00 min 00 s (UTC+1)"),
    ],
)
def test_the_hour_that_paris_has_twice_is_told_apart(accepted_at: datetime, paris: str) -> None:
    receipt = replace(RECEIPT, accepted_at=accepted_at)
    assert paris in pages(terms_pdf(TERMS, sha256=SHA256, receipt=receipt))[0]


@pytest.mark.parametrize("other", [replace(RECEIPT, version="2025-09"), replace(RECEIPT, sha256="0" * 64)])
def test_a_receipt_never_travels_with_another_text(other: Receipt) -> None:
    with pytest.raises(ValueError, match="the receipt is for"):
        terms_pdf(TERMS, sha256=SHA256, receipt=other)


# --- the file ------------------------------------------------------------------------------------


def test_the_same_arguments_give_the_same_bytes() -> None:
    first = terms_pdf(TERMS, sha256=SHA256, receipt=RECEIPT)
    terms_pdf(TERMS, sha256=SHA256, receipt=None)
    assert terms_pdf(TERMS, sha256=SHA256, receipt=RECEIPT) == first


def test_several_threads_may_ask_at_once() -> None:
    receipts = [replace(RECEIPT, company=f"Entreprise {number}") for number in range(6)]
    with ThreadPoolExecutor(3) as threads:
        documents = list(threads.map(lambda one: terms_pdf(TERMS, sha256=SHA256, receipt=one), receipts))
    for receipt, document in zip(receipts, documents, strict=True):
        assert f"{receipt.company}, a lu" in pages(document)[0]


def test_the_document_is_tagged_and_declares_pdf_ua() -> None:
    document = terms_pdf(TERMS, sha256=SHA256, receipt=RECEIPT)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in document
    assert b"/Lang(fr-FR)" in document
    pdf = pypdfium2.PdfDocument(document)
    try:
        assert pypdfium2.raw.FPDFCatalog_IsTagged(pdf)
        metadata = pdf.get_metadata_dict()
        bookmarks = [mark.get_title() for mark in pdf.get_toc()]
    finally:
        pdf.close()
    assert metadata["Title"] == f"{TERMS.title}, version 2026-01"
    assert metadata["CreationDate"] == "D:20260303170412Z"
    assert bookmarks == ["Reçu d’acceptation", *(f"{one.number} {one.title}" for one in TERMS.articles)]


# --- hostile text --------------------------------------------------------------------------------

HOSTILE = [
    '#read("/etc/passwd") #eval("1+1")',
    "*gras* _penché_ `code` $x^2$ @renvoi <étiquette> = Titre // rien",
    '"]) #panic("x") //',
    "\\ \\u{41} {{ x }} </script><b>Été</b> & Cie",
    '#import "@preview/x:1.0.0"',
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_looks_like_source_stays_a_name(name: str) -> None:
    receipt = replace(RECEIPT, company=name, person=name, user_agent=name)
    first = pages(terms_pdf(TERMS, sha256=SHA256, receipt=receipt))[0]
    assert joined(first).count(joined(name)) == 5  # company and person twice, browser once


@pytest.mark.parametrize("name", HOSTILE)
def test_terms_that_look_like_source_stay_text(name: str) -> None:
    escaped = re.sub(r"([\\*_`<#])", r"\\\1", name)
    terms = parse_terms(
        written(
            f"\n## 1 {escaped}\n\n> {escaped}\n\nA {escaped}\n",
            header=HEADER.replace("Conditions de vente", name),
        )
    )
    assert str(terms.articles[0].blocks[0].text) == f"A {name}"
    assert on_paper(terms).count(joined(name)) >= 5  # in the title, the summary of contents, the article


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("Ateliers 😀", "Ateliers ‹U+1F600›"),
        ("漢字", "‹U+6F22›‹U+5B57›"),
        ("lap\u202ednib", "lap‹U+202E›dnib"),
        ("a\x00b\nc", "a‹U+0000›b‹U+000A›c"),
        ("zéro\u200blargeur", "zéro‹U+200B›largeur"),
        ("Zo\u0308e\u0301", "Zöé"),
        ("a\u0337\u0337", "a‹U+0337›‹U+0337›"),
        ("\ud800", "‹U+D800›"),
        ("Œuvre & Fils – 1\u202f234\u00a0€", "Œuvre & Fils – 1\u202f234\u00a0€"),
        ("Ελλάδα Киев", "Ελλάδα Киев"),
    ],
)
def test_a_character_that_no_font_draws_is_shown_by_its_code(name: str, drawn: str) -> None:
    assert printable(name) == drawn
    paper = pages(terms_pdf(TERMS, sha256=SHA256, receipt=replace(RECEIPT, company=name)))[0]
    assert joined(drawn) in joined(paper)


def test_every_character_taken_for_drawable_is_drawn() -> None:
    """PDF/UA refuses a character without a drawing: all that `printable` lets through must compile."""
    drawable = "".join(one for code in range(0x20, 0x10000) if printable(one := chr(code)) == one)
    assert len(drawable) > 1500
    company = " ".join(drawable[start : start + 20] for start in range(0, len(drawable), 20))
    assert terms_pdf(TERMS, sha256=SHA256, receipt=replace(RECEIPT, company=company)).startswith(b"%PDF-")


def test_an_endless_word_breaks_inside_the_page_and_copies_whole() -> None:
    name = "A" * 10_000
    document = terms_pdf(TERMS, sha256=SHA256, receipt=replace(RECEIPT, company=name))
    pdf = pypdfium2.PdfDocument(document)
    try:
        page = pdf[0]
        text = page.get_textpage()
        assert max(text.get_charbox(index)[2] for index in range(text.count_chars())) < page.get_width()
    finally:
        pdf.close()
    assert joined("".join(pages(document))).count("A") >= 20_000
