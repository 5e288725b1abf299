"""How a date, an instant or an amount reads in French, with its no-break spaces.

The rules explain themselves in French, so they need these few forms; pages and mails use the same.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime

from portal.contract.calendar import PARIS

NBSP = "\u00a0"
NARROW = "\u202f"

_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def weekday(day: date) -> str:
    return _WEEKDAYS[day.weekday()]


def long_date(day: date) -> str:
    """Return « 3 mars 2026 » (« 1er » for the first of a month)."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}{NBSP}{_MONTHS[day.month - 1]}{NBSP}{day.year}"


def full_date(day: date) -> str:
    """Return « mardi 3 mars 2026 »."""
    return f"{weekday(day)}{NBSP}{long_date(day)}"


def long_month(month: str) -> str:
    """Return « avril 2026 » for « 2026-04 »."""
    year, number = month.split("-")
    return f"{_MONTHS[int(number) - 1]}{NBSP}{year}"


def short_date(day: date) -> str:
    """Return « 03/03/2026 »."""
    return f"{day:%d/%m/%Y}"


def hour(instant: datetime) -> str:
    """Return the wall time in Paris, « 18 h 00 »."""
    wall = instant.astimezone(PARIS)
    return f"{wall.hour}{NBSP}h{NBSP}{wall.minute:02}"


def full_instant(instant: datetime) -> str:
    """Return « mardi 3 mars 2026 à 0 h 00 », Paris time."""
    return f"{full_date(instant.astimezone(PARIS).date())} à{NBSP}{hour(instant)}"


def euros(cents: int) -> str:
    """Return « 1 234,56 € »; a negative amount has a true minus sign."""
    sign = "−" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{in_thousands(whole)},{rest:02}{NBSP}€"


def in_thousands(number: int) -> str:
    """Return « 10 000 »."""
    return f"{number:,}".replace(",", NARROW)


def count(number: int, singular: str, plural: str | None = None) -> str:
    """Return « 1 jour », « 2 jours », « 10 000 jours »: French counts as plural from two on."""
    return f"{in_thousands(number)}{NBSP}{singular if abs(number) < 2 else plural or singular + 's'}"  # noqa: PLR2004


def listed(words: Sequence[str]) -> str:
    """Return « le contrat, le mandat et le K-bis » of the three; one word is itself."""
    *first, last = words
    return f"{', '.join(first)} et {last}" if first else last


def of_name(name: str) -> str:
    """Return « de mai 2026 », « d’Émaux de Longwy »: elided before a vowel; an h, or a y, may be one or not."""
    first = unicodedata.normalize("NFD", name[:1]).lower()[:1]
    return f"d’{name}" if first and first in "aeiouœæ" else f"de {name}"


_ARTICLE = re.compile(r"(?<=\b[Aa]rticle) (?=\d)|(?<=\b[Aa]rticles) (?=\d)")
_BEFORE = {" :": f"{NBSP}:", " ;": f"{NARROW};", " !": f"{NARROW}!", " ?": f"{NARROW}?", " »": f"{NBSP}»"}


def typeset(text: str) -> str:
    """Return `text` with the no-break spaces that French typography wants around its punctuation."""
    for typed, set_ in _BEFORE.items():
        text = text.replace(typed, set_)
    return _ARTICLE.sub(NBSP, text.replace("« ", f"«{NBSP}"))
