"""Which lines of an extract speak of the company itself.

An extract names other companies: who lodges it, who held the business before, its directors, its
auditors. Only the lines from the title to the first heading on somebody else are the company's own, less
the few inside that speak of another number.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.documents.kbis_words import Line, lines_of


class Kind(StrEnum):
    KBIS = "kbis"
    K = "k"
    RNE = "rne"


# Labels and headings in the compact form of `Line`.
NUMBER_LABELS = (
    "immatriculationaurcsnumero",
    "immatriculationaurcs",
    "numerodidentification",
    "numerouniquedidentification",
    "numerosiren",
    "nsiren",
    "nosiren",
    "siren",
)
_LABELS_OF_THE_COMPANY = (
    "denomination",
    "raisonsociale",
    "nomprenom",
    "sigle",
    "enseigne",
    "formejuridique",
    "formesociale",
    "capital",
    "adresse",
    "siege",
    "datedimmatriculation",
    "siret",
    "euid",
)
# What follows the lines on a lodging company.
_LABELS_AFTER_LODGING = (
    "activite",
    "duree",
    "datedecloture",
    "nomenclature",
    "nomdedomaine",
    "debutdactivite",
)
LABELS = (*NUMBER_LABELS, *_LABELS_OF_THE_COMPANY, *_LABELS_AFTER_LODGING)

# What stands at the head of an extract and hardly elsewhere; « extrait K-bis » alone is on many papers.
_TITLES = (
    "extraitdimmatriculation",
    "immatriculationprincipaleauregistreducommerce",
    "immatriculationsecondaireauregistreducommerce",
    "immatriculationauregistreducommerce",
    "identificationdelapersonne",
    "identificationdelentreprise",
)
_SHORT_TITLE = "extraitkbis"
_SHORT_LINE = 60
_TITLE_OF_A_SOLE_TRADER = re.compile(r"\bextrait k\b(?!.?bis)")
_OTHERS_BEGIN = (
    "gestiondirection", "administration", "direction", "dirigeant", "representant", "associe",
    "renseignementsrelatifs", "renseignementssur", "etablissement", "origine", "observations",
    "immatriculationhorsdefrance", "registreetranger", "societemere", "succursale", "president", "gerant",
    "administrateur", "directeur", "commissaire", "mandataire", "liquidateur", "conjoint",
    "precedentexploitant", "precedentproprietaire", "loueur", "bailleur", "proprietaire", "conseildadministration",
    "membredu", "personneayantlepouvoir",
)  # fmt: skip
_LODGED = ("domiciliation", "domiciliataire", "omiciliat", "domicilieechez")
_EARLIER = (
    "precedemment",
    "cedemment",
    "ancien",
    "anterieur",
    "transfert",
    "transfere",
    "radie",
    "precedent",
)
_LATER_PAGE = re.compile(r"page\s*:?\s*(?:[2-9]|\d\d)\s*(?:/|sur\b)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Zones:
    """An extract's lines: the company's `own`, those `tainted` by another number among them, the `rest`."""

    kind: Kind | None
    own: tuple[Line, ...]
    tainted: tuple[Line, ...]
    rest: tuple[Line, ...]

    @property
    def all(self) -> tuple[Line, ...]:
        return self.own + self.tainted + self.rest


def zones_of(pages: Sequence[str]) -> Zones:
    own: list[Line] = []
    tainted: list[Line] = []
    rest: list[Line] = []
    read = [lines_of(page) for page in pages]
    still_own = False
    for lines in read:
        # A later page may repeat the title above somebody else's lines, and be scanned first.
        if any(map(_is_title, lines)) and not _LATER_PAGE.search("\n".join(line.folded for line in lines)):
            still_own = True
        taint: tuple[str, ...] = ()  # the labels that end it
        for line in lines:
            if still_own and line.begins(_OTHERS_BEGIN) and not _goes_on(line):
                still_own = False
            if not still_own:
                rest.append(line)
                continue
            if taint and line.begins(taint):
                taint = ()
            if not line.begins(LABELS):
                if line.has(_LODGED):
                    taint = _LABELS_AFTER_LODGING
                elif line.has(_EARLIER):
                    taint = taint or LABELS
            (tainted if taint else own).append(line)
    return Zones(_kind(read), tuple(own), tuple(tainted), tuple(rest))


def _goes_on(line: Line) -> bool:
    """Tell whether the line ends a value of the line before: « (société à / associé unique) »."""
    return line.text.count(")") > line.text.count("(")


def _is_title(line: Line) -> bool:
    return _is_full_title(line) or _is_short_title(line)


def _is_full_title(line: Line) -> bool:
    return line.begins(_TITLES) or line.has(_TITLES) or _is_rne(line)


def _is_short_title(line: Line) -> bool:
    alone = line.begins((_SHORT_TITLE,)) or line.compact.endswith(_SHORT_TITLE)
    return len(line.compact) <= _SHORT_LINE and (alone or bool(_TITLE_OF_A_SOLE_TRADER.search(line.folded)))


def _is_rne(line: Line) -> bool:
    return "registrenationaldesentreprises" in line.compact


def _kind(pages: Sequence[Sequence[Line]]) -> Kind | None:
    lines = [line for page in pages for line in page]
    titles = [line for line in lines if _is_full_title(line)]
    short = [line for line in lines if _is_short_title(line)]
    if not titles and not (short and any("jourau" in line.compact for line in lines)):
        return None
    if any(map(_is_rne, titles)) and any("dimmatriculation" in line.compact for line in lines):
        return Kind.RNE
    physical = any("personnephysique" in line.compact for line in titles)
    sole = any(_TITLE_OF_A_SOLE_TRADER.search(line.folded) for line in short)
    return Kind.K if physical or sole else Kind.KBIS
