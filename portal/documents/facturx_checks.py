"""The marks of a Factur-X: what a PDF/A-3a, a PDF/UA-1 and their attachment must have, looked for in the file.

Typst refuses to write what breaks PDF/A or PDF/UA; this looks again once the file has been finished, for
what a reader or a platform rests on.
"""

import io
from collections.abc import Iterator
from typing import Any, Final, cast

import pikepdf

from portal.documents.facturx_marks import FILE_NAME, PROPERTIES

_DECLARED: Final = (
    "<pdfaid:part>3</pdfaid:part>",
    "<pdfaid:conformance>A</pdfaid:conformance>",
    "<pdfuaid:part>1</pdfuaid:part>",
    *(f"<fx:{name}>{value}</fx:{name}>" for name, value, _ in PROPERTIES),
    *(f"<pdfaProperty:name>{name}</pdfaProperty:name>" for name, _, _ in PROPERTIES),
)
_FONT_FILES: Final = ("/FontFile", "/FontFile2", "/FontFile3")
_ACTIVE: Final = ("/OpenAction", "/AA")


def missing_marks(pdf: bytes) -> tuple[str, ...]:
    """Return what the file lacks, or has too much; an empty tuple where it is as it must be."""
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            return tuple(_missing(document))
    except pikepdf.PdfError as error:
        return (f"not a PDF: {error}",)


def attached_xml(pdf: bytes) -> bytes | None:
    """Return the attached `factur-x.xml`; None where there is none."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        if FILE_NAME not in document.attachments:
            return None
        return document.attachments[FILE_NAME].get_file().read_bytes()


def _missing(document: pikepdf.Pdf) -> Iterator[str]:
    root = document.Root
    if document.is_encrypted:
        yield "it is encrypted"
    if "/Metadata" not in root:
        yield "no metadata"
        return
    if "/Filter" in root.Metadata:
        yield "its metadata are compressed"
    metadata = root.Metadata.read_bytes().decode()
    yield from (f"its metadata do not declare {mark}" for mark in _DECLARED if mark not in metadata)
    intents = _items(root.get("/OutputIntents"))
    if not any(one.get("/S") == "/GTS_PDFA1" and "/DestOutputProfile" in one for one in intents):
        yield "no output intent with its colour profile"
    if not _mapping(root.get("/MarkInfo")).get("/Marked"):
        yield "it is not marked as tagged"
    if "/StructTreeRoot" not in root:
        yield "no structure tree"
    if str(root.get("/Lang", "")) != "fr-FR":
        yield "its language is not fr-FR"
    yield from _missing_of_attachment(root)
    for name in _ACTIVE:
        if name in root:
            yield f"it has {name}"
    if "/JavaScript" in _mapping(root.get("/Names")):
        yield "it has JavaScript"
    for name, font in _fonts(document):
        if not any(file in font for file in _FONT_FILES):
            yield f"the font {name} is not embedded"


def _missing_of_attachment(root: pikepdf.Object) -> Iterator[str]:
    files = [one for one in _items(root.get("/AF")) if str(one.get("/UF", one.get("/F", ""))) == FILE_NAME]
    if not files:
        yield f"{FILE_NAME} is not among its associated files"
        return
    file = files[0]
    stream = _mapping(file.get("/EF")).get("/F")
    if file.get("/AFRelationship") != "/Alternative":
        yield "the attachment is not declared as an alternative"
    if stream is None or stream.get("/Subtype") != "/text/xml":
        yield "the attachment is not declared as XML"
    elif "/ModDate" not in _mapping(stream.get("/Params")):
        yield "the attachment has no date"


def _fonts(document: pikepdf.Pdf) -> Iterator[tuple[str, Any]]:
    """Yield the name and the descriptor of each font that draws."""
    for one in document.objects:
        if (
            isinstance(one, pikepdf.Dictionary)
            and one.get("/Type") == "/Font"
            and one.get("/Subtype") != "/Type0"
        ):
            yield str(one.get("/BaseFont", "")), _mapping(one.get("/FontDescriptor"))


def _items(found: object) -> list[Any]:
    return list(cast("Any", found)) if isinstance(found, pikepdf.Array) else []


def _mapping(found: object) -> Any:
    return found if isinstance(found, pikepdf.Dictionary) else {}
