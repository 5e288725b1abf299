"""Ends before the term on `/gestion/destructions`: a letter that starts a delay, then one that ends the contract."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.components.anchors import button, link, plain_link
from portal.web.components.badge import badge
from portal.web.components.fields import field
from portal.web.components.figures import fact
from portal.web.components.why import why
from portal.web.staff.destruction_states import EarlyEndsState
from portal.web.staff.letter_forms import posting_form, proof_form

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
EARLY: Any = EarlyEndsState


def early_ends_panel() -> rx.Component:
    """Show the letters, and the two forms that begin one."""
    return rx.el.section(
        rx.el.h2("Les résiliations avant terme", id="avant-terme"),
        rx.el.p(
            typeset(
                "Une première lettre fait courir le délai ; une seconde, le délai passé, met fin au contrat le jour où elle part "
            ),
            link("(CGV, article\u00a014)", "/cgv#article-14"),
            ", ",
            link("(article\u00a016)", "/cgv#article-16"),
            ".",
        ),
        rx.cond(
            EARLY.letters.length() > 0,
            rx.el.ul(rx.foreach(EARLY.letters, _letter), class_name="decisions", id="lettres", tab_index=-1),
        ),
        _demand(),
        _observe(),
        aria_labelledby="avant-terme",
        class_name="stack",
    )


def _letter(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(rx.el.span(one.name, class_name="decision-name"), " ", badge(one.state, one.tone)),
            rx.el.p(one.subject),
            rx.el.p(fact(one.detail), class_name="soft"),
            rx.cond(
                one.opens != "",
                rx.fragment(rx.el.p(one.opens), why(one.opens_why, "la date de la résiliation")),
            ),
            rx.el.p(
                plain_link("La lettre (PDF)", one.href, download=""),
                rx.cond(
                    one.has_proof,
                    rx.fragment(" · ", plain_link("La preuve de réception", one.proof_href, download="")),
                ),
            ),
            rx.cond(
                one.may_end,
                button(
                    rx.fragment(
                        "Préparer la lettre de résiliation", rx.el.span(" de ", one.name, class_name="unseen")
                    ),
                    kind="other",
                    on_click=EARLY.draw(one.letter_id),
                ),
            ),
        ),
        rx.cond(
            one.is_posted,
            rx.cond(one.has_proof, None, proof_form(one)),
            posting_form(EARLY, one, rx.cond(one.ends, "Résilier le contrat…", "Noter l’envoi…"), "other"),
        ),
    )


def _demand() -> rx.Component:
    return rx.el.form(
        rx.el.h3("Mettre en demeure l’administrateur judiciaire"),
        number_field("demand-number", EARLY.errors, EARLY.typed),
        field(
            "addressee",
            "Administrateur judiciaire",
            kept=EARLY.typed["addressee"],
            error=EARLY.errors.get("addressee", ""),
            hint=typeset("Comme « Maître Claire Aubin »"),
            ident="demand-addressee",
        ),
        field(
            "address",
            "Son adresse",
            kept=EARLY.typed["address"],
            error=EARLY.errors.get("address", ""),
            hint=typeset("Une virgule entre les lignes : « 3 rue du Palais, 59000 Lille »"),
            ident="demand-address",
        ),
        button("Préparer la mise en demeure", kind="other", type="submit"),
        on_submit=EARLY.demand,
        no_validate=True,
        method="post",
        class_name="stack",
        key=rx.Var.create("demand-") + EARLY.form_key.to_string(),
    )


def _observe() -> rx.Component:
    return rx.el.form(
        rx.el.h3("Constater une force majeure"),
        number_field("observe-number", EARLY.since_errors, EARLY.typed),
        field(
            "since",
            "Premier jour de l’empêchement",
            kept=EARLY.typed["since"],
            error=EARLY.since_errors.get("since", ""),
            kind="date",
            ident="observe-since",
        ),
        button("Préparer le constat", kind="other", type="submit"),
        on_submit=EARLY.observe,
        no_validate=True,
        method="post",
        class_name="stack",
        key=rx.Var.create("observe-") + EARLY.form_key.to_string(),
    )


def number_field(ident: str, errors: Any, typed: Any) -> rx.Component:
    """Ask which contract it is about."""
    return field(
        "number",
        "Numéro du contrat, ou SIREN",
        kept=typed["number"],
        error=errors.get("number", ""),
        auto_complete="off",
        ident=ident,
    )
