"""Every page of the portal, with its address, its title and what it loads."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from portal.web.components.frame import SERVICE
from portal.web.public.errors import error_page, expired_session_page, forbidden_page, not_found_page
from portal.web.public.landing import landing_page
from portal.web.public.landing_state import LandingState


@dataclass(frozen=True, slots=True)
class Page:
    """One page. Search engines see only those that are `listed`."""

    address: str
    draw: Callable[[], rx.Component]
    title: str
    description: str = ""
    on_load: Any = None
    listed: bool = False


PAGES: list[Page] = [
    Page(
        "/",
        landing_page,
        "Essai gratuit de 30\u00a0jours",
        "Essayez EXANERGY CRM pendant trente jours, à cinq, sans moyen de paiement. Chaque date de votre contrat "
        "est écrite d’avance, avec sa raison.",
        on_load=LandingState.load,
        listed=True,
    ),
    Page("/404", not_found_page, "Page introuvable"),
    Page("/403", forbidden_page, "Accès fermé"),
    Page("/erreur", error_page, "Page indisponible"),
    Page("/session-expiree", expired_session_page, "Session terminée"),
]


def add_pages(app: rx.App) -> None:
    """Register every page."""
    for page in PAGES:
        robots = [] if page.listed else [{"name": "robots", "content": "noindex"}]
        app.add_page(
            page.draw,
            route=page.address,
            title=f"{page.title} | {SERVICE}",
            description=page.description or None,
            image="/favicon.svg",
            meta=robots,
            on_load=page.on_load,
        )
