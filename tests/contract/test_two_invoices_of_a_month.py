"""A month with two invoices, the last one completed by a final one: the bank's message names one of them."""

from dataclasses import replace

import pytest

from portal.contract import acts as a
from portal.contract.decide import decide
from portal.contract.evolve import history
from portal.contract.french import euros
from portal.contract.refusal import Refusal
from portal.contract.state import Collection, Payment, State
from tests.contract.specification import le
from tests.contract.subscribed import in_force, live
from tests.contract.test_refusals import without_reason

APRIL, FIRST, FINAL = "2026-04", "F-2026-0002", "F-2026-0003"
AT = le("02/04/2026 10:00")


def with_two_invoices() -> State:
    state, _ = live(*in_force("04/03/2026 10:00", "17/03/2026 10:00"), until=le("21/03/2026 10:00"))
    [april] = state.invoices_of(APRIL)
    assert april.number == FIRST
    return replace(state, invoices=(*state.invoices, replace(april, number=FINAL)))


def test_a_payment_settles_the_invoice_that_it_names() -> None:
    state = with_two_invoices()
    paid = history(state, decide(state, a.Settle(month=APRIL, number=FINAL), AT))
    standing = {one.number: one.payment for one in paid.invoices_of(APRIL)}
    assert standing == {FIRST: Payment.OPEN, FINAL: Payment.SETTLED}


def test_a_payment_of_too_much_is_told_what_both_owe_and_why() -> None:
    state = with_two_invoices()
    with pytest.raises(Refusal) as refused:
        decide(state, a.Settle(month=APRIL, amount_cents=50_000), AT)
    [left] = refused.value.reasons
    assert f" {euros(sum(one.unpaid_cents for one in state.invoices_of(APRIL)))} " in refused.value.message
    assert without_reason(refused.value) == []
    assert f"plus ce qui reste dû de la facture {FINAL}" in " ".join(left.lines()).lower().replace(
        "f-2026", "F-2026"
    )


def test_a_return_is_of_the_invoice_that_it_names() -> None:
    state = with_two_invoices()
    rejected = history(state, decide(state, a.ReturnPayment(month=APRIL, kind="reject", number=FIRST), AT))
    standing = {one.number: one.collection for one in rejected.invoices_of(APRIL)}
    assert standing == {FIRST: Collection.REJECTED, FINAL: Collection.PLANNED}


def test_a_number_of_another_month_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        decide(with_two_invoices(), a.Settle(month=APRIL, number="F-2026-9999"), AT)
    assert caught.value.code == "unknown_month"
