"""The oracle is pinned on worked cases, in literal figures; then the rules agree with it on any life.

Compared: every document (number, kind, month, days, lines, amounts, settlement) and what is due at the
end. Of a line its label is not compared, nor the sign of its quantity, which `net_cents` says already.
"""

import sys
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as for_all

from portal.contract.replay import replay, to_json
from portal.contract.scenario import read_scenario
from tests.contract import oracle
from tests.contract.oracle_term import Engagement
from tests.contract.random_lives import in_force, lives, toml
from tests.contract.specification import jour

Scenario = dict[str, Any]
TEAM = [f"user{number}@atelier-nord.example" for number in range(4)]


def life(entry: str, *acts: dict[str, Any], until: str) -> dict[str, Any]:
    """Five users in force from `entry`, at the demonstration's prices."""
    return oracle.lived({"title": "Cas", "until": until, "act": [*in_force(entry, TEAM), *acts]})


def document(result: dict[str, Any], month: str) -> dict[str, Any]:
    (found,) = (one for one in result["invoices"] if one["month"] == month)
    return dict(found)


def nets(paper: dict[str, Any]) -> list[tuple[str, int, int]]:
    return [(one["kind"], one["quantity"], one["net_cents"]) for one in paper["lines"]]


def days(paper: dict[str, Any]) -> tuple[str, str, str]:
    return paper["issued"], paper["due"], paper["collection"]


# --- the oracle on worked cases --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "last_day", "limit"),
    [
        ("17/03/2026", "16/03/2027", "16/02/2027"),
        ("31/03/2026", "30/03/2027", "28/02/2027"),
        ("29/02/2028", "28/02/2029", "31/01/2029"),
    ],
)
def test_the_terms_of_the_table(entry: str, last_day: str, limit: str) -> None:
    engagement = Engagement(jour(entry), price=4900)
    assert (engagement.last_day(), engagement.notice_limit()) == (jour(last_day), jour(limit))
    engagement.serve_notice(jour(limit))
    assert engagement.end() == jour(last_day)


def test_a_notice_a_day_late_ends_the_next_term() -> None:
    engagement = Engagement(date(2026, 3, 17), price=4900)
    engagement.serve_notice(date(2027, 2, 17))
    assert engagement.end() == date(2028, 3, 16)


def test_in_force_on_17_march_carries_over_126_45() -> None:
    result = life("2026-03-17T10:00", until="2026-04-01T00:00")
    assert nets(document(result, "first")) == [("subscription", 5, 24500)]
    april = document(result, "2026-04")
    assert days(april) == ("2026-03-20", "2026-03-31", "2026-03-31")
    assert nets(april) == [("subscription", 5, 24500), ("carry_over", 1, -12645)]
    assert (april["net_cents"], april["vat_cents"], april["gross_cents"]) == (11855, 2371, 14226)


def test_in_force_on_26_march_is_too_late_for_a_collection_of_march() -> None:
    result = life("2026-03-26T10:00", until="2026-05-01T00:00")
    assert days(document(result, "2026-04")) == ("2026-04-01", "2026-04-30", "2026-04-30")
    assert days(document(result, "2026-05")) == ("2026-04-20", "2026-04-30", "2026-04-30")


def test_the_first_months_invoice_validated_on_27_march_waits_for_april() -> None:
    result = life("2026-04-08T10:00", until="2026-04-08T09:00")
    assert days(document(result, "first")) == ("2026-04-01", "2026-04-09", "2026-04-09")


def test_a_user_added_on_12_may_or_on_28_may() -> None:
    sixth = {"do": "register_user", "user": "f@atelier-nord.example"}
    early = life("2026-03-01T10:00", {"at": "2026-05-12T10:00", **sixth}, until="2026-07-01T00:00")
    assert nets(document(early, "2026-06")) == [("subscription", 6, 29400), ("adjustment", 1, 4900)]
    late = life("2026-03-01T10:00", {"at": "2026-05-28T10:00", **sixth}, until="2026-07-01T00:00")
    assert nets(document(late, "2026-07")) == [
        ("subscription", 6, 29400),
        ("adjustment", 1, 4900),
        ("adjustment", 1, 4900),
    ]


