"""`/gestion/impayes`: what is late by age, what comes next for each client and why, the letters of termination."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.components.anchors import button, link, plain_link
from portal.web.components.badge import badge
from portal.web.components.confirm import confirm_dialog
from portal.web.components.empty import empty
from portal.web.components.figures import amount, fact
from portal.web.components.frame import Area, frame
from portal.web.components.notice import notice, problem
from portal.web.components.parts import parts_chart
from portal.web.components.skeleton import skeleton
from portal.web.components.table import Column, row, table
from portal.web.components.why import OF_AMOUNTS, why
from portal.web.staff.arrears_states import ArrearsState
from portal.web.staff.letter_forms import posting_form, proof_form
from portal.web.staff.rooms import billing_rooms

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
OPEN: Any = ArrearsState

_AGES = (
    Column("Retard"),
    Column("Factures", figures=True),
    Column("Clients", figures=True),
    Column("Impayé TTC", figures=True),
)
_LATE = (
    Column("Client"),
    Column("Retard", figures=True),
    Column("Impayé TTC", figures=True),
    Column("Pour rétablir", figures=True),
    Column("La suite"),
)


def arrears_page() -> rx.Component:
    return frame(
        rx.cond(OPEN.loaded, _arrears(), skeleton(10, heading=True)),
        area=Area.STAFF,
        here="/gestion/facturation",
    )


def _arrears() -> rx.Component:
    return rx.fragment(
        billing_rooms("/gestion/impayes"),
        rx.el.header(
            rx.el.h1("Les impayés"),
            rx.el.p(OPEN.says, class_name="lead"),
            why(OPEN.says_why, "des impayés", question=OF_AMOUNTS),
            class_name="page-head",
        ),
        problem(OPEN.problem, OPEN.whys),
        notice(OPEN.said),
        rx.cond(OPEN.letters.length() > 0, _letters()),
        rx.el.section(
            rx.el.h2("Par âge", id="ages"),
            parts_chart(
                OPEN.parts,
                typeset(
                    "L’âge d’une facture se compte depuis son échéance ; au-delà de quinze jours, la barre est hachurée."
                ),
                "Ce qui est en retard, par âge",
                _AGES,
                reason=OPEN.says_why,
            ),
            aria_labelledby="ages",
        ),
        rx.el.section(
            rx.el.h2("Les clients", id="clients"),
            rx.el.ul(rx.foreach(OPEN.ages, _age), class_name="choices"),
            rx.el.p(OPEN.count, class_name="soft", role="status"),
            rx.cond(
                OPEN.rows.length() > 0,
                rx.fragment(
                    table("Clients en retard, le plus ancien d’abord", _LATE, rx.foreach(OPEN.rows, _late)),
                    _pager(),
                ),
                empty(
                    "Personne n’est en retard", "Un client paraît ici le lendemain d’une échéance non réglée."
                ),
            ),
            aria_labelledby="clients",
        ),
        confirm_dialog(
            OPEN.confirming,
            title=OPEN.title,
            effect=rx.fragment(rx.el.p(OPEN.effect), why(OPEN.end_why, "la fin de ce contrat")),
            consent="La lettre est postée aujourd’hui, en recommandé avec accusé de réception",
            confirm_label="Résilier ce contrat",
            on_confirm=OPEN.terminate,
            on_keep=OPEN.keep,
        ),
    )


def _age(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            one.label,
            type="button",
            on_click=OPEN.narrow(one.value),
            aria_pressed=rx.cond(OPEN.age == one.value, "true", "false"),
            class_name="choice-button",
        )
    )


def _late(one: Any) -> rx.Component:
    return row(
        _LATE,
        rx.el.span(
            link(one.name, "/gestion/client?id=" + one.contract_id),
            rx.el.span(one.number, class_name="second-line"),
            rx.cond(
                one.summary != "",
                rx.el.details(
                    rx.el.summary(one.summary, class_name="why-question"), _invoices(one), class_name="small"
                ),
                _invoices(one),
            ),
        ),
        one.age,
        amount(one.unpaid, one.unpaid_why),
        rx.cond(
            one.owed != "",
            amount(one.owed, one.owed_why),
            rx.el.span(
                "non calculable",
                rx.el.span(link("Il manque un taux", "/gestion/tarifs#taux"), class_name="second-line"),
            ),
        ),
        rx.el.div(
            badge(one.step, one.tone),
            rx.el.p(one.detail, class_name="step-detail"),
            why(one.why, one.detail),
            rx.cond(
                one.may_terminate,
                rx.el.p(
                    button(
                        rx.fragment(
                            "Préparer la lettre",
                            rx.el.span(" de résiliation de ", one.name, class_name="unseen"),
                        ),
                        kind="other",
                        on_click=OPEN.draw(one.contract_id),
                    ),
                    class_name="row-act",
                ),
            ),
        ),
    )


def _invoices(one: Any) -> rx.Component:
    return rx.fragment(
        rx.foreach(one.invoices, lambda invoice: rx.el.span(invoice, class_name="second-line"))
    )


def _pager() -> rx.Component:
    return rx.el.nav(
        rx.cond(OPEN.page > 1, button("Page précédente", kind="other", on_click=OPEN.turn_page(-1))),
        rx.cond(OPEN.has_more, button("Page suivante", kind="other", on_click=OPEN.turn_page(1))),
        aria_label="Pages de la liste",
        class_name="button-row",
    )


# --- letters -------------------------------------------------------------------------------------


def _letters() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Les lettres de résiliation", id="lettres", tab_index=-1),
        rx.el.ul(rx.foreach(OPEN.letters, _letter), class_name="decisions"),
        rx.el.p(link("Tous les courriers et leurs preuves", "/gestion/courriers")),
        aria_labelledby="lettres",
    )


def _letter(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(rx.el.span(one.name, class_name="decision-name"), " ", badge(one.state, one.tone)),
            rx.el.p(fact(one.detail), class_name="soft"),
            rx.el.p(
                plain_link("La lettre (PDF)", one.href, download=""),
                rx.cond(
                    one.has_proof,
                    rx.fragment(" · ", plain_link("La preuve de réception", one.proof_href, download="")),
                ),
            ),
        ),
        rx.cond(
            one.is_posted,
            rx.cond(one.has_proof, None, proof_form(one)),
            posting_form(OPEN, one, "Résilier le contrat…", "grave"),
        ),
    )
