"""What the page says while it cannot reach the server: nothing is lost, it tries again by itself."""

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors


def offline_banner() -> rx.Component:
    return rx.el.div(
        rx.cond(
            has_connection_errors,
            rx.el.div(
                rx.el.h2("Connexion interrompue"),
                rx.el.p(
                    "Nous essayons de la rétablir. Ce que vous lisez reste à l’écran\u202f; "
                    "ce que vous enverrez partira dès son retour."
                ),
                class_name="across across-offline",
            ),
        ),
        role="status",
    )
