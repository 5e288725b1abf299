"""The head of a terms file: the `name: value` lines between two `---` (see `terms` for the format)."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from portal.documents.terms_fault import TermsFormatError, refuse_longer

MAX_TITLE_CHARACTERS = 120

_FENCE = "---"
_FIELDS = ("version", "title", "published_on", "applies_from", "demonstration")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")  # it stands in addresses and file names


def end_of_header(lines: Sequence[str]) -> int:
    if lines[0].rstrip() != _FENCE:
        raise TermsFormatError(
            "l’en-tête manque. Commencez le fichier par une ligne « --- », puis les lignes version, title, "
            "published_on et applies_from, puis une autre ligne « --- ».",
            line=1,
        )
    for index, line in enumerate(lines[1:], 1):
        if line.rstrip() == _FENCE:
            return index
    raise TermsFormatError("l’en-tête n’est pas refermé. Ajoutez une ligne « --- » après lui.", line=1)


class Header:
    """The `name: value` lines at the head of the file, each remembered with its place."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._values: dict[str, tuple[str, int]] = {}
        for number, line in enumerate(lines, 2):
            if line.strip():
                self._take(line, number)
        self._last_line = len(lines) + 2

    def _take(self, line: str, number: int) -> None:
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or name not in _FIELDS:
            raise TermsFormatError(
                f"« {line.strip()[:60]} » n’est pas une ligne d’en-tête. Écrivez « nom: valeur », avec l’un de "
                f"ces noms : {', '.join(_FIELDS)}.",
                line=number,
            )
        if name in self._values:
            raise TermsFormatError(
                f"{name} est déjà donné ligne {self._values[name][1]}. Gardez une seule de ces lignes.",
                line=number,
            )
        self._values[name] = (value, number)

    def version(self) -> str:
        value, line = self._required("version")
        if not _VERSION.fullmatch(value):
            raise TermsFormatError(
                f"« {value[:60]} » n’est pas un nom de version. Employez 40 lettres sans accent, chiffres, points "
                "ou tirets au plus, comme 2026-01.",
                line=line,
            )
        return value

    def title(self) -> str:
        value, line = self._required("title")
        refuse_longer("le titre", value, MAX_TITLE_CHARACTERS, line=line)
        return value

    def published_on(self) -> date:
        return self._day("published_on")

    def applies_from(self) -> date:
        applies_from = self._day("applies_from")
        if applies_from < self.published_on():
            raise TermsFormatError(
                "le texte s’appliquerait avant d’être publié. Donnez à applies_from le jour de published_on "
                "ou un jour plus tard.",
                line=self._values["applies_from"][1],
            )
        return applies_from

    def demonstration(self) -> bool:
        value, line = self._values.get("demonstration", ("false", 0))
        if value not in {"true", "false"}:
            raise TermsFormatError("demonstration vaut true ou false.", line=line)
        return value == "true"

    def _required(self, name: str) -> tuple[str, int]:
        value, line = self._values.get(name, ("", self._last_line))
        if not value:
            raise TermsFormatError(f"l’en-tête ne donne pas {name}. Ajoutez « {name}: … ».", line=line)
        return value, line

    def _day(self, name: str) -> date:
        value, line = self._required(name)
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 -- a civil day, no instant
        except ValueError as error:
            message = f"{name} n’est pas une date : « {value[:60]} ». Écrivez-la comme 2026-01-31."
            raise TermsFormatError(message, line=line) from error
