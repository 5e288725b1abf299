"""From a template of `texts/mails` to a mail's words: one file gives the subject, the text and the HTML.

A template says its words once, in blocks of a `layout`; the layout and its kit of paragraphs, dates and
buttons come in two makes, and rendering with each gives the two parts. In the HTML make everything is
escaped. No template computes a date: it is given those of the contract.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from jinja2 import Environment, PackageLoader, StrictUndefined

from portal.contract.because import Because
from portal.contract.french import NBSP, count, euros, full_date, full_instant, typeset
from portal.contract.trial import REFLECTION_DAYS, TRIAL_DAYS, TRIAL_USERS

Make = Literal["html", "text"]

_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_BLANKS = re.compile(r"[ \t\r\n]+")  # what a template's lines are cut with; no-break spaces stay
_HOUR = re.compile(r"(?<=\d) (?=h\b)|(?<=\bh) (?=\d\d\b)")

_NAME_LENGTH = 80
# What joins emoji and letters of some scripts; the other invisible characters have no place in a name.
_JOINERS = frozenset("\u200c\u200d")
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_WORD_JOINER = "\u2060"
_LIKE_AN_ADDRESS = re.compile(r"(?<=\w)\.(?=\w)|(?<=:)/(?=/)|@")


class NotToBeSent(Exception):
    """The mail has lost its person or its point. The text is French, for staff, and names nobody."""


@dataclass(frozen=True, slots=True)
class Written:
    """The words of a mail: a subject of one line, and the same message twice."""

    subject: str
    text: str
    html: str


def write(template: str, values: Mapping[str, object]) -> Written:
    """Return the mail `template` with `values`; a value that it asks for and misses is an error."""
    return Written(
        subject=_subject(template, values),
        text=re.sub(r"\n{3,}", "\n\n", _rendered("text", template, values)).strip("\n") + "\n",
        html=_rendered("html", template, values),
    )


def as_named(typed: str) -> str:
    """Return a name that a person typed as a mail of ours may carry it, to whomever it goes.

    Shorter, on one line, without characters that hide or turn text; a part like an address does not
    become a link in the reader's program: no stranger speaks through our mails.
    """
    seen = "".join(
        character
        for character in typed
        if character in _JOINERS or not unicodedata.category(character).startswith(("C", "Zl", "Zp"))
    )
    name = " ".join(seen.split())
    if len(name) > _NAME_LENGTH:
        name = f"{name[: _NAME_LENGTH - 1]}…"
    name = _LIKE_AN_ADDRESS.sub(rf"{_WORD_JOINER}\g<0>{_WORD_JOINER}", name)
    if any(unicodedata.bidirectional(character) in {"R", "AL"} for character in name):
        return f"{_ISOLATE}{name}{_END_ISOLATE}"
    return name


def _subject(template: str, values: Mapping[str, object]) -> str:
    found = _environment("text").get_template(f"{template}.jinja")
    words = "".join(found.blocks["subject"](found.new_context(dict(values))))
    return typeset(_BLANKS.sub(" ", words).strip(" "))


def _rendered(make: Make, template: str, values: Mapping[str, object]) -> str:
    return _environment(make).get_template(f"{template}.jinja").render(values)


@cache
def _environment(make: Make) -> Environment:
    environment = Environment(
        loader=PackageLoader("portal.texts", "mails"),
        autoescape=make == "html",  # noqa: S701 -- the other make is plain text, read by no browser
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "day": full_date,
        "instant": full_instant,
        "euros": euros,
        "typeset": _typeset,
        "paragraphs": _paragraphs,
        "said_once": _said_once,
    }
    environment.globals |= {
        "count": count,
        "midnight": f"24{NBSP}h{NBSP}00",
        "trial_days": TRIAL_DAYS,
        "trial_users": TRIAL_USERS,
        "reflection_days": REFLECTION_DAYS,
        "layout": f"layout.{make}.jinja",
    }
    environment.globals["m"] = environment.get_template(f"kit.{make}.jinja").module
    return environment


def _typeset(text: str) -> str:
    """Typeset words of one line; those marked as escaped (a `str` of a kind of Jinja's) stay marked."""
    return type(text)(_HOUR.sub(NBSP, typeset(_BLANKS.sub(" ", text).strip(" "))))


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs that blank lines of a template part."""
    return [_typeset(type(text)(one)) for one in _BLANK_LINE.split(text) if one.strip()]


def _said_once(rows: Iterable[tuple[str, Because]]) -> Iterator[tuple[str, list[str]]]:
    """Yield each label with its explanation; a reading that several dates rest on is said with the first."""
    said = set[str]()
    for label, because in rows:
        lines = because.lines()
        counted = len(lines) - len(because.readings)  # the readings come last
        new = [line for line in lines[counted:] if line not in said]
        said.update(new)
        yield label, [*lines[:counted], *new]
