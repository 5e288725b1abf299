"""« Et si… ? »: what an act would change is what it changes once it is done; imagining writes nothing."""

from dataclasses import replace

import pytest

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.acts import Act
from portal.contract.deadlines import advance
from portal.contract.decide import decide_all
from portal.contract.evolve import history
from portal.contract.foresight import ON_TIME, Course, Habit, WhatIf, course, what_if
from portal.contract.state import State
from tests.contract.specification import le
from tests.contract.subscribed import a_complete_dossier, in_force, live

FIVE = ("bob", "chloe", "dan", "eve")
NOW = le("20/03/2026 10:00")


@pytest.fixture
def state() -> State:
    """In force on 17 March 2026, five users at 49,00 EUR; nothing of it is late."""
    return live(*in_force("04/03/2026 10:00", "17/03/2026 10:00", *FIVE))[0]


def turns(found: Course) -> list[tuple[str, str]]:
    """Each moment by its kind and its Paris day, in order."""
    return [(one.name.rpartition("-")[0], f"{one.at:%d/%m/%Y %H:%M}") for one in found.moments]


def charged(found: Course) -> dict[str, int]:
    return {one.month: one.gross_cents for one in found.documents}


def imagined(state: State, *acts: Act, at: str, habit: Habit = ON_TIME) -> WhatIf:
    return what_if(state, NOW, acts, le(at), habit)


def test_as_things_stand_the_contract_is_renewed(state: State) -> None:
    seen = imagined(state, a.ServeNotice(by="client"), at="01/06/2026 12:00")
    assert turns(seen.as_is) == [
        ("notice_limit", "16/02/2027 23:00"),
        ("contract_renewed", "16/03/2027 23:00"),
    ]


def test_with_a_notice_it_ends_and_its_data_goes(state: State) -> None:
    seen = imagined(state, a.ServeNotice(by="client"), at="01/06/2026 12:00")
    assert turns(seen.imagined) == [
        ("contract_ended", "16/03/2027 23:00"),
        ("data_destroyed", "15/04/2027 22:00"),
        ("restitution_end", "15/04/2027 22:00"),
    ]
    before, after = charged(seen.as_is), charged(seen.imagined)
    # March 2027 is charged for what the first March left, and nothing is after it.
    assert {month: after.get(month) for month in before if after.get(month) != before[month]} == {
        "2027-03": 15174,
        "2027-04": None,
        "2027-05": None,
    }


def test_a_notice_a_day_late_ends_the_next_term(state: State) -> None:
    seen = imagined(state, a.ServeNotice(by="client"), at="17/02/2027 12:00")
    assert [kind for kind, _ in turns(seen.imagined)][:2] == ["contract_renewed", "contract_ended"]
    assert seen.imagined.moments[1].at == le("17/03/2028 00:00")


def test_users_and_options_change_invoices_and_no_date(state: State) -> None:
    seen = imagined(state, a.RegisterUser(user="fay"), a.OrderOption(code="storage"), at="01/06/2026 12:00")
    assert turns(seen.as_is) == turns(seen.imagined)
    before, after = charged(seen.as_is), charged(seen.imagined)
    assert after["2026-07"] - before["2026-07"] == (4900 + 4900 + 1500) * 120 // 100
    assert after["2026-08"] - before["2026-08"] == (4900 + 1500) * 120 // 100


def test_an_invoice_that_is_not_paid_suspends_the_service(state: State) -> None:
    seen = imagined(state, at="01/04/2026 12:00", habit=Habit(is_regular=False))
    assert turns(seen.imagined)[:3] == [
        ("default_recorded", "04/05/2026 07:00"),
        ("service_suspended", "20/05/2026 16:00"),
        ("termination_open", "20/05/2026 22:00"),
    ]
    assert seen.imagined.costs == ()


def test_one_that_is_paid_late_costs_penalties_and_restores_it(state: State) -> None:
    seen = imagined(state, at="01/04/2026 12:00", habit=Habit(is_regular=False, late_days=20))
    assert ("service_suspended", "20/05/2026 10:00") not in turns(seen.imagined)
    [paid] = seen.imagined.costs
    assert (paid.month, paid.penalties_cents, paid.indemnity_cents) == ("2026-05", 258, 4000)
    assert not seen.imagined.lacks_rate
    later = imagined(state, at="01/04/2026 12:00", habit=Habit(is_regular=False, late_days=25))
    assert [kind for kind, _ in turns(later.imagined)][1:4] == [
        "service_suspended",
        "termination_open",
        "service_restored",
    ]


