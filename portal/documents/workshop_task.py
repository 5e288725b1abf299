"""The process of `workshop`: reads a task on its standard input, writes what it found on its standard output.

Its limits are set before anything of a stranger's is opened, and nobody but `workshop` starts it.
"""

import errno
import hashlib
import re
import resource
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from pydantic import TypeAdapter

from portal.documents import sanitising
from portal.documents.intake import Fault, Format, Unacceptable, format_of, unacceptable
from portal.documents.previews import save_preview
from portal.documents.sanitising import Removed
from portal.documents.workshop import ANSWER, COPY, Examined, Ink, Limits, Page, Refused, Task

if TYPE_CHECKING:
    from portal.documents.kbis import Extract
    from portal.documents.kbis_zones import Kind
    from portal.documents.ocr import PageRead
    from portal.documents.page_codes import SeenCode
    from portal.documents.page_text import PageText
    from portal.documents.previews import Sheets

# Shares of the time: looking for codes may take the first, reading images the second; drawing goes on to the third.
_CODES_UNTIL, _OCR_UNTIL, _DRAWING_UNTIL = 0.4, 0.75, 0.8
_LEAST_OCR_SECONDS = 2
_FEWEST_LETTERS = 60  # less is a stamp or a number on a scanned page
_LONGEST_TEXT = 20_000  # characters of a page that are kept
_LONGEST_CODE = 500
_MOST_CODES = 10
_OCR_PAGES = 4  # an extract says who and when on its first pages
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
# Its limits: of the size of a file that it writes, of its memory for another process.
_TOO_MUCH = {errno.EFBIG, errno.ENOMEM}
_OURS = re.compile(r"EXA1:[^:]+:[CM]:\d{1,3}:\d{1,3}/\d{1,3}:")


def main() -> None:
    task = TypeAdapter(Task).validate_json(sys.stdin.buffer.read())
    _limit(task.limits)
    hand = _Hand(task)
    answer: Examined | Refused
    try:
        answer = _examined(task, hand)
    except Unacceptable as refusal:
        answer = Refused(refusal.fault, refusal.message)
    except (MemoryError, RecursionError, OSError) as error:
        blamed = unacceptable(_fault(error), hand.name)
        answer = Refused(blamed.fault, blamed.message)
    sys.stdout.buffer.write(ANSWER.dump_json(answer))
    sys.stdout.buffer.flush()


class _Hand:
    """The file in hand; its number is said before it is opened, so that it is known whatever it does to us."""

    def __init__(self, task: Task) -> None:
        self._names = [name for _, name in task.files]
        self.name = self._names[0]

    def take(self, number: int) -> None:
        self.name = self._names[number]
        sys.stdout.buffer.write(b"%d\n" % number)
        sys.stdout.buffer.flush()


def _fault(error: MemoryError | RecursionError | OSError) -> Fault:
    if not isinstance(error, OSError) or error.errno in _TOO_MUCH:
        return Fault.TOO_HEAVY
    return Fault.NO_ROOM if error.errno in _NO_ROOM else Fault.DAMAGED


