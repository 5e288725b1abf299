"""The company's own number on an extract, and how many places say it.

A number counts where something says what it is: « R.C.S. » after it, « SIREN » or « numéro
d'identification » before it, an EUID, the greffe's line at the foot of a page. Letters that OCR takes for
digits count as such where the key is then right. Two different numbers are none.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from stdnum.fr import siren as siren_check
from stdnum.fr import siret as siret_check

from portal.documents.kbis_words import Line, distance
from portal.documents.kbis_zones import NUMBER_LABELS, Zones

LOOKS_LIKE = str.maketrans("OoQDIil|!SsBZz", "00001111155822")
_LENGTH = 9
_MOST_LETTERS = 2

_D = r"[0-9OoQDIil|!SsBZz?]"  # « ? » is a digit that OCR did not believe
_GAP = r"[ .,\-]{0,2}"
# A letter apart before the digits (« R.C.S. Nanterre B 518 452 750 ») is no digit, a digit apart makes
# another number.
_NUMBER = re.compile(
    rf"(?<![0-9A-Za-z])(?<![0-9][ .])(?![A-Za-z] ){_D}(?:{_GAP}{_D}){{8}}(?![0-9A-Za-z]|[ .]?[0-9])"
    rf"|(?<![0-9])(?<![0-9] )[0-9](?:{_GAP}[0-9]){{8}}(?=R\.?C\.?S)"  # where the spaces are lost
)
_SIRET = re.compile(r"(?<![0-9])[0-9](?:[ .]{0,2}[0-9]){13}(?![0-9])")
_EUID = re.compile(rf"\bFR {{0,2}}[0-9OIl]{{4}} {{0,2}}[.,]? {{0,2}}({_D}(?:[ .]?{_D}){{8}})(?![0-9A-Za-z])")
_RCS_AFTER = re.compile(r"[ :,.\-]{0,3}[RrA][.,: ]{0,2}[CG(][.,: ]{0,2}[S5s§](?![a-zA-Z]{2})")
_LABEL_BEFORE = re.compile(
    r"(?:siren|identification|rcs,? ?(?:numero|n°|no)|r\.? ?c\.? ?s\.? [a-z' \-]{2,30}?(?: [abcd])?"
    r"|(?:r\.?c\.?s\.?|societes)[a-z' ,\-]{0,40} sous le (?:numero|n°|no))[^a-z0-9]*$"
)
_FOOT = re.compile(r"R.?C.?S.{2,40}? \d\d?/\d\d?/\d{4} . \d\d?:\d\d")


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """The number, in how many places it was read, and whether letters had to be taken for digits."""

    siren: str
    marks: int
    repaired: bool


@dataclass(frozen=True, slots=True)
class _Mark:
    siren: str
    repaired: bool
    valid: bool


def own_number(zones: Zones) -> OwnNumber | None:
    """Return the company's own SIREN; None where none is read, or several."""
    own = [mark for line, before in _with_the_one_before(zones.own) for mark in _marks(line, before)]
    own += [mark for line in zones.rest for mark in _marks_of_its_own_kind(line)]
    found = {mark.siren for mark in own if mark.valid}
    if len(found) != 1:
        return None
    [siren] = found
    same = [mark for mark in own if mark.siren == siren]
    # A number that could not be read stood where the own one stands: the one read must be like it.
    misread = [mark for mark in own if not mark.valid]
    if len(same) == 1 and any(distance(mark.siren, siren) > _MOST_LETTERS for mark in misread):
        return None
    places = sum(
        any(mark.siren == siren for mark in _marks(line, before))
        for lines in (zones.own, zones.rest)
        for line, before in _with_the_one_before(lines)
    )
    return OwnNumber(siren, places, all(mark.repaired for mark in same))


def _with_the_one_before(lines: Iterable[Line]) -> Iterator[tuple[Line, Line | None]]:
    before: Line | None = None
    for line in lines:
        yield line, before
        before = line


def _marks(line: Line, before: Line | None) -> Iterator[_Mark]:
    yield from _euids(line)
    labelled_above = before is not None and before.after(NUMBER_LABELS) == ""
    for match in _NUMBER.finditer(line.text):
        if (
            _RCS_AFTER.match(line.text, match.end())
            or _LABEL_BEFORE.search(line.folded[: match.start()])
            or (labelled_above and not line.folded[: match.start()].strip(" :."))
        ):
            yield _mark(match.group())
    if line.begins(("siret",)):
        for match in _SIRET.finditer(line.text):
            digits = re.sub(r"\D", "", match.group())
            if siret_check.is_valid(digits):
                yield _Mark(digits[:_LENGTH], repaired=False, valid=True)


def _marks_of_its_own_kind(line: Line) -> Iterator[_Mark]:
    """Give the right marks that are the company's wherever they stand: an EUID, the greffe's line with its date."""
    yield from (mark for mark in _euids(line) if mark.valid)
    match = _NUMBER.match(line.text)
    if match and _RCS_AFTER.match(line.text, match.end()) and _FOOT.search(line.text, match.end()):
        mark = _mark(match.group())
        if mark.valid:
            yield mark


def _euids(line: Line) -> Iterator[_Mark]:
    for match in _EUID.finditer(line.text):
        yield _mark(match.group(1))


def _mark(read: str) -> _Mark:
    kept = re.sub(r"[ .,\-]", "", read)
    digits = kept.translate(LOOKS_LIKE)
    letters = sum(one != other for one, other in zip(kept, digits, strict=True))
    valid = letters <= _MOST_LETTERS and bool(siren_check.is_valid(digits))
    return _Mark(digits, repaired=letters > 0, valid=valid)
