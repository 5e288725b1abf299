"""The figures that matter: each is what the contracts and invoices say, on the day it is looked at."""

from datetime import date

import pytest

from portal.contract import acts as a
from portal.services.context import NotFound, Portal, Viewer
from portal.services.figures import figures
from portal.services.reading import own_contract
from tests.clock import FixedClock
from tests.services.clients import a_client, act, live_until, paris
from tests.services.dossier_lives import a_colleague
from tests.services.late_lives import a_late_client


@pytest.fixture
async def yves(portal: Portal) -> Viewer:
    return await a_colleague(portal, "Yves")


async def test_without_a_client_every_figure_is_zero(portal: Portal, yves: Viewer) -> None:
    found = await figures(portal, yves)
    assert (found.monthly_cents, found.in_force, found.late_cents, found.terms) == (0, 0, 0, ())
    assert [month.first_day for month in found.months][:: len(found.months) - 1] == [
        date(2025, 4, 1),
        date(2026, 3, 1),
    ]


async def test_the_figures_are_those_of_the_contracts(
    portal: Portal, clock: FixedClock, yves: Viewer
) -> None:
    client = await a_late_client(portal, clock, date(2026, 6, 20))
    invoices = (await own_contract(portal, client.viewer)).state.invoices
    by_number = {one.number: one for one in invoices}
    found = await figures(portal, yves)
    assert (found.monthly_cents, found.in_force, found.suspended) == (5 * 4900, 1, 1)
    june = by_number["F-2026-0002"]
    assert (found.late_cents, found.late_clients) == (june.gross_cents, 1)
    may = found.months[-2]
    assert may.first_day == date(2026, 5, 1)
    assert may.issued_cents == by_number["F-2026-0001"].net_cents + june.net_cents
    assert (may.due_cents, may.unpaid_cents) == (29400 + june.gross_cents, june.gross_cents)
    assert may.settled_cents == 29400
    assert found.month.issued_cents == by_number["F-2026-0003"].net_cents


async def test_a_term_to_come_says_until_when_it_can_be_denounced(
    portal: Portal, clock: FixedClock, yves: Viewer
) -> None:
    client = await a_late_client(portal, clock, date(2026, 5, 21))
    await act(portal, client, a.Settle(month="2026-06"))
    assert (await figures(portal, yves)).terms == ()
    clock.move_to(paris(date(2027, 4, 1), 9))
    [term] = (await figures(portal, yves)).terms
    assert (term.legal_name, term.ends_on, term.notice_until) == (
        "Atelier Nord",
        date(2027, 5, 19),
        date(2027, 4, 19),
    )
    assert term.monthly_cents == 5 * 4900


async def test_what_ended_brings_nothing_more(portal: Portal, clock: FixedClock, yves: Viewer) -> None:
    client = await a_late_client(portal, clock, date(2026, 6, 30))
    await act(portal, client, a.Terminate(reason="unpaid"))
    await live_until(portal, clock, client, paris(date(2026, 7, 1), 9))
    found = await figures(portal, yves)
    assert (found.monthly_cents, found.in_force, found.late_clients) == (0, 0, 1)


async def test_for_a_client_there_are_no_figures(portal: Portal) -> None:
    with pytest.raises(NotFound):
        await figures(portal, (await a_client(portal)).viewer)
