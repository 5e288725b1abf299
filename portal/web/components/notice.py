"""What just happened, said on the page and aloud.

The live region is always there and only its text changes: one that appears together with its text is
not read out by every screen reader.
"""

import reflex as rx

from portal.web.components.anchors import Text
from portal.web.components.figures import Reason
from portal.web.components.why import why


def notice(text: Text) -> rx.Component:
    """Say, politely, what went well or what is worth knowing; nothing for an empty text."""
    return _region(text, role="status", kind="done")


def warning(text: Text) -> rx.Component:
    """Say, politely, what will soon matter."""
    return _region(text, role="status", kind="soon")


def problem(text: Text, reason: Reason = None) -> rx.Component:
    """Say at once what went wrong and what to do, and why on the dates it names; nothing for an empty text."""
    return _region(text, role="alert", kind="late", reason=reason)


def _region(text: Text, *, role: str, kind: str, reason: Reason = None) -> rx.Component:
    shown = rx.Var.create(text)
    return rx.el.div(
        rx.cond(
            shown != "",
            rx.el.div(
                rx.el.span(class_name="badge-mark", aria_hidden="true"),
                rx.el.div(
                    rx.el.p(shown),
                    *([why(reason, "ce refus")] if reason is not None else []),
                    class_name="notice-words",
                ),
                class_name=f"notice badge-{kind}",
            ),
        ),
        role=role,
    )
