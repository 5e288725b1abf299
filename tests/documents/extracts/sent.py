"""An extract as people send it: the PDF itself, a scan, askew, on its side, upside down, a photo."""

import io
from collections.abc import Callable, Mapping
from functools import partial

import pikepdf

from tests.documents.scans import as_pdf, photographed, printed, scanned

_PHOTO_DPI = 200


def _scan(pdf: bytes, *, dpi: int, tilt: float = 0, turn: int = 0) -> bytes:
    pages = [
        scanned(page, tilt=tilt, turn=turn, noise=12, quality=60, seed=seed)
        for seed, page in enumerate(printed(pdf, dpi))
    ]
    return as_pdf(pages, dpi)


def _photo(pdf: bytes) -> bytes:
    pages = [photographed(page, seed=seed) for seed, page in enumerate(printed(pdf, _PHOTO_DPI))]
    return as_pdf(pages, _PHOTO_DPI)


def with_words_of(said: bytes, scan: bytes) -> bytes:
    """Return a scan as a scanner that reads makes it: what it understood, those of `said`, unseen over its images."""
    with pikepdf.open(io.BytesIO(scan)) as pdf, pikepdf.open(io.BytesIO(said)) as words:
        for page, understood in zip(pdf.pages, words.pages, strict=True):
            page.Resources.Font = pdf.copy_foreign(words.make_indirect(understood.Resources.Font))
            shown = [
                line for line in understood.Contents.read_bytes().splitlines() if line.startswith(b"BT ")
            ]
            page.contents_add(b"\n".join([b"q 3 Tr", *shown, b"Q"]))
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def scanned_at_200(pdf: bytes) -> bytes:
    return _scan(pdf, dpi=200)


WAYS: Mapping[str, Callable[[bytes], bytes]] = {
    "text": lambda pdf: pdf,
    "scan at 150": partial(_scan, dpi=150),
    "scan at 300": partial(_scan, dpi=300),
    "tilted to the left": partial(_scan, dpi=200, tilt=2),
    "tilted to the right": partial(_scan, dpi=150, tilt=-2),
    "on its side": partial(_scan, dpi=200, turn=90),
    "on its other side": partial(_scan, dpi=150, turn=270),
    "upside down": partial(_scan, dpi=150, turn=180),
    "photo": _photo,
    "scan with its words": lambda pdf: with_words_of(pdf, scanned_at_200(pdf)),
}
