"""Whole accounts of `portal replay`, kept as they were read and approved: every word, date and amount of them.

A change that is meant is read again, then kept: `portal replay NAME.toml > NAME.txt`.
"""

from pathlib import Path

import pytest

from portal.contract.narrative import to_text
from portal.contract.replay import replay
from portal.contract.scenario import read_scenario

SCENARIOS = Path(__file__).parent / "scenarios"


@pytest.mark.parametrize("name", ["unpaid", "renewal"])
def test_the_account_is_the_one_that_was_approved(name: str) -> None:
    scenario = read_scenario((SCENARIOS / f"{name}.toml").read_text(encoding="utf-8"))

    assert to_text(replay(scenario)) == (SCENARIOS / f"{name}.txt").read_text(encoding="utf-8")
