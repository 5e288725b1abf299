"""`portal demo`, and what `portal serve` refuses before anything is served."""

import socket
from collections.abc import Iterator

import pytest
from filelock import FileLock

from tests.commands.conftest import Terminal


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield int(listening.getsockname()[1])


def test_a_demonstration_says_who_can_sign_in(demonstration: Terminal) -> None:
    said = demonstration.done("demo")
    assert "essai-sans-surprise" in said
    assert "anne.leroy@atelier-nord.example" in said


def test_a_demonstration_made_twice_is_one(demonstration: Terminal) -> None:
    before = (demonstration.data / "demonstration").read_text(encoding="utf-8")
    demonstration.done("demo")
    assert (demonstration.data / "demonstration").read_text(encoding="utf-8") == before
    assert "égales" in demonstration.done("rebuild")


def test_a_folder_that_is_served_already_is_refused(terminal: Terminal) -> None:
    terminal.data.mkdir()
    with FileLock(terminal.data / "serve.lock"):
        assert "sert déjà" in terminal.refused("serve", "--demo")


def test_a_port_that_is_taken_is_refused(terminal: Terminal, taken_port: int) -> None:
    assert f"Le port {taken_port} est déjà pris" in terminal.refused("serve", "--port", str(taken_port))
    assert not (terminal.data / "portal.db").exists()


def test_a_damaged_database_is_not_served(terminal: Terminal) -> None:
    terminal.data.mkdir()
    (terminal.data / "portal.db").write_bytes(b"a letter to the accountant" * 100)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    assert "endommagée" in terminal.refused("serve", "--port", port)


@pytest.mark.parametrize("command", ["serve --demo", "demo"])
def test_real_data_does_not_become_a_demonstration(terminal: Terminal, command: str) -> None:
    terminal.done("verify")
    assert "contient de vraies données" in terminal.refused(*command.split())
    assert not (terminal.data / "demonstration").exists()


def test_a_demonstration_is_not_served_as_real_data(demonstration: Terminal) -> None:
    assert "ajoutez --demo" in demonstration.refused("serve")


@pytest.mark.parametrize("command", ["serve --demo", "demo"])
def test_a_demonstration_keeps_its_data_in_its_folder(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("PORTAL_DATABASE_URL", "postgresql+psycopg://portal@db/portal")
    assert "PORTAL_DATABASE_URL" in terminal.refused(*command.split())
    assert not terminal.data.exists()


def test_a_wrong_setting_is_named(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_PORT", "a port")
    assert terminal.refused("serve").startswith("PORTAL_PORT")
