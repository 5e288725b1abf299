"""CGV art. 10.1: integer cents, VAT once per rate on the total, half up."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.contract.amounts import vat
from portal.contract.money import rounded_cents


@pytest.mark.parametrize(
    ("net", "rate", "expected"),
    [
        (24500, 2000, 4900),
        (11855, 2000, 2371),
        (34300, 2000, 6860),
        (3009, 2000, 602),
        (0, 2000, 0),
        (24500, 850, 2083),  # 20,825 €: up
        (24500, 0, 0),
        (2, 2500, 1),  # half a cent: up
        (-2, 2500, -1),  # a credit mirrors the debt it takes back
        (-11855, 2000, -2371),
    ],
)
def test_vat(net: int, rate: int, expected: int) -> None:
    assert vat(net, rate).cents == expected


def test_once_on_the_total_never_per_line() -> None:
    assert vat(3 * 1003, 2000).cents == 602
    assert 3 * vat(1003, 2000).cents == 603


@pytest.mark.parametrize(
    ("exact", "cents"),
    [
        (Fraction(1, 2), 1),
        (Fraction(-1, 2), -1),
        (Fraction(49, 100), 0),
        (Fraction(-49, 100), 0),
        (Fraction(3, 2), 2),
        (Fraction(5, 2), 3),
        (Fraction(-5, 2), -3),
        (Fraction(0), 0),
        (Fraction(7), 7),
    ],
)
def test_half_a_cent_goes_away_from_zero(exact: Fraction, cents: int) -> None:
    assert rounded_cents(exact) == cents


@given(net=st.integers(-(10**12), 10**12), rate=st.integers(0, 10_000))
def test_vat_is_that_of_decimal_arithmetic(net: int, rate: int) -> None:
    exact = Decimal(net) * Decimal(rate) / Decimal(10_000)
    assert vat(net, rate).cents == int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
