"""The text of received documents: in lines as seen, by OCR where there is none, and a French answer for what cannot be read."""

import io
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from portal.documents import ocr
from portal.documents.page_text import MAX_BYTES, Unreadable, texts_of
from tests.documents.extracts.cases import CASES
from tests.documents.extracts.layouts import columns_apart, two_pages
from tests.documents.extracts.sheet import Sheet, pdf_of
from tests.documents.scans import as_pdf, printed, scanned
from tests.tesseract import ensure_installed

CASE = CASES[0]
EXTRACT = two_pages(CASE.company, CASE.dated)


def saved(content: bytes, folder: Path, name: str = "extrait.pdf") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def blank_pages(count: int, encryption: pikepdf.Encryption | None = None) -> bytes:
    pdf = pikepdf.new()
    for _ in range(count):
        pdf.add_blank_page()
    out = io.BytesIO()
    pdf.save(out, encryption=encryption)
    return out.getvalue()


def test_words_stand_on_the_line_where_they_are_seen(tmp_path: Path) -> None:
    [page] = texts_of(saved(columns_apart(CASE.company, CASE.dated), tmp_path))
    assert not page.by_ocr
    lines = [" ".join(line.split()) for line in page.text.splitlines()]
    assert f"Dénomination ou raison sociale {CASE.company.name}" in lines
    assert f"EUID {CASE.company.euid}" in lines


def test_pages_without_text_are_read_off_their_image_and_the_others_are_not(tmp_path: Path) -> None:
    ensure_installed()
    image = pikepdf.open(io.BytesIO(as_pdf(printed(EXTRACT, 150)[:1], 150)))
    mixed = pikepdf.open(io.BytesIO(EXTRACT))
    del mixed.pages[0]
    mixed.pages.insert(0, image.pages[0])
    out = io.BytesIO()
    mixed.save(out)
    first, second = texts_of(saved(out.getvalue(), tmp_path))
    assert (first.by_ocr, second.by_ocr) == (True, False)
    assert "IDENTIFICATION DE LA PERSONNE MORALE" in first.text


def test_a_stamp_on_a_scan_is_not_taken_for_its_text(tmp_path: Path) -> None:
    ensure_installed()
    scan = pikepdf.open(io.BytesIO(as_pdf(printed(EXTRACT, 150)[:1], 150)))
    stamp = Sheet()
    stamp.write(20, 290, "Reçu le 3 mars")
    with pikepdf.open(io.BytesIO(pdf_of(stamp))) as stamped:
        scan.pages[0].add_overlay(stamped.pages[0], None)
    out = io.BytesIO()
    scan.save(out)
    [page] = texts_of(saved(out.getvalue(), tmp_path))
    assert page.by_ocr
    assert "IDENTIFICATION" in page.text


def test_the_grain_of_a_nearly_empty_page_is_not_taken_for_ink(tmp_path: Path) -> None:
    ensure_installed()
    sheet = Sheet()
    sheet.write(20, 20, "Extrait Kbis à jour au 3 mars 2026")
    [page] = printed(pdf_of(sheet), 150)
    grained = scanned(page, noise=25, quality=60)
    assert "à jour au 3 mars 2026" in ocr.read_page(grained, 80).text


def test_only_the_first_pages_are_read_by_ocr(tmp_path: Path) -> None:
    ensure_installed()
    pages = texts_of(saved(as_pdf(printed(EXTRACT, 100), 100), tmp_path), ocr_pages=1)
    assert [page.by_ocr for page in pages] == [True, False]
    assert pages[1].text == ""


