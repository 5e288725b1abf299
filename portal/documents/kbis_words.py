"""Words of an extract as they can be compared: without accents, case, spaces, and with a reader's slips.

A text layer has the letters that were printed; one made by a scanner, or OCR, takes « I » for « l » and
« rn » for « m », glues words and forgets accents. Labels are therefore compared by their distance.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

# A label of this many letters may have one letter wrong, of twice as many two.
_LETTERS_PER_SLIP = 7
_MOST_SLIPS = 3


def folded(text: str) -> str:
    """Return `text` in lower case without accents; as long as `text`, which is in the form NFKC."""
    return "".join(unicodedata.normalize("NFKD", letter)[0].lower()[0] for letter in text)


def plain(text: str) -> str:
    """Return `text` in the form NFKC, where a no-break space is a space, with one sort of apostrophe and dash."""
    return unicodedata.normalize("NFKC", text).translate(_SIGNS)


# Words with several signs in a row, or one letter four times.
_LEADERS = re.compile(r"^\W*(?:\S*(?:[.,:;+*°?=_-]{2,}|([a-z+])\1{3,})\S*\s+(?:\W\s+)?)+")
_SIGNS = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "–": "-", "—": "-", "‐": "-", "\u00ad": None})


@dataclass(frozen=True)
class Line:
    """One line of a page, as it reads and as it is compared."""

    text: str

    @cached_property
    def folded(self) -> str:
        return folded(self.text)

    @cached_property
    def compact(self) -> str:
        """Letters and digits alone."""
        return "".join(letter for letter in self.folded if letter.isalnum())

    def after(self, labels: Iterable[str]) -> str | None:
        """Return what follows the longest of `labels` (compact) that the line begins with; None without one."""
        lengths = [
            (len(label), length) for label in labels if (length := _prefix(self.compact, label)) is not None
        ]
        if not lengths:
            return None
        _, length = max(lengths)
        seen = 0
        for place, letter in enumerate(self.folded):
            seen += letter.isalnum()
            if seen == length:
                return tidy(self.text[place + 1 :])
        return ""

    def begins(self, labels: Iterable[str]) -> bool:
        return any(_prefix(self.compact, label) is not None for label in labels)

    def has(self, stems: Iterable[str]) -> bool:
        return any(stem in self.compact for stem in stems)


def lines_of(page: str) -> tuple[Line, ...]:
    texts = (" ".join(text.split()) for text in plain(page).splitlines())
    return tuple(Line(text) for text in texts if text)


def tidy(value: str) -> str:
    """Return `value` without the dots and dashes that lead to it, whatever OCR makes of them."""
    return _LEADERS.sub("", value).strip(" .:;|_-=\t")


def distance(one: str, other: str) -> int:
    """Return how many letters must be changed, added or dropped to go from one to the other."""
    return _distances(one, other)[-1]


def _distances(one: str, other: str) -> list[int]:
    """Return the distance from `one` to each beginning of `other`, the empty one first."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, against in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (letter != against))
    return row


@lru_cache(maxsize=4096)
def _prefix(compact: str, label: str) -> int | None:
    """Return how many letters at the beginning of `compact` stand for `label`, or None."""
    if compact.startswith(label):
        return len(label)
    slips = min(_MOST_SLIPS, len(label) // _LETTERS_PER_SLIP)
    if not slips:
        return None
    beginning = compact[: len(label) + slips]
    # Cheaper than the distance, and most lines end here: a slip spoils two pairs of letters at most.
    if len(beginning) < len(label) - slips or len(_pairs(label) - _pairs(beginning)) > 3 * slips:
        return None
    slipped, _, length = min(
        (slipped, abs(length - len(label)), length)
        for length, slipped in enumerate(_distances(label, beginning))
    )
    return length if slipped <= slips else None


@lru_cache(maxsize=1024)
def _pairs(text: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(text)))
