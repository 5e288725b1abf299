"""The exact French calendar: civil days in Paris, business days, banking days, months.

Two conventions hold everywhere. A `date` is a civil day in Paris; a `datetime` is an aware instant,
in UTC once it is stored. "The end of day d" is the first instant of d + 1 in Paris, excluded.
The tables are read once from `holidays`, then looked up by bisection: adding ten business days
inside a loop over every contract must cost nothing.
"""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

import holidays
from dateutil.relativedelta import relativedelta

PARIS = ZoneInfo("Europe/Paris")

# Before 2008 `holidays` leaves out Whit Monday for three years; after 2099 nobody has promised
# anything. No contract of this vendor needs a day outside these bounds.
FIRST_DAY = date(2008, 1, 1)
LAST_DAY = date(2099, 12, 31)

_BOUNDS = f"le calendrier va de {FIRST_DAY.year} à {LAST_DAY.year}"
_SATURDAY = 5


class ImpossibleInstant(ValueError):
    """A wall time that Paris skips, on the night in March when the clocks go forward."""


class OutsideCalendar(ValueError):
    """A day before 2008 or after 2099: the calendar makes no claim about it."""


class Closing(StrEnum):
    """Which calendar closes a day. The two differ on several weekdays a year: never swap them."""

    BUSINESS = "business"
    BANKING = "banking"


# --- civil days and instants -------------------------------------------------------------------


def paris_day(instant: datetime) -> date:
    """Return the civil day in Paris that contains `instant` (T1)."""
    return instant.astimezone(PARIS).date()


@lru_cache(65536)
def start_of_day(day: date) -> datetime:
    """Return the first instant of `day` in Paris, in UTC. Paris never skips midnight."""
    return datetime.combine(day, time.min, PARIS).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """Return the end of `day` (T1): the first instant of the day after, in UTC."""
    return start_of_day(day + timedelta(days=1))


def paris_instant(day: date, wall: time) -> datetime:
    """Return the instant at which clocks in Paris show `wall` on `day`, in UTC.

    An hour that Paris has twice (last Sunday of October) is the first of the two; one that it
    skips (last Sunday of March) raises `ImpossibleInstant`.
    """
    instant = datetime.combine(day, wall.replace(fold=0), PARIS).astimezone(UTC)
    if instant.astimezone(PARIS).replace(tzinfo=None) != datetime.combine(day, wall):
        msg = f"{day:%d/%m/%Y} {wall:%H:%M} n’existe pas à Paris (passage à l’heure d’été)"
        raise ImpossibleInstant(msg)
    return instant


# --- closed days ---------------------------------------------------------------------------------

# TARGET closes on these days (ECB); `holidays` names them in English.
_TARGET_NAMES = {
    "New Year's Day": "Jour de l’an",
    "Good Friday": "Vendredi saint",
    "Easter Monday": "Lundi de Pâques",
    "Labour Day": "Fête du Travail",
    "Christmas Day": "Noël",
    "Christmas Holiday": "26 décembre (fermeture TARGET)",
}


@cache
def _closed(closing: Closing) -> dict[date, str]:
    years = range(FIRST_DAY.year, LAST_DAY.year + 1)
    if closing is Closing.BUSINESS:
        # Two holidays on one day (Ascension on 8 May) come as "A; B".
        named = holidays.country_holidays("FR", years=years, language="fr").items()
        return {day: name.replace("'", "’").replace("; ", " et ") for day, name in named}
    target = holidays.financial_holidays("ECB", years=years).items()
    return {day: " et ".join(_TARGET_NAMES[one] for one in name.split("; ")) for day, name in target}


def _open_days(closing: Closing) -> list[int]:
    return _business_days() if closing is Closing.BUSINESS else _banking_days()


# A cache without arguments: hashing a member of an Enum would cost as much as the bisection.
@cache
def _business_days() -> list[int]:
    return _days_not_closed(Closing.BUSINESS)


@cache
def _banking_days() -> list[int]:
    return _days_not_closed(Closing.BANKING)


def _days_not_closed(closing: Closing) -> list[int]:
    closed = _closed(closing)
    return [
        ordinal
        for ordinal in range(FIRST_DAY.toordinal(), LAST_DAY.toordinal() + 1)
        if (day := date.fromordinal(ordinal)).weekday() < _SATURDAY and day not in closed
    ]


