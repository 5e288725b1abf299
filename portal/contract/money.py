"""Amounts: integer euro cents, never a float."""

from fractions import Fraction


def rounded_cents(exact: Fraction) -> int:
    """Return `exact` cents rounded to the cent, half a cent away from zero (half up for a debt)."""
    magnitude = int(abs(exact) + Fraction(1, 2))
    return magnitude if exact >= 0 else -magnitude


def vat_cents(net_cents: int, rate_hundredths: int) -> int:
    """Return the VAT on a document's total excluding tax, half up; `rate_hundredths` 2000 is 20 %.

    Once per rate on the total, never per line: three lines of 10,03 € bear 6,02 €, not 6,03 €.
    """
    return rounded_cents(Fraction(net_cents * rate_hundredths, 10_000))
