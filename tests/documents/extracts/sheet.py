"""A sheet of A4 that words are put on, at millimetres from its top left, as a PDF with real text."""

import io
from dataclasses import dataclass, field

import pikepdf

_POINTS = 72 / 25.4
_WIDTH_MM, _HEIGHT_MM = 210, 297

SANS, BOLD, SERIF, SERIF_BOLD, TYPEWRITER = (
    "Helvetica",
    "Helvetica-Bold",
    "Times-Roman",
    "Times-Bold",
    "Courier",
)
_FONTS = (SANS, BOLD, SERIF, SERIF_BOLD, TYPEWRITER)


@dataclass
class Sheet:
    """What is written is kept in the order of writing: that is the order in which a PDF gives its text."""

    font: str = SANS
    size: float = 9.5
    _drawn: list[bytes] = field(default_factory=list)

    def write(
        self, left_mm: float, top_mm: float, text: str, *, font: str | None = None, size: float | None = None
    ) -> None:
        number = _FONTS.index(font or self.font)
        left, base = left_mm * _POINTS, (_HEIGHT_MM - top_mm) * _POINTS
        shown = text.encode("cp1252").hex()
        self._drawn.append(
            f"BT /F{number} {size or self.size} Tf {left:.2f} {base:.2f} Td <{shown}> Tj ET".encode()
        )

    def rule(self, top_mm: float, left_mm: float = 15, right_mm: float = 195) -> None:
        height = (_HEIGHT_MM - top_mm) * _POINTS
        self._drawn.append(
            f"0.6 w {left_mm * _POINTS:.2f} {height:.2f} m {right_mm * _POINTS:.2f} {height:.2f} l S".encode()
        )

    @property
    def content(self) -> bytes:
        return b"\n".join(self._drawn)


def pdf_of(*sheets: Sheet) -> bytes:
    """Return the sheets as one PDF, in the fonts that every reader has of its own."""
    pdf = pikepdf.new()
    fonts = pikepdf.Dictionary(
        {
            f"/F{number}": pdf.make_indirect(
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Font,
                    Subtype=pikepdf.Name.Type1,
                    BaseFont=pikepdf.Name(f"/{name}"),
                    Encoding=pikepdf.Name.WinAnsiEncoding,
                )
            )
            for number, name in enumerate(_FONTS)
        }
    )
    for sheet in sheets:
        page = pdf.add_blank_page(page_size=(_WIDTH_MM * _POINTS, _HEIGHT_MM * _POINTS))
        page.obj.Resources = pikepdf.Dictionary(Font=fonts)
        page.obj.Contents = pdf.make_stream(sheet.content)
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()
