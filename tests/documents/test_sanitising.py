"""The copy that is shown says the same, does nothing, and carries nothing along."""

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from portal.documents.intake import MAX_PAGES, Fault, Unacceptable
from portal.documents.sanitising import Removed, clean_pdf, pdf_of_photos
from tests.documents.hostile import armed, bombs
from tests.documents.hostile.papers import WORDS, pdf, photo, png, zeros

WEAPONS = {name: make for name, make in armed.files() if not name.startswith(("locked", "restricted"))}


def cleaned(folder: Path, content: bytes) -> tuple[bytes, int, tuple[Removed, ...]]:
    source, copy = folder / "received", folder / "copy.pdf"
    source.write_bytes(content)
    pages, removed, _ = clean_pdf(source, copy, "contrat.pdf")
    return copy.read_bytes(), pages, removed


def refused(folder: Path, content: bytes) -> Fault:
    with pytest.raises(Unacceptable, match=r"contrat\.pdf") as refusal:
        cleaned(folder, content)
    return refusal.value.fault


def words(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def laid_open(content: bytes) -> bytes:
    """All of a PDF in clear, so that nothing hides in a compressed stream."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        document.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
            compress_streams=False,
        )
    return out.getvalue()


@pytest.mark.parametrize("make", WEAPONS.values(), ids=WEAPONS.keys())
def test_a_paper_is_disarmed_and_says_the_same(tmp_path: Path, make: Callable[[], bytes]) -> None:
    content = make()
    copy, pages, removed = cleaned(tmp_path, content)

    assert armed.MARK.encode() in laid_open(content)
    assert armed.MARK.encode() not in laid_open(copy)
    assert removed
    assert pages == 2
    assert words(copy) == words(content)


def test_a_harmless_paper_loses_nothing(tmp_path: Path) -> None:
    content = pdf(3)
    copy, pages, removed = cleaned(tmp_path, content)

    assert (pages, removed) == (3, ())
    assert words(copy) == words(content)
    assert WORDS in words(copy)[2]


def test_a_link_to_another_page_and_a_drawn_signature_stay(tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(pdf(2))) as made:
        made.pages[0].Annots = pikepdf.Object.parse(
            b"[<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /Named /N /NextPage >> >>"
            b" << /Type /Annot /Subtype /Ink /Rect [0 0 99 99] /InkList [[1 1 2 2]] >>]"
        )
        out = io.BytesIO()
        made.save(out)
    copy, _, removed = cleaned(tmp_path, out.getvalue())

    with pikepdf.open(io.BytesIO(copy)) as shown:
        kinds = [str(annotation["/Subtype"]) for annotation in shown.pages[0].Annots]
        assert "/A" in shown.pages[0].Annots[0]
    assert kinds == ["/Link", "/Ink"]
    assert removed == ()


def test_what_was_removed_is_named(tmp_path: Path) -> None:
    assert cleaned(tmp_path, WEAPONS["script-by-name.pdf"]())[2] == (Removed.SCRIPT,)
    assert cleaned(tmp_path, WEAPONS["attachment.pdf"]())[2] == (Removed.ATTACHMENT,)
    assert cleaned(tmp_path, WEAPONS["dynamic-form.pdf"]())[2] == (Removed.DYNAMIC_FORM,)


@pytest.mark.parametrize("strength", [2, 3, 4, 6])
def test_a_paper_with_a_password_is_refused_and_one_that_only_forbids_printing_is_taken(
    tmp_path: Path, strength: armed.Revision
) -> None:
    assert refused(tmp_path, armed.locked(strength)) is Fault.ENCRYPTED

    copy, _, _ = cleaned(tmp_path, armed.restricted(strength))
    assert WORDS in words(copy)[0]
    with pikepdf.open(io.BytesIO(copy)) as shown:
        assert not shown.is_encrypted


def test_sixty_pages_are_taken_and_sixty_one_are_not(tmp_path: Path) -> None:
    assert cleaned(tmp_path, pdf(MAX_PAGES))[1] == MAX_PAGES
    assert refused(tmp_path, pdf(MAX_PAGES + 1)) is Fault.TOO_MANY_PAGES


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"%PDF-1.7\n" + bytes(10_000), pdf()[:200]])
def test_a_broken_paper_is_damaged(tmp_path: Path, content: bytes) -> None:
    assert refused(tmp_path, content) is Fault.DAMAGED


def test_a_bomb_is_carried_over_unopened(tmp_path: Path) -> None:
    bomb = dict(bombs.files())["bomb-contents-50.pdf"]()

    assert len(cleaned(tmp_path, bomb)[0]) < 2 * len(bomb)


# --- photos ------------------------------------------------------------------------------------------


def paged(folder: Path, *photos: bytes) -> list[Image.Image]:
    """The pages of the PDF of these photos, each as it is seen."""
    sources = []
    for number, content in enumerate(photos, 1):
        path = folder / str(number)
        path.write_bytes(content)
        sources.append((path, f"photo {number}.jpg"))
    pdf_of_photos(sources, folder / "copy.pdf")
    document = pypdfium2.PdfDocument(folder / "copy.pdf")
    try:
        return [page.render(scale=1).to_pil().convert("L") for page in document]
    finally:
        document.close()


def dark_corner(page: Image.Image) -> tuple[bool, bool]:
    """Where the block of `papers.photo` is: on the right?, at the bottom?"""
    corners = {
        (right, bottom): page.getpixel((page.width - 9 if right else 9, page.height - 9 if bottom else 9))
        for right in (False, True)
        for bottom in (False, True)
    }
    return min(corners, key=lambda corner: corners[corner])  # type: ignore[arg-type, return-value]


def turned(how: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = how
    exif[0x010F] = "an invented phone"
    exif.get_ifd(0x8825)[1] = "N"
    return photo(exif=exif)


@pytest.mark.parametrize("size", [(600, 800), (3307, 4677)], ids=["small", "400 dots an inch"])
@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "1"),
        ("PNG", "L"), ("PNG", "LA"), ("PNG", "I;16"),
    ],
)  # fmt: skip
def test_a_photo_of_any_colours_and_size_is_a_page(
    tmp_path: Path, kind: str, mode: str, size: tuple[int, int]
) -> None:
    (page,) = paged(tmp_path, photo(kind, size, mode=mode))

    assert dark_corner(page) == (False, False)
    darkest, lightest = page.getextrema()
    assert (darkest < 110, lightest > 240) == (True, True)  # type: ignore[operator]
    assert page.height > page.width


def test_several_photos_are_the_pages_of_one_paper_in_their_order(tmp_path: Path) -> None:
    pages = paged(tmp_path, photo(size=(600, 800)), photo("PNG", size=(800, 600)), photo(size=(300, 800)))

    assert [round(page.width / page.height, 1) for page in pages] == [0.8, 1.3, 0.4]
    assert all(max(page.size) <= 842 for page in pages)


@pytest.mark.parametrize(
    ("how", "corner"), [(1, (False, False)), (3, (True, True)), (6, (True, False)), (8, (False, True))]
)
def test_a_photo_stands_upright_and_says_nothing_of_its_place(
    tmp_path: Path, how: int, corner: tuple[bool, bool]
) -> None:
    (page,) = paged(tmp_path, turned(how))

    assert dark_corner(page) == corner
    copy = (tmp_path / "copy.pdf").read_bytes()
    assert b"Exif" not in copy
    assert b"an invented phone" not in copy


def test_transparent_is_white(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(out, "PNG")

    assert paged(tmp_path, out.getvalue())[0].getextrema()[0] > 250  # type: ignore[operator]


@pytest.mark.parametrize("side", [100, 4000])
def test_grey_of_sixteen_bits_keeps_its_levels(tmp_path: Path, side: int) -> None:
    out = io.BytesIO()
    Image.new("I;16", (side, side), 128 * 256).save(out, "PNG")

    darkest, lightest = paged(tmp_path, out.getvalue())[0].getextrema()
    assert 120 < darkest <= lightest < 136  # type: ignore[operator]


def test_the_photo_that_is_broken_is_the_one_named(tmp_path: Path) -> None:
    with pytest.raises(Unacceptable, match=r"photo 2\.jpg") as refusal:
        paged(tmp_path, photo(), photo()[:900])

    assert refusal.value.fault is Fault.DAMAGED


@pytest.mark.parametrize("sides", [(20_000, 20_000), (10_000, 6_000), (2**31 - 1, 2**31 - 1)])
def test_too_many_pixels_are_refused_before_they_are_unpacked(tmp_path: Path, sides: tuple[int, int]) -> None:
    with pytest.raises(Unacceptable) as refusal:
        paged(tmp_path, png(*sides, data=zeros(1)))

    assert refusal.value.fault is Fault.TOO_MANY_PIXELS


def test_sixty_one_photos_are_too_many(tmp_path: Path) -> None:
    with pytest.raises(Unacceptable) as refusal:
        paged(tmp_path, *[photo(size=(9, 9))] * 61)

    assert refusal.value.fault is Fault.TOO_MANY_PAGES
