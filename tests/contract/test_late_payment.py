"""CGV art. 10.3 and 10.4: the rate of penalties by half-year, what is due on which day, which suspension comes first."""

from dataclasses import replace
from typing import Any

import pytest

from portal.contract import acts as a
from portal.contract.arrears import (
    in_arrears,
    indemnities,
    is_cleared,
    is_overdue,
    next_suspension,
    penalty_rate,
    unpaid,
)
from portal.contract.offer import Offer
from portal.contract.refusal import Refusal
from portal.contract.state import State
from tests.contract.specification import VERSION, an_offer, jour, le
from tests.contract.subscribed import Step, in_force, live
from tests.contract.test_refusals import without_no_break

CONTRACT = in_force("04/03/2026 10:00", "17/03/2026 10:00", "bob", "chloe", "dan", "eve")
APRIL_PAID: tuple[Step, ...] = (*CONTRACT, (le("31/03/2026 10:00"), a.Settle(month="2026-04")))
# The legal rate and ten points, or three times the legal rate where that is more: 6 % gives 18 %, not 16 %.
RATES = State(offer=Offer(terms_version=VERSION, legal_rates={"2026-1": 262, "2026-2": 600, "2027-1": 500}))


@pytest.mark.parametrize(
    ("day", "hundredths"),
    [
        ("01/01/2026", 1262),
        ("30/06/2026", 1262),
        ("01/07/2026", 1800),
        ("31/12/2026", 1800),
        ("01/01/2027", 1500),  # both give the same
        ("30/06/2027", 1500),
    ],
)
def test_each_month_has_the_rate_of_the_half_year_in_which_it_begins(day: str, hundredths: int) -> None:
    assert penalty_rate(RATES, jour(day)) == hundredths


@pytest.mark.parametrize(
    ("day", "half"),
    [
        ("01/07/2027", "second semestre 2027"),
        ("31/12/2025", "second semestre 2025"),
        ("01/01/2028", "premier semestre 2028"),
        ("30/06/2028", "premier semestre 2028"),
    ],
)
def test_a_half_year_without_a_rate_is_named(day: str, half: str) -> None:
    with pytest.raises(Refusal) as caught:
        penalty_rate(RATES, jour(day))
    assert (caught.value.code, caught.value.clause) == ("legal_rate_missing", "10.4")
    assert without_no_break(caught.value.message) == (
        f"Le taux d’intérêt légal du {half} n’est pas encore enregistré : les pénalités ne peuvent pas être "
        "calculées. Nous complétons ce taux, puis vous indiquons la somme exacte."
    )


def test_an_invoice_is_due_on_its_due_day_and_late_once_that_day_is_over() -> None:
    state, _ = live(*CONTRACT, until=le("31/03/2026 08:00"))
    april = state.invoices_of("2026-04")[0]
    seen = [
        (unpaid(state, le(at)), is_overdue(april, le(at)))
        for at in ("30/03/2026 23:59:59", "31/03/2026", "31/03/2026 23:59:59", "01/04/2026")
    ]
    assert seen == [((0, 0), False), ((0, 14226), False), ((0, 14226), False), ((0, 14226), True)]


def test_a_paid_invoice_is_not_overdue() -> None:
    state, _ = live(*APRIL_PAID)
    assert not is_overdue(state.invoices_of("2026-04")[0], le("01/06/2026"))


def test_of_two_suspensions_the_first_comes_whatever_the_order_of_the_invoices() -> None:
    # May is due on 30/04 and mailed on 04/05; April, taken back by the bank on 11/05, has a clock of its own.
    state, _ = live(*APRIL_PAID, (le("11/05/2026 10:00"), a.ReturnPayment(month="2026-04", kind="refund")))
    announced = [one.suspension_at for one in state.invoices]
    assert announced == [None, le("27/05/2026 18:00"), le("20/05/2026 18:00")]
    threat = next_suspension(state)
    assert threat
    assert (threat.at, threat.because.start) == (le("20/05/2026 18:00"), jour("04/05/2026"))
    assert threat.because.instant == threat.at


def test_two_invoices_may_lead_to_one_suspension() -> None:
    # Both taken back on the same day: whichever is named, the instant is one.
    steps = (
        *APRIL_PAID,
        (le("30/04/2026 10:00"), a.Settle(month="2026-05")),
        (le("11/05/2026 10:00"), a.ReturnPayment(month="2026-04", kind="refund")),
        (le("11/05/2026 11:00"), a.ReturnPayment(month="2026-05", kind="refund")),
    )
    threat = next_suspension(live(*steps)[0])
    assert threat
    assert threat.at == threat.because.instant == le("27/05/2026 18:00")


