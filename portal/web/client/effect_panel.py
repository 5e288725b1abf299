"""How the effect of a change is drawn before it is confirmed: each invoice that changes, as it will be issued."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.components.why import why


def effect_panel(effect: Any) -> rx.Component:
    """Draw an `EffectView`: its sentence, then a ledger for each invoice that changes."""
    return rx.fragment(
        rx.el.p(effect.summary, class_name="effect-summary"),
        documents_panel(effect.documents),
    )


def documents_panel(documents: Any) -> rx.Component:
    """Draw a list of `EffectDocument`, each as a ledger."""
    return rx.fragment(rx.foreach(documents, _document))


def _document(document: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h3(document.title, rx.el.span(", ", document.issued, class_name="soft")),
        why(document.why_issued, document.issued),
        rx.el.dl(
            rx.foreach(document.lines, _line),
            _total("Total hors taxes", document.net, document.why_net),
            _total("TVA", document.vat, document.why_vat),
            _total("Total TTC", document.gross, document.why_gross, last=True),
            class_name="ledger",
        ),
        rx.cond(document.before != "", _compared(document)),
        class_name="effect",
    )


def _compared(document: Any) -> rx.Component:
    return rx.el.div(
        rx.cond(
            document.difference != "",
            rx.fragment(
                rx.el.p(
                    typeset("Au lieu de "),
                    rx.el.span(document.before, class_name="amount"),
                    typeset(" TTC, soit "),
                    rx.el.strong(document.difference, class_name="amount"),
                    ".",
                ),
                why(document.why_difference, "cette différence"),
            ),
            rx.el.p("Le total est le même."),
        ),
        class_name="effect-difference",
    )


def _line(one: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(
            rx.el.span(one.label, rx.cond(one.news != "", rx.el.span(one.news, class_name="effect-new")))
        ),
        rx.el.dd(one.amount, class_name="ledger-figure"),
        rx.cond(one.quantity != "", rx.el.dd(one.quantity, class_name="ledger-note")),
        rx.el.dd(why(one.why, one.label), class_name="ledger-why"),
        class_name="ledger-line",
    )


def _total(what: str, figure: Any, reason: Any, *, last: bool = False) -> rx.Component:
    return rx.el.div(
        rx.el.dt(what),
        rx.el.dd(figure, class_name="ledger-figure"),
        rx.el.dd(why(reason, what), class_name="ledger-why"),
        class_name="ledger-line ledger-total" if last else "ledger-line",
    )
