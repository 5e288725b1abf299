"""CGV art. 10.3, 10.4: until which day a sum that is due stays the same, if nothing is paid."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.contract.acts import FIRST
from portal.contract.arrears import dues, dues_hold
from portal.contract.because import recomputed
from portal.contract.offer import Offer
from portal.contract.state import Invoice, Spell, State

LATE = Invoice(
    number="F-2026-0031",
    month="2026-05",
    issued=date(2026, 4, 20),
    due=date(2026, 4, 30),
    collection_day=date(2026, 4, 30),
    net_cents=39200,
    vat_hundredths=2000,
    gross_cents=47040,
    balances=((date(2026, 4, 20), 47040),),
    spells=(Spell(date(2026, 4, 30)),),
)
NEXT = replace(
    LATE,
    number="F-2026-0055",
    month="2026-06",
    issued=date(2026, 5, 20),
    due=date(2026, 5, 31),
    balances=((date(2026, 5, 20), 47040),),
    spells=(Spell(date(2026, 5, 31)),),
)


def state(*invoices: Invoice) -> State:
    return State(offer=Offer(terms_version="2026-01"), invoices=invoices)


def held(of: State, at: datetime) -> date | None:
    """The last day of the sum, which its own steps lead to."""
    hold = dues_hold(of, at)
    if hold is not None:
        assert recomputed(hold) == hold.day
    return hold.day if hold else None


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "until"),
    [
        (date(2026, 4, 29), date(2026, 4, 29)),  # due on the 30th
        (date(2026, 4, 30), date(2026, 4, 30)),  # late from 1 May on
        (date(2026, 5, 1), date(2026, 5, 31)),
        (date(2026, 5, 31), date(2026, 5, 31)),
        (date(2026, 6, 1), date(2026, 6, 30)),
    ],
)
def test_a_late_invoice_costs_more_with_each_month_begun(day: date, until: date) -> None:
    assert held(state(LATE), noon(day)) == until


def test_another_invoice_that_falls_due_changes_the_sum() -> None:
    assert held(state(LATE, NEXT), noon(date(2026, 5, 20))) == date(2026, 5, 30)


def test_what_is_paid_changes_nothing_any_more() -> None:
    assert held(state(replace(LATE, paid_cents=47040)), noon(date(2026, 5, 20))) is None


def test_a_first_month_that_is_due_never_becomes_late() -> None:
    first = replace(LATE, month=FIRST, spells=())
    assert held(state(first), noon(date(2026, 4, 20))) == date(2026, 4, 29)
    assert held(state(first), noon(date(2026, 5, 20))) is None


@pytest.mark.parametrize("clock", [date(2026, 4, 30), date(2026, 3, 30), date(2026, 5, 15)])
def test_until_then_the_sum_is_the_same_and_the_day_after_it_is_not(clock: date) -> None:
    refunded = replace(LATE, spells=(Spell(clock),), balances=((clock, 47040),))
    history = state(refunded)
    day = clock + timedelta(days=3)
    until = held(history, noon(day))
    assert until is not None
    sums = {
        sum(due.total_cents for due in dues(history, noon(day + timedelta(days=passed))))
        for passed in range((until - day).days + 1)
    }
    assert len(sums) == 1
    assert sums != {sum(due.total_cents for due in dues(history, noon(until + timedelta(days=1))))}
