"""Electronic signatures: whose, when, and whether what was signed is still what is there."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portal.documents.signatures import ElectronicSignature, signatures_in
from tests.documents.hostile.papers import pdf


@dataclass(frozen=True)
class Person:
    certificate: x509.Certificate
    signer: SimpleSigner


def person(name: str, company: str = "") -> Person:
    """Someone with a certificate made by nobody else."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if company:
        names.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, company))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(names))
        .issuer_name(x509.Name(names))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
                key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return Person(
        certificate,
        SimpleSigner(
            signing_cert=Certificate.load(certificate.public_bytes(Encoding.DER)),
            signing_key=PrivateKeyInfo.load(private),
            cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
        ),
    )


CAMILLE = person("Camille Durand", "Menuiserie Durand")
DOMINIQUE = person("Dominique Martin")


def signed(content: bytes, who: Person = CAMILLE, field: str = "Signature") -> bytes:
    out = io.BytesIO()
    metadata = PdfSignatureMetadata(field_name=field, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    PdfSigner(metadata, signer=who.signer).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(content)), output=out)
    return out.getvalue()


def found(folder: Path, content: bytes, *roots: x509.Certificate) -> tuple[ElectronicSignature, ...]:
    path = folder / "contrat.pdf"
    path.write_bytes(content)
    return signatures_in(path, roots=roots)


def test_a_signature_is_found_whole_and_without_trust(tmp_path: Path) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    (signature,) = found(tmp_path, signed(pdf()))

    assert signature.signer == "Camille Durand, Menuiserie Durand"
    assert signature.intact
    assert signature.covers_whole_file
    assert not signature.modified_after
    assert not signature.trusted
    assert signature.at is not None
    assert before <= signature.at <= datetime.now(UTC)


def test_it_is_trusted_where_a_given_root_vouches_for_it(tmp_path: Path) -> None:
    assert found(tmp_path, signed(pdf()), CAMILLE.certificate)[0].trusted
    assert not found(tmp_path, signed(pdf()), DOMINIQUE.certificate)[0].trusted


def test_an_altered_byte_breaks_it(tmp_path: Path) -> None:
    content = bytearray(signed(pdf()))
    content[content.index(b"/MediaBox") + 14] ^= 1

    (signature,) = found(tmp_path, bytes(content), CAMILLE.certificate)
    assert not signature.intact
    assert signature.signer.startswith("Camille Durand")


def test_a_page_added_afterwards_is_noticed(tmp_path: Path) -> None:
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(signed(pdf())))
    page = writer.root["/Pages"]["/Kids"][0].get_object()  # the page shows something else now
    page["/Rotate"] = writer.root["/Pages"].raw_get("/Count")
    writer.update_container(page)
    writer.write(out)  # type: ignore[no-untyped-call]

    (signature,) = found(tmp_path, out.getvalue(), CAMILLE.certificate)
    assert signature.intact
    assert not signature.covers_whole_file
    assert signature.modified_after


def test_a_second_signature_does_not_break_the_first(tmp_path: Path) -> None:
    first, second = found(tmp_path, signed(signed(pdf()), DOMINIQUE, "Seconde"), CAMILLE.certificate)

    assert (first.signer, second.signer) == ("Camille Durand, Menuiserie Durand", "Dominique Martin")
    assert (first.intact, first.covers_whole_file, first.modified_after) == (True, False, False)
    assert (second.intact, second.covers_whole_file, second.modified_after) == (True, True, False)


def test_a_file_saved_anew_is_no_longer_what_was_signed(tmp_path: Path) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed(pdf()))) as document:
        document.save(out)

    (signature,) = found(tmp_path, out.getvalue(), CAMILLE.certificate)
    assert not signature.intact


def test_a_paper_without_signature_has_none(tmp_path: Path) -> None:
    assert found(tmp_path, pdf()) == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7 /ByteRange",
        pdf() + b"/ByteRange [0 1 2 3]",
        signed(pdf())[:-1000],
        pdf().replace(b"/Type /Catalog", b"/AcroForm << /Fields [<< /FT /Sig /T (a) /V << /ByteRange [0 9 9 9] >> >>] >> /Type /Catalog"),
    ],
    ids=["empty", "words only", "after the end", "cut", "without content"],
)  # fmt: skip
def test_a_broken_file_shows_no_sound_signature(tmp_path: Path, content: bytes) -> None:
    assert not any(signature.intact for signature in found(tmp_path, content))


@pytest.mark.parametrize("length", [200, 2000])
def test_a_broken_container_shows_no_sound_signature(tmp_path: Path, length: int) -> None:
    content = bytearray(signed(pdf()))
    start = content.index(b"/Contents <3") + 20
    content[start : start + length] = b"0" * length

    assert not any(signature.intact for signature in found(tmp_path, bytes(content), CAMILLE.certificate))
