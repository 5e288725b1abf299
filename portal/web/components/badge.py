"""A state in one or two words, told by its mark as much as by its colour."""

import reflex as rx

from portal.web.components.anchors import Text


def badge(label: Text | rx.Component, tone: Text) -> rx.Component:
    """Draw a state; `tone` is done, soon, late, quiet or over."""
    return rx.el.span(
        rx.el.span(class_name="badge-mark", aria_hidden="true"),
        label,
        class_name=f"badge badge-{tone}",
    )
