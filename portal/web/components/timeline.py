"""The timeline, the product's face: a contract as a line through time.

What happened is solid, today is a mark, what will happen is outlined, what can still be done is a handle.
The picture and the list under it are the same data. The picture is an SVG whose marks can be reached by
keyboard and lead to their line in the list; on a narrow screen the list itself becomes the line, its marks
reached in the same way. `assets/timeline.js` walks them with the arrows and opens a mark's reason in place.
"""

import reflex as rx
from reflex.vars import NumberVar, ObjectVar

from portal.web.components.anchors import Text, plain_link
from portal.web.components.shapes import Mark, Phase
from portal.web.components.why import why

_svg = rx.el.svg
Marks = list[Mark] | rx.Var[list[Mark]]


def timeline(
    marks: Marks,
    label: Text,
    *,
    days: float | rx.Var[float] = 0,
    phases: list[Phase] | rx.Var[list[Phase]] | None = None,
    drawn: Marks | None = None,
    is_listed: bool = True,
) -> rx.Component:
    """Draw the whole line and its list; `label` says whose line it is. Lanes come from `with_lanes`.

    Without `is_listed` the list (`moments`) stands elsewhere on the page.

    `days` is how many the line is long (`span_days`): it is then divided like a ruler, a tick a day.
    `phases` are named under it. `drawn` are the marks of the picture where it gathers some (`gathered`).
    """
    given = rx.Var.create(marks).to(list[Mark])
    return rx.el.div(
        picture(given if drawn is None else drawn, label, days=days, phases=phases),
        rx.el.div(class_name="timeline-stage", aria_live="polite"),
        *([moments(given, label)] if is_listed else []),
        class_name="timeline",
    )


def picture(
    marks: Marks,
    label: Text,
    *,
    days: float | rx.Var[float] = 0,
    phases: list[Phase] | rx.Var[list[Phase]] | None = None,
) -> rx.Component:
    """Draw the line alone; each mark leads to what has the id `moment-` and its key."""
    given = rx.Var.create(marks).to(list[Mark])
    length = rx.Var.create(days).to(float)
    return rx.el.svg(
        _svg.rect(x="0%", y="-8", width="100%", height="16", class_name="timeline-outline"),
        rx.cond(length > 0, _ruler(length)),
        rx.foreach(given, _elapsed),
        *([rx.foreach(rx.Var.create(phases).to(list[Phase]), _phase)] if phases is not None else []),
        rx.foreach(given, _mark),
        class_name="timeline-picture",
        role="group",
        aria_label=label,
    )


def next_dates(marks: Marks, label: Text) -> rx.Component:
    """Draw the line reduced to what comes next: two dates, large, each with its reason; nothing without any.

    The line comes out of the past, solid, and goes on through them.
    """
    given = rx.Var.create(marks).to(list[Mark])
    return rx.cond(
        given.length() > 0,
        rx.el.ol(rx.foreach(given, _next_date), class_name="next-dates", aria_label=label),
    )


def _ruler(days: NumberVar[float]) -> rx.Component:
    """Divide the line into days, from its first instant on."""
    day = f"{100 / days}%"
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


def _elapsed(mark: ObjectVar[Mark]) -> rx.Component:
    """Fill the line up to today; what is left of it stays outlined."""
    return rx.cond(
        mark.tone == "today",
        _svg.rect(x="0%", y="-8", width=f"{mark.x}%", height="16", class_name="timeline-solid"),
    )


def _phase(phase: ObjectVar[Phase]) -> rx.Component:
    """Draw a stretch of the line as draughtsmen give a measure: a thin line between two ticks, its name under it."""
    start, end = f"{phase.start}%", f"{phase.end}%"
    middle = f"{(phase.start.to(float) + phase.end.to(float)) / 2}%"
    return _svg.g(
        _svg.line(x1=start, x2=end, y1="24", y2="24"),
        _svg.line(x1=start, x2=start, y1="19", y2="29"),
        _svg.line(x1=end, x2=end, y1="19", y2="29"),
        _svg.text(phase.label, x=middle, y="46", custom_attrs={"textAnchor": "middle"}),
        class_name="timeline-phase",
    )


def _mark(mark: ObjectVar[Mark]) -> rx.Component:
    return rx.el.svg(
        _svg.a(
            _svg.rect(x="-12", y="-14", width="24", height="28", rx="4", class_name="mark-reach"),
            rx.cond(mark.short != "", _flag(mark)),
            _glyph(mark),
            href=f"#moment-{mark.key}",
            aria_label=f"{mark.when_text}\u00a0: {mark.title}",
            tab_index=_stop(mark),
            class_name="mark-stop",
            custom_attrs={"data-many": rx.cond(mark.gathers.to(int) > 1, mark.detail, "")},
        ),
        class_name=f"mark mark-{mark.tone} lane-{mark.lane}",
        custom_attrs={"x": f"{mark.x}%"},
    )


