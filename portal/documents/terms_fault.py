"""What makes a file not the terms' format: the refusal, and what is refused anywhere in the file."""

import unicodedata
from collections.abc import Sequence

from portal.contract.french import typeset

# Control, format, private, surrogate, line and paragraph separators: a bidirectional override or a
# zero-width character can make a text read otherwise than it is hashed.
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})


class TermsFormatError(ValueError):
    """The file is not the terms' format. `message` is French: what is wrong, where, and how to mend it.

    `line` counts from 1; it is None where the fault is the whole file's.
    """

    def __init__(self, message: str, *, line: int | None = None) -> None:
        self.message = typeset(message if line is None else f"Ligne {line} : {message}")
        self.line = line
        super().__init__(self.message)


def refuse_longer(what: str, text: str, limit: int, *, line: int) -> None:
    """Refuse a `text` of more than `limit` characters; `what` names it (« le titre »)."""
    if len(text) > limit:
        raise TermsFormatError(
            f"{what} compte {len(text)} caractères ; le portail en accepte {limit}. Raccourcissez-le.",
            line=line,
        )


def refuse_invisible(lines: Sequence[str]) -> None:
    """Refuse a character that nobody sees; tabs and no-break spaces are allowed."""
    for number, line in enumerate(lines, 1):
        for character in line:
            if unicodedata.category(character) in _INVISIBLE and character != "\t":
                raise TermsFormatError(
                    f"la ligne contient un caractère invisible (U+{ord(character):04X}). Supprimez-le : "
                    "le texte accepté doit être celui qu’on lit.",
                    line=number,
                )
