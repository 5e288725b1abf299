"""A place where nothing is yet: what will be there, and how to begin."""

import reflex as rx

from portal.web.components.anchors import Text


def empty(title: Text, text: Text, action: rx.Component | None = None) -> rx.Component:
    return rx.el.div(
        rx.el.p(title, class_name="empty-title"),
        rx.el.p(text, class_name="soft"),
        *([action] if action is not None else []),
        class_name="empty stack",
    )
