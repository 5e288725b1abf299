"""Words of a photographed or scanned page, by tesseract where it is installed.

The page may lie in any of four directions, be a little askew, lit from one side, and of any resolution.
Everything runs in tesseract's own process, fed by pipe: no shell, no file, one thread.
"""

import csv
import io
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFilter, ImageOps

_LANGUAGE = "fra"
# An A4 page of 3000 pixels is one of about 255 dots an inch: what tesseract reads best and still fast.
_LONG_SIDE = 3000
_BACKGROUND_SIDE = 300
# In levels of grey below the paper: what is no ink yet, and what is ink even on an empty page, whose grain
# would otherwise be taken for it (tesseract then reads for minutes).
_GRAIN = 24
_FAINTEST_INK = 90
# A word that tesseract believes in, long enough to say something.
_BELIEVED = 60
_WORD_LENGTH = 4
_DISBELIEVED = 50
# No dictionary tells a digit from another: what tesseract must believe, and on an image too small for A4.
_DIGITS_BELIEVED = 70
_DIGITS_BELIEVED_IF_SMALL = 94
_SMALL = 1100
_READ_WELL = 80
_WIDE_GAP = 60  # pixels: a quarter of an inch
# A page that lies right gives this many; fewer, and the other directions are tried.
_ENOUGH_WORDS = 25
_DIGIT = re.compile(r"\d")
_UPRIGHT = (None, Image.Transpose.ROTATE_180)
_ON_ITS_SIDE = (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270)


class OcrMissing(Exception):
    """No tesseract with French on this machine: what the page says is typed by hand."""

    def __init__(self) -> None:
        super().__init__(
            "Cette page est une image et la lecture automatique n’est pas installée ici : "
            "ses informations sont à saisir à la main."
        )


class OcrTooSlow(Exception):
    """Tesseract did not end within its time."""

    def __init__(self) -> None:
        super().__init__("La page est trop longue à lire : ses informations sont à saisir à la main.")


def is_installed() -> bool:
    """Tell whether tesseract is there, with its French."""
    program = shutil.which("tesseract")
    if program is None:
        return False
    listed = subprocess.run(  # noqa: S603 -- fixed words
        [program, "--list-langs"], capture_output=True, check=False, env=_environment(), timeout=10
    )
    return listed.returncode == 0 and _LANGUAGE in listed.stdout.decode(errors="replace").split()


@dataclass(frozen=True, slots=True)
class PageRead:
    """The text of a page, line by line, and how it has to be turned to be read (None: it lies right, or nobody can tell)."""

    text: str
    turn: Image.Transpose | None


def read_page(image: Image.Image, seconds: float) -> PageRead:
    """Read a page in the direction in which it reads best.

    Each of the at most four directions may take half of the `seconds` that are left; one that takes longer, as
    words upside down may, is passed over. Raises `OcrMissing`, and `OcrTooSlow` where nothing was read in time.
    """
    ends = time.monotonic() + seconds
    page = _prepared(image)
    believed = _DIGITS_BELIEVED_IF_SMALL if max(image.size) < _SMALL else _DIGITS_BELIEVED
    best, turn, slow = _Reading("", 0), None, None
    # A sheet is higher than wide: one that is not lies on its side, most likely.
    lies = page.width > page.height
    for direction in (_ON_ITS_SIDE + _UPRIGHT) if lies else (_UPRIGHT + _ON_ITS_SIDE):
        turned = page if direction is None else page.transpose(direction)
        try:
            reading = _read(turned, (ends - time.monotonic()) / 2, believed)
        except subprocess.TimeoutExpired as error:
            slow = error
            continue
        if reading.words > best.words:
            best, turn = reading, direction
        if best.words >= _ENOUGH_WORDS:
            break
    if slow and not best.words:
        raise OcrTooSlow from slow
    return PageRead(best.text, turn if best.words >= _ENOUGH_WORDS else None)


@dataclass(frozen=True, slots=True)
class _Reading:
    text: str
    words: int


