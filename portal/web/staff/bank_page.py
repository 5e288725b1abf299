"""`/gestion/banque`: what the bank says first, then what goes to it, what it did not take, what came back."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.components.anchors import button, link, plain_link
from portal.web.components.badge import badge
from portal.web.components.empty import empty
from portal.web.components.fields import field
from portal.web.components.figures import amount, date, fact
from portal.web.components.frame import Area, frame
from portal.web.components.heartbeat import heartbeat
from portal.web.components.notice import notice, problem
from portal.web.components.skeleton import skeleton
from portal.web.components.table import Column, row, table
from portal.web.components.why import why
from portal.web.staff.bank_states import BankState
from portal.web.staff.rooms import billing_rooms, page_parts
from portal.web.staff.sending import send_file

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
OPEN: Any = BankState

_FILES = (
    Column("Prélevé le"),
    Column("Prélèvements", figures=True),
    Column("Total TTC", figures=True),
    Column("État"),
    Column("Fichier"),
)
_MESSAGES = (Column("Message"), Column("Reçu le"), Column("Lignes", figures=True), Column("État"))
_LEFT_OUT = (Column("Facture"), Column("Client"), Column("Montant TTC", figures=True), Column("Pourquoi"))


def bank_page() -> rx.Component:
    return frame(
        rx.cond(OPEN.loaded, _bank(), skeleton(10, heading=True)),
        area=Area.STAFF,
        here="/gestion/facturation",
    )


def _bank() -> rx.Component:
    return rx.fragment(
        billing_rooms("/gestion/banque"),
        rx.el.header(
            rx.el.h1("La banque"),
            rx.el.p(
                typeset(
                    "Ce qu’elle dit, ce que nous lui remettons, et ce que ni elle ni nous ne savons expliquer."
                ),
                class_name="lead",
            ),
            class_name="page-head",
        ),
        problem(OPEN.problem, OPEN.whys),
        notice(OPEN.said),
        page_parts(
            ("Lignes à expliquer", "#lignes"),
            ("Messages", "#messages"),
            ("Fichiers à remettre", "#fichiers"),
            ("Revenus impayés", "#revenus"),
        ),
        _lines(),
        _messages(),
        _files(),
        _returns(),
        heartbeat(OPEN.refresh),
    )


# --- lines ---------------------------------------------------------------------------------------


def _lines() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Les lignes à expliquer", id="lignes"),
        rx.cond(
            OPEN.lines.length() > 0,
            rx.el.ul(rx.foreach(OPEN.lines, _line), class_name="decisions"),
            empty(
                "Tout est expliqué",
                typeset(
                    "Une ligne que le portail ne reconnaît pas paraît ici : rien n’en est fait sans vous."
                ),
            ),
        ),
        aria_labelledby="lignes",
    )


def _line(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.strong(fact(one.amount), class_name="amount"),
                " · ",
                one.kind,
                class_name="decision-name",
            ),
            rx.el.p(
                fact(one.booked), rx.cond(one.party != "", rx.fragment(", ", one.party)), class_name="soft"
            ),
            rx.cond(one.wording != "", rx.el.p(rx.el.q(fact(one.wording)))),
            rx.cond(one.reason != "", rx.el.p(one.reason)),
            rx.el.p(fact(one.problem), class_name="row-problem"),
        ),
        rx.cond(
            OPEN.line == one.line_id,
            rx.el.form(
                problem(OPEN.line_errors.get("", ""), OPEN.whys),
                rx.cond(
                    one.can_pay,
                    field(
                        "line_invoice",
                        "La facture qu’elle règle",
                        kept=one.invoice,
                        hint=typeset("Vide : la ligne est classée sans rien régler"),
                        optional=True,
                        auto_complete="off",
                    ),
                ),
                field(
                    "line_reason", "Pourquoi", hint="Quelqu’un le relira", max_length=500, auto_complete="off"
                ),
                button("Enregistrer", type="submit"),
                on_submit=OPEN.resolve,
                method="post",
                no_validate=True,
                class_name="stack",
            ),
            button(
                rx.fragment("Expliquer", rx.el.span(" la ligne de ", fact(one.amount), class_name="unseen")),
                kind="other",
                on_click=OPEN.explain(one.line_id),
            ),
        ),
    )


# --- messages ------------------------------------------------------------------------------------


def _messages() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Les messages de la banque", id="messages"),
        send_file(
            "/gestion/banque/messages",
            "message",
            "Un message à lire",
            hint=typeset(
                "Le fichier XML de la banque : pain.002, camt.053 ou camt.054. Le même deux fois ne compte qu’une."
            ),
            accept=".xml,text/xml,application/xml",
            label="Lire ce message",
        ),
        rx.cond(
            OPEN.messages.length() > 0,
            table("Messages lus, le dernier d’abord", _MESSAGES, rx.foreach(OPEN.messages, _message)),
        ),
        aria_labelledby="messages",
    )


def _message(one: Any) -> rx.Component:
    return row(
        _MESSAGES,
        rx.el.span(one.kind, rx.el.span(one.name, class_name="second-line")),
        fact(one.received),
        one.lines,
        badge(one.state, one.tone),
    )


# --- collections ---------------------------------------------------------------------------------


def _files() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Les fichiers à remettre", id="fichiers"),
        rx.cond(
            OPEN.files.length() > 0,
            table("Fichiers de prélèvement, le dernier d’abord", _FILES, rx.foreach(OPEN.files, _file)),
            empty("Aucun fichier encore", "Le premier paraît quelques jours bancaires avant un prélèvement."),
        ),
        rx.cond(
            OPEN.left_out.length() > 0,
            rx.el.details(
                rx.el.summary(OPEN.left_out_says, class_name="opens"),
                table("Factures laissées de côté", _LEFT_OUT, rx.foreach(OPEN.left_out, _left_out)),
                class_name="opening",
            ),
        ),
        aria_labelledby="fichiers",
    )


def _file(one: Any) -> rx.Component:
    return row(
        _FILES,
        date(one.day, reason=one.why),
        one.lines,
        amount(one.total, one.total_why),
        rx.el.span(
            badge(fact(one.state), one.tone),
            rx.cond(one.detail != "", rx.el.span(one.detail, class_name="second-line")),
        ),
        rx.el.span(
            plain_link(
                rx.fragment("Télécharger", rx.el.span(" ", one.name, class_name="unseen")),
                one.href,
                download="",
            ),
            rx.el.span(one.name, class_name="second-line"),
        ),
    )


def _left_out(one: Any) -> rx.Component:
    return row(
        _LEFT_OUT,
        rx.el.span(
            one.invoice,
            rx.el.span("pour le ", one.day, " ", why(one.day_why, one.invoice), class_name="second-line"),
        ),
        link(one.client, "/gestion/client?id=" + one.contract_id),
        amount(one.amount, one.amount_why),
        rx.el.span(one.words, " ", why(one.words_why, "cette date")),
    )


def _returns() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Revenus impayés", id="revenus"),
        notice(OPEN.again_said),
        rx.cond(
            OPEN.returns.length() > 0,
            rx.el.form(
                problem(OPEN.again_errors.get("", ""), OPEN.whys),
                rx.el.ul(rx.foreach(OPEN.returns, _return), class_name="ticks"),
                field(
                    "again_on",
                    "Les présenter de nouveau le",
                    hint=typeset("Un jour bancaire ; chaque client en est prévenu par e-mail"),
                    error=OPEN.again_errors.get("again_on", ""),
                    kind="date",
                ),
                button("Présenter de nouveau", type="submit"),
                on_submit=OPEN.present,
                method="post",
                no_validate=True,
                class_name="stack",
            ),
            empty(
                "Rien n’est revenu", "Un prélèvement rejeté ou rendu paraît ici tant que sa facture est due."
            ),
        ),
        aria_labelledby="revenus",
    )


def _return(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.input(id=one.name, name=one.name, type="checkbox", disabled=~one.may_present),
            rx.el.label(
                rx.el.strong(fact(one.amount), class_name="amount"),
                " · ",
                one.client,
                ", ",
                one.invoice,
                rx.el.span(fact(one.state), class_name="second-line"),
                rx.cond(one.reason != "", rx.el.span(one.reason, class_name="second-line")),
                rx.cond(
                    one.may_present,
                    None,
                    rx.el.span("Il faut d’abord un nouveau mandat.", class_name="second-line"),
                ),
                html_for=one.name,
            ),
            class_name="tick",
        )
    )
