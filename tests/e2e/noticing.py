"""Contracts of 17 March 2026 that were paid every month, near the limit for notice, and the page that ends them."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from portal.contract import acts as a
from portal.contract.policy import Policy
from portal.services.chunks import bring_up_to_date
from portal.services.context import Portal
from tests.clock import FixedClock
from tests.e2e.server import Server
from tests.e2e.walking import ready, sign_in
from tests.services.clients import Client, act, paris
from tests.services.noticed import a_numbered_contract

# 60, 30 and 7 days before the limit.
REMINDED_ON = [date(2026, 12, 18), date(2027, 1, 17), date(2027, 2, 9)]
# Her SIREN, her name, her address.
Named = tuple[str, str, str]


async def paid_contracts(portal: Portal, clock: FixedClock, clients: Iterable[Named]) -> None:
    """Live contracts CT-2026-0001 and after until the morning of 10 February 2027."""
    for nth, (siren, name, address) in enumerate(clients, start=1):
        names = {"siren": siren, "legal_name": name, "email": address}
        client = await a_numbered_contract(
            portal, clock, paris(date(2026, 3, 18), 9), f"CT-2026-000{nth}", **names
        )
        await _pay_every_month(portal, clock, client)
    clock.move_to(paris(date(2027, 2, 10), 9))


async def _pay_every_month(portal: Portal, clock: FixedClock, client: Client) -> None:
    """Pay each invoice on its due day at noon, and be there when a reminder is due: it is dated when it is recorded."""
    eves = [date(2026 + month // 12, month % 12 + 1, 1) - timedelta(days=1) for month in range(3, 14)]
    stops = [(paris(eve, 12), f"{eve + timedelta(days=1):%Y-%m}") for eve in eves]
    stops += [(paris(day, Policy().reminder_hour), "") for day in REMINDED_ON]
    for at, month in sorted(stops):
        clock.move_to(at)
        if month:
            await act(portal, client, a.Settle(month=month))
        else:
            await bring_up_to_date(portal, client.contract_id)


def open_notice(page: Page, server: Server, email: str) -> None:
    server.forget_attempts()
    sign_in(page, email)
    page.wait_for_url(re.compile("/espace$"))
    page.goto("/espace/resiliation")
    ready(page)


def heading(page: Page, words: str) -> None:
    pattern = r"\s".join(map(re.escape, words.split(" ")))
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(f"^{pattern}$"))
