"""`/gestion/avoirs`: four eyes on each credit note; one proposes, another decides."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.components.anchors import button, link, plain_link
from portal.web.components.badge import badge
from portal.web.components.empty import empty
from portal.web.components.fields import field, long_field
from portal.web.components.figures import fact
from portal.web.components.frame import Area, frame
from portal.web.components.notice import notice, problem
from portal.web.components.skeleton import skeleton
from portal.web.components.table import Column, row, table
from portal.web.staff.credit_states import CreditsState
from portal.web.staff.rooms import billing_rooms

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
OPEN: Any = CreditsState

_DECIDED = (Column("Client"), Column("Facture"), Column("Montant", figures=True), Column("Décision"))


def credits_page() -> rx.Component:
    return frame(
        rx.cond(OPEN.loaded, _credits(), skeleton(10, heading=True)),
        area=Area.STAFF,
        here="/gestion/facturation",
    )


def _credits() -> rx.Component:
    return rx.fragment(
        billing_rooms("/gestion/avoirs"),
        rx.el.header(
            rx.el.h1("Les avoirs"),
            rx.el.p(
                typeset(
                    "Une facture émise ne change plus. Ce qu’on rend est un avoir : l’un propose, un autre décide."
                ),
                class_name="lead",
            ),
            class_name="page-head",
        ),
        problem(OPEN.problem, OPEN.whys),
        notice(OPEN.said),
        rx.el.section(
            rx.el.h2("À décider", id="decider"),
            rx.cond(
                OPEN.waiting.length() > 0,
                rx.el.ul(rx.foreach(OPEN.waiting, _waiting), class_name="decisions"),
                empty("Aucun avoir à décider", "Une proposition paraît ici dès que quelqu’un la fait."),
            ),
            aria_labelledby="decider",
        ),
        rx.el.section(
            rx.el.h2("Proposer un avoir", id="proposer"),
            _proposing(),
            aria_labelledby="proposer",
        ),
        rx.cond(
            OPEN.decided.length() > 0,
            rx.el.section(
                rx.el.h2("Décidés", id="decides"),
                table("Avoirs décidés, le dernier d’abord", _DECIDED, rx.foreach(OPEN.decided, _decided)),
                aria_labelledby="decides",
            ),
        ),
    )


def _waiting(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.strong(fact(one.amount), class_name="amount"),
                typeset(" pour "),
                link(one.name, "/gestion/client?id=" + one.contract_id),
                ", facture ",
                plain_link(one.cites, one.cites_href, download=""),
                class_name="decision-name",
            ),
            rx.el.dl(
                rx.el.div(rx.el.dt("Le client lira"), rx.el.dd(fact(one.label))),
                rx.el.div(rx.el.dt("Motif"), rx.el.dd(fact(one.reason))),
                class_name="said-of",
            ),
            rx.el.p(fact(one.proposed), class_name="soft small"),
        ),
        rx.cond(
            one.is_own,
            rx.el.div(
                rx.el.p("Une autre personne le décide.", class_name="soft"),
                button("Retirer ma proposition", kind="other", on_click=OPEN.decline(one.proposal_id)),
                class_name="stack",
            ),
            rx.el.div(
                button(
                    rx.fragment("Émettre l’avoir", rx.el.span(" de ", fact(one.amount), class_name="unseen")),
                    on_click=OPEN.accept(one.proposal_id),
                ),
                button("Écarter", kind="other", on_click=OPEN.decline(one.proposal_id)),
                class_name="button-row",
            ),
        ),
    )


def _proposing() -> rx.Component:
    return rx.el.form(
        problem(OPEN.errors.get("", ""), OPEN.whys),
        rx.el.div(
            _field("invoice", "Facture", hint="Son numéro, comme F-2026-0007"),
            _field(
                "amount",
                "Montant HT",
                hint="Vide : tout ce qu’il en reste",
                input_mode="decimal",
                optional=True,
            ),
            class_name="field-row",
        ),
        _field("label", "Ce que le client lira", hint="Sur la ligne de l’avoir", max_length=200),
        long_field(
            "reason",
            "Pourquoi",
            error=OPEN.errors.get("reason", ""),
            hint=typeset("Pour qui décide ; le client ne le lit pas"),
            rows=3,
            max_length=500,
        ),
        button("Proposer cet avoir", type="submit"),
        on_submit=OPEN.propose,
        method="post",
        no_validate=True,
        class_name="stack task-form",
        key=OPEN.form_key.to_string(),
    )


def _field(name: str, label: str, *, hint: str, **props: Any) -> rx.Component:
    return field(
        name,
        label,
        hint=typeset(hint),
        error=OPEN.errors.get(name, ""),
        auto_complete="off",
        **props,
    )


def _decided(one: Any) -> rx.Component:
    return row(
        _DECIDED,
        rx.el.span(
            link(one.name, "/gestion/client?id=" + one.contract_id),
            rx.el.span(fact(one.label), class_name="second-line"),
        ),
        plain_link(one.cites, one.cites_href, download=""),
        fact(one.amount),
        rx.el.span(
            badge(one.state, one.tone),
            rx.cond(one.number != "", rx.fragment(" ", plain_link(one.number, one.href, download=""))),
            rx.el.span(fact(one.decided), class_name="second-line"),
        ),
    )
