"""Words that a typist, a register and a scanner write differently, and that are the same words.

Kind about letters, strict about numbers: « 12 » is never « 21 », and what a scanner may have lost of a
word is little. Every comparison gives the same answer both ways round.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from portal.documents.kbis_words import plain

Words = tuple[str, ...]
Readings = Callable[[str], frozenset[str]]
"""What a word may stand for: itself, and what it abbreviates."""

# A name, an address or a legal form has some hundred characters; longer texts are compared letter by letter.
LONGEST: Final = 400

_WORD = re.compile(r"[^\W\d_]+|\d+")
_TYPED = str.maketrans({"’": "'", "‘": "'", "–": "-", "‐": "-", "‑": "-"})
_SAID_AS_WORDS = str.maketrans(
    {"&": " et ", "+": " plus ", "@": " at ", "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"}
)


class Degree(StrEnum):
    SAME = "same"
    CLOSE = "close"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two texts are; `but` says in French what sets apart those that are close."""

    degree: Degree
    but: str = ""


SAME: Final = Likeness(Degree.SAME)
DIFFERENT: Final = Likeness(Degree.DIFFERENT)
BUT_SIGNS: Final = Likeness(
    Degree.CLOSE, "seuls les majuscules, les accents, les espaces ou la ponctuation changent"
)
BUT_ORDER: Final = Likeness(Degree.CLOSE, "les mots sont dans un autre ordre")
BUT_LETTERS: Final = Likeness(Degree.CLOSE, "une ou deux lettres changent, peut-être mal lues")


def close(but: str) -> Likeness:
    return Likeness(Degree.CLOSE, but)


def one_line(text: str) -> str:
    """Return `text` with one space between its words and nothing that does not show."""
    return " ".join("".join(map(_shown, text)).split())


def _shown(sign: str) -> str:
    if sign.isprintable():
        return sign
    # What turns the direction of writing, joins or parts letters has no width; the others are blanks.
    return "" if unicodedata.category(sign) == "Cf" else " "


def decided_by_signs(one: str, other: str) -> Likeness | None:
    """Return what needs no understanding: the same text, nothing to compare, too long; else None."""
    one, other = one_line(one), one_line(other)
    if one == other:
        return SAME
    if max(len(one), len(other)) > LONGEST:
        return DIFFERENT
    if _as_printed(one) == _as_printed(other):
        return SAME
    if not (words_of(one) and words_of(other)):
        return DIFFERENT
    return None


def _as_printed(line: str) -> str:
    """Return the same signs in one form only; « ² » stays what it is."""
    return unicodedata.normalize("NFC", line).translate(_TYPED)


def words_of(text: str) -> Words:
    """Return the words of `text` without case and accents; digits are words of their own."""
    return tuple(_WORD.findall(without_accents(text)))


def without_accents(text: str) -> str:
    spelled = unicodedata.normalize("NFKD", plain(text).translate(_SAID_AS_WORDS))
    return "".join(sign for sign in spelled if not unicodedata.combining(sign)).casefold()


def same_words(one: str, other: str) -> bool:
    """Tell whether two texts are the same words, whatever their case, accents and signs."""
    return words_of(one) == words_of(other)


def numbers_of(words: Words) -> Words:
    return tuple(word for word in words if word.isdigit())


def reads_as(abbreviations: Mapping[str, str]) -> Readings:
    """Return the readings by a table from an abbreviation to what it may mean, « ste » to « sainte|societe »."""
    read = {short: frozenset({short, *longer.split("|")}) for short, longer in abbreviations.items()}
    return lambda word: read.get(word) or frozenset({word})


def itself(word: str) -> frozenset[str]:
    return frozenset({word})


@dataclass(frozen=True, slots=True)
class Kindness:
    """What may change between two lists of words that say the same; `slips` are at most two letters."""

    readings: Readings = itself
    plurals: bool = False
    slips: int = 2


def words_alike(one: Words, other: Words, kindness: Kindness) -> Likeness:
    """Compare word by word, then whatever their order, then with letters lost; never SAME."""
    one, other = sorted((one, other))  # both ways round the same
    if numbers_of(one) != numbers_of(other):
        return DIFFERENT
    if one == other or "".join(one) == "".join(other):
        return BUT_SIGNS
    if _pairwise(one, other, kindness):
        return close("une abréviation change")
    left, unmatched = _without_common(one, other, kindness.readings)
    if not left and not unmatched:
        return BUT_ORDER
    budget = min(kindness.slips, _most_slips(one, other))
    return BUT_LETTERS if _lost_letters(left, unmatched, budget, kindness) else DIFFERENT


def _same_word(one: str, other: str, readings: Readings) -> bool:
    return bool(readings(one) & readings(other))


