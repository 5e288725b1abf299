"""Whether two papers name the same company, legal form or address (CGV art. 8).

A company is written « SARL Durand », « DURAND S.A.R.L. », « Durand »; an address « 12 R DE L EGLISE » or
« 12, rue de l’Église ». What is one thing written twice is close; where in doubt, it is different, and a
person looks.
"""

import re
from types import MappingProxyType
from typing import Final

from portal.documents.words_alike import (
    BUT_LETTERS,
    BUT_SIGNS,
    DIFFERENT,
    SAME,
    Degree,
    Kindness,
    Likeness,
    Words,
    close,
    decided_by_signs,
    one_line,
    reads_as,
    without_accents,
    words_alike,
    words_of,
)

_SEPARATORS = re.compile(r"[\s.\-]")


def sirens_alike(one: str, other: str) -> Likeness:
    """Compare two numbers: nothing but spaces, dots and dashes may differ."""
    one, other = one_line(one), one_line(other)
    digits = _SEPARATORS.sub("", one)
    return SAME if one == other or (digits and digits == _SEPARATORS.sub("", other)) else DIFFERENT


# --- companies -----------------------------------------------------------------------------------

_SMALL_WORDS = frozenset({"le", "la", "les", "de", "du", "des", "et"})
_ELIDED = re.compile(r"\b[ld]'(?=\w)")
_COMPANY_WORDS = reads_as(
    {
        "ste": "societe|sainte",
        "soc": "societe",
        "st": "saint",
        "sts": "saints",
        "stes": "saintes",
        "ets": "etablissements|etablissement",
        "etab": "etablissement|etablissements",
        "etabl": "etablissement|etablissements",
        "cie": "compagnie",
        "frs": "freres",
        "trans": "transports|transport",
        "assoc": "association",
        "gr": "groupe",
        "intl": "international",
        "int": "international",
        "nat": "national",
    }
)
_COMPANY = Kindness(_COMPANY_WORDS, plurals=True)


def companies_alike(one: str, other: str) -> Likeness:
    """Compare two names of a company: its legal form may stand beside one of them, not another form beside each."""
    decided = decided_by_signs(one, other)
    if decided is not None:
        return decided
    words, other_words = words_of(one), words_of(other)
    bare, form = _without_form(words)
    other_bare, other_form = _without_form(other_words)
    if form and other_form and form != other_form:
        return DIFFERENT
    few, other_few = _without_small_words(one), _without_small_words(other)
    return (
        _unless_different(words_alike(words, other_words, _COMPANY))
        or _unless_different(words_alike(bare, other_bare, _COMPANY), "la forme juridique près du nom change")
        or _unless_different(words_alike(few, other_few, _COMPANY), "un petit mot change")
        or DIFFERENT
    )


def _unless_different(found: Likeness, but: str = "") -> Likeness | None:
    """Return what was found, said as `but` where no letter was lost; None where it is different."""
    if found.degree is Degree.DIFFERENT:
        return None
    return found if found == BUT_LETTERS or not but else close(but)


def _without_small_words(text: str) -> Words:
    """Return a name's words without articles and legal form; all of them where nothing else is left."""
    words, _ = _without_form(words_of(_ELIDED.sub("", without_accents(text))))
    return tuple(word for word in words if word not in _SMALL_WORDS) or words


# --- legal forms ---------------------------------------------------------------------------------

_FORMS: Final = MappingProxyType(
    {
        "sas": ("sas", "s a s", "sasu", "s a s u", "societe par actions simplifiee",
                "societe par actions simplifiee unipersonnelle"),
        "sarl": ("sarl", "s a r l", "eurl", "e u r l", "societe a responsabilite limitee",
                 "societe a responsabilite limitee unipersonnelle",
                 "entreprise unipersonnelle a responsabilite limitee"),
        "sa": ("sa", "s a", "societe anonyme"),
        "snc": ("snc", "s n c", "societe en nom collectif"),
        "scs": ("scs", "societe en commandite simple"),
        "sca": ("sca", "societe en commandite par actions"),
        "sci": ("sci", "s c i", "societe civile immobiliere"),
        "sccv": ("sccv", "societe civile de construction vente"),
        "scm": ("scm", "societe civile de moyens"),
        "scp": ("scp", "societe civile professionnelle"),
        "scea": ("scea", "societe civile d exploitation agricole"),
        "earl": ("earl", "e a r l", "exploitation agricole a responsabilite limitee"),
        "gaec": ("gaec", "groupement agricole d exploitation en commun"),
        "gie": ("gie", "g i e", "groupement d interet economique"),
        "selarl": ("selarl", "societe d exercice liberal a responsabilite limitee"),
        "selas": ("selas", "societe d exercice liberal par actions simplifiee"),
        "se": ("societe europeenne",),
        "ei": ("ei", "entreprise individuelle", "entrepreneur individuel", "auto entrepreneur",
               "micro entrepreneur", "micro entreprise", "personne physique"),
        "gmbh": ("gmbh",),
        "ltd": ("ltd",),
        "association": ("association loi 1901", "association declaree", "association"),
    }
)  # fmt: skip
_PHRASES: Final = tuple(
    sorted(
        ((tuple(phrase.split()), form) for form, phrases in _FORMS.items() for phrase in phrases),
        key=lambda pair: (-len(pair[0]), pair),
    )
)
# One shareholder, or the body that manages: the same form, told in more words.
_SAME_FORM_STILL: Final = (
    "societe a associe unique", "a associe unique", "unipersonnelle", "a associee unique", "associe unique",
    "a conseil d administration", "a directoire et conseil de surveillance", "a directoire", "a capital variable",
)  # fmt: skip
# « SA », « EI » or « association » inside a name are words of it: only these stand beside a name, in full.
_BESIDE_A_NAME = frozenset(_FORMS) - {"association", "se"}


