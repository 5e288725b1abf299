"""A failed event: a reference on the page, the same in the log, and no trace of Python."""

from typing import Any

import pytest
import structlog

from portal.web.failure import FailureState, on_backend_error, on_frontend_error

# On the class, Reflex has made events of the handlers: `fn` is what they were.
STATE: Any = FailureState


def test_the_page_and_the_log_show_the_same_reference_and_nothing_of_the_error() -> None:
    with structlog.testing.capture_logs() as logged:
        shown = on_backend_error(exception=ValueError("alice@example.com"))
    (entry,) = logged
    assert entry["reference"] in str(shown.args)
    assert entry["error"] == "ValueError"
    assert "alice" not in str(entry)
    assert "alice" not in str(shown)


@pytest.mark.parametrize("reference", ["", "<b>", "F2E65BDC<script>", "f2e65bdc", "F2E65BD", 7, None])
def test_a_browser_cannot_write_anything_else_into_the_bar(reference: object) -> None:
    state = STATE(_reflex_internal_init=True)
    STATE.show.fn(state, reference)
    assert state.reference == ""


def test_the_bar_is_shown_until_it_is_dismissed() -> None:
    state = STATE(_reflex_internal_init=True)
    STATE.show.fn(state, "F2E65BDC")
    assert state.reference == "F2E65BDC"
    STATE.dismiss.fn(state)
    assert state.reference == ""


def test_what_a_browser_reports_is_not_kept() -> None:
    with structlog.testing.capture_logs() as logged:
        on_frontend_error(exception=Exception("alice@example.com says <script>"))
    assert "alice" not in str(logged)
    assert logged[0]["event"] == "page.failed"
