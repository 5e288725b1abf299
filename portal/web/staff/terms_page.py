"""`/gestion/echeances`: the terms of the year to come, and the notices and refusals that stand."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.components.anchors import button, link
from portal.web.components.badge import badge
from portal.web.components.empty import empty
from portal.web.components.fields import choice
from portal.web.components.figures import amount, fact
from portal.web.components.frame import Area, frame
from portal.web.components.notice import problem
from portal.web.components.parts import parts_chart
from portal.web.components.skeleton import skeleton
from portal.web.components.table import Column, row, table
from portal.web.components.why import why
from portal.web.staff.terms_states import TermsToComeState
from portal.web.staff.terms_views import STANDINGS

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
TERMS: Any = TermsToComeState

_YEAR = (
    Column("Mois"),
    Column("Périodes qui finissent", figures=True),
    Column("Reconduites", figures=True),
    Column("Sans suite", figures=True),
)
_TERMS = (
    Column("Client"),
    Column("Fin de période"),
    Column("Résiliation possible"),
    Column("Ensuite"),
    Column("Par mois HT", figures=True),
)
_DECLARED = (
    Column("Client"),
    Column("Pourquoi le contrat finit"),
    Column("Enregistré le"),
    Column("Dernier jour"),
)


def terms_to_come_page() -> rx.Component:
    return frame(
        rx.cond(TERMS.loaded, _page(), skeleton(12, heading=True)),
        area=Area.STAFF,
        here="/gestion/echeances",
    )


def _page() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.h1("Les échéances"),
            rx.el.p(TERMS.year_says, class_name="lead"),
            class_name="page-head",
        ),
        problem(TERMS.problem, TERMS.whys),
        rx.el.section(
            rx.el.h2("Douze mois", id="annee"),
            parts_chart(
                TERMS.year,
                "Par mois, les périodes qui finissent : en plein celles qui sont reconduites, en rayé les dernières.".replace(
                    " :", "\u00a0:"
                ),
                "Périodes qui finissent, par mois",
                _YEAR,
            ),
            aria_labelledby="annee",
        ),
        _list(),
        _declared(),
    )


def _list() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Les périodes à venir", id="periodes"),
        rx.el.form(
            choice(
                "standing",
                "Ce qui suit",
                [
                    rx.el.option("Tout", value=""),
                    *(rx.el.option(words, value=one.value) for one, (words, _) in STANDINGS.items()),
                ],
                default_value=TERMS.standing,
                on_change=TERMS.filter_by_standing,
            ),
            choice(
                "month",
                "Mois",
                [
                    rx.el.option("Les douze mois", value=""),
                    rx.foreach(TERMS.months, lambda one: rx.el.option(one.label, value=one.value)),
                ],
                default_value=TERMS.month,
                on_change=TERMS.filter_by_month,
            ),
            role="search",
            method="post",
            on_submit=rx.prevent_default,
            class_name="field-row list-search",
        ),
        rx.el.p(TERMS.counted, role="status", class_name="soft"),
        rx.cond(
            TERMS.rows.length() > 0,
            table("Contrats dont la période finit dans l’année", _TERMS, rx.foreach(TERMS.rows, _term)),
            empty(
                "Aucune période ici",
                "Un contrat en vigueur paraît ici dès que sa période finit dans les douze mois. Changez de filtre pour les autres.",
            ),
        ),
        rx.el.nav(
            rx.cond(TERMS.page > 1, button("Page précédente", kind="other", on_click=TERMS.turn_page(-1))),
            rx.cond(TERMS.has_more, button("Page suivante", kind="other", on_click=TERMS.turn_page(1))),
            aria_label="Pages de la liste",
            class_name="button-row",
        ),
        aria_labelledby="periodes",
    )


def _term(one: Any) -> rx.Component:
    return row(
        _TERMS,
        _client(one),
        rx.el.span(rx.el.span(one.ends, class_name="date"), " ", why(one.ends_why, one.name)),
        rx.el.span(one.notice, " ", why(one.notice_why, one.name)),
        rx.el.span(
            badge(one.standing, one.tone),
            rx.cond(one.declared != "", rx.el.span("le ", fact(one.declared), class_name="second-line")),
        ),
        amount(one.monthly, one.monthly_why),
    )


def _client(one: Any) -> rx.Component:
    return rx.el.span(
        link(one.name, "/gestion/client?id=" + one.contract_id.to(str)),
        rx.el.span(one.number, class_name="second-line"),
    )


def _declared() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Résiliations et refus", id="declares"),
        rx.cond(
            TERMS.declared.length() > 0,
            table("Contrats qui ne sont pas reconduits", _DECLARED, rx.foreach(TERMS.declared, _end)),
            empty(
                "Aucune résiliation, aucun refus",
                typeset(
                    "Les lettres reçues, les nôtres et les changements refusés paraissent ici, avec leur date."
                ),
            ),
        ),
        aria_labelledby="declares",
    )


def _end(one: Any) -> rx.Component:
    return row(
        _DECLARED,
        _client(one),
        rx.el.span(
            badge(one.standing, one.tone),
            rx.cond(one.notice != "", rx.el.span(one.notice, class_name="second-line")),
        ),
        fact(one.declared),
        rx.el.span(rx.el.span(one.ends, class_name="date"), " ", why(one.ends_why, one.name)),
    )
