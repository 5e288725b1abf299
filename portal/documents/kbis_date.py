"""The day an extract is « à jour au », which is neither the day it was printed nor any other date on it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from portal.documents.kbis_siren import LOOKS_LIKE
from portal.documents.kbis_words import Line, distance
from portal.documents.kbis_zones import Zones

_MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin",
    "juillet", "aout", "septembre", "octobre", "novembre", "decembre",
)  # fmt: skip
_YEARS = range(2000, 2100)


def _spaced(word: str) -> str:
    return r"\s*".join(word)


_DIGIT = r"[0-9oqil|!sbz]"
_UP_TO = rf"{_spaced('jour')}\s*(?:{_spaced('au')}|a[vn]|{_spaced('le')}|{_spaced('aladatedu')}|{_spaced('endatedu')})"
_UP_TO_DATE = re.compile(
    rf"{_UP_TO}\s*[:.;]?\s*"
    rf"(?:(?P<day>[0-9]{{1,2}}|[0-9]\s[0-9]|{_DIGIT}{{1,2}}(?=\s|er\b))"
    rf"(?P<first>\s?(?:e\s?r|°))?(?P<apart>\s*)(?P<month>[a-z]{{3,9}})\.?\s*"
    rf"|(?P<day_number>{_DIGIT}{{1,2}})\s?[/.\-]\s?(?P<month_number>{_DIGIT}{{1,2}})\s?[/.\-]\s?)"
    rf"(?P<year>[0-9](?: ?[0-9]){{3}}(?![0-9])|{_DIGIT}{{4}}(?![0-9a-z]))"
)
# Papers of the company that are themselves « à jour au ».
_OF_A_PAPER = re.compile(r"(?:mise?s?|statuts?|comptes?|liste|acte|tenue?)\s*(?:\S\s*)?$")
_PRINTED = re.compile(
    r"(?:delivree?|editee?|imprimee?)\b.{0,40}?\b(\d\d?)[/.](\d\d?)[/.](\d{4})"
    r"|r.?c.?s.{2,40}? (\d\d?)/(\d\d?)/(\d{4}) . \d\d?:\d\d"
)


@dataclass(frozen=True, slots=True)
class UpToDate:
    """The day, whether its month is in words, and whether letters had to be corrected to read it."""

    day: date
    in_words: bool
    repaired: bool


def up_to_date(zones: Zones, *, by_ocr: bool) -> UpToDate | None:
    """Return the day; None where it is not written, impossible, or written in two ways."""
    own = _found(zones.own)
    elsewhere = _found(zones.rest)
    found = own or ([] if by_ocr else elsewhere)
    if by_ocr:
        found = found + [one for one in elsewhere if own]
    days = {one.day if one else None for one in found}
    if len(days) != 1 or None in days:
        return None
    reading = min((one for one in found if one), key=lambda one: (one.repaired, not one.in_words))
    # Nothing is up to date on a day after it was printed: one of the two was misread.
    if by_ocr and any(printed < reading.day for printed in _printed(zones.all)):
        return None
    return reading


def _found(lines: Sequence[Line]) -> list[UpToDate | None]:
    text = "\n".join(line.folded for line in lines)
    return [
        _reading(match)
        for match in _UP_TO_DATE.finditer(text)
        if not _OF_A_PAPER.search(text[max(0, match.start() - 30) : match.start()])
    ]


def _reading(match: re.Match[str]) -> UpToDate | None:
    in_words = match["day"] is not None
    written = [
        re.sub(r"\s", "", one) for one in ((match["day"] if in_words else match["day_number"]), match["year"])
    ]
    day, year = (one.translate(LOOKS_LIKE) for one in written)
    repaired = [day, year] != written
    if in_words:
        if match["first"] and day != "1":
            return None
        month, exactly = _month(match["month"])
        # A letter glued to a wrong month may be the day's second digit.
        if not exactly and not match["apart"]:
            return None
        repaired = repaired or not exactly
    else:
        number = match["month_number"].translate(LOOKS_LIKE)
        repaired = repaired or number != match["month_number"]
        month = int(number)
    try:
        found = date(int(year), month, int(day))
    except ValueError:
        return None
    return UpToDate(found, in_words, repaired) if found.year in _YEARS else None


def _month(word: str) -> tuple[int, bool]:
    """Return the month that `word` is nearest to (0 for none), and whether it is written so exactly."""
    if word in _MONTHS:
        return _MONTHS.index(word) + 1, True
    if any(name.startswith(word) for name in _MONTHS):
        return 0, False  # « juil » is « juin » misread as well as « juillet » cut
    near = sorted((distance(word, name), number) for number, name in enumerate(_MONTHS, 1))
    (slips, number), (next_slips, _) = near[:2]
    allowed = 1 if len(_MONTHS[number - 1]) < 6 else 2  # noqa: PLR2004 -- mai and mars are two letters apart
    return (number, False) if slips <= allowed and slips < next_slips else (0, False)


def _printed(lines: Iterable[Line]) -> Iterable[date]:
    for line in lines:
        for match in _PRINTED.finditer(line.folded):
            day, month, year = (int(number) for number in match.groups() if number)
            try:
                yield date(year, month, day)
            except ValueError:
                continue
