"""A year in twelve bars: what was settled is solid, what is foreseen outlined, what is late has a form of its own.

Drawn as SVG by us, with its table beside it and a sentence that says what it shows. On a narrow screen a month
is one letter, and only the amounts that matter are written.
"""

from collections.abc import Sequence

import reflex as rx
from reflex.vars import ObjectVar

from portal.web.components.anchors import Text, link
from portal.web.components.bars import amount_above, at_month, months_plot
from portal.web.components.shapes import Bar, Why
from portal.web.components.table import Column, row, table
from portal.web.components.why import OF_AMOUNTS, why

_svg = rx.el.svg
_HEIGHT = 176


def year_chart(
    bars: list[Bar] | rx.Var[list[Bar]],
    says: Text,
    caption: Text,
    *,
    reason: Why | rx.Var[Why],
    amount: str = "Montant TTC",
) -> rx.Component:
    """Draw the bars, the sentence that says what they show, and their table, closed; `amount` heads its figures.

    `reason` is how its amounts are reckoned.
    """
    columns = (Column("Mois"), Column("État"), Column(amount, figures=True))
    given = rx.Var.create(bars).to(list[Bar])
    return rx.el.figure(
        rx.el.figcaption(
            rx.el.span(says, id="chart-says"),
            " ",
            why(reason, caption, question=OF_AMOUNTS),
            class_name="chart-says",
        ),
        months_plot(given, _bar, height=_HEIGHT, named_by="chart-says", defs=late_stripes("bar-late")),
        rx.el.details(
            rx.el.summary("Les mêmes montants en tableau", class_name="why-question"),
            table(caption, columns, rx.foreach(given, lambda bar: _row(bar, columns))),
            class_name="chart-table",
        ),
        class_name="chart-figure",
    )


def late_stripes(ident: str) -> rx.Component:
    """What a late bar is filled with, by its id: it is told from a settled one without its colour."""
    return _svg.defs(
        _svg.pattern(
            _svg.line(x1="0", x2="0", y1="0", y2="8", class_name="bar-stripe"),
            id=ident,
            width="8",
            height="8",
            pattern_units="userSpaceOnUse",
            custom_attrs={"patternTransform": "rotate(45)"},
        )
    )


def _bar(bar: ObjectVar[Bar]) -> rx.Component:
    """Draw one bar from the ground up, its amount above it."""
    top = f"{100 - bar.height.to(float)}%"
    named = rx.cond(bar.is_named, "bar-value bar-value-named", "bar-value")
    return at_month(
        bar,
        _svg.rect(x="-3%", width="6%", y=top, height=f"{bar.height}%", class_name=f"bar bar-{bar.tone}"),
        rx.cond(bar.value != "", amount_above(top, bar.value, named)),
    )


def _row(bar: ObjectVar[Bar], columns: Sequence[Column]) -> rx.Component:
    return row(
        columns,
        rx.cond(bar.href != "", link(bar.month, bar.href), rx.el.span(bar.month)),
        rx.cond(bar.standing != "", rx.el.span(bar.standing), rx.el.span("rien", class_name="soft")),
        rx.cond(bar.value != "", rx.el.span(bar.value), rx.el.span("—", class_name="soft")),
    )
