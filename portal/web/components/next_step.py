"""The one thing to do next, first on the page."""

import reflex as rx

from portal.web.components.anchors import Text


def next_step(
    title: Text,
    text: Text,
    *actions: rx.Component,
    when: Text = "À faire maintenant",
    aside: rx.Component | None = None,
) -> rx.Component:
    """Say what to do and why now; `aside` is what presses: a countdown, a date.

    `when` says so where there is nothing to do for now.
    """
    return rx.el.section(
        rx.el.div(
            rx.el.p(when, class_name="next-step-label"),
            rx.el.h2(title, id="next-step-title"),
            rx.el.p(text),
            rx.el.div(*actions, class_name="button-row"),
            class_name="stack",
        ),
        *([rx.el.div(aside, class_name="next-step-aside")] if aside is not None else []),
        class_name="next-step",
        aria_labelledby="next-step-title",
    )
