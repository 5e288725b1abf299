"""The characters that every bank of the SEPA zone takes: what a text becomes in a file for the bank.

EPC217-08: the letters without accent, the digits, and ``/ - ? : ( ) . , ' +`` with the space. Names keep
their letters as far as they have a Latin equivalent; what has none is left out.
"""

import re

from text_unidecode import unidecode

_SIGNS = str.maketrans(
    {
        "&": " + ",
        "@": "(at)",
        "_": "-",
        "°": "o",  # « n° »
        "€": "EUR",
        "«": "",
        "»": "",
        "\u2026": "...",
    }
)
_OUTSIDE = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]+")
_BLANKS = re.compile(r"\s+")


def in_latin(text: str, longest: int) -> str:
    """Return `text` in the banks' characters, on one line of at most `longest`; "" where nothing is left.

    « Société d’Aménagement & Cie » gives « Societe d'Amenagement + Cie ». A slash neither begins nor ends
    it, and two do not follow each other: some banks read a code into them.
    """
    plain = text
    if _OUTSIDE.search(text):
        plain = _OUTSIDE.sub(" ", unidecode(_BLANKS.sub(" ", text).translate(_SIGNS)))
    one_line = _BLANKS.sub(" ", re.sub("/{2,}", "/", plain)).strip(" /")
    return one_line[:longest].rstrip(" /")
