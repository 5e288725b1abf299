"""When a rule says no."""

from portal.contract.french import typeset
from portal.contract.reckoning import Reason


class Refusal(Exception):
    """A rule says no to an act; nothing has changed.

    `code` is a stable snake_case name for machines, `clause` the article that decides, `message` a
    French sentence for the person: what is so, and what to do next; `reasons` are those of the dates and amounts that it
    names.
    """

    def __init__(self, code: str, *, clause: str, message: str, reasons: tuple[Reason, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.clause = clause
        self.message = typeset(message)
        self.reasons = reasons


class ImpossibleHistory(Exception):
    """Events that cannot follow one another: damaged records or a bug, never a person's mistake."""
