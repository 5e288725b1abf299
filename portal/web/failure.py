"""When something of ours failed: a reference number on the page, the same in the log, and no trace of Python."""

import re
import secrets
from typing import Any

import reflex as rx
import structlog
from reflex.event import EventSpec
from reflex_components_core.base.error_boundary import error_boundary

from portal.contract.french import typeset
from portal.logs import whereabouts
from portal.web.components.anchors import button, plain_link

log = structlog.get_logger()

_REFERENCE = re.compile(r"[0-9A-F]{8}")


class FailureState(rx.State):
    """The bar that says that something failed. Its reference proves nothing: anyone may write one to herself."""

    reference: str = ""

    @rx.event
    def show(self, reference: str) -> None:
        self.reference = reference if isinstance(reference, str) and _REFERENCE.fullmatch(reference) else ""

    @rx.event
    def dismiss(self) -> None:
        self.reference = ""


def on_backend_error(exception: Exception) -> EventSpec:
    """Log a failed event under a reference, and show that reference; Reflex wants this argument's name."""
    reference = secrets.token_hex(4).upper()
    log.error("event.failed", reference=reference, error=type(exception).__name__, at=whereabouts(exception))
    show: Any = FailureState.show  # on the class, Reflex has made an event of it: its types do not say so
    return show(reference)


def on_frontend_error(exception: Exception) -> None:
    """Log that a page failed in a browser. What it says is the browser's word, so none of it is kept."""
    log.warning("page.failed", length=len(str(exception)))


def failure_bar() -> rx.Component:
    """Say, over any page, that the last act failed and how to name it to us."""
    return rx.el.div(
        rx.cond(
            FailureState.reference != "",
            rx.el.div(
                rx.el.h2("Nous n’avons pas pu faire ce que vous demandiez"),
                rx.el.p(
                    typeset(
                        "C’est de notre fait, et c’est noté. Rien n’a été enregistré à moitié : rechargez la page et "
                        "recommencez. Si cela se répète, écrivez-nous avec cette référence : "
                    ),
                    rx.el.strong(FailureState.reference),
                    ".",
                ),
                button("Fermer ce message", kind="plain", on_click=FailureState.dismiss),
                class_name="across across-failed",
            ),
        ),
        role="alert",
    )


def boundary(stateful: bool) -> rx.Component:  # noqa: FBT001 -- Reflex calls it so
    """Catch what fails while a page is drawn, and offer to draw it again."""
    return error_boundary(
        fallback_render=rx.Var.create(
            rx.el.main(
                rx.el.h1("Cette page ne s’affiche pas"),
                rx.el.p(
                    typeset("C’est de notre fait. Rechargez-la ; si cela se répète, revenez à l’accueil.")
                ),
                rx.el.p(plain_link("Revenir à l’accueil", "/")),
                class_name="content stack",
            )
        ),
        **({} if stateful else {"on_error": rx.noop()}),
    )