def _prepared(image: Image.Image) -> Image.Image:
    """Return the page in greys, at a size that is read well, evenly lit."""
    upright = ImageOps.exif_transpose(image)
    if upright.has_transparency_data:
        upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright.convert("RGBA"))
    grey = upright.convert("L")
    scale = _LONG_SIDE / max(grey.size)
    size = (max(1, round(grey.width * scale)), max(1, round(grey.height * scale)))
    grey = grey.resize(size, Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC)
    # The paper without its words: enlarged from a small copy where each dot is the lightest around it.
    small = grey.copy()
    small.thumbnail((_BACKGROUND_SIDE, _BACKGROUND_SIDE))
    paper = small.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.GaussianBlur(6)).resize(size)
    ink = ImageChops.subtract(paper, grey)
    full = max(_FAINTEST_INK, _darkest(ink))
    return ink.point(
        [255 - min(255, max(0, shade - _GRAIN) * 255 // (full - _GRAIN)) for shade in range(256)]
    )


def _darkest(ink: Image.Image) -> int:
    """Return how much darker than the paper the darkest thousandth of the page is."""
    left = ink.width * ink.height // 1000
    for shade, dots in reversed(list(enumerate(ink.histogram()))):
        left -= dots
        if left < 0:
            return shade
    return 0


def _read(page: Image.Image, timeout_seconds: float, digits_believed: int) -> _Reading:
    program = shutil.which("tesseract")
    if program is None:
        raise OcrMissing
    png = io.BytesIO()
    page.save(png, "PNG", compress_level=1)
    done = subprocess.run(  # noqa: S603 -- fixed words, the image goes by pipe
        [program, "stdin", "stdout", "-l", _LANGUAGE, "--psm", "6", "--dpi", "255", "tsv"],
        input=png.getvalue(), capture_output=True, check=False, env=_environment(), timeout=timeout_seconds,
    )  # fmt: skip
    if done.returncode:
        if b"loading language" in done.stderr:
            raise OcrMissing
        return _Reading("", 0)  # it could make nothing of the page
    table = done.stdout.decode("utf-8", "replace")
    return _reading(
        csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE), digits_believed
    )


def _reading(rows: Iterable[dict[str, str]], digits_believed: int) -> _Reading:
    lines: dict[tuple[str, ...], list[_Word]] = {}
    for row in rows:
        if text := (row.get("text") or "").strip():
            word = _Word(text, float(row["conf"]), int(row["left"]), int(row["width"]))
            lines.setdefault((row["block_num"], row["par_num"], row["line_num"]), []).append(word)
    kept = [_without_specks(line) for line in lines.values()]
    believed = sum(
        word.confidence >= _BELIEVED and len(word.text) >= _WORD_LENGTH and word.text.isalpha()
        for line in kept
        for word in line
    )
    return _Reading(
        "\n".join(" ".join(word.shown(digits_believed) for word in line) for line in kept if line), believed
    )


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as tesseract gives it: confidence in hundredths, place and size in pixels."""

    text: str
    confidence: float
    left: int
    width: int

    def shown(self, digits_believed: int) -> str:
        """Return the word, with « ? » for digits that tesseract doubts."""
        return _DIGIT.sub("?", self.text) if self.confidence < digits_believed else self.text


def _without_specks(line: list[_Word]) -> list[_Word]:
    """Drop what is rather the edge of the table, a fold or a stain than a word.

    A digit from there would join a number beside it: at the ends of a line a short word that stands apart
    has to be read well.
    """
    words = [
        word
        for word in line
        if word.confidence >= _DISBELIEVED
        or len(word.text) >= _WORD_LENGTH
        or any(map(str.isdigit, word.text))
    ]
    while len(words) > 1 and _stands_apart(words[0], words[1].left - words[0].left - words[0].width):
        del words[0]
    while len(words) > 1 and _stands_apart(words[-1], words[-1].left - words[-2].left - words[-2].width):
        del words[-1]
    return words


def _stands_apart(word: _Word, gap: int) -> bool:
    return word.confidence < _READ_WELL and len(word.text) < _WORD_LENGTH and gap > _WIDE_GAP


def _environment() -> dict[str, str]:
    return {
        **{name: os.environ[name] for name in ("PATH", "TESSDATA_PREFIX") if name in os.environ},
        "OMP_THREAD_LIMIT": "1",
    }
