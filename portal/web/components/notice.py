"""What just happened, said on the page and aloud.

The live region is always there and only its text changes: one that appears together with its text is
not read out by every screen reader.
"""

from typing import Any

import reflex as rx

from portal.web.components.anchors import Text
from portal.web.components.shapes import Why
from portal.web.components.why import why


def notice(text: Text) -> rx.Component:
    """Say, politely, what went well or what is worth knowing; nothing for an empty text."""
    return _region(text, role="status", kind="done")


def warning(text: Text) -> rx.Component:
    """Say, politely, what will soon matter."""
    return _region(text, role="status", kind="soon")


def problem(text: Text, whys: Any = None) -> rx.Component:
    """Say at once what went wrong and what to do; nothing for an empty text.

    `whys` are those of a state (`PersonalState`): what the words themselves name is explained below them.
    """
    return _region(text, role="alert", kind="late", whys=whys)


def why_refused(words: Text, whys: Any) -> rx.Component:
    """Answer for the dates and amounts that a refusal names, wherever it is said; nothing where it names none."""
    return why(whys.get(words, Why()), "ce refus")


def _region(text: Text, *, role: str, kind: str, whys: Any = None) -> rx.Component:
    shown = rx.Var.create(text)
    return rx.el.div(
        rx.cond(
            shown != "",
            rx.el.div(
                rx.el.span(class_name="badge-mark", aria_hidden="true"),
                rx.el.div(
                    rx.el.p(shown),
                    *([why_refused(text, whys)] if whys is not None else []),
                    class_name="notice-words",
                ),
                class_name=f"notice badge-{kind}",
            ),
        ),
        role=role,
    )
