"""The ways within an area of the staff's pages: the rooms of billing, and the parts of one long page."""

import reflex as rx

from portal.web.components.anchors import plain_link
from portal.web.components.rooms import rooms

_BILLING = (
    ("Le mois", "/gestion/facturation"),
    ("L’émission", "/gestion/emission"),
    ("La banque", "/gestion/banque"),
    ("Les impayés", "/gestion/impayes"),
    ("Les avoirs", "/gestion/avoirs"),
    ("Les chiffres", "/gestion/tableau"),
)


def billing_rooms(here: str) -> rx.Component:
    """Lead from one room of billing to another, by its key too; `here` is the present one's address."""
    return rooms(_BILLING, "Facturation", here)


def page_parts(*parts: tuple[str, str]) -> rx.Component:
    """Lead to the parts of this page."""
    return rx.el.nav(
        rx.el.ul(*(rx.el.li(plain_link(label, href)) for label, href in parts)),
        class_name="page-parts",
        aria_label="Dans cette page",
    )
