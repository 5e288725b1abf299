"""Contracts that have ended, for tests of what comes after: the restitution, the destruction, what is kept."""

import zipfile
from datetime import date
from pathlib import Path

from portal.contract import acts as a
from portal.services.certificates import certify_waiting
from portal.services.context import Portal, Viewer
from portal.services.crm import ask_crm
from portal.services.file_disposal import forget_doomed
from portal.services.piece_keeping import Sent
from portal.services.restitution_archive import build_waiting
from portal.services.restitutions import attach_export, confirm, request
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, act, live_until, paris


async def by_notice(portal: Portal, clock: FixedClock, client: Client) -> None:
    """Let a contract in force on 1 April 2026 end by a notice posted that week: its last day is 31 March 2027.

    Each month is paid the day before it begins. In October the legal rate is not needed: nothing is late.
    """
    await act(portal, client, a.ServeNotice(by="client"))
    for year, month in [(2026, one) for one in range(5, 13)] + [(2027, one) for one in range(1, 4)]:
        eve = date.fromordinal(date(year, month, 1).toordinal() - 1)
        await live_until(portal, clock, client, paris(eve, 12))
        await act(portal, client, a.Settle(month=f"{year}-{month:02}"))
    await live_until(portal, clock, client, paris(date(2027, 4, 1), 0, 1))


def a_crm_export(folder: Path, words: str = "contacts") -> Sent:
    path = folder / f"export-{words}"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("contacts.csv", f"Nom;Ville\n{words};Dunkerque\n")
    return Sent(path, "export crm.zip")


async def prepared(portal: Portal, client: Client, staff: Viewer, folder: Path) -> None:
    """Ask for the data, attach the CRM's export, and let the jobs build the rest."""
    await request(portal, client.viewer, client.contract_id, ORIGIN)
    await attach_export(portal, staff, client.contract_id, a_crm_export(folder), ORIGIN)
    await build_waiting(portal)


async def destroyed(portal: Portal, clock: FixedClock, client: Client, until: date) -> None:
    """Confirm the restitution, and live until the data is destroyed and attested."""
    await confirm(portal, client.viewer, client.contract_id, ORIGIN)
    await live_until(portal, clock, client, paris(until, 8))
    await ask_crm(portal)
    await certify_waiting(portal)
    await forget_doomed(portal)
