"""Whole accounts of `portal replay`, kept as they were read and approved: every word, date and amount of them.

A change that is meant is read again, then kept: `portal replay NAME.toml > NAME.txt`.
"""

from pathlib import Path

import pytest

from portal.contract.narrative import to_text
from portal.contract.replay import DOCUMENTS, replay
from portal.contract.scenario import read_scenario
from tests.contract.random_lives import LEGAL_RATES, in_force, toml

SCENARIOS = Path(__file__).parent / "scenarios"


@pytest.mark.parametrize("name", ["unpaid", "renewal"])
def test_the_account_is_the_one_that_was_approved(name: str) -> None:
    scenario = read_scenario((SCENARIOS / f"{name}.toml").read_text(encoding="utf-8"))

    assert to_text(replay(scenario)) == (SCENARIOS / f"{name}.txt").read_text(encoding="utf-8")


def test_on_its_due_day_an_invoice_is_owed_and_costs_nothing_more() -> None:
    acts = in_force("2026-03-17T10:00", [f"user{number}@atelier-nord.example" for number in range(4)])
    acts.append({"at": "2026-03-31T10:00", "do": "settle", "month": "2026-04"})
    table = {"title": "À temps", "until": "2026-04-30T12:00", "legal_rates": LEGAL_RATES, "act": acts}
    account = to_text(replay(read_scenario(toml(table)))).replace("\u00a0", " ").replace("\u202f", " ")
    owed = account[account.index("Reste dû") :].splitlines()[:2]
    assert owed == [
        "Reste dû (mai 2026) : 294,00 € de facture, 0,00 € de pénalités, 0,00 € d’indemnité.",
        "  Total dû : 294,00 €.",
    ]


def test_an_account_that_evens_out_is_closed_without_a_document() -> None:
    """A user's month at one cent: what is left of the last month is a part of a cent, that is nothing."""
    acts = in_force("2026-03-17T10:00", [f"user{number}@atelier-nord.example" for number in range(4)])
    acts += [
        {"at": "2026-04-10T10:00", "do": "announce_price", "user_month_cents": 1},
        {"at": "2028-03-01T10:00", "do": "announce_price", "user_month_cents": 2},
        {"at": "2028-03-02T10:00", "do": "refuse_change", "what": "price"},
    ]
    table = {"title": "Au centime", "until": "2029-04-01T00:00", "legal_rates": LEGAL_RATES, "act": acts}
    result = replay(read_scenario(toml(table)))
    assert result.state.ended_on is not None
    assert [one for one in result.events if isinstance(one, DOCUMENTS) and not one.gross_cents] == []
