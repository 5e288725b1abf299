"""Clients who do not pay, for tests of what staff see and decide: each with her contract in force."""

from datetime import date

from portal.services.context import Portal
from tests.clock import FixedClock
from tests.lived import lived_once
from tests.services.clients import Client, live_until, paris
from tests.services.dossier_lives import a_whole_dossier


@lived_once
async def a_late_client(portal: Portal, clock: FixedClock, until: date, hour: int = 12) -> Client:
    """Her invoice of June (F-2026-0002, due on 31 May 2026) is never paid; she lives until a day.

    Its default is mailed on Monday 1 June, so that she is suspended on Monday 15 June at 18:00.
    """
    client, _ = await a_whole_dossier(portal, clock)
    await live_until(portal, clock, client, paris(until, hour))
    return client
