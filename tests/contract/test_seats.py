"""What a user costs this month, and from when removing one saves money."""

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.because import recomputed
from portal.contract.decisions.users import replacement
from portal.contract.preview import preview_all
from portal.contract.reckoning import reckoned_again
from portal.contract.refusal import Refusal
from portal.contract.seats import Saving, cost_this_month, saving_of_removal, undoable, unused_seats
from tests.contract.specification import ANNE, BOB, a_trial, given, jour, le, well_set
from tests.contract.subscribed import Step, in_force, live

SIX = ("bob", "chloe", "dan", "eve", "fay")
CONTRACT = in_force("04/03/2026 10:00", "17/03/2026 10:00", *SIX)
FIVE_ONLY = in_force("04/03/2026 10:00", "17/03/2026 10:00", *SIX[:4])


def saved(*steps: Step, at: str, user: str = "fay") -> Saving:
    state, _ = live(*steps, until=le(at))
    found = saving_of_removal(state, user, le(at))
    assert isinstance(found, Saving)
    assert recomputed(found.from_day) == found.from_day.day
    assert all(well_set(sentence) for sentence in found.from_day.lines())
    return found


# --- what each costs -------------------------------------------------------------------------------------


def test_a_whole_month_costs_the_price_of_the_grid() -> None:
    state, _ = live(*CONTRACT)
    cost = cost_this_month(state, le("10/04/2026 10:00"))
    assert cost
    assert (cost.clause, cost.cents) == ("10.1", 4_900)
    assert reckoned_again(cost) == cost.value
    assert all(well_set(sentence) for sentence in cost.lines())


def test_the_month_of_entry_costs_its_days() -> None:
    state, _ = live(*CONTRACT)
    cost = cost_this_month(state, le("18/03/2026 10:00"))
    assert cost
    assert cost.cents == 2_371  # 49,00 × 15/31


def test_the_price_is_that_of_the_term() -> None:
    state, _ = live(
        *CONTRACT, (le("01/04/2026 10:00"), a.AnnouncePrice(user_month_cents=5_200)), until=le("18/03/2027")
    )
    before = cost_this_month(state, le("18/03/2027"))
    after = cost_this_month(state, le("18/04/2027"))
    assert before
    assert after
    assert (before.cents, after.cents) == (4_900, 5_200)


def test_before_the_contract_nobody_costs_anything() -> None:
    trial = given(*a_trial(le("31/01/2026 10:00"), BOB)).state
    assert cost_this_month(trial, le("01/02/2026")) is None
    assert saving_of_removal(trial, BOB, le("01/02/2026")) is None


def test_the_minimum_pays_for_persons_not_yet_named() -> None:
    state, _ = live(*in_force("04/03/2026 10:00", "17/03/2026 10:00", BOB))
    assert unused_seats(state) == 3
    assert unused_seats(live(*CONTRACT)[0]) == 0


# --- what removing one saves -----------------------------------------------------------------------------


def test_removed_before_the_issue_the_next_invoice_is_smaller() -> None:
    found = saved(*CONTRACT, at="15/04/2026 10:00")
    assert found.from_day.day == jour("01/05/2026")
    assert found.document
    assert (found.document.month, found.saved.cents) == ("2026-05", 4_900)


def test_removed_after_the_issue_the_invoice_of_the_month_after_is_smaller() -> None:
    """May is invoiced already: it is given back once over, and June is charged for one person less."""
    found = saved(*CONTRACT, at="21/04/2026 10:00")
    assert found.from_day.day == jour("01/05/2026")
    assert found.document
    assert (found.document.month, found.saved.cents) == ("2026-06", 4_900)


def test_at_the_minimum_removing_is_refused_with_the_clause() -> None:
    state, _ = live(*FIVE_ONLY)
    found = saving_of_removal(state, BOB, le("15/04/2026 10:00"))
    assert isinstance(found, Refusal)
    assert (found.code, found.clause) == ("minimum_users", "10.1")


def test_the_last_administrator_saves_nothing() -> None:
    state, _ = live(*CONTRACT)
    found = saving_of_removal(state, ANNE, le("15/04/2026 10:00"))
    assert isinstance(found, Refusal)
    assert found.code == "last_administrator"


