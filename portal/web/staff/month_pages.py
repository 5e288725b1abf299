"""`/gestion/facturation`, the month at a glance, and `/gestion/tableau`, the figures in charts."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.components.anchors import button, link
from portal.web.components.badge import badge
from portal.web.components.chart import year_chart
from portal.web.components.empty import empty
from portal.web.components.fields import field
from portal.web.components.figures import amount, fact, strip
from portal.web.components.frame import Area, frame
from portal.web.components.notice import problem
from portal.web.components.parts import parts_chart
from portal.web.components.skeleton import skeleton
from portal.web.components.table import Column, row, table
from portal.web.components.why import OF_AMOUNTS, why
from portal.web.staff.month_states import FiguresState, MonthState
from portal.web.staff.rooms import billing_rooms

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
MONTH: Any = MonthState
OPEN: Any = FiguresState

_DUE = (
    Column("Échéance"),
    Column("Échu TTC", figures=True),
    Column("Réglé", figures=True),
    Column("Reste", figures=True),
)
_TERMS = (
    Column("Client"),
    Column("Fin de période"),
    Column("Résiliation possible"),
    Column("Par mois HT", figures=True),
)


def month_page() -> rx.Component:
    return frame(
        rx.cond(MONTH.loaded, _month(), skeleton(10, heading=True)),
        area=Area.STAFF,
        here="/gestion/facturation",
    )


def _month() -> rx.Component:
    return rx.fragment(
        billing_rooms("/gestion/facturation"),
        rx.el.header(
            rx.el.h1("La facturation"),
            rx.el.p(MONTH.sentence, class_name="lead"),
            why(MONTH.sentence_why, "de ce mois", question=OF_AMOUNTS),
            class_name="page-head",
        ),
        problem(MONTH.problem, MONTH.whys),
        rx.el.section(
            rx.el.h2("À faire", id="a-faire"),
            rx.cond(
                MONTH.todo.length() > 0,
                rx.el.ul(rx.foreach(MONTH.todo, _to_do), class_name="to-do"),
                empty(
                    "Rien ne vous attend", "Ce qui demande une personne paraît ici, le plus grave d’abord."
                ),
            ),
            aria_labelledby="a-faire",
        ),
        rx.el.section(
            rx.el.h2("Le calendrier du mois", id="calendrier"),
            strip(MONTH.calendar),
            aria_labelledby="calendrier",
        ),
        _export(),
    )


def _to_do(one: Any) -> rx.Component:
    return rx.el.li(
        badge(one.what, one.tone),
        rx.el.p(one.why),
        link(
            rx.fragment("Ouvrir", rx.el.span(typeset(" : "), one.what, class_name="unseen")),
            one.href,
            class_name="row-link",
        ),
        class_name="to-do-row",
    )


def _export() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Le journal des ventes", id="ventes"),
        rx.el.p(
            typeset(
                "Factures et avoirs d’une période, en écritures équilibrées, dans les dix-huit colonnes du fichier des écritures "
                "comptables (article A. 47 A-1 du LPF)."
            ),
            class_name="soft",
        ),
        rx.el.form(
            problem(MONTH.period_errors.get("", "")),
            rx.el.div(
                field(
                    "first_day",
                    "Du",
                    kept=MONTH.period.get("first_day", ""),
                    error=MONTH.period_errors.get("first_day", ""),
                    kind="date",
                ),
                field(
                    "last_day",
                    "Au",
                    kept=MONTH.period.get("last_day", ""),
                    error=MONTH.period_errors.get("last_day", ""),
                    kind="date",
                ),
                class_name="field-row",
            ),
            rx.el.div(
                rx.el.input(
                    id="payments",
                    name="payments",
                    type="checkbox",
                    value="oui",
                    default_checked=MONTH.period.get("payments", "") == "oui",
                ),
                rx.el.label("Avec les règlements (compte 512)", html_for="payments"),
                class_name="tick",
            ),
            button("Télécharger le journal", type="submit", kind="other"),
            action="/gestion/exports/ventes",
            method="post",
            on_submit=None,
            custom_attrs={"data-saves": "true"},
            class_name="stack task-form",
        ),
        aria_labelledby="ventes",
    )


# --- the figures ---------------------------------------------------------------------------------


def figures_page() -> rx.Component:
    return frame(
        rx.cond(OPEN.loaded, _figures(), skeleton(10, heading=True)),
        area=Area.STAFF,
        here="/gestion/facturation",
    )


def _figures() -> rx.Component:
    return rx.fragment(
        billing_rooms("/gestion/tableau"),
        rx.el.header(
            rx.el.h1("Les chiffres"), rx.el.p(fact(OPEN.today), class_name="lead"), class_name="page-head"
        ),
        problem(OPEN.problem, OPEN.whys),
        rx.el.div(strip(OPEN.headline), class_name="headline"),
        rx.el.section(
            rx.el.h2("Ce qui est émis", id="emis"),
            year_chart(
                OPEN.issued,
                OPEN.issued_says,
                "Émis par mois, hors taxes",
                reason=OPEN.issued_why,
                amount="Montant HT",
            ),
            aria_labelledby="emis",
        ),
        rx.el.section(
            rx.el.h2("Ce qui est réglé", id="regle"),
            parts_chart(OPEN.due, OPEN.due_says, "Ce qui échoit, mois par mois", _DUE, reason=OPEN.due_why),
            aria_labelledby="regle",
        ),
        rx.el.section(
            rx.el.h2("Les périodes qui finissent", id="termes"),
            rx.cond(
                OPEN.terms.length() > 0,
                table("Contrats dont la période finit bientôt", _TERMS, rx.foreach(OPEN.terms, _term)),
                empty("Aucune dans les soixante jours", "Chaque contrat est reconduit d’année en année."),
            ),
            aria_labelledby="termes",
        ),
    )


def _term(one: Any) -> rx.Component:
    return row(
        _TERMS,
        rx.el.span(
            link(one.name, "/gestion/client?id=" + one.contract_id),
            rx.el.span(one.number, class_name="second-line"),
        ),
        one.ends,
        rx.el.span(badge(one.notice, one.tone), " ", why(one.notice_why, one.name)),
        amount(one.monthly, one.monthly_why),
    )
