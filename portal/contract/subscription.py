"""From a dossier to a contract in force (CGV art. 8): its conditions, the first month's invoice and its due day."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache

from portal.contract.acts import FIRST, Piece
from portal.contract.because import Because
from portal.contract.calendar import add_months, month_of, paris_day, start_of_day
from portal.contract.state import Examination, Payment, Relationship, State

# The client is given these business days, at least, between an invoice and its first collection (art. 10.3).
FIRST_NOTICE_BUSINESS_DAYS = 5

# Until the dossier is validated, the contract is none of the following.
BEFORE_VALIDATION = frozenset({Relationship.PROSPECT, Relationship.TRIAL, Relationship.REFLECTION})


class ConditionName(StrEnum):
    """The five conditions of the entry into force, in the order in which they are met."""

    CONTRACT = "contract"
    MANDATE = "mandate"
    KBIS = "kbis"
    IDENTITY = "identity"
    FIRST_MONTH = "first_month"


class Progress(StrEnum):
    """Where a condition stands; only a piece is ever refused."""

    MISSING = "missing"
    RECEIVED = "received"  # sent and not yet examined; for the first month, invoiced and not yet paid
    REFUSED = "refused"
    MET = "met"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of the entry into force; `since` is when it came to stand so, None for what is missing."""

    name: ConditionName
    progress: Progress
    since: datetime | None = None


def conditions(state: State) -> tuple[Condition, ...]:
    """Return the five conditions of art. 8 and where each stands; an issued first month waits for its payment."""
    pieces = (_of_a_piece(state, piece) for piece in Piece)
    return (*pieces, _identity(state), _first_month(state))


def _of_a_piece(state: State, piece: Piece) -> Condition:
    name = ConditionName(piece.value)
    document = state.documents.get(piece)
    if document is None:
        return Condition(name, Progress.MISSING)
    progress = {
        Examination.RECEIVED: Progress.RECEIVED,
        Examination.REFUSED: Progress.REFUSED,
        Examination.ACCEPTED: Progress.MET,
    }[document.examination]
    return Condition(name, progress, document.examined_at or document.received_at)


def _identity(state: State) -> Condition:
    progress = Progress.MET if state.identity_validated_at else Progress.MISSING
    return Condition(ConditionName.IDENTITY, progress, state.identity_validated_at)


def _first_month(state: State) -> Condition:
    name = ConditionName.FIRST_MONTH
    invoice = next((one for one in state.invoices if one.month == FIRST), None)
    if invoice is None:
        return Condition(name, Progress.MISSING)
    if state.in_force_at is not None or invoice.payment is Payment.SETTLED:
        return Condition(name, Progress.MET, state.in_force_at or invoice.settled_at)
    return Condition(name, Progress.RECEIVED, start_of_day(invoice.issued))


def must_accept_terms(state: State) -> bool:
    """Tell whether the terms in force are still to be accepted before the contract is signed (CGV art. 3, 17).

    Who signs a contract accepts the version then in force: another may have replaced the one of her trial. A
    contract that is received, and is not refused, was signed under its own.
    """
    if state.relationship not in BEFORE_VALIDATION:
        return False
    document = state.documents.get(Piece.CONTRACT)
    if document is not None and document.examination is not Examination.REFUSED:
        return False
    return accepted_terms_are_old(state)


def accepted_terms_are_old(state: State) -> bool:
    """Tell whether the terms in force are not those that the client accepted last: what she signs now must cite them."""
    return state.acceptance is None or state.acceptance.version != state.offer.terms_version


def is_validated(state: State) -> bool:
    """Tell whether all that staff validate is: contract, mandate, K-bis and identity."""
    return state.identity_validated_at is not None and all(
        (document := state.documents.get(piece)) is not None and document.examination is Examination.ACCEPTED
        for piece in Piece
    )


@lru_cache(4096)
def first_due_day(issued: date) -> Because:
    """Return the day on which the first month is due and collected, for an invoice issued on that day.

    The first day, at least 5 business days later, on which both offices and banks are open.
    """
    return (
        Because(
            clause="10.3",
            rule="la facture du premier mois vous parvient au moins 5 jours ouvrés avant son prélèvement.",
            start_label="émission de la facture",
            start=issued,
        )
        .plus_business_days(FIRST_NOTICE_BUSINESS_DAYS, "cinq jours ouvrés après")
        .first_day_open_to_both("premier jour à la fois ouvré et bancaire")
    )


def first_issue_waits(state: State) -> Because | None:
    """Return the instant at which the first month's invoice is issued, where it had to wait for a new month.

    None where it is issued with the validation itself: its due day still falls in the same month.
    """
    if state.validated_at is None:
        return None
    validated_on = paris_day(state.validated_at)
    due = first_due_day(validated_on).day
    if month_of(due) == month_of(validated_on):
        return None
    return _issued_next_month(validated_on, state.offer.policy.issue_hour)


@lru_cache(4096)
def _issued_next_month(validated_on: date, hour: int) -> Because:
    following = add_months(month_of(validated_on), 1)
    return Because(
        clause="10.3",
        rule="quand le préavis de 5 jours ouvrés dépasse le mois, le premier mois est facturé le 1er du mois suivant.",
        start_label="premier jour du mois qui suit la validation du dossier",
        start=following,
    ).at_hour(hour)