def closing_reason(day: date, closing: Closing = Closing.BUSINESS) -> str | None:
    """Return why `day` is closed, in French (« samedi », « Lundi de Pâques »), or None if it is open."""
    _within(day)
    if name := _closed(closing).get(day):
        return name
    return {5: "samedi", 6: "dimanche"}.get(day.weekday())


def is_business_day(day: date) -> bool:
    """Tell whether `day` is a *jour ouvré* (T3): Monday to Friday, less the 11 legal holidays."""
    return closing_reason(day) is None


def is_banking_day(day: date) -> bool:
    """Tell whether `day` is a *jour bancaire* (T4): Monday to Friday, less the TARGET closing days."""
    return closing_reason(day, Closing.BANKING) is None


def add_open_days(day: date, count: int, closing: Closing = Closing.BUSINESS) -> date:
    """Return the `count`-th open day strictly after `day`, or before it when `count` is negative (T3).

    `count` is never zero: "today if open" is a different question, see `first_open_day`.
    """
    _within(day)
    if count == 0:
        msg = "zéro jour ouvré n’a pas de sens : demander le premier jour ouvré à partir d’un jour"
        raise ValueError(msg)
    days, ordinal = _open_days(closing), day.toordinal()
    index = (bisect_right(days, ordinal) - 1 if count > 0 else bisect_left(days, ordinal)) + count
    if not 0 <= index < len(days):
        msg = f"{_BOUNDS} : le compte à partir du {day:%d/%m/%Y} en sort"
        raise OutsideCalendar(msg)
    return date.fromordinal(days[index])


def first_open_day(day: date, closing: Closing = Closing.BUSINESS) -> date:
    """Return `day` if it is open, else the first open day after it. The calendar's last day is open."""
    _within(day)
    days = _open_days(closing)
    return date.fromordinal(days[bisect_left(days, day.toordinal())])


def last_open_day(day: date, closing: Closing = Closing.BUSINESS) -> date:
    """Return `day` if it is open, else the last open day before it."""
    _within(day)
    days = _open_days(closing)
    index = bisect_right(days, day.toordinal()) - 1
    if index < 0:
        msg = f"{_BOUNDS} : aucun jour ouvert avant le {day:%d/%m/%Y}"
        raise OutsideCalendar(msg)
    return date.fromordinal(days[index])


def first_day_open_to_both(day: date) -> date:
    """Return the first day on or after `day` that is a business day and a banking day."""
    while (reached := first_open_day(first_open_day(day), Closing.BANKING)) != day:
        day = reached
    return day


def days_skipped(start: date, end: date, closing: Closing = Closing.BUSINESS) -> tuple[tuple[date, str], ...]:
    """Return the closed days from `start` to `end`, both included, each with its reason."""
    return tuple(
        (day, reason)
        for offset in range((end - start).days + 1)
        if (reason := closing_reason(day := start + timedelta(days=offset), closing))
    )


def _within(day: date) -> None:
    if not FIRST_DAY <= day <= LAST_DAY:
        msg = f"{_BOUNDS} : {day:%d/%m/%Y} est en dehors"
        raise OutsideCalendar(msg)


# --- months --------------------------------------------------------------------------------------


@lru_cache(65536)
def add_months(anchor: date, months: int) -> date:
    """Return `anchor` plus `months`, clamped to the month's end (T5).

    Always count from the original anchor: 31 January + 1 month is 28 February, and + 2 months is
    31 March, which adding one month twice would miss.
    """
    return anchor + relativedelta(months=months)


def month_of(day: date) -> date:
    """Return the first day of the civil month that contains `day`: how a month is named everywhere."""
    return day.replace(day=1)


def days_in_month(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def last_day_of_month(day: date) -> date:
    return day.replace(day=days_in_month(day))


def last_day_a_month_before(day: date) -> date:
    """Return the latest day d such that d plus one month, clamped, is not after `day`.

    A month's delay ends on the same day number, or on the month's last day (art. 641 CPC): several
    days of January reach 28 February, and the latest of them is still in time.
    """
    reached = add_months(day, -1)
    while add_months(following := reached + timedelta(days=1), 1) <= day:
        reached = following
    return reached
