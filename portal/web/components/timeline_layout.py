"""Where the labels of a timeline stand: pure arithmetic, so that none covers another nor is crossed by a line.

A label is a flag on its staff: it flies to the right (`start`) or, near the end of the line, to the left
(`end`). A staff must never cross a flag, so a flag that reaches over its neighbour's staff flies above
its neighbour's own. The marks up to some point fly right and all after it left: every such point is
tried, and the one that needs the fewest lanes is kept.
"""

from collections.abc import Sequence
from dataclasses import replace

from portal.web.components.shapes import Mark

# The picture is drawn from 720 px on, where a letter of 14 px is about 1 % of it.
_PERCENT_PER_LETTER = 1.0
_STAFF_GAP = 2.0
# Two marks closer than this would be one blot.
_APART = 1.8


def with_lanes(marks: Sequence[Mark]) -> list[Mark]:
    """Return the marks in order of place, apart from each other, each with its lane and anchor.

    Marks without a `short` name, and today's, have no flag.
    """
    placed = _apart(sorted(marks, key=lambda mark: mark.x))
    flags = [index for index, mark in enumerate(placed) if mark.short and mark.tone != "today"]
    best: list[int] | None = None
    turned = 0
    for turn in range(len(flags), -1, -1):
        lanes = _lanes([placed[index] for index in flags], turn)
        if lanes is not None and (best is None or max(lanes, default=0) < max(best, default=0)):
            best, turned = lanes, turn
    lane_of = dict(zip(flags, best or [0] * len(flags), strict=True))
    left = set(flags[turned:])
    return [
        replace(mark, lane=lane_of.get(index, 0), anchor="end" if index in left else "start")
        for index, mark in enumerate(placed)
    ]


def _apart(marks: list[Mark]) -> list[Mark]:
    """Push marks that would touch apart: to the right, then back from the end of the line."""
    places = [mark.x for mark in marks]
    for index in range(1, len(places)):
        places[index] = max(places[index], places[index - 1] + _APART)
    limit = 100.0
    for index in reversed(range(len(places))):
        places[index] = min(places[index], limit)
        limit = places[index] - _APART
    return [replace(mark, x=round(place, 2)) for mark, place in zip(marks, places, strict=True)]


def _lanes(flags: list[Mark], turn: int) -> list[int] | None:
    """Return the lane of each flag when those before `turn` fly right; None where that cannot be drawn."""
    spans = [_span(mark, flies_right=index < turn) for index, mark in enumerate(flags)]
    if any(start < 0 or end > 100 for start, end in spans):  # noqa: PLR2004 -- percent of the line
        return None
    # A flag flies above every staff that it reaches over.
    above = {
        index: [
            other
            for other, mark in enumerate(flags)
            if other != index and spans[index][0] <= mark.x <= spans[index][1]
        ]
        for index in range(len(flags))
    }
    lanes: list[int | None] = [None] * len(flags)
    for _ in flags:
        for index, below in above.items():
            known = [lanes[other] for other in below]
            if lanes[index] is None and None not in known:
                lanes[index] = 1 + max((lane for lane in known if lane is not None), default=-1)
    done = [lane for lane in lanes if lane is not None]
    if len(done) < len(flags):
        return None
    for index, other in _pairs(len(flags)):
        while done[index] == done[other] and _overlap(spans[index], spans[other]):
            return None
    return done


def _pairs(count: int) -> list[tuple[int, int]]:
    return [(one, other) for one in range(count) for other in range(one)]


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _span(mark: Mark, *, flies_right: bool) -> tuple[float, float]:
    width = max(len(mark.short), len(mark.short_date)) * _PERCENT_PER_LETTER + _STAFF_GAP
    return (mark.x, mark.x + width) if flies_right else (mark.x - width, mark.x)
