"""Pages as images, drawn by pdfium: for reading codes, and small for the screen. Run by `workshop_task`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2
from PIL import Image

_DPI = 200  # page codes and ink need it
_POINTS_PER_INCH = 72
_LONGEST_SIDE = 3000  # pixels; a page may say that it is a mile long
_WIDTH = 1000
_LONGEST_PREVIEW = 2000
_QUALITY = 70


class Sheets:
    """The pages of a PDF, drawn one at a time."""

    def __init__(self, document: pypdfium2.PdfDocument) -> None:
        self._document = document

    def __len__(self) -> int:
        return len(self._document)

    def image(self, number: int) -> Image.Image:
        """Return page `number` (from 0) at 200 dots an inch, annotations and filled fields included."""
        page = self._document[number]
        try:
            width, height = page.get_size()
            scale = min(_DPI / _POINTS_PER_INCH, _LONGEST_SIDE / max(width, height, 1.0))
            drawn: Image.Image = page.render(scale=scale).to_pil()
            return drawn.convert("RGB")
        finally:
            page.close()


@contextmanager
def sheets(pdf: Path) -> Iterator[Sheets]:
    """Open a PDF; raises `pypdfium2.PdfiumError`."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        document.init_forms()
        yield Sheets(document)
    finally:
        document.close()


def save_preview(image: Image.Image, turn: Image.Transpose | None, target: Path) -> None:
    """Write a page about 1000 pixels wide as WebP, turned so that it can be read."""
    small = image.copy() if turn is None else image.transpose(turn)
    small.thumbnail((_WIDTH, _LONGEST_PREVIEW), reducing_gap=2.0)
    small.save(target, "WEBP", quality=_QUALITY, method=1)