# --- cleared ---------------------------------------------------------------------------------------------

MAY_UNPAID = live(*APRIL_PAID, until=le("05/05/2026"))[0]
MAY_PAID_LATE = live(*APRIL_PAID, (le("05/05/2026 10:00"), a.Settle(month="2026-05")))[0]
ENOUGH = 100_000


def with_may(state: State, **paid: Any) -> State:
    may = replace(state.invoices[-1], **paid)
    return replace(state, invoices=(*state.invoices[:-1], may))


@pytest.mark.parametrize(
    ("state", "cleared"),
    [
        (MAY_UNPAID, False),
        (with_may(MAY_UNPAID, penalties_paid_cents=ENOUGH, indemnity_paid_cents=4000), False),
        (MAY_PAID_LATE, False),
        (with_may(MAY_PAID_LATE, penalties_paid_cents=ENOUGH), False),
        (with_may(MAY_PAID_LATE, indemnity_paid_cents=4000), False),
        (with_may(MAY_PAID_LATE, penalties_paid_cents=ENOUGH, indemnity_paid_cents=3999), False),
        (with_may(MAY_PAID_LATE, penalties_paid_cents=ENOUGH, indemnity_paid_cents=4000), True),
    ],
    ids=[
        "all is owed",
        "the invoice itself",
        "penalty and indemnity",
        "the indemnity",
        "the penalty",
        "a cent of the indemnity",
        "nothing is owed",
    ],
)
def test_cleared_once_invoice_penalty_and_indemnity_are_paid(state: State, cleared: bool) -> None:
    assert is_cleared(state, le("05/05/2026 12:00")) is cleared


def test_what_is_due_today_is_not_late_yet() -> None:
    state, _ = live(*CONTRACT, until=le("31/03/2026 08:00"))
    assert is_cleared(state, le("31/03/2026 23:59:59"))
    assert not is_cleared(state, le("01/04/2026"))


def test_in_arrears_from_the_day_after_or_as_soon_as_the_bank_takes_a_payment_back() -> None:
    state, _ = live(*CONTRACT, until=le("31/03/2026 08:00"))
    assert not in_arrears(state, le("31/03/2026 23:59:59"))
    assert in_arrears(state, le("01/04/2026"))
    paid, _ = live(*APRIL_PAID, until=le("31/03/2026 12:00"))
    assert not in_arrears(paid, le("01/04/2026"))
    taken_back, _ = live(
        *APRIL_PAID,
        (le("02/04/2026 10:00"), a.ReturnPayment(month="2026-04", kind="refund")),
        until=le("02/04/2026 12:00"),
    )
    assert in_arrears(taken_back, le("02/04/2026 12:00"))


def test_a_first_month_unpaid_is_no_arrears_since_nothing_is_in_force_yet() -> None:
    state, _ = live(*CONTRACT[:-1], until=le("10/03/2026 12:00"))
    assert not in_arrears(state, le("10/05/2026"))


@pytest.mark.parametrize(("paid_cents", "threatened"), [(0, True), (3999, True), (4000, False)])
def test_read_so_an_indemnity_alone_suspends_until_it_is_paid(paid_cents: int, threatened: bool) -> None:
    offer = an_offer(penalties_alone_suspend=True)
    steps = (*APRIL_PAID, (le("05/05/2026 10:00"), a.Settle(month="2026-05")))
    state = with_may(live(*steps, offer=offer)[0], indemnity_paid_cents=paid_cents)
    assert (next_suspension(state) is not None) is threatened
    assert next_suspension(with_may(MAY_PAID_LATE, indemnity_paid_cents=paid_cents)) is None


@pytest.mark.parametrize(("per_invoice", "cents"), [(True, 8000), (False, 4000)])
def test_an_indemnity_for_each_late_invoice_or_read_so_for_the_first(per_invoice: bool, cents: int) -> None:
    offer = an_offer(indemnity_per_invoice=per_invoice)
    state, _ = live(*CONTRACT, until=le("10/05/2026"), offer=offer)
    assert [is_overdue(one, le("10/05/2026")) for one in state.invoices] == [False, True, True]
    assert indemnities(state, le("10/05/2026")) == cents
    assert indemnities(state, le("31/03/2026 23:59:59")) == 0
