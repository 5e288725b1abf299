"""The first month paid by transfer: on which day it may have arrived, once, and never beside another payment."""

from datetime import date

import pytest

from portal.contract import acts as a
from portal.contract.acts import FIRST, Piece
from portal.contract.refusal import Refusal
from portal.services.context import NotFound, Portal
from portal.services.examining import accept, validate_identity
from portal.services.first_transfer import record_transfer, transfer_received_on
from portal.services.reading import own_contract
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, act, live_until, paris
from tests.services.collected import VALIDATED_ON, Subscriber, a_sent_dossier, a_subscriber

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
EVE, NEXT_DAY = date(2026, 3, 2), date(2026, 3, 4)


async def record(portal: Portal, one: Subscriber, day: date) -> None:
    await record_transfer(portal, one.staff, one.client.contract_id, day, ORIGIN)


async def entries(portal: Portal, one: Subscriber) -> list[str]:
    events = (await own_contract(portal, one.client.viewer)).events
    return [each.event.kind for each in events if each.event.kind in ("payment_settled", "contract_in_force")]


async def test_it_is_kept_with_its_day_and_recorded_twice_is_paid_once(
    portal: Portal, clock: FixedClock
) -> None:
    one = await a_subscriber(portal, clock)
    assert await transfer_received_on(portal, one.staff, one.client.contract_id) is None
    clock.move_to(paris(date(2026, 3, 6), 9))
    for _ in range(2):
        await record(portal, one, NEXT_DAY)
    assert await entries(portal, one) == ["payment_settled", "contract_in_force"]
    assert await transfer_received_on(portal, one.staff, one.client.contract_id) == NEXT_DAY
    # In force on the day it is recorded: until then the service was as the trial left it.
    assert (await own_contract(portal, one.client.viewer)).state.in_force_on == date(2026, 3, 6)


@pytest.mark.parametrize(
    ("day", "code"), [(NEXT_DAY, "received_in_future"), (EVE, "received_before_invoice")]
)
async def test_its_day_is_a_possible_one(portal: Portal, clock: FixedClock, day: date, code: str) -> None:
    one = await a_subscriber(portal, clock)
    with pytest.raises(Refusal, match=code):
        await record(portal, one, day)
    assert await entries(portal, one) == []


async def test_a_second_payment_is_not_taken_for_the_first(portal: Portal, clock: FixedClock) -> None:
    """A collection settled the month meanwhile, or a transfer of another day: it is to be looked at, not recorded."""
    one = await a_subscriber(portal, clock)
    await act(portal, one.client, a.Settle(month=FIRST))
    with pytest.raises(Refusal, match="first_month_settled"):
        await record(portal, one, VALIDATED_ON)
    assert await entries(portal, one) == ["payment_settled", "contract_in_force"]
    assert await transfer_received_on(portal, one.staff, one.client.contract_id) is None


async def test_before_its_invoice_there_is_nothing_to_pay(portal: Portal, clock: FixedClock) -> None:
    one = await a_sent_dossier(portal, clock)
    with pytest.raises(Refusal, match="first_month_not_invoiced") as not_validated:
        await record(portal, one, VALIDATED_ON)
    assert "validez d’abord le dossier" in not_validated.value.message

    await live_until(portal, clock, one.client, paris(date(2026, 3, 27), 10))
    for piece in Piece:
        await accept(portal, one.staff, one.client.contract_id, piece, f"{piece}-1", ORIGIN)
    await validate_identity(portal, one.staff, one.client.contract_id, ORIGIN)
    with pytest.raises(Refusal, match="first_month_not_invoiced") as waits:
        await record(portal, one, date(2026, 3, 27))
    assert "le 1er du mois prochain" in waits.value.message


async def test_only_staff_record_and_read_it(portal: Portal, clock: FixedClock) -> None:
    one = await a_subscriber(portal, clock)
    for asked in (
        record_transfer(portal, one.client.viewer, one.client.contract_id, VALIDATED_ON, ORIGIN),
        transfer_received_on(portal, one.client.viewer, one.client.contract_id),
    ):
        with pytest.raises(NotFound):
            await asked
