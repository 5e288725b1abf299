"""Small honest papers, to be broken."""

import io
import zlib
from collections.abc import Sequence

import pikepdf
from PIL import Image

WORDS = "Extrait remis au portail par une personne que personne ne soupçonne, avec assez de mots pour être lu"


def pdf(pages: int = 1, words: str = WORDS) -> bytes:
    """A PDF with the words on each page."""
    with pikepdf.new() as made:
        font = made.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type1,
                BaseFont=pikepdf.Name.Helvetica,
                Encoding=pikepdf.Name.WinAnsiEncoding,
            )
        )
        for number in range(1, pages + 1):
            page = made.add_blank_page(page_size=(595, 842))
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
            shown = f"BT /F1 9 Tf 40 760 Td ({words}, page {number}) Tj ET"
            page.Contents = made.make_stream(shown.encode("cp1252"))
        return saved(made)


def saved(made: pikepdf.Pdf, **how: object) -> bytes:
    out = io.BytesIO()
    made.save(out, deterministic_id=not how, **how)  # type: ignore[arg-type]
    return out.getvalue()


def opened(content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(content))


def photo(kind: str = "JPEG", size: tuple[int, int] = (600, 800), mode: str = "RGB", **how: object) -> bytes:
    """A white sheet with a grey block in its upper left corner."""
    sheet = Image.new("RGB", size, "white")
    sheet.paste((90, 90, 90), (0, 0, size[0] // 3, size[1] // 4))
    if mode == "I;16":
        drawn = sheet.convert("L").convert("I").point(lambda level: level * 257).convert(mode)
    else:
        drawn = sheet.convert(mode)
    out = io.BytesIO()
    drawn.save(out, kind, **how)
    return out.getvalue()


def raw_pdf(objects: Sequence[bytes], *, root: int = 1) -> bytes:
    """A PDF of objects as they are written, numbered from 1: what no library would write."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, root, xref)
    return bytes(out)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(data), entries, data)


def one_page(contents: bytes, *more: bytes, resources: bytes = b"<< >>", page: bytes = b"") -> bytes:
    """A PDF of one page; object 4 is its contents, `more` begin with object 5."""
    return raw_pdf((
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %b %b >>" % (resources, page),
        contents,
        *more,
    ))  # fmt: skip


def zeros(megabytes: int) -> bytes:
    """So many megabytes of zero bytes, deflated piece by piece."""
    packer = zlib.compressobj(9)
    piece = bytes(1024**2)
    return b"".join([*(packer.compress(piece) for _ in range(megabytes)), packer.flush()])


def png(width: int, height: int, *, depth: int = 8, colour: int = 0, data: bytes = b"") -> bytes:
    """A PNG that says it is so large, with the image data given (deflated)."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([depth, colour, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
