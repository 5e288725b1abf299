"""`/espace/fin`: the end of a contract, from its last day to the certificate, and the way back."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.client.end_state import EndState
from portal.web.components.anchors import button, link, plain_link
from portal.web.components.badge import badge
from portal.web.components.confirm import confirm_dialog
from portal.web.components.figures import fact, figures, strip
from portal.web.components.frame import Area, frame
from portal.web.components.next_step import next_step
from portal.web.components.notice import notice, problem
from portal.web.components.skeleton import skeleton
from portal.web.components.table import Column, row, table
from portal.web.components.why import why

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
END: Any = EndState
VIEW: Any = END.view
_KEPT = (Column("Quoi"), Column("Gardé jusqu’au"))
_CONTRACTS = (Column("Contrat"), Column("Situation"))


def end_page() -> rx.Component:
    return frame(
        rx.cond(END.loaded, _page(), skeleton(8, heading=True)),
        area=Area.CLIENT,
        here="/espace/fin",
    )


def _page() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.p(
                VIEW.company,
                rx.cond(VIEW.number != "", rx.fragment(" · contrat ", VIEW.number)),
                class_name="eyebrow",
            ),
            rx.el.h1(VIEW.headline),
            rx.el.p(VIEW.lead, class_name="lead"),
            rx.cond(VIEW.why.clause != "", why(VIEW.why, VIEW.headline)),
            class_name=rx.cond(VIEW.is_worst, "page-head page-head-worst", "page-head"),
        ),
        problem(END.problem, END.whys),
        notice(END.said),
        rx.cond(VIEW.step_title != "", _next()),
        rx.cond(VIEW.dates.length() > 0, _dates()),
        rx.cond(VIEW.due_text != "", _due()),
        rx.cond(VIEW.stages.length() > 0, _restitution()),
        rx.cond(VIEW.kept.length() > 0, _kept()),
        rx.cond(VIEW.return_text != "", _return()),
        rx.cond(VIEW.contracts.length() > 0, _contracts()),
        confirm_dialog(
            END.asking,
            title=END.question.title,
            effect=END.question.text,
            consent=END.question.consent,
            confirm_label=END.question.label,
            on_confirm=END.confirm,
            on_keep=END.keep,
            grave=END.question.is_grave,
        ),
    )


def _next() -> rx.Component:
    return next_step(
        VIEW.step_title,
        VIEW.step_text,
        rx.cond(
            VIEW.act != "",
            button(VIEW.act_label, on_click=END.ask(VIEW.act)),
            rx.cond(
                VIEW.href != "",
                plain_link(VIEW.act_label, VIEW.href, class_name="button button-main"),
                rx.cond(VIEW.is_building, button("Actualiser", kind="other", on_click=END.refresh)),
            ),
        ),
        when=VIEW.step_when,
    )


def _dates() -> rx.Component:
    return rx.el.section(rx.el.h2("Vos dates", id="dates"), strip(VIEW.dates), aria_labelledby="dates")


def _due() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Ce qui est dû", id="du"),
        rx.el.p(VIEW.due_text),
        why(VIEW.due_why, "ce montant"),
        rx.cond(VIEW.due.length() > 0, figures(VIEW.due)),
        rx.el.p(link("Voir mes factures et le décompte", "/espace/factures")),
        aria_labelledby="du",
    )


def _restitution() -> rx.Component:
    return rx.el.section(
        rx.el.h2("La restitution de vos données", id="restitution"),
        rx.el.ol(
            rx.foreach(VIEW.stages, _stage),
            class_name="change-steps",
        ),
        rx.cond(
            VIEW.is_building,
            rx.el.div(
                rx.el.p(VIEW.progress_text, role="status"),
                rx.el.progress(
                    value=VIEW.progress.to_string(), max="100", aria_label="Préparation de l’archive"
                ),
                class_name="stack",
            ),
        ),
        rx.cond(VIEW.files.length() > 0, rx.el.ul(rx.foreach(VIEW.files, _file), class_name="decisions")),
        aria_labelledby="restitution",
    )


def _stage(name: Any, index: Any) -> rx.Component:
    return rx.el.li(
        name,
        rx.cond(index < VIEW.stage, rx.el.span(" (fait)", class_name="unseen")),
        aria_current=rx.cond(index + 1 == VIEW.stage, "step", "false"),
        class_name=rx.cond(index + 1 == VIEW.stage, "change-step change-now", "change-step"),
    )


def _file(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h3(one.name),
            rx.el.p(one.detail, class_name="soft"),
            rx.el.p("SHA-256\u00a0: ", rx.el.code(one.sha256, class_name="digest"), class_name="small soft"),
        ),
        plain_link(
            rx.fragment("Télécharger", rx.el.span(" ", one.name, class_name="unseen")),
            one.href,
            download="",
            class_name="button button-other",
        ),
    )


def _kept() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Ce que nous gardons, et jusqu’à quand", id="garde"),
        rx.el.p(
            typeset(
                "Rien au-delà : passé son jour, chaque chose est effacée, et l’effacement est noté sans son contenu."
            ),
            class_name="soft",
        ),
        table("Ce qui est gardé", _KEPT, rx.foreach(VIEW.kept, _kept_row)),
        rx.cond(
            VIEW.certificate_href != "",
            rx.el.p(
                plain_link(
                    "Télécharger l’attestation de destruction (PDF)", VIEW.certificate_href, download=""
                )
            ),
        ),
        aria_labelledby="garde",
    )


def _kept_row(one: Any) -> rx.Component:
    return row(
        _KEPT,
        rx.el.span(one.title, rx.el.span(one.what, class_name="second-line")),
        rx.el.span(one.until, rx.cond(one.why.clause != "", rx.fragment(" ", why(one.why, one.title)))),
    )


def _return() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Revenir", id="revenir"),
        rx.el.p(VIEW.return_text),
        rx.cond(
            VIEW.may_return,
            button("Souscrire de nouveau", kind="other", on_click=END.ask("return")),
        ),
        aria_labelledby="revenir",
    )


def _contracts() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Vos contrats", id="contrats"),
        table("Les contrats de votre entreprise", _CONTRACTS, rx.foreach(VIEW.contracts, _contract)),
        aria_labelledby="contrats",
    )


def _contract(one: Any) -> rx.Component:
    return row(
        _CONTRACTS,
        rx.cond(one.is_shown, rx.el.strong(fact(one.name)), plain_link(fact(one.name), one.href)),
        rx.el.span(fact(one.state), rx.cond(one.is_shown, rx.fragment(" ", badge("affiché", "quiet")))),
    )
