"""The invoice for persons: a Factur-X whose page says first what is to pay, and why each line is what it is.

C. com. L. 441-9, L. 441-10, R. 123-237; CGI, annexe II, art. 242 nonies A; CGV art. 10.
"""

import io
import re
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pikepdf
import pypdfium2
import pytest

from portal.contract.lines import Line, line
from portal.documents import facturx_checks
from portal.documents.facturx_checks import attached_xml, missing_marks
from portal.documents.invoice_facts import InvoicePaper
from portal.documents.invoice_paper import invoice_pdf
from portal.documents.invoice_reading import differences, faults, read
from portal.documents.invoice_xml import invoice_xml
from portal.documents.typesetting import printable
from tests.documents.invoices import (
    ADJUSTED,
    APRIL,
    BUYER,
    CAYENNE,
    CREDIT_NOTE,
    INVOICE,
    STORAGE,
    an_invoice,
    random_paper,
)

_POINT_MM = 25.4 / 72


def pages(pdf: bytes) -> list[str]:
    """Return the text of each page, its spaces and line ends as one space."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [re.sub(r"\s+", " ", page.get_textpage().get_text_bounded()) for page in document]
    finally:
        document.close()


def page(paper: InvoicePaper) -> str:
    (only,) = pages(invoice_pdf(paper))
    return only


def many_lines(count: int) -> tuple[Line, ...]:
    return tuple(
        line("option", "2026-04", number, 1003, label=f"Option {number}", option="storage")
        for number in range(1, count + 1)
    )


# --- what a person reads ---------------------------------------------------------------------------


def test_the_page_says_first_what_is_to_pay_when_and_how() -> None:
    text = page(INVOICE)
    first = text.index("CLIENT")
    for words in (
        "Facture",
        "F-2026-0042",
        "À PAYER 142,26 €",
        "Prélevé le mardi 31 mars 2026 sur votre compte FR32 •••• •••• A09.",
        "cette facture vaut notification préalable du prélèvement",
    ):
        assert words in text[:first]


def test_it_bears_every_mention_that_the_law_wants() -> None:
    text = page(INVOICE)
    for mention in (
        "Ateliers Morvan 12 rue des Tanneurs 29200 Brest SIREN 999 000 011 N° de TVA FR66999000011",
        "Éditions du Cap 163 avenue des Exemples 92000 Nanterre SIREN 999 000 029 N° de TVA FR12999000029",
        "Émise le 20/03/2026 Échéance 31/03/2026 Prélèvement 31/03/2026",
        "du 01/04/2026 au 30/04/2026",
        "Contrat CT-2026-0042",
        "mandat (RUM) CT-2026-0042-M1, identifiant créancier (ICS) FR72ZZZ123456",
        "DÉSIGNATION QUANTITÉ PRIX HT PART DU MOIS MONTANT HT",
        "Total HT 118,55 € TVA 20 % sur 118,55 € 23,71 € Total TTC 142,26 €",
        "Pas d’escompte en cas de paiement anticipé",
        "taux d’intérêt légal majoré de 10 points",
        "art. L. 441-10",
        "Indemnité forfaitaire pour frais de recouvrement : 40,00 €",
        "art. D. 441-5",
        "Catégorie de l’opération : prestation de services",
        "TVA exigible à l’encaissement",
        "SAS au capital de 10 000 €, 163 avenue des Exemples, 92000 Nanterre, RCS Nanterre 999 000 029",
        "page 1 sur 1",
    ):
        assert mention in text


def test_an_unusual_line_says_why_an_ordinary_one_does_not() -> None:
    text = page(INVOICE)
    assert "Report du premier mois : 15 jours d’abonnement sur 31" in text
    assert "Article 10.3 des CGV : ce que vous avez payé pour le premier mois" in text
    assert "moins la part déjà comptée (15 jours sur 31), arrondie au centime : 126,45 €" in text
    assert "−1 245,00 € 16 j sur 31 −126,45 €" in text
    assert text.count("Article 10.") == 1
    assert "Abonnement, avril 2026 5 49,00 € 245,00 €" in text


def test_an_adjustment_cites_its_clause_and_needs_no_column_of_parts() -> None:
    text = page(an_invoice(APRIL, ADJUSTED, STORAGE))
    assert "Article 10.1 des CGV : une personne inscrite à un moment du mois" in text
    assert "PART DU MOIS" not in text
    assert "Stockage supplémentaire, avril 2026 2 15,00 € 30,00 €" in text


def test_the_first_month_may_be_paid_earlier_by_transfer() -> None:
    first = line("subscription", "first", 5, 4900, label="Abonnement, premier mois")
    assert "Ou plus tôt par virement : IBAN FR76 3000" in page(an_invoice(first, period=None))
    assert "virement" not in page(INVOICE)


def test_without_a_mandate_it_says_where_to_transfer() -> None:
    text = page(replace(INVOICE, direct_debit=None))
    assert "Par virement, au plus tard le mardi 31 mars 2026." in text
    assert "IBAN FR76 3000 6000 0112 3456 7890 189, référence F-2026-0042" in text
    assert "Prélèvement" not in text


def test_a_credit_that_waited_reduces_what_is_to_pay() -> None:
    text = page(replace(INVOICE, credited_cents=5880))
    assert "Total TTC 142,26 € Avoirs déduits −58,80 € À payer 83,46 €" in text
    assert "Rien à payer" in page(replace(INVOICE, credited_cents=INVOICE.gross_cents))


def test_a_credit_note_cites_its_invoice_and_threatens_nobody() -> None:
    text = page(CREDIT_NOTE)
    assert "Avoir NUMÉRO A-2026-0003" in text
    assert "EN VOTRE FAVEUR 58,80 €" in text
    assert "Avoir sur la facture F-2026-0042 du 20 mars 2026." in text
    assert "Pénalités" not in text
    assert "Échéance" not in text


def test_without_vat_it_says_by_which_article() -> None:
    text = page(an_invoice(APRIL, rate=0, buyer=CAYENNE))
    assert "TVA 0 % sur 245,00 € 0,00 €" in text
    assert "TVA non applicable, article 294-1 du CGI" in text


def test_vat_on_debits_is_said() -> None:
    text = page(replace(INVOICE, vat_on_debits=True))
    assert "Option pour le paiement de la taxe d’après les débits" in text
    assert "encaissement" not in text


def test_many_lines_go_over_pages_with_their_header_and_what_is_carried_over() -> None:
    lines = many_lines(80)
    texts = pages(invoice_pdf(an_invoice(*lines)))
    assert len(texts) == 3
    for number, text in enumerate(texts, 1):
        assert "DÉSIGNATION QUANTITÉ PRIX HT MONTANT HT" in text
        assert f"page {number} sur 3" in text
    carried = [re.findall(r"(?:À reporter|Report) ([\d ]+,\d\d €)", text) for text in texts]
    assert carried[0] == carried[1][:1]
    assert carried[1][1:] == carried[2]
    shown = len(re.findall(r"Option \d+ ", texts[0]))
    assert carried[0][0].replace(" ", "") == f"{sum(range(1, shown + 1)) * 10.03:.2f}€".replace(".", ",")
    assert "Facture F-2026-0042" in texts[1]


@pytest.mark.parametrize("count", [1, 6, 7, 12])
def test_the_ordinary_invoice_is_one_page(count: int) -> None:
    (text,) = pages(invoice_pdf(an_invoice(*many_lines(count))))
    assert "reporter" not in text


# --- the file --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "paper",
    [INVOICE, CREDIT_NOTE, an_invoice(APRIL, rate=0, buyer=CAYENNE), an_invoice(*many_lines(80))],
    ids=["invoice", "credit note", "without VAT", "long"],
)
def test_the_file_is_a_factur_x_archival_accessible_and_reads_back(paper: InvoicePaper) -> None:
    pdf = invoice_pdf(paper)
    assert missing_marks(pdf) == ()
    attached = attached_xml(pdf)
    assert attached == invoice_xml(paper)
    found = read(attached)
    assert (faults(found), differences(found, paper)) == ((), ())
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.check_pdf_syntax() == []
        tags = {
            str(one.get("/S"))
            for one in document.objects
            if isinstance(one, pikepdf.Dictionary) and "/S" in one
        }
    assert {"/Table", "/TH", "/TD", "/TR"} <= tags


def test_random_documents_are_whole_files() -> None:
    for number in range(25):
        paper = random_paper(number)
        pdf = invoice_pdf(paper)
        assert missing_marks(pdf) == (), number
        assert paper.number in " ".join(pages(pdf))


def test_the_same_facts_give_the_same_bytes_whatever_was_set_before() -> None:
    first = invoice_pdf(INVOICE)
    invoice_pdf(CREDIT_NOTE)
    with ThreadPoolExecutor(3) as threads:
        assert set(threads.map(invoice_pdf, [INVOICE] * 6)) == {first}


def test_the_file_is_dated_as_of_its_issue() -> None:
    document = pypdfium2.PdfDocument(invoice_pdf(INVOICE))
    try:
        metadata = document.get_metadata_dict()
    finally:
        document.close()
    assert metadata["Title"] == "Facture F-2026-0042"
    assert metadata["CreationDate"].startswith("D:20260320")


HOSTILE = [
    '#read("/etc/passwd") #eval("1+1")',
    '"]) #panic("x") //',
    "*gras* _penché_ $x^2$ @renvoi <étiquette> = Titre",
    "Ateliers 😀 de l’Été",
    "lap\u202ednib שלום مرحبا",
    "a\x00b\nc",
    "W" * 200,
    "Société des établissements réunis " * 6,
]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_a_name_or_a_label_is_it_stays_text_on_the_page(name: str) -> None:
    buyer = replace(BUYER, name=name, address=replace(BUYER.address, street=(name,), city=name[:100]))
    paper = an_invoice(replace(APRIL, label=name), buyer=buyer)
    pdf = invoice_pdf(paper)
    assert missing_marks(pdf) == ()
    joined = re.sub(r"\s+", "", " ".join(pages(pdf)))
    assert joined.count(re.sub(r"\s+", "", printable(name).replace("\n", ""))) >= 3
    assert _furthest_right_mm(pdf) <= 210 - 22
    assert faults(read(attached_xml(pdf) or b"")) == ()


def _furthest_right_mm(pdf: bytes) -> float:
    document = pypdfium2.PdfDocument(pdf)
    try:
        texts = [one.get_textpage() for one in document]
        return _POINT_MM * max(
            float(text.get_charbox(n)[2]) for text in texts for n in range(text.count_chars())
        )
    finally:
        document.close()


# --- a file that lacks a mark is seen ----------------------------------------------------------------


def altered(change: str) -> bytes:
    with pikepdf.open(io.BytesIO(invoice_pdf(INVOICE))) as document:
        root = document.Root
        match change:
            case "relationship":
                root.AF[0].AFRelationship = pikepdf.Name.Data
            case "subtype":
                root.AF[0].EF.F.Subtype = pikepdf.Name("/application/xml")
            case "date":
                del root.AF[0].EF.F.Params["/ModDate"]
            case "font":
                for one in document.objects:
                    if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor":
                        for file in ("/FontFile", "/FontFile2", "/FontFile3"):
                            if file in one:
                                del one[file]
            case "script":
                root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="1")
                root.Names.JavaScript = pikepdf.Dictionary(Names=pikepdf.Array())
            case "untagged":
                root.MarkInfo.Marked = False
            case _:
                del root[change]
        out = io.BytesIO()
        document.save(out, fix_metadata_version=False)
    return out.getvalue()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("/Metadata", "no metadata"),
        ("/OutputIntents", "no output intent with its colour profile"),
        ("untagged", "it is not marked as tagged"),
        ("/StructTreeRoot", "no structure tree"),
        ("/Lang", "its language is not fr-FR"),
        ("/AF", "factur-x.xml is not among its associated files"),
        ("relationship", "the attachment is not declared as an alternative"),
        ("subtype", "the attachment is not declared as XML"),
        ("date", "the attachment has no date"),
        ("script", "it has JavaScript"),
        ("script", "it has /OpenAction"),
    ],
)
def test_a_missing_mark_is_named(change: str, said: str) -> None:
    assert said in missing_marks(altered(change))


def test_compressed_metadata_are_seen_though_pikepdf_writes_none() -> None:
    with pikepdf.open(io.BytesIO(invoice_pdf(INVOICE))) as document:
        packed = zlib.compress(document.Root.Metadata.read_bytes())
        document.Root.Metadata = document.make_stream(packed, Filter=pikepdf.Name.FlateDecode)
        assert tuple(facturx_checks._missing(document)) == ("its metadata are compressed",)


def test_a_font_that_is_not_embedded_is_named() -> None:
    assert any(re.fullmatch(r"the font /\S+ is not embedded", one) for one in missing_marks(altered("font")))


def test_an_encrypted_file_and_one_that_is_no_pdf_are_said_to_be_so() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(invoice_pdf(INVOICE))) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="x", user=""))
    assert "it is encrypted" in missing_marks(out.getvalue())
    assert missing_marks(b"nothing")[0].startswith("not a PDF")


def test_a_pdf_without_attachment_has_none() -> None:
    out = io.BytesIO()
    pikepdf.new().save(out)
    assert attached_xml(out.getvalue()) is None
    assert "no metadata" in missing_marks(out.getvalue())
