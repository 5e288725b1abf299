"""Whether there is ink where one signs, on a page as it comes back."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from PIL import Image

from portal.contract.acts import Piece
from portal.documents.dossier_papers import contract_pdf, mandate_pdf
from portal.documents.ink import signature_seen
from portal.documents.page_codes import SeenCode, seen_on
from tests.documents.papers import AT, CONTRACT, MANDATE, codes
from tests.documents.scans import photographed, printed, scanned, signed

PAPERS = {
    Piece.CONTRACT: contract_pdf(CONTRACT, codes(Piece.CONTRACT), at=AT),
    Piece.MANDATE: mandate_pdf(MANDATE, codes(Piece.MANDATE), at=AT),
}
BOX = PAPERS[Piece.MANDATE].signature
WAYS: Mapping[str, Callable[[Image.Image], Image.Image]] = {
    "flat": scanned,
    "tilted left": lambda page: scanned(page, tilt=15),
    "tilted right": lambda page: scanned(page, tilt=-15, seed=2),
    "on its side": lambda page: scanned(page, turn=90),
    "upside down": lambda page: scanned(page, turn=180),
    "on its other side": lambda page: scanned(page, turn=270),
    "photo": photographed,
    "photo on its side": lambda page: photographed(page, turn=90, seed=5),
}


def the_page(piece: Piece = Piece.MANDATE, dpi: int = 150) -> Image.Image:
    paper = PAPERS[piece]
    return printed(paper.pdf, dpi)[paper.signature.page - 1]


def signed_by_hand(
    piece: Piece = Piece.MANDATE, dpi: int = 150, *, pen_mm: float = 0.5, size: float = 1, seed: int = 1
) -> Image.Image:
    page = the_page(piece, dpi)
    (code,) = seen_on(page)
    return signed(page, code, PAPERS[piece].signature, dpi=dpi, pen_mm=pen_mm, size=size, seed=seed)


def ink_on(image: Image.Image, piece: Piece = Piece.MANDATE) -> bool | None:
    (code,) = seen_on(image)
    return signature_seen(image, code, PAPERS[piece].signature)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dpi", [100, 150, 200, 300])
def test_a_signature_is_seen_however_the_page_comes_back(way: str, dpi: int) -> None:
    assert ink_on(WAYS[way](signed_by_hand(dpi=dpi, seed=dpi))) is True


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dpi", [100, 150, 200, 300])
def test_an_empty_box_is_seen_to_be_empty(way: str, dpi: int) -> None:
    assert ink_on(WAYS[way](the_page(dpi=dpi))) is False


def test_the_contract_is_looked_at_on_its_last_page() -> None:
    assert PAPERS[Piece.CONTRACT].signature.page == 2
    assert ink_on(scanned(signed_by_hand(Piece.CONTRACT), tilt=4), Piece.CONTRACT) is True
    assert ink_on(scanned(the_page(Piece.CONTRACT), tilt=4), Piece.CONTRACT) is False


@pytest.mark.parametrize("seed", range(1, 5))
def test_initials_with_a_thin_pen_are_seen(seed: int) -> None:
    assert ink_on(scanned(signed_by_hand(dpi=200, pen_mm=0.3, size=0.3, seed=seed), tilt=2)) is True


def test_a_colour_scan_and_a_black_and_white_one_are_read_alike() -> None:
    page = scanned(signed_by_hand(dpi=200), tilt=1)
    assert ink_on(page.convert("RGB")) is True
    assert ink_on(page.convert("1", dither=Image.Dither.NONE)) is True
    assert (
        ink_on(scanned(the_page(dpi=200), tilt=1, noise=10).convert("1", dither=Image.Dither.NONE)) is False
    )


# --- when nobody could tell ----------------------------------------------------------------------


def test_a_page_cut_above_the_code_cannot_tell() -> None:
    page = signed_by_hand()
    assert ink_on(page.crop((0, round(page.height * 0.84), page.width, page.height))) is None


def test_a_hand_over_the_box_cannot_tell() -> None:
    page = the_page()
    page.paste(60, (600, 1250, 1240, 1500))
    assert ink_on(scanned(page)) is None


def test_a_speck_cannot_tell() -> None:
    page = the_page()
    (code,) = seen_on(page)
    left, top = (round(at) for at in code.corners[0])
    page.paste(40, (left - 200, top - 120, left - 187, top - 107))  # two millimetres
    assert ink_on(scanned(page, noise=5)) is None


def test_too_pale_a_copy_cannot_tell() -> None:
    page = signed_by_hand(dpi=200).point([215 + grey * 40 // 255 for grey in range(256)])
    assert ink_on(page) is None


def test_too_coarse_an_image_cannot_tell() -> None:
    page = signed_by_hand(dpi=150)
    (code,) = seen_on(page)
    coarse = page.resize((page.width // 4, page.height // 4))
    shrunk = SeenCode(code.text, tuple((x / 4, y / 4) for x, y in code.corners))
    assert signature_seen(coarse, shrunk, BOX) is None


@pytest.mark.parametrize(
    "corners",
    [
        ((5, 5), (5, 5), (5, 5), (5, 5)),
        ((0, 0), (100, 0), (200, 0), (300, 0)),
        ((0, 0), (100, 0), (50, 50), (100, 0)),
        ((400, 400), (500, 400), (420, 410), (400, 500)),
        ((400, 400), (500, 400), (1e9, 1e9), (400, 500)),
        ((0, 0), (10, 0), (0, 10), (10, 10)),
    ],
    ids=["a point", "a line", "folded", "a dart", "the horizon", "crossed"],
)
def test_corners_that_are_no_square_cannot_tell(corners: tuple[tuple[float, float], ...]) -> None:
    assert signature_seen(the_page(), SeenCode("", corners), BOX) is None


@pytest.mark.parametrize("left_mm", [-4000, 4000])
def test_a_box_beyond_the_horizon_cannot_tell(left_mm: float) -> None:
    """A photograph so slanted that the box would lie where the paper's plane vanishes, on either side."""
    slanted = SeenCode("", ((600, 600), (700, 590), (690, 680), (605, 660)))
    assert signature_seen(the_page(), slanted, replace(BOX, left_mm=left_mm)) is None
