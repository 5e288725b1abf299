"""Small files that become large, deep or endless once they are opened."""

import zlib
from collections.abc import Callable, Iterator
from functools import partial

from tests.documents.hostile.papers import one_page, pdf, photo, png, raw_pdf, stream, zeros

Make = Callable[[], bytes]
_FLATE = b"/Filter /FlateDecode"


def files() -> Iterator[tuple[str, Make]]:
    for megabytes in (50, 200, 400):
        yield f"bomb-contents-{megabytes}.pdf", lambda size=megabytes: one_page(stream(zeros(size), _FLATE))  # type: ignore[misc]
        yield f"bomb-font-{megabytes}.pdf", lambda size=megabytes: _font(size)  # type: ignore[misc]
        yield f"bomb-objects-{megabytes}.pdf", lambda size=megabytes: _object_stream(size)  # type: ignore[misc]
    yield "bomb-twice-deflated.pdf", _twice
    yield "bomb-operators.pdf", lambda: one_page(stream(b"0 0 595 842 re f " * 500_000))
    yield "bomb-saves.pdf", lambda: one_page(stream(b"q " * 3_000_000))
    yield (
        "bomb-paths.pdf",
        lambda: one_page(stream(b"0 0 m " + b"595 842 l 0 842 l 595 0 l " * 300_000 + b"B*")),
    )
    yield "bomb-words.pdf", _words
    yield "bomb-dictionary.pdf", lambda: one_page(stream(b""), b"<< " + b"/A << " * 20_000 + b">> " * 20_001)
    yield "bomb-array.pdf", lambda: one_page(stream(b""), b"[" * 100_000 + b"]" * 100_000)
    yield "bomb-many-objects.pdf", lambda: raw_pdf((*_PAGE, *[b"<< /A 1 >>"] * 250_000))
    yield "image-huge.pdf", lambda: _image(40_000, 40_000)
    yield "image-wide.pdf", lambda: _image(2_000_000_000, 1)
    yield "image-negative.pdf", lambda: _image(-5, 10)
    for depth in (100, 5_000, 60_000):
        yield f"tree-deep-{depth}.pdf", lambda depth=depth: _deep_tree(depth)  # type: ignore[misc]
    yield (
        "tree-its-own-child.pdf",
        lambda: raw_pdf((_PAGE[0], b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>", _PAGE[2])),
    )
    yield "tree-page-60-times.pdf", lambda: raw_pdf((_PAGE[0], _kids(60), _PAGE[2]))
    yield "tree-page-5000-times.pdf", lambda: raw_pdf((_PAGE[0], _kids(5_000), _PAGE[2]))
    yield (
        "tree-says-a-billion.pdf",
        lambda: raw_pdf((_PAGE[0], b"<< /Type /Pages /Kids [3 0 R] /Count 1000000000 >>", _PAGE[2])),
    )
    yield (
        "tree-says-minus-one.pdf",
        lambda: raw_pdf((_PAGE[0], b"<< /Type /Pages /Kids [3 0 R] /Count -1 >>", _PAGE[2])),
    )
    yield "tree-no-pages.pdf", lambda: raw_pdf((_PAGE[0], b"<< /Type /Pages /Kids [] /Count 0 >>"))
    yield "tree-no-root.pdf", lambda: raw_pdf((b"<< >>",), root=9)
    for name, box in _BOXES.items():
        yield f"box-{name}.pdf", partial(_boxed, box)
    yield "unit-huge.pdf", lambda: one_page(stream(b""), page=b"/UserUnit 1000000")
    yield "form-in-itself.pdf", lambda: _forms(((b"/F1 Do", 5),))
    yield "forms-in-each-other.pdf", lambda: _forms(((b"/F2 Do", 6), (b"/F1 Do", 5)))
    yield "forms-billion-laughs.pdf", _laughs
    yield "pattern-in-itself.pdf", _pattern
    yield "stream-length-of-itself.pdf", lambda: one_page(b"<< /Length 4 0 R >>\nstream\nq Q\nendstream")
    yield "stream-length-huge.pdf", lambda: one_page(b"<< /Length 99999999999 >>\nstream\nq Q\nendstream")
    yield (
        "stream-filters-1000.pdf",
        lambda: one_page(stream(b"00" * 1000, b"/Filter [" + b"/ASCIIHexDecode " * 1000 + b"]")),
    )
    yield "xref-to-itself.pdf", lambda: pdf().replace(b"startxref\n", b"startxref\n0")
    yield "pages-60.pdf", lambda: pdf(60)
    yield "pages-61.pdf", lambda: pdf(61)
    yield "pages-3000.pdf", lambda: pdf(3000)
    yield "pixels-400.png", lambda: png(20_000, 20_000, data=zeros(400))
    yield "pixels-60.png", lambda: png(10_000, 6_000, data=zeros(60))
    yield "pixels-50-colours.png", lambda: png(7_000, 7_000, depth=8, colour=6, data=zeros(197))
    yield "pixels-50-16-bits.png", lambda: png(7_000, 7_000, depth=16, colour=6, data=zeros(393))
    yield "pixels-says-a-lot.png", lambda: png(2**31 - 1, 2**31 - 1)
    yield "pixels-none.png", lambda: png(0, 10)
    yield "pixels-without-data.png", lambda: png(100, 100)
    yield "pixels-says-a-lot.jpg", lambda: photo().replace(b"\x03\x20\x02\x58", b"\xff\xff\xff\xff", 1)
    yield "pixels-50.jpg", lambda: photo(size=(7_000, 7_000))
    yield "pixels-50-progressive.jpg", lambda: photo(size=(7_000, 7_000), progressive=True)
    yield "line.png", lambda: photo("PNG", (30_000, 1))
    yield "dot.png", lambda: photo("PNG", (1, 1))


_PAGE = (
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>",
)
_BOXES = {
    "huge": b"[0 0 99999999 99999999]",
    "infinite": b"[0 0 1e308 1e308]",
    "wide": b"[0 0 14400000 1]",
    "empty": b"[0 0 0 0]",
    "upside-down": b"[595 842 0 0]",
    "negative": b"[-99999 -99999 -99000 -99000]",
    "words": b"[/a /b /c /d]",
    "short": b"[0 0]",
}


def _kids(times: int) -> bytes:
    return b"<< /Type /Pages /Kids [%b] /Count %d >>" % (b"3 0 R " * times, times)


def _deep_tree(depth: int) -> bytes:
    middle = [
        b"<< /Type /Pages /Parent %d 0 R /Kids [%d 0 R] /Count 1 >>" % (number - 1, number + 1)
        for number in range(2, depth + 2)
    ]
    leaf = b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Resources << >> >>" % (depth + 1)
    return raw_pdf((_PAGE[0], *middle, leaf))


def _font(megabytes: int) -> bytes:
    return one_page(
        stream(b"BT /F1 20 Tf 40 700 Td (Bonjour) Tj ET"),
        b"<< /Type /Font /Subtype /TrueType /BaseFont /Bomb /FirstChar 32 /LastChar 33 /Widths [500 500] /FontDescriptor 6 0 R >>",
        b"<< /Type /FontDescriptor /FontName /Bomb /Flags 32 /FontBBox [0 0 9 9] /ItalicAngle 0 /Ascent 9 /Descent 0 "
        b"/CapHeight 9 /StemV 9 /FontFile2 7 0 R >>",
        stream(zeros(megabytes), _FLATE),
        resources=b"<< /Font << /F1 5 0 R >> >>",
    )


def _object_stream(megabytes: int) -> bytes:
    """A cross-reference stream whose one object stream is a bomb."""
    head = b"%PDF-1.7\n"
    body = b"1 0 obj\n%b\nendobj\n" % stream(zeros(megabytes), b"/Type /ObjStm /N 1 /First 5 " + _FLATE)
    rows = b"".join(
        kind.to_bytes(1, "big") + place.to_bytes(4, "big") + b"\0"
        for kind, place in ((0, 0), (1, len(head)), (2, 1), (1, len(head) + len(body)))
    )
    xref = stream(rows, b"/Type /XRef /Size 4 /W [1 4 1] /Root 2 0 R")
    return head + body + b"3 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (xref, len(head) + len(body))


def _twice() -> bytes:
    return one_page(stream(zlib.compress(zeros(400), 9), b"/Filter [/FlateDecode /FlateDecode]"))


def _words() -> bytes:
    shown = b"".join(b"1 0 0 1 %d %d Tm (x) Tj " % (place % 590, place % 840) for place in range(200_000))
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    return one_page(stream(b"BT /F1 5 Tf " + shown + b"ET"), font, resources=b"<< /Font << /F1 5 0 R >> >>")


def _image(width: int, height: int) -> bytes:
    said = (
        b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 "
        % (width, height)
    )
    return one_page(
        stream(b"500 0 0 500 0 0 cm /I1 Do"),
        stream(zeros(200), said + _FLATE),
        resources=b"<< /XObject << /I1 5 0 R >> >>",
    )


def _form(drawn: bytes, resources: bytes) -> bytes:
    return stream(drawn, b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources " + resources)


def _forms(drawn: tuple[tuple[bytes, int], ...]) -> bytes:
    names = b"<< /XObject << %b >> >>" % b" ".join(
        b"/F%d %d 0 R" % (place, number) for place, (_, number) in enumerate(drawn, 1)
    )
    return one_page(stream(b"/F1 Do"), *(_form(what, names) for what, _ in drawn), resources=names)


def _boxed(box: bytes) -> bytes:
    return one_page(stream(b"0 0 9 9 re f"), page=b"/CropBox %b" % box).replace(b"[0 0 595 842]", box)


def _laughs() -> bytes:
    """Twelve forms, each of which draws the next ten times."""
    forms = [
        _form(b"/N Do " * 10, b"<< /XObject << /N %d 0 R >> >>" % (number + 1)) for number in range(5, 17)
    ]
    last = _form(b"0 0 500 500 re f", b"<< >>")
    return one_page(stream(b"/N Do"), *forms, last, resources=b"<< /XObject << /N 5 0 R >> >>")


def _pattern() -> bytes:
    names = b"<< /Pattern << /P1 5 0 R >> >>"
    tile = stream(
        b"/Pattern cs /P1 scn 0 0 1 1 re f",
        b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.001 /YStep 0.001 /Resources "
        + names,
    )
    return one_page(stream(b"/Pattern cs /P1 scn 0 0 595 842 re f"), tile, resources=names)
