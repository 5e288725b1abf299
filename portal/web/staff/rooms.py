"""The ways within an area of the staff's pages: the rooms of billing, and the parts of one long page."""

import reflex as rx

from portal.web.components.anchors import link, plain_link

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
    return rx.el.nav(
        rx.el.ul(*(rx.el.li(_room(nth, *room, here)) for nth, room in enumerate(_BILLING, start=1))),
        class_name="rooms",
        aria_label="Facturation",
    )


def _room(nth: int, label: str, href: str, here: str) -> rx.Component:
    shown = rx.fragment(label, " ", rx.el.kbd(str(nth), aria_hidden="true"))
    current = {"aria_current": "page"} if href == here else {}
    return link(shown, href, custom_attrs={"data-key": str(nth)}, **current)


def page_parts(*parts: tuple[str, str]) -> rx.Component:
    """Lead to the parts of this page."""
    return rx.el.nav(
        rx.el.ul(*(rx.el.li(plain_link(label, href)) for label, href in parts)),
        class_name="page-parts",
        aria_label="Dans cette page",
    )
