"""Twelve months twice: without a change, outlined, and with it, solid, side by side; then the same in a table.

Drawn as SVG by us. The amounts that matter are written above their bars; all of them, each with its reason, are in
the table.
"""

from collections.abc import Sequence
from typing import Any

import reflex as rx
from reflex.vars import ObjectVar

from portal.web.components.anchors import Text
from portal.web.components.bars import amount_above, at_month, months_plot
from portal.web.components.shapes import Pair, Why
from portal.web.components.table import Column, row, table
from portal.web.components.why import why

_svg = rx.el.svg
_HEIGHT = 160


def pairs_chart(
    pairs: list[Pair] | rx.Var[list[Pair]],
    says: Text,
    caption: Text,
    *,
    ident: Text,
    before: str,
    after: str,
    total: Sequence[tuple[Text, Text | rx.Var[Why]]] = (),
) -> rx.Component:
    """Draw the pairs of bars, the sentence that says what they show, and their table.

    `before` and `after` name the two sides; `total` is its last line: three amounts, each with its reason.
    """
    columns = (
        Column("Mois"),
        Column(before, figures=True),
        Column(after, figures=True),
        Column("Différence", figures=True),
    )
    given = rx.Var.create(pairs).to(list[Pair])
    return rx.el.figure(
        rx.el.figcaption(
            says,
            rx.el.span(
                rx.el.span(class_name="pair-key pair-key-before", aria_hidden="true"),
                before,
                rx.el.span(class_name="pair-key pair-key-after", aria_hidden="true"),
                after,
                class_name="pair-keys",
            ),
            id=ident,
            class_name="chart-says",
        ),
        months_plot(given, _bars, height=_HEIGHT, named_by=ident),
        table(
            caption,
            columns,
            rx.fragment(
                rx.foreach(given, lambda pair: _row(pair, columns)),
                *([_total(columns, total)] if total else []),
            ),
        ),
        class_name="chart-figure pairs",
    )


def _bars(pair: ObjectVar[Pair]) -> rx.Component:
    top = f"{100 - pair.after_height.to(float)}%"
    return at_month(
        pair,
        _svg.rect(
            x="-3.2%",
            width="3%",
            y=f"{100 - pair.before_height.to(float)}%",
            height=f"{pair.before_height}%",
            class_name="bar pair-before",
        ),
        _svg.rect(x="0.2%", width="3%", y=top, height=f"{pair.after_height}%", class_name="bar bar-settled"),
        rx.cond(pair.is_named, amount_above(top, pair.after, "bar-value bar-value-named")),
    )


def _row(pair: Any, columns: Sequence[Column]) -> rx.Component:
    return row(
        columns,
        pair.month,
        _amount(pair.before, pair.why_before, pair.month + ", " + columns[1].heading),
        _amount(pair.after, pair.why_after, pair.month + ", " + columns[2].heading),
        rx.cond(
            pair.difference != "",
            _amount(pair.difference, pair.why_difference, pair.month + ", la différence"),
            rx.el.span("—", class_name="soft"),
        ),
    )


def _total(columns: Sequence[Column], total: Sequence[tuple[Text, Text | rx.Var[Why]]]) -> rx.Component:
    return row(
        columns,
        rx.el.strong("Les douze mois"),
        *(_amount(rx.el.strong(amount), reason, "les douze mois") for amount, reason in total),
    )


def _amount(amount: Text | rx.Component, reason: Any, about: Text) -> rx.Component:
    return rx.el.span(
        rx.el.span(amount, class_name="amount"), " ", why(reason, about), class_name="pair-amount"
    )
