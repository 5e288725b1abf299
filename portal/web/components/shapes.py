"""The shapes that travel from what services read to what components draw: strings ready to be read.

Frozen dataclasses, because Reflex sends them to the browser field by field. Every field has a default:
an empty shape is what a page shows before its data has come.
"""

from dataclasses import dataclass, field
from typing import Literal

# What a mark says by its form: happened, now, to come, something the person can still do, too late; beside another
# line: what is not where it was, what is not there any more.
Tone = Literal["past", "today", "future", "handle", "late", "moved", "gone"]


@dataclass(frozen=True, slots=True)
class WhyStep:
    """One step of a count: what was done, and what it gave."""

    text: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class SkippedDay:
    """A day that did not count: in full, as a small square shows it (« sam. 4 »), and why."""

    day_text: str = ""
    short: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WhyPart:
    """Why one date or amount is what it is; `clause_anchor` names the clause in the page of the terms.

    `persons` are those whom an amount charges, each with her days.
    """

    clause: str = ""
    clause_anchor: str = ""
    starting_point: str = ""
    rule: str = ""
    steps: list[WhyStep] = field(default_factory=list)
    skipped: list[SkippedDay] = field(default_factory=list)
    persons: list[WhyStep] = field(default_factory=list)
    readings: list[str] = field(default_factory=list)
    result: str = ""


@dataclass(frozen=True, slots=True)
class Why(WhyPart):
    """What one « Pourquoi ? » opens on: a reason, and those of what else is dated or priced beside it, `also`.

    An empty `clause` means that there is nothing to explain: no « Pourquoi ? » is drawn.
    """

    also: list[WhyPart] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount or a date with its reason; `note` says more under it.

    `is_fact` where it was recorded and not counted (`components.figures.fact`).
    """

    label: str = ""
    value: str = ""
    note: str = ""
    why: Why = field(default_factory=Why)
    is_fact: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """One moment of a timeline.

    `x` is its place on the line, from 0 to 100. `short` names it in the picture, where there is room for
    three words; the list has `title` and `detail`. In a picture it may stand for several, `gathers` of them. `lane` and `anchor` say where its label stands in the
    picture: `timeline_layout.with_lanes` sets them so that labels never cover each other.
    """

    key: str = ""
    title: str = ""
    detail: str = ""
    when_text: str = ""
    when_iso: str = ""
    short_date: str = ""
    x: float = 0
    tone: str = "future"
    why: Why | None = None
    short: str = ""
    lane: int = 0
    anchor: str = "start"
    gathers: int = 0


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a timeline under one name, from one place on the line to another (0 to 100)."""

    label: str = ""
    start: float = 0
    end: float = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """A month of a chart: `x` is its middle and `height` how tall it is, both from 0 to 100.

    `tone` is settled, open, late or foreseen. `is_named` where its amount is written above it on a narrow screen
    too. `href` leads to what it stands for, "" where there is nothing yet.
    """

    key: str = ""
    month: str = ""
    short: str = ""
    initial: str = ""
    value: str = ""
    standing: str = ""
    tone: str = "foreseen"
    x: float = 0
    height: float = 0
    is_named: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A month of a chart that compares: what it comes to without a change and with it, each with its reason.

    `x` is its middle, the heights how tall its two bars are, from 0 to 100. `is_named` where the amount with the
    change is written above it.
    """

    key: str = ""
    month: str = ""
    short: str = ""
    initial: str = ""
    before: str = ""
    after: str = ""
    difference: str = ""
    x: float = 0
    before_height: float = 0
    after_height: float = 0
    is_named: bool = False
    why_before: Why = field(default_factory=Why)
    why_after: Why = field(default_factory=Why)
    why_difference: Why = field(default_factory=Why)


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a chart of parts: `done` and `rest` are how long its two stretches are, from 0 to 100.

    `says` stands after the bar; `cells` are its figures in the table, in the order of its columns.
    """

    label: str = ""
    done: float = 0
    rest: float = 0
    tone: str = "late"
    says: str = ""
    href: str = ""
    cells: list[str] = field(default_factory=list)
