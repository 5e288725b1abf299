"""A piece counts from the instant its request began (CGV art. 5.1): the destruction waits for it, and for it only."""

from datetime import date, timedelta

import pytest

from portal.contract.acts import Piece, RegisterUser
from portal.contract.refusal import Refusal
from portal.contract.state import Data, Relationship
from portal.services.arrivals import LONGEST, begin, over
from portal.services.calendar import sweep
from portal.services.chunks import bring_up_to_date
from portal.services.context import Portal
from portal.services.histories import OpenHistory
from portal.services.reading import own_contract
from portal.services.tidying import tidy
from tests.clock import FixedClock
from tests.services.clients import Client, act, live_until, paris
from tests.services.subscribing import a_subscribing_client, receive, send, signed

START = paris(date(2026, 3, 2), 10)  # last day 01/04, archive's last day 16/04, destruction from 17/04 00:00
LAST_SECOND = paris(date(2026, 4, 16), 23, 59) + timedelta(seconds=59)
AFTER = paris(date(2026, 4, 17), 0, 5)


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> Client:
    return await a_subscribing_client(portal, clock, START)


async def test_a_piece_begun_in_the_last_second_saves_the_data(
    portal: Portal, clock: FixedClock, client: Client
) -> None:
    contract, mandate = [await signed(portal, client, piece) for piece in (Piece.CONTRACT, Piece.MANDATE)]
    await live_until(portal, clock, client, LAST_SECOND)
    first = await begin(portal, client.viewer, Piece.CONTRACT)
    second = await begin(portal, client.viewer, Piece.MANDATE)
    clock.move_to(AFTER)

    assert (await sweep(portal)).failed == ()
    assert (await own_contract(portal, client.viewer)).state.data is Data.ARCHIVED

    await receive(portal, client, first, Piece.CONTRACT, contract)
    await over(portal, first)
    await receive(portal, client, second, Piece.MANDATE, mandate)
    await over(portal, second)
    await sweep(portal)
    state = (await own_contract(portal, client.viewer)).state
    assert (state.data, state.relationship) == (Data.ARCHIVED, Relationship.REFLECTION)
    assert {piece: one.received_at for piece, one in state.documents.items()} == {
        Piece.CONTRACT: LAST_SECOND,
        Piece.MANDATE: LAST_SECOND,
    }


async def test_a_reception_that_brings_nothing_lets_the_destruction_take_place(
    portal: Portal, clock: FixedClock, client: Client
) -> None:
    await live_until(portal, clock, client, LAST_SECOND)
    arrival = await begin(portal, client.viewer, Piece.KBIS)
    clock.move_to(AFTER)
    assert not await bring_up_to_date(portal, client.contract_id)
    await over(portal, arrival)
    assert await bring_up_to_date(portal, client.contract_id)
    assert (await own_contract(portal, client.viewer)).state.data is Data.DESTROYED


async def test_a_reception_that_nobody_ended_is_over_by_the_machines_clock(
    portal: Portal, clock: FixedClock, machine: FixedClock, client: Client
) -> None:
    await live_until(portal, clock, client, LAST_SECOND)
    await begin(portal, client.viewer, Piece.KBIS)
    clock.move_to(AFTER)
    machine.move_to(machine.now() + LONGEST)
    await tidy(portal)
    await sweep(portal)
    assert (await own_contract(portal, client.viewer)).state.data is Data.DESTROYED


async def test_nothing_else_is_decided_while_the_destruction_waits(
    portal: Portal, clock: FixedClock, client: Client
) -> None:
    await live_until(portal, clock, client, LAST_SECOND)
    await begin(portal, client.viewer, Piece.KBIS)
    clock.move_to(AFTER)
    with pytest.raises(Refusal, match="piece_on_its_way"):
        await act(portal, client, RegisterUser(user="someone"))


async def test_only_a_destruction_waits(portal: Portal, clock: FixedClock, client: Client) -> None:
    await live_until(portal, clock, client, paris(date(2026, 4, 1), 23, 59))
    await begin(portal, client.viewer, Piece.KBIS)
    clock.move_to(paris(date(2026, 4, 2), 0, 5))
    assert await bring_up_to_date(portal, client.contract_id)
    assert (await own_contract(portal, client.viewer)).state.relationship is Relationship.REFLECTION


async def test_a_piece_begun_too_late_is_refused_before_it_is_sent(
    portal: Portal, clock: FixedClock, client: Client
) -> None:
    await live_until(portal, clock, client, LAST_SECOND)
    clock.move_to(LAST_SECOND + timedelta(seconds=1))
    with pytest.raises(Refusal, match="data_destroyed"):
        await begin(portal, client.viewer, Piece.KBIS)


async def test_two_pieces_at_once_do_not_hold_each_other_up(portal: Portal, client: Client) -> None:
    contract = await signed(portal, client, Piece.CONTRACT)
    pending = await begin(portal, client.viewer, Piece.MANDATE)
    await send(portal, client, Piece.CONTRACT, contract)
    await over(portal, pending)
    async with portal.database.transaction() as connection:
        opened = await OpenHistory.open(
            portal, connection, client.contract_id, company_id=None, at=portal.now()
        )
        assert list(opened.state.documents) == [Piece.CONTRACT]
