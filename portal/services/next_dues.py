"""What comes next by itself of each client of a list, and why then: from their histories, a page's worth at a time."""

from asyncio import to_thread
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.contract.because import Because
from portal.contract.deadlines import next_due
from portal.contract.explanations import because_of
from portal.contract.offer import Offer
from portal.contract.refusal import ImpossibleHistory, Refusal
from portal.contract.story import told
from portal.records import projections, store
from portal.records.store import Recorded
from portal.services.context import Portal, Viewer
from portal.services.offers import offers_of


@dataclass(frozen=True, slots=True)
class NextDue:
    """What falls due next of a contract, in a sentence, and the reason of its instant."""

    told: str
    because: Because


async def next_dues(portal: Portal, viewer: Viewer, contract_ids: Sequence[str]) -> Mapping[str, NextDue]:
    """Return what comes next of each of these contracts; those of which nothing does are left out. For staff."""
    viewer.must_be_staff()
    async with portal.database.reading() as connection:
        histories = await store.load_many(connection, contract_ids)
        offers = await offers_of(connection, histories, portal.now())
    return await to_thread(_found, histories, offers)


def _found(histories: Sequence[Recorded], offers: Mapping[str, Offer]) -> dict[str, NextDue]:
    found = {}
    for recorded in histories:
        due = _next_due(recorded, offers[recorded.contract_id])
        if due is not None:
            found[recorded.contract_id] = due
    return found


def _next_due(recorded: Recorded, offer: Offer) -> NextDue | None:
    try:
        state = projections.state_of(recorded, offer)
        due = next_due(state)
        if due is None:
            return None
        first = due.events[0]
        return NextDue(told(first, offer.grid), because_of(state, first))
    # A parked history cannot be told, nor an invoice whose VAT nobody has decided.
    except (ImpossibleHistory, Refusal):
        return None
