"""The first month as its client should know of it: what the bank was given, and what it said (CGV art. 8, 10.2)."""

from dataclasses import replace

from portal.contract.collecting import collected_on
from portal.contract.state import Collection, State
from portal.services.collection_plans import OPEN
from portal.services.collection_reading import own_collections
from portal.services.context import Portal, Viewer
from portal.services.first_month import FirstMonth, Way, first_month
from portal.services.mandates import Standing, own_mandates


async def own_first_month(portal: Portal, viewer: Viewer, state: State) -> FirstMonth | None:
    """Return the first month of the viewer's own present contract; None before its invoice is issued."""
    asked = first_month(portal.settings, state)
    if asked is None:
        return None
    number, day = asked.invoice.number, asked.collection.day
    handed = next(
        (
            one
            for one in await own_collections(portal, viewer)
            if one.invoice_number == number and one.standing == OPEN
        ),
        None,
    )
    if handed is not None:
        presented = asked.collection if handed.collection_on == day else collected_on(handed.collection_on)
        return replace(asked, way=Way.WITH_THE_BANK, collection=presented)
    mandates = await own_mandates(portal, viewer)
    if mandates and mandates[0].standing is not Standing.GOOD:
        return replace(asked, way=Way.STOPPED)
    if asked.invoice.collection is not Collection.PLANNED:
        return replace(asked, way=Way.CAME_BACK)
    return replace(asked, way=Way.MISSED if portal.today() > day else Way.TO_COME)
