"""The log: without anyone's words, and never in the way of what it tells of."""

import io
import json
import sys

import pytest
import structlog

from portal.logs import configure


class FullDisk(io.StringIO):
    """An output whose disk is full."""

    def write(self, text: str) -> int:
        raise OSError(27, "File too large")


@pytest.fixture(autouse=True)
def configured() -> None:
    configure()


def test_a_line_that_cannot_be_written_is_lost_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", FullDisk())
    log = structlog.get_logger()
    for say in (log.info, log.warning, log.error, log.exception, log.critical):
        say("page.not_served")


def test_an_exception_is_told_by_its_type_and_place_not_by_its_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    try:
        int("anne@atelier-nord.example")
    except ValueError:
        structlog.get_logger().exception("page.not_served")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["error"]) == ("page.not_served", "error", "ValueError")
    assert line["at"].startswith("test_logs.py:")
    assert "anne@" not in str(line)
