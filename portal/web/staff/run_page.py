"""`/gestion/emission`: what the next run will issue, what to look at before, and what came of the last one."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.components.anchors import link
from portal.web.components.empty import empty
from portal.web.components.figures import fact, strip
from portal.web.components.frame import Area, frame
from portal.web.components.notice import problem
from portal.web.components.parts import parts_chart
from portal.web.components.skeleton import skeleton
from portal.web.components.table import Column
from portal.web.components.why import OF_AMOUNTS, why
from portal.web.staff.rooms import billing_rooms
from portal.web.staff.run_states import RunState

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
RUN: Any = RunState

_HOW_FAR = (Column("Étape"), Column("Fait", figures=True), Column("En tout", figures=True))


def run_page() -> rx.Component:
    return frame(
        rx.cond(RUN.loaded, _run(), skeleton(10, heading=True)),
        area=Area.STAFF,
        here="/gestion/facturation",
    )


def _run() -> rx.Component:
    return rx.fragment(
        billing_rooms("/gestion/emission"),
        rx.el.header(
            rx.el.h1("L’émission des factures"),
            rx.el.p(
                typeset(
                    "Elle se fait d’elle-même, à son heure. Vous voyez ici ce qu’elle émettra, et ce qu’elle a donné."
                ),
                class_name="lead",
            ),
            class_name="page-head",
        ),
        problem(RUN.problem, RUN.whys),
        rx.cond(RUN.halted.length() > 0, _halted()),
        rx.el.section(
            rx.el.h2("La prochaine", id="prochaine"),
            strip(RUN.coming),
            rx.el.p(
                RUN.foreseen,
                " ",
                why(RUN.foreseen_why, "de la prochaine émission", question=OF_AMOUNTS),
                role="status",
                aria_busy=RUN.is_looking.to_string(),
                class_name="foreseen",
            ),
            rx.cond(
                RUN.is_looking,
                rx.el.progress(aria_label="Examen des contrats"),
                rx.cond(
                    RUN.remarks.length() > 0,
                    _remarks(),
                    empty(
                        "Rien à regarder de plus près",
                        "Un mandat qui manque, une TVA à décider ou un montant inhabituel paraît ici avant l’émission.",
                    ),
                ),
            ),
            aria_labelledby="prochaine",
        ),
        rx.el.section(
            rx.el.h2("La dernière", id="derniere"),
            parts_chart(RUN.how_far, RUN.last, "Où en sont les documents", _HOW_FAR, reason=RUN.last_why),
            aria_labelledby="derniere",
        ),
    )


def _halted() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Des contrats à l’arrêt", id="arret"),
        rx.el.p(
            typeset(
                "Leur suite contredirait une règle : rien n’y est émis avant que vous ayez regardé. Le motif est dans leur fiche."
            ),
            class_name="soft",
        ),
        rx.el.ul(rx.foreach(RUN.halted, _row), class_name="to-do"),
        aria_labelledby="arret",
    )


def _remarks() -> rx.Component:
    return rx.fragment(
        rx.el.h3("À regarder avant"),
        rx.el.ul(rx.foreach(RUN.remarks, _row), class_name="to-do"),
        rx.cond(
            RUN.more_remarks > 0,
            rx.el.p("Et ", RUN.more_remarks.to_string(), " autres.", class_name="soft"),
        ),
    )


def _row(one: Any) -> rx.Component:
    return rx.el.li(
        link(one.name, "/gestion/client?id=" + one.contract_id, class_name="row-link"),
        rx.el.p(fact(one.text)),
        class_name="to-do-row",
    )
