"""The code on every page of our papers: which contract, which paper, which printing, which page.

A scan finds its way to its dossier by it. The code is a QR code of some thirty characters,
`EXA1:CT-2026-0042:M:3:1/2:7F3K2Q9D`: no personal data, and a seal that nobody makes without the key.
"""

import hmac
import io
import re
from base64 import b32encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Final

import zxingcpp
from PIL import Image, ImageFilter

from portal.contract.acts import Piece

CODE_MM: Final = 26.0
"""The side of the printed code, its four white modules around it included."""

_QUIET = 4  # white modules on each side, as ISO/IEC 18004 wants
_VERSION = 3  # of the QR code: the same number of modules on every page, whatever the contract
_MODULES = 17 + 4 * _VERSION

DARK_MM: Final = CODE_MM * _MODULES / (_MODULES + 2 * _QUIET)
"""The side of the dark square, whose corners a reader sees."""

_LETTERS: Final = MappingProxyType({Piece.CONTRACT: "C", Piece.MANDATE: "M"})
_PIECES: Final = MappingProxyType({letter: piece for piece, letter in _LETTERS.items()})

_SEAL_LENGTH = 8  # 40 bits: a forger has no oracle but us, who count attempts
_NUMBER = r"[1-9][0-9]{0,2}"
_CONTRACT = re.compile(r"CT-[0-9]{4}-[0-9]{4,7}")
_CODE = re.compile(
    rf"(EXA1:(?P<contract>{_CONTRACT.pattern}):(?P<piece>[CM]):(?P<edition>{_NUMBER})"
    rf":(?P<page>{_NUMBER})/(?P<pages>{_NUMBER})):(?P<seal>[A-Z2-7]{{{_SEAL_LENGTH}}})"
)
_LONGEST_COUNT = 999


@dataclass(frozen=True, slots=True)
class PageCode:
    """Page `page` of `pages`, of the `edition`-th printing of a paper of `contract` (« CT-2026-0042 »).

    Raises `ValueError` for what no paper of ours has.
    """

    contract: str
    piece: Piece
    edition: int
    page: int
    pages: int

    def __post_init__(self) -> None:
        if not _CONTRACT.fullmatch(self.contract):
            raise ValueError(f"{self.contract!r} is not a contract's number")
        if self.piece not in _LETTERS:
            raise ValueError(f"we do not print {self.piece}")
        if not (1 <= self.page <= self.pages <= _LONGEST_COUNT and 1 <= self.edition <= _LONGEST_COUNT):
            raise ValueError(f"edition {self.edition}, page {self.page} of {self.pages}")


def minted(code: PageCode, key: bytes) -> str:
    """Return the text of the code, sealed with `key`."""
    body = f"EXA1:{code.contract}:{_LETTERS[code.piece]}:{code.edition}:{code.page}/{code.pages}"
    return f"{body}:{_seal(body, key)}"


def verified(text: str, key: bytes) -> PageCode | None:
    """Return what `text` says, or None where it is not a code that `key` sealed."""
    match = _CODE.fullmatch(text)
    if match is None or not hmac.compare_digest(_seal(match[1], key), match["seal"]):
        return None
    return PageCode(
        contract=match["contract"],
        piece=_PIECES[match["piece"]],
        edition=int(match["edition"]),
        page=int(match["page"]),
        pages=int(match["pages"]),
    )


def _seal(body: str, key: bytes) -> str:
    if not key:
        raise ValueError("an empty key seals nothing")
    return b32encode(hmac.digest(key, body.encode("ascii"), sha256)).decode("ascii")[:_SEAL_LENGTH]


def as_svg(text: str) -> str:
    """Return the QR code with its white margin, to be drawn `CODE_MM` wide; a quarter of it may be lost."""
    import segno

    out = io.BytesIO()
    code = segno.make_qr(text, version=_VERSION, error="q", boost_error=False)
    code.save(
        out, kind="svg", border=_QUIET, xmldecl=False, nl=False, svgclass=None, lineclass=None, light="#fff"
    )
    return out.getvalue().decode("utf-8")


# --- reading -----------------------------------------------------------------------------------------

Corners = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class SeenCode:
    """A QR code on an image. Its text is what somebody wrote: nothing before `verified` says so.

    `corners` are those of the dark square in pixels, from the code's own upper left one (whichever way
    the image is turned), clockwise.
    """

    text: str
    corners: Corners

    @property
    def turn(self) -> Image.Transpose | None:
        """How the image has to be turned for the code to stand upright; None where it does."""
        (left, top), (right, bottom), *_ = self.corners
        across, down = right - left, bottom - top
        if abs(across) >= abs(down):
            return None if across >= 0 else Image.Transpose.ROTATE_180
        return Image.Transpose.ROTATE_90 if down > 0 else Image.Transpose.ROTATE_270


def seen_on(image: Image.Image) -> tuple[SeenCode, ...]:
    """Return the QR codes seen on a page, each text once; whatever way it is turned.

    A page that shows none is looked at again blurred, then without its specks: so the dots of a fax, or of
    a scan in black and white, go.
    """
    grey = image.convert("L")
    for look in _LOOKS:
        found = {
            code.text: SeenCode(code.text, tuple(_corners(code.position)))
            for code in zxingcpp.read_barcodes(look(grey), formats=_QR_ONLY)
        }
        if found:
            return tuple(found.values())
    return ()


_QR_ONLY: Final = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])

_LOOKS: Final[tuple[Callable[[Image.Image], Image.Image], ...]] = (
    lambda grey: grey,
    lambda grey: grey.filter(ImageFilter.GaussianBlur(1.2)),
    lambda grey: grey.filter(ImageFilter.MedianFilter(3)),
)


def _corners(position: zxingcpp.Position) -> Iterator[tuple[float, float]]:
    for point in (position.top_left, position.top_right, position.bottom_right, position.bottom_left):
        yield float(point.x), float(point.y)
