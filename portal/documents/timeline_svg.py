"""The line of a contract's life as a picture that stands alone: one SVG file, readable, printable, in both modes.

Time runs downwards, so that every date keeps its words beside it however many there are: what happened is
solid, what is to come is outlined, a last chance to act is a diamond, the present a line across.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from xml.sax.saxutils import escape

from portal.contract.calendar import paris_day
from portal.contract.explanations import Moment, Tense
from portal.contract.french import full_date, full_instant, hour

_WIDTH = 880
_TOP = 96
_LINE_X = 300
_TEXT_X = 328
_ROW = 40
_TEXT_ROW = 22
_GAP = 6
_CHARACTERS = 62

_STYLE = """
  text { font-family: "Source Sans 3", "Source Sans Pro", "Segoe UI", sans-serif; fill: #1b2624; font-size: 16px }
  .title { font-size: 28px; font-weight: 600 }
  .soft { fill: #54605b; font-size: 14px }
  .day { font-variant-numeric: tabular-nums; text-anchor: end }
  .paper { fill: #faf7f0 }
  .line { stroke: #1b2624; stroke-width: 3 }
  .ahead { stroke: #0d5257; stroke-width: 2; stroke-dasharray: 2 6 }
  .past { fill: #1b2624 }
  .worse { fill: #98301d }
  .future { fill: #faf7f0; stroke: #0d5257; stroke-width: 2.5 }
  .last_chance { fill: #faf7f0; stroke: #7a5200; stroke-width: 2.5 }
  .now { stroke: #7a5200; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    text, .past { fill: #ebe5d8 }
    .soft { fill: #aeb3aa }
    .paper { fill: #101a1c }
    .line { stroke: #ebe5d8 }
    .worse { fill: #f09e88 }
    .ahead, .future { stroke: #88cdc8 }
    .future, .last_chance { fill: #101a1c }
    .last_chance, .now { stroke: #e3b763 }
  }
"""

# What went wrong is drawn as a square: never by its colour alone.
_WORSE = frozenset(
    {"default_recorded", "service_suspended", "payment_returned", "document_refused", "data_destroyed"}
)


@dataclass(frozen=True, slots=True)
class _Row:
    """A moment, or None for the present, at its height; its day is written once."""

    y: int
    moment: Moment | None
    shows_day: bool = True


def timeline_svg(title: str, moments: Sequence[Moment], at: datetime) -> str:
    """Return the picture of a contract's moments as seen at `at`, as one SVG document."""
    rows, bottom = _laid_out(moments, at)
    height = bottom + 32
    now_y = next((row.y for row in rows if row.moment is None), _TOP)
    shapes = [
        f'<rect class="paper" width="{_WIDTH}" height="{height}"/>',
        f'<text class="title" x="32" y="48">{escape(title)}</text>',
        f'<line class="line" x1="{_LINE_X}" y1="{_TOP - 16}" x2="{_LINE_X}" y2="{now_y}"/>',
        f'<line class="ahead" x1="{_LINE_X}" y1="{now_y}" x2="{_LINE_X}" y2="{bottom}"/>',
    ]
    for row in rows:
        shapes.extend(_mark(row, row.moment) if row.moment else _now(row.y, at))
    said = " ; ".join(f"{full_instant(one.at)} : {one.title}" for one in moments)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" lang="fr" role="img" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}" aria-labelledby="title desc">\n'
        f'<title id="title">{escape(title)}</title>\n<desc id="desc">{escape(said)}</desc>\n'
        f"<style>{_STYLE}</style>\n" + "\n".join(shapes) + "\n</svg>\n"
    )


def _laid_out(moments: Sequence[Moment], at: datetime) -> tuple[list[_Row], int]:
    """Return each moment with its height on the page, and the page's bottom."""
    rows: list[_Row] = []
    y = _TOP
    day: date | None = None
    passed = False
    for moment in moments:
        if not passed and moment.at > at:
            rows.append(_Row(y + _ROW // 2, None))
            passed, day = True, None
            y += 2 * _ROW
        same_day = paris_day(moment.at) == day
        day = paris_day(moment.at)
        if rows and not same_day and rows[-1].moment:
            y += _ROW - _TEXT_ROW
        rows.append(_Row(y, moment, shows_day=not same_day))
        y += _TEXT_ROW * len(_wrapped(moment.title)) + _GAP
    if not passed:
        rows.append(_Row(y + _ROW // 2, None))
        y += _ROW
    return rows, y


def _mark(row: _Row, moment: Moment) -> Iterator[str]:
    y = row.y
    if moment.tense is Tense.LAST_CHANCE:
        yield (
            f'<path class="last_chance" d="M{_LINE_X} {y - 9} L{_LINE_X + 9} {y} L{_LINE_X} {y + 9} '
            f'L{_LINE_X - 9} {y} Z"/>'
        )
    elif moment.name.rpartition("-")[0] in _WORSE:
        yield f'<rect class="worse" x="{_LINE_X - 7}" y="{y - 7}" width="14" height="14"/>'
    else:
        yield f'<circle class="{moment.tense.value}" cx="{_LINE_X}" cy="{y}" r="7"/>'
    if row.shows_day:
        day = escape(full_date(paris_day(moment.at)))
        yield f'<text class="day" x="{_LINE_X - 24}" y="{y + 5}">{day}</text>'
    *lines, last = _wrapped(moment.title)
    for index, line in enumerate(lines):
        yield f'<text x="{_TEXT_X}" y="{y + 5 + index * _TEXT_ROW}">{escape(line)}</text>'
    when = f'<tspan class="soft">  {escape(hour(moment.at))}, art. {escape(moment.because.clause)}</tspan>'
    bottom = y + 5 + len(lines) * _TEXT_ROW
    yield f'<text x="{_TEXT_X}" y="{bottom}" xml:space="preserve">{escape(last)}{when}</text>'


def _now(y: int, at: datetime) -> Iterator[str]:
    yield f'<line class="now" x1="{_LINE_X - 16}" y1="{y}" x2="{_WIDTH - 32}" y2="{y}"/>'
    yield f'<text class="soft" x="{_TEXT_X}" y="{y - 6}">{escape(full_instant(at))}</text>'


def _wrapped(title: str) -> list[str]:
    """Return the title in lines; no-break spaces hold, as `textwrap` alone would not let them."""
    lines = [""]
    for word in title.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > _CHARACTERS:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
