"""`/espace/options`: what can be ordered with its price and its effect, and the services on quotation."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.services.quote_services import SERVICES
from portal.web.client.effect_dialog import effect_dialog
from portal.web.client.options_state import OptionsState
from portal.web.components.anchors import button, link, plain_link
from portal.web.components.badge import badge
from portal.web.components.empty import empty
from portal.web.components.fields import choice, long_field
from portal.web.components.figures import fact
from portal.web.components.frame import Area, frame
from portal.web.components.next_step import next_step
from portal.web.components.notice import notice, problem
from portal.web.components.skeleton import skeleton
from portal.web.components.timeline import next_dates
from portal.web.components.why import why

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
OPTIONS: Any = OptionsState
VIEW: Any = OPTIONS.view


def options_page() -> rx.Component:
    return frame(
        rx.cond(OPTIONS.loaded, _page(), skeleton(8, heading=True)),
        area=Area.CLIENT,
        here="/espace/options",
    )


def _page() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.p(VIEW.company, class_name="eyebrow"),
            rx.el.h1("Ajouter un service à votre contrat"),
            class_name="page-head",
        ),
        problem(OPTIONS.problem, OPTIONS.whys),
        notice(OPTIONS.said),
        next_dates(VIEW.next_marks, "Vos deux prochaines dates"),
        next_step(
            VIEW.step_title,
            rx.fragment(VIEW.step_text, " ", why(VIEW.step_why, "cette date")),
            plain_link(VIEW.step_label, VIEW.step_href, class_name="button button-main"),
        ),
        _grid(),
        _quotes(),
        effect_dialog(OPTIONS),
    )


def _grid() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Les options de la grille", id="grille"),
        rx.el.ul(rx.foreach(VIEW.options, _option), class_name="papers"),
        aria_labelledby="grille",
    )


def _option(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h3(one.label),
            rx.el.p(
                rx.el.strong(one.price, class_name="amount"),
                " hors taxes ",
                one.rhythm,
                rx.el.span(", ", one.gross, class_name="soft"),
                " ",
                why(one.why, one.label),
            ),
            rx.cond(one.ordered != "", badge(one.ordered, "done")),
            class_name="option-words",
        ),
        rx.cond(VIEW.closed == "", _order(one)),
        class_name="option",
    )


def _order(one: Any) -> rx.Component:
    ident = rx.Var.create("quantity-") + one.code.to(str)
    error = OPTIONS.errors.get(one.code, "")
    return rx.el.form(
        rx.el.input(type="hidden", name="code", value=one.code),
        rx.el.div(
            rx.el.label("Quantité", rx.el.span(" de ", one.label, class_name="unseen"), html_for=ident),
            rx.el.p(error, class_name="field-error", role="alert"),
            rx.el.input(
                id=ident,
                name="quantity",
                default_value="1",
                input_mode="numeric",
                class_name="input input-short",
            ),
            class_name="field",
        ),
        button(
            rx.fragment("Voir l’effet", rx.el.span(" de ", one.label, class_name="unseen")),
            type="submit",
            kind="other",
        ),
        on_submit=OPTIONS.order,
        no_validate=True,
        method="post",
        class_name="option-order",
        key=one.code.to(str) + OPTIONS.form_key.to_string(),
    )


def _quotes() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Les services sur devis", id="devis"),
        rx.el.p(
            typeset(
                "Nous étudions votre besoin et vous répondons avec un prix et une date limite. Rien n’est facturé sans votre accord "
            ),
            link("(CGV, article\u00a05.3)", "/cgv#article-5-3"),
            ".",
        ),
        rx.cond(
            VIEW.quotes.length() > 0,
            rx.el.ul(rx.foreach(VIEW.quotes, _quote), class_name="papers"),
            empty("Aucun devis", "Vos demandes et nos réponses seront ici, avec leur date limite."),
        ),
        rx.cond(VIEW.closed == "", _ask()),
        aria_labelledby="devis",
    )


def _quote(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h3(one.service, " ", badge(one.state, one.tone)),
            rx.el.p(fact(one.need)),
            rx.el.p(fact(one.asked), class_name="soft"),
            class_name="option-words",
        ),
        rx.cond(
            one.answer != "",
            rx.el.div(
                rx.el.p("Notre réponse", class_name="soft"),
                rx.el.blockquote(fact(one.answer)),
                rx.cond(
                    one.price != "",
                    rx.fragment(
                        rx.el.p(
                            one.label,
                            rx.Var.create("\u00a0: "),
                            rx.el.strong(one.price, class_name="amount"),
                            " ",
                            why(one.price_why, one.label),
                        ),
                        rx.el.p(one.until, " ", why(one.until_why, one.until), class_name="soft"),
                    ),
                ),
                rx.cond(
                    one.is_open,
                    rx.el.div(
                        button(
                            rx.fragment(
                                "Voir l’effet et accepter", rx.el.span(" ", one.label, class_name="unseen")
                            ),
                            on_click=OPTIONS.accept(one.id),
                        ),
                        button(
                            rx.fragment("Décliner", rx.el.span(" ", one.label, class_name="unseen")),
                            kind="plain",
                            on_click=OPTIONS.decline(one.id),
                        ),
                        class_name="button-row",
                    ),
                ),
                class_name="quote-answer stack",
            ),
        ),
        class_name="quote",
    )


def _ask() -> rx.Component:
    return rx.el.form(
        rx.el.h3("Demander un devis"),
        choice(
            "service",
            "Service",
            [
                rx.el.option("Choisissez…", value=""),
                *(rx.el.option(words, value=service.value) for service, words in SERVICES.items()),
            ],
            error=OPTIONS.errors.get("service", ""),
            default_value=OPTIONS.typed["service"],
        ),
        long_field(
            "need",
            "Votre besoin",
            kept=OPTIONS.typed["need"],
            error=OPTIONS.errors.get("need", ""),
            hint="Pour combien de personnes, quand, où\u00a0: plus vous en dites, plus le prix est juste.",
        ),
        button("Demander un devis", type="submit"),
        on_submit=OPTIONS.ask_for_a_quote,
        no_validate=True,
        method="post",
        class_name="stack quote-form",
        key=rx.Var.create("ask-") + OPTIONS.form_key.to_string(),
    )
