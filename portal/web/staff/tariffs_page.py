"""`/gestion/tarifs`: the price grid, the legal rates by half-year, the VAT that no place tells."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.services.price_grids import MOST_OPTIONS
from portal.web.components.anchors import button, link
from portal.web.components.badge import badge
from portal.web.components.empty import empty
from portal.web.components.fields import choice, field, long_field
from portal.web.components.figures import fact
from portal.web.components.frame import Area, frame
from portal.web.components.notice import notice, problem, warning
from portal.web.components.skeleton import skeleton
from portal.web.components.table import Column, row, table
from portal.web.staff.rooms import page_parts
from portal.web.staff.tariff_states import TariffsState

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
OPEN: Any = TariffsState

_GRIDS = (
    Column("Quand"),
    Column("Prix HT par utilisateur et par mois", figures=True),
    Column("Minimum", figures=True),
    Column("Options HT"),
)
_RATES = (
    Column("Semestre"),
    Column("Taux légal", figures=True),
    Column("Pénalités, par an", figures=True),
    Column("Source"),
)


def tariffs_page() -> rx.Component:
    return frame(
        rx.cond(OPEN.loaded, _tariffs(), skeleton(10, heading=True)), area=Area.STAFF, here="/gestion/tarifs"
    )


def _tariffs() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.h1("Les tarifs"), rx.el.p(fact(OPEN.sentence), class_name="lead"), class_name="page-head"
        ),
        problem(OPEN.problem, OPEN.whys),
        page_parts(("La grille", "#grille"), ("Le taux légal", "#taux"), ("La TVA à décider", "#tva")),
        _grid(),
        _rates(),
        _vats(),
    )


# --- the grid ------------------------------------------------------------------------------------


def _grid() -> rx.Component:
    return rx.el.section(
        rx.el.h2("La grille", id="grille"),
        rx.el.p(OPEN.reach, class_name="soft"),
        rx.el.p(link("Annoncer une grille aux contrats en vigueur", "/gestion/changements")),
        notice(OPEN.said),
        table("Les grilles publiées, la dernière d’abord", _GRIDS, rx.foreach(OPEN.grids, _published)),
        rx.el.details(
            rx.el.summary("Publier une nouvelle grille", class_name="opens"),
            _new_grid(),
            open=OPEN.errors.length() > 0,
            class_name="opening",
        ),
        aria_labelledby="grille",
    )


def _published(grid: Any) -> rx.Component:
    return row(
        _GRIDS,
        rx.el.span(
            fact(grid.when),
            rx.el.span(badge(grid.state, grid.tone), class_name="second-line"),
            rx.cond(grid.by != "", rx.el.span("par ", grid.by, class_name="second-line")),
            rx.cond(
                grid.may_be_withdrawn,
                button("Retirer cette grille", kind="plain", on_click=OPEN.withdraw(grid.grid_id)),
            ),
        ),
        fact(grid.price),
        grid.minimum,
        rx.el.ul(rx.foreach(grid.options, _item), class_name="plain-list"),
    )


def _item(text: Any) -> rx.Component:
    return rx.el.li(fact(text))


def _new_grid() -> rx.Component:
    return rx.el.form(
        problem(OPEN.errors.get("", ""), OPEN.whys),
        rx.el.div(
            _kept("applies_from", "S’applique à partir du", hint="Demain au plus tôt", kind="date"),
            _kept("user_month", "Prix HT par utilisateur et par mois", hint="En euros", input_mode="decimal"),
            _kept("minimum_users", "Minimum d’utilisateurs", hint="Facturés au moins", input_mode="numeric"),
            class_name="field-row",
        ),
        rx.el.fieldset(
            rx.el.legend("Les options"),
            *(rx.cond(OPEN.options > nth, _option(nth)) for nth in range(MOST_OPTIONS)),
            rx.cond(
                OPEN.options < MOST_OPTIONS,
                rx.el.p(button("Ajouter une option", kind="other", on_click=OPEN.add_option)),
            ),
            class_name="grid-options",
        ),
        button("Publier la grille", type="submit"),
        on_submit=OPEN.publish,
        method="post",
        no_validate=True,
        class_name="stack",
        key=OPEN.form_key.to_string(),
    )


def _option(nth: int) -> rx.Component:
    name = f"option_{nth}_rhythm"
    return rx.el.div(
        _kept(f"option_{nth}_label", "Nom"),
        _kept(f"option_{nth}_code", "Code"),
        _kept(f"option_{nth}_price", "Prix HT", input_mode="decimal"),
        choice(
            name,
            "Rythme",
            [rx.el.option("une fois", value="once"), rx.el.option("par mois", value="month")],
            default_value=OPEN.typed.get(name, "once"),
        ),
        role="group",
        aria_label=f"Option {nth + 1}",
        class_name="grid-option",
    )


def _kept(name: str, label: str, **props: Any) -> rx.Component:
    return field(
        name,
        label,
        kept=OPEN.typed.get(name, ""),
        error=OPEN.errors.get(name, ""),
        auto_complete="off",
        **props,
    )


# --- the legal rate ------------------------------------------------------------------------------


def _rates() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Le taux légal par semestre", id="taux"),
        rx.el.p(
            typeset(
                "Les pénalités de retard courent au taux légal majoré de dix points, et à trois fois ce taux au moins (CGV, "
                "article 10.4). Un taux n’est jamais reporté d’un semestre à l’autre."
            ),
            class_name="soft",
        ),
        warning(OPEN.missing),
        notice(OPEN.rate_said),
        table("Les taux légaux, le dernier semestre d’abord", _RATES, rx.foreach(OPEN.rates, _rate)),
        rx.el.details(
            rx.el.summary("Enregistrer ou corriger un taux", class_name="opens"),
            rx.el.form(
                problem(OPEN.rate_errors.get("", ""), OPEN.whys),
                rx.el.div(
                    choice(
                        "half_year",
                        "Semestre",
                        rx.foreach(OPEN.half_years, lambda one: rx.el.option(one.label, value=one.value)),
                        hint="Celui qui manque d’abord",
                        error=OPEN.rate_errors.get("half_year", ""),
                    ),
                    field(
                        "rate",
                        "Taux légal",
                        hint="En pour cent, par exemple 2,62",
                        error=OPEN.rate_errors.get("rate", ""),
                        input_mode="decimal",
                        auto_complete="off",
                    ),
                    class_name="field-row",
                ),
                field(
                    "source",
                    "Source",
                    hint="L’arrêté, sa date, sa publication",
                    error=OPEN.rate_errors.get("source", ""),
                    auto_complete="off",
                ),
                field(
                    "correction",
                    "Pourquoi ce taux en remplace un autre",
                    hint="Seulement pour corriger un taux déjà enregistré",
                    error=OPEN.rate_errors.get("correction", ""),
                    optional=True,
                    auto_complete="off",
                ),
                button("Enregistrer le taux", type="submit"),
                on_submit=OPEN.enter_rate,
                method="post",
                no_validate=True,
                class_name="stack",
            ),
            open=(OPEN.missing != "") | (OPEN.rate_errors.length() > 0),
            class_name="opening",
        ),
        aria_labelledby="taux",
    )


def _rate(rate: Any) -> rx.Component:
    return row(
        _RATES,
        rate.half_year,
        rate.rate,
        rate.penalties,
        rx.el.span(
            fact(rate.source),
            rx.cond(
                rate.entered != "", rx.el.span("Enregistré ", fact(rate.entered), class_name="second-line")
            ),
        ),
    )


# --- VAT -----------------------------------------------------------------------------------------


def _vats() -> rx.Component:
    return rx.el.section(
        rx.el.h2("La TVA à décider", id="tva"),
        rx.el.p(
            typeset(
                "Métropole, Guadeloupe, Martinique, La Réunion, Guyane et Mayotte : le code postal dit la TVA. Ailleurs, c’est "
                "vous qui la dites, et le dossier attend."
            ),
            class_name="soft",
        ),
        notice(OPEN.vat_said),
        rx.cond(
            OPEN.vats.length() > 0,
            rx.el.ul(rx.foreach(OPEN.vats, _vat), class_name="decisions"),
            empty("Aucune TVA à décider", "Un client d’ailleurs paraît ici dès qu’il ouvre son compte."),
        ),
        aria_labelledby="tva",
    )


def _vat(vat: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                link(vat.name, "/gestion/client?id=" + vat.contract_id, class_name="decision-name"),
                " ",
                badge(vat.state, vat.tone),
            ),
            rx.el.p(vat.identity, class_name="soft"),
            rx.cond(vat.said != "", rx.el.p(fact(vat.said))),
        ),
        rx.cond(
            OPEN.deciding == vat.company_id,
            rx.el.form(
                problem(OPEN.vat_errors.get("", ""), OPEN.whys),
                field(
                    "rate",
                    "TVA à facturer",
                    ident="vat_rate",
                    hint="En pour cent, 0 pour aucune",
                    error=OPEN.vat_errors.get("rate", ""),
                    input_mode="decimal",
                    auto_complete="off",
                ),
                field(
                    "mention",
                    "Mention sur la facture",
                    hint="Obligatoire sans TVA, avec l’article de loi",
                    error=OPEN.vat_errors.get("mention", ""),
                    auto_complete="off",
                ),
                long_field(
                    "reason",
                    "Pourquoi",
                    error=OPEN.vat_errors.get("reason", ""),
                    hint="Reste au dossier",
                    rows=2,
                    max_length=500,
                ),
                button("Décider cette TVA", type="submit"),
                on_submit=OPEN.decide_vat,
                method="post",
                no_validate=True,
                class_name="stack",
            ),
            button(
                rx.cond(vat.said != "", "Revoir la décision", "Décider la TVA"),
                kind="other",
                on_click=OPEN.ask_vat(vat.company_id),
            ),
        ),
    )
