"""The `portal` command as an operator types it, in a folder of the test's own."""

import os
import shutil
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from filelock import FileLock
from typer.testing import CliRunner, Result

from portal.__main__ import main
from portal.commands.terminal import with_portal
from portal.services import passwords
from portal.services.demonstration_clients import CLIENTS
from portal.services.outbox import deliver
from portal.settings import load

# In trial, with its data destroyed, in force, in arrears, ended.
TRIED_ON = {
    "Atelier Nord",
    "Transports Kerouac",
    "Cordages Malouins",
    "Tanneries de la Creuse",
    "Chaudronnerie Belleville",
}


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
    _alone(tmp_path, monkeypatch)
    return Terminal(tmp_path / "data")


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A demonstration's folder as `portal demo` makes it, its mails sent, by whichever worker of the run comes first.

    Only the clients that a command is tried on: each of them lives through months of deadlines.
    """
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "demonstration"
    with FileLock(folder.with_suffix(".lock")), pytest.MonkeyPatch.context() as monkeypatch:
        if not folder.exists():
            folder.mkdir()
            _alone(folder, monkeypatch)
            chosen = [one for one in CLIENTS if one.legal_name in TRIED_ON]
            monkeypatch.setattr("portal.services.demonstration.CLIENTS", chosen)
            Terminal(folder / "data").done("demo")
            with_portal(load(data=folder / "data", demo=True), deliver)
    return folder / "data"


@pytest.fixture
def demonstration(terminal: Terminal, made_once: Path) -> Terminal:
    shutil.copytree(made_once, terminal.data)
    return terminal


def _alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A developer's own `.env` and variables stay out of it.
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
