"""What the framework logs: that something failed and where, never with whose words."""

import logging
from collections.abc import Iterator
from io import StringIO

import pytest

from portal.web.redaction import withhold_framework_details

COOKIE = "sid=very-secret"
ADDRESS = "alice@example.com"


@pytest.fixture
def framework(
    capsys: pytest.CaptureFixture[str],
) -> Iterator[logging.Logger]:  # the handler takes this stderr
    """A framework of our own, with a child that logs, put under redaction and given back as it was."""
    parent = logging.getLogger("some_framework")
    child = logging.getLogger("some_framework.event.processor")
    withhold_framework_details(("some_framework",))
    yield child
    parent.handlers.clear()
    parent.propagate = True


def test_words_and_arguments_are_withheld(
    framework: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    framework.warning("Error in event with %s", {"cookie": COOKIE, "email": ADDRESS})
    said = capsys.readouterr().err
    assert COOKIE not in said
    assert ADDRESS not in said
    assert "warning in some_framework.event.processor" in said


def test_an_exception_is_told_by_its_type_and_place(
    framework: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        int(ADDRESS)
    except ValueError:
        framework.exception("failed for %s", ADDRESS)
    said = capsys.readouterr().err
    assert ADDRESS not in said
    assert "ValueError at test_redaction.py:" in said


def test_no_other_handler_repeats_it(framework: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    elsewhere = StringIO()
    other = logging.StreamHandler(elsewhere)
    logging.getLogger().addHandler(other)
    try:
        framework.error("cookie %s", COOKIE)
    finally:
        logging.getLogger().removeHandler(other)
    assert elsewhere.getvalue() == ""
    assert len(capsys.readouterr().err.splitlines()) == 1
