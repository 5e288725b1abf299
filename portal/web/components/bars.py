"""The frame of a chart of months, drawn as SVG by us: a ground, what stands on it, the months under it.

On a narrow screen a month is one letter (`initial`), else a few (`short`); `x` is its place, from 0 to 100.
"""

from typing import Any

import reflex as rx

from portal.web.components.anchors import Text

_svg = rx.el.svg
# Above the plot stands the amount of its tallest bar, under it the months.
_TOP, _FOOT, _BASELINE = 28, 32, 22


def months_plot(
    months: rx.Var[Any], draw: Any, *, height: int, named_by: Text, defs: rx.Component | None = None
) -> rx.Component:
    """Draw each of `months` with `draw`, in a plot so high; `named_by` is the id of what says what it shows."""
    ground = _TOP + height
    return rx.el.svg(
        *([defs] if defs is not None else []),
        _svg.line(x1="0%", x2="100%", y1=ground, y2=ground, class_name="chart-ground"),
        rx.el.svg(
            rx.foreach(months, draw),
            class_name="chart-part",
            custom_attrs={"y": str(_TOP), "height": str(height)},
        ),
        rx.foreach(months, lambda month: _month(month, str(ground + _BASELINE))),
        class_name="chart",
        role="img",
        aria_labelledby=named_by,
        custom_attrs={"height": str(ground + _FOOT)},
    )


def at_month(month: Any, *drawn: rx.Component, **attributes: Any) -> rx.Component:
    """Draw around the middle of a month."""
    return rx.el.svg(*drawn, class_name="chart-part", custom_attrs={"x": f"{month.x}%"}, **attributes)


def amount_above(top: str, amount: Any, class_name: Any) -> rx.Component:
    """Write an amount above the bar that ends at `top`."""
    return rx.el.svg(
        _svg.text(amount, x="0", y="-8", class_name=class_name),
        class_name="chart-part",
        custom_attrs={"y": top},
    )


def _month(month: Any, y: str) -> rx.Component:
    return at_month(
        month,
        _svg.text(month.short, x="0", y=y, class_name="bar-month"),
        _svg.text(month.initial, x="0", y=y, class_name="bar-initial"),
        aria_hidden="true",
    )
