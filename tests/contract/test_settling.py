"""CGV art. 10.3 and 10.4: what makes a client even again, each part with the sum that gives it."""

from datetime import date

import pytest

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.arrears import dues
from portal.contract.because import Because, recomputed
from portal.contract.calendar import paris_day
from portal.contract.issue import collected, payable
from portal.contract.ledger import balance
from portal.contract.reckoning import Reckoning, reckoned_again
from portal.contract.settling import indemnity_left, penalties_left, sum_due, sum_holds
from portal.contract.state import State
from tests.contract.specification import le
from tests.contract.subscribed import Step, in_force, live

SEVEN = ("bob", "chloe", "dan", "eve", "fay", "gus", "hal")
CONTRACT: tuple[Step, ...] = in_force("26/03/2026 10:00", "01/04/2026 08:00", *SEVEN)


def cents(*amounts: Reckoning) -> list[int]:
    """Their results, which their own steps lead to."""
    for one in amounts:
        assert reckoned_again(one) == one.value
    return [one.cents for one in amounts]


def parts(state: State, at: str) -> list[list[int]]:
    owed = dues(state, le(at))
    for due in owed:
        assert due.total_cents == due.invoice_cents + due.penalties_cents + due.indemnity_cents
    return [cents(balance(due.invoice), penalties_left(due), indemnity_left(due)) for due in owed]


def test_the_worked_case_of_section_8() -> None:
    state, _ = live(*CONTRACT, until=le("20/05/2026 09:00"))
    assert parts(state, "20/05/2026 09:00") == [[47040, 412, 4000]]
    assert cents(sum_due(dues(state, le("20/05/2026 09:00")))) == [51452]


def test_two_late_invoices_add_up() -> None:
    state, _ = live(*CONTRACT, until=le("10/06/2026 10:00"))
    assert parts(state, "10/06/2026 10:00") == [[47040, 825, 4000], [47040, 412, 4000]]
    total = sum_due(dues(state, le("10/06/2026 10:00")))
    assert cents(total) == [47040 + 825 + 4000 + 47040 + 412 + 4000]
    assert [step.text for step in total.steps] == [
        "facture F-2026-0002, avec son retard",
        "facture F-2026-0003, avec son retard",
    ]


def test_a_part_payment_is_taken_off_the_invoice() -> None:
    state, _ = live(
        *CONTRACT,
        (le("10/05/2026 10:00"), a.Settle(month="2026-05", amount_cents=40000)),
        until=le("12/05/2026 10:00"),
    )
    assert parts(state, "12/05/2026 10:00") == [[7040, 412, 4000]]
    [due] = dues(state, le("12/05/2026 10:00"))
    assert [step.text for step in balance(due.invoice).steps] == ["moins ce qui en est réglé"]


def test_what_was_paid_of_a_delay_is_taken_off_it() -> None:
    """Paid in full, taken back by the bank, late again: a second clock, and the indemnity is owed once."""
    state, _ = live(
        *CONTRACT,
        (le("10/05/2026 10:00"), a.SettleEverything()),
        (le("12/05/2026 10:00"), a.ReturnPayment(month="2026-05", kind="refund")),
        until=le("14/05/2026 10:00"),
    )
    [due] = dues(state, le("14/05/2026 10:00"))
    assert cents(balance(due.invoice), penalties_left(due), indemnity_left(due)) == [47040, 413, 0]
    assert (due.penalties_cents, due.indemnity_cents) == (413, 0)
    assert penalties_left(due).steps[-1].text == "moins ce qui en est réglé"


def test_a_credit_note_is_taken_off_the_invoice() -> None:
    state, _ = live(
        *CONTRACT,
        (le("02/05/2026 10:00"), a.IssueCreditNote(cites="F-2026-0002", net_cents=10000, label="Geste")),
        until=le("12/05/2026 10:00"),
    )
    [due] = dues(state, le("12/05/2026 10:00"))
    assert cents(balance(due.invoice)) == [47040 - 12000]
    assert [step.text for step in balance(due.invoice).steps] == ["moins les avoirs imputés"]


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("02/05/2026 10:00", date(2026, 5, 30)),  # June's invoice, not issued yet, falls due on 31/05
        ("20/05/2026 09:00", date(2026, 5, 30)),
        ("31/05/2026 10:00", date(2026, 5, 31)),  # a month begins on 1 June for the first one
        ("21/04/2026 10:00", date(2026, 4, 29)),
    ],
)
def test_a_sum_is_good_until_the_eve_of_what_changes_it(at: str, until: date) -> None:
    state, _ = live(*CONTRACT, until=le(at))
    hold = sum_holds(state, le(at))
    assert hold
    assert (hold.day, recomputed(hold)) == (until, until)


def test_with_everything_paid_the_next_invoice_is_what_changes_it() -> None:
    state, _ = live(*CONTRACT, (le("30/04/2026 10:00"), a.Settle(month="2026-05")))
    hold = sum_holds(state, le("02/05/2026 10:00"))
    assert hold
    assert (hold.day, hold.start_label) == (date(2026, 5, 30), "échéance de la prochaine facture")


def test_after_the_end_a_sum_is_good_for_good() -> None:
    state, _ = live(
        *CONTRACT,
        (le("30/04/2026 10:00"), a.Settle(month="2026-05")),
        (le("02/05/2026 10:00"), a.Terminate(reason="force_majeure")),
    )
    assert sum_holds(state, le("01/01/2027 10:00")) is None


def test_every_invoice_says_why_it_is_due_and_collected_when_it_is() -> None:
    """A month whose end leaves no room for the notice is due at the end of the next."""
    lives = [
        CONTRACT,
        in_force("04/03/2026 10:00", "17/03/2026 10:00", *SEVEN),
        (*CONTRACT, (le("29/05/2026 10:00"), a.Terminate(reason="force_majeure"))),
    ]
    for steps in lives:
        _, happened = live(*steps, until=le("20/08/2026 10:00"))
        issued = [one for one in happened if isinstance(one, e.InvoiceIssued)]
        assert issued
        for one in issued:
            on = paris_day(one.at)
            due, collection = payable(one.month, on), collected(one.month, on)
            assert (due.day, collection.day) == (one.due, one.collection)
            assert (recomputed(due), recomputed(collection)) == (one.due, one.collection)


def test_a_document_too_late_for_its_notice_is_due_at_the_next_month_s_end() -> None:
    reasons: Because = payable("2026-05", date(2026, 5, 29))
    assert reasons.day == date(2026, 6, 30)
    assert [step.value for step in reasons.steps] == [date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 30)]
