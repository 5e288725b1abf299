"""Papers by Typst: a template of `templates/`, values as JSON, a tagged PDF (PDF/UA-1) out, PDF/A-3a if asked.

Values never become source: what a person typed is a string in the template, whatever it looks like. The
compiler sees the template's folder alone, no system font, no package from the network. The same values
and instant give the same bytes.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import typst

_FOLDER = Path(__file__).parent / "templates"

# What the fonts that come with Typst draw: Latin, Greek, Cyrillic, punctuation, currencies, arrows,
# mathematics, box drawing. PDF/UA refuses a document with a character that no font draws.
_UNDRAWN = re.compile(
    "[^\u0020-\u007e\u00a0-\u02af\u0370-\u04ff\u1e00-\u1eff\u2010-\u2027\u202f-\u2040\u2070-\u209c"
    "\u20a0-\u20c0\u2190-\u22ff\u2500-\u25ff]"
)
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Mn", "Me"})


def printable(text: str) -> str:
    """Return `text` as it can be drawn: a character without a drawing stands as its code, « ‹U+1F600› ».

    Nothing is dropped, so that a name on an evidence page is the name that was recorded; a direction
    override is shown instead of obeyed.
    """
    return "".join(
        f"‹U+{ord(character):04X}›"
        if _UNDRAWN.match(character) or unicodedata.category(character) in _INVISIBLE
        else character
        for character in unicodedata.normalize("NFC", text)
    )


class Template:
    """A template of `templates/`, by its name without the ending. Safe to use from several threads.

    `archival`: a PDF/A-3a as well, for what is kept ten years.
    """

    def __init__(self, name: str, *, archival: bool = False) -> None:
        self._file = _FOLDER / f"{name}.typ"
        self._standards: list[Any] = ["a-3a", "ua-1"] if archival else ["ua-1"]
        self._lock = Lock()  # a compiler does one document at a time

    def pdf(self, values: Mapping[str, object], *, at: datetime, attached: str = "") -> bytes:
        """Return the document for `values` (what JSON can hold), dated `at`; `attached` is `sys.inputs.attached`."""
        with self._lock:
            return self._compiled(values, at, attached)

    def pdf_with_note(
        self, values: Mapping[str, object], *, at: datetime, note: str
    ) -> tuple[bytes, Mapping[str, float]]:
        """Return the document, and what the template notes of its layout: `metadata` labelled `note`."""
        with self._lock:
            document = self._compiled(values, at, "")
            # The compiler answers for what it compiled last.
            noted = _compiler(self._file).query(f"<{note}>", field="value", one=True)
        return document, json.loads(noted)

    def _compiled(self, values: Mapping[str, object], at: datetime, attached: str) -> bytes:
        inputs = {"data": json.dumps(_all_printable(values)), "attached": attached}
        document = _compiler(self._file).compile(
            sys_inputs=inputs, format="pdf", pdf_standards=self._standards, timestamp=int(at.timestamp())
        )
        return cast("bytes", document)  # a list only for images, None only with an output file


@cache
def _compiler(file: Path) -> "typst.Compiler":
    import typst

    return typst.Compiler(file, root=_FOLDER, ignore_system_fonts=True)


def _all_printable(value: object) -> object:
    match value:
        case str():
            return printable(value)
        case Mapping():
            return {key: _all_printable(one) for key, one in value.items()}
        case list() | tuple():
            return [_all_printable(one) for one in value]
        case _:
            return value
