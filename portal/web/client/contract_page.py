"""`/espace/contrat`: the contract at a glance, its whole line of time, and what an act would change of it."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.client.contract_state import ContractState
from portal.web.client.what_if_panel import what_if_panel
from portal.web.components.anchors import button_link, link, plain_link
from portal.web.components.countdown import countdown
from portal.web.components.empty import empty
from portal.web.components.figures import fact, figures
from portal.web.components.frame import Area, frame
from portal.web.components.next_step import next_step
from portal.web.components.notice import problem
from portal.web.components.skeleton import skeleton
from portal.web.components.timeline import moments, timeline
from portal.web.components.why import why

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
CONTRACT: Any = ContractState
VIEW: Any = CONTRACT.view
STEP: Any = VIEW.step


def contract_page() -> rx.Component:
    return frame(
        rx.cond(CONTRACT.loaded, _page(), skeleton(12, heading=True)),
        area=Area.CLIENT,
        here="/espace/contrat",
    )


def _page() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.p(VIEW.eyebrow, class_name="eyebrow"),
            rx.el.h1(VIEW.headline),
            rx.el.p(VIEW.lead, class_name="lead"),
            why(VIEW.lead_why, VIEW.headline),
            class_name="page-head",
        ),
        problem(CONTRACT.problem, CONTRACT.whys),
        rx.cond(VIEW.is_in_force, _contract(), _nothing_yet()),
    )


def _nothing_yet() -> rx.Component:
    return rx.el.section(
        empty(VIEW.empty_title, VIEW.empty_text, button_link(VIEW.empty_label, VIEW.empty_href))
    )


def _contract() -> rx.Component:
    return rx.fragment(
        next_step(
            STEP.title,
            STEP.text,
            button_link(STEP.label, STEP.href),
            when=STEP.when,
            aside=rx.cond(STEP.due.value != "", _due()),
        ),
        rx.el.section(
            rx.el.h2("La ligne du temps", id="ligne"),
            rx.el.p(
                typeset(
                    "Plein : ce qui s’est passé. Creux : ce qui viendra. Poignée : ce que vous pouvez encore faire. Parcourez-la "
                    "avec les flèches ; Entrée ouvre la raison d’une date."
                ),
                class_name="soft",
            ),
            timeline(VIEW.marks, "La vie de votre contrat", drawn=VIEW.drawn, is_listed=False),
            aria_labelledby="ligne",
            class_name="wide-line",
        ),
        _glance(),
        rx.cond(VIEW.choices.length() > 0, what_if_panel(CONTRACT)),
        rx.el.section(
            rx.el.h2("Toutes les dates, passées et à venir", id="dates"),
            rx.el.div(moments(VIEW.marks, "Les dates de votre contrat"), class_name="timeline"),
            rx.el.p(
                plain_link("Mettre ces dates dans mon agenda (.ics)", "/espace/echeances.ics"),
                plain_link("Ou laisser mon agenda les suivre", "/espace/compte#agenda"),
                class_name="downloads",
            ),
            aria_labelledby="dates",
        ),
    )


def _due() -> rx.Component:
    return rx.fragment(
        rx.el.p(STEP.due.label, class_name="soft"),
        rx.el.p(rx.el.span(STEP.due.value, class_name="date"), " ", why(STEP.due.why, STEP.due.label)),
        rx.cond(STEP.due.note != "", rx.el.p(STEP.due.note, class_name="soft")),
        rx.cond(STEP.due_iso != "", countdown(STEP.due_iso, VIEW.now_iso, STEP.left)),
    )


def _glance() -> rx.Component:
    return rx.el.div(
        rx.el.section(
            rx.el.h2("La durée", id="duree"), figures(VIEW.term), aria_labelledby="duree", class_name="glance"
        ),
        rx.cond(
            VIEW.price.length() > 0,
            rx.el.section(
                rx.el.h2("Le prix", id="prix"),
                figures(VIEW.price),
                rx.el.p(link("Vos factures, mois par mois", "/espace/factures")),
                aria_labelledby="prix",
                class_name="glance",
            ),
        ),
        _terms(),
        _people(),
        _papers(),
        class_name="glances",
    )


def _terms() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Les conditions", id="conditions"),
        rx.el.p("Conditions générales de vente, version ", rx.el.strong(VIEW.terms_version)),
        rx.el.p(fact(VIEW.accepted), class_name="soft"),
        rx.el.p(
            link("Lire le texte", "/cgv?version=" + VIEW.terms_version.to(str)),
            plain_link("PDF", rx.Var.create("/cgv/") + VIEW.terms_version.to(str) + ".pdf", download=""),
            class_name="downloads",
        ),
        aria_labelledby="conditions",
        class_name="glance",
    )


def _people() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Qui agit pour l’entreprise", id="administrateurs"),
        rx.el.ul(
            rx.foreach(
                VIEW.people,
                lambda one: rx.el.li(
                    rx.el.span(one.name, class_name="glance-name"),
                    rx.el.span("administrateur, ", fact(one.since), class_name="second-line"),
                    rx.el.span(one.email, class_name="second-line"),
                ),
            ),
            class_name="glance-list",
        ),
        rx.el.p(link("Tous les utilisateurs", "/espace/utilisateurs")),
        aria_labelledby="administrateurs",
        class_name="glance",
    )


def _papers() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Vos documents", id="documents"),
        rx.cond(
            VIEW.papers.length() > 0,
            rx.el.ul(
                rx.foreach(
                    VIEW.papers,
                    lambda one: rx.el.li(
                        rx.el.span(one.title, class_name="glance-name"),
                        rx.cond(one.note != "", rx.el.span(fact(one.note), class_name="second-line")),
                        plain_link(
                            rx.fragment(one.label, rx.el.span(" ", one.title, class_name="unseen")), one.href
                        ),
                    ),
                ),
                class_name="glance-list",
            ),
            empty("Aucun document", "Ceux du dossier, acceptés, seront ici avec leur copie."),
        ),
        aria_labelledby="documents",
        class_name="glance",
    )
