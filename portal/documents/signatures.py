"""Electronic signatures in a PDF as it was received: who, when, and whether the bytes are still theirs.

Nothing is fetched: a certificate is trusted where one of the given roots vouches for it, and nothing else.
What is found is shown; a person decides (eIDAS art. 25: no signature is refused for being electronic).
"""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a second and a half to import: only where there is a signature
    from asn1crypto.x509 import Certificate
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko_certvalidator import ValidationContext

_MOST_SIGNATURES = 20
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class ElectronicSignature:
    """One signature. `at` is what the signer's own clock said.

    `intact`: the signed bytes are those that were signed. `trusted`: the certificate leads to a root given
    to `signatures_in`. `modified_after`: something more than other signatures or a form was added later.
    """

    signer: str
    at: datetime | None
    intact: bool
    trusted: bool
    covers_whole_file: bool
    modified_after: bool


def signatures_in(path: Path, *, roots: Path | None) -> tuple[ElectronicSignature, ...]:
    """Return the signatures in their order; none where the file has none, or is too broken to say.

    `roots` is a PEM file; whoever has none, or cannot read it, trusts no certificate.
    """
    if not _may_be_signed(path):
        return ()
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    with path.open("rb") as file:
        try:
            reader = PdfFileReader(file, strict=False)
            return tuple(_validated(reader, roots))
        # A broken file breaks pyHanko in as many ways; another reader has opened it and it is shown as unsigned.
        except (
            PdfError,
            ValueError,
            TypeError,
            KeyError,
            IndexError,
            AttributeError,
            OSError,
            RecursionError,
            AssertionError,
        ):
            return ()


def _may_be_signed(path: Path) -> bool:
    """Tell whether there is a byte range: it cannot be compressed, the signature itself lies beside it."""
    with path.open("rb") as file:
        if not path.stat().st_size:
            return False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return content.find(b"/ByteRange") >= 0


def _validated(reader: "PdfFileReader", roots: Path | None) -> Iterator[ElectronicSignature]:
    from pyhanko_certvalidator import ValidationContext

    anchors = _anchors(roots)
    for signature in reader.embedded_regular_signatures[:_MOST_SIGNATURES]:
        yield _one(signature, ValidationContext(trust_roots=anchors, allow_fetching=False))


def _anchors(roots: Path | None) -> "list[Certificate]":
    from pyhanko.keys import load_certs_from_pemder

    try:
        return list(load_certs_from_pemder([str(roots)])) if roots else []  # type: ignore[no-untyped-call]
    except (OSError, ValueError):  # it was sound when the portal started
        return []


def _one(signature: "EmbeddedPdfSignature", context: "ValidationContext") -> ElectronicSignature:
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    try:
        signer = _name(signature.signer_cert)
        status = validate_pdf_signature(signature, context)
    # What is signed cannot be taken apart, or asks for what pyHanko cannot check: a signature is there, and nothing
    # can be said for it.
    except (
        SigningError,
        SignatureValidationError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        AssertionError,
        NotImplementedError,
    ):
        return ElectronicSignature(
            "", None, intact=False, trusted=False, covers_whole_file=False, modified_after=True
        )
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    level = status.modification_level
    return ElectronicSignature(
        signer=signer,
        at=status.signer_reported_dt,
        intact=bool(status.intact and status.valid),
        trusted=bool(status.trusted),
        covers_whole_file=whole,
        # A further signature, a time stamp, a field filled in are no change of what was signed.
        modified_after=not whole and (level is None or level > ModificationLevel.FORM_FILLING),
    )


def _name(certificate: "Certificate") -> str:
    named = certificate.subject.native
    parts = (named.get("common_name"), named.get("organization_name"))
    return ", ".join(dict.fromkeys(str(part) for part in parts if part))[:_LONGEST_NAME]
