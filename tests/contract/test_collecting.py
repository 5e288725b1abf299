"""CGV art. 10.2 and 10.3: the life of a mandate, the notice before a collection, the day the bank is told."""

from datetime import date

import pytest

from portal.contract.because import recomputed
from portal.contract.calendar import Closing, closing_reason
from portal.contract.collecting import (
    MANDATE_MONTHS,
    MandateUse,
    collected_on,
    handed_over_from,
    mandate_lapse,
    notice_reached,
    presented_again,
)


def test_a_mandate_lapses_after_thirty_six_months_without_a_collection() -> None:
    assert MANDATE_MONTHS == 36
    never = mandate_lapse(MandateUse(signed_on=date(2026, 3, 2)))
    assert never.day == date(2029, 3, 2)
    assert "signature" in never.start_label
    presented = mandate_lapse(MandateUse(date(2026, 3, 2), last_presented_on=date(2028, 2, 29)))
    assert presented.day == date(2031, 2, 28)
    assert "présenté" in presented.start_label
    assert recomputed(presented) == presented.day


@pytest.mark.parametrize(
    ("told_on", "is_first", "reached"),
    [
        (date(2026, 4, 20), False, date(2026, 4, 22)),
        (date(2026, 4, 20), True, date(2026, 4, 27)),
        (date(2026, 4, 30), False, date(2026, 5, 5)),  # 1 May, a Friday, and the week-end are not counted
        (date(2026, 4, 30), True, date(2026, 5, 11)),  # nor is 8 May
    ],
)
def test_a_collection_is_announced_five_business_days_ahead_then_two(
    told_on: date, is_first: bool, reached: date
) -> None:
    because = notice_reached(told_on, is_first=is_first)
    assert because.day == reached
    assert recomputed(because) == reached


@pytest.mark.parametrize(
    ("collected_on", "days", "handed_over"),
    [
        (date(2026, 4, 30), 2, date(2026, 4, 28)),
        (date(2026, 4, 7), 2, date(2026, 4, 1)),  # over Good Friday and Easter Monday
        (date(2026, 5, 29), 1, date(2026, 5, 28)),
        (date(2026, 12, 31), 4, date(2026, 12, 24)),
    ],
)
def test_the_bank_is_told_some_banking_days_before(collected_on: date, days: int, handed_over: date) -> None:
    assert handed_over_from(collected_on, days) == handed_over


@pytest.mark.parametrize(
    ("announced_on", "days", "presented"),
    [
        (date(2026, 5, 4), 2, date(2026, 5, 6)),
        (date(2026, 5, 6), 2, date(2026, 5, 11)),  # 8 May is no business day
        (date(2026, 5, 4), 5, date(2026, 5, 11)),  # the bank wants more; 8 May is one of its days
        (date(2026, 7, 10), 2, date(2026, 7, 15)),  # 14 July is a banking day, and no business day
    ],
)
def test_what_came_back_is_announced_before_it_is_presented_again(
    announced_on: date, days: int, presented: date
) -> None:
    because = presented_again(announced_on, days)
    assert because.day == presented
    assert recomputed(because) == presented
    assert closing_reason(presented, Closing.BANKING) is None


@pytest.mark.parametrize(
    ("day", "clause"), [(date(2026, 4, 30), "10.2"), (date(2026, 5, 29), "10.2"), (date(2026, 5, 11), "10.3")]
)
def test_a_collection_is_on_its_month_s_last_banking_day_or_on_one_that_was_chosen(
    day: date, clause: str
) -> None:
    because = collected_on(day)
    assert (because.day, because.clause) == (day, clause)
    assert recomputed(because) == day