def test_where_the_contract_ends_before_nothing_is_saved() -> None:
    notice: Step = (le("01/02/2027 10:00"), a.ServeNotice(by="client"))
    found = saved(*CONTRACT, notice, at="10/03/2027 10:00")
    assert (found.document, found.saved.cents) == (None, 0)


# --- several acts at once --------------------------------------------------------------------------------


def test_a_replacement_holds_the_minimum_and_costs_a_second_person() -> None:
    state, _ = live(*FIVE_ONLY)
    at = le("10/04/2026 10:00")
    shown = preview_all(state, replacement(state, BOB, "zoe"), at)
    assert shown.refusal is None
    assert [one.kind for one in shown.events] == ["user_registered", "user_removed"]
    # Bob has been there in April, Zoe is there too: six persons for April.
    assert [one.net_cents for one in shown.before.documents] == [24_500] * 3
    assert [one.net_cents for one in shown.after.documents] == [24_500 + 4_900, 24_500, 24_500]


def test_in_a_full_trial_the_one_who_leaves_makes_room() -> None:
    full = given(*a_trial(le("31/01/2026 10:00"), *SIX[:4])).state
    shown = preview_all(full, replacement(full, BOB, "zoe"), le("01/02/2026 10:00"))
    assert [one.kind for one in shown.events] == ["user_removed", "user_registered"]


def test_one_refused_act_and_none_is_done() -> None:
    state, _ = live(*FIVE_ONLY)
    acts = (a.RegisterUser(user="zoe"), a.RemoveUser(user=BOB), a.RemoveUser(user="chloe"))
    shown = preview_all(state, acts, le("10/04/2026 10:00"))
    assert shown.refusal
    assert (shown.refusal.code, shown.events) == ("minimum_users", ())
    assert shown.before == shown.after


def test_an_undone_removal_costs_nothing_more() -> None:
    """Once per person and month: who comes back the same month is not counted twice."""
    state, _ = live(*CONTRACT, (le("10/04/2026 10:00"), a.RemoveUser(user="fay")))
    back = preview_all(state, [a.RegisterUser(user="fay")], le("10/04/2026 11:00"))
    untouched, _ = live(*CONTRACT)
    never_left = preview_all(untouched, [], le("10/04/2026 11:00"))
    assert [one.net_cents for one in back.after.documents] == [
        one.net_cents for one in never_left.after.documents
    ]
    assert isinstance(back.events[0], e.UserRegistered)


# --- what can be undone ----------------------------------------------------------------------------------


def changes(*steps: Step, at: str) -> list[tuple[str, str]]:
    state, events = live(*steps, until=le(at))
    return [(one.kind, one.user) for one in undoable(state, events)]


def test_a_change_can_be_undone_until_the_next_invoice_is_issued() -> None:
    came: Step = (le("10/04/2026 10:00"), a.RegisterUser(user="gus"))
    left: Step = (le("11/04/2026 10:00"), a.RemoveUser(user="fay"))
    both = [("user_registered", "gus"), ("user_removed", "fay")]
    assert changes(*CONTRACT, came, left, at="12/04/2026") == both
    assert changes(*CONTRACT, came, left, at="20/04/2026 05:59") == both
    assert changes(*CONTRACT, came, left, at="20/04/2026 06:00") == []


def test_of_several_changes_of_one_person_the_last_can_be_undone() -> None:
    steps: tuple[Step, ...] = (
        (le("10/04/2026 10:00"), a.RemoveUser(user="fay")),
        (le("10/04/2026 11:00"), a.RegisterUser(user="fay")),
    )
    assert changes(*CONTRACT, *steps, at="12/04/2026") == [("user_registered", "fay")]


def test_neither_the_entry_into_force_nor_a_commercial_credit_note_is_one_or_ends_one() -> None:
    """Anne is registered as the contract comes into force: that is no change of hers."""
    assert changes(*CONTRACT, at="18/03/2026") == []
    steps: tuple[Step, ...] = (
        (le("10/04/2026 10:00"), a.RemoveUser(user="fay")),
        (le("10/04/2026 11:00"), a.IssueCreditNote(cites="F-2026-0002", net_cents=100, label="Geste")),
    )
    assert changes(*CONTRACT, *steps, at="12/04/2026") == [("user_removed", "fay")]


def test_in_a_trial_nothing_is_invoiced_and_nothing_to_be_undone() -> None:
    trial = a_trial(le("31/01/2026 10:00"), BOB)
    assert undoable(given(*trial).state, trial) == ()
