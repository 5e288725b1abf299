"""A paper as it comes back: printed, signed, scanned askew, turned, photographed. The same for the same seed."""

import io
import math
import random

import pypdfium2
from PIL import Image, ImageChops, ImageDraw, ImageFilter
from PIL.Image import Resampling, Transform, Transpose

from portal.documents.page_codes import SeenCode
from portal.documents.signature_box import SignatureBox

_PAPER = 255
_INCH_MM = 25.4
_QUARTERS = {90: Transpose.ROTATE_90, 180: Transpose.ROTATE_180, 270: Transpose.ROTATE_270}


def printed(pdf: bytes, dpi: int) -> list[Image.Image]:
    """Return the pages in grey, as a perfect printer and scanner would."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72).to_pil().convert("L") for page in document]
    finally:
        document.close()


def scanned(
    page: Image.Image, *, tilt: float = 0, turn: int = 0, noise: int = 25, quality: int = 35, seed: int = 1
) -> Image.Image:
    """Return the page through a scanner.

    `tilt` is in degrees, on a bed that holds the whole sheet; `turn` is 0, 90, 180 or 270; `noise` is the
    standard deviation of the grain in levels of grey; `quality` the JPEG's.
    """
    sheet = page.transpose(_QUARTERS[turn]) if turn else page
    if tilt:
        sheet = sheet.rotate(tilt, resample=Resampling.BICUBIC, expand=True, fillcolor=_PAPER)
    grained = ImageChops.add(sheet, _grain(sheet.size, noise, seed), offset=-128)
    return _compressed(grained.filter(ImageFilter.GaussianBlur(0.4)), quality)


def faxed(page: Image.Image, *, share: float = 0.1, seed: int = 1) -> Image.Image:
    """Return the page in black and white dots, a `share` of them lost to black or to white."""
    chance = random.Random(seed)  # noqa: S311 -- a bad line
    lost, specks = (
        Image.frombytes("L", page.size, chance.randbytes(page.width * page.height)).point(
            [255 * (level < least) for level in range(256)]
        )
        for least in (round(256 * share), 128)
    )
    return Image.composite(specks, page, lost).convert("1")


def photographed(page: Image.Image, *, turn: int = 0, seed: int = 1) -> Image.Image:
    """Return the page as a phone sees it: on a dark table, leaning away, half in the shade, out of focus a little."""
    width, height = page.size
    margin = width // 12
    table = Image.new("L", (width + 2 * margin, height + 2 * margin), 95)
    table.paste(page, (margin, margin))
    wide, high = table.size
    chance = random.Random(seed)  # noqa: S311 -- the hand that holds the phone
    lean = [chance.uniform(0.0, 0.05) * width for _ in range(8)]
    corners = (
        (-lean[0], -lean[1]),
        (-lean[2], high + lean[3]),
        (wide + lean[4], high + lean[5]),
        (wide + lean[6], -lean[7]),
    )
    seen = table.transform(
        table.size, Transform.PERSPECTIVE, _perspective(corners, table.size), Resampling.BICUBIC, fillcolor=80
    )
    if turn:
        seen = seen.transpose(_QUARTERS[turn])
    shade = (
        Image.linear_gradient("L").rotate(25, Resampling.BILINEAR).crop((50, 50, 206, 206)).resize(seen.size)
    )
    lit = ImageChops.multiply(seen, shade.point([130 + grey * 125 // 255 for grey in range(256)]))
    grained = ImageChops.add(lit, _grain(seen.size, 8, seed), offset=-128)
    return _compressed(grained.filter(ImageFilter.GaussianBlur(0.8)), 60)


def signed(
    page: Image.Image,
    code: SeenCode,
    box: SignatureBox,
    *,
    dpi: int,
    pen_mm: float = 0.5,
    size: float = 1,
    seed: int = 1,
) -> Image.Image:
    """Return the printed page with a drawn signature inside `box`; `size` 0.3 is the size of initials.

    `code` is the page's as seen on it, neither tilted nor turned yet.
    """
    pixel = dpi / _INCH_MM
    left, top = code.corners[0]
    chance = random.Random(seed)  # noqa: S311 -- a hand
    phase, loops = chance.uniform(0, math.tau), chance.uniform(3, 6)
    points = [
        (
            left
            + (
                box.left_mm
                + box.width_mm * (0.2 + size * (0.5 * step / 240 + 0.06 * math.cos(loops * angle)))
            )
            * pixel,
            top
            + (box.top_mm + box.height_mm * (0.5 + 0.28 * size * math.sin(loops * angle + phase))) * pixel,
        )
        for step in range(241)
        for angle in [math.tau * step / 240]
    ]
    inked = page.copy()
    ImageDraw.Draw(inked).line(points, fill=70, width=max(1, round(pen_mm * pixel)), joint="curve")
    return inked


def as_pdf(pages: list[Image.Image], dpi: int) -> bytes:
    """Return the images as one PDF, as a scanner's software does."""
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=dpi, quality=75)
    return out.getvalue()


def _grain(size: tuple[int, int], deviation: int, seed: int) -> Image.Image:
    """Return noise around 128, near to a bell: the mean of two even spreads."""
    chance = random.Random(seed)  # noqa: S311 -- the grain of paper
    one, other = (Image.frombytes("L", (512, 512), chance.randbytes(512 * 512)) for _ in range(2))
    tile = ImageChops.add(one, other, scale=2)
    # Two even spreads over 0..255, halved, deviate by 52.
    tile = tile.point([min(255, max(0, 128 + (grey - 128) * deviation // 52)) for grey in range(256)])
    noise = Image.new("L", size)
    for left in range(0, size[0], 512):
        for top in range(0, size[1], 512):
            noise.paste(tile, (left, top))
    return noise


def _compressed(page: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    page.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue())).convert("L")


def _perspective(corners: tuple[tuple[float, float], ...], size: tuple[int, int]) -> tuple[float, ...]:
    """Return the eight numbers by which Pillow finds, for the sheet's corners, the `corners` it reads them from.

    Both run from the upper left one, counter-clockwise.
    """
    wide, high = size
    return solved(
        [
            row
            for (x, y), (u, v) in zip(((0, 0), (0, high), (wide, high), (wide, 0)), corners, strict=True)
            for row in (
                [x, y, 1, 0, 0, 0, -u * x, -u * y, u],
                [0, 0, 0, x, y, 1, -v * x, -v * y, v],
            )
        ]
    )


def solved(rows: list[list[float]]) -> tuple[float, ...]:
    """Solve a system of linear equations; the last of each row is its right side."""
    size = len(rows)
    for column in range(size):
        best = max(range(column, size), key=lambda row: abs(rows[row][column]))
        rows[column], rows[best] = rows[best], rows[column]
        pivot = rows[column][column]
        rows[column] = [value / pivot for value in rows[column]]
        for row in range(size):
            if row != column:
                factor = rows[row][column]
                rows[row] = [value - factor * at for value, at in zip(rows[row], rows[column], strict=True)]
    return tuple(row[-1] for row in rows)
