"""`/gestion/courriers`: registered letters with their proofs, our notices with four eyes, clients' notices."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.services.notice_forms import OUTCOMES
from portal.web.components.anchors import button, link, plain_link
from portal.web.components.badge import badge
from portal.web.components.confirm import confirm_dialog
from portal.web.components.empty import empty
from portal.web.components.figures import fact, strip
from portal.web.components.frame import Area, frame
from portal.web.components.notice import notice, problem
from portal.web.components.skeleton import skeleton
from portal.web.components.why import why
from portal.web.staff.letter_forms import refused
from portal.web.staff.letters_states import LettersState
from portal.web.staff.notices_panel import our_notices, received_notices
from portal.web.staff.sending import send_file

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
OPEN: Any = LettersState


def letters_page() -> rx.Component:
    return frame(
        rx.cond(OPEN.loaded, _letters(), skeleton(10, heading=True)),
        area=Area.STAFF,
        here="/gestion/courriers",
    )


def _letters() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.h1("Les courriers"), rx.el.p(OPEN.says, class_name="lead"), class_name="page-head"
        ),
        problem(OPEN.problem, OPEN.whys),
        notice(OPEN.said),
        rx.cond(
            OPEN.groups.length() > 0,
            rx.foreach(OPEN.groups, _group),
            rx.el.section(
                empty(
                    "Aucun courrier",
                    "Les lettres recommandées à poster seront ici, avec leurs quatre dates et leurs preuves.",
                )
            ),
        ),
        our_notices(),
        received_notices(),
        confirm_dialog(
            OPEN.confirming,
            title=OPEN.title,
            effect=rx.fragment(
                rx.el.p(OPEN.effect), rx.foreach(OPEN.reasons, lambda one: why(one, one.result))
            ),
            consent=OPEN.consent,
            confirm_label=OPEN.label,
            on_confirm=OPEN.confirm,
            on_keep=OPEN.keep,
        ),
    )


def _group(group: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(group.title),
        rx.el.ul(rx.foreach(group.cards, _card), class_name="decisions"),
    )


def _card(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                link(one.name, "/gestion/client?id=" + one.contract_id, class_name="decision-name"),
                " ",
                badge(one.state, one.tone),
            ),
            rx.el.p(one.kind, class_name="soft"),
            strip(one.dates),
            rx.cond(one.problem != "", rx.el.p(fact(one.problem), class_name="row-problem")),
            rx.el.p(
                plain_link("La lettre (PDF)", one.href, download=""),
                rx.cond(
                    one.has_deposit,
                    rx.fragment(" · ", plain_link("Preuve de dépôt", one.deposit_href, download="")),
                ),
                rx.cond(
                    one.has_receipt,
                    rx.fragment(" · ", plain_link("Preuve de réception", one.receipt_href, download="")),
                ),
            ),
            class_name="stack",
        ),
        rx.el.div(
            rx.cond(
                one.elsewhere != "",
                rx.el.p(
                    typeset("Ce qu’elle produit le jour où elle est postée se confirme dans "),
                    link(one.elsewhere, one.elsewhere_href),
                    ".",
                ),
            ),
            rx.cond(one.may_post, _posting(one)),
            rx.cond(one.may_present, _presenting(one)),
            rx.cond(one.may_tell, _telling(one)),
            rx.cond(
                one.may_prove,
                rx.fragment(
                    rx.cond(one.has_deposit, None, _proof(one, "depot", "Preuve de dépôt", one.deposit_href)),
                    rx.cond(
                        one.has_receipt,
                        None,
                        _proof(one, "reception", "Accusé de réception", one.receipt_href),
                    ),
                ),
            ),
            class_name="stack",
        ),
    )


def _posting(one: Any) -> rx.Component:
    return rx.fragment(
        _form(
            "posted",
            one,
            OPEN.tell_posted,
            "Noter le dépôt",
            _day("posted", one, "Jour du dépôt à la poste"),
            _line("posted", one, "tracking", "Numéro de suivi"),
        ),
        rx.cond(
            OPEN.may_send,
            button("Envoyer en recommandé électronique", kind="other", on_click=OPEN.send(one.letter_id)),
        ),
    )


def _presenting(one: Any) -> rx.Component:
    return _form(
        "presented",
        one,
        OPEN.tell_presented,
        "Noter la présentation",
        _day(
            "presented",
            one,
            "Jour de la première présentation",
            hint="Selon le suivi de la poste : ce jour compte",
        ),
    )


def _telling(one: Any) -> rx.Component:
    ident = rx.Var.create("outcome-") + one.letter_id.to(str)
    return _form(
        "outcome",
        one,
        OPEN.tell_outcome,
        "Noter l’issue",
        rx.el.div(
            rx.el.label("Ce qu’elle est devenue", html_for=ident + "-outcome"),
            rx.el.select(
                *(rx.el.option(words.capitalize(), value=code) for code, words in OUTCOMES.items()),
                id=ident + "-outcome",
                name="outcome",
                class_name="input",
            ),
            class_name="field",
        ),
        _day("outcome", one, "Ce jour"),
    )


def _form(name: str, one: Any, on_submit: Any, label: str, *fields: rx.Component) -> rx.Component:
    whole = rx.Var.create(f"{name}-") + one.letter_id.to(str) + "-"
    return rx.el.form(
        rx.el.input(type="hidden", name="about", value=one.letter_id),
        refused(OPEN, whole),
        *fields,
        button(
            rx.fragment(label, rx.el.span(" de la lettre à ", one.name, class_name="unseen")), type="submit"
        ),
        on_submit=on_submit,
        method="post",
        no_validate=True,
        class_name="stack",
        key=whole + OPEN.form_key.to_string(),
    )


def _day(name: str, one: Any, label: str, *, hint: str = "") -> rx.Component:
    return _line(name, one, "day", label, kind="date", hint=hint, default=OPEN.today)


def _line(
    name: str, one: Any, field: str, label: str, *, kind: str = "text", hint: str = "", default: Any = ""
) -> rx.Component:
    ident = rx.Var.create(f"{name}-") + one.letter_id.to(str) + f"-{field}"
    error = OPEN.errors.get(ident, "")
    kept = OPEN.typed.get(ident, default)
    return rx.el.div(
        rx.el.label(label, html_for=ident),
        *([rx.el.p(typeset(hint), class_name="field-hint")] if hint else []),
        rx.el.p(error, id=ident + "-error", class_name="field-error", role="alert"),
        rx.el.input(
            id=ident,
            name=field,
            type=kind,
            default_value=kept,
            class_name="input",
            auto_complete="off",
            aria_describedby=ident + "-error",
            aria_invalid=rx.cond(error != "", "true", "false"),
        ),
        class_name=rx.cond(error != "", "field field-wrong", "field"),
    )


def _proof(one: Any, which: str, name: str, href: Any) -> rx.Component:
    return send_file(
        href,
        rx.Var.create(f"{which}-") + one.letter_id.to(str),
        name,
        hint="PDF ou photo",
        accept=".pdf,.jpg,.jpeg,.png",
        label="Ranger cette preuve",
    )
