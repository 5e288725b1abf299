"""The `.env` is that of the folder where the command was started, whatever folder its processes work in."""

from pathlib import Path

import pytest

from portal.commands.building import reflex_environment
from portal.settings import load


def test_the_web_worker_reads_the_env_file_of_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started_in, works_in = tmp_path / "checkout", tmp_path / "site"
    started_in.mkdir()
    works_in.mkdir()
    (started_in / ".env").write_text("PORTAL_MAIL_HOST=smtp.vendor.example\n", encoding="utf-8")
    monkeypatch.delenv("PORTAL_ENV_FILE", raising=False)
    monkeypatch.chdir(started_in)
    given = reflex_environment(load(data=tmp_path / "data"))
    monkeypatch.setenv("PORTAL_ENV_FILE", given["PORTAL_ENV_FILE"])
    monkeypatch.chdir(works_in)
    assert load(data=tmp_path / "data").mail_host == "smtp.vendor.example"
