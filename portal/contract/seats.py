"""What a named user costs this month, and from when removing one saves money (CGV art. 10.1)."""

from collections.abc import Iterable
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
    to come that is smaller for it, by `saved`, excluding tax. None is where the contract ends before.
    """

    from_day: Because
    document: Document | None
    saved: Reckoning


def unused_seats(state: State) -> int:
    """Return how many more persons the contract's minimum already pays for."""
    return max(0, state.offer.grid.minimum_users - len(state.users))


def undoable(state: State, events: Iterable[e.Event]) -> tuple[e.UserRegistered | e.UserRemoved, ...]:
    """Return who came and who left since the last monthly document was issued: each can be undone until the next.

    One event per person, the last; oldest first. Who came in with the contract itself is none of them.
    """
    found: dict[str, e.UserRegistered | e.UserRemoved] = {}
    if state.relationship is not Relationship.ACTIVE:
        return ()
    for event in events:
        match event:
            case e.ContractInForce():
                found.clear()
            case e.InvoiceIssued() | e.CreditNoteIssued() if any(
                one.kind == "subscription" for one in event.lines
            ):
                found.clear()
            case e.UserRegistered() | e.UserRemoved():
                found.pop(event.user, None)
                found[event.user] = event
            case _:
                pass
    return tuple(one for one in found.values() if one.at != state.in_force_at)


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
    # The subscription of the next document counts those who are left: it is the first to be smaller, or none is.
    first = shown.after.documents[:1]
    saved = Reckoning(
        clause="10.1",
        rule="la facture qui compte une personne de moins est plus petite de sa part.",
        start_label="cette facture, hors taxes, sans retrait",
        start=Fraction(_charged(shown.before.documents[:1])),
    ).plus(Fraction(-_charged(first)), "moins la même, une fois la personne retirée")
    return Saving(_first_day_not_owed(at), first[0] if saved.cents > 0 else None, saved)


def _charged(documents: tuple[Document, ...]) -> int:
    return sum(-one.net_cents if isinstance(one, e.CreditNoteIssued) else one.net_cents for one in documents)


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
