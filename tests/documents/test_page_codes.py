"""The code on every page: what it says, who can make one, and how it is found again on a scan."""

import io
from dataclasses import replace
from itertools import product
from xml.etree import ElementTree as ET

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from portal.contract.acts import Piece
from portal.documents.dossier_papers import contract_pdf, mandate_pdf
from portal.documents.page_codes import PageCode, as_svg, minted, seen_on, verified
from tests.documents.papers import AT, CONTRACT, KEY, MANDATE, NUMBER, codes
from tests.documents.scans import faxed, photographed, printed, scanned

CODE = PageCode(NUMBER, Piece.MANDATE, edition=3, page=1, pages=2)

PAPERS = {
    Piece.CONTRACT: contract_pdf(CONTRACT, codes(Piece.CONTRACT), at=AT),
    Piece.MANDATE: mandate_pdf(MANDATE, codes(Piece.MANDATE), at=AT),
}
PAGES = [(piece, number) for piece, paper in PAPERS.items() for number in range(1, paper.pages + 1)]
EVERY_PAGE = pytest.mark.parametrize(("piece", "number"), PAGES, ids=[f"{one}-{page}" for one, page in PAGES])


def the_page(piece: Piece, number: int, dpi: int = 150) -> Image.Image:
    return printed(PAPERS[piece].pdf, dpi)[number - 1]


def read(image: Image.Image) -> list[PageCode | None]:
    return [verified(seen.text, KEY) for seen in seen_on(image)]


# --- the text ------------------------------------------------------------------------------------


def test_a_code_names_contract_paper_printing_and_page_and_is_sealed() -> None:
    assert minted(CODE, KEY).startswith("EXA1:CT-2026-0042:M:3:1/2:")
    assert verified(minted(CODE, KEY), KEY) == CODE


@given(
    st.builds(
        lambda year, number, piece, edition, pages, page: PageCode(
            f"CT-{year:04}-{number:04}", piece, edition, min(page, pages), pages
        ),
        st.integers(0, 9999),
        st.integers(0, 9_999_999),
        st.sampled_from([Piece.CONTRACT, Piece.MANDATE]),
        st.integers(1, 999),
        st.integers(1, 999),
        st.integers(1, 999),
    ),
    st.binary(min_size=1, max_size=64),
)
def test_every_code_reads_back_and_fits_the_printed_square(code: PageCode, key: bytes) -> None:
    text = minted(code, key)
    assert verified(text, key) == code
    assert segno.make_qr(text, version=3, error="q", boost_error=False).mode == "alphanumeric"


def test_a_code_sealed_with_another_key_is_none_of_ours() -> None:
    assert verified(minted(CODE, b"another key"), KEY) is None


@pytest.mark.parametrize(
    "other",
    [
        replace(CODE, contract="CT-2026-0043"),
        replace(CODE, piece=Piece.CONTRACT),
        replace(CODE, edition=4),
        replace(CODE, page=2),
        replace(CODE, pages=3),
    ],
    ids=["contract", "piece", "edition", "page", "pages"],
)
def test_a_seal_does_not_move_to_another_code(other: PageCode) -> None:
    body, _, seal = minted(CODE, KEY).rpartition(":")
    changed = minted(other, KEY).rpartition(":")[0]
    assert changed != body
    assert verified(f"{changed}:{seal}", KEY) is None


@given(st.integers(0, 7), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_a_seal_with_one_other_letter_opens_nothing(place: int, letter: str) -> None:
    text = minted(CODE, KEY)
    at = len(text) - 8 + place
    forged = text[:at] + letter + text[at + 1 :]
    assert verified(forged, KEY) == (CODE if forged == text else None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://phishing.example/",
        "EXA1",
        "EXA1::::::",
        " " + minted(CODE, KEY),
        minted(CODE, KEY) + "\n",
        minted(CODE, KEY).lower(),
        minted(CODE, KEY)[:-1],
        minted(CODE, KEY).replace("EXA1", "EXA2"),
        minted(CODE, KEY).replace(":3:", ":03:"),
        minted(CODE, KEY).replace("2026", "２０２６"),
        minted(CODE, KEY).replace("0042", "٠٠٤٢"),
        "EXA1:CT-2026-0042:K:1:1/1:AAAAAAAA",
        "\x00" * 40,
        "é" * 3000,
        "EXA1:" + "A" * 100_000,
    ],
    ids=range(16),
)
def test_any_other_text_is_no_code(text: str) -> None:
    assert verified(text, KEY) is None


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    assert verified(text, KEY) is None


