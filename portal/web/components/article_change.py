"""An article of the terms as it changes from one version to another: words struck out, words underlined."""

from typing import Any

import reflex as rx

from portal.web.components.badge import badge


def article_change(change: Any, *, heading: Any = rx.el.h2) -> rx.Component:
    """Draw a `ChangeView`: what was done to an article, and each passage with what is struck and what is added."""
    return rx.el.section(
        heading(
            rx.el.span(change.number, class_name="number"),
            change.title,
            " ",
            badge(change.verb, rx.match(change.kind, ("added", "done"), ("removed", "late"), "soon")),
        ),
        rx.cond(
            change.summary.length() > 0,
            rx.el.p(rx.el.strong("En clair. "), rx.foreach(change.summary, _segment), class_name="plainly"),
        ),
        rx.foreach(change.passages, _passage),
        # A date or an amount of the text is the text's own: no rule has reckoned it.
        custom_attrs={"data-fact": "true"},
    )


def _passage(passage: Any) -> rx.Component:
    return rx.el.p(rx.foreach(passage.segments, _segment), class_name="passage " + passage.kind)


def _segment(segment: Any) -> rx.Component:
    return rx.match(
        segment.kind,
        ("inserted", rx.el.ins(segment.text)),
        ("deleted", rx.el.del_(segment.text)),
        rx.el.span(segment.text),
    )
