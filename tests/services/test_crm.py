"""Orders reach the CRM in the order of each contract, once, however long it does not answer."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from portal.contract.calendar import end_of_day, start_of_day
from portal.outside.provisioning import Order, ProvisioningUnavailable
from portal.records.tables import journal, provisioning
from portal.services.conditions import publish_demonstration
from portal.services.context import NotFound, Portal, Role, Viewer
from portal.services.crm import ask_crm, try_again
from portal.services.reading import orders, refused_orders
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, a_client, live_until, start_trial


class Crm:
    """A CRM in our hands: it keeps what it is asked, and answers as the test says."""

    def __init__(self) -> None:
        self.asked: list[Order] = []
        self.problem: Exception | None = None
        self.silent_for: str | None = None

    async def ask(self, order: Order, asked_at: object) -> None:
        await asyncio.sleep(0)
        self.asked.append(order)
        if self.problem and self.silent_for in {None, order.contract_id}:
            raise self.problem

    def actions(self, contract_id: str) -> list[str]:
        return [order.action for order in self.asked if order.contract_id == contract_id]


NO_ANSWER = ProvisioningUnavailable("Le CRM ne répond pas.")
WHOLE_LIFE = ["open", "suspend", "archive", "close", "destroy"]


async def a_lapsed_trial(
    portal: Portal, clock: FixedClock, siren: str, email: str = "a@client.example"
) -> Client:
    clock.move_to(start_of_day(date(2026, 1, 31)))
    await publish_demonstration(portal)
    client = await a_client(portal, siren=siren, email=email)
    await start_trial(portal, client)
    await live_until(portal, clock, client, end_of_day(date(2026, 3, 17)))
    return client


async def rows(portal: Portal) -> list[sa.Row[Any]]:
    async with portal.database.reading() as connection:
        return list(await connection.execute(sa.select(provisioning).order_by(provisioning.c.id)))


async def test_the_orders_of_a_life_are_placed_in_its_order_once(portal: Portal, clock: FixedClock) -> None:
    crm = Crm()
    client = await a_lapsed_trial(portal, clock, "732829320")
    portal = replace(portal, provisioning=crm)
    assert await ask_crm(portal) == 5
    assert await ask_crm(portal) == 0
    assert crm.actions(client.contract_id) == WHOLE_LIFE
    assert [order.at for order in crm.asked][-1] == end_of_day(date(2026, 3, 17))
    assert {row.asked_at for row in await rows(portal)} == {portal.machine_now()}


async def test_an_order_waits_for_the_one_before_it_of_its_contract(
    portal: Portal, clock: FixedClock, machine: FixedClock
) -> None:
    crm = Crm()
    stuck = await a_lapsed_trial(portal, clock, "732829320")
    other = await a_lapsed_trial(portal, clock, "552100554", email="b@client.example")
    portal = replace(portal, provisioning=crm)
    crm.problem, crm.silent_for = NO_ANSWER, stuck.contract_id
    assert await ask_crm(portal) == 5
    assert crm.actions(stuck.contract_id) == ["open"]
    assert crm.actions(other.contract_id) == WHOLE_LIFE
    assert (await rows(portal))[0].problem == "Le CRM ne répond pas."
    crm.problem = None
    assert await ask_crm(portal) == 0
    machine.advance(minutes=1)
    assert await ask_crm(portal) == 5
    assert crm.actions(stuck.contract_id) == ["open", *WHOLE_LIFE]


async def test_an_order_asked_again_has_the_same_key(
    portal: Portal, clock: FixedClock, machine: FixedClock
) -> None:
    crm = Crm()
    await a_lapsed_trial(portal, clock, "732829320")
    portal = replace(portal, provisioning=crm)
    crm.problem = NO_ANSWER
    await ask_crm(portal)
    machine.advance(minutes=1)
    await ask_crm(portal)
    first, second = crm.asked
    assert first == second
    assert first.key == (await rows(portal))[0].key


async def test_an_order_is_never_given_up(portal: Portal, clock: FixedClock, machine: FixedClock) -> None:
    crm = Crm()
    await a_lapsed_trial(portal, clock, "732829320")
    portal = replace(portal, provisioning=crm)
    crm.problem = NO_ANSWER
    for _ in range(40):
        await ask_crm(portal)
        machine.move_to((await rows(portal))[0].next_attempt_at)
    assert len(crm.asked) == 40
    assert machine.now() - (await rows(portal))[0].next_attempt_at == timedelta()
    crm.problem = None
    assert await ask_crm(portal) == 5


async def test_a_fault_of_ours_postpones_the_order_and_lets_the_others_go(
    portal: Portal, clock: FixedClock
) -> None:
    crm = Crm()
    broken = await a_lapsed_trial(portal, clock, "732829320")
    await a_lapsed_trial(portal, clock, "552100554", email="b@client.example")
    portal = replace(portal, provisioning=crm)
    crm.problem, crm.silent_for = ZeroDivisionError(), broken.contract_id
    assert await ask_crm(portal) == 5
    assert (await rows(portal))[0].problem == "L’ordre n’a pas pu être transmis."


async def test_a_crm_that_does_not_answer_is_not_asked_for_every_order(
    portal: Portal, clock: FixedClock
) -> None:
    crm = Crm()
    sirens = ("732829320", "552100554", "542051180", "552032534", "380129866")
    for number, siren in enumerate(sirens):
        await a_lapsed_trial(portal, clock, siren, email=f"{number}@client.example")
    crm.problem = NO_ANSWER
    assert await ask_crm(replace(portal, provisioning=crm)) == 0
    assert len(crm.asked) == 3


async def test_two_workers_at_once_place_each_order_once(portal: Portal, clock: FixedClock) -> None:
    crm = Crm()
    client = await a_lapsed_trial(portal, clock, "732829320")
    portal = replace(portal, provisioning=crm)
    taken = await asyncio.gather(ask_crm(portal), ask_crm(portal))
    assert sum(taken) == 5
    assert crm.actions(client.contract_id) == WHOLE_LIFE


# --- tried again by staff --------------------------------------------------------------------------------

STAFF = Viewer("a colleague", Role.STAFF, None, "session")


async def test_staff_see_the_refused_order_and_have_it_tried_again(portal: Portal, clock: FixedClock) -> None:
    crm = Crm()
    client = await a_lapsed_trial(portal, clock, "732829320")
    portal = replace(portal, provisioning=crm)
    crm.problem = NO_ANSWER
    await ask_crm(portal)
    [refused] = await refused_orders(portal, STAFF)
    assert (refused.legal_name, refused.action, refused.problem) == (
        "Atelier Nord",
        "open",
        "Le CRM ne répond pas.",
    )
    crm.problem = None

    assert await try_again(portal, STAFF, refused.id, ORIGIN) is True

    assert await ask_crm(portal) == 5, "it does not wait for its next round, nor the others for it"
    assert await refused_orders(portal, STAFF) == ()
    told = await orders(portal, STAFF, client.contract_id)
    assert [(one.action, one.asked_at) for one in told] == [
        (action, portal.machine_now()) for action in WHOLE_LIFE
    ]


async def test_an_order_tried_again_twice_is_placed_and_noted_once(portal: Portal, clock: FixedClock) -> None:
    crm = Crm()
    await a_lapsed_trial(portal, clock, "732829320")
    portal = replace(portal, provisioning=crm)
    crm.problem = NO_ANSWER
    await ask_crm(portal)
    [refused] = await refused_orders(portal, STAFF)
    crm.problem = None

    asked = await asyncio.gather(*(try_again(portal, STAFF, refused.id, ORIGIN) for _ in range(3)))
    await ask_crm(portal)

    assert sorted(asked) == [False, False, True]
    assert await try_again(portal, STAFF, refused.id, ORIGIN) is False
    assert [order.action for order in crm.asked] == ["open", *WHOLE_LIFE]
    async with portal.database.reading() as connection:
        notes = sa.select(journal.c.by_id, journal.c.details).where(journal.c.kind == "order_tried_again")
        [row] = await connection.execute(notes)
    assert (row.by_id, row.details) == (STAFF.person_id, {"order": refused.id, "action": "open"})


async def test_nobody_but_staff_sees_or_retries_orders(portal: Portal, clock: FixedClock) -> None:
    client = await a_lapsed_trial(portal, clock, "732829320")
    [first, *_] = await orders(portal, STAFF, client.contract_id)
    for refused in (
        orders(portal, client.viewer, client.contract_id),
        refused_orders(portal, client.viewer),
        try_again(portal, client.viewer, first.id, ORIGIN),
        try_again(portal, STAFF, 1_000_000, ORIGIN),
    ):
        with pytest.raises(NotFound):
            await refused
