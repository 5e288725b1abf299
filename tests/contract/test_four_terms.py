"""CGV art. 9, 10.1 and 16: contracts of awkward days over four terms, by the rules and by the oracle alike.

Entered on 29 February, on 31 March, on 1 March: each term's last day and notice limit, and every document of the
life, with users who come and go, a price that changes at each renewal, and the last month's days.
"""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from portal.contract import events as e
from portal.contract.calendar import paris_day
from portal.contract.policy import Policy
from portal.contract.refusal import ImpossibleHistory
from portal.contract.replay import replay
from portal.contract.scenario import read_scenario
from portal.contract.state import State
from portal.contract.term import counted_last_day, notice_last_day, term_last_day
from tests.contract import naive
from tests.contract.oracle_term import Engagement
from tests.contract.random_lives import LEGAL_RATES, in_force, placed, toml
from tests.contract.specification import an_offer, jour
from tests.contract.test_oracle import two_readings

TEAM = [f"user{number}@atelier-nord.example" for number in range(4)]
TERMS = 4
# The day of entry, and each term's last day with the latest day for notice, written out.
TABLE = {
    "29/02/2028": [
        ("28/02/2029", "31/01/2029"),
        ("28/02/2030", "31/01/2030"),
        ("28/02/2031", "31/01/2031"),
        ("28/02/2032", "28/01/2032"),
    ],
    "29/02/2024": [
        ("28/02/2025", "31/01/2025"),
        ("28/02/2026", "31/01/2026"),
        ("28/02/2027", "31/01/2027"),
        ("28/02/2028", "28/01/2028"),
    ],
    "31/03/2026": [
        ("30/03/2027", "28/02/2027"),
        ("30/03/2028", "29/02/2028"),
        ("30/03/2029", "28/02/2029"),
        ("30/03/2030", "28/02/2030"),
    ],
    "01/03/2027": [
        ("29/02/2028", "31/01/2028"),
        ("28/02/2029", "31/01/2029"),
        ("28/02/2030", "31/01/2030"),
        ("28/02/2031", "31/01/2031"),
    ],
    "01/03/2025": [
        ("28/02/2026", "31/01/2026"),
        ("28/02/2027", "31/01/2027"),
        ("29/02/2028", "31/01/2028"),
        ("28/02/2029", "31/01/2029"),
    ],
}


def four_terms(entry: date) -> dict[str, Any]:
    """A life of four terms that ends by a notice on its last possible day, each year with its changes."""
    engagement = Engagement(entry, price=4900)
    noon = datetime.fromisoformat(f"{entry}T10:00:00+00:00")
    acts: list[dict[str, Any]] = []
    for term in range(TERMS):
        last_day = engagement.last_day(term)
        limit = naive.a_month_before(last_day)
        spring = noon + timedelta(days=365 * term + 70)
        acts += [
            placed(spring, {"do": "register_user", "user": f"more{term}@atelier-nord.example"}),
            placed(spring + timedelta(days=9), {"do": "order_option", "code": "storage", "quantity": 1}),
            placed(
                spring + timedelta(days=130),
                {"do": "remove_user", "user": f"more{term}@atelier-nord.example"},
            ),
        ]
        at = datetime.fromisoformat(f"{limit}T10:00:00+00:00")
        if term == TERMS - 1:
            acts.append(placed(at, {"do": "serve_notice", "by": "client"}))
        else:
            acts.append(placed(at, {"do": "announce_price", "user_month_cents": 5000 + 111 * term}))
    begun = in_force(f"{entry}T10:00", TEAM)
    return {
        "title": "Quatre périodes",
        "until": f"{naive.plus_months(engagement.last_day(TERMS - 1), 3)}T00:00:00+01:00",
        "legal_rates": LEGAL_RATES,
        "act": [*begun, *sorted(acts, key=lambda act: str(act["at"]))],
    }


@pytest.mark.parametrize("entry", TABLE)
def test_four_terms_are_what_the_table_and_the_oracle_say(entry: str) -> None:
    scenario = four_terms(jour(entry))
    happened = replay(read_scenario(toml(scenario))).events
    last_days = [one.last_day for one in happened if isinstance(one, e.ContractInForce | e.ContractRenewed)]
    assert last_days == [jour(last_day) for last_day, _ in TABLE[entry]]
    assert [counted_last_day(jour(entry), one, Policy()).day for one in last_days] == last_days
    assert [notice_last_day(one).day for one in last_days] == [jour(limit) for _, limit in TABLE[entry]]
    engagement = Engagement(jour(entry), price=4900)
    for term, last_day in enumerate(last_days):
        engagement.term = term
        assert (engagement.last_day(), engagement.notice_limit()) == (last_day, notice_last_day(last_day).day)
    [ended] = [one for one in happened if isinstance(one, e.ContractEnded)]
    assert (ended.reason, ended.last_day) == ("notice", last_days[-1])
    assert paris_day(ended.at) == last_days[-1] + timedelta(days=1)
    rules, counted = two_readings(scenario)
    assert rules == counted
    # The first month and 48 others; noticed after its issue, the last one gives back what the first month left.
    assert len(rules["invoices"]) == (48 if jour(entry).day == 1 else 1 + 48 + 1)


@pytest.mark.parametrize("ends_with_month", [True, False])
def test_a_list_explains_a_term_from_29_february_as_the_contract_does(*, ends_with_month: bool) -> None:
    offer = an_offer(leap_day_term_ends_with_month=ends_with_month)
    entered = jour("29/02/2028")
    for term in range(1, TERMS + 1):
        explained = term_last_day(State(offer=offer, in_force_on=entered, terms=term))
        assert counted_last_day(entered, explained.day, offer.policy) == explained
    assert explained.day == jour("28/02/2032")


def test_a_day_on_which_no_term_ends_is_not_explained() -> None:
    with pytest.raises(ImpossibleHistory, match="no term"):
        counted_last_day(date(2026, 3, 17), date(2027, 3, 17), Policy())
