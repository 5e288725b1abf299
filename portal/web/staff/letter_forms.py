"""What staff tell of a letter of ours: that it is posted, under which number, and the proof that it was received."""

from typing import Any, Literal

import reflex as rx

from portal.web.components.anchors import Text, button
from portal.web.components.notice import why_refused
from portal.web.staff.sending import send_file


def posting_form(letters: Any, one: Any, label: Text, kind: Literal["grave", "other"]) -> rx.Component:
    """Ask for the number that follows a letter; `letters` is the state whose event `ask` reads it."""
    error = letters.tracking_errors.get(one.letter_id, "")
    ident = "tracking-" + one.letter_id
    return rx.el.form(
        rx.el.input(type="hidden", name="letter", value=one.letter_id),
        rx.el.div(
            rx.el.label("Numéro de suivi de la lettre recommandée", html_for=ident),
            rx.el.p("Sur la preuve de dépôt", class_name="field-hint", id=ident + "-hint"),
            rx.el.p(error, id=ident + "-error", class_name="field-error", role="alert"),
            rx.el.input(
                id=ident,
                name="tracking",
                class_name="input",
                auto_complete="off",
                aria_describedby=ident + "-hint " + ident + "-error",
                aria_invalid=rx.cond(error != "", "true", "false"),
            ),
            class_name=rx.cond(error != "", "field field-wrong", "field"),
        ),
        button(label, kind=kind, type="submit"),
        on_submit=letters.ask,
        method="post",
        no_validate=True,
        class_name="stack",
    )


def refused(letters: Any, form: Text) -> rx.Component:
    """Say why what a form asked is refused, above its fields; the state `letters` names its errors by the form."""
    error = letters.errors.get(form, "")
    return rx.fragment(
        rx.el.p(error, id=form, class_name="field-error", role="alert", tab_index=-1),
        why_refused(error, letters.whys),
    )


def proof_form(one: Any) -> rx.Component:
    """Ask for the proof of a letter's reception."""
    return send_file(
        one.proof_href,
        "proof-" + one.letter_id,
        "Accusé de réception",
        hint="PDF ou photo",
        accept=".pdf,.jpg,.jpeg,.png",
        label="Ranger la preuve",
    )
