"""The text of a received document, page by page: its own where it has one, read off the image elsewhere.

It opens a stranger's file: outside tests and commands it is run in a process of its own.
"""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pypdfium2
from PIL import Image
from pypdfium2 import raw

from portal.documents import ocr

MAX_BYTES = 15 * 1024**2
MAX_PAGES = 60
MAX_PIXELS = 50_000_000

# An extract says who and when on its first pages; the others are worth reading only where they are text.
_PAGES_READ_BY_OCR = 4
_SECONDS_PER_READING = 80
# Fewer letters than these are a stamp or a page number on a scanned page.
_FEWEST_LETTERS = 60
# Beyond this a page is no page of text, and putting its words into lines would take too long.
_MOST_GROUPS_OF_WORDS = 5_000
# Nor are more pieces of a page looked at, to tell a scan.
_MOST_OBJECTS = 5_000
_MOST_OF_A_PAGE = 0.6
_DPI = 200
_POINTS_PER_INCH = 72
_LONGEST_SIDE = 3000
_WRONG_PASSWORD = 4  # FPDF_ERR_PASSWORD


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of one page, in lines from top to bottom; empty where nothing could be read.

    `by_ocr`: a machine read it off an image, ours or the scanner's own.
    """

    text: str
    by_ocr: bool


class Unreadable(Exception):
    """The file cannot be read; the text says which, why and what to do, in French."""


def texts_of(
    path: Path, *, ocr_pages: int = _PAGES_READ_BY_OCR, max_bytes: int = MAX_BYTES
) -> tuple[PageText, ...]:
    """Return the text of each page of a PDF, JPEG or PNG; the first `ocr_pages` without text by OCR.

    Raises `Unreadable`, and `ocr.OcrMissing` or `ocr.OcrTooSlow` where no page has a text of its own.
    """
    name = f"«\u00a0{path.name}\u00a0»"
    try:
        beginning = _beginning(path, max_bytes)
    except OSError as error:
        raise Unreadable(f"{name} ne peut pas être ouvert : vérifiez son nom et vos droits.") from error
    if b"%PDF-" in beginning:
        return _of_pdf(path, name, ocr_pages)
    if beginning.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return (_of_image(path, name),)
    if not beginning:
        raise Unreadable(f"{name} est vide : envoyez le fichier entier.")
    raise Unreadable(f"{name} n’est ni un PDF, ni une photo JPEG ou PNG : envoyez l’un des trois.")


def _beginning(path: Path, max_bytes: int) -> bytes:
    with path.open("rb") as file:
        beginning = file.read(1024)
    if path.stat().st_size > max_bytes:
        megabytes = max_bytes // 1024**2
        raise Unreadable(f"«\u00a0{path.name}\u00a0» dépasse {megabytes}\u00a0Mo : envoyez-le en plus petit.")
    return beginning


def _of_image(path: Path, name: str) -> PageText:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=("JPEG", "PNG")) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise _too_many_pixels(name)
                image.load()
                return PageText(ocr.read_page(image, _SECONDS_PER_READING).text, by_ocr=True)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _too_many_pixels(name) from error
    except (OSError, SyntaxError, ValueError) as error:  # Pillow's ways to say that an image is broken
        raise Unreadable(
            f"{name} est abîmé ou incomplet : reprenez la photo ou envoyez-la de nouveau."
        ) from error


def _too_many_pixels(name: str) -> Unreadable:
    return Unreadable(f"{name} dépasse 50\u00a0millions de pixels : envoyez une photo plus petite.")


def _of_pdf(path: Path, name: str, ocr_pages: int) -> tuple[PageText, ...]:
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if error.err_code == _WRONG_PASSWORD:
            raise Unreadable(
                f"{name} est protégé par un mot de passe : envoyez-le sans protection."
            ) from error
        raise Unreadable(
            f"{name} est abîmé ou incomplet : enregistrez-le ou numérisez-le de nouveau."
        ) from error
    try:
        if len(document) > MAX_PAGES:
            raise Unreadable(
                f"{name} compte {len(document)}\u00a0pages, plus de {MAX_PAGES} : n’envoyez que l’extrait."
            )
        layers = [_text_layer(document, number) for number in range(len(document))]
        return tuple(_with_ocr(document, layers, ocr_pages))
    except pypdfium2.PdfiumError as error:
        raise Unreadable(f"{name} a une page abîmée : enregistrez-le ou numérisez-le de nouveau.") from error
    finally:
        document.close()


def _with_ocr(
    document: pypdfium2.PdfDocument, layers: Sequence[PageText], ocr_pages: int
) -> Iterator[PageText]:
    has_text = [not layer.by_ocr and sum(map(str.isalpha, layer.text)) >= _FEWEST_LETTERS for layer in layers]
    left = ocr_pages
    for number, layer in enumerate(layers):
        if has_text[number] or not left:
            yield layer
            continue
        left -= 1
        try:
            read = ocr.read_page(_rendered(document, number), _SECONDS_PER_READING).text
        except (ocr.OcrMissing, ocr.OcrTooSlow):
            if not any(has_text):
                raise
            left, read = 0, layer.text
        yield PageText(read, by_ocr=True)


def _rendered(document: pypdfium2.PdfDocument, number: int) -> Image.Image:
    page = document[number]
    width, height = page.get_size()
    scale = min(_DPI / _POINTS_PER_INCH, _LONGEST_SIDE / max(width, height, 1))
    return page.render(scale=scale).to_pil()  # type: ignore[no-any-return]


def _text_layer(document: pypdfium2.PdfDocument, number: int) -> PageText:
    """Return the page's own text; a scanner that reads what it scans lays what it understood over the image."""
    page = document[number]
    text = _in_lines(page)
    return PageText(text, by_ocr=bool(text.strip()) and (_is_an_image(page) or _is_unseen(page)))


