"""Credit notes with four eyes: proposed by one, decided by another, once, as the rules allow it then."""

import asyncio
from datetime import date

import pytest
import sqlalchemy as sa

from portal.contract import acts as a
from portal.contract.refusal import Refusal
from portal.records.billing_tables import invoices
from portal.services.context import NotFound, Portal, Viewer
from portal.services.credit_notes import (
    CreditForm,
    credit_proposals_of,
    decide_credit,
    propose_credit,
    read_credit,
)
from portal.services.forms import FormProblems
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, act
from tests.services.dossier_lives import a_colleague
from tests.services.late_lives import a_late_client

TYPED = {
    "invoice": "F-2026-0001",
    "amount": "10,00",
    "label": "Geste commercial",
    "reason": "Panne du 3 mai",
}


@pytest.fixture
async def yves(portal: Portal) -> Viewer:
    return await a_colleague(portal, "Yves")


@pytest.fixture
async def salima(portal: Portal) -> Viewer:
    return await a_colleague(portal, "Salima")


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> Client:
    return await a_late_client(portal, clock, date(2026, 5, 22))


async def issued(portal: Portal) -> list[tuple[str, str | None, int]]:
    async with portal.database.reading() as connection:
        rows = await connection.execute(
            sa.select(invoices).where(invoices.c.kind == "credit_note").order_by(invoices.c.number)
        )
        return [(row.number, row.cites, row.net_cents) for row in rows]


def typed(**changed: str) -> CreditForm:
    return read_credit({**TYPED, **changed})


async def test_one_proposes_another_decides(
    portal: Portal, client: Client, yves: Viewer, salima: Viewer
) -> None:
    proposal = await propose_credit(portal, yves, typed(), ORIGIN)
    assert await issued(portal) == []
    [seen_by_yves] = await credit_proposals_of(portal, yves, waiting=True)
    [seen_by_salima] = await credit_proposals_of(portal, salima, waiting=True)
    assert (seen_by_yves.is_own, seen_by_salima.is_own, seen_by_salima.proposed_by) == (
        True,
        False,
        "Yves Roy",
    )
    with pytest.raises(Refusal, match="four_eyes"):
        await decide_credit(portal, yves, proposal, accepted=True, origin=ORIGIN)
    assert await issued(portal) == []

    number = await decide_credit(portal, salima, proposal, accepted=True, origin=ORIGIN)
    assert await issued(portal) == [(number, "F-2026-0001", 1000)]
    [decided] = await credit_proposals_of(portal, yves, waiting=False)
    assert (decided.accepted, decided.decided_by, decided.number) == (True, "Salima Roy", "A-2026-0001")


async def test_decided_twice_is_once_and_another_decision_comes_too_late(
    portal: Portal, client: Client, yves: Viewer, salima: Viewer
) -> None:
    proposal = await propose_credit(portal, yves, typed(), ORIGIN)
    numbers = await asyncio.gather(
        *(decide_credit(portal, salima, proposal, accepted=True, origin=ORIGIN) for _ in range(3))
    )
    assert set(numbers) == {"A-2026-0001"}
    assert len(await issued(portal)) == 1
    with pytest.raises(Refusal, match="credit_decided"):
        await decide_credit(portal, salima, proposal, accepted=False, origin=ORIGIN)


async def test_what_is_declined_or_taken_back_issues_nothing(
    portal: Portal, client: Client, yves: Viewer, salima: Viewer
) -> None:
    for who in (salima, yves):
        proposal = await propose_credit(portal, yves, typed(), ORIGIN)
        for _ in range(2):
            assert await decide_credit(portal, who, proposal, accepted=False, origin=ORIGIN) == ""
        with pytest.raises(Refusal, match="credit_decided"):
            await decide_credit(portal, salima, proposal, accepted=True, origin=ORIGIN)
    assert await issued(portal) == []


async def test_the_same_proposal_twice_is_once_and_another_waits_for_it(
    portal: Portal, client: Client, yves: Viewer, salima: Viewer
) -> None:
    first = await propose_credit(portal, yves, typed(), ORIGIN)
    assert await propose_credit(portal, yves, typed(), ORIGIN) == first
    for who, wished in ((salima, typed()), (yves, typed(amount="20"))):
        with pytest.raises(Refusal, match="credit_pending"):
            await propose_credit(portal, who, wished, ORIGIN)


async def test_without_an_amount_it_is_all_that_is_left(
    portal: Portal, client: Client, yves: Viewer, salima: Viewer
) -> None:
    first = await propose_credit(portal, yves, typed(amount="45,00"), ORIGIN)
    await decide_credit(portal, salima, first, accepted=True, origin=ORIGIN)
    await propose_credit(portal, yves, typed(amount="", invoice="f-2026-0001"), ORIGIN)
    [rest] = await credit_proposals_of(portal, yves, waiting=True)
    assert rest.net_cents == 24500 - 4500


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"invoice": "F-2026-9999"}, "unknown_invoice"), ({"amount": "245,01"}, "credit_out_of_range")],
)
async def test_what_the_rules_would_refuse_is_refused_at_once(
    portal: Portal, client: Client, yves: Viewer, changed: dict[str, str], code: str
) -> None:
    with pytest.raises(Refusal, match=code):
        await propose_credit(portal, yves, typed(**changed), ORIGIN)
    assert await credit_proposals_of(portal, yves, waiting=True) == ()


async def test_what_has_become_impossible_is_refused_to_the_one_who_decides(
    portal: Portal, client: Client, yves: Viewer, salima: Viewer
) -> None:
    proposal = await propose_credit(portal, yves, typed(), ORIGIN)
    whole = a.IssueCreditNote(cites="F-2026-0001", net_cents=24500, label="Tout")
    await act(portal, client, whole)
    with pytest.raises(Refusal, match="credit_out_of_range"):
        await decide_credit(portal, salima, proposal, accepted=True, origin=ORIGIN)
    assert len(await credit_proposals_of(portal, yves, waiting=True)) == 1


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_what_is_typed_wrong_is_said(engine: str) -> None:
    with pytest.raises(FormProblems) as caught:
        read_credit({"invoice": "", "amount": "dix", "label": "", "reason": ""})
    assert set(caught.value.errors) == {"invoice", "amount", "label", "reason"}
    assert caught.value.kept["amount"] == "dix"


async def test_for_a_client_there_is_nothing_to_propose_or_decide(
    portal: Portal, client: Client, yves: Viewer
) -> None:
    proposal = await propose_credit(portal, yves, typed(), ORIGIN)
    for refused in (
        propose_credit(portal, client.viewer, typed(), ORIGIN),
        decide_credit(portal, client.viewer, proposal, accepted=True, origin=ORIGIN),
        credit_proposals_of(portal, client.viewer, waiting=True),
        decide_credit(portal, yves, "nothing", accepted=True, origin=ORIGIN),
    ):
        with pytest.raises(NotFound):
            await refused
