"""CGV art. 8, 10.1: a client signs for as many users as she wishes, not for those whom she registers meanwhile."""

from dataclasses import replace
from datetime import date

import pytest

from portal.contract.acts import Piece
from portal.contract.calendar import paris_day
from portal.contract.offer import Grid
from portal.contract.state import Examination
from portal.services.context import Portal
from portal.services.dossier_forms import Known, read_subscription
from portal.services.dossier_saving import save_subscription
from portal.services.dossiers import own_dossier
from portal.services.examining import accept
from portal.services.named_persons import NewUser
from portal.services.papers import outdated_papers
from portal.services.seats import register_user
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, SIREN, Client, a_trial, paris
from tests.services.dossier_lives import a_colleague
from tests.services.subscribing import documents, give_facts, send, signed, subscription
from tests.services.test_offers import publish

FOR_FEW = replace(Grid(), minimum_users=2)


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> Client:
    """A client who wishes three users, of a grid that asks for two at least."""
    start = paris(date(2026, 3, 3), 10)
    client = await a_trial(portal, clock, start)
    await publish(portal, FOR_FEW, paris_day(start))
    await give_facts(portal, client)
    await wish(portal, client, 3)
    return client


async def wish(portal: Portal, client: Client, users: int) -> None:
    known = Known(SIREN, FOR_FEW, 1)
    await save_subscription(
        portal, client.viewer, read_subscription(subscription(users=str(users)), known), ORIGIN
    )


async def register_three(portal: Portal, client: Client) -> None:
    """With their administrator, they are four."""
    for name in ("Hugo", "Inès", "Jules"):
        user = NewUser(name, "Petit", f"{name[0].lower()}@atelier-nord.example")
        await register_user(portal, client.viewer, user, ORIGIN)


async def to_sign_again(portal: Portal, client: Client) -> frozenset[Piece]:
    return await outdated_papers(portal, await own_dossier(portal, client.viewer))


async def test_a_contract_signed_for_three_holds_though_a_fourth_is_registered_before_it_is_accepted(
    portal: Portal, client: Client
) -> None:
    await send(portal, client, Piece.CONTRACT, await signed(portal, client, Piece.CONTRACT))
    await register_three(portal, client)
    assert await to_sign_again(portal, client) == set()
    nina = await a_colleague(portal)
    sent = (await documents(portal, client))[Piece.CONTRACT]
    await accept(portal, nina, client.contract_id, Piece.CONTRACT, sent, ORIGIN)
    state = (await own_dossier(portal, client.viewer)).contract.state
    assert state.documents[Piece.CONTRACT].examination is Examination.ACCEPTED


async def test_one_printed_for_three_is_taken_though_it_was_printed_again_for_the_four_who_are_registered(
    portal: Portal, client: Client
) -> None:
    for_three = await signed(portal, client, Piece.CONTRACT)
    await register_three(portal, client)
    assert await signed(portal, client, Piece.CONTRACT) != for_three
    await send(portal, client, Piece.CONTRACT, for_three)
    assert await to_sign_again(portal, client) == set()


@pytest.mark.parametrize("users", [2, 4], ids=["fewer", "more"])
async def test_a_contract_is_signed_again_for_another_number_that_she_wishes(
    portal: Portal, client: Client, users: int
) -> None:
    await send(portal, client, Piece.CONTRACT, await signed(portal, client, Piece.CONTRACT))
    await wish(portal, client, users)
    assert await to_sign_again(portal, client) == {Piece.CONTRACT}
