"""The ways from one room of an area to another: shown above each of them, and reached by their numbers."""

from collections.abc import Sequence

import reflex as rx

from portal.web.components.anchors import link


def rooms(places: Sequence[tuple[str, str]], area: str, here: str) -> rx.Component:
    """Lead from one room to another, each a label and an address, by its key too; `here` is the present one's."""
    return rx.el.nav(
        rx.el.ul(*(rx.el.li(_room(nth, *place, here)) for nth, place in enumerate(places, start=1))),
        class_name="rooms",
        aria_label=area,
    )


def _room(nth: int, label: str, href: str, here: str) -> rx.Component:
    shown = rx.fragment(label, " ", rx.el.kbd(str(nth), aria_hidden="true"))
    current = {"aria_current": "page"} if href == here else {}
    return link(shown, href, custom_attrs={"data-key": str(nth)}, **current)
