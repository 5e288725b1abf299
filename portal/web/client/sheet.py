"""An invoice drawn as a sheet of paper: issued on plain paper, not issued yet with a dashed edge."""

from typing import Any

import reflex as rx
from reflex.vars import ObjectVar

from portal.web.client.sheet_view import SheetLine
from portal.web.components.figures import strip
from portal.web.components.table import Column, row, table
from portal.web.components.why import OF_AMOUNT, why

_LINES = (
    Column("Désignation"),
    Column("Quantité", figures=True),
    Column("Prix unitaire HT", figures=True),
    Column("Montant HT", figures=True),
)


def sheet_of(view: Any, *, caption: str) -> rx.Component:
    """Draw the lines of a document, each with its reason, then its totals."""
    return rx.fragment(
        rx.el.div(table(caption, _LINES, rx.foreach(view.lines, _line)), class_name="sheet-lines"),
        rx.el.dl(
            rx.foreach(view.totals, _total),
            rx.el.div(
                rx.el.dt(view.gross.label),
                rx.el.dd(view.gross.value, class_name="ledger-figure"),
                rx.el.dd(why(view.gross.why, view.gross.label, question=OF_AMOUNT), class_name="ledger-why"),
                class_name="ledger-line ledger-total sheet-gross",
            ),
            class_name="ledger sheet-totals",
        ),
    )


def sheet_dates(view: Any) -> rx.Component:
    """Draw when a document is issued, payable and collected."""
    return strip(view.dates)


def _line(line: ObjectVar[SheetLine]) -> rx.Component:
    return row(
        _LINES,
        rx.el.div(
            rx.el.span(line.label, class_name="sheet-label"),
            rx.cond(line.note != "", rx.el.span(line.note, class_name="second-line")),
            why(line.why, line.label, question=OF_AMOUNT),
        ),
        line.quantity,
        line.unit,
        rx.el.span(line.net, class_name="amount"),
    )


def _total(one: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(one.label),
        rx.el.dd(one.value, class_name="ledger-figure"),
        rx.el.dd(why(one.why, one.label, question=OF_AMOUNT), class_name="ledger-why"),
        class_name="ledger-line",
    )