def _pairwise(one: Words, other: Words, kindness: Kindness) -> bool:
    return len(one) == len(other) and all(
        _same_word(*pair, kindness.readings) for pair in zip(one, other, strict=True)
    )


def _without_common(one: Words, other: Words, readings: Readings) -> tuple[Words, Words]:
    left: list[str] = []
    unmatched = list(other)
    for word in one:
        twin = next((each for each in unmatched if _same_word(word, each, readings)), None)
        if twin is None:
            left.append(word)
        else:
            unmatched.remove(twin)
    return tuple(left), tuple(unmatched)


def _lost_letters(left: Words, unmatched: Words, budget: int, kindness: Kindness) -> bool:
    """Tell whether the words left over are the same but for so many letters."""
    if len(left) != len(unmatched) or len(left) > budget:
        return False
    return any(_slips_within(left, order, budget, kindness) for order in _orders(unmatched))


def _orders(words: Words) -> Sequence[Words]:
    return (words, words[::-1]) if len(words) > 1 else (words,)


def _slips_within(one: Words, other: Words, budget: int, kindness: Kindness) -> bool:
    counts = [slips(*pair, plurals=kindness.plurals) for pair in zip(one, other, strict=True)]
    return None not in counts and sum(count or 0 for count in counts) <= budget


# --- letters that a scanner takes for others -----------------------------------------------------

_SHORTEST_WITH_A_SLIP = 5
_LONG_WORD = 10
_LONG_TEXT = 12
_LONGEST_WORD = 40
_LOOK_ALIKE = frozenset(
    map(
        frozenset,
        ("il", "ij", "lt", "it", "ft", "oc", "oe", "ce", "ao", "ae", "nu", "uv", "vy", "hb", "hn", "nr", "mn",
         "gq", "cg", "gy", "bd", "kx", "do", "qo", "sg"),
    )
)  # fmt: skip
_ONE_FOR_TWO = {
    "m": ("rn", "nn", "in", "ni"),
    "d": ("cl",),
    "w": ("vv",),
    "u": ("ii",),
    "h": ("li",),
    "n": ("ri",),
}
# « Paul » and « Paule », « Lucie » and « Lucien », « Martin » and « Martins » are two people: an ending counts.
_MAY_BE_LOST_AT_THE_END = "bcdfglmpqrt"
_VOWELS = "aeiouy"
_MANY = 99


def _most_slips(one: Words, other: Words) -> int:
    """Return how many letters in all may be lost or misread in texts of that length."""
    return 2 if min(len("".join(one)), len("".join(other))) >= _LONG_TEXT else 1


def slips(one: str, other: str, *, plurals: bool = False) -> int | None:
    """Return how many letters of a word a scanner lost or misread to give the other; None where it is another."""
    short, long = sorted((one, other), key=lambda word: (len(word), word))
    if len(short) < _SHORTEST_WITH_A_SLIP or len(long) > _LONGEST_WORD or not (short + long).isalpha():
        return None
    if long[:-1] == short:
        return 1 if long[-1] in _MAY_BE_LOST_AT_THE_END or (plurals and long[-1] == "s") else None
    if not _end_alike(short, long):
        return None
    most = 2 if len(short) >= _LONG_WORD else 1
    if len(long) - len(short) > most:
        return None
    counted = _misread(short, long)
    return counted if counted <= most else None


def _end_alike(short: str, long: str) -> bool:
    """Tell whether the endings are the same: two letters, or a consonant, for a feminine ends in a vowel."""
    if short[-1] != long[-1]:
        return False
    misread = len(short) == len(long) and {short[-2], long[-2]} == {"i", "l"}
    return short[-2] == long[-2] or short[-1] not in _VOWELS or misread


def _misread(one: str, other: str) -> int:
    """Return the fewest letters lost or misread; `_MANY` where a letter is another, or the first is missing."""
    table = [[_MANY] * (len(other) + 1) for _ in range(len(one) + 1)]
    table[0][0] = 0
    for i in range(len(one) + 1):
        for j in range(len(other) + 1):
            steps = [table[i][j]]
            if i and j:
                steps.append(table[i - 1][j - 1] + _replaced(one[i - 1], other[j - 1]))
            if i > 1:
                steps.append(table[i - 1][j] + 1)
            if j > 1:
                steps.append(table[i][j - 1] + 1)
            if i and j > 1 and other[j - 2 : j] in _ONE_FOR_TWO.get(one[i - 1], ()):
                steps.append(table[i - 1][j - 2] + 1)
            if j and i > 1 and one[i - 2 : i] in _ONE_FOR_TWO.get(other[j - 1], ()):
                steps.append(table[i - 2][j - 1] + 1)
            table[i][j] = min(steps)
    return table[-1][-1]


def _replaced(one: str, other: str) -> int:
    if one == other:
        return 0
    return 1 if frozenset((one, other)) in _LOOK_ALIKE else _MANY
