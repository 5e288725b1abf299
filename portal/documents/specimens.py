"""Pieces for the demonstration: our papers with a signature drawn on them, and invented extracts that say so."""

import io
import math
import threading
from dataclasses import dataclass
from datetime import date, datetime

import pikepdf
import pypdfium2

from portal.contract.company import in_groups
from portal.contract.french import NBSP, long_date
from portal.documents.page_codes import seen_on
from portal.documents.signature_box import SignatureBox
from portal.documents.typesetting import Template

_KBIS = Template("kbis_specimen")
_DPI = 150
_INCH_MM = 25.4
_STROKES = 60
# PDFium is not made for two threads at once: it ends the process.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Incorporated:
    """A company as an extract names it; `director` is « MARCHAND Élodie »."""

    siren: str
    name: str
    legal_form: str
    capital: str
    address: str
    greffe: str
    capacity: str
    director: str


def signed_specimen(pdf: bytes, box: SignatureBox) -> bytes:
    """Return one of our papers with a signature drawn in `box`, as a tablet would."""
    with pikepdf.Pdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[box.page - 1]
        left, top = _code_at(pdf, box.page - 1)
        height = float(page.mediabox[3])
        points = [
            (
                (left + box.left_mm + box.width_mm * (0.2 + 0.5 * step / _STROKES)) * 72 / _INCH_MM,
                height
                - (top + box.top_mm + box.height_mm * (0.5 + 0.28 * math.sin(step / 3))) * 72 / _INCH_MM,
            )
            for step in range(_STROKES + 1)
        ]
        drawn = " ".join(f"{x:.1f} {y:.1f} {'l' if nth else 'm'}" for nth, (x, y) in enumerate(points))
        page.contents_add(f"q 1.6 w 0.1 0.1 0.4 RG {drawn} S Q".encode())
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def kbis_specimen(company: Incorporated, dated: date, *, at: datetime) -> bytes:
    """Return an extract of an invented company, up to date on `dated`."""
    return _KBIS.pdf(
        {
            "number": in_groups(company.siren).replace(NBSP, " "),
            "name": company.name,
            "form": company.legal_form,
            "capital": company.capital,
            "address": company.address,
            "greffe": company.greffe,
            "capacity": company.capacity,
            "director": company.director,
            "dated": long_date(dated).replace(NBSP, " "),
        },
        at=at,
    )


def _code_at(pdf: bytes, page: int) -> tuple[float, float]:
    """Return where the code of a page is, in millimetres from the page's upper left corner."""
    with _ONE_AT_A_TIME, pypdfium2.PdfDocument(pdf) as document:
        image = document[page].render(scale=_DPI / 72).to_pil()
    (code, *_) = seen_on(image)
    left, top = code.corners[0]
    return left / _DPI * _INCH_MM, top / _DPI * _INCH_MM
