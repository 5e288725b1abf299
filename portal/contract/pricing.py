"""Which price grid a contract is under (CGV art. 5.2, 10.1)."""

from collections.abc import Iterable
from datetime import datetime

from portal.contract import events as e
from portal.contract.acts import Piece


def priced_at(events: Iterable[e.Event]) -> datetime | None:
    """Return the instant whose grid is the contract's; None while it is the grid of the day.

    The client agreed to the prices on the contract that she signed, and what is received says those of the day
    (see `paper_facts.what_is_signed`): a grid that comes after it is first received changes nothing, though it
    be corrected, or refused and sent again (art. 10.1: unit prices stay as they are until a renewal; art. 1190
    Code civil: doubt is to her benefit).
    """
    found: datetime | None = None
    for event in events:
        match event:
            case e.DocumentReceived(piece=Piece.CONTRACT):
                found = found or event.at
            case e.ContractInForce():
                return found or event.at
            case _:
                pass
    return found
