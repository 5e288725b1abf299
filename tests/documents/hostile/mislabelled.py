"""Files that are not what their name says, or not what we take."""

import io
import zipfile
from collections.abc import Callable, Iterator
from functools import partial

from PIL import Image

from tests.documents.hostile.papers import pdf, photo, zeros

Make = Callable[[], bytes]


def eicar() -> bytes:
    """The test virus, put together here: whoever checks this out has an antivirus too."""
    return b"".join((b"X5O!P%@AP[4\\PZX54(P^)7CC)7}", b"$EICAR-STANDARD-", b"ANTIVIRUS-TEST-FILE!$H+H*"))


def word() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    return out.getvalue()


def image(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(out, kind)
    return out.getvalue()


def files() -> Iterator[tuple[str, Make]]:
    yield "empty.pdf", lambda: b""
    yield "one-byte.pdf", lambda: b"%"
    yield "header-only.pdf", lambda: b"%PDF-1.7\n"
    yield "end-only.pdf", lambda: b"%%EOF"
    yield "header-late.pdf", lambda: b"\n" * 1000 + pdf()
    yield "header-too-late.pdf", lambda: b"\n" * 2000 + pdf()
    yield "spaces.pdf", lambda: b" " * 5000
    yield "zeros.pdf", lambda: bytes(100_000)
    yield "zeros-after-header.pdf", lambda: b"%PDF-1.7\n" + bytes(1_000_000)
    yield "too-big.pdf", lambda: pdf() + b"\n" * 15 * 1024**2
    yield "appended.pdf", lambda: pdf() + b"\n" * (14 * 1024**2)
    yield "two-in-one.pdf", lambda: pdf() + pdf(2)
    yield "eicar.pdf", eicar
    yield "eicar-inside.pdf", lambda: pdf() + b"\n%" + eicar()
    yield "word.docx", word
    yield "word.pdf", word
    yield "old-word.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
    yield "photo.heic", lambda: b"\0\0\0\x18ftypheic" + bytes(100)
    yield "photo-mif1.heic", lambda: b"\0\0\0\x18ftypmif1" + bytes(100)
    yield "film.mp4", lambda: b"\0\0\0\x18ftypmp42" + bytes(100)
    yield "page.html.pdf", lambda: b"<html><script>alert(1)</script>%PDF</html>"
    yield "page-and-pdf.pdf", lambda: b"<script>alert(1)</script>\n" + pdf()
    yield "drawing.svg", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"
    yield "program.pdf", lambda: b"\x7fELF" + bytes(2000)
    yield "windows.pdf", lambda: b"MZ" + bytes(2000)
    yield "text.pdf", lambda: b"Je joins mon K-bis."
    yield "rich.pdf", lambda: b"{\\rtf1 Bonjour}"
    yield "postscript.pdf", lambda: b"%!PS-Adobe-3.0\n(bonjour) show"
    yield "packed.gz", lambda: b"\x1f\x8b\x08\x00" + zeros(1)
    for kind in ("GIF", "TIFF", "WEBP", "BMP"):
        yield f"image-{kind.lower()}.jpg", partial(image, kind)
    yield "jpeg-named.pdf", photo
    yield "pdf-named.jpg", pdf
    yield "jpeg-and-pdf.jpg", lambda: photo() + pdf()
    yield "png-and-zip.png", lambda: photo("PNG") + word()
    yield "three-bytes.jpg", lambda: b"\xff\xd8\xff"
    yield "eight-bytes.png", lambda: b"\x89PNG\r\n\x1a\n"
    yield "cmyk.jpg", lambda: photo(mode="CMYK")
    yield "grey.jpg", lambda: photo(mode="L")
    yield "palette.png", lambda: photo("PNG", mode="P")
    yield "transparent.png", lambda: photo("PNG", mode="RGBA")
    yield "black-and-white.png", lambda: photo("PNG", mode="1")
    yield "sixteen-bits.png", lambda: photo("PNG", mode="I;16")
    yield "bad-exif.jpg", lambda: photo(exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + bytes(50))
