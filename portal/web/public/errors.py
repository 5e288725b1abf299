"""The pages nobody asks for: not there, not yours, failed, session over."""

import reflex as rx

from portal.web.components.anchors import button_link
from portal.web.components.frame import Area, frame


def _page(title: str, *words: str, ways: tuple[tuple[str, str], ...]) -> rx.Component:
    first, *others = ways
    return frame(
        rx.el.h1(title),
        *(rx.el.p(text, class_name="lead") for text in words),
        rx.el.div(
            button_link(*first),
            *(button_link(*way, kind="other") for way in others),
            class_name="button-row",
        ),
        area=Area.PUBLIC,
        kind="task stack",
    )


def not_found_page() -> rx.Component:
    return _page(
        "Cette page n’existe pas",
        "L’adresse est peut-être incomplète, ou la page a changé de place.",
        ways=(("Revenir à l’accueil", "/"), ("Aller à mon espace", "/espace")),
    )


def forbidden_page() -> rx.Component:
    return _page(
        "Cette page n’est pas ouverte à votre compte",
        "Connectez-vous avec le compte qui convient, ou demandez à la personne qui administre votre contrat.",
        ways=(("Se connecter", "/connexion"), ("Revenir à l’accueil", "/")),
    )


def error_page() -> rx.Component:
    return _page(
        "Nous n’avons pas pu afficher cette page",
        "C’est de notre fait. Attendez un instant, puis recommencez\u202f: rien de ce que vous aviez confirmé n’est perdu.",
        ways=(("Revenir à l’accueil", "/"), ("Aller à mon espace", "/espace")),
    )


def expired_session_page() -> rx.Component:
    return _page(
        "Votre session est terminée",
        "Par sécurité, une session s’arrête après un moment sans activité, ou dès que le mot de passe change. "
        "Ce que vous aviez enregistré est gardé.",
        ways=(("Se connecter", "/connexion"), ("Revenir à l’accueil", "/")),
    )
