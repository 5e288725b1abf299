"""`/gestion/devis`: the quotes that wait for an answer first, then those answered, accepted, declined, expired."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.components.anchors import button, link
from portal.web.components.badge import badge
from portal.web.components.empty import empty
from portal.web.components.fields import field, long_field, tick
from portal.web.components.figures import fact
from portal.web.components.frame import Area, frame
from portal.web.components.notice import notice, problem
from portal.web.components.skeleton import skeleton
from portal.web.components.why import why
from portal.web.staff.quotes_state import QuotesState

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
QUOTES: Any = QuotesState


def quotes_page() -> rx.Component:
    return frame(
        rx.el.header(
            rx.el.h1("Répondre aux demandes de devis"),
            rx.el.p(
                typeset(
                    "Le client accepte en ligne jusqu’au dernier jour que vous indiquez, au soir ; le prix est alors facturé une fois."
                ),
                class_name="lead",
            ),
            class_name="page-head",
        ),
        problem(QUOTES.problem, QUOTES.whys),
        notice(QUOTES.said),
        rx.cond(
            QUOTES.loaded,
            rx.cond(
                QUOTES.rows.length() > 0,
                rx.el.ul(rx.foreach(QUOTES.rows, _quote), class_name="papers"),
                empty("Aucune demande", "Celles des clients seront ici, la plus ancienne d’abord."),
            ),
            skeleton(6),
        ),
        area=Area.STAFF,
        here="/gestion/devis",
    )


def _quote(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h2(one.service, " ", badge(one.state, one.tone), class_name="quote-title"),
            rx.el.p(link(one.company, rx.Var.create("/gestion/client?id=") + one.contract_id.to(str))),
            rx.el.p(fact(one.need)),
            rx.el.p(fact(one.asked), class_name="soft"),
            class_name="option-words",
        ),
        rx.el.div(
            rx.cond(
                one.waits,
                rx.cond(
                    QUOTES.answering == one.id,
                    _answer(),
                    button(
                        rx.fragment("Répondre", rx.el.span(" à ", one.company, class_name="unseen")),
                        on_click=QUOTES.open(one.id),
                    ),
                ),
                rx.el.div(
                    rx.el.blockquote(fact(one.answer)),
                    rx.cond(
                        one.offered != "",
                        rx.el.p(
                            rx.el.strong(one.offered, class_name="amount"),
                            " ",
                            why(one.offered_why, one.offered),
                        ),
                    ),
                    rx.cond(
                        one.until != "",
                        rx.el.p(one.until, " ", why(one.until_why, one.until), class_name="soft"),
                    ),
                    class_name="quote-answer stack",
                ),
            ),
        ),
        class_name="quote",
    )


def _answer() -> rx.Component:
    return rx.el.form(
        long_field(
            "answer",
            "Ce que le client lira",
            kept=QUOTES.typed.get("answer", ""),
            error=QUOTES.errors.get("answer", ""),
        ),
        field(
            "label",
            "Libellé sur la facture",
            kept=QUOTES.typed.get("label", ""),
            error=QUOTES.errors.get("label", ""),
        ),
        rx.el.div(
            field(
                "price",
                "Prix hors taxes, en euros",
                kept=QUOTES.typed.get("price", ""),
                error=QUOTES.errors.get("price", ""),
                input_mode="decimal",
            ),
            field(
                "valid_until",
                "Dernier jour pour accepter",
                kept=QUOTES.typed.get("valid_until", ""),
                error=QUOTES.errors.get("valid_until", ""),
                kind="date",
            ),
            class_name="field-row",
        ),
        tick("not_offered", "Nous ne proposons pas ce service : répondre sans prix".replace(" :", "\u00a0:")),
        rx.el.div(
            button("Envoyer la réponse", type="submit"),
            button("Fermer", kind="plain", on_click=QUOTES.close),
            class_name="button-row",
        ),
        on_submit=QUOTES.answer,
        no_validate=True,
        method="post",
        class_name="stack",
        key=QUOTES.form_key.to_string(),
    )
