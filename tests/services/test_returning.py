"""CGV art. 5.1 and 9: a client comes back: another contract of the same company, the earlier one still hers to read."""

import asyncio
from datetime import date

import pytest

from portal.contract import acts as a
from portal.contract.refusal import Refusal
from portal.contract.state import Relationship
from portal.services.conditions import in_force as terms_in_force
from portal.services.context import NotFound, Portal
from portal.services.dossiers import own_dossier
from portal.services.papers import paper
from portal.services.reading import contract_of, own_contract
from portal.services.returning import may_try, own_contracts, subscribe_again
from portal.services.trials import accept_and_start, accept_terms, allow_another_trial
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, a_client, a_trial, act, live_until, paris
from tests.services.dossier_lives import a_colleague
from tests.services.invoiced import in_force
from tests.services.subscribing import give_facts


async def ended(portal: Portal, clock: FixedClock, *, paid: bool = True) -> Client:
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 3, 31), 10))
    if paid:
        await act(portal, client, a.Settle(month="2026-04"))
    await live_until(portal, clock, client, paris(date(2026, 4, 20), 10))
    await act(portal, client, a.Terminate(reason="force_majeure"))
    return client


async def test_another_contract_with_its_own_number_and_the_old_one_to_read(
    portal: Portal, clock: FixedClock
) -> None:
    client = await ended(portal, clock)
    await asyncio.gather(*(subscribe_again(portal, client.viewer, ORIGIN) for _ in range(2)))
    fresh = await own_contract(portal, client.viewer)
    assert fresh.id != client.contract_id
    assert (fresh.state.relationship, fresh.state.admin) == (Relationship.PROSPECT, client.viewer.person_id)

    async with portal.database.reading() as connection:
        version = (await terms_in_force(connection, portal.now())).version
    assert not await may_try(portal, client.viewer)
    with pytest.raises(Refusal, match="trial_already_used"):
        await accept_and_start(portal, client.viewer, version, ORIGIN)
    await accept_terms(portal, client.viewer, version, ORIGIN)
    await give_facts(portal, client)
    await paper(portal, client.viewer, a.Piece.CONTRACT, ORIGIN)
    assert (await own_dossier(portal, client.viewer)).number == "CT-2026-0002"

    found = await own_contracts(portal, client.viewer)
    assert [(one.number, one.relationship, one.last_day, one.is_present) for one in found] == [
        ("CT-2026-0002", "prospect", None, True),
        ("CT-2026-0001", "ended", date(2026, 4, 20), False),
    ]
    old = await contract_of(portal, client.viewer, client.contract_id)
    assert old.state.ended_on == date(2026, 4, 20)
    other = await a_client(portal, siren="552100554", email="eve@autre.example")
    with pytest.raises(NotFound):
        await contract_of(portal, other.viewer, client.contract_id)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_debt_is_paid_before_one_comes_back(portal: Portal, clock: FixedClock) -> None:
    client = await ended(portal, clock, paid=False)
    with pytest.raises(Refusal, match="debt_before_return"):
        await subscribe_again(portal, client.viewer, ORIGIN)
    await act(portal, client, a.SettleEverything())
    await subscribe_again(portal, client.viewer, ORIGIN)
    assert len(await own_contracts(portal, client.viewer)) == 2


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_lapsed_trial_may_be_followed_by_a_contract_and_by_a_trial_that_staff_allow(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_trial(portal, clock, paris(date(2026, 1, 31), 14))
    with pytest.raises(Refusal, match="contract_running"):
        await subscribe_again(portal, client.viewer, ORIGIN)
    await live_until(portal, clock, client, paris(date(2026, 3, 20), 10))
    nina = await a_colleague(portal)
    await allow_another_trial(portal, nina, client.contract_id, "Une équipe nouvelle.", ORIGIN)
    assert await may_try(portal, client.viewer)
    # It is the contract that staff have opened: nothing is opened again.
    await subscribe_again(portal, client.viewer, ORIGIN)
    assert len(await own_contracts(portal, client.viewer)) == 2


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_who_has_come_for_the_first_time_has_nothing_to_come_back_to(portal: Portal) -> None:
    client = await a_client(portal)
    with pytest.raises(Refusal, match="contract_running"):
        await subscribe_again(portal, client.viewer, ORIGIN)
