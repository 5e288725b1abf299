"""The calendar (rules T1 to T5): every day of 2020 to 2040, against other sources."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from workalendar.europe import EuropeanCentralBank, France

from portal.contract.calendar import (
    FIRST_DAY,
    LAST_DAY,
    PARIS,
    Closing,
    ImpossibleInstant,
    OutsideCalendar,
    add_months,
    add_open_days,
    closing_reason,
    days_skipped,
    end_of_day,
    first_open_day,
    is_banking_day,
    is_business_day,
    paris_day,
    paris_instant,
    start_of_day,
)
from tests.contract import naive
from tests.contract.specification import jour, le

DAY = timedelta(days=1)
EVERY_DAY = [date(2020, 1, 1) + n * DAY for n in range((date(2041, 1, 1) - date(2020, 1, 1)).days)]

REFERENCES = pytest.mark.parametrize(
    ("closing", "is_open"),
    [
        pytest.param(Closing.BUSINESS, France().is_working_day, id="business: workalendar"),
        pytest.param(Closing.BUSINESS, naive.is_business_day, id="business: by hand"),
        pytest.param(Closing.BANKING, EuropeanCentralBank().is_working_day, id="banking: workalendar"),
        pytest.param(Closing.BANKING, naive.is_banking_day, id="banking: by hand"),
    ],
)


# --- T3, T4: open days ----------------------------------------------------------------------------------


@pytest.mark.no_cover
@REFERENCES
def test_every_day_and_every_count_agree_with_another_source(
    closing: Closing, is_open: Callable[[date], bool]
) -> None:
    around = [date(2019, 10, 1) + n * DAY for n in range((date(2041, 4, 1) - date(2019, 10, 1)).days)]
    reference = [day for day in around if is_open(day)]
    position = 0  # of the first open day on or after the day looked at
    for day in EVERY_DAY:
        while reference[position] < day:
            position += 1
        opens = reference[position] == day
        assert (closing_reason(day, closing) is None) is opens
        assert first_open_day(day, closing) == reference[position]
        after = position if opens else position - 1
        assert [add_open_days(day, n, closing) for n in range(1, 31)] == reference[after + 1 : after + 31]
        assert [add_open_days(day, -n, closing) for n in range(30, 0, -1)] == reference[
            position - 30 : position
        ]


@pytest.mark.parametrize("count", [-30, -5, -1, 1, 5, 30])
def test_counting_agrees_with_workalendar_s_own_counting(count: int) -> None:
    for day in EVERY_DAY[::97]:
        assert add_open_days(day, count) == France().add_working_days(day, count)


def test_the_two_calendars_differ_on_six_weekdays_of_2026() -> None:
    year = [day for day in EVERY_DAY if day.year == 2026 and day.weekday() < 5]
    differing = [day for day in year if is_business_day(day) is not is_banking_day(day)]
    assert differing == [
        jour(f"{day}/2026") for day in ["03/04", "08/05", "14/05", "25/05", "14/07", "11/11"]
    ]


def test_zero_open_days_has_no_meaning() -> None:
    with pytest.raises(ValueError, match="zéro jour ouvré"):
        add_open_days(jour("05/05/2026"), 0)


def test_closed_days_have_their_french_names() -> None:
    year = [day for day in EVERY_DAY if day.year == 2026]
    named = {day: name for day, name in days_skipped(year[0], year[-1]) if name not in {"samedi", "dimanche"}}
    assert named == {
        jour("01/01/2026"): "Jour de l’an",
        jour("06/04/2026"): "Lundi de Pâques",
        jour("01/05/2026"): "Fête du Travail",
        jour("08/05/2026"): "Fête de la Victoire",
        jour("14/05/2026"): "Ascension",
        jour("25/05/2026"): "Lundi de Pentecôte",
        jour("14/07/2026"): "Fête nationale",
        jour("15/08/2026"): "Assomption",
        jour("01/11/2026"): "Toussaint",
        jour("11/11/2026"): "Armistice",
        jour("25/12/2026"): "Noël",
    }
    named = {
        day: name
        for day, name in days_skipped(year[0], year[-1], Closing.BANKING)
        if name not in {"samedi", "dimanche"}
    }
    assert named == {
        jour("01/01/2026"): "Jour de l’an",
        jour("03/04/2026"): "Vendredi saint",
        jour("06/04/2026"): "Lundi de Pâques",
        jour("01/05/2026"): "Fête du Travail",
        jour("25/12/2026"): "Noël",
        jour("26/12/2026"): "26 décembre (fermeture TARGET)",
    }


def test_two_holidays_on_one_day_are_both_named() -> None:
    assert closing_reason(jour("01/05/2008")) == "Ascension et Fête du Travail"


def test_a_weekend_is_named_and_an_open_day_is_not() -> None:
    assert closing_reason(jour("14/11/2026")) == "samedi"
    assert closing_reason(jour("15/11/2026")) == "dimanche"
    assert closing_reason(jour("16/11/2026")) is None


def test_skipped_days_include_both_ends() -> None:
    assert days_skipped(jour("14/11/2026"), jour("21/11/2026")) == (
        (jour("14/11/2026"), "samedi"),
        (jour("15/11/2026"), "dimanche"),
        (jour("21/11/2026"), "samedi"),
    )
    assert days_skipped(jour("16/11/2026"), jour("16/11/2026")) == ()


# --- outside the calendar -----------------------------------------------------------------------------


@pytest.mark.parametrize("day", [FIRST_DAY - DAY, LAST_DAY + DAY])
def test_a_day_outside_the_calendar_is_refused_by_name(day: date) -> None:
    questions: list[Callable[[date], object]] = [
        closing_reason,
        is_business_day,
        is_banking_day,
        first_open_day,
        lambda one: add_open_days(one, 1),
        lambda one: days_skipped(one, one),
    ]
    for ask in questions:
        with pytest.raises(OutsideCalendar, match=rf"de 2008 à 2099 : {day:%d/%m/%Y} est en dehors"):
            ask(day)


@pytest.mark.parametrize(("day", "count"), [(LAST_DAY, 1), (FIRST_DAY, -1), (LAST_DAY, 10_000)])
def test_a_count_that_leaves_the_calendar_says_where_from(day: date, count: int) -> None:
    with pytest.raises(OutsideCalendar, match=rf"le compte à partir du {day:%d/%m/%Y} en sort"):
        add_open_days(day, count)


def test_the_first_and_the_last_day_are_inside() -> None:
    assert closing_reason(FIRST_DAY) == "Jour de l’an"
    assert add_open_days(FIRST_DAY, 1) == jour("02/01/2008")
    assert first_open_day(LAST_DAY) == LAST_DAY
    assert add_open_days(LAST_DAY, -1) == jour("30/12/2099")
    assert add_open_days(jour("02/01/2008"), 1) == jour("03/01/2008")
    with pytest.raises(OutsideCalendar):
        add_open_days(jour("02/01/2008"), -1)


@pytest.mark.parametrize("closing", list(Closing))
def test_every_year_of_the_calendar_has_its_closings_by_hand(closing: Closing) -> None:
    by_hand = {Closing.BUSINESS: naive.legal_holidays, Closing.BANKING: naive.target_closings}[closing]
    for year in range(FIRST_DAY.year, LAST_DAY.year + 1):
        days = (date(year, 1, 1) + n * DAY for n in range((date(year, 12, 31) - date(year, 1, 1)).days + 1))
        named = {day for day in days if closing_reason(day, closing) not in {None, "samedi", "dimanche"}}
        assert named == by_hand(year)


# --- T1: instants -------------------------------------------------------------------------------------------


def test_every_day_starts_and_ends_at_midnight_in_paris() -> None:
    for day in EVERY_DAY:
        start = start_of_day(day)
        assert start == naive.paris(day, 0)
        assert end_of_day(day) == naive.end_of_day(day) == start_of_day(day + DAY)
        assert paris_day(start) == day == paris_day(end_of_day(day) - timedelta(microseconds=1))
        assert start.tzinfo is UTC


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        ("30/03/2026", datetime(2026, 3, 30, 22, tzinfo=UTC)),
        ("28/03/2026", datetime(2026, 3, 28, 23, tzinfo=UTC)),
        ("29/03/2026", datetime(2026, 3, 29, 22, tzinfo=UTC)),
        ("24/10/2026", datetime(2026, 10, 24, 22, tzinfo=UTC)),
        ("25/10/2026", datetime(2026, 10, 25, 23, tzinfo=UTC)),
        ("31/12/2026", datetime(2026, 12, 31, 23, tzinfo=UTC)),
    ],
)
def test_the_end_of_a_day_follows_summer_time(day: str, utc: datetime) -> None:
    assert end_of_day(jour(day)) == utc


def test_new_year_s_eve_in_london_is_already_new_year_in_paris() -> None:
    assert paris_day(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == jour("01/01/2027")
    assert paris_day(datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)) == jour("31/12/2026")


def test_a_wall_time_is_its_instant() -> None:
    assert paris_instant(jour("31/01/2026"), time(10)) == datetime(2026, 1, 31, 9, tzinfo=UTC)
    assert paris_instant(jour("31/07/2026"), time(10, 30, 15, 7)) == datetime(
        2026, 7, 31, 8, 30, 15, 7, tzinfo=UTC
    )


@pytest.mark.parametrize("wall", [time(2), time(2, 30), time(2, 59, 59, 999_999)])
def test_the_hour_that_paris_skips_is_an_error(wall: time) -> None:
    with pytest.raises(ImpossibleInstant, match=rf"29/03/2026 {wall:%H:%M} n’existe pas à Paris"):
        paris_instant(jour("29/03/2026"), wall)


def test_around_the_hour_that_paris_skips() -> None:
    before = paris_instant(jour("29/03/2026"), time(1, 59, 59, 999_999))
    after = paris_instant(jour("29/03/2026"), time(3))
    assert after - before == timedelta(microseconds=1)


def test_the_hour_that_paris_has_twice_is_the_first() -> None:
    assert paris_instant(jour("25/10/2026"), time(2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert paris_instant(jour("25/10/2026"), time(2, 30, fold=1)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert paris_instant(jour("25/10/2026"), time(3)) == datetime(2026, 10, 25, 2, tzinfo=UTC)


def test_the_zone_is_that_of_paris() -> None:
    assert PARIS.key == "Europe/Paris"
    assert le("01/07/2026 12:00") == datetime(2026, 7, 1, 10, tzinfo=UTC)


# --- T5: months -------------------------------------------------------------------------------------------


@pytest.mark.no_cover
def test_every_day_of_four_years_plus_any_number_of_months() -> None:
    start = jour("01/01/2025")
    for n in range(4 * 365 + 1):
        day = start + n * DAY
        for months in (*range(-14, 15), 36, 48):
            assert add_months(day, months) == naive.plus_months(day, months)


def test_month_ends_are_clamped_and_never_drift() -> None:
    anchor = jour("31/01/2026")
    reached = [add_months(anchor, n) for n in range(49)]
    assert all((day + DAY).day == 1 for day in reached)
    assert reached[1:4] == [jour("28/02/2026"), jour("31/03/2026"), jour("30/04/2026")]
    assert reached[25] == jour("29/02/2028")
