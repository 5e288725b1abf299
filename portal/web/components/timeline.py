"""The timeline, the product's face: a contract as a line through time.

What happened is solid, today is a mark, what will happen is outlined, what can still be done is a handle.
The picture and the list under it are the same data. The picture is an SVG whose marks can be reached by
keyboard and lead to their line in the list; on a narrow screen the list itself becomes the line.
"""

import reflex as rx

from portal.web.components.anchors import Text
from portal.web.components.shapes import Mark
from portal.web.components.why import why

_svg = rx.el.svg
Marks = list[Mark] | rx.Var[list[Mark]]


def timeline(marks: Marks, label: Text, *, days: float | rx.Var[float] = 0) -> rx.Component:
    """Draw the whole line and its list; `label` says whose line it is. Lanes come from `with_lanes`.

    `days` is how many the line is long (`span_days`): it is then divided like a ruler, a tick a day.
    """
    given = rx.Var.create(marks).to(list[Mark])
    return rx.el.div(
        _picture(given, label, rx.Var.create(days).to(float)), _listed(given, label), class_name="timeline"
    )


def next_dates(marks: Marks, label: Text) -> rx.Component:
    """Draw the line reduced to what comes next: two or three dates, large, each with its reason."""
    given = rx.Var.create(marks).to(list[Mark])
    return rx.el.ol(rx.foreach(given, _next_date), class_name="next-dates", aria_label=label)


def _picture(marks: rx.Var[list[Mark]], label: Text, days: rx.Var[float]) -> rx.Component:
    return rx.el.svg(
        _svg.rect(x="0%", y="-8", width="100%", height="16", class_name="timeline-outline"),
        rx.cond(days > 0, _ruler(days)),
        rx.foreach(marks, _elapsed),
        rx.foreach(marks, _mark),
        class_name="timeline-picture",
        role="group",
        aria_label=label,
    )


def _ruler(days: rx.Var[float]) -> rx.Component:
    """Divide the line into days, from its first instant on."""
    day = (100 / days).to_string() + "%"
    return _svg.g(
        _svg.defs(
            _svg.pattern(
                _svg.line(x1="0", x2="0", y1="0", y2="5", class_name="timeline-tick"),
                id="timeline-day",
                width=day,
                height="16",
                x="0",
                y="-8",
                pattern_units="userSpaceOnUse",
            )
        ),
        _svg.rect(x="0%", y="-8", width="100%", height="16", custom_attrs={"fill": "url(#timeline-day)"}),
        aria_hidden="true",
    )


def _elapsed(mark: rx.Var[Mark]) -> rx.Component:
    """Fill the line up to today; what is left of it stays outlined."""
    return rx.cond(
        mark.tone == "today",
        _svg.rect(x="0%", y="-8", width=mark.x.to_string() + "%", height="16", class_name="timeline-solid"),
    )


def _mark(mark: rx.Var[Mark]) -> rx.Component:
    return rx.el.svg(
        _svg.a(
            rx.cond(mark.tone == "today", _today(mark), _flagged(mark)),
            href="#moment-" + mark.key,
            aria_label=mark.when_text + "\u00a0: " + mark.title,
        ),
        class_name="mark mark-" + mark.tone + " lane-" + mark.lane.to_string(),
        custom_attrs={"x": mark.x.to_string() + "%"},
    )


def _today(mark: rx.Var[Mark]) -> rx.Component:
    return _svg.g(
        _svg.rect(x="-16", y="-24", width="32", height="72", class_name="mark-reach"),
        _svg.line(x1="0", x2="0", y1="-12", y2="24", class_name="mark-staff"),
        _glyph(mark),
        _svg.text(
            _svg.tspan(mark.title, class_name="mark-short"),
            y="42",
            custom_attrs={"textAnchor": rx.cond(mark.x < 12, "start", rx.cond(mark.x > 88, "end", "middle"))},  # noqa: PLR2004
        ),
    )


def _flagged(mark: rx.Var[Mark]) -> rx.Component:
    """Draw a mark with its flag: the date above, the name under it; without a name, the mark alone."""
    top = mark.lane * -48 - 32
    side = rx.cond(mark.anchor == "end", -8, 8)
    return rx.fragment(
        _svg.rect(x="-12", y="-14", width="24", height="28", class_name="mark-reach"),
        rx.cond(
            mark.short != "",
            _svg.g(
                _svg.line(x1="0", x2="0", y1="0", y2=top - 24, class_name="mark-staff"),
                _svg.text(
                    _svg.tspan(
                        mark.short_date, custom_attrs={"x": side, "y": top - 12}, class_name="mark-date"
                    ),
                    _svg.tspan(mark.short, x=side, y=top + 6, class_name="mark-short"),
                    custom_attrs={"textAnchor": mark.anchor},
                ),
            ),
        ),
        _glyph(mark),
    )


def _glyph(mark: rx.Var[Mark]) -> rx.Component:
    """Draw what the mark is by its form: disc, ring, grip, lozenge."""
    return rx.match(
        mark.tone,
        ("past", _svg.circle(cx="0", cy="0", r="6", class_name="glyph glyph-past")),
        ("today", _svg.path(d="M-7 -20 L7 -20 L0 -8 Z", class_name="glyph glyph-today")),
        (
            "handle",
            _svg.g(
                _svg.rect(x="-7", y="-12", width="14", height="24", rx="4", class_name="glyph glyph-handle"),
                _svg.path(d="M-2 -5 V5 M2 -5 V5", class_name="glyph-grip"),
            ),
        ),
        ("late", _svg.path(d="M0 -10 L10 0 L0 10 L-10 0 Z", class_name="glyph glyph-late")),
        _svg.circle(cx="0", cy="0", r=rx.cond(mark.short != "", "7", "4"), class_name="glyph glyph-future"),
    )


def _listed(marks: rx.Var[list[Mark]], label: Text) -> rx.Component:
    return rx.el.ol(rx.foreach(marks, _moment), class_name="moments", aria_label=label)


def _moment(mark: rx.Var[Mark]) -> rx.Component:
    return rx.el.li(
        _bullet(mark),
        rx.el.p(
            rx.el.time(mark.when_text, date_time=mark.when_iso, class_name="date"), class_name="moment-when"
        ),
        rx.el.div(
            rx.el.p(mark.title, class_name="moment-title"),
            rx.cond(mark.detail != "", rx.el.p(mark.detail, class_name="soft")),
            why(mark.why, mark.title),
            class_name="moment-what",
        ),
        id="moment-" + mark.key,
        class_name="moment moment-" + mark.tone,
    )


def _next_date(mark: rx.Var[Mark]) -> rx.Component:
    return rx.el.li(
        _bullet(mark),
        rx.el.p(
            rx.el.time(mark.when_text, date_time=mark.when_iso, class_name="date"),
            class_name="next-date-when",
        ),
        rx.el.p(mark.title, class_name="moment-title"),
        why(mark.why, mark.title),
        class_name="next-date moment-" + mark.tone,
    )


def _bullet(mark: rx.Var[Mark]) -> rx.Component:
    return rx.el.svg(
        _svg.g(_glyph(mark), transform=rx.cond(mark.tone == "today", "translate(16 38)", "translate(16 24)")),
        class_name="bullet mark-" + mark.tone,
        aria_hidden="true",
        width="32",
        height="48",
    )
