"""What makes a Factur-X of a PDF/A-3 that has its XML attached: four properties in its metadata (XMP).

Typst writes the PDF/A, the attachment and its relationship; it has no way to say these.
"""

import io
from typing import Final

import pikepdf

NAMESPACE: Final = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
FILE_NAME: Final = "factur-x.xml"
LEVEL: Final = "EN 16931"
# « INVOICE » for a credit note too: Factur-X knows no other type of document.
PROPERTIES: Final = (
    ("DocumentType", "INVOICE", "type of the business document"),
    ("DocumentFileName", FILE_NAME, "name of the attached XML document"),
    ("Version", "1.0", "version of the standard"),
    ("ConformanceLevel", LEVEL, "profile of the attached XML document"),
)

_BAG: Final = "<pdfaExtension:schemas><rdf:Bag>"
_END: Final = "</rdf:RDF>"
_RESOURCE: Final = '<rdf:li rdf:parseType="Resource">'
_DECLARED: Final = "".join(
    f"{_RESOURCE}<pdfaProperty:name>{name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType>"
    f"<pdfaProperty:category>external</pdfaProperty:category>"
    f"<pdfaProperty:description>{description}</pdfaProperty:description></rdf:li>"
    for name, _, description in PROPERTIES
)
_SCHEMA: Final = (
    f"{_RESOURCE}<pdfaSchema:schema>Factur-X</pdfaSchema:schema>"
    f"<pdfaSchema:namespaceURI>{NAMESPACE}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>"
    f"<pdfaSchema:property><rdf:Seq>{_DECLARED}</rdf:Seq></pdfaSchema:property></rdf:li>"
)
_VALUES: Final = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, value, _ in PROPERTIES)
_DESCRIPTION: Final = f'<rdf:Description rdf:about="" xmlns:fx="{NAMESPACE}">{_VALUES}</rdf:Description>'


def marked(pdf: bytes) -> bytes:
    """Return the PDF/A-3 declared as Factur-X; the same bytes in give the same bytes out."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        metadata = document.Root.Metadata.read_bytes().decode()
        if metadata.count(_BAG) != 1 or metadata.count(_END) != 1:
            raise ValueError("the metadata of the typeset document is not as expected")
        metadata = metadata.replace(_BAG, _BAG + _SCHEMA).replace(_END, _DESCRIPTION + _END)
        # Without a filter: a PDF/A's metadata is read by programs that know no PDF.
        document.Root.Metadata = document.make_stream(
            metadata.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML
        )
        made = io.BytesIO()
        document.save(
            made,
            deterministic_id=True,
            preserve_pdfa=True,
            fix_metadata_version=False,
            object_stream_mode=pikepdf.ObjectStreamMode.preserve,
        )
    return made.getvalue()