def _limit(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_bytes, limits.file_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would be a copy of the file
    # Nobody is left to kill us if the portal itself was.
    signal.alarm(round(limits.seconds) + 1)


def _examined(task: Task, hand: _Hand) -> Examined:
    from portal.documents.signatures import signatures_in

    formats = [format_of(path, name) for path, name in task.files]
    photos = Format.PDF not in formats
    if not photos and len(formats) > 1:
        raise unacceptable(Fault.MIXED, task.files[formats.index(Format.PDF)][1])
    copy = task.into / COPY
    removed: tuple[Removed, ...] = ()
    rebuilt = False
    if photos:
        sanitising.pdf_of_photos(task.files, copy, before_each=hand.take)
    else:
        (path, name), *_ = task.files
        _, removed, rebuilt = sanitising.clean_pdf(path, copy, name)
    reading = _Reading(task, hand)
    pages = reading.pages(copy)
    kind, extract = _extract(pages, undated=reading.unverified, doubted=rebuilt)
    return Examined(
        photos=photos,
        sha256=tuple(_sha256(path) for path, _ in task.files),
        size=sum(path.stat().st_size for path, _ in task.files),
        pages=pages,
        kind=kind,
        extract=extract,
        ink=tuple(Ink(one.box.page, reading.ink.get(one.code)) for one in task.boxes),
        signatures=() if photos else signatures_in(task.files[0][0], roots=task.roots),
        removed=removed,
        unread=reading.unread,
        rebuilt=rebuilt,
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _extract(
    pages: Sequence[Page], *, undated: bool, doubted: bool
) -> "tuple[Kind, Extract] | tuple[None, None]":
    from portal.documents import kbis

    texts = [page.text for page in pages]
    kind = kbis.kind_of(texts)
    if kind is None:
        return None, None
    extract = kbis.read_pages(texts, [page.by_ocr for page in pages])
    # A number proves itself by its check digit; a day that was misread is another day.
    if undated:
        return kind, replace(extract, dated=None, valid_until=None, sure=False)
    return kind, replace(extract, sure=extract.sure and not doubted)


class _Reading:
    """Goes through the pages while there is time; what comes too late is left unread, not refused."""

    def __init__(self, task: Task, hand: _Hand) -> None:
        self.ink: dict[str, bool | None] = {}  # by the code of the page
        self.unread = False
        self.unverified = False  # a scanner says what it understood, and the image could not be read here
        self._task = task
        self._hand = hand
        self._ocr_left = _OCR_PAGES

    def pages(self, copy: Path) -> tuple[Page, ...]:
        import pypdfium2

        from portal.documents import page_text
        from portal.documents.previews import sheets

        try:
            layers = page_text.texts_of(copy, ocr_pages=0, max_bytes=self._task.limits.file_bytes)
            with sheets(copy) as drawn:
                return tuple(self._page(drawn, number, layers[number]) for number in range(len(drawn)))
        except (page_text.Unreadable, pypdfium2.PdfiumError, ValueError) as error:
            raise unacceptable(Fault.DAMAGED, self._hand.name) from error

    def _page(self, drawn: "Sheets", number: int, layer: "PageText") -> Page:
        from portal.documents.page_codes import seen_on

        if len(self._task.files) > 1:
            self._hand.take(number)  # each photo is a page
        if self._left(_DRAWING_UNTIL) <= 0:
            self.unread = True
            self.unverified |= layer.by_ocr
            return Page(layer.text[:_LONGEST_TEXT], layer.by_ocr, codes=(), preview=None)
        image = drawn.image(number)
        preview = f"page-{number + 1:03}.webp"
        codes: tuple[SeenCode, ...] = ()
        if self._left(_CODES_UNTIL) > 0:
            codes = seen_on(image)[:_MOST_CODES]
        else:
            self.unread = True
        self._look_for_ink(image, codes)
        text, by_ocr = layer.text, layer.by_ocr
        ours = [code for code in codes if _is_ours(code)]
        turn = ours[0].turn if ours else None
        if (by_ocr or _says_little(text)) and not ours:
            read = self._by_ocr(image)
            if read is None or (by_ocr and _says_little(read.text)):
                self.unverified |= by_ocr
            else:
                text, by_ocr, turn = read.text, True, read.turn
        save_preview(image, turn, self._task.into / preview)
        return Page(text[:_LONGEST_TEXT], by_ocr, tuple(code.text[:_LONGEST_CODE] for code in codes), preview)

    def _look_for_ink(self, image: Image.Image, codes: Sequence["SeenCode"]) -> None:
        from portal.documents.ink import signature_seen

        for code in codes:
            for one in self._task.boxes:
                # The whole code: another paper may have words where this one has its box.
                if one.code == code.text and not self.ink.get(one.code):
                    self.ink[one.code] = signature_seen(image, code, one.box)

    def _by_ocr(self, image: Image.Image) -> "PageRead | None":
        from portal.documents import ocr

        seconds = self._left(_OCR_UNTIL)
        if not self._ocr_left or seconds < _LEAST_OCR_SECONDS:
            self.unread = True
            return None
        self._ocr_left -= 1
        try:
            return ocr.read_page(image, seconds)
        except (ocr.OcrMissing, ocr.OcrTooSlow):
            self.unread = True
            return None

    def _left(self, share: float) -> float:
        """Return the seconds until this share of the time is gone."""
        return share * self._task.limits.seconds - (time.monotonic() - self._task.started)


def _says_little(text: str) -> bool:
    return sum(map(str.isalpha, text)) < _FEWEST_LETTERS


def _is_ours(code: "SeenCode") -> bool:
    """Tell whether it looks like a code of our pages; whether it is, its seal tells those who have the key."""
    return _OURS.match(code.text) is not None


if __name__ == "__main__":
    main()
