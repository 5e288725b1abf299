"""A paper signed on a tablet: the PDF as printed, with strokes drawn where one signs. No scan, so read at once."""

import io
import math

import pikepdf

from portal.documents.page_codes import seen_on
from portal.documents.signature_box import SignatureBox
from tests.documents.scans import printed

_DPI = 150
_POINTS_PER_MM = 72 / 25.4


def stamped(pdf: bytes, box: SignatureBox, *, leave_out: int | None = None) -> bytes:
    """Return the paper with a hand-drawn signature in `box`; page `leave_out` is lost."""
    (code, *_) = seen_on(printed(pdf, _DPI)[box.page - 1])
    left_mm, top_mm = (value / _DPI * 25.4 for value in code.corners[0])
    with pikepdf.Pdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[box.page - 1]
        height = float(page.mediabox[3])
        points = [
            (
                (left_mm + box.left_mm + box.width_mm * (0.2 + 0.5 * step / 60)) * _POINTS_PER_MM,
                height
                - (top_mm + box.top_mm + box.height_mm * (0.5 + 0.28 * math.sin(step / 3))) * _POINTS_PER_MM,
            )
            for step in range(61)
        ]
        strokes = " ".join(f"{x:.1f} {y:.1f} {'m' if not nth else 'l'}" for nth, (x, y) in enumerate(points))
        page.contents_add(f"q 1.6 w 0.1 0.1 0.4 RG {strokes} S Q".encode())
        if leave_out is not None:
            del document.pages[leave_out - 1]
        out = io.BytesIO()
        document.save(out, deterministic_id=True)
    return out.getvalue()
