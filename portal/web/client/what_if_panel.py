"""« Et si… ? »: what is imagined, asked for and drawn: two lines one above the other, what moves, the invoices."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.client.what_if_form import ACT, DAY, NUMBER
from portal.web.components.anchors import button
from portal.web.components.badge import badge
from portal.web.components.fields import choice, field
from portal.web.components.figures import fact
from portal.web.components.table import Column, row, table
from portal.web.components.timeline import picture
from portal.web.components.why import OF_AMOUNT, why

_MOVES = (
    Column("Ce qui se passe"),
    Column("Si rien n’est fait"),
    Column("Avec cet acte"),
    Column("Ce qui change"),
)
_INVOICES = (
    Column("Facture du mois"),
    Column("Si rien n’est fait, TTC", figures=True),
    Column("Avec cet acte, TTC", figures=True),
    Column("Différence", figures=True),
)


def what_if_panel(state: Any) -> rx.Component:
    """Draw the form and what it gives, of a state with `typed`, `errors`, `imagined`, `imagine` and `forget`."""
    shown = state.imagined
    return rx.el.section(
        rx.el.h2(typeset("Et si… ?"), id="et-si-titre"),
        rx.el.p(
            typeset(
                "Imaginez un acte et un jour : voici votre contrat et vos factures avec lui, à côté de ce qui est prévu. Rien n’est "
                "fait, et l’adresse de la page garde votre question."
            ),
        ),
        _form(state),
        rx.el.div(
            rx.cond(shown.title != "", rx.el.h3(fact(shown.title), class_name="what-if-title")),
            rx.cond(shown.refusal != "", _refused(shown)),
            rx.cond(shown.sentence != "", _imagined(shown)),
            rx.cond(shown.title != "", button("Oublier cette question", kind="plain", on_click=state.forget)),
            role="status",
            class_name="what-if stack",
        ),
        aria_labelledby="et-si-titre",
    )


def _form(state: Any) -> rx.Component:
    return rx.el.form(
        rx.el.div(
            choice(
                ACT,
                "Ce que vous imaginez",
                [
                    rx.el.option("Choisissez…", value=""),
                    rx.foreach(state.view.choices, lambda one: rx.el.option(one.label, value=one.value)),
                ],
                error=state.errors.get(ACT, ""),
                default_value=state.typed[ACT],
            ),
            field(
                NUMBER,
                "Combien",
                kept=state.typed[NUMBER],
                error=state.errors.get(NUMBER, ""),
                hint="De personnes, d’options, ou de jours de retard",
                input_mode="numeric",
            ),
            field(DAY, "Quel jour", kept=state.typed[DAY], error=state.errors.get(DAY, ""), kind="date"),
            class_name="field-row what-if-fields",
        ),
        button("Voir ce que cela changerait", type="submit", kind="other"),
        on_submit=state.imagine,
        no_validate=True,
        method="post",
        class_name="stack",
        key=rx.Var.create("et-si-") + state.form_key.to_string(),
    )


def _refused(shown: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(rx.el.strong(typeset("Les règles le refuseraient. ")), shown.refusal),
        why(shown.refusal_why, "ce refus"),
        rx.cond(
            shown.opens.value != "",
            rx.el.p(
                shown.opens.label,
                " ",
                rx.el.span(shown.opens.value, class_name="date"),
                rx.el.span(", ", shown.opens.note, class_name="soft"),
                " ",
                why(shown.opens.why, shown.opens.label),
            ),
        ),
        class_name="limit stack",
    )


def _imagined(shown: Any) -> rx.Component:
    return rx.fragment(
        rx.el.p(shown.sentence, " ", why(shown.total_why, shown.title, question=OF_AMOUNT)),
        rx.el.div(
            rx.el.h4("Si rien n’est fait", class_name="line-name"),
            picture(shown.before_marks, "Votre contrat si rien n’est fait"),
            rx.el.h4("Avec cet acte", class_name="line-name"),
            picture(shown.after_marks, "Votre contrat avec cet acte"),
            class_name="timeline timeline-pair",
        ),
        table("Les dates, avec et sans cet acte", _MOVES, rx.foreach(shown.moves, _move)),
        rx.cond(
            shown.costs.value != "",
            rx.el.p(
                shown.costs.label,
                rx.Var.create("\u00a0: "),
                rx.el.strong(shown.costs.value, class_name="amount"),
                ", ",
                shown.costs.note,
                ". ",
                why(shown.costs.why, shown.costs.label, question=OF_AMOUNT),
            ),
        ),
        table("Les factures, avec et sans cet acte", _INVOICES, rx.foreach(shown.invoices, _invoice)),
    )


def _move(one: Any) -> rx.Component:
    return row(
        _MOVES,
        rx.el.span(
            rx.el.span(one.title, id=rx.Var.create("moment-") + one.key.to(str)),
            rx.cond(one.title_why.clause != "", rx.fragment(" ", why(one.title_why, one.title))),
        ),
        _dated(one.before, one.before_why, one.title),
        _dated(one.after, one.after_why, one.title),
        badge(one.what, one.tone),
    )


def _dated(text: Any, reason: Any, about: Any) -> rx.Component:
    return rx.cond(
        text != "",
        rx.el.span(rx.el.span(text, class_name="date"), " ", why(reason, about)),
        rx.el.span("—", class_name="soft"),
    )


def _invoice(one: Any) -> rx.Component:
    return row(
        _INVOICES,
        one.month,
        _priced(one.before, one.before_why, one.month),
        _priced(one.after, one.after_why, one.month),
        rx.cond(
            one.difference != "",
            rx.el.strong(one.difference, class_name="amount"),
            rx.el.span("la même", class_name="soft"),
        ),
    )


def _priced(text: Any, reason: Any, about: Any) -> rx.Component:
    return rx.el.span(rx.el.span(text, class_name="amount"), " ", why(reason, about, question=OF_AMOUNT))
