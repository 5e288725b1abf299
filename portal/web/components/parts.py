"""Amounts lying down, one under the other: what is done is solid, the rest of it in the form of what it is.

Drawn as SVG by us, each line labelled at its end, with a sentence that says what it shows and its table.
"""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from portal.web.components.anchors import Text, link
from portal.web.components.chart import late_stripes
from portal.web.components.shapes import Part, Why
from portal.web.components.table import Column, row, table
from portal.web.components.why import OF_AMOUNTS, why

_svg = rx.el.svg


def parts_chart(
    parts: list[Part] | rx.Var[list[Part]],
    says: Text,
    caption: Text,
    columns: Sequence[Column],
    *,
    reason: Why | rx.Var[Why] | None = None,
) -> rx.Component:
    """Draw the lines, the sentence, and their table, closed; `columns` are the line's own name, then its figures.

    `reason` is how its amounts are reckoned, where it shows amounts.
    """
    given = rx.Var.create(parts).to(list[Part])
    return rx.el.figure(
        rx.el.figcaption(
            says,
            *([" ", why(reason, caption, question=OF_AMOUNTS)] if reason is not None else []),
            class_name="chart-says",
        ),
        rx.el.svg(late_stripes("part-late"), class_name="part-stripes", aria_hidden="true"),
        rx.el.ul(rx.foreach(given, _line), class_name="parts"),
        rx.el.details(
            rx.el.summary("Les mêmes chiffres en tableau", class_name="why-question"),
            table(caption, columns, rx.foreach(given, lambda part: _row(part, columns))),
            class_name="chart-table",
        ),
        class_name="chart-figure",
    )


def _line(part: Any) -> rx.Component:
    return rx.el.li(
        rx.cond(
            part.href != "",
            link(part.label, part.href, class_name="part-label"),
            rx.el.span(part.label, class_name="part-label"),
        ),
        rx.cond(
            part.done + part.rest > 0,
            rx.el.svg(
                _svg.rect(x="0", y="2", width=f"{part.done}%", height="16", class_name="bar bar-settled"),
                _svg.rect(
                    x=f"{part.done}%",
                    y="2",
                    width=f"{part.rest}%",
                    height="16",
                    class_name=f"bar bar-{part.tone}",
                ),
                class_name="part-bar",
                aria_hidden="true",
                custom_attrs={"height": "20"},
            ),
        ),
        rx.el.span(part.says, class_name="part-says"),
        class_name=rx.cond(part.done + part.rest > 0, "part", "part part-none"),
    )


def _row(part: Any, columns: Sequence[Column]) -> rx.Component:
    return row(columns, part.label, *(part.cells[nth] for nth in range(len(columns) - 1)))
