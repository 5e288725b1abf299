"""`portal replay`: a contract's life from a file, and one line for a file that is wrong."""

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Terminal

SCENARIO = """
title = "Essai"
until = "2026-04-01T00:00"

[[act]]
at = "2026-01-31T10:00"
do = "create_account"
company = "Atelier Nord"
siren = "732829320"
admin = "anne@atelier-nord.example"

[[act]]
at = "2026-01-31T10:05"
do = "accept_terms"

[[act]]
at = "2026-01-31T10:10"
do = "start_trial"
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    file = tmp_path / "scenario.toml"
    file.write_text(SCENARIO, encoding="utf-8")
    return file


def test_a_scenario_is_told_with_its_reasons(terminal: Terminal, scenario: Path) -> None:
    told = terminal.done("replay", str(scenario))
    assert "Essai" in told
    assert "Samedi\u00a031\u00a0janvier\u00a02026\n" in told
    assert "10\u00a0h\u00a010  L’essai gratuit commence. [5.1]" in told
    assert "[5.1]" in told


def test_a_scenario_in_json_is_one_document(terminal: Terminal, scenario: Path) -> None:
    result = json.loads(terminal.done("replay", str(scenario), "--json"))
    assert result["state"] == {"relationship": "lapsed", "service": "closed", "data": "destroyed"}
    assert result["timeline"][0]["event"] == "account_created"


def test_replaying_writes_nothing(terminal: Terminal, scenario: Path) -> None:
    terminal.done("replay", str(scenario))
    assert not terminal.data.exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"title =", "scenario.toml"),
        (SCENARIO.replace("accept_terms", "accept_everything").encode(), "accept_everything"),
        (SCENARIO.replace("10:05", "25:05").encode(), "25:05"),
        (b"\xff\xfe\x00", "ne peut pas être lu"),
    ],
)
def test_a_wrong_scenario_is_refused_in_one_line(
    terminal: Terminal, scenario: Path, content: bytes, says: str
) -> None:
    scenario.write_bytes(content)
    assert says in terminal.refused("replay", str(scenario), code=2)


def test_a_missing_scenario_is_refused_in_one_line(terminal: Terminal, tmp_path: Path) -> None:
    assert "ne peut pas être lu" in terminal.refused("replay", str(tmp_path / "none.toml"), code=2)
