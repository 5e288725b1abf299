"""Arrears by age (CGV art. 10.3, 16): who is late, by how much, and what comes next with its reason."""

from datetime import date, datetime

import pytest

from portal.contract import acts as a
from portal.contract.because import Because
from portal.services.context import NotFound, Portal, Viewer
from portal.services.overdue import Step, ages, arrears_of, in_arrears, terminations_open
from tests.clock import FixedClock
from tests.services.clients import Client, a_client, act, live_until, paris
from tests.services.dossier_lives import a_colleague
from tests.services.late_lives import a_late_client


@pytest.fixture
async def yves(portal: Portal) -> Viewer:
    return await a_colleague(portal, "Yves")


async def step_on(
    portal: Portal, clock: FixedClock, client: Client, yves: Viewer, at: datetime
) -> tuple[Step, object]:
    await live_until(portal, clock, client, at)
    [[one], total] = await in_arrears(portal, yves)
    assert total == 1
    assert one == await arrears_of(portal, yves, client.contract_id)
    return one.step, one.because.instant if isinstance(one.because, Because) else one.because


async def test_each_step_comes_with_its_reason(portal: Portal, clock: FixedClock, yves: Viewer) -> None:
    client = await a_late_client(portal, clock, date(2026, 5, 31))
    assert await in_arrears(portal, yves) == ((), 0)
    steps = [
        (paris(date(2026, 6, 1), 8), (Step.MAIL, paris(date(2026, 6, 1), 9))),
        (paris(date(2026, 6, 1), 10), (Step.SUSPENSION, paris(date(2026, 6, 15), 18))),
        (paris(date(2026, 6, 15), 19), (Step.TERMINATION_LATER, paris(date(2026, 6, 16), 0))),
        (paris(date(2026, 6, 16), 8), (Step.TERMINATION_OPEN, paris(date(2026, 6, 16), 0))),
    ]
    for at, expected in steps:
        assert await step_on(portal, clock, client, yves, at) == expected


async def test_without_the_mail_the_suspension_is_held_and_says_so(
    portal: Portal, clock: FixedClock, yves: Viewer
) -> None:
    client = await a_late_client(portal, clock, date(2026, 6, 1))
    await act(portal, client, a.ReportDefaultMail(month="2026-06", sent=False))
    assert await step_on(portal, clock, client, yves, paris(date(2026, 6, 20), 8)) == (Step.HELD, None)


async def test_what_is_late_stands_in_its_age_until_it_is_paid(
    portal: Portal, clock: FixedClock, yves: Viewer
) -> None:
    client = await a_late_client(portal, clock, date(2026, 6, 15))
    unpaid = (await in_arrears(portal, yves))[0][0].unpaid_cents
    for day, name in ((15, "0-15"), (16, "16-30")):
        await live_until(portal, clock, client, paris(date(2026, 6, day), 12))
        found = {one.age.name: (one.invoices, one.clients, one.cents) for one in await ages(portal, yves)}
        assert {name for name, one in found.items() if one[0]} == {name}
        assert found[name] == (1, 1, unpaid)
        assert (await in_arrears(portal, yves, age=name))[1] == 1
        assert (await in_arrears(portal, yves, age="60+"))[1] == 0
    await act(portal, client, a.Settle(month="2026-06"))
    assert await in_arrears(portal, yves) == ((), 0)
    assert sum(one.invoices for one in await ages(portal, yves)) == 0
    assert await arrears_of(portal, yves, client.contract_id) is None


async def test_the_sum_that_restores_the_service_is_told_or_why_it_cannot_be(
    portal: Portal, clock: FixedClock, yves: Viewer
) -> None:
    client = await a_late_client(portal, clock, date(2026, 6, 20))
    [[june], _] = await in_arrears(portal, yves)
    assert june.owed_cents is not None
    assert june.owed_cents > june.unpaid_cents + 4000 - 1
    assert june.days == 20
    await live_until(portal, clock, client, paris(date(2026, 7, 2), 12))
    [[july], _] = await in_arrears(portal, yves)
    assert july.owed_cents is None
    assert "n’est pas encore enregistré" in july.problem


async def test_a_termination_that_opens_is_counted_and_found(
    portal: Portal, clock: FixedClock, yves: Viewer
) -> None:
    client = await a_late_client(portal, clock, date(2026, 6, 15), 19)
    assert await terminations_open(portal, yves) == 0
    await live_until(portal, clock, client, paris(date(2026, 6, 16), 12))
    assert await terminations_open(portal, yves) == 1
    assert [one.contract_id for one in (await in_arrears(portal, yves, to_terminate=True))[0]] == [
        client.contract_id
    ]


async def test_a_contract_that_ended_unpaid_stays_in_sight(
    portal: Portal, clock: FixedClock, yves: Viewer
) -> None:
    client = await a_late_client(portal, clock, date(2026, 6, 30))
    await act(portal, client, a.Terminate(reason="unpaid"))
    assert (await step_on(portal, clock, client, yves, paris(date(2026, 7, 1), 12)))[0] is Step.ENDED


async def test_for_a_client_there_are_no_arrears_to_see(portal: Portal) -> None:
    client = (await a_client(portal)).viewer
    for refused in (
        ages(portal, client),
        in_arrears(portal, client),
        terminations_open(portal, client),
        arrears_of(portal, client, "any"),
    ):
        with pytest.raises(NotFound):
            await refused
