"""A table of figures that becomes cards on a narrow screen.

The roles are written out: a browser forgets that a table is one as soon as its display is changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import reflex as rx

from portal.web.components.anchors import Text, link


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its heading; figures stand on the right."""

    heading: str
    figures: bool = False


def table(caption: Text, columns: Sequence[Column], rows: rx.Component) -> rx.Component:
    """Draw a table; `rows` is what `rx.foreach` makes of `row`. The caption is read out, not shown."""
    return rx.el.table(
        rx.el.caption(caption, class_name="unseen"),
        rx.el.thead(
            rx.el.tr(
                *(
                    rx.el.th(
                        column.heading,
                        scope="col",
                        role="columnheader",
                        class_name="figures" if column.figures else None,
                    )
                    for column in columns
                ),
                role="row",
            ),
            role="rowgroup",
        ),
        rx.el.tbody(rows, role="rowgroup"),
        class_name="table",
        role="table",
    )


def row(columns: Sequence[Column], *cells: Text | rx.Component) -> rx.Component:
    """Draw one row; on a narrow screen each cell carries its column's heading."""
    return rx.el.tr(
        *(
            rx.el.td(
                cell,
                role="cell",
                class_name="figures" if column.figures else None,
                custom_attrs={"data-heading": column.heading},
            )
            for column, cell in zip(columns, cells, strict=True)
        ),
        role="row",
    )


def row_link(label: Text, href: Text) -> rx.Component:
    """Name a row by a real link; the whole row can be clicked."""
    return link(label, href, class_name="row-link")
