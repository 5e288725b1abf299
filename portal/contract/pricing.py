"""Which price grid a contract is under (CGV art. 5.2, 10.1)."""

from collections.abc import Iterable
from datetime import datetime

from portal.contract import events as e
from portal.contract.acts import Piece


def priced_at(events: Iterable[e.Event]) -> datetime | None:
    """Return the instant whose grid is the contract's; None while it is the grid of the day.

    The client agreed to the prices on the contract that was signed: a grid that comes between its reception and
    the entry into force changes nothing (art. 10.1: unit prices stay as they are until a renewal).
    """
    found: datetime | None = None
    for event in events:
        match event:
            case e.DocumentReceived(piece=Piece.CONTRACT):
                found = event.at
            case e.ContractInForce():
                return found or event.at
            case _:
                pass
    return found
