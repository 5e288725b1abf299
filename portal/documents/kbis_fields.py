"""Name, legal form and address of the company on an extract: what stands behind their labels."""

from collections.abc import Sequence

from portal.documents.kbis_words import Line, tidy
from portal.documents.kbis_zones import LABELS, Kind, Zones

_NAME = (
    "denominationouraisonsociale",
    "denominationsociale",
    "denomination",
    "raisonsociale",
)
_PERSON = ("nometprenoms", "nometprenom", "nomprenoms", "nomprenom", "nomdenaissanceprenoms")
_FORM = ("formejuridique", "formesociale", "formedelasociete")
_SEAT = ("adressedusiegesocial", "adressedusiege", "siegesocial", "siege", "adressedelentreprise")
_PLACE = ("adressedeletablissementprincipal", "adressedeletablissement", "adressedelentreprise")
_OTHER_LABELS = (
    "dateetlieudenaissance", "nationalite", "domicilepersonnel", "nomcommercial", "datedecommencement",
    "debutdexploitation", "modedexploitation", "precedemment", "domiciliation", "ancien", "transfert", "page",
    "date", "legreffier", "immatriculation",
)  # fmt: skip
_MOST_LINES = 3
_LONGEST = 250


def name_in(zones: Zones) -> str | None:
    return _value(zones.own, _PERSON if zones.kind is Kind.K else _NAME, lines_at_most=2)


def legal_form_in(zones: Zones) -> str | None:
    return _value(zones.own, _FORM, lines_at_most=2)


def address_in(zones: Zones) -> str | None:
    """Return the seat; of a sole trader, who has none, the establishment."""
    return _value(zones.own, _SEAT) or (_value(zones.rest, _PLACE) if zones.kind is Kind.K else None)


def _value(lines: Sequence[Line], labels: Sequence[str], *, lines_at_most: int = _MOST_LINES) -> str | None:
    for place, line in enumerate(lines):
        value = line.after(labels)
        if value is None:
            continue
        parts = [value] if value else []
        for following in lines[place + 1 : place + lines_at_most]:
            if following.begins((*LABELS, *_OTHER_LABELS)):
                break
            parts.append(tidy(following.text))
        return " ".join(part for part in parts if part)[:_LONGEST] or None
    return None