def test_the_invoice_due_on_30_april_paid_on_20_may_costs_514_52() -> None:
    three_more = [
        {"at": "2026-03-02T11:00", "do": "register_user", "user": f"{name}@atelier-nord.example"}
        for name in ("f", "g", "h")
    ]
    april_paid = {"at": "2026-03-31T10:00", "do": "settle", "month": "2026-04"}
    result = life("2026-03-01T10:00", *three_more, april_paid, until="2026-05-21T00:00")
    assert document(result, "2026-05")["gross_cents"] == 47040
    assert result["dues"] == {
        "invoices_cents": 47040,
        "penalties_cents": 412,
        "indemnities_cents": 4000,
        "total_cents": 51452,
    }


def test_a_year_costs_twelve_months() -> None:
    notice = {"at": "2026-09-01T10:00", "do": "serve_notice", "by": "client"}
    result = life("2026-03-17T10:00", notice, until="2027-06-01T00:00")
    assert sum(one["net_cents"] for one in result["invoices"]) == 12 * 24500
    assert nets(document(result, "2027-03")) == [("subscription", 5, 24500 - 11855)]


# --- the rules beside the oracle -------------------------------------------------------------------------


def ruled(scenario: Scenario) -> tuple[dict[str, Any], set[int]]:
    """What the rules make of a scenario, and the indices of the acts that they refuse."""
    read = read_scenario(toml(scenario))
    result = replay(read)
    refused = {id(one.line) for one in result.refused}
    told = to_json(result)
    return (
        {"invoices": told["invoices"], "dues": told["dues"]},
        {index for index, line in enumerate(read.act) if id(line) in refused},
    )


def as_compared(result: dict[str, Any]) -> dict[str, Any]:
    return {
        "dues": result["dues"],
        "invoices": [
            one
            | {
                "lines": [
                    (line["kind"], abs(line["quantity"]), abs(line["unit_cents"]), line["net_cents"])
                    for line in one["lines"]
                ]
            }
            for one in result["invoices"]
        ],
    }


def two_readings(scenario: Scenario) -> tuple[dict[str, Any], dict[str, Any]]:
    told, refused = ruled(scenario)
    return as_compared(told), as_compared(oracle.lived(scenario, refused))


def without_needless_acts(scenario: Scenario) -> Scenario:
    """The same disagreement with as few acts as can be: Hypothesis would take an hour to shrink a life."""
    for index in reversed(range(len(scenario["act"]))):
        fewer = scenario | {"act": scenario["act"][:index] + scenario["act"][index + 1 :]}
        rules, counted = two_readings(fewer)
        if rules != counted:
            scenario = fewer
    return scenario


def compare(number_of_lives: int, *, derandomize: bool) -> int:
    """Return how many documents were compared."""
    documents = 0

    @settings(
        max_examples=number_of_lives,
        deadline=None,
        derandomize=derandomize,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @for_all(scenario=lives())
    def agree(scenario: Scenario) -> None:
        nonlocal documents
        rules, counted = two_readings(scenario)
        if rules != counted:
            scenario = without_needless_acts(scenario)
            rules, counted = two_readings(scenario)
        assert rules == counted, toml(scenario)
        documents += len(rules["invoices"])

    agree()
    return documents


@pytest.mark.no_cover
def test_the_rules_and_the_oracle_agree_on_any_life() -> None:
    assert compare(90, derandomize=True) > 900


@pytest.mark.long
@pytest.mark.timeout(3 * 3600)
def test_the_rules_and_the_oracle_agree_on_ten_thousand_lives() -> None:
    documents = compare(10_000, derandomize=False)
    sys.stdout.write(f"{documents} documents compared\n")
    assert documents > 100_000
