"""Whether two papers name the same person.

An extract says « DURAND Camille, Marie », a contract « Camille Durand », a bank « MME C DURAND ». Which
word is the surname is told by its capitals, by the comma, else by its place. The surname must be there,
and of the given names one at least; a given name more is the same person, another one is not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import product
from typing import Final

from portal.documents.kbis_words import plain
from portal.documents.words_alike import (
    BUT_LETTERS,
    BUT_ORDER,
    BUT_SIGNS,
    DIFFERENT,
    Degree,
    Kindness,
    Likeness,
    Words,
    close,
    decided_by_signs,
    numbers_of,
    reads_as,
    slips,
    words_alike,
    words_of,
)

BUT_GIVEN_NAMES: Final = close("un prénom manque ou est abrégé")
BUT_USAGE: Final = close("un nom de naissance ou d’usage s’ajoute")

# Persons have little in their names to tell them apart: one letter misread is all that is forgiven.
_PERSON = Kindness(reads_as({"st": "saint", "ste": "sainte"}), slips=1)
_CIVILITIES = frozenset({
    "m", "mr", "mme", "mlle", "mrs", "monsieur", "madame", "mademoiselle", "messieurs", "dr", "docteur", "me",
    "maitre", "ei",
})  # fmt: skip
_USAGE = frozenset(
    {"epouse", "epoux", "ep", "nee", "ne", "naissance", "usage", "dit", "dite", "veuve", "vve"}
)
_AROUND_USAGE = frozenset({"nom", "d", "de"})
_TOGETHER = frozenset({"et", "ou"})
_PARTICLES = frozenset({
    "de", "du", "des", "d", "le", "la", "les", "l", "van", "von", "der", "den", "el", "al", "ben", "da", "dos", "di",
})  # fmt: skip
_MOST_WORDS = 12
_APART = str.maketrans("()'", "   ")
_COMMA = re.compile(r"[,;]")


class _Told(Enum):
    """What tells the surname of a reading: capitals or a comma, its place, or nothing but our hope."""

    MARKED = auto()
    LAST = auto()
    FIRST = auto()
    FIRST_PERHAPS = auto()


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read a person's name."""

    surname: Words
    given: Words
    told: _Told


@dataclass(frozen=True, slots=True)
class _Person:
    words: Words
    readings: tuple[_Reading, ...]
    two_surnames: bool
    together: bool


def persons_alike(one: str, other: str) -> Likeness:
    """Compare two names of a person, in whatever order each writes them."""
    decided = decided_by_signs(one, other)
    if decided is not None:
        return decided
    first, second = sorted((_person(one), _person(other)), key=lambda person: person.words)
    if not (first.words and second.words) or max(len(first.words), len(second.words)) > _MOST_WORDS:
        return DIFFERENT
    if numbers_of(first.words) != numbers_of(second.words):
        return DIFFERENT
    whole = words_alike(first.words, second.words, _PERSON)
    if whole.degree is Degree.CLOSE and (whole == BUT_SIGNS or _may_be_one(first, second)):
        return whole
    if first.together or second.together:
        return DIFFERENT
    either = first.two_surnames or second.two_surnames
    found = [
        _read_alike(*pair, either=either)
        for pair in product(first.readings, second.readings)
        if not _both_hoped(*pair)
    ]
    kept = [likeness for likeness in found if likeness.degree is Degree.CLOSE]
    return kept[0] if kept else DIFFERENT


def _may_be_one(first: _Person, second: _Person) -> bool:
    """Tell whether the same words may be the same person: not where each says by its capitals which is the surname."""
    if not (len(first.readings) == len(second.readings) == 1):
        return True
    surnames = (first.readings[0].surname, second.readings[0].surname)
    return words_alike(*surnames, _PERSON).degree is Degree.CLOSE


def _both_hoped(one: _Reading, other: _Reading) -> bool:
    """Tell whether nothing shows the surname: « Jean Martin » is not « Jean Martin Dupont »."""
    told = {one.told, other.told}
    return _Told.FIRST_PERHAPS in told and told <= {_Told.FIRST_PERHAPS, _Told.FIRST}


def _read_alike(one: _Reading, other: _Reading, *, either: bool) -> Likeness:
    surnames = words_alike(one.surname, other.surname, _PERSON)
    given = _given_alike(one.given, other.given)
    if given.degree is Degree.DIFFERENT or (surnames == BUT_LETTERS and given == BUT_LETTERS):
        return DIFFERENT
    if surnames.degree is Degree.DIFFERENT:
        fewer, more = sorted((set(one.surname), set(other.surname)), key=len)
        return BUT_USAGE if either and fewer <= more else DIFFERENT
    return BUT_LETTERS if surnames == BUT_LETTERS else given


