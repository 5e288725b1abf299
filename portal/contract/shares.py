"""The parts of a month that are owed: the first from the entry on, the last until the end (CGV art. 10.3)."""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from portal.contract.acts import FIRST
from portal.contract.calendar import days_in_month, last_day_of_month, month_of
from portal.contract.lines import Share
from portal.contract.state import State
from portal.contract.term import ends_on


@dataclass(frozen=True, slots=True)
class Closing:
    """The end for which a final document is drawn up."""

    last_day: date
    early: bool


def first_share(state: State, closing: Closing | None = None) -> Share | None:
    """Return the part of the month of entry that is owed: from that day on; None where it is the whole month."""
    entered = state.entered_on
    last = last_day_of_month(entered)
    if closing and closing.last_day < last:
        last = closing.last_day
    share = Share((last - entered).days + 1, days_in_month(entered))
    return None if share.fraction == 1 else share


def last_share(state: State, month: date) -> Share | None:
    """Return the part of a month that is owed because the term ends in it; None where it is the whole month."""
    end = ends_on(state)
    if end is None or month_of(end.last_day) != month or not state.offer.policy.last_month_by_days:
        return None
    if state.offer.policy.year_costs_twelve_months:
        first = first_share(state)
        return other_half(first) if first else None
    return _days_until(end.last_day)


def closing_share(state: State, month: date, closing: Closing) -> Share | None:
    if not closing.early:
        return last_share(state, month)
    if month_of(closing.last_day) != month or not state.offer.policy.last_month_by_days:
        return None
    return _days_until(closing.last_day)


def owed_share(state: State, month: str, closing: Closing | None) -> Share | None:
    """Return the part of a month already invoiced that it owes, as things stand."""
    if month == FIRST:
        return first_share(state, closing) if state.offer.policy.first_month_is_shared else None
    first_day = first_day_of(state, month)
    return closing_share(state, first_day, closing) if closing else last_share(state, first_day)


def _days_until(last_day: date) -> Share | None:
    return None if last_day == last_day_of_month(last_day) else Share(last_day.day, days_in_month(last_day))


def other_half(share: Share) -> Share:
    return replace(share, rest=not share.rest)


def from_one_share_to_another(
    billed: Share | None, owed: Share | None
) -> tuple[tuple[Share | None, bool], ...]:
    """Return the parts to charge or, where the second says so, to credit."""
    if billed == owed:
        return ()
    if billed is None and owed is not None:
        return ((other_half(owed), True),)
    if billed is not None and owed is None:
        return ((other_half(billed), False),)
    return ((billed, True), (owed, False))


@lru_cache(4096)
def month_from(key: str) -> date:
    """Return the first day of « 2026-04 »."""
    return date.fromisoformat(f"{key}-01")


@lru_cache(4096)
def key_of(month: date) -> str:
    """Return « 2026-04 »."""
    return f"{month:%Y-%m}"


def first_day_of(state: State, month: str) -> date:
    if month != FIRST:
        return month_from(month)
    return month_of(state.entered_on)
