"""The month's run as staff follow it: foreseen beforehand to the cent, told afterwards."""

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.records.billing_tables import vat_decisions
from portal.records.tables import companies, outbox, parked
from portal.services import issuing
from portal.services.calendar import sweep
from portal.services.context import NotFound, Portal, Role, Viewer
from portal.services.histories import OpenHistory
from portal.services.invoice_papers import render_waiting
from portal.services.issuing import Foreseen, foresee, last_run, next_run, run_of
from portal.services.outbox import deliver
from tests.clock import FixedClock
from tests.many_contracts import THE_RUN, make_contracts
from tests.services.clients import a_client, paris

STAFF = Viewer("a colleague", Role.STAFF, None, "session")
CONTRACTS = 7
# Six users at 49,00 EUR.
NET, GROSS = 29400, 35280


async def everything_foreseen(portal: Portal) -> Foreseen:
    found = Foreseen()
    while not found.is_whole:
        found = await foresee(portal, STAFF, found)
    return found


def test_a_run_is_on_the_20th_at_six_or_the_last_business_day_before() -> None:
    on_the_19th = paris(date(2026, 4, 19), 12)
    assert next_run(on_the_19th).instant == paris(date(2026, 4, 20), 6)
    assert last_run(on_the_19th).instant == paris(date(2026, 3, 20), 6)
    # The 20th of June 2026 is a Saturday. At the very instant, the run has come.
    assert next_run(paris(date(2026, 6, 1), 0)).instant == paris(date(2026, 6, 19), 6)
    assert last_run(paris(date(2026, 6, 19), 6)).instant == paris(date(2026, 6, 19), 6)
    # By the clocks of Paris the month has begun, in UTC not yet.
    assert next_run(paris(date(2026, 7, 1), 1)).instant == paris(date(2026, 7, 20), 6)


async def test_what_is_foreseen_is_what_the_run_issues(
    portal: Portal, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "AT_A_TIME", 3)
    await make_contracts(portal, CONTRACTS)
    clock.move_to(paris(date(2026, 4, 19), 12))
    found = await everything_foreseen(portal)
    assert (found.seen, found.invoices, found.credit_notes, found.others) == (CONTRACTS, CONTRACTS, 0, 0)
    assert (found.net_cents, found.gross_cents) == (CONTRACTS * NET, CONTRACTS * GROSS)
    assert {one.text for one in found.remarks} == {
        "Aucun mandat utilisable : sa facture sera à régler par virement."
    }

    clock.move_to(THE_RUN)
    because = last_run(THE_RUN)
    before = await run_of(portal, STAFF, because)
    assert (before.issued, before.waiting) == (0, CONTRACTS)
    await sweep(portal)
    run = await run_of(portal, STAFF, because)
    assert (run.invoices, run.credit_notes, run.waiting) == (CONTRACTS, 0, 0)
    assert (run.net_cents, run.gross_cents) == (found.net_cents, found.gross_cents)
    assert (run.rendered, run.mailed, run.given_up) == (0, 0, 0)


async def test_how_far_its_documents_have_gone(portal: Portal, clock: FixedClock) -> None:
    await make_contracts(portal, 2)
    clock.move_to(THE_RUN)
    await sweep(portal)
    await render_waiting(portal)
    await deliver(portal)
    run = await run_of(portal, STAFF, last_run(THE_RUN))
    assert (run.rendered, run.mailed, run.given_up) == (2, 2, 0)
    async with portal.database.transaction() as connection:
        one = sa.select(sa.func.min(outbox.c.id)).scalar_subquery()
        await connection.execute(
            sa.update(outbox).where(outbox.c.id == one).values(sent_at=None, next_attempt_at=None)
        )
    run = await run_of(portal, STAFF, last_run(THE_RUN))
    assert (run.mailed, run.given_up) == (1, 1)


async def test_what_to_look_at_before(portal: Portal, clock: FixedClock) -> None:
    grown, moved, halted = await make_contracts(portal, 3)
    clock.move_to(paris(date(2026, 4, 19), 12))

    async def grow(connection: AsyncConnection) -> None:
        opened = await OpenHistory.open(portal, connection, grown, company_id=None, at=portal.now())
        for number in range(9):
            await opened.act(a.RegisterUser(user=f"new{number}"), actor="a person", at=portal.now())

    await portal.transact(grow)
    async with portal.database.transaction() as connection:
        company = (
            sa.select(sa.text("company_id")).select_from(sa.text("contracts")).where(sa.text("id = :it"))
        )
        owner = await connection.scalar(company, {"it": moved})
        await connection.execute(sa.update(companies).where(companies.c.id == owner).values(postcode="98000"))
        assert await connection.scalar(sa.select(sa.func.count()).select_from(vat_decisions)) == 0
        await connection.execute(
            sa.insert(parked).values(contract_id=halted, at=portal.now(), breaches='["le solde"]')
        )
    found = await everything_foreseen(portal)
    assert found.seen == 2, "one that stands still is not of the run"
    told = {
        contract: {one.text for one in found.remarks if one.contract_id == contract}
        for contract in (grown, moved)
    }
    no_mandate = "Aucun mandat utilisable : sa facture sera à régler par virement."
    assert told == {
        grown: {no_mandate, "Un montant deux fois plus grand, ou plus petit, que le mois d’avant."},
        moved: {
            no_mandate,
            "La TVA de ce client est à décider : sa facture porterait un taux que personne n’a choisi.",
        },
    }
    run = await run_of(portal, STAFF, last_run(THE_RUN))
    assert [(one.contract_id, one.at) for one in run.halted] == [(halted, portal.now())]


async def test_only_staff_follow_it(portal: Portal) -> None:
    client = await a_client(portal)
    with pytest.raises(NotFound):
        await foresee(portal, client.viewer, Foreseen())
    with pytest.raises(NotFound):
        await run_of(portal, replace(STAFF, role=Role.CLIENT), last_run(portal.now()))
