"""Where one signs on a paper of ours, apart from the papers: whoever looks for ink prints nothing, and starts at once."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignatureBox:
    """Where one signs: on `page` (from 1), in millimetres from the upper left corner of the dark square of
    that page's code; negative to the left of it or above. Nothing is printed inside.
    """

    page: int
    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True)
class BoxToSee:
    """A box, and the sealed `code` of the very page it is on: that of no other paper, printing or page."""

    code: str
    box: SignatureBox
