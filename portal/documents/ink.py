"""Whether somebody signed: is there ink in the box of a page as it came back?

The page's code gives the scale, the tilt, the perspective and what black and white are on this image; the
box is looked for from there. Ink is not a signature: a person decides, this only says where to look.
"""

from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from PIL import Image, ImageChops, ImageFilter
from PIL.Image import Resampling, Transform

from portal.documents.page_codes import DARK_MM, SeenCode
from portal.documents.signature_box import SignatureBox

_PIXELS_PER_MM: Final = 4  # enough for a ballpoint's 0.4 mm, and coarse enough to lose a scanner's grain
_SHADE_MM: Final = 2.5  # paper is lit alike over this distance
_INK: Final = 0.22  # how much darker than the paper around it ink is, in parts of white to black
_UNSIGNED_SHARE: Final = 0.0015  # of the box: less is dust
_SIGNED_SHARE: Final = 0.004  # initials with a thin pen leave three times as much
_LEAST_CONTRAST: Final = 50  # levels of grey between the code's black and its white
_LEAST_MM_PIXELS: Final = 2.0  # pixels in a millimetre, below which a pen's stroke is lost
_STRAIGHT: Final = 0.02  # a code that is a parallelogram to this share of its side is a flat scan's


def signature_seen(image: Image.Image, code: SeenCode, box: SignatureBox) -> bool | None:
    """Tell whether there is ink in `box` on `image`, the page of `code`.

    None where nobody could tell: the box is cut off, the image too coarse or too pale, the box in the dark
    or with no more than a speck in it.
    """
    sheet = _Sheet.under(code)
    if sheet is None or sheet.pixels_per_mm < _LEAST_MM_PIXELS:
        return None
    corners = [
        sheet.pixel(box.left_mm + x * box.width_mm, box.top_mm + y * box.height_mm)
        for x in (0, 1)
        for y in (0, 1)
    ]
    if not all(0 <= x < image.width and 0 <= y < image.height for x, y in corners):
        return None
    grey = image.convert("L")
    black, white = _ends(sheet.cut(grey, 0, 0, DARK_MM, DARK_MM), 0.2)
    if white - black < _LEAST_CONTRAST:
        return None
    inside = sheet.cut(grey, box.left_mm, box.top_mm, box.width_mm, box.height_mm)
    if _ends(inside, 0.5)[0] < (black + white) / 2:  # half of the box is dark: a hand, a shadow, a lid
        return None
    share = _ink_share(inside, white - black)
    if share >= _SIGNED_SHARE:
        return True
    return False if share <= _UNSIGNED_SHARE else None


def _ink_share(inside: Image.Image, contrast: int) -> float:
    """Return the share of what is darker than the paper around it, which may be lit unevenly."""
    paper = inside.filter(ImageFilter.BoxBlur(_SHADE_MM * _PIXELS_PER_MM))
    darker = ImageChops.subtract(paper, inside)
    least = round(_INK * contrast)
    return sum(darker.histogram()[least:]) / (inside.width * inside.height)


def _ends(cut: Image.Image, share: float) -> tuple[int, int]:
    """Return the levels of grey below and above which lies `share` of the image."""
    below = list(accumulate(cut.histogram()))
    return bisect_left(below, share * below[-1]), bisect_left(below, (1 - share) * below[-1])


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Where a millimetre of the paper is on the image: x = (a X + b Y + c) / (g X + h Y + 1), y alike with d, e, f."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float
    g: float
    h: float

    @classmethod
    def under(cls, code: SeenCode) -> "_Sheet | None":
        """Return the sheet on which the four corners of the dark square are the code's; None if they are no square."""
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = code.corners
        side = DARK_MM
        # Heckbert, Fundamentals of Texture Mapping (1989): a square onto a quadrilateral.
        bent_x, bent_y = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
        long_side = max(abs(x1 - x0) + abs(y1 - y0), abs(x3 - x0) + abs(y3 - y0))
        if max(abs(bent_x), abs(bent_y)) <= _STRAIGHT * long_side:
            # Flat: half a pixel's error in a corner is no perspective, and would grow with the distance.
            right = ((x1 - x0 + x2 - x3) / 2, (y1 - y0 + y2 - y3) / 2)
            down = ((x3 - x0 + x2 - x1) / 2, (y3 - y0 + y2 - y1) / 2)
            origin = (
                (x0 + x1 + x2 + x3) / 4 - (right[0] + down[0]) / 2,
                (y0 + y1 + y2 + y3) / 4 - (right[1] + down[1]) / 2,
            )
            flat = cls(
                right[0] / side,
                down[0] / side,
                origin[0],
                right[1] / side,
                down[1] / side,
                origin[1],
                0.0,
                0.0,
            )
            return flat if abs(flat.a * flat.e - flat.b * flat.d) > 0 else None
        divisor = (x1 - x2) * (y3 - y2) - (x3 - x2) * (y1 - y2)
        if divisor == 0:
            return None
        g = (bent_x * (y3 - y2) - bent_y * (x3 - x2)) / divisor
        h = ((x1 - x2) * bent_y - (y1 - y2) * bent_x) / divisor
        return cls(
            (x1 - x0 + g * x1) / side,
            (x3 - x0 + h * x3) / side,
            x0,
            (y1 - y0 + g * y1) / side,
            (y3 - y0 + h * y3) / side,
            y0,
            g / side,
            h / side,
        )

    @property
    def pixels_per_mm(self) -> float:
        return float(abs(self.a * self.e - self.b * self.d) ** 0.5)

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        depth = self.g * x + self.h * y + 1
        if depth <= 0:  # beyond the horizon
            return -1.0, -1.0
        return (self.a * x + self.b * y + self.c) / depth, (self.d * x + self.e * y + self.f) / depth

    def cut(self, grey: Image.Image, left: float, top: float, width: float, height: float) -> Image.Image:
        """Return that part of the paper upright, at `_PIXELS_PER_MM`; the grain of a finer image is averaged out."""
        fine = max(1, round(self.pixels_per_mm / _PIXELS_PER_MM))
        step = 1 / (fine * _PIXELS_PER_MM)
        depth = self.g * left + self.h * top + 1
        ways = (
            self.a * step, self.b * step, self.a * left + self.b * top + self.c,
            self.d * step, self.e * step, self.d * left + self.e * top + self.f,
            self.g * step, self.h * step,
        )  # fmt: skip
        size = (round(width / step), round(height / step))
        upright = grey.transform(
            size, Transform.PERSPECTIVE, [way / depth for way in ways], Resampling.BILINEAR
        )
        return upright.reduce(fine).filter(ImageFilter.GaussianBlur(0.6))