def test_without_the_legal_rate_the_invoice_alone_is_paid(state: State) -> None:
    unknown = replace(state, offer=replace(state.offer, legal_rates={}))
    seen = imagined(unknown, at="01/04/2026 12:00", habit=Habit(is_regular=False, late_days=25))
    assert (seen.imagined.costs, seen.imagined.lacks_rate) == ((), True)
    assert "service_suspended" in [kind for kind, _ in turns(seen.imagined)]


def a_late_one(at: str) -> State:
    """The same contract, April paid and May not, as it stands at an instant."""
    paid = (le("31/03/2026 10:00"), a.Settle(month="2026-04"))
    return live(*in_force("04/03/2026 10:00", "17/03/2026 10:00", *FIVE), paid, until=le(at))[0]


def test_what_is_late_already_is_not_paid_in_thought() -> None:
    now = le("05/05/2026 10:00")
    seen = what_if(a_late_one("05/05/2026 10:00"), now, (a.RegisterUser(user="fay"),), le("06/05/2026 12:00"))
    assert seen.refusal is None
    assert ("service_suspended", "20/05/2026 16:00") in turns(seen.as_is)


def test_a_refusal_that_nothing_lifts_is_said_alone(state: State) -> None:
    seen = imagined(state, a.RemoveUser(user="bob"), at="01/04/2026 12:00")
    assert seen.refusal
    assert (seen.refusal.code, seen.opens) == ("minimum_users", None)
    assert seen.as_is is seen.imagined


def test_a_refused_act_opens_with_what_the_calendar_brings(state: State) -> None:
    """A restitution is asked for after the end: it opens as the contract ends."""
    now = advance(state, NOW)[0]
    noticed = history(now, decide_all(now, (a.ServeNotice(by="client"),), NOW))
    seen = what_if(noticed, NOW, (a.RequestRestitution(),), le("01/04/2026 12:00"))
    assert seen.refusal
    assert seen.opens
    assert (seen.opens.at, seen.opens.name.rpartition("-")[0]) == (le("17/03/2027 00:00"), "contract_ended")


def test_before_the_entry_into_force_it_looks_two_months_ahead() -> None:
    dossier, _ = live(*a_complete_dossier(le("04/03/2026 10:00"), *FIVE))
    at = le("04/03/2026 10:30")
    seen = what_if(dossier, at, (a.ServeNotice(by="client"),), at)
    assert seen.refusal
    assert (seen.refusal.code, turns(seen.as_is)) == ("contract_not_in_force", [])
    assert list(charged(seen.as_is)) == ["2026-04", "2026-05"]


ACTS: list[tuple[str, tuple[Act, ...]]] = [
    ("18/05/2026 10:00", (a.RegisterUser(user="fay"), a.RegisterUser(user="gus"))),
    ("19/05/2026 10:00", (a.OrderOption(code="training", quantity=2),)),
    ("16/02/2027 23:59", (a.ServeNotice(by="client"),)),
    ("17/02/2027 00:00", (a.ServeNotice(by="client"),)),
]


@pytest.mark.parametrize(("at", "acts"), ACTS, ids=[f"{at} {type(acts[0]).__name__}" for at, acts in ACTS])
def test_what_is_imagined_is_what_happens_once_it_is_done(
    state: State, at: str, acts: tuple[Act, ...]
) -> None:
    instant = le(at)
    seen = what_if(state, NOW, acts, instant)
    lived = course(state, NOW, instant).state
    done = history(lived, decide_all(lived, acts, instant))
    until = seen.imagined.moments[-1].at
    happened = course(done, instant, until)
    assert [one for one in seen.imagined.moments if one.at <= until] == list(happened.moments)
    issued = [one for one in seen.imagined.documents if one.at <= until]
    assert issued == list(happened.documents)
    assert all(isinstance(one, e.InvoiceIssued | e.CreditNoteIssued) for one in issued)