class TestWithoutTesseract:
    @pytest.fixture(autouse=True)
    def nowhere(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))

    def test_it_is_said_to_be_missing(self) -> None:
        assert not ocr.is_installed()
        with pytest.raises(ocr.OcrMissing, match="à saisir à la main"):
            ocr.read_page(Image.new("L", (100, 100), 255), 5)

    def test_a_text_is_read_all_the_same_and_a_scan_is_not(self, tmp_path: Path) -> None:
        assert len(texts_of(saved(EXTRACT, tmp_path))) == 2
        with pytest.raises(ocr.OcrMissing):
            texts_of(saved(as_pdf(printed(EXTRACT, 100), 100), tmp_path))

    def test_a_text_with_a_scanned_annex_keeps_its_text(self, tmp_path: Path) -> None:
        both = pikepdf.open(io.BytesIO(EXTRACT))
        both.pages.extend(pikepdf.open(io.BytesIO(as_pdf(printed(EXTRACT, 75), 75))).pages)
        out = io.BytesIO()
        both.save(out)
        pages = texts_of(saved(out.getvalue(), tmp_path))
        assert [bool(page.text) for page in pages] == [True, True, False, False]


class TestATesseractThat:
    @pytest.fixture
    def tesseract(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
        monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
        program = tmp_path / "tesseract"
        program.touch(0o755)
        return program

    def test_does_not_end_is_given_up(self, tesseract: Path) -> None:
        tesseract.write_text("#!/bin/sh\nexec sleep 30\n")
        with pytest.raises(ocr.OcrTooSlow, match="à saisir à la main"):
            ocr.read_page(Image.new("L", (100, 100), 255), 0.2)

    def test_has_no_french_is_as_none(self, tesseract: Path) -> None:
        tesseract.write_text("#!/bin/sh\necho 'Failed loading language' >&2\nexit 1\n")
        assert not ocr.is_installed()
        with pytest.raises(ocr.OcrMissing):
            ocr.read_page(Image.new("L", (100, 100), 255), 80)

    def test_fails_has_read_nothing(self, tesseract: Path) -> None:
        tesseract.write_text("#!/bin/sh\nkill -9 $$\n")
        assert ocr.read_page(Image.new("L", (100, 100), 255), 80).text == ""


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (3, 3)])
def test_an_image_of_nearly_nothing_says_nothing(size: tuple[int, int]) -> None:
    ensure_installed()
    assert ocr.read_page(Image.new("L", size, 128), 80).text.strip() == ""


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "est vide"),
        (b"PK\x03\x04 a zip or a docx", "ni un PDF, ni une photo"),
        (b"GIF89a", "ni un PDF, ni une photo"),
        (b"%PDF-1.7 and nothing after", "abîmé ou incomplet"),
        (EXTRACT[:300], "abîmé ou incomplet"),
        (b"\xff\xd8\xff\xe0 no image", "abîmé ou incomplet"),
        (b"\x89PNG\r\n\x1a\n no image", "abîmé ou incomplet"),
        (blank_pages(61), "61\u00a0pages"),
        (blank_pages(1, encryption=pikepdf.Encryption(user="secret", owner="secret")), "mot de passe"),
        (EXTRACT + bytes(MAX_BYTES), "15\u00a0Mo"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_said_in_french_with_its_name(
    content: bytes, says: str, tmp_path: Path
) -> None:
    with pytest.raises(Unreadable) as refused:
        texts_of(saved(content, tmp_path))
    assert str(refused.value).startswith("«\u00a0extrait.pdf\u00a0»")
    assert says in str(refused.value)


@pytest.mark.parametrize("side", [8_000, 20_000])
def test_an_image_of_too_many_pixels_is_not_opened(side: int, tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, "PNG")
    with pytest.raises(Unreadable, match="millions de pixels"):
        texts_of(saved(out.getvalue(), tmp_path, "bombe.png"))


def test_a_cut_photo_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    printed(EXTRACT, 75)[0].save(out, "JPEG")
    with pytest.raises(Unreadable, match="abîmé ou incomplet"):
        texts_of(saved(out.getvalue()[:2000], tmp_path, "photo.jpg"))


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="ne peut pas être ouvert"):
        texts_of(tmp_path / "absent.pdf")
    with pytest.raises(Unreadable, match="ne peut pas être ouvert"):
        texts_of(tmp_path)
