"""People with a certificate, and the PDFs that they sign electronically."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime

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


def pem(*people: Person) -> bytes:
    """Their certificates, as an operator lists those that are trusted."""
    return b"".join(one.certificate.public_bytes(Encoding.PEM) for one in people)


def altered(content: bytes) -> bytes:
    """Return a signed PDF with one byte of what was signed changed."""
    changed = bytearray(content)
    changed[changed.index(b"/MediaBox") + 14] ^= 1
    return bytes(changed)
