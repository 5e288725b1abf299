"""What a named user costs this month, and from when removing one saves money (CGV art. 10.1)."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.because import Because
from portal.contract.billing import price_of
from portal.contract.calendar import month_of, paris_day
from portal.contract.lines import shared
from portal.contract.preview import Document, preview
from portal.contract.reckoning import Reckoning
from portal.contract.refusal import Refusal
from portal.contract.shares import key_of, owed_share
from portal.contract.state import Relationship, State


@dataclass(frozen=True, slots=True)
class Saving:
    """What removing a person saves.

    `from_day` is the first day of the first month that the person no longer owes; `document` is the first one
    to come that is smaller for it, by `cents` excluding tax. None is where the contract ends before.
    """

    from_day: Because
    document: Document | None
    cents: int


def unused_seats(state: State) -> int:
    """Return how many more persons the contract's minimum already pays for."""
    return max(0, state.offer.grid.minimum_users - len(state.users))


def cost_this_month(state: State, at: datetime) -> Reckoning | None:
    """Return what each person registered costs in the month of `at`; None outside a contract in force."""
    if state.relationship is not Relationship.ACTIVE:
        return None
    month = month_of(paris_day(at))
    key = a.FIRST if month == month_of(state.entered_on) else key_of(month)
    price = Reckoning(
        clause="10.1",
        rule="une personne inscrite à un moment du mois en doit la redevance entière, même suspendue ou retirée.",
        start_label="prix par utilisateur et par mois",
        start=Fraction(price_of(state, month)),
    )
    return shared(price, owed_share(state, key, None))


def saving_of_removal(state: State, user: str, at: datetime) -> Saving | Refusal | None:
    """Return what removing `user` at `at` would save, or why it is refused; None outside a contract in force."""
    if state.relationship is not Relationship.ACTIVE:
        return None
    shown = preview(state, a.RemoveUser(user=user), at)
    if shown.refusal:
        return shown.refusal
    for before, after in zip(shown.before.documents, shown.after.documents, strict=False):
        saved = _charged(before) - _charged(after)
        if saved > 0:
            return Saving(_first_day_not_owed(at), after, saved)
    return Saving(_first_day_not_owed(at), None, 0)


def _charged(document: Document) -> int:
    return -document.net_cents if isinstance(document, e.CreditNoteIssued) else document.net_cents


def _first_day_not_owed(at: datetime) -> Because:
    return (
        Because(
            clause="10.1",
            rule="une personne inscrite à un moment du mois en doit la redevance entière.",
            start_label="jour du retrait",
            start=paris_day(at),
        )
        .month_end("fin du mois, dû en entier")
        .plus_days(1, "premier jour qui n’est plus dû")
    )
