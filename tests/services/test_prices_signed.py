"""CGV art. 8, 10.1: a client is never billed another price than the one on the contract that she signed."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from portal.contract.acts import Piece
from portal.contract.calendar import paris_day
from portal.contract.offer import Grid
from portal.contract.refusal import Refusal
from portal.services.arrivals import begin, over
from portal.services.context import Portal
from portal.services.dossiers import own_dossier
from portal.services.examining import accept
from portal.services.papers import outdated_papers
from portal.services.piece_corrections import Correction
from portal.services.pieces import correct
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, paris
from tests.services.dossier_lives import a_colleague
from tests.services.subscribing import a_subscribing_client, give_facts, receive, send, signed
from tests.services.test_offers import DEARER, publish

START = paris(date(2026, 3, 3), 10)
TWO_DAYS_LATER = paris(date(2026, 3, 5), 10)


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> Client:
    return await a_subscribing_client(portal, clock, START)


async def a_grid_comes(
    portal: Portal, clock: FixedClock, grid: Grid = DEARER, at: datetime = TWO_DAYS_LATER
) -> None:
    await publish(portal, grid, paris_day(at))
    clock.move_to(at)


async def user_month_cents(portal: Portal, client: Client) -> int:
    return (await own_dossier(portal, client.viewer)).contract.state.offer.grid.user_month_cents


async def must_print_again(portal: Portal, client: Client) -> frozenset[Piece]:
    return await outdated_papers(portal, await own_dossier(portal, client.viewer))


async def test_a_contract_printed_before_a_new_grid_is_printed_again_before_it_counts(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    old = await signed(portal, client, Piece.CONTRACT)
    await a_grid_comes(portal, clock)
    assert await must_print_again(portal, client) == {Piece.CONTRACT}
    with pytest.raises(Refusal, match="outdated_printing") as refused:
        await send(portal, client, Piece.CONTRACT, old)
    assert "nos prix" in refused.value.message
    await send(portal, client, Piece.CONTRACT, await signed(portal, client, Piece.CONTRACT))
    assert await user_month_cents(portal, client) == 5500


@pytest.mark.parametrize(
    "changed",
    [
        replace(Grid(), minimum_users=8),
        replace(
            Grid(), options=tuple(replace(one, price_cents=one.price_cents + 100) for one in Grid().options)
        ),
        replace(Grid(), options=Grid().options[:1]),
    ],
    ids=["minimum", "price of an option", "option no longer offered"],
)
async def test_whatever_the_grid_changes_of_what_is_signed_is_printed_again(
    portal: Portal, client: Client, clock: FixedClock, changed: Grid
) -> None:
    await give_facts(portal, client, option_training="1")
    await signed(portal, client, Piece.CONTRACT)
    await a_grid_comes(portal, clock, changed)
    assert await must_print_again(portal, client) == {Piece.CONTRACT}


async def test_an_option_that_is_not_ordered_may_change_its_price(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    await signed(portal, client, Piece.CONTRACT)
    await a_grid_comes(portal, clock, replace(Grid(), options=()))
    assert await must_print_again(portal, client) == set()


async def test_a_contract_received_keeps_its_prices_though_it_is_sent_again_or_corrected(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    content = await signed(portal, client, Piece.CONTRACT)
    await send(portal, client, Piece.CONTRACT, content)
    await a_grid_comes(portal, clock)
    again = await send(portal, client, Piece.CONTRACT, content + b"\n% scanned once more")
    await correct(portal, client.viewer, again, Correction(signed=False), ORIGIN)
    await correct(portal, client.viewer, again, Correction(signed=True), ORIGIN)
    assert await user_month_cents(portal, client) == 4900
    assert await must_print_again(portal, client) == set()

    nina = await a_colleague(portal)
    await accept(portal, nina, client.contract_id, Piece.CONTRACT, f"{again}.2", ORIGIN)
    assert await user_month_cents(portal, client) == 4900


async def test_what_sets_out_before_a_new_grid_is_priced_as_it_set_out(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    content = await signed(portal, client, Piece.CONTRACT)
    midnight = paris(date(2026, 3, 5), 0)
    await publish(portal, DEARER, paris_day(midnight))
    clock.move_to(midnight - timedelta(seconds=1))
    arrival = await begin(portal, client.viewer, Piece.CONTRACT)
    clock.move_to(midnight + timedelta(seconds=20))
    await receive(portal, client, arrival, Piece.CONTRACT, content)
    await over(portal, arrival)
    assert await user_month_cents(portal, client) == 4900
