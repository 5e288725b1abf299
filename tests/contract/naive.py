"""The rules' arithmetic a third time, as a person with a wall calendar would do it.

Day by day, with its own Easter and its own summer time: nothing here comes from `portal.contract`, from
`holidays` or from a time zone database, so an agreement is an agreement of two sources.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache

DAY = timedelta(days=1)


@cache
def easter(year: int) -> date:
    """Easter Sunday by the anonymous Gregorian algorithm (1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


@cache
def legal_holidays(year: int) -> frozenset[date]:
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    return frozenset(
        {date(year, *one) for one in fixed} | {easter(year) + timedelta(days=after) for after in (1, 39, 50)}
    )


@cache
def target_closings(year: int) -> frozenset[date]:
    fixed = ((1, 1), (5, 1), (12, 25), (12, 26))
    return frozenset(
        {date(year, *one) for one in fixed} | {easter(year) + timedelta(days=after) for after in (-2, 1)}
    )


def is_business_day(day: date) -> bool:
    return day.isoweekday() <= 5 and day not in legal_holidays(day.year)


def is_banking_day(day: date) -> bool:
    return day.isoweekday() <= 5 and day not in target_closings(day.year)


def plus_days(day: date, days: int) -> date:
    for _ in range(abs(days)):
        day = day + DAY if days > 0 else day - DAY
    return day


def plus_business_days(day: date, days: int) -> date:
    left = abs(days)
    while left:
        day = day + DAY if days > 0 else day - DAY
        left -= is_business_day(day)
    return day


def first_business_day(day: date) -> date:
    while not is_business_day(day):
        day += DAY
    return day


def plus_months(day: date, months: int) -> date:
    """The same day number that many months on, or the last day of a month that lacks it."""
    year, month = day.year, day.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month in {0, 13}:
            year, month = (year - 1, 12) if month == 0 else (year + 1, 1)
    number = day.day
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1


def last_sunday(year: int, month: int) -> date:
    day = date(year, month, 31)  # March and October both have 31 days
    while day.isoweekday() != 7:
        day -= DAY
    return day


def paris(day: date, hour: int) -> datetime:
    """The instant of a full hour in Paris, by the Union's rule: summer time from the last Sunday of March
    at 2 h to that of October at 3 h. The hour that occurs twice is the first one."""
    start, end = last_sunday(day.year, 3), last_sunday(day.year, 10)
    is_summer = (
        datetime.combine(start, time(2)) < datetime.combine(day, time(hour)) < datetime.combine(end, time(3))
    )
    return datetime.combine(day, time(hour), UTC) - timedelta(hours=2 if is_summer else 1)


def end_of_day(day: date) -> datetime:
    return paris(day + DAY, 0)


def last_business_day(day: date) -> date:
    while not is_business_day(day):
        day -= DAY
    return day


def last_banking_day(day: date) -> date:
    while not is_banking_day(day):
        day -= DAY
    return day


def first_day_open_to_both(day: date) -> date:
    while not (is_business_day(day) and is_banking_day(day)):
        day += DAY
    return day


def month_end(day: date) -> date:
    while (day + DAY).month == day.month:
        day += DAY
    return day


def a_month_before(day: date) -> date:
    """The latest day whose same day a month on, or that month's end, is not after `day`."""
    found = day
    while plus_months(found, 1) > day:
        found -= DAY
    return found
