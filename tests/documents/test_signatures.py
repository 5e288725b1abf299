"""Electronic signatures: whose, when, and whether what was signed is still what is there."""

import asyncio
import io
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NameObject, NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from portal.documents.signatures import ElectronicSignature, signatures_in
from portal.documents.workshop import examined
from tests.documents.hostile.papers import opened, pdf, saved
from tests.documents.signing import CAMILLE, DOMINIQUE, Person, altered, pem, signed


def found(folder: Path, content: bytes, *roots: Person) -> tuple[ElectronicSignature, ...]:
    path, trusted = folder / "contrat.pdf", folder / "roots.pem"
    path.write_bytes(content)
    trusted.write_bytes(pem(*roots))
    return signatures_in(path, roots=trusted)


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
    assert found(tmp_path, signed(pdf()), CAMILLE)[0].trusted
    assert not found(tmp_path, signed(pdf()), DOMINIQUE)[0].trusted


async def test_whoever_opens_the_file_is_told_which_roots_are_trusted(tmp_path: Path) -> None:
    path, roots = tmp_path / "contrat.pdf", tmp_path / "roots.pem"
    path.write_bytes(await asyncio.to_thread(signed, pdf()))
    roots.write_bytes(pem(DOMINIQUE, CAMILLE))

    (trusted,) = (await examined([path], into=tmp_path, roots=roots)).signatures
    (unknown,) = (await examined([path], into=tmp_path)).signatures

    assert (trusted.intact, trusted.trusted) == (True, True)
    assert (unknown.intact, unknown.trusted) == (True, False)


def test_roots_that_are_gone_vouch_for_nobody(tmp_path: Path) -> None:
    path = tmp_path / "contrat.pdf"
    path.write_bytes(signed(pdf()))
    (signature,) = signatures_in(path, roots=tmp_path / "gone.pem")
    assert (signature.intact, signature.trusted) == (True, False)


def test_an_altered_byte_breaks_it(tmp_path: Path) -> None:
    (signature,) = found(tmp_path, altered(signed(pdf())), CAMILLE)
    assert not signature.intact
    assert signature.signer.startswith("Camille Durand")


def test_a_page_added_afterwards_is_noticed(tmp_path: Path) -> None:
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(signed(pdf())))
    page = writer.root["/Pages"]["/Kids"][0].get_object()  # the page shows something else now
    page["/Rotate"] = writer.root["/Pages"].raw_get("/Count")
    writer.update_container(page)
    writer.write(out)  # type: ignore[no-untyped-call]

    (signature,) = found(tmp_path, out.getvalue(), CAMILLE)
    assert signature.intact
    assert not signature.covers_whole_file
    assert signature.modified_after


def test_a_second_signature_does_not_break_the_first(tmp_path: Path) -> None:
    first, second = found(tmp_path, signed(signed(pdf()), DOMINIQUE, "Seconde"), CAMILLE)

    assert (first.signer, second.signer) == ("Camille Durand, Menuiserie Durand", "Dominique Martin")
    assert (first.intact, first.covers_whole_file, first.modified_after) == (True, False, False)
    assert (second.intact, second.covers_whole_file, second.modified_after) == (True, True, False)


def test_a_file_saved_anew_is_no_longer_what_was_signed(tmp_path: Path) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed(pdf()))) as document:
        document.save(out)

    (signature,) = found(tmp_path, out.getvalue(), CAMILLE)
    assert not signature.intact


def test_a_signature_with_wishes_that_nobody_here_can_check_is_there_and_nothing_is_said_for_it(
    tmp_path: Path,
) -> None:
    """A seed value (ISO 32000-1, 12.7.4.5) may ask for an encoding that pyHanko does not have."""
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(signed(pdf())))
    field = writer.root["/AcroForm"]["/Fields"][0].get_object()
    wishes = {NameObject("/Ff"): NumberObject(2), NameObject("/SubFilter"): ArrayObject()}  # type: ignore[no-untyped-call]
    field["/SV"] = DictionaryObject(wishes)  # type: ignore[no-untyped-call]
    writer.update_container(field)
    writer.write(out)  # type: ignore[no-untyped-call]

    (signature,) = found(tmp_path, out.getvalue(), CAMILLE)
    assert (signature.signer, signature.intact, signature.trusted) == ("", False, False)


def test_a_paper_without_signature_has_none(tmp_path: Path) -> None:
    assert found(tmp_path, pdf()) == ()


def packed_wrongly() -> bytes:
    """Objects packed in a stream that says to be of another type, and the words of a signature."""
    with opened(pdf()) as document:
        content = saved(document, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return content.replace(b"/Type /ObjStm", b"/Type /ObjStx") + b"% /ByteRange"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7 /ByteRange",
        pdf() + b"/ByteRange [0 1 2 3]",
        signed(pdf())[:-1000],
        pdf().replace(b"/Type /Catalog", b"/AcroForm << /Fields [<< /FT /Sig /T (a) /V << /ByteRange [0 9 9 9] >> >>] >> /Type /Catalog"),
        packed_wrongly(),
    ],
    ids=["empty", "words only", "after the end", "cut", "without content", "packed wrongly"],
)  # fmt: skip
def test_a_broken_file_shows_no_sound_signature(tmp_path: Path, content: bytes) -> None:
    assert not any(signature.intact for signature in found(tmp_path, content))


@pytest.mark.parametrize("length", [200, 2000])
def test_a_broken_container_shows_no_sound_signature(tmp_path: Path, length: int) -> None:
    content = bytearray(signed(pdf()))
    start = content.index(b"/Contents <3") + 20
    content[start : start + length] = b"0" * length

    assert not any(signature.intact for signature in found(tmp_path, bytes(content), CAMILLE))
