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

from portal.contract.french import count, long_month
from portal.web.components.shapes import Mark

# A picture that holds more would be one blot.
MOST_MARKS = 44
# The highest lane for which the picture leaves room.
HIGHEST_LANE = 3
_MONTHS_AT_MOST = 24

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
    drawn, or would stand too high, the oldest of what has happened give theirs up first, then what is
    furthest away, today last of all: the list beside the picture has every name.
    """
    placed = [_named(mark) for mark in _apart(sorted(marks, key=lambda mark: mark.x))]
    while (found := _best(placed)) is None:
        index = _least_needed(placed)
        if index is None:
            anchored = (replace(mark, anchor="end" if mark.x > _MIDDLE else "start") for mark in placed)
            return [mark if mark.tone == "today" else replace(mark, short="") for mark in anchored]
        placed[index] = replace(placed[index], short="")
    flags = [index for index, mark in enumerate(placed) if mark.short]
    turn, lanes = found
    for order, index in enumerate(flags):
        anchor = "start" if order < turn else "end"
        placed[index] = replace(placed[index], lane=lanes[order], anchor=anchor)
    return placed


def gathered(marks: Sequence[Mark], most: int = MOST_MARKS) -> list[Mark]:
    """Return the marks for a picture that holds `most`: what has happened and bears no name is drawn together.

    By month, or by more months the longer a contract has lasted. A mark that stands for several leads to the
    first of them in the list, and says how many they are.
    """
    months = 1
    drawn = list(marks)
    while len(drawn) > most and months <= _MONTHS_AT_MOST:
        drawn = _by_months(marks, months)
        months *= 2
    # No reason is read in a picture: they are in the list, and need not travel twice.
    return [replace(mark, why=None) for mark in with_lanes(drawn)]


def _by_months(marks: Sequence[Mark], months: int) -> list[Mark]:
    kept = [mark for mark in marks if mark.short or mark.tone != "past"]
    stretches: dict[int, list[Mark]] = {}
    for mark in marks:
        if not mark.short and mark.tone == "past":
            at = datetime.fromisoformat(mark.when_iso)
            stretches.setdefault((at.year * 12 + at.month - 1) // months, []).append(mark)
    together = [
        replace(
            found[0],
            x=sum(one.x for one in found) / len(found),
            when_text=_months_of(found[0], found[-1]),
            title=count(len(found), "évènement"),
            detail=" ".join(one.title for one in found),
            gathers=len(found),
        )
        if len(found) > 1
        else found[0]
        for found in stretches.values()
    ]
    return sorted([*kept, *together], key=lambda mark: mark.x)


def _months_of(first: Mark, last: Mark) -> str:
    begins, ends = (long_month(mark.when_iso[:7]) for mark in (first, last))
    return begins if begins == ends else f"De {begins} à {ends}"


def span_days(marks: Sequence[Mark]) -> float:
    """Return how many days lie between the first mark and the last; 0 where they have no dates."""
    instants = [datetime.fromisoformat(mark.when_iso) for mark in marks if mark.when_iso]
    return (max(instants) - min(instants)) / timedelta(days=1) if instants else 0


def _best(placed: list[Mark]) -> tuple[int, list[int]] | None:
    """Return how many flags fly right and each one's lane, in the lowest way; None where they cannot be drawn."""
    flags = [mark for mark in placed if mark.short]
    tried = ((turn, _lanes(flags, turn)) for turn in range(len(flags), -1, -1))
    drawable = [(max(lanes, default=0), turn, lanes) for turn, lanes in tried if lanes is not None]
    if not drawable:
        return None
    highest, turn, lanes = min(drawable, key=lambda one: (one[0], -one[1]))
    return (turn, lanes) if highest <= HIGHEST_LANE else None


def _least_needed(placed: list[Mark]) -> int | None:
    """Return whose flag goes first: the oldest past one, else the furthest to come; None where only today's is left."""
    flags = [index for index, mark in enumerate(placed) if mark.short and mark.tone != "today"]
    past = [index for index in flags if placed[index].tone == "past"]
    return past[0] if past else next(reversed(flags), None)


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
