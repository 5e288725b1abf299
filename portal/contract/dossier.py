"""The pieces of the dossier, and how they save the data from destruction (CGV art. 5.1).

A signed contract and a signed mandate, received in time, hold the destruction. While any piece is
unexamined nothing is destroyed. Entering into force asks for more (art. 8).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from portal.contract.acts import Piece
from portal.contract.because import Because
from portal.contract.policy import NamedReading
from portal.contract.state import Examination, State
from portal.contract.trial import archive_end, correction_end

# What saves the data, though it does not open the contract (art. 5.1).
SAVING_PIECES = (Piece.CONTRACT, Piece.MANDATE)

KBIS_MONTHS = 3


PIECE_NAMES: Final[Mapping[Piece, str]] = MappingProxyType(
    {
        Piece.CONTRACT: "le contrat signé",
        Piece.MANDATE: "le mandat SEPA signé",
        Piece.KBIS: "l’extrait K-bis",
    }
)


class HoldReason(StrEnum):
    """Why the destruction is held."""

    CONTRACT_AND_MANDATE = "contract_and_mandate"
    UNEXAMINED = "unexamined"


@dataclass(frozen=True, slots=True)
class Hold:
    """The destruction is held: why, by which pieces, and the reading that says so, if one does."""

    reason: HoldReason
    pieces: tuple[Piece, ...]
    reading: NamedReading | None = None


def is_saved(state: State) -> bool:
    """Tell whether a signed contract and a signed mandate are in, and neither was refused."""
    return all(
        (document := state.documents.get(piece)) is not None
        and document.signed
        and document.examination is not Examination.REFUSED
        for piece in SAVING_PIECES
    )


def destruction_hold(state: State) -> Hold | None:
    """Return what holds the destruction now, or None."""
    if is_saved(state):
        return Hold(HoldReason.CONTRACT_AND_MANDATE, SAVING_PIECES)
    if unexamined := unexamined_pieces(state):
        reading = state.offer.policy.reading("unexamined_document_holds")
        return Hold(HoldReason.UNEXAMINED, unexamined, reading)
    return None


def unexamined_pieces(state: State) -> tuple[Piece, ...]:
    """Return the pieces whose examination holds a destruction: those that were received and that nobody has examined."""
    if not state.offer.policy.unexamined_document_holds:
        return ()
    return tuple(
        piece for piece, document in state.documents.items() if document.examination is Examination.RECEIVED
    )


def hold_ended_by(state: State) -> datetime | None:
    """Return the last instant at which a piece was received or examined: no hold can have ended later."""
    return max((one.examined_at or one.received_at for one in state.documents.values()), default=None)


def submission_end(state: State) -> datetime | None:
    """Return the instant from which pieces come too late to save the data; None while there is no limit."""
    limit = submission_limit(state)
    return limit.instant if limit else None


def submission_limit(state: State) -> Because | None:
    """Return why pieces come too late from that instant on, as `submission_end`."""
    if is_saved(state) or (destruction_hold(state) and state.offer.policy.pending_dossier_stays_open):
        return None
    ends = [because for because in (archive_end(state), correction_end(state)) if because]
    return max(ends, key=lambda end: end.instant, default=None)


def kbis_first_day(dated: date) -> Because:
    """Return the first day on which a K-bis of that date may be received: no extract is of a day to come."""
    return Because(
        clause="8",
        rule="l’extrait K-bis doit être à jour au plus tard le jour où nous le recevons.",
        start_label="date à laquelle l’extrait est à jour",
        start=dated,
    )


def kbis_last_day(dated: date) -> Because:
    """Return the last day on which a K-bis of that date may be received: less than three months old."""
    return (
        Because(
            clause="8",
            rule="l’extrait K-bis doit dater de moins de trois mois le jour où nous le recevons.",
            start_label="date à laquelle l’extrait est à jour",
            start=dated,
        )
        .plus_months(KBIS_MONTHS, "trois mois après")
        .plus_days(-1, "la veille de ce jour")
    )
