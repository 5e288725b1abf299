"""CGV art. 9, 16: what notice would bring about is what it brings about, in time and late (rules, section 5)."""

from datetime import date

import pytest

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.deadlines import advance
from portal.contract.decide import decide
from portal.contract.evolve import history
from portal.contract.notice_effect import NoticeEffect, documents_among, missed_end, notice_effect
from portal.contract.refusal import Refusal
from tests.contract.specification import Given, jour, le
from tests.contract.subscribed import given_steps, in_force

FIVE = ("bob", "chloe", "dan", "eve")
CONTRACT = given_steps(*in_force("04/03/2026 10:00", "17/03/2026 10:00", *FIVE))


def effect(given: Given, at: str, by: a.Party = "client", posted: str | None = None) -> NoticeEffect:
    found = notice_effect(given.state, a.ServeNotice(by=by, posted=jour(posted) if posted else None), le(at))
    assert isinstance(found, NoticeEffect)
    return found


def test_in_time_it_ends_the_term_and_says_what_follows() -> None:
    shown = effect(CONTRACT, "16/02/2027 23:59")
    assert (shown.limit.day, shown.last_day.day) == (date(2027, 2, 16), date(2027, 3, 16))
    assert (shown.is_late, shown.already) == (False, False)
    assert (shown.restitution.day, shown.destruction.instant) == (date(2027, 4, 15), le("16/04/2027"))
    # March, on 19 February, is charged for its days; April is never invoiced.
    assert [(one.month, one.net_cents) for one in shown.documents] == [("2027-03", 12645)]
    assert shown.spared is not None
    assert (shown.spared.month, shown.spared.net_cents) == ("2027-04", 24500)


def test_one_second_too_late_it_ends_the_next_term() -> None:
    shown = effect(CONTRACT, "17/02/2027")
    assert (shown.is_late, shown.limit.day, shown.last_day.day) == (
        True,
        date(2027, 2, 16),
        date(2028, 3, 16),
    )
    assert [one.month for one in shown.documents] == ["2027-03", *(f"2027-{month:02}" for month in range(4, 13)),
                                                       "2028-01", "2028-02", "2028-03"]  # fmt: skip


@pytest.mark.parametrize(
    ("in_force_on", "limit", "last_day"),
    [
        ("31/03/2026", date(2027, 2, 28), date(2027, 3, 30)),
        ("29/02/2028", date(2029, 1, 31), date(2029, 2, 28)),
    ],
)
def test_the_limit_of_awkward_days(in_force_on: str, limit: date, last_day: date) -> None:
    begins = jour(in_force_on)
    given = given_steps(*in_force(f"01/{begins:%m/%Y} 10:00", f"{in_force_on} 10:00", *FIVE))
    at = f"{limit:%d/%m/%Y} 23:59"
    assert (effect(given, at).limit.day, effect(given, at).last_day.day) == (limit, last_day)
    assert effect(given, at).is_late is False
    assert effect(given, f"{limit:%d/%m/%Y} 23:59", posted=f"{limit:%d/%m/%Y}").last_day.day == last_day


@pytest.mark.parametrize("at", ["10/06/2026 10:00", "16/02/2027 23:59", "25/02/2027 10:00"])
def test_what_is_shown_is_what_comes(at: str) -> None:
    state, _ = advance(CONTRACT.state, le(at))
    shown = effect(CONTRACT, at)
    served = decide(state, a.ServeNotice(by="client"), le(at))
    ended, lived = advance(history(state, served), shown.destruction.instant)
    assert documents_among(lived) == shown.documents
    assert ended.ended_on == shown.last_day.day
    destroyed = [one.at for one in lived if isinstance(one, e.DataDestroyed)]
    assert destroyed == [shown.destruction.instant]


def test_served_already_nothing_is_added() -> None:
    noticed = CONTRACT.when(a.ServeNotice(by="vendor"), le("10/06/2026 10:00")).granted()
    assert effect(noticed, "11/06/2026 10:00").already


def test_what_is_refused_says_why() -> None:
    found = notice_effect(
        CONTRACT.state, a.ServeNotice(by="client", posted=jour("11/06/2026")), le("10/06/2026 10:00")
    )
    assert isinstance(found, Refusal)
    assert found.code == "notice_in_future"


def test_the_end_that_a_late_notice_missed_can_be_granted_until_it_has_passed() -> None:
    late = CONTRACT.when(a.ServeNotice(by="client"), le("17/02/2027 10:00")).granted()
    assert missed_end(late.state) == date(2027, 3, 16)
    assert missed_end(late.left_alone_until(le("17/03/2027")).state) is None
    waived = late.when(a.ServeNotice(by="client", waived=True), le("01/03/2027 10:00")).granted()
    assert missed_end(waived.state) is None
    assert missed_end(CONTRACT.state) is None
