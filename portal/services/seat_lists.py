"""Many users at once, from what is pasted or from a CSV file: every line read, every fault told by its number.

A line is « Prénom ; Nom ; e-mail », parted by semicolons, commas or tabs, or « Prénom Nom <e-mail> » as mail
programs write it. A first line of headings is understood, in whatever order it puts the columns.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from portal.contract.french import count, typeset
from portal.services.forms import FormProblems, read_new_user
from portal.services.named_persons import NewUser

MOST_LINES = 500
LONGEST = 100_000
_FIELDS = ("first_name", "last_name", "email")
_HEADINGS = {
    "prenom": "first_name",
    "first name": "first_name",
    "firstname": "first_name",
    "nom": "last_name",
    "nom de famille": "last_name",
    "last name": "last_name",
    "lastname": "last_name",
    "e-mail": "email",
    "email": "email",
    "mail": "email",
    "courriel": "email",
    "adresse e-mail": "email",
    "adresse email": "email",
}
_AS_MAIL_PROGRAMS = re.compile(r"(?P<first_name>\S+)\s+(?P<last_name>[^<]+?)\s*<(?P<email>[^<>]+)>[,;]?")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line: its number as an editor counts it, what it says, how to mend it."""

    line: int
    text: str
    problem: str


@dataclass(frozen=True, slots=True)
class SeatList:
    """What a list says: who can be registered, and every line that cannot be taken."""

    users: tuple[NewUser, ...]
    faults: tuple[Fault, ...]


def read_list(text: str, registered: Iterable[str]) -> SeatList:
    """Read a list; `registered` are the addresses of those who are users already.

    Nobody is taken from a list that is too long: a fault on its first line says so.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(text) > LONGEST or len(lines) > MOST_LINES:
        most = count(MOST_LINES, "ligne")
        problem = typeset(f"Cette liste est trop longue : {most} au plus à la fois. Coupez-la en plusieurs.")
        return SeatList((), (Fault(1, "", problem),))
    seen = {address.lower(): "Cette personne est déjà inscrite." for address in registered}
    users: list[NewUser] = []
    faults: list[Fault] = []
    for number, line, typed in _rows(lines):
        try:
            user = read_new_user(typed)
        except FormProblems as problems:
            faults.append(Fault(number, line[:80], " ".join(problems.errors.values())))
            continue
        if user.email in seen:
            faults.append(Fault(number, line[:80], typeset(seen[user.email])))
            continue
        seen[user.email] = f"Cette adresse est déjà à la ligne {number}."
        users.append(user)
    return SeatList(tuple(users), tuple(faults))


def _rows(lines: list[tuple[int, str]]) -> Iterator[tuple[int, str, Mapping[str, str]]]:
    order: tuple[str, ...] = _FIELDS
    for nth, (number, line) in enumerate(lines):
        if written := _AS_MAIL_PROGRAMS.fullmatch(line):
            yield number, line, written.groupdict()
            continue
        cells = _cells(line)
        headings = tuple(_HEADINGS.get(_plain(cell), "") for cell in cells)
        if nth == 0 and {"email"} <= set(headings):
            order = headings
            continue
        yield number, line, {name: cell for name, cell in zip(order, cells, strict=False) if name}


def _cells(line: str) -> list[str]:
    """Part a line by the sign that parts it: spreadsheets of this country write semicolons."""
    sign = next((one for one in (";", "\t", ",") if one in line), ";")
    try:
        return [cell.strip() for cell in next(csv.reader(io.StringIO(line), delimiter=sign, strict=True))]
    except csv.Error:  # a quotation mark that is never closed
        return [cell.strip(' "') for cell in line.split(sign)]


def _plain(heading: str) -> str:
    """Return a heading in small letters, without accents."""
    bare = unicodedata.normalize("NFKD", heading.strip("\ufeff \"'").casefold())
    return "".join(one for one in bare if not unicodedata.combining(one))
