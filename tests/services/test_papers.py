"""The papers to sign (CGV art. 8, 10.2): printed once for each set of facts, handed over to their owner and to staff."""

import asyncio
from datetime import timedelta

import pypdfium2
import pytest
import sqlalchemy as sa

from portal.contract.acts import Piece
from portal.contract.refusal import Refusal
from portal.records.tables import journal, papers
from portal.services.context import NotFound, Portal, Role, Viewer
from portal.services.dossiers import own_dossier
from portal.services.papers import paper, paper_of
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, a_client, a_trial
from tests.services.subscribing import give_facts
from tests.services.test_pieces import START

STAFF = Viewer("staff", Role.STAFF, None, "session")


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> Client:
    return await a_trial(portal, clock, START)


def words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
    finally:
        document.close()


async def editions(portal: Portal) -> list[tuple[str, int]]:
    async with portal.database.reading() as connection:
        rows = await connection.execute(
            sa.select(papers.c.piece, papers.c.edition).order_by(papers.c.piece, papers.c.edition)
        )
        return [(row.piece, row.edition) for row in rows]


async def test_the_papers_say_what_the_client_gave(portal: Portal, client: Client) -> None:
    await give_facts(portal, client, option_training="2")
    contract = await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)
    mandate = await paper(portal, client.viewer, Piece.MANDATE, ORIGIN)

    assert contract.name == "contrat-CT-2026-0001.pdf"
    said = words(contract.pdf)
    for expected in (
        "CT-2026-0001",
        "Atelier Nord",
        "Élodie Marchand",
        "7 utilisateurs",
        "343,00",
        "Formation",
    ):
        assert expected in said, expected
    assert mandate.name == "mandat-CT-2026-0001-M1.pdf"
    said = words(mandate.pdf)
    for expected in ("CT-2026-0001-M1", "FR76 3000 6000 0112 3456 7890 189", "FR72ZZZ123456"):
        assert expected in said, expected


async def test_the_same_facts_are_the_same_edition_and_others_another(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    await give_facts(portal, client)
    first = await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)
    clock.move_to(START + timedelta(days=3))
    assert await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN) == first
    await paper(portal, client.viewer, Piece.MANDATE, ORIGIN)
    await give_facts(portal, client, signatory_name="Paul Aubry")
    second = await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)
    assert "Paul Aubry" in words(second.pdf)
    assert (await paper(portal, client.viewer, Piece.MANDATE, ORIGIN)).name == "mandat-CT-2026-0001-M2.pdf"
    assert await editions(portal) == [("contract", 1), ("contract", 2), ("mandate", 1), ("mandate", 2)]
    assert (await paper_of(portal, STAFF, client.contract_id, Piece.CONTRACT, 1, ORIGIN)) == first


async def test_two_tabs_print_one_edition(portal: Portal, client: Client) -> None:
    await give_facts(portal, client)
    both = await asyncio.gather(*(paper(portal, client.viewer, Piece.CONTRACT, ORIGIN) for _ in range(2)))
    assert both[0] == both[1]
    assert await editions(portal) == [("contract", 1)]


async def test_what_is_missing_is_said(portal: Portal, client: Client) -> None:
    with pytest.raises(Refusal, match="facts_missing"):
        await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)
    with pytest.raises(NotFound):
        await paper(portal, client.viewer, Piece.KBIS, ORIGIN)
    assert await editions(portal) == []
    assert (await own_dossier(portal, client.viewer)).number == ""


async def test_nothing_is_printed_before_the_terms_are_accepted(portal: Portal, client: Client) -> None:
    other = await a_client(portal, siren="552100554", email="paul@autre.example", legal_name="Autre")
    await give_facts(portal, other)
    with pytest.raises(Refusal, match="terms_not_accepted"):
        await paper(portal, other.viewer, Piece.CONTRACT, ORIGIN)


async def test_a_printing_is_its_owners_and_the_staffs(portal: Portal, client: Client) -> None:
    await give_facts(portal, client)
    await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)
    other = await a_client(portal, siren="552100554", email="paul@autre.example", legal_name="Autre")
    with pytest.raises(NotFound):
        await paper_of(portal, other.viewer, client.contract_id, Piece.CONTRACT, 1, ORIGIN)
    with pytest.raises(NotFound):
        await paper_of(portal, STAFF, client.contract_id, Piece.CONTRACT, 2, ORIGIN)
    async with portal.database.reading() as connection:
        kinds = await connection.scalars(sa.select(journal.c.kind).order_by(journal.c.id))
        assert list(kinds) == ["trial_started", "dossier_saved", "account_saved", "paper_taken"]