def _is_an_image(page: pypdfium2.PdfPage) -> bool:
    width, height = page.get_size()
    covered: float = 0
    for image in islice(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]), _MOST_OBJECTS):
        left, bottom, right, top = image.get_bounds()
        covered += max(0.0, min(right, width) - max(left, 0.0)) * max(
            0.0, min(top, height) - max(bottom, 0.0)
        )
    return bool(covered > _MOST_OF_A_PAGE * width * height)


def _is_unseen(page: pypdfium2.PdfPage) -> bool:
    unseen = [
        raw.FPDFTextObj_GetTextRenderMode(words) == raw.FPDF_TEXTRENDERMODE_INVISIBLE
        for words in islice(page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]), _MOST_OBJECTS)
    ]
    return bool(sum(unseen) * 2 > len(unseen))


def _in_lines(sheet: pypdfium2.PdfPage) -> str:
    """Return the words in lines as they are seen, whatever the order in which they were written."""
    page = sheet.get_textpage()
    try:
        groups = page.count_rects()
        if groups > _MOST_GROUPS_OF_WORDS:
            return str(page.get_text_range())
        boxes = [page.get_rect(group) for group in range(groups)]
        if sum(top - bottom > right - left for left, bottom, right, top in boxes) > groups / 2:
            return str(page.get_text_range())  # it runs up or down the page
        return "\n".join(
            "  ".join(page.get_text_bounded(*box).strip() for box in sorted(line)) for line in _lines(boxes)
        )
    finally:
        page.close()


_Box = tuple[float, float, float, float]


def _lines(boxes: Sequence[_Box]) -> Iterator[list[_Box]]:
    """Put boxes (left, bottom, right, top) together that stand beside each other, from the top down."""
    line: list[_Box] = []
    for box in sorted(boxes, key=lambda box: -(box[1] + box[3])):
        middle = (box[1] + box[3]) / 2
        if line and not line[0][1] <= middle <= line[0][3]:
            yield line
            line = []
        line.append(box)
    if line:
        yield line
