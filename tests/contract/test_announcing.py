"""CGV art. 10.1, 17: whom an announcement reaches, from when, what it changes; a year with the change beside one without."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.announcing import (
    LeftOut,
    LeftOutFor,
    Reached,
    Standing,
    Wished,
    last_reached_day,
    months_cents,
    reached,
    standing_of,
    with_change,
    yearly_difference,
)
from portal.contract.decide import decide
from portal.contract.evolve import history
from portal.contract.preview import Document
from portal.contract.reckoning import reckoned_again
from portal.contract.state import State
from portal.contract.year_ahead import documents_until, first_month, gross_of, year_of_change
from tests.contract.specification import an_offer, jour, le
from tests.contract.subscribed import Step, in_force, live

FIVE = ("bob", "chloe", "dan", "eve")
CONTRACT = in_force("04/03/2026 10:00", "17/03/2026 10:00", *FIVE)
DEAR = Wished(jour("01/01/2026"), user_month_cents=5200)
NEW = Wished(jour("01/01/2026"), version="2027-01")
OFFER = an_offer()


def at(instant: str, *more: Step) -> tuple[State, datetime]:
    return live(*CONTRACT, *more, until=le(instant))[0], le(instant)


def found(wished: Wished, instant: str, *more: Step) -> Reached | LeftOut:
    """What the announcement does, which must be what the act itself does."""
    state, now = at(instant, *more)
    standing = standing_of(state)
    assert standing is not None
    one = reached(standing, OFFER, wished, now)
    if isinstance(one, Reached):
        [announced] = decide(state, wished.act, now)
        assert isinstance(announced, e.ChangeAnnounced)
        assert announced.applies_from == one.day
        after = standing_of(history(state, (announced,)))
        assert after == with_change(standing, wished, one)
    return one


@pytest.mark.parametrize(
    ("instant", "day", "waits"),
    [
        ("16/02/2027 23:59:59", "17/03/2027", False),
        ("17/02/2027", "17/03/2028", True),
        ("17/03/2027 00:00", "17/03/2028", False),
    ],
)
@pytest.mark.parametrize("wished", [DEAR, NEW])
def test_it_applies_at_the_next_renewal_or_once_its_limit_is_passed_at_the_one_after(
    wished: Wished, instant: str, day: str, waits: bool
) -> None:
    one = found(wished, instant)
    assert isinstance(one, Reached)
    assert (one.day, one.waits, one.before_cents, one.quantity) == (jour(day), waits, 4900, 5)
    assert one.after_cents == (5200 if wished is DEAR else 4900)


REFUSED: tuple[Step, ...] = (
    (le("01/02/2027 10:00"), a.AnnouncePrice(user_month_cents=5300)),
    (le("01/02/2027 11:00"), a.RefuseChange(what="price")),
)


@pytest.mark.parametrize(
    ("wished", "more", "reason", "day"),
    [
        (DEAR, ((le("01/02/2027 10:00"), a.ServeNotice(by="client")),), "ends", "16/03/2027"),
        (DEAR, REFUSED, "ends", "16/03/2027"),
        (replace(DEAR, not_before=jour("18/03/2027")), (), "too_soon", "17/03/2027"),
        (replace(DEAR, user_month_cents=4900), (), "same", ""),
        (DEAR, ((le("01/02/2027 10:00"), a.AnnouncePrice(user_month_cents=5200)),), "same", ""),
        (replace(NEW, version="2026-01"), (), "same", ""),
        (NEW, ((le("01/02/2027 10:00"), a.AnnounceTerms(version="2027-01")),), "same", ""),
    ],
)
def test_a_contract_is_left_as_it_is(
    wished: Wished, more: tuple[Step, ...], reason: LeftOutFor, day: str
) -> None:
    assert found(wished, "02/02/2027 10:00", *more) == LeftOut(reason, jour(day) if day else None)


def test_another_price_for_the_same_day_takes_the_place_of_the_first() -> None:
    one = found(DEAR, "02/02/2027 10:00", (le("01/02/2027 10:00"), a.AnnouncePrice(user_month_cents=5300)))
    assert isinstance(one, Reached)
    assert (one.before_cents, one.after_cents) == (5300, 5200)


def test_what_it_brings_in_month_by_month_and_over_a_year() -> None:
    standing = Standing(jour("17/03/2026"), 1, 4900, 5, 3000, None, "2026-01")
    one = reached(standing, OFFER, DEAR, le("01/02/2027 10:00"))
    assert isinstance(one, Reached)
    months = [date(2027, 3, 1), date(2027, 4, 1)]
    assert months_cents(standing, OFFER, months) == (27500, 27500)
    assert months_cents(with_change(standing, DEAR, one), OFFER, months) == (27500, 29000)
    assert months_cents(replace(standing, ends=jour("16/03/2027")), OFFER, months) == (27500, 0)
    assert yearly_difference(one).cents == reckoned_again(yearly_difference(one)) == 18000
    assert [step.text for step in yearly_difference(one).steps] == [
        "moins le prix d’avant, 49,00\u00a0€",
        "pour 5\u00a0utilisateurs facturés",
        "douze mois",
    ]


def test_nothing_announced_today_applies_later_than_the_last_day_that_can_be_reached() -> None:
    for month in range(1, 13):
        for day in (1, 2, 15, 28):
            entered = date(2026, month, day)
            now = le("28/02/2026 12:00") if entered <= jour("28/02/2026") else None
            if now is None:
                continue
            one = reached(Standing(entered, 1, 4900, 5, 0, None, "2026-01"), OFFER, DEAR, now)
            assert isinstance(one, Reached)
            assert one.day <= last_reached_day(now).day
    # The limit of a term that ends on the last of February passed on the last of January.
    now = le("31/01/2027 12:00")
    for entered in (jour("01/03/2026"), jour("02/03/2026")):
        one = reached(Standing(entered, 1, 4900, 5, 0, None, "2026-01"), OFFER, DEAR, now)
        assert isinstance(one, Reached)
        assert one.day <= last_reached_day(now).day == jour("01/03/2028")


def test_a_contract_that_is_not_in_force_has_no_standing() -> None:
    assert standing_of(State(offer=OFFER)) is None
    state, _ = live(*CONTRACT, (le("18/03/2026 10:00"), a.Terminate(reason="force_majeure")))
    assert standing_of(state) is None


# --- a year beside another -------------------------------------------------------------------------


def test_the_year_is_what_the_rules_will_invoice_with_the_change_and_without() -> None:
    state, now = at("02/02/2027 10:00", (le("01/02/2027 10:00"), a.AnnouncePrice(user_month_cents=5200)))
    year = year_of_change(state, state.changes[0], now)
    assert [one.month for one in year.months][::11] == ["2027-04", "2028-03"]
    assert {(one.before.cents, one.after.cents, one.difference.cents) for one in year.months} == {
        (29400, 31200, 1800)
    }
    assert (year.before.cents, year.after.cents, year.difference.cents) == (352_800, 374_400, 21_600)
    assert (year.price_before.cents, year.price_after.cents) == (4900, 5200)
    for amount in (year.before, year.after, year.difference, year.months[0].after):
        assert reckoned_again(amount) == amount.value


def test_a_notice_or_a_refusal_does_not_hide_what_the_renewed_contract_would_cost() -> None:
    state, now = at("02/02/2027 10:00", *REFUSED)
    assert year_of_change(state, state.changes[0], now).difference.cents == 28_800


def test_the_first_month_may_be_invoiced_already_at_the_new_price() -> None:
    # In force on the 1st: April 2027 is of the new term, and its invoice leaves on 19/03 in the old one.
    steps = in_force("26/03/2026 10:00", "01/04/2026 10:00", *FIVE)
    state, events = live(
        *steps,
        (le("01/02/2027 10:00"), a.AnnouncePrice(user_month_cents=5200)),
        until=le("25/03/2027 10:00"),
    )
    assert first_month(state.changes[0].applies_from) == date(2027, 4, 1)
    issued = [one for one in events if isinstance(one, Document)]
    year = year_of_change(state, state.changes[0], le("25/03/2027 10:00"), issued)
    assert (year.months[0].before.cents, year.months[0].after.cents) == (29400, 31200)
    assert year.difference.cents == 21_600


def test_what_a_month_comes_to_counts_a_credit_note_against_it() -> None:
    assert gross_of([]).cents == 0
    state, now = at("20/04/2026 10:00")
    ended = history(state, decide(state, a.Terminate(reason="force_majeure"), now))
    _, events = live(*CONTRACT, (le("20/04/2026 10:00"), a.Terminate(reason="force_majeure")))
    documents = [one for one in events if isinstance(one, Document)]
    invoice = next(one for one in documents if one.month == "2026-04")
    credit = next(one for one in documents if isinstance(one, e.CreditNoteIssued))
    assert gross_of([credit]).cents == -credit.gross_cents
    assert gross_of([invoice, credit]).cents == invoice.gross_cents - credit.gross_cents
    assert gross_of([invoice, invoice]).cents == 2 * invoice.gross_cents
    # Nothing more is issued for a contract that has ended, and its destruction is not lived through.
    assert documents_until(ended, now, le("01/01/2028")) == []
