"""The `portal` command as an operator types it, in a folder of the test's own."""

import os
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from click.testing import Result
from typer.testing import CliRunner

from portal.__main__ import main
from portal.services import passwords


class Terminal:
    """Types `portal …` with a data folder of its own, and tells what came back."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(main, list(words), env={"PORTAL_DATA": str(self.data)})

    def refused(self, *words: str, code: int = 1) -> str:
        """Type what must be refused, and return the one line that says why."""
        result = self(*words)
        assert result.exit_code == code, result.output
        assert result.stdout == ""
        [line] = result.stderr.splitlines()
        return line

    def done(self, *words: str) -> str:
        """Type what must succeed, and return what it says."""
        result = self(*words)
        assert result.exit_code == 0, result.output
        assert result.stderr == ""
        return result.stdout


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    # A developer's own `.env` and variables stay out of it.
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    return Terminal(tmp_path / "data")


@pytest.fixture
def demonstration(terminal: Terminal) -> Terminal:
    terminal.done("demo")
    return terminal
