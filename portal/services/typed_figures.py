"""Figures and days as people type them: « 1 234,50 € », « 8,5 % », a day of the calendar; integers out of them.

Each validator raises the French sentence that says how to mend it (see `forms`).
"""

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator

from portal.services.forms import clean, problem

_AMOUNT = re.compile(r"(?P<whole>[0-9]{1,9})(?:[.,](?P<part>[0-9]{1,2}))?")
_SPACES = re.compile(r"[ \u00a0\u202f]")


def cents_of(typed: object) -> int:
    """Return an amount in cents; never negative."""
    if not clean(typed):
        raise problem("Indiquez un montant en euros.")
    found = amount_in(clean(typed))
    if found is None:
        raise problem("Écrivez le montant en chiffres, avec deux décimales au plus, par exemple 49,00.")
    return found


def amount_in(text: str) -> int | None:
    """Return an amount as it is written in French, « 1 234,56 € », in cents; None for what is none."""
    return _hundredths(_SPACES.sub("", text).removesuffix("€"))


def price_of(typed: object) -> int:
    """Return a price in cents, one cent at least."""
    cents = cents_of(typed)
    if not cents:
        raise problem("Un prix est d’un centime au moins.")
    return cents


def percent_of(typed: object) -> int:
    """Return a rate in hundredths of a percent: « 8,5 % » is 850."""
    text = _SPACES.sub("", clean(typed)).removesuffix("%")
    if not text:
        raise problem("Indiquez un taux.")
    found = _hundredths(text)
    if found is None or found > _WHOLE:
        raise problem("Écrivez le taux en chiffres, de 0 à 100, par exemple 8,5.")
    return found


_WHOLE = 100_00


def day_of(typed: object) -> date:
    """Return a day, as a browser writes it (ISO 8601) or as a person does, « 03/03/2026 »."""
    text = clean(typed)
    if french := re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text):
        day, month, year = french.groups()
        text = f"{year}-{month:0>2}-{day:0>2}"
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise problem("Indiquez un jour : le jour, le mois, l’année, séparés par des barres.") from error


def _hundredths(text: str) -> int | None:
    found = _AMOUNT.fullmatch(text)
    return int(found["whole"]) * 100 + int((found["part"] or "").ljust(2, "0")) if found else None


Cents = Annotated[int, BeforeValidator(cents_of)]
Price = Annotated[int, BeforeValidator(price_of)]
Percent = Annotated[int, BeforeValidator(percent_of)]
Day = Annotated[date, BeforeValidator(day_of)]
