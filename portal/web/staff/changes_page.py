"""`/gestion/changements`: a new price or new terms for the contracts in force: simulated, announced, followed."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.components.anchors import button, link
from portal.web.components.article_change import article_change
from portal.web.components.badge import badge
from portal.web.components.confirm import confirm_dialog
from portal.web.components.empty import empty
from portal.web.components.fields import choice, long_field
from portal.web.components.figures import fact, strip
from portal.web.components.frame import Area, frame
from portal.web.components.notice import notice, problem, warning, why_refused
from portal.web.components.pairs import pairs_chart
from portal.web.components.skeleton import skeleton
from portal.web.components.table import Column, row, table
from portal.web.components.why import why
from portal.web.staff.changes_states import StaffChangesState
from portal.web.staff.rooms import page_parts

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
OPEN: Any = StaffChangesState
SEEN: Any = OPEN.simulation
READ: Any = OPEN.preview

_CONTRACTS = (
    Column("Client"),
    Column("S’applique à partir du"),
    Column("Prix HT", figures=True),
    Column("Sur un an, HT", figures=True),
)
# A text of the terms may be twice as long in bytes as in characters.
_LONGEST_FILE = "400000"


def staff_changes_page() -> rx.Component:
    return frame(
        rx.cond(OPEN.loaded, _changes(), skeleton(10, heading=True)),
        area=Area.STAFF,
        here="/gestion/changements",
    )


def _changes() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.h1("Annoncer un changement"),
            rx.el.p(
                typeset(
                    "Un nouveau prix ou de nouvelles CGV, aux contrats en vigueur. Vous voyez d’abord qui est atteint, quand, et ce "
                    "que cela change."
                ),
                class_name="lead",
            ),
            class_name="page-head",
        ),
        problem(OPEN.problem, OPEN.whys),
        notice(OPEN.said),
        page_parts(
            ("Simuler et annoncer", "#annoncer"),
            ("Les annonces", "#annonces"),
            ("Publier des CGV", "#cgv"),
        ),
        _announcing(),
        _made(),
        _terms(),
        _announce_dialog(),
        _publish_dialog(),
    )


# --- simulate and announce -------------------------------------------------------------------------


def _announcing() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Simuler et annoncer", id="annoncer"),
        rx.el.p(
            typeset(
                "Le changement s’applique à chaque contrat à son renouvellement, s’il est annoncé avant la limite de préavis ; "
                "sinon au suivant (CGV, articles 10.1 et 17). Un prix annoncé est celui d’un utilisateur par mois : le minimum et "
                "les options d’un contrat restent ceux de la grille qu’il a signée."
            ),
            class_name="soft",
        ),
        rx.cond(
            OPEN.choices.length() > 0,
            rx.el.form(
                choice(
                    "choice",
                    "Ce que vous annoncez",
                    [
                        rx.el.option("Choisissez…", value=""),
                        rx.foreach(
                            OPEN.choices,
                            lambda one: rx.el.option(
                                one.label, value=one.value, custom_attrs={"data-fact": "true"}
                            ),
                        ),
                    ],
                    hint="Une grille ou une version publiée, en vigueur ou à venir",
                    error=OPEN.refused,
                    default_value=OPEN.chosen,
                ),
                why_refused(OPEN.refused, OPEN.whys),
                button("Simuler", type="submit", kind="other"),
                on_submit=OPEN.simulate,
                method="post",
                no_validate=True,
                class_name="stack task-form",
            ),
            empty("Rien à annoncer", "Publiez d’abord une grille ou une version des CGV."),
        ),
        rx.el.p(link("Publier une nouvelle grille", "/gestion/tarifs"), class_name="soft"),
        rx.cond(OPEN.simulated, _simulation()),
        aria_labelledby="annoncer",
    )


def _simulation() -> rx.Component:
    return rx.el.div(
        rx.el.h3(fact(SEEN.label), id="simulation"),
        warning(OPEN.meanwhile),
        rx.el.p(SEEN.sentence, class_name="effect-summary", role="status"),
        strip(SEEN.figures),
        rx.cond(
            SEEN.left_out.length() > 0,
            rx.fragment(
                rx.el.h4("Les contrats laissés tels quels"),
                rx.el.ul(rx.foreach(SEEN.left_out, _item)),
            ),
        ),
        rx.cond(
            (SEEN.what == "price") & (SEEN.reached > 0),
            pairs_chart(
                SEEN.pairs,
                SEEN.says,
                "Le revenu de douze mois, sans le changement et avec lui, hors taxes",
                ident="revenu-compare",
                before="Sans le changement, HT",
                after="Avec lui, HT",
                total=(
                    (SEEN.total_before, SEEN.why_before),
                    (SEEN.total_after, SEEN.why_after),
                    (SEEN.total_difference, SEEN.why_difference),
                ),
            ),
        ),
        rx.cond(
            OPEN.rows.length() > 0,
            rx.fragment(
                rx.el.h4("Contrat par contrat"),
                rx.el.p(OPEN.count, class_name="soft"),
                table(
                    "Contrats en vigueur, la fin de période la plus proche d’abord",
                    _CONTRACTS,
                    rx.foreach(OPEN.rows, _contract),
                ),
                rx.el.nav(
                    rx.cond(
                        OPEN.page > 1, button("Page précédente", kind="other", on_click=OPEN.turn_page(-1))
                    ),
                    rx.cond(OPEN.has_more, button("Page suivante", kind="other", on_click=OPEN.turn_page(1))),
                    aria_label="Pages de la liste des contrats",
                    class_name="button-row",
                ),
            ),
        ),
        rx.cond(
            SEEN.reached > 0,
            rx.el.div(button(SEEN.confirm, on_click=OPEN.ask), class_name="button-row"),
        ),
        class_name="stack",
    )


def _item(text: Any) -> rx.Component:
    return rx.el.li(text)


def _contract(one: Any) -> rx.Component:
    return row(
        _CONTRACTS,
        link(one.name, "/gestion/client?id=" + one.contract_id),
        rx.cond(
            one.left_out != "",
            rx.el.span(one.left_out, class_name="soft"),
            rx.el.span(
                one.day,
                rx.el.span(one.note, class_name="second-line"),
                why(one.why_day, one.name),
            ),
        ),
        rx.cond(
            one.left_out != "",
            rx.el.span("—", class_name="soft"),
            rx.el.span(
                one.after,
                rx.el.span("au lieu de ", one.before, class_name="second-line"),
            ),
        ),
        rx.cond(
            one.left_out != "",
            rx.el.span("—", class_name="soft"),
            rx.el.span(
                rx.el.span(one.yearly, class_name="amount"),
                why(one.why_yearly, one.name),
                class_name="pair-amount",
            ),
        ),
    )


def _announce_dialog() -> rx.Component:
    return confirm_dialog(
        OPEN.asking,
        title=rx.fragment("Annoncer\u00a0: ", fact(SEEN.label)),
        effect=rx.fragment(rx.el.p(SEEN.sentence), strip(SEEN.figures), rx.el.p(SEEN.question)),
        consent=SEEN.consent,
        confirm_label=SEEN.confirm,
        on_confirm=OPEN.announce,
        on_keep=OPEN.keep,
        keep_label="Ne rien annoncer",
    )


# --- announcements ---------------------------------------------------------------------------------


def _made() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Les annonces", id="annonces"),
        rx.cond(
            OPEN.announcements.length() > 0,
            rx.el.ul(rx.foreach(OPEN.announcements, _announcement), class_name="decisions"),
            empty("Aucune annonce encore", "Chaque annonce paraît ici, avec où elle en est."),
        ),
        aria_labelledby="annonces",
    )


def _announcement(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.strong(fact(one.label)), " ", badge(one.state, one.tone), class_name="decision-name"
            ),
            rx.el.p(fact(one.when), class_name="soft"),
            rx.el.p(one.says, role="status"),
            rx.cond(
                one.is_running,
                rx.el.progress(
                    value=one.done.to_string(), max=one.total.to_string(), aria_label="Contrats avertis"
                ),
            ),
            rx.cond(
                (OPEN.outliers_of == one.id) & (OPEN.outliers.length() > 0),
                rx.el.ul(rx.foreach(OPEN.outliers, _outlier), class_name="to-do"),
            ),
        ),
        rx.cond(
            one.has_outliers & (OPEN.outliers_of != one.id),
            button(
                rx.fragment(
                    "Voir les contrats laissés tels quels",
                    rx.el.span(", ", fact(one.label), class_name="unseen"),
                ),
                kind="plain",
                on_click=OPEN.show_outliers(one.id),
            ),
        ),
    )


def _outlier(one: Any) -> rx.Component:
    return rx.el.li(
        link(one.name, "/gestion/client?id=" + one.contract_id, class_name="row-link"),
        rx.el.p(fact(one.text)),
        class_name="to-do-row",
    )


# --- terms -----------------------------------------------------------------------------------------


def _terms() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Publier des CGV", id="cgv"),
        rx.el.p(
            typeset(
                "Le texte est un fichier Markdown : un en-tête (version, title, published_on, applies_from), puis un titre par "
                "article et son résumé. C’est le format de la commande « portal terms publish »."
            ),
            class_name="soft",
        ),
        rx.el.form(
            rx.el.label(
                "Choisir le fichier du texte",
                rx.el.input(
                    type="file",
                    accept=".md,text/markdown,text/plain",
                    custom_attrs={"data-reads-into": "text", "data-longest": _LONGEST_FILE},
                    class_name="input file-input",
                ),
                class_name="seat-file-label",
            ),
            long_field(
                "text",
                "Ou le texte, collé ici",
                error=OPEN.terms_error,
                hint="Rien n’est publié avant que vous ayez lu ce qui change",
                rows=8,
                spell_check=False,
            ),
            why_refused(OPEN.terms_error, OPEN.whys),
            button("Lire ce qui change", type="submit", kind="other"),
            on_submit=OPEN.read_terms,
            method="post",
            no_validate=True,
            class_name="stack terms-typed",
            key=OPEN.form_key.to_string(),
        ),
        rx.cond(READ.version != "", _preview()),
        aria_labelledby="cgv",
    )


def _preview() -> rx.Component:
    return rx.el.div(
        rx.el.h3(READ.title),
        rx.el.p(fact(READ.sentence)),
        rx.el.p(READ.reach, class_name="effect-summary"),
        strip(READ.figures),
        rx.el.p(
            READ.articles_said,
            " ",
            rx.el.ins("Ce qui est ajouté"),
            " est souligné, ",
            rx.el.del_("ce qui est retiré"),
            " est barré.",
        ),
        rx.el.div(
            rx.foreach(READ.articles, lambda one: article_change(one, heading=rx.el.h4)),
            class_name="terms-text changes",
        ),
        rx.el.div(button("Publier cette version", on_click=OPEN.ask_to_publish), class_name="button-row"),
        class_name="stack",
    )


def _publish_dialog() -> rx.Component:
    return confirm_dialog(
        OPEN.publishing,
        title=rx.Var.create("Publier la version ") + READ.version.to(str),
        effect=rx.el.p(fact(READ.sentence)),
        consent="Oui, ce texte est le bon et il ne changera plus",
        confirm_label="Publier cette version",
        on_confirm=OPEN.publish,
        on_keep=OPEN.keep,
        keep_label="Ne rien publier",
    )
