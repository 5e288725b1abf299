"""`/gestion/dossiers`: the dossiers that wait for us, by urgency."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.components.badge import badge
from portal.web.components.empty import empty
from portal.web.components.frame import Area, frame
from portal.web.components.heartbeat import heartbeat
from portal.web.components.notice import problem
from portal.web.components.skeleton import skeleton
from portal.web.components.table import Column, row, row_link, table
from portal.web.components.why import why
from portal.web.staff.dossier_states import DossiersState

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
QUEUE: Any = DossiersState

_COLUMNS = (Column("Client"), Column("À faire"), Column("Reste"), Column("Conditions"))


def dossiers_page() -> rx.Component:
    return frame(
        rx.cond(QUEUE.loaded, _queue(), skeleton(8, heading=True)), area=Area.STAFF, here="/gestion/dossiers"
    )


def _queue() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.h1("Les dossiers"),
            rx.el.p(
                typeset("Ce qui attend notre lecture d’abord, le plus pressé en tête."), class_name="lead"
            ),
            class_name="page-head",
        ),
        problem(QUEUE.problem, QUEUE.whys),
        # Each dossier under way is read anew.
        heartbeat(QUEUE.look_again, every_seconds=60),
        rx.cond(
            QUEUE.rows.length() > 0,
            rx.fragment(
                rx.el.ul(rx.foreach(QUEUE.bars, _bar), class_name="queue-bars"),
                table("Dossiers en cours", _COLUMNS, rx.foreach(QUEUE.rows, _waiting)),
            ),
            empty("Aucun dossier en cours", "Le premier paraît dès qu’un client envoie une pièce."),
        ),
    )


def _bar(bar: Any) -> rx.Component:
    return rx.el.li(
        rx.el.strong(bar.number, class_name="queue-number"),
        badge(bar.label, bar.tone),
        class_name="queue-bar",
    )


def _waiting(one: Any) -> rx.Component:
    return row(
        _COLUMNS,
        rx.el.span(
            row_link(one.name, one.href),
            rx.el.span(one.identity, class_name="second-line"),
            rx.cond(one.others != "", rx.el.span(one.others, class_name="second-line")),
        ),
        rx.el.span(
            rx.foreach(one.chips, lambda chip: rx.el.span(chip, class_name="chip")), class_name="chips"
        ),
        rx.el.span(
            badge(one.days, one.tone),
            rx.el.span(one.limit, " ", why(one.limit_why, one.name), class_name="second-line over-row"),
        ),
        one.met,
    )
