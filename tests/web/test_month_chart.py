"""The chart of what is issued each month, as a narrow screen can write it."""

from datetime import date

import pytest

from portal.services.figures import Month
from portal.web.staff.month_views import issued_bars


def months(*cents: int) -> list[Month]:
    return [Month(date(2026, nth + 1, 1), one, 0, 0) for nth, one in enumerate(cents)]


@pytest.mark.parametrize(
    ("cents", "named"),
    [
        ((100, 900, 300, 200), ["févr.", "avr."]),
        ((100, 300, 900, 200), ["avr."]),
        ((100, 300, 200, 900), ["avr."]),
        ((900, 900), ["févr."]),
        ((0, 0, 0), ["janv.", "mars"]),
        ((), []),
    ],
)
def test_two_amounts_side_by_side_are_never_both_written(cents: tuple[int, ...], named: list[str]) -> None:
    assert [bar.short for bar in issued_bars(months(*cents)) if bar.is_named] == named
