"""Links: within the pages by the client router, out of them by the browser itself."""

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A

Text = str | rx.Var[str]


def link(label: Text | rx.Component, href: Text, **props: Any) -> rx.Component:
    """Lead to another page of the portal."""
    return rx.el.a(label, href=href, **props)


def plain_link(label: Text | rx.Component, href: Text, **props: Any) -> rx.Component:
    """Lead somewhere the client router does not know: a file, a mail, a place in this page.

    `rx.el.a` would be the router's link, which answers its own 404 page for a file and does not move
    the focus within a page.
    """
    return A.create(label, href=href, **props)


def button_link(label: Text, href: Text, *, kind: str = "main", **props: Any) -> rx.Component:
    """Lead to another page by a button; `kind` is main or other."""
    return link(label, href, class_name=f"button button-{kind}", **props)


def button(label: Text, *, kind: str = "main", **props: Any) -> rx.Component:
    """Do something; `kind` is main, other, grave (it destroys) or plain (it reads as a link)."""
    return rx.el.button(label, **{"type": "button", "class_name": f"button button-{kind}", **props})
