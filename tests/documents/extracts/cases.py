"""The extracts that reading is measured on: every layout in every way, companies and days varied; some old."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tests.documents.extracts.companies import COMPANIES, Company
from tests.documents.extracts.layouts import LAYOUTS, Layout
from tests.documents.extracts.sent import WAYS, scanned_at_200, with_words_of

# From a year old to fresh, counted from the day the samples pretend to be received.
RECEIVED = date(2026, 6, 15)
_AGES = (0, 3, 14, 29, 45, 61, 75, 88, 95, 120, 200, 364)
_MISREAD = "scan with another day for its words"


@dataclass(frozen=True, slots=True)
class Case:
    """One extract to read, and what is true of it."""

    layout: Layout
    way: str
    company: Company
    dated: date

    def __str__(self) -> str:
        return f"{self.layout.__name__}, {self.way}"

    def document(self) -> bytes:
        printed = self.layout(self.company, self.dated)
        if self.way != _MISREAD:
            return WAYS[self.way](printed)
        return with_words_of(
            self.layout(self.company, self.dated + timedelta(days=5)), scanned_at_200(printed)
        )


ALL_WAYS = (*WAYS, _MISREAD)


def _cases() -> Iterator[Case]:
    for row, layout in enumerate(LAYOUTS):
        for column, way in enumerate(ALL_WAYS):
            number = row * len(ALL_WAYS) + column
            age = _AGES[number * 5 % len(_AGES)]
            yield Case(
                layout, way, COMPANIES[(row + column) % len(COMPANIES)], RECEIVED - timedelta(days=age)
            )


CASES = tuple(_cases())
# One way of each layout and one layout of each way at least, for the default suite.
SAMPLE = tuple(
    case
    for row in range(len(LAYOUTS))
    for column, case in enumerate(CASES[row * len(ALL_WAYS) : (row + 1) * len(ALL_WAYS)])
    if case.way == "text" or column % len(LAYOUTS) == row
)
