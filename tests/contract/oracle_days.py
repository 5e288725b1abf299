"""The days that the oracle's clerk looks up on a wall calendar."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from tests.contract import naive

PARIS = ZoneInfo("Europe/Paris")
Month = date  # its first day


def instant(text: str) -> datetime:
    """Return the instant that an act's `at` names: Paris wall time, unless it carries an offset."""
    wall = datetime.fromisoformat(text)
    return (wall if wall.tzinfo else wall.replace(tzinfo=PARIS)).astimezone(UTC)


def paris_day(at: datetime) -> date:
    return at.astimezone(PARIS).date()


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS).astimezone(UTC)


def month_of(day: date) -> Month:
    return day.replace(day=1)


def last_of(month: Month) -> date:
    return naive.plus_months(month, 1) - naive.DAY


def last_banking_day(month: Month) -> date:
    day = last_of(month)
    while not naive.is_banking_day(day):
        day -= naive.DAY
    return day


def issue_day(month: Month) -> date:
    """Return the 20th, or the last business day before it."""
    day = month.replace(day=20)
    while not naive.is_business_day(day):
        day -= naive.DAY
    return day


def issue_instant(month: Month) -> datetime:
    return naive.paris(issue_day(month), 6)


def first_due(issued: date) -> date:
    """Return the first day, at least five business days on, on which bank and office are both open."""
    day = naive.plus_business_days(issued, 5)
    while not (naive.is_business_day(day) and naive.is_banking_day(day)):
        day += naive.DAY
    return day
