"""The contract and the mandate on paper (CGV art. 8, 10.2)."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pypdfium2
import pypdfium2.raw
import pytest

from portal.contract.acts import Piece
from portal.documents.dossier_papers import (
    Amount,
    ContractPaper,
    MandatePaper,
    OptionLine,
    Paper,
    contract_pdf,
    mandate_pdf,
)
from portal.documents.page_codes import CODE_MM, DARK_MM, PageCode, seen_on, verified
from portal.documents.typesetting import printable
from tests.documents.papers import AT, CLIENT, CONTRACT, KEY, MANDATE, NUMBER, SIGNATORY, amount, codes
from tests.documents.scans import printed

_POINT_MM = 25.4 / 72


def the_contract(paper: ContractPaper = CONTRACT) -> Paper:
    return contract_pdf(paper, codes(Piece.CONTRACT), at=AT)


def the_mandate(paper: MandatePaper = MANDATE) -> Paper:
    return mandate_pdf(paper, codes(Piece.MANDATE), at=AT)


def pages(paper: Paper) -> list[str]:
    """Return the text of each page, its spaces and line ends as one space."""
    pdf = pypdfium2.PdfDocument(paper.pdf)
    try:
        return [re.sub(r"\s+", " ", page.get_textpage().get_text_bounded()) for page in pdf]
    finally:
        pdf.close()


def joined(text: str) -> str:
    return re.sub(r"\s+", "", text)


def words(paper: Paper) -> str:
    return " ".join(pages(paper))


# --- the contract --------------------------------------------------------------------------------


def test_the_contract_names_both_parties() -> None:
    text = words(the_contract())
    for fact in (
        "Éditions du Cap",
        "999 000 029",
        "163 avenue des Exemples",
        "FR72ZZZ123456",
        "Ateliers Morvan",
        "Société par actions simplifiée",
        "10 000 €",
        "999 000 011, RCS Brest",
        "FR66999000011",
        "12 rue des Tanneurs",
        "Claire Morvan, présidente",
    ):
        assert fact in text


def test_what_is_not_known_of_the_client_leaves_no_empty_line() -> None:
    text = words(
        the_contract(replace(CONTRACT, client=replace(CLIENT, capital="", rcs_city="", vat_number="")))
    )
    assert "SIREN 999 000 011 Siège" in text
    assert "Capital" not in text
    assert "RCS" not in text
    assert "N° de TVA" not in text


def test_the_contract_gives_the_price_for_a_month_and_a_year_with_and_without_vat() -> None:
    text = words(the_contract())
    assert "PRIX HT TVA 20 % PRIX TTC" in text
    assert "Un utilisateur, un mois 49,00 € 9,80 € 58,80 €" in text
    assert "Abonnement, 7 utilisateurs, un mois 343,00 € 68,60 € 411,60 €" in text
    assert "Abonnement, 7 utilisateurs, un an 4 116,00 € 823,20 € 4 939,20 €" in text
    assert "Stockage supplémentaire × 2, chaque mois 30,00 € 6,00 € 36,00 €" in text
    assert "Service démarrage, une fois 490,00 € 98,00 € 588,00 €" in text


def test_the_paper_reckons_nothing_amounts_are_printed_as_they_come() -> None:
    odd = Amount(excl_vat_cents=1, vat_cents=2, incl_vat_cents=4)
    assert "un an 0,01 € 0,02 € 0,04 €" in words(the_contract(replace(CONTRACT, year=odd)))


@pytest.mark.parametrize(("hundredths", "shown"), [(2000, "TVA 20 %"), (850, "TVA 8,5 %"), (0, "TVA 0 %")])
def test_the_vat_rate_is_that_of_the_clients_place(hundredths: int, shown: str) -> None:
    assert shown in words(the_contract(replace(CONTRACT, vat_hundredths=hundredths)))


def test_the_contract_says_its_users_its_term_and_its_notice() -> None:
    text = words(the_contract())
    assert "pour 7 utilisateurs nommés" in text
    assert "le minimum de 5 utilisateurs" in text
    assert "un an à partir de son entrée en vigueur" in text
    assert "Préavis : un mois" in text


def test_the_contract_says_which_conditions_of_entry_into_force_are_still_to_come() -> None:
    text = words(the_contract())
    assert "Contrat signé, reçu et accepté à venir" in text
    assert "Extrait K-bis de moins de trois mois, reçu et accepté remplie" in text
    assert "411,60 € TTC (343,00 € HT). Il est prélevé à l’échéance" in text


def test_the_contract_names_the_exact_terms_accepted() -> None:
    text = words(the_contract())
    assert "Conditions générales de vente, version 2026-01" in text
    assert CONTRACT.terms.sha256 in joined(text)
    assert "1er février 2026" in text


# --- the mandate ---------------------------------------------------------------------------------


def test_the_mandate_holds_the_fields_of_the_rulebook_on_one_page() -> None:
    (text,) = pages(the_mandate())
    for field in (
        "Mandat de prélèvement SEPA",
        "CT-2026-0042-M1",
        "SEPA Core",
        "récurrent",
        "vous autorisez (A) Éditions du Cap à envoyer des instructions à votre banque",
        "(B) votre banque à débiter votre compte",
        "8 semaines",
        "FR72ZZZ123456",
        "163 avenue des Exemples",
        "Ateliers Morvan",
        "12 rue des Tanneurs",
        "Ateliers Morvan SAS",
        "FR32 9999 9000 0101 2345 6789 A09",
        "EXEMFR2LXXX",
        "Banque des Exemples",
        "Claire Morvan, présidente",
    ):
        assert field in text


def test_the_mandate_repeats_the_days_of_pre_notification_that_were_agreed() -> None:
    text = words(the_mandate())
    assert (
        "au moins 5 jours ouvrés avant le premier, 2 jours ouvrés avant les suivants (article 10.3)" in text
    )
    assert "notification préalable" in text
    assert "36 mois" in text


def test_a_mandate_without_a_bic_says_that_the_iban_is_enough() -> None:
    text = words(the_mandate(replace(MANDATE, bic="", bank_name="")))
    assert "l’IBAN suffit" in text
    assert "Banque " not in text


# --- both ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", [the_contract(), the_mandate()], ids=["contract", "mandate"])
def test_one_signs_by_hand_or_with_a_tool(paper: Paper) -> None:
    last = pages(paper)[-1]
    assert "À signer à la main" in last
    assert "signature électronique" in last
    assert "FAIT à le" in last.replace("FAIT À", "FAIT à")


@pytest.mark.parametrize(
    ("paper", "piece"),
    [(the_contract(), Piece.CONTRACT), (the_mandate(), Piece.MANDATE)],
    ids=["contract", "mandate"],
)
def test_every_page_bears_its_own_code_readable_by_machine_and_by_eye(paper: Paper, piece: Piece) -> None:
    texts = pages(paper)
    assert len(texts) == paper.pages
    for number, (image, text) in enumerate(zip(printed(paper.pdf, 100), texts, strict=True), 1):
        (seen,) = seen_on(image)
        assert verified(seen.text, KEY) == PageCode(NUMBER, piece, 1, number, paper.pages)
        assert seen.text in text
        assert f"page {number} sur {paper.pages} · établi le 3 mars 2026" in text
        assert NUMBER in text


def test_the_codes_asked_for_must_be_as_many_as_the_pages() -> None:
    with pytest.raises(ValueError, match="1 codes for 2 pages"):
        contract_pdf(CONTRACT, lambda _: codes(Piece.CONTRACT)(1), at=AT)


@pytest.mark.parametrize(
    "paper",
    [
        the_contract(),
        the_mandate(),
        the_mandate(replace(MANDATE, client=replace(CLIENT, address=("12 rue des Tanneurs",) * 30))),
    ],
    ids=["contract", "mandate", "long mandate"],
)
def test_nothing_is_printed_where_one_signs_nor_in_the_white_around_the_code(paper: Paper) -> None:
    box, dpi = paper.signature, 150
    assert box.page == paper.pages
    for number, page in enumerate(printed(paper.pdf, dpi), 1):
        (seen,) = seen_on(page)
        left, top = seen.corners[0]
        white = (CODE_MM - DARK_MM) / 2
        frame = page.crop(_pixels(left, top, -white, -white, CODE_MM, CODE_MM, dpi))
        frame.paste(255, _pixels(0, 0, white - 0.3, white - 0.3, DARK_MM + 0.6, DARK_MM + 0.6, dpi))
        assert frame.getextrema() == (255, 255)
        if number == box.page:
            inside = page.crop(_pixels(left, top, box.left_mm, box.top_mm, box.width_mm, box.height_mm, dpi))
            assert inside.getextrema() == (255, 255)


def _pixels(
    left: float, top: float, x: float, y: float, width: float, height: float, dpi: int
) -> tuple[int, int, int, int]:
    pixel = dpi / 25.4
    return (
        round(left + x * pixel),
        round(top + y * pixel),
        round(left + (x + width) * pixel),
        round(top + (y + height) * pixel),
    )


def test_the_same_arguments_give_the_same_bytes() -> None:
    first = the_contract(), the_mandate()
    the_contract(replace(CONTRACT, users=9))
    assert (the_contract(), the_mandate()) == first


def test_several_threads_may_ask_at_once() -> None:
    papers = [replace(CONTRACT, options=CONTRACT.options * number) for number in range(1, 9)]
    alone = [the_contract(paper) for paper in papers]
    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(the_contract, papers)) == alone


@pytest.mark.parametrize("paper", [the_contract(), the_mandate()], ids=["contract", "mandate"])
def test_the_document_is_tagged_dated_and_declares_pdf_ua(paper: Paper) -> None:
    assert b"<pdfuaid:part>1</pdfuaid:part>" in paper.pdf
    assert b"/Lang(fr-FR)" in paper.pdf
    pdf = pypdfium2.PdfDocument(paper.pdf)
    try:
        assert pypdfium2.raw.FPDFCatalog_IsTagged(pdf)
        metadata = pdf.get_metadata_dict()
    finally:
        pdf.close()
    assert NUMBER in metadata["Title"]
    assert metadata["CreationDate"] == "D:20260303170412Z"


# --- long and hostile text -----------------------------------------------------------------------

HOSTILE = [
    '#read("/etc/passwd") #eval("1+1")',
    '"]) #panic("x") //',
    "*gras* _penché_ $x^2$ @renvoi <étiquette> = Titre",
    "Ateliers 😀 de l’Été",
    "lap\u202ednib שלום مرحبا",
    "a\x00b\nc",
    "A" * 400,
    "W" * 300,
    "Société des établissements réunis " * 12,
]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_a_name_or_an_address_is_it_stays_text_on_the_page(name: str) -> None:
    client = replace(
        CLIENT,
        legal_name=name,
        legal_form=name,
        address=(name[:200], "29200 Brest"),
        capital=name,
        rcs_city=name,
    )
    signatory = replace(SIGNATORY, name=name[:200], capacity=name[:100])
    options = (OptionLine(label=name, quantity=1, every="once", amount=amount(100)),)
    contract = the_contract(replace(CONTRACT, client=client, signatory=signatory, options=options))
    mandate = the_mandate(replace(MANDATE, client=client, signatory=signatory, holder=name, bank_name=name))
    for paper, piece in ((contract, Piece.CONTRACT), (mandate, Piece.MANDATE)):
        shown = joined(printable(name).replace("\n", ""))
        assert shown in joined(words(paper))
        assert _furthest_right_mm(paper) <= 210 - 20
        assert paper.signature == replace(
            contract.signature, page=paper.pages, height_mm=paper.signature.height_mm
        )
        for number, image in enumerate(printed(paper.pdf, 100), 1):
            (seen,) = seen_on(image)
            assert verified(seen.text, KEY) == PageCode(NUMBER, piece, 1, number, paper.pages)


def test_a_town_with_a_hyphen_breaks_at_it_or_not_at_all() -> None:
    town = "Charleville-Mézières"
    client = replace(CLIENT, rcs_city=town, address=("40 rue de l’Industrie", f"08000 {town}"))
    for paper in (
        the_contract(replace(CONTRACT, client=client)),
        the_mandate(replace(MANDATE, client=client)),
    ):
        shown = words(paper)
        # The reader writes a hyphen at a line's end as U+0002.
        whole = re.findall(r"Charleville[-\x02]Mézières", shown)
        assert len(whole) == shown.count("Charleville")
        assert whole


def _furthest_right_mm(paper: Paper) -> float:
    pdf = pypdfium2.PdfDocument(paper.pdf)
    try:
        texts = [page.get_textpage() for page in pdf]
        furthest = max(text.get_charbox(index)[2] for text in texts for index in range(text.count_chars()))
        return _POINT_MM * float(furthest)
    finally:
        pdf.close()
