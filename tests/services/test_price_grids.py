"""Price grids (CGV art. 5.2, 10.1): what staff publish reaches the contracts signed from its day on."""

import asyncio
from datetime import date

import pytest
import sqlalchemy as sa

from portal.contract.offer import Grid, Option
from portal.contract.refusal import Refusal
from portal.records.billing_tables import grids
from portal.records.tables import journal
from portal.services.context import NotFound, Portal, Viewer
from portal.services.forms import FormProblems
from portal.services.price_grids import (
    NewGrid,
    Reach,
    current_grid,
    publish_grid,
    published_grids,
    reach,
    read_grid,
    withdraw_grid,
)
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, a_client
from tests.services.dossier_lives import a_colleague, a_whole_dossier
from tests.services.test_offers import offer

TYPED = {
    "applies_from": "2026-04-01",
    "minimum_users": "5",
    "user_month": "55,00",
    "option_0_code": "start",
    "option_0_label": "Service démarrage",
    "option_0_price": "510",
    "option_0_rhythm": "once",
    "option_1_code": "storage",
    "option_1_label": "Stockage supplémentaire",
    "option_1_price": "15,50 €",
    "option_1_rhythm": "month",
}
APRIL = NewGrid(
    date(2026, 4, 1),
    Grid(
        minimum_users=5,
        user_month_cents=5500,
        options=(
            Option("start", "Service démarrage", 51000),
            Option("storage", "Stockage supplémentaire", 1550, monthly=True),
        ),
    ),
)


@pytest.fixture
async def nina(portal: Portal) -> Viewer:
    return await a_colleague(portal, "Yves")


async def applying(portal: Portal) -> list[date]:
    async with portal.database.reading() as connection:
        return list(await connection.scalars(sa.select(grids.c.applies_from)))


async def noted(portal: Portal) -> list[str]:
    async with portal.database.reading() as connection:
        return list(await connection.scalars(sa.select(journal.c.kind).order_by(journal.c.id)))


def problems(**typed: str) -> dict[str, str]:
    with pytest.raises(FormProblems) as caught:
        read_grid({**TYPED, **typed})
    return caught.value.errors


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_grid_is_read_from_what_is_typed(engine: str) -> None:
    assert read_grid(TYPED) == APRIL
    assert read_grid({**TYPED, "applies_from": "01/04/2026", "user_month": "55"}) == APRIL


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_every_wrong_field_is_said_at_once_and_kept(engine: str) -> None:
    found = problems(applies_from="demain", minimum_users="0", user_month="0", option_0_price="-3")
    assert set(found) == {"applies_from", "minimum_users", "user_month", "option_0_price"}
    assert found["user_month"] == "Un prix est d’un centime au moins."
    assert problems(option_1_code="start")["option_1_code"].startswith("Ce code est déjà celui")
    assert set(problems(option_2_label="Sans prix")) == {"option_2_code", "option_2_price"}
    with pytest.raises(FormProblems) as caught:
        read_grid({**TYPED, "user_month": "quarante"})
    assert caught.value.kept["user_month"] == "quarante"
    assert caught.value.kept["option_1_price"] == "15,50 €"


async def test_a_grid_reaches_the_contracts_signed_from_its_day_on(
    portal: Portal, clock: FixedClock, nina: Viewer
) -> None:
    signed_before, _ = await a_whole_dossier(portal, clock)
    fresh = await a_client(portal)
    await publish_grid(portal, nina, NewGrid(date(2026, 6, 1), APRIL.grid), ORIGIN)
    assert await reach(portal, nina) == Reach(keep=1, to_come=1)
    later = clock.now().replace(month=6)
    assert (await offer(portal, signed_before, later)).grid.user_month_cents == 4900
    assert (await offer(portal, fresh, later)).grid.user_month_cents == 5500
    assert (await current_grid(portal, nina)).user_month_cents == 4900


@pytest.mark.parametrize("day", [date(2026, 3, 2), date(2026, 3, 3)])
async def test_a_grid_never_applies_to_what_may_be_signed_already(
    portal: Portal, nina: Viewer, day: date
) -> None:
    with pytest.raises(Refusal, match="grid_too_early") as caught:
        await publish_grid(portal, nina, NewGrid(day, APRIL.grid), ORIGIN)
    assert "au plus tôt demain" in caught.value.message
    assert await applying(portal) == []


async def test_two_grids_never_apply_from_the_same_day_and_one_twice_is_once(
    portal: Portal, nina: Viewer
) -> None:
    await asyncio.gather(*(publish_grid(portal, nina, APRIL, ORIGIN) for _ in range(3)))
    with pytest.raises(Refusal, match="grid_same_day"):
        await publish_grid(portal, nina, NewGrid(APRIL.applies_from, Grid()), ORIGIN)
    assert await applying(portal) == [APRIL.applies_from]
    assert (await noted(portal)).count("grid_published") == 1


async def test_a_grid_may_be_withdrawn_until_the_eve_of_its_day(
    portal: Portal, clock: FixedClock, nina: Viewer
) -> None:
    await publish_grid(portal, nina, APRIL, ORIGIN)
    [to_come, default] = await published_grids(portal, nina)
    assert (to_come.may_be_withdrawn, to_come.by, to_come.until) == (True, "Yves Roy", None)
    assert (default.may_be_withdrawn, default.grid, default.until) == (False, Grid(), date(2026, 3, 31))
    clock.advance(days=29)
    with pytest.raises(Refusal, match="grid_applies"):
        await withdraw_grid(portal, nina, to_come.id, ORIGIN)
    clock.move_to(portal.machine_now())
    await withdraw_grid(portal, nina, to_come.id, ORIGIN)
    assert await applying(portal) == []
    with pytest.raises(NotFound):
        await withdraw_grid(portal, nina, to_come.id, ORIGIN)


async def test_for_a_client_there_are_no_grids_to_see_or_publish(portal: Portal) -> None:
    client = (await a_client(portal)).viewer
    for refused in (
        publish_grid(portal, client, APRIL, ORIGIN),
        withdraw_grid(portal, client, "any", ORIGIN),
        published_grids(portal, client),
        current_grid(portal, client),
        reach(portal, client),
    ):
        with pytest.raises(NotFound):
            await refused
