"""`/espace/changements`: a new price or new terms, old beside new, refused or not until the last instant."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.client.changes_state import ChangesState
from portal.web.components.anchors import button, link, plain_link
from portal.web.components.article_change import article_change
from portal.web.components.badge import badge
from portal.web.components.confirm import confirm_dialog
from portal.web.components.countdown import countdown
from portal.web.components.empty import empty
from portal.web.components.figures import fact, figures, strip
from portal.web.components.frame import Area, frame
from portal.web.components.next_step import next_step
from portal.web.components.notice import notice, problem, warning
from portal.web.components.pairs import pairs_chart
from portal.web.components.skeleton import skeleton
from portal.web.components.table import Column, row, table
from portal.web.components.timeline import next_dates
from portal.web.components.why import why

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
OPEN: Any = ChangesState
VIEW: Any = OPEN.view

_ACCEPTED = (Column("Version"), Column("Comment"), Column("Quand"), Column("Empreinte du texte (SHA-256)"))


def changes_page() -> rx.Component:
    return frame(
        rx.cond(OPEN.loaded, _changes(), skeleton(10, heading=True)),
        area=Area.CLIENT,
        here="/espace/changements",
    )


def _changes() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.p(VIEW.company, class_name="eyebrow"),
            rx.el.h1(VIEW.headline),
            rx.el.p(VIEW.lead, class_name="lead"),
            class_name="page-head",
        ),
        problem(OPEN.problem, OPEN.whys),
        notice(OPEN.said),
        next_dates(VIEW.next_marks, "Vos deux prochaines dates"),
        next_step(
            VIEW.step_title,
            VIEW.step_text,
            plain_link(VIEW.step_label, VIEW.step_href, class_name="button button-main"),
            when=VIEW.step_when,
            aside=rx.cond(
                VIEW.until_iso != "",
                rx.fragment(
                    rx.el.p("Pour décider", class_name="soft"),
                    countdown(VIEW.until_iso, VIEW.now_iso, VIEW.until_text),
                ),
            ),
        ),
        rx.cond(
            VIEW.cards.length() > 0,
            rx.foreach(VIEW.cards, _card),
            empty(
                "Rien n’est annoncé",
                "Un nouveau prix ou de nouvelles conditions paraissent ici, comparés à ceux d’aujourd’hui.",
            ),
        ),
        rx.cond(VIEW.accepted.length() > 0, _accepted()),
        _dialog(),
    )


def _card(card: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(card.title, " ", badge(card.state, card.tone), id=card.what),
        rx.el.p(fact(card.announced), class_name="soft"),
        strip(card.facts),
        rx.cond(card.what == "price", _price(card), _terms(card)),
        rx.el.h3("Si vous ne faites rien"),
        rx.el.p(card.nothing_done),
        rx.el.h3(rx.cond(card.refused, "Si vous changez d’avis", "Si vous refusez")),
        rx.el.p(card.if_refused),
        rx.el.div(
            rx.cond(
                card.refused,
                button("Retirer mon refus", on_click=OPEN.take_back(card.what)),
                button("Refuser ce changement", kind="other", on_click=OPEN.refuse(card.what)),
            ),
            class_name="button-row",
        ),
        aria_labelledby=card.what,
        class_name="change-card stack",
    )


def _price(card: Any) -> rx.Component:
    return rx.fragment(
        rx.el.h3("Votre année, avant et après"),
        pairs_chart(
            card.pairs,
            card.says,
            "Douze mois, au prix d’aujourd’hui et au nouveau prix, TTC",
            ident="annee-comparee",
            before="Prix d’aujourd’hui, TTC",
            after="Nouveau prix, TTC",
            total=(
                (card.total_before, card.why_before),
                (card.total_after, card.why_after),
                (card.total_difference, card.why_difference),
            ),
        ),
    )


def _terms(card: Any) -> rx.Component:
    return rx.fragment(
        rx.el.h3("Ce qui change pour vous"),
        rx.el.p(card.for_you),
        rx.el.h3("Ce qui change, article par article"),
        rx.el.p(
            card.articles_said,
            " ",
            rx.el.ins("Ce qui est ajouté"),
            " est souligné, ",
            rx.el.del_("ce qui est retiré"),
            " est barré.",
        ),
        rx.el.p(
            link("Comparer les deux textes entiers", card.read_href),
            " ",
            plain_link("Télécharger la nouvelle version (PDF)", card.pdf_href, download=""),
            class_name="button-row",
        ),
        rx.el.details(
            rx.el.summary("Lire les différences", class_name="why-question"),
            rx.el.div(
                rx.foreach(card.articles, lambda one: article_change(one, heading=rx.el.h4)),
                class_name="terms-text changes",
            ),
            class_name="differences",
            open=True,
        ),
    )


def _accepted() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Les conditions de votre contrat", id="acceptees"),
        rx.el.p(
            typeset(
                "Chaque version qui a valu pour votre contrat, la dernière d’abord, et comment elle a été acceptée."
            ),
            class_name="soft",
        ),
        table("Versions acceptées", _ACCEPTED, rx.foreach(VIEW.accepted, _version)),
        aria_labelledby="acceptees",
    )


def _version(one: Any) -> rx.Component:
    return row(
        _ACCEPTED,
        link(one.version, one.href, class_name="nowrap"),
        fact(one.how),
        fact(one.when),
        rx.el.code(one.sha256, class_name="fingerprint"),
    )


def _dialog() -> rx.Component:
    return confirm_dialog(
        OPEN.asking,
        title=OPEN.question.title,
        effect=rx.fragment(
            warning(OPEN.meanwhile),
            rx.el.p(OPEN.question.text),
            rx.cond(
                OPEN.decision.ends != "",
                rx.fragment(
                    rx.el.p(
                        "Le contrat finit le ",
                        rx.el.strong(OPEN.decision.ends, class_name="date"),
                        ". ",
                        why(OPEN.decision.why, "la fin du contrat"),
                        class_name="effect-summary",
                    ),
                ),
            ),
            rx.el.p(
                OPEN.decision.summary,
                rx.cond(
                    OPEN.decision.ends == "",
                    rx.fragment(" ", why(OPEN.decision.why, "le jour du renouvellement")),
                ),
            ),
            rx.cond(
                OPEN.decision.last.length() > 0,
                rx.fragment(rx.el.h3("Les dernières factures"), figures(OPEN.decision.last)),
            ),
        ),
        consent=OPEN.question.consent,
        confirm_label=OPEN.question.label,
        on_confirm=OPEN.confirm,
        on_keep=OPEN.keep,
        grave=OPEN.question.is_grave,
    )
