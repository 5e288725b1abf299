"""Amounts: integer euro cents, never a float."""

from fractions import Fraction


def rounded_cents(exact: Fraction) -> int:
    """Return `exact` cents rounded to the cent, half a cent away from zero (half up for a debt)."""
    magnitude = int(abs(exact) + Fraction(1, 2))
    return magnitude if exact >= 0 else -magnitude
