"""Dates and amounts as they stand in a sentence or a column, each with its reason."""

from typing import Any

import reflex as rx

from portal.web.components.anchors import Text
from portal.web.components.shapes import Figure, Why
from portal.web.components.why import why

Reason = Why | rx.Var[Why] | rx.Var[Why | None] | None


def date(text: Text, iso: Text = "", reason: Reason = None) -> rx.Component:
    """Show a day or an instant; `iso` is the same for machines."""
    shown = (
        rx.el.time(text, date_time=iso, class_name="date")
        if isinstance(iso, rx.Var) or iso
        else rx.el.span(text, class_name="date")
    )
    return shown if reason is None else rx.fragment(shown, " ", why(reason, text))


def fact(text: Text) -> rx.Component:
    """Show a date that was recorded when something was done, typed or received: nothing was counted to reach it.

    Marked so in the page, where every other date or amount has its reason; never for what a rule gives.
    """
    return rx.el.span(text, class_name="fact", custom_attrs={"data-fact": "true"})


def amount(text: Text, reason: Reason = None) -> rx.Component:
    """Show an amount, never broken over two lines."""
    shown = rx.el.span(text, class_name="amount")
    return shown if reason is None else rx.fragment(shown, " ", why(reason, text))


def ledger(*lines: rx.Component, label: str | None = None) -> rx.Component:
    """Set lines under each other as a bank statement does: what, dots, how much."""
    return rx.el.dl(*lines, class_name="ledger", aria_label=label)


def ledger_line(
    what: Text, figure: Text | rx.Component, note: Text | rx.Component | None = None, reason: Reason = None
) -> rx.Component:
    """One line of a ledger; `note` stands under it in small."""
    return rx.el.div(
        rx.el.dt(what),
        rx.el.dd(figure, class_name="ledger-figure"),
        *([rx.el.dd(note, class_name="ledger-note")] if note is not None else []),
        *([rx.el.dd(why(reason, what), class_name="ledger-why")] if reason is not None else []),
        class_name="ledger-line",
    )


def ledger_total(what: Text, figure: Text, reason: Reason = None) -> rx.Component:
    """The last line, over a double rule."""
    return rx.el.div(
        rx.el.dt(what),
        rx.el.dd(figure, class_name="ledger-figure"),
        *([rx.el.dd(why(reason, what), class_name="ledger-why")] if reason is not None else []),
        class_name="ledger-line ledger-total",
    )


def figures(lines: list[Figure] | rx.Var[list[Figure]], *rest: rx.Component) -> rx.Component:
    """Set figures under each other as a ledger; `rest` are its last lines, a total perhaps."""
    given = rx.Var.create(lines).to(list[Figure])
    return rx.el.dl(rx.foreach(given, figure), *rest, class_name="ledger")


def strip(lines: Any) -> rx.Component:
    """Set the dates and sums of one thing side by side, each under its name."""
    return rx.el.dl(rx.foreach(rx.Var.create(lines).to(list[Figure]), _piece), class_name="strip")


def _piece(one: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(one.label),
        rx.el.dd(rx.cond(one.is_fact, fact(one.value), one.value), class_name="strip-value"),
        rx.cond(one.note != "", rx.el.dd(one.note, class_name="strip-note")),
        rx.cond(one.why.clause != "", rx.el.dd(why(one.why, one.label))),
    )


def figure(one: Any) -> rx.Component:
    """Draw one line of a ledger."""
    return rx.el.div(
        rx.el.dt(one.label),
        rx.el.dd(rx.cond(one.is_fact, fact(one.value), one.value), class_name="ledger-figure"),
        rx.cond(one.note != "", rx.el.dd(one.note, class_name="ledger-note")),
        rx.cond(one.why.clause != "", rx.el.dd(why(one.why, one.label), class_name="ledger-why")),
        class_name="ledger-line",
    )
