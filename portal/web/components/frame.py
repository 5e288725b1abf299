"""The page around its content: skip link, letterhead with the way around, content, foot."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import reflex as rx

from portal.web.components.anchors import button, link, plain_link
from portal.web.components.rooms import rooms

SERVICE = "EXANERGY CRM"
_svg = rx.el.svg


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the navigation; `holds` are the addresses of the pages that are reached through it."""

    label: str
    href: str
    holds: frozenset[str] = frozenset()


class Area(StrEnum):
    """Who the page is for: its navigation follows."""

    PUBLIC = "public"
    SIGN_UP = "sign_up"
    CLIENT = "client"
    STAFF = "staff"


# A subscription begins the contract, and these end or change it: its page leads to each when it makes sense.
_OF_THE_CONTRACT = frozenset(
    {"/espace/souscrire", "/espace/resiliation", "/espace/changements", "/espace/fin"}
)
# The rooms of the staff's care for contracts in force; the frame draws the ways between them.
CONTRACT_ROOMS = (
    ("Les échéances", "/gestion/echeances"),
    ("Les changements", "/gestion/changements"),
    ("Les courriers", "/gestion/courriers"),
    ("Les destructions", "/gestion/destructions"),
)
_PLACES: dict[Area, tuple[Place, ...]] = {
    Area.PUBLIC: (
        Place("Tarifs", "/#tarifs"),
        Place("Conditions générales", "/cgv"),
        Place("Se connecter", "/connexion"),
    ),
    Area.SIGN_UP: (Place("Conditions générales", "/cgv"), Place("Se connecter", "/connexion")),
    Area.CLIENT: (
        Place("Accueil", "/espace"),
        Place("Mon contrat", "/espace/contrat", _OF_THE_CONTRACT),
        Place("Utilisateurs", "/espace/utilisateurs"),
        Place("Options", "/espace/options"),
        Place("Factures", "/espace/factures", frozenset({"/espace/facture"})),
        Place("Paiement", "/espace/paiement"),
        Place("Mon compte", "/espace/compte"),
    ),
    Area.STAFF: (
        Place("Clients", "/gestion"),
        Place("Dossiers", "/gestion/dossiers"),
        Place("Devis", "/gestion/devis"),
        Place("Contrats", "/gestion/echeances", frozenset(href for _, href in CONTRACT_ROOMS)),
        Place("Facturation", "/gestion/facturation"),
        Place("Tarifs", "/gestion/tarifs"),
        Place("E-mails", "/gestion/mails"),
        Place("Horloge", "/gestion/horloge"),
        Place("Mon compte", "/espace/compte"),
    ),
}
_HOME = {Area.PUBLIC: "/", Area.SIGN_UP: "/", Area.CLIENT: "/espace", Area.STAFF: "/gestion"}
SIGN_OUT_ACTION = "/auth/deconnexion"


def frame(
    *content: rx.Component | str,
    area: Area = Area.PUBLIC,
    here: str = "",
    kind: str = "",
) -> rx.Component:
    """Put a page's content in its frame.

    `here` is the page's own address, marked in the navigation; `kind` is a class of the content, `task`
    for one narrow column.
    """
    return rx.el.div(
        plain_link("Aller au contenu", "#contenu", class_name="skip"),
        _head(area, here),
        rx.el.main(
            rx.el.div(*_rooms(here), *content, class_name=kind),
            id="contenu",
            tab_index=-1,
            class_name="content",
        ),
        _foot(),
        class_name="frame",
    )


def _rooms(here: str) -> tuple[rx.Component, ...]:
    is_of_contracts = any(href == here for _, href in CONTRACT_ROOMS)
    return (rooms(CONTRACT_ROOMS, "Contrats", here),) if is_of_contracts else ()


def _head(area: Area, here: str) -> rx.Component:
    places = [rx.el.li(_place(place, here)) for place in _PLACES[area]]
    if area in {Area.CLIENT, Area.STAFF}:
        places.append(rx.el.li(_sign_out()))
    return rx.el.header(
        rx.el.div(
            link(rx.fragment(_emblem(), SERVICE), _HOME[area], class_name="brand"),
            rx.el.nav(rx.el.ul(*places), class_name="nav", aria_label="Navigation principale"),
            class_name="head-inner",
        ),
        class_name="head",
    )


def _place(place: Place, here: str) -> rx.Component:
    if place.href == here:
        current = {"aria_current": "page"}
    else:
        current = {"aria_current": "true"} if here in place.holds else {}
    return link(place.label, place.href, **current)


def _sign_out() -> rx.Component:
    """Sign out by a whole page load: the websocket keeps the cookie that it was opened with."""
    return rx.el.form(
        button("Se déconnecter", kind="plain", type="submit"),
        action=SIGN_OUT_ACTION,
        method="post",
        on_submit=None,
    )


def _emblem() -> rx.Component:
    """Draw the mark of the house: a line from what happened to what will."""
    return rx.el.svg(
        _svg.line(x1="0", x2="40", y1="8", y2="8", class_name="brand-line"),
        _svg.circle(cx="9", cy="8", r="5", class_name="brand-past"),
        _svg.circle(cx="31", cy="8", r="5", class_name="brand-future"),
        view_box="0 0 40 16",
        aria_hidden="true",
    )


def _foot() -> rx.Component:
    places: Sequence[Place] = (
        Place("Conditions générales de vente", "/cgv"),
        Place("Assistance", "/cgv#article-6-3"),
    )
    return rx.el.footer(
        rx.el.div(
            rx.el.p(f"{SERVICE}. Les dates et les heures sont celles de Paris."),
            rx.el.nav(
                rx.el.ul(*(rx.el.li(link(place.label, place.href)) for place in places)),
                aria_label="Pied de page",
            ),
            class_name="foot-inner",
        ),
        class_name="foot",
    )