def test_a_well_sealed_page_beyond_the_last_is_no_code() -> None:
    """Only we hold the key: were we to seal nonsense, it would still be refused aloud."""
    with pytest.raises(ValueError, match="page 3 of 2"):
        replace(CODE, page=3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"contract": "CT-2026-42"},
        {"contract": "CT-2026-0042:M"},
        {"contract": "ct-2026-0042"},
        {"piece": Piece.KBIS},
        {"edition": 0},
        {"edition": 1000},
        {"page": 0},
        {"page": 3},
        {"pages": 1000},
    ],
    ids=str,
)
def test_what_we_never_print_has_no_code(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"not a contract's number|do not print|edition"):
        replace(CODE, **wrong)  # type: ignore[arg-type]


def test_an_empty_key_is_refused() -> None:
    with pytest.raises(ValueError, match="empty key"):
        minted(CODE, b"")


def test_the_drawing_keeps_four_white_modules_around() -> None:
    drawing = ET.fromstring(as_svg(minted(CODE, KEY)))  # noqa: S314 -- ours
    assert drawing.attrib == {"width": "37", "height": "37"}


# --- on a page that comes back -------------------------------------------------------------------


@EVERY_PAGE
@pytest.mark.parametrize(("tilt", "seed"), list(product((-15, -7, 7, 15), (1, 2))))
def test_a_code_is_read_on_every_page_tilted_and_rescanned_at_150_dpi(
    piece: Piece, number: int, tilt: float, seed: int
) -> None:
    page = scanned(the_page(piece, number), tilt=tilt, noise=25, quality=35, seed=seed)
    assert read(page) == [PageCode(NUMBER, piece, 1, number, PAPERS[piece].pages)]


@EVERY_PAGE
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_code_is_read_on_its_side_and_upside_down(piece: Piece, number: int, turn: int) -> None:
    page = scanned(the_page(piece, number), turn=turn)
    assert read(page) == [PageCode(NUMBER, piece, 1, number, PAPERS[piece].pages)]


@EVERY_PAGE
@pytest.mark.parametrize("seed", range(1, 5))
def test_a_code_is_read_on_a_photograph(piece: Piece, number: int, seed: int) -> None:
    page = photographed(the_page(piece, number), turn=90 * (seed % 4), seed=seed)
    assert read(page) == [PageCode(NUMBER, piece, 1, number, PAPERS[piece].pages)]


@pytest.mark.parametrize("dpi", [100, 300])
def test_a_code_is_read_on_a_coarse_and_on_a_fine_scan(dpi: int) -> None:
    assert read(scanned(the_page(Piece.MANDATE, 1, dpi), tilt=3)) == [
        PageCode(NUMBER, Piece.MANDATE, 1, 1, 1)
    ]


@pytest.mark.parametrize(
    ("dpi", "share"), [(100, 0.05), (150, 0.1), (200, 0.25), (300, 0.35)], ids=["100", "150", "200", "300"]
)
def test_a_code_is_read_on_a_bad_fax(dpi: int, share: float) -> None:
    fax = faxed(the_page(Piece.MANDATE, 1, dpi), share=share)
    assert read(fax) == [PageCode(NUMBER, Piece.MANDATE, 1, 1, 1)]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_corners_follow_the_paper_whichever_way_it_lies(turn: int) -> None:
    """The first corner is the code's own upper left one; the next lies along its top."""
    page = scanned(the_page(Piece.MANDATE, 1), turn=turn, noise=0, quality=95)
    (seen,) = seen_on(page)
    (x0, y0), (x1, y1), *_ = seen.corners
    along = {0: (1, 0), 90: (0, -1), 180: (-1, 0), 270: (0, 1)}[turn]
    side = 20.4 * 150 / 25.4
    assert (x1 - x0, y1 - y0) == pytest.approx((along[0] * side, along[1] * side), abs=3)


def test_two_pages_on_one_image_give_two_codes() -> None:
    left, right = the_page(Piece.CONTRACT, 1), the_page(Piece.CONTRACT, 2)
    both = Image.new("L", (2 * left.width, left.height))
    both.paste(left, (0, 0))
    both.paste(right, (left.width, 0))
    assert {code.page for code in read(both) if code} == {1, 2}


def test_a_page_without_a_code_shows_none() -> None:
    assert seen_on(Image.new("RGB", (1240, 1754), "white")) == ()
    assert seen_on(Image.new("1", (1, 1))) == ()


@pytest.mark.parametrize(
    "content",
    [
        "https://phishing.example/?" + "a" * 300,
        b"\xff\xfe\x00\x80" * 20,
        "﷽" * 20,
        "EXA1:CT-2026-0042:M:3:1/2:AAAAAAAA",
    ],
    ids=["address", "bytes", "arabic", "forged"],
)
def test_a_strangers_code_is_seen_and_says_nothing(content: str | bytes) -> None:
    out = io.BytesIO()
    segno.make_qr(content).save(out, kind="png", scale=6)
    (seen,) = seen_on(Image.open(out))
    assert verified(seen.text, KEY) is None
