"""What a contract brings in each month (CGV art. 10.1): what its next ordinary invoice charges for a whole month."""

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.recurring import recurring_cents
from portal.contract.state import State
from tests.contract.specification import an_offer, le
from tests.contract.subscribed import a_complete_dossier, in_force, live

PAID = in_force("16/03/2026 10:00", "17/03/2026 10:00")


def test_before_the_entry_into_force_and_after_the_end_there_is_nothing() -> None:
    assert recurring_cents(State(offer=an_offer())) == 0
    assert recurring_cents(live(*a_complete_dossier(le("16/03/2026 10:00")))[0]) == 0
    ended, _ = live(*PAID, (le("02/04/2026 10:00"), a.Terminate(reason="force_majeure")))
    assert recurring_cents(ended) == 0


def test_it_is_the_minimum_then_each_person_and_each_monthly_option() -> None:
    state, _ = live(*PAID)
    assert recurring_cents(state) == 5 * 4900
    wishes: tuple[a.Act, ...] = (
        *(a.RegisterUser(user=user) for user in ("bob", "chloe", "dan", "eve", "farid")),
        a.OrderOption(code="storage", quantity=2),
        a.OrderOption(code="training"),
    )
    more, happened = live(
        *PAID, *((le("19/03/2026 10:00"), wish) for wish in wishes), until=le("21/04/2026 10:00")
    )
    assert recurring_cents(more) == 6 * 4900 + 2 * 1500
    may = next(one for one in happened if isinstance(one, e.InvoiceIssued) and one.month == "2026-05")
    assert may.net_cents == recurring_cents(more)
