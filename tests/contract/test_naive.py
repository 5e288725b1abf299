"""The second source is itself checked against dates that anybody can look up."""

from datetime import date

import pytest

from tests.contract import naive
from tests.contract.specification import jour, le


@pytest.mark.parametrize(
    "day", ["08/04/2012", "04/04/2021", "17/04/2022", "05/04/2026", "28/03/2027", "16/04/2028", "25/04/2038"]
)
def test_easter_sundays_of_the_almanac(day: str) -> None:
    assert naive.easter(jour(day).year) == jour(day)


def test_the_eleven_legal_holidays_of_2026() -> None:
    days = ["01/01", "06/04", "01/05", "08/05", "14/05", "25/05", "14/07", "15/08", "01/11", "11/11", "25/12"]
    assert sorted(naive.legal_holidays(2026)) == [jour(f"{day}/2026") for day in days]


def test_the_six_target_closings_of_2026() -> None:
    days = ["01/01", "03/04", "06/04", "01/05", "25/12", "26/12"]
    assert sorted(naive.target_closings(2026)) == [jour(f"{day}/2026") for day in days]


def test_summer_time_of_2026() -> None:
    assert naive.paris(jour("29/03/2026"), 1) == le("29/03/2026 01:00")
    assert naive.paris(jour("29/03/2026"), 3) == le("29/03/2026 03:00")
    assert naive.paris(jour("25/10/2026"), 2) == le("25/10/2026 02:00")
    assert naive.paris(jour("25/10/2026"), 3) == le("25/10/2026 03:00")
    assert naive.end_of_day(jour("28/03/2026")) == le("29/03/2026 00:00")
    assert naive.end_of_day(jour("29/03/2026")) == le("30/03/2026 00:00")


def test_a_month_lacking_the_day_gives_its_last() -> None:
    assert naive.plus_months(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert naive.plus_months(date(2028, 3, 31), -1) == date(2028, 2, 29)
    assert naive.plus_months(date(2026, 12, 15), 1) == date(2027, 1, 15)
    assert naive.plus_months(date(2026, 1, 15), -1) == date(2025, 12, 15)
