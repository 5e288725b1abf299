"""`/gestion/destructions`: what is to be destroyed and what holds it, restitutions, early ends with their letters, disputes."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.components.anchors import button, link, plain_link
from portal.web.components.badge import badge
from portal.web.components.confirm import confirm_dialog
from portal.web.components.empty import empty
from portal.web.components.fields import long_field
from portal.web.components.figures import fact
from portal.web.components.frame import Area, frame
from portal.web.components.notice import notice, problem
from portal.web.components.skeleton import skeleton
from portal.web.components.table import Column, row, table
from portal.web.components.why import why
from portal.web.staff.destruction_states import DestructionsState, EarlyEndsState
from portal.web.staff.early_ends_panel import early_ends_panel, number_field
from portal.web.staff.rooms import page_parts
from portal.web.staff.sending import send_file

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
OPEN: Any = DestructionsState
EARLY: Any = EarlyEndsState
_ROWS = (Column("Client"), Column("À partir du"), Column("Ce qui retient"), Column("État"))


def destructions_page() -> rx.Component:
    return frame(
        rx.cond(OPEN.loaded & EARLY.loaded, _page(), skeleton(10, heading=True)),
        area=Area.STAFF,
        here="/gestion/destructions",
    )


def _page() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.h1("Les fins de contrat"),
            rx.el.p(
                typeset(
                    "Ce qui sera détruit et ce qui le retient, les données à rendre, les résiliations avant terme."
                ),
                class_name="lead",
            ),
            class_name="page-head",
        ),
        page_parts(
            ("Destructions", "#destructions"),
            ("Restitutions", "#restitutions"),
            ("Avant terme", "#avant-terme"),
            ("Contentieux", "#contentieux"),
        ),
        problem(OPEN.problem, OPEN.whys),
        problem(EARLY.problem, EARLY.whys),
        notice(rx.cond(EARLY.said != "", EARLY.said, OPEN.said)),
        _destructions(),
        _restitutions(),
        early_ends_panel(),
        _holds(),
        _dialog(OPEN, OPEN.confirm),
        _dialog(EARLY, EARLY.post),
    )


def _dialog(state: Any, on_confirm: Any) -> rx.Component:
    return confirm_dialog(
        state.asking,
        title=state.question.title,
        effect=rx.fragment(rx.el.p(state.question.text), why(state.question.why, "ce jour")),
        consent=state.question.consent,
        confirm_label=state.question.label,
        on_confirm=on_confirm,
        on_keep=state.keep,
        grave=state.question.is_grave,
    )


# --- destructions and restitutions -----------------------------------------------------------------


def _destructions() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Ce qui sera détruit", id="destructions"),
        rx.cond(
            OPEN.rows.length() > 0,
            table("Données à détruire, à confirmer d’abord", _ROWS, rx.foreach(OPEN.rows, _destruction)),
            empty("Rien à détruire", "Un client paraît ici quand son essai ou son contrat est fini."),
        ),
        rx.cond(
            OPEN.attested.length() > 0,
            rx.el.details(
                rx.el.summary("Les dernières attestations", class_name="why-question"),
                rx.el.ul(rx.foreach(OPEN.attested, _attested)),
            ),
        ),
        aria_labelledby="destructions",
    )


def _destruction(one: Any) -> rx.Component:
    return row(
        _ROWS,
        rx.el.span(
            link(one.name, "/gestion/client?id=" + one.contract_id),
            rx.el.span(
                one.identity,
                rx.cond(one.ended != "", rx.fragment(" le ", fact(one.ended))),
                class_name="second-line",
            ),
        ),
        rx.el.span(one.day, " ", why(one.why, one.name)),
        rx.cond(
            one.holds.length() > 0,
            rx.el.span(rx.foreach(one.holds, lambda hold: rx.el.span(hold, class_name="second-line"))),
            "rien",
        ),
        rx.el.div(
            badge(one.state, one.tone),
            rx.cond(
                one.may_confirm,
                rx.el.p(
                    button(
                        rx.fragment(
                            "Confirmer la destruction…", rx.el.span(" de ", one.name, class_name="unseen")
                        ),
                        kind="grave",
                        on_click=OPEN.ask_to_destroy(one.contract_id),
                    ),
                    class_name="row-act",
                ),
            ),
        ),
    )


def _attested(one: Any) -> rx.Component:
    return rx.el.li(
        plain_link(one.name, one.href, download=""), rx.el.span(", ", fact(one.detail), class_name="soft")
    )


def _restitutions() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Les restitutions", id="restitutions"),
        rx.cond(
            OPEN.restitutions.length() > 0,
            rx.el.ul(rx.foreach(OPEN.restitutions, _restitution), class_name="decisions"),
            empty(
                "Aucune restitution demandée",
                "Un client la demande une fois son contrat fini.",
            ),
        ),
        aria_labelledby="restitutions",
    )


def _restitution(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(rx.el.span(one.name, class_name="decision-name"), " ", badge(one.state, one.tone)),
            rx.el.p(fact(one.detail), class_name="soft"),
            rx.cond(
                one.is_building,
                rx.el.div(
                    rx.el.p(one.progress_text, role="status"),
                    rx.el.progress(
                        value=one.progress.to_string(), max="100", aria_label="Préparation de l’archive"
                    ),
                    button("Actualiser", kind="plain", on_click=OPEN.refresh),
                    class_name="stack",
                ),
            ),
            rx.foreach(
                one.files,
                lambda file: rx.el.p(
                    plain_link(file.name, file.href, download=""),
                    rx.el.span(", ", file.detail, class_name="soft"),
                ),
            ),
        ),
        rx.cond(
            one.may_confirm,
            button(
                rx.fragment("Confirmer pour le client…", rx.el.span(" ", one.name, class_name="unseen")),
                kind="other",
                on_click=OPEN.ask_to_confirm(one.contract_id),
            ),
        ),
        rx.cond(
            one.may_attach,
            send_file(
                one.action,
                "export-" + one.contract_id,
                "Export du CRM",
                hint="L’archive ZIP telle que le CRM la donne, 512 Mo au plus",
                accept=".zip",
                label="Joindre l’export",
            ),
        ),
    )


# --- disputes --------------------------------------------------------------------------------------


def _holds() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Le gel pour contentieux", id="contentieux"),
        rx.el.p(
            typeset(
                "Tant qu’il est posé, rien de ce que le portail sait du client n’est purgé. Ses données du CRM, elles, sont les "
                "siennes : leur destruction suit son jour."
            ),
            class_name="soft",
        ),
        rx.cond(
            OPEN.holds.length() > 0,
            rx.el.ul(rx.foreach(OPEN.holds, _hold), class_name="decisions"),
            empty("Aucun gel", "Posez-en un dès qu’un différend peut naître."),
        ),
        rx.el.form(
            rx.el.h3("Poser un gel"),
            number_field("hold-number", OPEN.errors, OPEN.typed),
            rx.el.div(
                long_field(
                    "reason", "Pourquoi", kept=OPEN.typed["reason"], error=OPEN.errors.get("reason", "")
                ),
                id="hold-reason",
                tab_index=-1,
            ),
            button("Poser le gel", kind="other", type="submit"),
            on_submit=OPEN.set_hold,
            no_validate=True,
            method="post",
            class_name="stack",
            key=rx.Var.create("hold-") + OPEN.form_key.to_string(),
        ),
        aria_labelledby="contentieux",
        class_name="stack",
    )


def _hold(one: Any) -> rx.Component:
    error = OPEN.lift_errors.get(one.company_id, "")
    ident = "lift-" + one.company_id
    return rx.el.li(
        rx.el.div(
            rx.el.p(rx.el.span(one.name, class_name="decision-name"), " ", badge("gelé", "late")),
            rx.el.p(fact(one.reason)),
            rx.el.p(fact(one.detail), class_name="soft"),
        ),
        rx.el.form(
            rx.el.input(type="hidden", name="company", value=one.company_id),
            rx.el.div(
                rx.el.label(
                    "Pourquoi le lever", rx.el.span(" pour ", one.name, class_name="unseen"), html_for=ident
                ),
                rx.el.p(error, id=ident + "-error", class_name="field-error", role="alert"),
                rx.el.input(
                    id=ident,
                    name="reason",
                    class_name="input",
                    aria_describedby=ident + "-error",
                    aria_invalid=rx.cond(error != "", "true", "false"),
                ),
                class_name=rx.cond(error != "", "field field-wrong", "field"),
            ),
            button("Lever le gel", kind="other", type="submit"),
            on_submit=OPEN.lift_hold,
            no_validate=True,
            method="post",
            class_name="stack",
        ),
    )
