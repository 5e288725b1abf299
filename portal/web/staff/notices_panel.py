"""The notices on `/gestion/courriers`: ours with four eyes, and those of clients, the late ones among them."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.components.anchors import button, link, plain_link
from portal.web.components.badge import badge
from portal.web.components.empty import empty
from portal.web.components.figures import fact
from portal.web.components.table import Column, row, table
from portal.web.components.why import why
from portal.web.staff.letter_forms import refused
from portal.web.staff.letters_states import LettersState

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
OPEN: Any = LettersState

_RECEIVED = (
    Column("Client"),
    Column("Postée le", figures=True),
    Column("Finit le", figures=True),
    Column("Sa résiliation"),
)


# --- notices of ours -----------------------------------------------------------------------------


def our_notices() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Résilier à notre initiative", id="nos-resiliations"),
        rx.el.p(
            typeset(
                "L’un propose avec un motif, un autre décide. La lettre compte du jour de sa première présentation "
            ),
            link("(CGV, article\u00a016)", "/cgv#article-16"),
            ".",
        ),
        rx.cond(
            OPEN.waiting.length() > 0, rx.el.ul(rx.foreach(OPEN.waiting, _waiting), class_name="decisions")
        ),
        rx.cond(
            OPEN.running.length() > 0, rx.el.ul(rx.foreach(OPEN.running, _running), class_name="decisions")
        ),
        _proposing(),
        aria_labelledby="nos-resiliations",
    )


def _told(one: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            link(one.name, "/gestion/client?id=" + one.contract_id, class_name="decision-name"),
            ", contrat ",
            rx.el.span(one.number, class_name="nowrap"),
            " ",
            badge(one.state, one.tone),
        ),
        rx.el.dl(
            rx.el.div(rx.el.dt("Motif"), rx.el.dd(fact(one.reason))),
            rx.cond(
                one.end != "",
                rx.el.div(rx.el.dt("Fin du contrat"), rx.el.dd(one.end, " ", why(one.why, one.end))),
            ),
            class_name="said-of",
        ),
        rx.cond(
            one.late != "",
            rx.el.div(rx.el.p(one.late, class_name="soft"), why(one.late_why, "cette limite")),
        ),
        rx.cond(one.refusal != "", rx.el.p(one.refusal, class_name="row-problem")),
        why(one.refusal_why, "ce refus"),
        rx.el.p("Proposé le ", fact(one.proposed), " ", one.proposed_by, class_name="soft small"),
        class_name="stack",
    )


def _waiting(one: Any) -> rx.Component:
    return rx.el.li(
        _told(one),
        rx.cond(
            one.is_own,
            rx.el.div(
                rx.el.p("Une autre personne la décide.", class_name="soft"),
                button("Retirer ma proposition", kind="other", on_click=OPEN.decline(one.notice_id)),
                class_name="stack",
            ),
            rx.el.div(
                button("Décider la résiliation…", kind="grave", on_click=OPEN.ask_to_accept(one.notice_id)),
                button("Écarter", kind="other", on_click=OPEN.decline(one.notice_id)),
                class_name="button-row",
            ),
        ),
    )


def _running(one: Any) -> rx.Component:
    return rx.el.li(
        _told(one),
        button("Retirer cette résiliation…", kind="other", on_click=OPEN.ask_to_withdraw(one.notice_id)),
    )


def _proposing() -> rx.Component:
    return rx.el.form(
        rx.el.h3("Proposer une résiliation"),
        refused(OPEN, "proposal-"),
        _typed("proposal-contract", "contract", "Contrat", hint="Son numéro, comme CT-2026-0007"),
        _typed(
            "proposal-reason",
            "reason",
            "Pourquoi",
            hint="Pour qui décide ; le client ne le lit pas",
            long=True,
        ),
        button("Proposer cette résiliation", type="submit", kind="other"),
        on_submit=OPEN.propose,
        method="post",
        no_validate=True,
        class_name="stack task-form",
        key=rx.Var.create("proposal-") + OPEN.form_key.to_string(),
    )


def _typed(ident: str, name: str, label: str, *, hint: str, long: bool = False) -> rx.Component:
    error = OPEN.errors.get(ident, "")
    props: dict[str, Any] = {
        "id": ident,
        "name": name,
        "default_value": OPEN.typed.get(ident, ""),
        "class_name": "input",
        "aria_describedby": f"{ident}-hint {ident}-error",
        "aria_invalid": rx.cond(error != "", "true", "false"),
    }
    return rx.el.div(
        rx.el.label(label, html_for=ident),
        rx.el.p(typeset(hint), id=f"{ident}-hint", class_name="field-hint"),
        rx.el.p(error, id=f"{ident}-error", class_name="field-error", role="alert"),
        rx.el.textarea(rows="3", max_length=500, **props)
        if long
        else rx.el.input(auto_complete="off", **props),
        class_name=rx.cond(error != "", "field field-wrong", "field"),
    )


# --- clients' notices ----------------------------------------------------------------------------


def received_notices() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Les résiliations reçues", id="recues"),
        rx.cond(
            OPEN.received.length() > 0,
            table(
                "Résiliations des clients, la dernière d’abord",
                _RECEIVED,
                rx.foreach(OPEN.received, _received_row),
            ),
            empty(
                "Aucune résiliation", "Celle d’un client paraît ici dès que sa lettre est postée ou déposée."
            ),
        ),
        aria_labelledby="recues",
    )


def _received_row(one: Any) -> rx.Component:
    return row(
        _RECEIVED,
        rx.el.span(
            link(one.name, "/gestion/client?id=" + one.contract_id),
            rx.el.span(one.number, class_name="second-line"),
        ),
        fact(one.posted),
        rx.el.span(one.ends, " ", why(one.why, "la fin de ce contrat")),
        rx.el.div(
            badge(one.state, one.tone),
            rx.cond(one.reason != "", rx.el.p(fact(one.reason), class_name="step-detail")),
            rx.el.p(
                plain_link("La lettre", one.href, download=""),
                rx.cond(
                    one.deposit_href != "",
                    rx.fragment(" · ", plain_link("Dépôt", one.deposit_href, download="")),
                ),
                rx.cond(
                    one.receipt_href != "",
                    rx.fragment(" · ", plain_link("Réception", one.receipt_href, download="")),
                ),
            ),
            rx.cond(one.waiver != "", rx.el.p(fact(one.waiver), class_name="step-detail")),
            rx.cond(one.missed != "", _waiving(one)),
        ),
    )


def _waiving(one: Any) -> rx.Component:
    ident = rx.Var.create("waiver-") + one.notice_id.to(str) + "-reason"
    error = OPEN.errors.get(ident, "")
    whole = rx.Var.create("waiver-") + one.notice_id.to(str) + "-"
    return rx.el.details(
        rx.el.summary(one.missed, class_name="why-question"),
        why(one.missed_why, "cette fin"),
        rx.el.form(
            rx.el.input(type="hidden", name="about", value=one.notice_id),
            refused(OPEN, whole),
            rx.el.div(
                rx.el.label("Pourquoi l’accepter", html_for=ident),
                rx.el.p(error, id=ident + "-error", class_name="field-error", role="alert"),
                rx.el.input(
                    id=ident,
                    name="reason",
                    class_name="input",
                    auto_complete="off",
                    aria_describedby=ident + "-error",
                    aria_invalid=rx.cond(error != "", "true", "false"),
                ),
                class_name=rx.cond(error != "", "field field-wrong", "field"),
            ),
            button("Accepter cette résiliation", type="submit", kind="other"),
            on_submit=OPEN.waive,
            method="post",
            no_validate=True,
            class_name="stack",
        ),
    )
