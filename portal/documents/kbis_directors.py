"""Who directs the company, in the whole text of an extract: is this person among them?"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from portal.documents.kbis_words import Line, distance, lines_of, tidy
from portal.documents.kbis_zones import LABELS
from portal.documents.persons_alike import persons_alike
from portal.documents.words_alike import DIFFERENT, Degree, Likeness, same_words

_MOST_CHARACTERS: Final = 40_000
_MOST_LINES: Final = 600
_LONGEST_NAME = 100

_LETTERS_PER_SLIP = 7
_WORD = re.compile(r"[^\W_]+")

# Labels in the compact form of `Line`: the capacities that bind a company, then what a name stands behind.
_DIRECTORS = frozenset({
    "gerant", "gerante", "gerance", "gerants", "cogerant", "associegerant", "gerantassocie", "president", "presidente",
    "presidentdelasas", "presidentdelasociete", "presidentduconseildadministration", "presidentdirecteurgeneral",
    "directeurgeneral", "directricegenerale", "directeurgeneraldelegue", "administrateur", "representantlegal",
    "representant", "dirigeant", "gestiondirection", "administration",
    "identificationdelapersonnephysique", "membredudirectoire",
})  # fmt: skip
_NAMES = frozenset({
    "nometprenoms", "nometprenom", "nomprenoms", "nomprenom", "nomdenaissanceprenoms", "nomdenaissance",
    "nomdusage", "denomination", "denominationsociale", "denominationouraisonsociale", "raisonsociale",
})  # fmt: skip
# They are named on an extract and sign nothing for the company.
_OTHERS = (
    "commissaire", "precedentexploitant", "precedentproprietaire", "loueur", "bailleur", "domiciliation",
    "conjoint", "etablissement", "renseignementsrelatifsaletablissement",
    "renseignementsrelatifsalactivite", "renseignementssurletablissement", "identificationdelapersonnemorale",
    "identificationdelentreprise", "observations",
)  # fmt: skip
_NEVER_NAMES = frozenset({
    *_NAMES, *_DIRECTORS, *_OTHERS, *LABELS,
    "dateetlieu", "datedenaissance", "nationalite", "domicile", "page",
})  # fmt: skip
_LONGEST_LABEL = max(map(len, _NEVER_NAMES)) + 1


@dataclass(frozen=True, slots=True)
class Director:
    """Who an extract names, as it writes it, beside the person looked for."""

    value: str
    likeness: Likeness


def director_in(text: str, person: str, *, company: str) -> Director | None:
    """Return `person` as the extract names them; else the directors it does name; None where it shows none.

    `company` is the extract's own name: where it is a person's, it alone shows no director.
    """
    lines = lines_of(text[:_MOST_CHARACTERS])[:_MOST_LINES]
    named = tuple(dict.fromkeys(_named(lines)))
    alone = (value for value in _alone(lines) if not same_words(value, company))
    found = [(value, persons_alike(person, value)) for value in dict.fromkeys((*named, *alone))]
    for degree in (Degree.SAME, Degree.CLOSE):
        for value, likeness in found:
            if likeness.degree is degree:
                return Director(value, likeness)
    return Director(" ; ".join(named), DIFFERENT) if named else None


def _named(lines: Sequence[Line]) -> Iterator[str]:
    """Yield what stands behind the label of a director, or behind a name's under a director's heading."""
    directs = False
    for place, line in enumerate(lines):
        if line.begins(_OTHERS):
            directs = False
            continue
        value = _after(line, _DIRECTORS)
        if value is not None:
            directs = True
        elif directs:
            value = _after(line, _NAMES)
            if value == "" and place + 1 < len(lines):
                value = tidy(lines[place + 1].text)
        if value and _may_be_a_name(value):
            yield value


def _alone(lines: Sequence[Line]) -> Iterator[str]:
    """Yield the lines that may be a name and nothing else: labels and values are apart on some extracts."""
    directs = True
    for line in lines:
        if line.begins(_OTHERS):
            # The company's own heading: where labels and values are apart, all values follow it.
            directs = line.begins(("identification",))
        elif _after(line, _DIRECTORS) is not None:
            directs = True
        elif directs and _may_be_a_name(line.text):
            yield tidy(line.text)


def _after(line: Line, labels: frozenset[str]) -> str | None:
    """Return what follows the longest of `labels` that the line's first words are; None without one."""
    exact = misread = None
    compact = ""
    for word in _WORD.finditer(line.folded):
        compact += word[0]
        if len(compact) > _LONGEST_LABEL:
            break
        if compact in labels:
            exact = word.end()
        elif _is_misread(compact, labels):
            misread = word.end()
    end = misread if exact is None else exact
    return None if end is None else tidy(line.text[end:])


def _is_misread(compact: str, labels: frozenset[str]) -> bool:
    slips = len(compact) // _LETTERS_PER_SLIP
    return slips > 0 and any(
        abs(len(label) - len(compact)) <= slips and distance(compact, label) <= slips for label in labels
    )


def _may_be_a_name(value: str) -> bool:
    return (
        len(value) <= _LONGEST_NAME
        and not any(sign.isdigit() for sign in value)
        and _after(Line(value), _NEVER_NAMES) is None
    )
