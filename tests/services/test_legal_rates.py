"""The legal rate by half-year (CGV art. 10.4): entered once, corrected aloud, missed in time."""

from datetime import date

import pytest
import sqlalchemy as sa

from portal.contract import acts as a
from portal.contract.refusal import Refusal
from portal.records.billing_tables import legal_rates
from portal.records.tables import journal, outbox
from portal.services.context import NotFound, Portal, Viewer
from portal.services.forms import FormProblems
from portal.services.legal_rates import (
    LegalRate,
    alert_missing_rates,
    enter_rate,
    half_year_name,
    known_rates,
    missing_rates,
    read_rate,
)
from portal.services.reading import own_contract
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, a_client, act, live_until, paris
from tests.services.dossier_lives import a_colleague
from tests.services.late_lives import a_late_client

TYPED = {"half_year": "2026-2", "rate": "2,62 %", "source": "Arrêté du 24 juin 2026", "correction": ""}
RATE = read_rate(TYPED)


@pytest.fixture
async def nina(portal: Portal) -> Viewer:
    return await a_colleague(portal, "Yves")


async def entered(portal: Portal) -> dict[str, int]:
    async with portal.database.reading() as connection:
        rows = await connection.execute(sa.select(legal_rates))
        return {row.half_year: row.hundredths for row in rows}


async def noted(portal: Portal) -> list[tuple[str, int | None, int]]:
    async with portal.database.reading() as connection:
        rows = await connection.execute(
            sa.select(journal).where(journal.c.kind.startswith("legal_rate")).order_by(journal.c.id)
        )
        return [(row.kind, row.details["before"], row.details["after"]) for row in rows]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_what_is_typed_wrong_is_said(engine: str) -> None:
    with pytest.raises(FormProblems) as caught:
        read_rate({"half_year": "2026-3", "rate": "deux", "source": ""})
    assert set(caught.value.errors) == {"half_year", "rate", "source"}
    assert (half_year_name("2026-1"), half_year_name("2026-2")) == (
        "premier semestre 2026",
        "second semestre 2026",
    )


async def test_a_rate_is_entered_once_with_its_source(portal: Portal, nina: Viewer) -> None:
    for _ in range(2):
        await enter_rate(portal, nina, RATE, ORIGIN)
    assert await entered(portal) == {"2026-2": 262}
    assert await noted(portal) == [("legal_rate_entered", None, 262)]
    [second, first, before] = await known_rates(portal, nina)
    assert second == LegalRate("2026-2", 262, "Arrêté du 24 juin 2026", portal.now(), "Yves Roy")
    assert (first.half_year, first.hundredths, first.at) == ("2026-1", 262, None)
    assert (before.half_year, before.hundredths) == ("2025-2", 276)


@pytest.mark.parametrize("half_year", ["2026-1", "2026-2"])
async def test_a_rate_is_never_overwritten_without_a_word(
    portal: Portal, nina: Viewer, half_year: str
) -> None:
    await enter_rate(portal, nina, RATE, ORIGIN)
    other = RATE.model_copy(update={"half_year": half_year, "rate": 270})
    with pytest.raises(Refusal, match="rate_known") as caught:
        await enter_rate(portal, nina, other, ORIGIN)
    assert "2,62\u00a0%" in caught.value.message
    await enter_rate(portal, nina, other.model_copy(update={"correction": "Coquille."}), ORIGIN)
    assert (await entered(portal))[half_year] == 270
    assert (await noted(portal))[-1] == ("legal_rate_corrected", 262, 270)


@pytest.mark.parametrize("rate", [0, 15_01])
async def test_an_unlikely_rate_is_refused(portal: Portal, nina: Viewer, rate: int) -> None:
    with pytest.raises(Refusal, match="rate_unlikely"):
        await enter_rate(portal, nina, RATE.model_copy(update={"rate": rate}), ORIGIN)
    assert await entered(portal) == {}


async def test_a_rate_on_which_penalties_were_paid_stays(
    portal: Portal, clock: FixedClock, nina: Viewer
) -> None:
    late = await a_late_client(portal, clock, date(2026, 6, 20))
    await act(portal, late, a.SettleEverything())
    correction = RATE.model_copy(update={"half_year": "2026-1", "rate": 300, "correction": "Coquille."})
    with pytest.raises(Refusal, match="rate_used"):
        await enter_rate(portal, nina, correction, ORIGIN)
    assert await entered(portal) == {}


async def test_a_half_year_that_lacks_its_rate_is_said_before_and_mailed_once_it_blocks(
    portal: Portal, clock: FixedClock, nina: Viewer
) -> None:
    late = await a_late_client(portal, clock, date(2026, 6, 20))
    assert await missing_rates(portal, nina) == ()
    await alert_missing_rates(portal)
    await live_until(portal, clock, late, paris(date(2026, 7, 1), 9))
    assert await missing_rates(portal, nina) == ("2026-2",)
    for _ in range(2):
        await alert_missing_rates(portal)
    async with portal.database.reading() as connection:
        mails = await connection.execute(
            sa.select(outbox.c.person_id, outbox.c.params).where(outbox.c.template == "legal_rate_missing")
        )
        assert {(row.person_id, row.params["half_year"]) for row in mails} >= {(nina.person_id, "2026-2")}
    await enter_rate(portal, nina, RATE, ORIGIN)
    assert await missing_rates(portal, nina) == ()
    assert (await own_contract(portal, late.viewer)).state.offer.legal_rates["2026-2"] == 262


async def test_without_a_late_invoice_nothing_is_mailed(
    portal: Portal, clock: FixedClock, nina: Viewer
) -> None:
    clock.move_to(paris(date(2026, 7, 1), 9))
    assert await missing_rates(portal, nina) == ("2026-2",)
    await alert_missing_rates(portal)
    async with portal.database.reading() as connection:
        assert not await connection.scalar(sa.select(sa.func.count()).select_from(outbox))


async def test_for_a_client_there_are_no_rates_to_see_or_enter(portal: Portal) -> None:
    client = (await a_client(portal)).viewer
    for refused in (
        enter_rate(portal, client, RATE, ORIGIN),
        known_rates(portal, client),
        missing_rates(portal, client),
    ):
        with pytest.raises(NotFound):
            await refused
