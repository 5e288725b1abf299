"""The VAT of a client whose place does not tell it (CGV art. 10.1): decided by staff before anything is invoiced."""

from datetime import date

import pytest
import sqlalchemy as sa

from portal.contract import events as e
from portal.contract.acts import Piece
from portal.contract.refusal import Refusal
from portal.records.tables import companies, journal
from portal.services.context import NotFound, Portal, Viewer
from portal.services.examining import accept, validate_identity
from portal.services.forms import FormProblems
from portal.services.reading import own_contract
from portal.services.vat_deciding import decide_vat, read_vat, vats_to_decide
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, act, paris
from tests.services.dossier_lives import a_colleague, sent
from tests.services.subscribing import a_subscribing_client

SAINT_MARTIN = {"rate": "0", "mention": "TVA non applicable, article 294-1 du CGI", "reason": "Saint-Martin"}


@pytest.fixture
async def nina(portal: Portal) -> Viewer:
    return await a_colleague(portal)


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> Client:
    """A client of Saint-Martin whose three pieces are accepted: only its identity is left to validate."""
    client = await a_subscribing_client(
        portal, clock, paris(date(2026, 4, 20), 10), postcode="97150", city="Saint-Martin"
    )
    await act(portal, client, *(sent(piece) for piece in Piece))
    return client


async def validate(portal: Portal, nina: Viewer, client: Client) -> None:
    for piece in Piece:
        await accept(portal, nina, client.contract_id, piece, f"{piece}-1", ORIGIN)
    await validate_identity(portal, nina, client.contract_id, ORIGIN)


async def invoiced(portal: Portal, client: Client) -> list[tuple[int, int]]:
    events = (await own_contract(portal, client.viewer)).events
    issued = [one.event for one in events if isinstance(one.event, e.InvoiceIssued)]
    return [(one.vat_hundredths, one.vat_cents) for one in issued]


async def company_of(portal: Portal, client: Client) -> str:
    return (await own_contract(portal, client.viewer)).company.id


async def test_a_dossier_is_validated_only_once_its_vat_is_decided(
    portal: Portal, nina: Viewer, client: Client
) -> None:
    with pytest.raises(Refusal, match="vat_undecided"):
        await validate(portal, nina, client)
    assert await invoiced(portal, client) == []
    await decide_vat(portal, nina, await company_of(portal, client), read_vat(SAINT_MARTIN), ORIGIN)
    await validate(portal, nina, client)
    assert await invoiced(portal, client) in ([], [(0, 0)])
    assert (await own_contract(portal, client.viewer)).state.validated_at is not None


async def test_a_place_that_tells_its_vat_leaves_nothing_to_decide(
    portal: Portal, nina: Viewer, client: Client
) -> None:
    company_id = await company_of(portal, client)
    [waiting] = await vats_to_decide(portal, nina)
    assert (waiting.company_id, waiting.place, waiting.hundredths) == (company_id, "97150 Saint-Martin", None)
    async with portal.database.transaction() as connection:
        await connection.execute(sa.update(companies).values(postcode="97200"))
    assert await vats_to_decide(portal, nina) == ()
    with pytest.raises(Refusal, match="vat_told_by_place"):
        await decide_vat(portal, nina, company_id, read_vat(SAINT_MARTIN), ORIGIN)
    with pytest.raises(NotFound):
        await decide_vat(portal, nina, "nobody", read_vat(SAINT_MARTIN), ORIGIN)


async def test_a_decision_twice_is_once_and_another_one_is_journaled(
    portal: Portal, nina: Viewer, client: Client
) -> None:
    company_id = await company_of(portal, client)
    for rate in ("0", "0", "8,5"):
        await decide_vat(portal, nina, company_id, read_vat({**SAINT_MARTIN, "rate": rate}), ORIGIN)
    [decided] = await vats_to_decide(portal, nina)
    assert (decided.hundredths, decided.by, decided.reason) == (850, "Nina Roy", "Saint-Martin")
    async with portal.database.reading() as connection:
        rows = await connection.scalars(
            sa.select(journal.c.details).where(journal.c.kind == "vat_decided").order_by(journal.c.id)
        )
        assert [(row["before"], row["after"]) for row in rows] == [(None, 0), (0, 850)]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"rate": "0", "mention": "", "reason": "x"}, {"mention"}),
        ({"rate": "21", "mention": "", "reason": "x"}, {"rate"}),
        ({"rate": "", "mention": "", "reason": ""}, {"rate", "reason"}),
    ],
)
def test_what_is_typed_wrong_is_said(engine: str, typed: dict[str, str], wrong: set[str]) -> None:
    with pytest.raises(FormProblems) as caught:
        read_vat(typed)
    assert set(caught.value.errors) == wrong


async def test_for_a_client_there_is_nothing_to_see_or_decide(portal: Portal, client: Client) -> None:
    company_id = await company_of(portal, client)
    with pytest.raises(NotFound):
        await decide_vat(portal, client.viewer, company_id, read_vat(SAINT_MARTIN), ORIGIN)
    with pytest.raises(NotFound):
        await vats_to_decide(portal, client.viewer)