def legal_forms_alike(one: str, other: str) -> Likeness:
    """Compare two legal forms: « SAS » is « société par actions simplifiée », « SELAS » is not."""
    decided = decided_by_signs(one, other)
    if decided is not None:
        return decided
    words = words_alike(words_of(one), words_of(other), Kindness())
    form, other_form = form_of(one), form_of(other)
    if form is None or other_form is None:
        return words
    if form != other_form:
        return DIFFERENT
    return BUT_SIGNS if words == BUT_SIGNS else close("la même forme juridique, écrite autrement")


def form_of(text: str) -> str | None:
    """Return the short name of a legal form known here, « sas » for a SASU too; None for another."""
    words = words_of(text)
    for phrase, form in _PHRASES:
        if _begins(words, phrase) and _adds_nothing(words[len(phrase) :]):
            return form
    return None


def _begins(words: Words, phrase: Words) -> bool:
    beginning = words[: len(phrase)]
    if beginning == phrase:
        return True
    # A long phrase bears a misread letter; « SAS » and « SA » do not.
    return len(phrase) > 1 and words_alike(beginning, phrase, Kindness()) in {BUT_SIGNS, BUT_LETTERS}


def _adds_nothing(words: Words) -> bool:
    line = " ".join(words)
    return not line or line in _SAME_FORM_STILL or line.startswith("au capital ")


def _without_form(words: Words) -> tuple[Words, str | None]:
    """Return a name's words without the legal form before or behind them, and that form."""
    for phrase, form in _PHRASES:
        if form not in _BESIDE_A_NAME or len(words) <= len(phrase):
            continue
        for found, rest in (
            (words[: len(phrase)], words[len(phrase) :]),
            (words[-len(phrase) :], words[: -len(phrase)]),
        ):
            if found == phrase and not set(rest) <= _SMALL_WORDS:
                return rest, form
    return words, None


# --- addresses -----------------------------------------------------------------------------------

_STREET_WORDS = reads_as(
    {
        "r": "rue", "av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard", "blvd": "boulevard",
        "bvd": "boulevard", "boul": "boulevard", "pl": "place", "imp": "impasse", "all": "allee", "che": "chemin",
        "ch": "chemin", "chem": "chemin", "rte": "route", "sq": "square", "q": "quai", "qu": "quai", "crs": "cours",
        "fg": "faubourg", "fbg": "faubourg", "pass": "passage", "lot": "lotissement", "res": "residence",
        "bat": "batiment", "esc": "escalier", "et": "etage", "etg": "etage", "app": "appartement",
        "appt": "appartement", "st": "saint", "ste": "sainte", "gal": "general", "gen": "general",
        "mal": "marechal", "mar": "marechal", "dr": "docteur", "pdt": "president", "cdt": "commandant",
        "cne": "capitaine", "col": "colonel", "lt": "lieutenant", "prof": "professeur", "pr": "professeur",
        "za": "zoneartisanale", "zi": "zoneindustrielle", "zac": "zonedamenagementconcerte", "ld": "lieudit",
        "s": "sur", "ss": "sous", "b": "bis", "t": "ter",
    }
)  # fmt: skip
_ADDRESS = Kindness(_STREET_WORDS)
_TOGETHER = (
    (re.compile(r"\bzone artisanale\b"), "zoneartisanale"),
    (re.compile(r"\bzone industrielle\b"), "zoneindustrielle"),
    (re.compile(r"\bzone d amenagement concerte\b"), "zonedamenagementconcerte"),
    (re.compile(r"\blieu dit\b"), "lieudit"),
    (re.compile(r" france$"), ""),
)
# « 75008 Paris 8e arrondissement »: what the postcode has said already.
_DISTRICT = re.compile(
    r"\b(75|69|13)0?(\d\d) (paris|lyon|marseille) (?:0?(\d\d?))(?: (?:er|e|eme|ieme))?(?: arrondissement)?(?=$| )"
)
# « 12 R » is a street, « 12 Q » a quay, « 8 L’ » and « 8 D’ » begin a word: the other letters are numbers' own.
_SUFFIX = re.compile(r"\b(\d{1,4}) ([abce-kmnopstu-z]|bis|ter|quater)\b")


def addresses_alike(one: str, other: str) -> Likeness:
    """Compare two addresses: street number (« bis » with it) and postcode must be the same."""
    decided = decided_by_signs(one, other)
    if decided is not None:
        return decided
    words, other_words = _address_words(one), _address_words(other)
    if _suffixes(words) != _suffixes(other_words):
        return DIFFERENT
    return (
        _unless_different(words_alike(words, other_words, _ADDRESS))
        or _unless_different(words_alike(_few(words), _few(other_words), _ADDRESS), "un petit mot change")
        or DIFFERENT
    )


def _address_words(text: str) -> Words:
    line = " ".join(words_of(text))
    for pattern, put in _TOGETHER:
        line = pattern.sub(put, line)
    return tuple(_DISTRICT.sub(_postcode_and_city, line).split())


def _postcode_and_city(found: re.Match[str]) -> str:
    _, end, city, district = found.groups()
    if int(end) != int(district):
        return found[0]
    return found[0][: found.start(3) - found.start() + len(city)]


def _few(words: Words) -> Words:
    return tuple(word for word in words if word not in {*_SMALL_WORDS, "l", "d", "cedex"}) or words


def _suffixes(words: Words) -> list[tuple[str, str]]:
    """Return the street numbers that have a letter, « bis » or « ter », by its first letter."""
    return [(number, suffix[0]) for number, suffix in _SUFFIX.findall(" ".join(words))]
