"""The first month as its client, and staff, should know of it: what the bank was given, and what it said (CGV art. 8, 10.2)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from portal.contract.collecting import collected_on
from portal.contract.state import Collection, State
from portal.services.collection_plans import OPEN
from portal.services.collection_reading import Collected, collections_of, own_collections
from portal.services.context import Portal, Viewer
from portal.services.first_month import FirstMonth, Way, first_month
from portal.services.mandates import SignedMandate, Standing, mandates_of, own_mandates
from portal.services.reading import Contract


async def own_first_month(portal: Portal, viewer: Viewer, state: State) -> FirstMonth | None:
    """Return the first month of the viewer's own present contract; None before its invoice is issued."""
    asked = first_month(portal.settings, state)
    if asked is None:
        return None
    return _known(
        asked, await own_collections(portal, viewer), await own_mandates(portal, viewer), portal.today()
    )


async def first_month_of(portal: Portal, viewer: Viewer, contract: Contract) -> FirstMonth | None:
    """Return the first month of any contract, for staff; None before its invoice is issued."""
    asked = first_month(portal.settings, contract.state)
    if asked is None:
        return None
    collected = await collections_of(portal, viewer, contract.id)
    return _known(asked, collected, await mandates_of(portal, viewer, contract.id), portal.today())


def _known(
    asked: FirstMonth, collected: Iterable[Collected], mandates: Sequence[SignedMandate], today: date
) -> FirstMonth:
    number, day = asked.invoice.number, asked.collection.day
    handed = next((one for one in collected if one.invoice_number == number and one.standing == OPEN), None)
    if handed is not None:
        presented = asked.collection if handed.collection_on == day else collected_on(handed.collection_on)
        return replace(asked, way=Way.WITH_THE_BANK, collection=presented)
    if mandates and mandates[0].standing is not Standing.GOOD:
        return replace(asked, way=Way.STOPPED)
    if asked.invoice.collection is not Collection.PLANNED:
        return replace(asked, way=Way.CAME_BACK)
    return replace(asked, way=Way.MISSED if today > day else Way.TO_COME)
