"""Sheets as people put them together: pages of several papers in one file, two pages on one A3 sheet."""

import io

import pikepdf
from PIL import Image

from tests.documents.scans import as_pdf, printed

_DPI = 150


def pages_of(content: bytes, *numbers: int) -> bytes:
    """Return a PDF of these pages, from 1, in this order; a page may come twice."""
    return _made_of([(content, number) for number in numbers])


def one_file(*contents: bytes) -> bytes:
    """Return a PDF of all the pages of these, one after the other."""
    return _made_of([(content, number) for content in contents for number in range(1, _count(content) + 1)])


def on_one_sheet(content: bytes) -> bytes:
    """Return a scan of all the pages side by side, as a copier makes of an open booklet."""
    pages = printed(content, _DPI)
    sheet = Image.new("L", (sum(page.width for page in pages), pages[0].height), 255)
    for place, page in enumerate(pages):
        sheet.paste(page, (place * page.width, 0))
    return as_pdf([sheet], _DPI)


def photos_of(content: bytes) -> list[bytes]:
    """Return a JPEG of each page."""
    photos: list[bytes] = []
    for page in printed(content, _DPI):
        out = io.BytesIO()
        page.save(out, "JPEG")
        photos.append(out.getvalue())
    return photos


def _made_of(pages: list[tuple[bytes, int]]) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as made:
        for content, number in pages:
            with pikepdf.open(io.BytesIO(content)) as document:
                made.pages.append(document.pages[number - 1])
        made.save(out, deterministic_id=True)
    return out.getvalue()


def _count(content: bytes) -> int:
    with pikepdf.open(io.BytesIO(content)) as document:
        return len(document.pages)
