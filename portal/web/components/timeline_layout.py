"""Where the labels of a timeline stand: pure arithmetic, so that none covers another nor is crossed by a line.

A label is a flag on its staff: it flies to the right (`start`) or, near the end of the line, to the left
(`end`). A staff must never cross a flag, so a flag that reaches over its neighbour's staff flies above
its neighbour's own. The marks up to some point fly right and all after it left: every such point is
tried, and the one that needs the fewest lanes is kept.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from graphlib import CycleError, TopologicalSorter

from portal.web.components.shapes import Mark

# The picture is drawn from 720 px on, where a letter of 14 px is about 1 % of it.
_PERCENT_PER_LETTER = 1.0
_STAFF_GAP = 2.0
# Two marks closer than this would be one blot.
_APART = 1.8
_END = 100.0
_MIDDLE = 50.0

_Span = tuple[float, float]


def with_lanes(marks: Sequence[Mark]) -> list[Mark]:
    """Return the marks in order of place, apart from each other, each with its lane and anchor.

    Today always has a flag, the others where they have a `short` name. Where the flags cannot all be
    drawn, only today's is: the list beside the picture has every name.
    """
    placed = [_named(mark) for mark in _apart(sorted(marks, key=lambda mark: mark.x))]
    flags = [index for index, mark in enumerate(placed) if mark.short]
    tried = ((turn, _lanes([placed[index] for index in flags], turn)) for turn in range(len(flags), -1, -1))
    drawable = [(max(lanes, default=0), turn, lanes) for turn, lanes in tried if lanes is not None]
    if not drawable:
        return [
            replace(
                mark,
                anchor="end" if mark.x > _MIDDLE else "start",
                short=mark.short if mark.tone == "today" else "",
            )
            for mark in placed
        ]
    _, turn, lanes = min(drawable, key=lambda one: (one[0], -one[1]))
    for order, index in enumerate(flags):
        anchor = "start" if order < turn else "end"
        placed[index] = replace(placed[index], lane=lanes[order], anchor=anchor)
    return placed


def span_days(marks: Sequence[Mark]) -> float:
    """Return how many days lie between the first mark and the last; 0 where they have no dates."""
    instants = [datetime.fromisoformat(mark.when_iso) for mark in marks if mark.when_iso]
    return (max(instants) - min(instants)) / timedelta(days=1) if instants else 0


def _named(mark: Mark) -> Mark:
    return replace(mark, short=mark.short or mark.title) if mark.tone == "today" else mark


def _apart(marks: list[Mark]) -> list[Mark]:
    """Push marks that would touch apart: to the right, then back from the end of the line."""
    places = [mark.x for mark in marks]
    for index in range(1, len(places)):
        places[index] = max(places[index], places[index - 1] + _APART)
    limit = _END
    for index in reversed(range(len(places))):
        places[index] = min(places[index], limit)
        limit = places[index] - _APART
    return [replace(mark, x=round(place, 2)) for mark, place in zip(marks, places, strict=True)]


def _lanes(flags: list[Mark], turn: int) -> list[int] | None:
    """Return the lane of each flag when those before `turn` fly right; None where that cannot be drawn."""
    spans = [_span(mark, flies_right=order < turn) for order, mark in enumerate(flags)]
    if any(start < 0 or end > _END for start, end in spans):
        return None
    reaches = [[spans[one][0] <= mark.x <= spans[one][1] for mark in flags] for one in range(len(flags))]
    below = {
        one: [
            other
            for other in range(len(flags))
            if other != one
            and (
                reaches[one][other]
                or (other < one and not reaches[other][one] and _overlap(spans[one], spans[other]))
            )
        ]
        for one in range(len(flags))
    }
    lanes = [0] * len(flags)
    try:
        for one in TopologicalSorter(below).static_order():
            lanes[one] = 1 + max((lanes[other] for other in below[one]), default=-1)
    except CycleError:
        return None
    return lanes


def _overlap(one: _Span, other: _Span) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _span(mark: Mark, *, flies_right: bool) -> _Span:
    width = max(len(mark.short), len(mark.short_date)) * _PERCENT_PER_LETTER + _STAFF_GAP
    return (mark.x, mark.x + width) if flies_right else (mark.x - width, mark.x)
