"""Which VAT a client's place calls for (CGV art. 10.1; CGI art. 294, 296)."""

from dataclasses import dataclass

METROPOLITAN_HUNDREDTHS = 2000
OVERSEAS_HUNDREDTHS = 850


@dataclass(frozen=True, slots=True)
class VatRate:
    """A rate in hundredths of a percent, and the mention that an invoice without VAT must carry."""

    hundredths: int
    mention: str = ""


_NONE = VatRate(0, "TVA non applicable, article 294-1 du CGI")
_OVERSEAS = VatRate(OVERSEAS_HUNDREDTHS)
_BY_TERRITORY = {"971": _OVERSEAS, "972": _OVERSEAS, "974": _OVERSEAS, "973": _NONE, "976": _NONE}
_METROPOLITAN = VatRate(METROPOLITAN_HUNDREDTHS)
# Saint-Barthélemy and Saint-Martin share Guadeloupe's prefix, and are outside its VAT.
_SPECIAL_CODES = frozenset({"97133", "97150"})
_POSTCODE_LENGTH = 5


def vat_rate(postcode: str) -> VatRate | None:
    """Return the rate of a client at that French postcode; None where staff must decide.

    Metropolitan France 20 %; Guadeloupe, Martinique and Réunion 8,5 %; Guyane and Mayotte none.
    """
    if len(postcode) != _POSTCODE_LENGTH or not (postcode.isascii() and postcode.isdigit()):
        return None
    if postcode in _SPECIAL_CODES:
        return None
    if postcode.startswith("97"):
        return _BY_TERRITORY.get(postcode[:3])
    return _METROPOLITAN if "01" <= postcode[:2] <= "95" else None
