"""What has fallen due of a contract, and what keeps the rest from happening by itself: no database, no clock."""

from dataclasses import dataclass
from datetime import datetime

from portal.contract import events as e
from portal.contract.deadlines import fall_due, needs_a_person
from portal.contract.state import State
from portal.services.recording import weighed


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What happens of a contract, and where it stops before its time, if it does.

    `breaches`: what comes next would break these invariants. `put_aside`: the instant of a destruction that
    comes too late to be done without a person (T6). `awaits_a_piece`: a destruction that a piece on its way
    may prevent.
    """

    events: tuple[e.Event, ...]
    breaches: tuple[str, ...] = ()
    put_aside: datetime | None = None
    awaits_a_piece: bool = False


def catch_up(state: State, until: datetime, *, found_at: datetime, set_out: datetime | None) -> CaughtUp:
    """Return what falls due by `until`, each thing as of its own instant, in order.

    `found_at` is when we look; `set_out` when the earliest piece on its way to us began its way.
    """
    happened: tuple[e.Event, ...] = ()
    while due := fall_due(state, until):
        if due.irreversible and set_out is not None and set_out < due.at:
            return CaughtUp(happened, awaits_a_piece=True)
        if needs_a_person(state, due, found_at):
            return CaughtUp(happened, put_aside=due.at)
        events = due.events
        state, broken = weighed(state, events)
        if broken:
            return CaughtUp(happened, breaches=broken)
        happened = (*happened, *events)
    return CaughtUp(happened)
