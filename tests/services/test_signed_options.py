"""CGV art. 5.2, 8, 10.3: what a client signs for beside her users is invoiced from the month after the entry."""

from datetime import date

from portal.contract import events as e
from portal.contract.acts import Piece
from portal.services.context import Portal
from portal.services.examining import accept, validate_identity
from portal.services.first_transfer import record_transfer
from portal.services.papers import paper
from portal.services.reading import own_contract
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, a_trial, act, live_until, paris
from tests.services.dossier_lives import a_colleague, sent
from tests.services.subscribing import give_facts


async def test_a_monthly_option_signed_for_is_charged_from_the_month_after_a_late_entry(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_trial(portal, clock, paris(date(2026, 5, 4), 10))
    nina = await a_colleague(portal)
    await give_facts(portal, client, option_storage="1")
    await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)
    await act(portal, client, *(sent(piece) for piece in Piece))
    for piece in Piece:
        await accept(portal, nina, client.contract_id, piece, f"{piece}-1", ORIGIN)
    await validate_identity(portal, nina, client.contract_id, ORIGIN)
    await live_until(portal, clock, client, paris(date(2026, 5, 21), 10))
    await record_transfer(portal, nina, client.contract_id, date(2026, 5, 21), ORIGIN)
    await live_until(portal, clock, client, paris(date(2026, 6, 22), 10))

    events = [one.event for one in (await own_contract(portal, client.viewer)).events]
    lines = [line for one in events if isinstance(one, e.InvoiceIssued) for line in one.lines]
    assert [(line.month, line.net_cents) for line in lines if line.option == "storage"] == [
        ("2026-06", 1500),
        ("2026-07", 1500),
    ]