def _given_alike(one: Words, other: Words) -> Likeness:
    """Compare given names: all of the fewer must be among the more, at least as initials."""
    fewer, more = sorted((one, other), key=lambda words: (len(words), words))
    left = list(more)
    lost = 0
    for name in sorted(fewer, key=len, reverse=True):
        twin = min(left, key=lambda each: _unlike(name, each), default=None)
        if twin is None or _unlike(name, twin) >= _OTHER:
            return DIFFERENT
        lost += _unlike(name, twin) == _LOST_LETTER
        left.remove(twin)
    if not fewer or lost > 1:
        return DIFFERENT
    if lost:
        return BUT_LETTERS
    return BUT_ORDER if sorted(fewer) == sorted(more) else BUT_GIVEN_NAMES


_INITIAL, _LOST_LETTER, _OTHER = 1, 2, 3


def _unlike(one: str, other: str) -> int:
    if one == other:
        return 0
    if one[0] == other[0] and 1 in {len(one), len(other)}:
        return _INITIAL
    return _LOST_LETTER if slips(one, other) == 1 else _OTHER


# --- which word is the surname -------------------------------------------------------------------


def _person(text: str) -> _Person:
    line = " ".join(plain(text).split())
    pieces = [_named(piece) for piece in _COMMA.split(line)]
    parts = [[word for word in words if words_of(word)] for words in pieces]
    parts = [part for part in parts if part]
    written = [word for part in parts for word in part]
    spoken = {token for word in line.split() for token in words_of(word)}
    return _Person(
        words=_tokens(written),
        readings=_readings(parts, written),
        two_surnames=bool(spoken & _USAGE),
        together=bool(spoken & _TOGETHER) or "&" in line,
    )


def _named(piece: str) -> list[str]:
    """Return the words as written that are of the name itself."""
    words = piece.translate(_APART).split()
    with_usage = any(set(words_of(word)) & _USAGE for word in words)
    left_out = _CIVILITIES | _USAGE | (_AROUND_USAGE if with_usage else frozenset())
    # « D. Durand » is an initial, « M. Durand » a civility: a point does not tell, the place does.
    return [
        word
        for place, word in enumerate(words)
        if not _is_left_out(words_of(word), left_out, first=place == 0)
    ]


def _is_left_out(tokens: Words, left_out: frozenset[str], *, first: bool) -> bool:
    if len(tokens) != 1 or tokens[0] not in left_out:
        return False
    return first or tokens[0] not in {"m", "me", "ei"}


def _readings(parts: Sequence[Sequence[str]], written: Sequence[str]) -> tuple[_Reading, ...]:
    capitals = [word for word in written if _is_capitals(word)]
    if capitals and len(capitals) < len(written):
        # « de », « le » in small letters before a surname in capitals belong to neither side.
        small = [word for word in written if word not in capitals]
        given = [word for word in small if word.casefold() not in _PARTICLES] or small
        return _reading(capitals, given, _Told.MARKED)
    if len(parts) > 1:
        head, rest = list(parts[0]), [word for part in parts[1:] for word in part]
        return (
            *_reading(head[:-1], [head[-1], *rest], _Told.MARKED),
            *_reading(head, rest, _Told.MARKED),
        )
    words = list(written)
    start = len(words) - 1
    while start > 1 and words[start - 1].casefold() in _PARTICLES:
        start -= 1
    end = 1
    while end < len(words) - 1 and words[end - 1].casefold() in _PARTICLES:
        end += 1
    told = _Told.FIRST if capitals else _Told.FIRST_PERHAPS
    return (
        *_reading(words[start:], words[:start], _Told.LAST),
        *_reading(words[:end], words[end:], told),
    )


def _is_capitals(word: str) -> bool:
    letters = [letter for letter in word if letter.isalpha()]
    return len(letters) > 1 and word == word.upper() and "." not in word


def _reading(surname: Sequence[str], given: Sequence[str], told: _Told) -> tuple[_Reading, ...]:
    return (_Reading(_tokens(surname), _tokens(given), told),) if surname and given else ()


def _tokens(words: Sequence[str]) -> Words:
    return tuple(token for word in words for token in words_of(word))