def _stop(mark: ObjectVar[Mark]) -> rx.Var[int]:
    """One mark of a line is reached by the Tab key, today's; the arrows lead on to the others."""
    return rx.cond(mark.tone == "today", 0, -1)


def _flag(mark: ObjectVar[Mark]) -> rx.Component:
    """Draw the mark's staff and on it the date above, the name under it."""
    top = mark.lane.to(int) * -48 - 36
    side = rx.cond(mark.anchor == "end", -8, 8)
    return _svg.g(
        _svg.line(x1="0", x2="0", y1="0", y2=top - 24, class_name="mark-staff"),
        _svg.text(
            _svg.tspan(mark.short_date, x=side, y=top - 12, class_name="mark-date"),
            _svg.tspan(mark.short, x=side, y=top + 6, class_name="mark-short"),
            custom_attrs={"textAnchor": mark.anchor},
        ),
    )


def _glyph(mark: ObjectVar[Mark]) -> rx.Component:
    """Draw what the mark is by its form: disc, ring, grip, lozenge."""
    return rx.match(
        mark.tone,
        (
            "past",
            _svg.circle(cx="0", cy="0", r=rx.cond(mark.short != "", "7", "5"), class_name="glyph glyph-past"),
        ),
        ("today", _svg.path(d="M-8 -20 L8 -20 L0 -6 Z", class_name="glyph glyph-today")),
        (
            "handle",
            _svg.g(
                _svg.rect(x="-7", y="-12", width="14", height="24", rx="4", class_name="glyph glyph-handle"),
                _svg.path(d="M-2 -5 V5 M2 -5 V5", class_name="glyph-grip"),
            ),
        ),
        ("late", _svg.path(d="M0 -10 L10 0 L0 10 L-10 0 Z", class_name="glyph glyph-late")),
        (
            "moved",
            _svg.g(
                _svg.circle(cx="0", cy="0", r="10", class_name="glyph glyph-moved"),
                _svg.circle(cx="0", cy="0", r="4", class_name="glyph glyph-moved-heart"),
            ),
        ),
        (
            "gone",
            _svg.g(
                _svg.circle(cx="0", cy="0", r="8", class_name="glyph glyph-future"),
                _svg.path(d="M-5 -5 L5 5 M5 -5 L-5 5", class_name="glyph glyph-cross"),
            ),
        ),
        _svg.circle(cx="0", cy="0", r=rx.cond(mark.short != "", "7", "4"), class_name="glyph glyph-future"),
    )


def moments(marks: Marks, label: Text) -> rx.Component:
    """Draw the list of a line, each mark with its reason."""
    given = rx.Var.create(marks).to(list[Mark])
    return rx.el.ol(rx.foreach(given, _moment), class_name="moments", aria_label=label)


def _moment(mark: ObjectVar[Mark]) -> rx.Component:
    return rx.el.li(
        plain_link(
            _bullet(mark),
            f"#moment-{mark.key}",
            aria_label=f"{mark.when_text}\u00a0: {mark.title}",
            tab_index=_stop(mark),
            class_name="moment-mark mark-stop",
        ),
        rx.el.p(
            rx.el.time(
                mark.when_text,
                date_time=mark.when_iso,
                class_name="date",
                # The present is no count: it has no reason to give.
                custom_attrs={"data-fact": rx.cond(mark.tone == "today", "true", "false")},
            ),
            class_name="moment-when",
        ),
        rx.el.div(
            rx.el.p(mark.title, class_name="moment-title"),
            rx.cond(mark.detail != "", rx.el.p(mark.detail, class_name="soft")),
            why(mark.why, mark.title),
            class_name="moment-what",
        ),
        id=f"moment-{mark.key}",
        class_name=f"moment moment-{mark.tone}",
    )


def _next_date(mark: ObjectVar[Mark]) -> rx.Component:
    return rx.el.li(
        _bullet(mark),
        rx.el.p(
            rx.el.time(mark.when_text, date_time=mark.when_iso, class_name="date"),
            class_name="next-date-when",
        ),
        rx.el.p(
            rx.el.span(mark.title, class_name="moment-title"),
            rx.cond(mark.detail != "", rx.el.span(", ", mark.detail, class_name="soft")),
        ),
        why(mark.why, mark.title),
        class_name=f"next-date moment-{mark.tone}",
    )


def _bullet(mark: ObjectVar[Mark]) -> rx.Component:
    return rx.el.svg(
        _svg.g(_glyph(mark), transform=rx.cond(mark.tone == "today", "translate(16 38)", "translate(16 24)")),
        class_name=f"bullet mark-{mark.tone}",
        aria_hidden="true",
        width="32",
        height="48",
    )
