"""What the framework logs: that something failed and where, never with whose words."""

import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

import pytest

from portal.web.redaction import withhold_framework_details

COOKIE = "sid=very-secret"
ADDRESS = "alice@example.com"


@dataclass(frozen=True)
class Framework:
    """A framework of our own: what one of its inner modules logs, and what that prints."""

    inner: logging.Logger
    printed: StringIO


@pytest.fixture
def framework(monkeypatch: pytest.MonkeyPatch) -> Iterator[Framework]:
    """Put it under redaction, and give it back as it was."""
    outer, printed = logging.getLogger("some_framework"), StringIO()
    monkeypatch.setattr(sys, "stderr", printed)
    withhold_framework_details(("some_framework",))
    yield Framework(logging.getLogger("some_framework.event.processor"), printed)
    outer.handlers.clear()
    outer.propagate = True


def test_words_and_arguments_are_withheld(framework: Framework) -> None:
    framework.inner.warning("Error in event with %s", {"cookie": COOKIE, "email": ADDRESS})
    said = framework.printed.getvalue()
    assert COOKIE not in said
    assert ADDRESS not in said
    assert "warning in some_framework.event.processor" in said


def test_an_exception_is_told_by_its_type_and_place(framework: Framework) -> None:
    try:
        int(ADDRESS)
    except ValueError:
        framework.inner.exception("failed for %s", ADDRESS)
    said = framework.printed.getvalue()
    assert ADDRESS not in said
    assert "ValueError at test_redaction.py:" in said


def test_no_other_handler_repeats_it(framework: Framework) -> None:
    elsewhere = StringIO()
    other = logging.StreamHandler(elsewhere)
    logging.getLogger().addHandler(other)
    try:
        framework.inner.error("cookie %s", COOKIE)
    finally:
        logging.getLogger().removeHandler(other)
    assert elsewhere.getvalue() == ""
    assert len(framework.printed.getvalue().splitlines()) == 1
