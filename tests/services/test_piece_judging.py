"""What a file holds beside the piece that was awaited (CGV art. 8): whose pages, all of them, signed or not."""

from datetime import date

import pytest

from portal.contract.acts import Piece
from portal.contract.refusal import Refusal
from portal.services.context import Portal
from portal.services.dossiers import own_dossier
from portal.services.papers import paper
from portal.services.piece_readings import Reading
from tests.clock import FixedClock
from tests.documents.sheets import one_file
from tests.services.clients import ORIGIN, Client, paris
from tests.services.subscribing import a_subscribing_client, send, signed

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
START = paris(date(2026, 3, 3), 10)


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> Client:
    """A client whose contract has three options: it has words where the mandate has its box."""
    options = {"option_start": "1", "option_training": "2", "option_storage": "3"}
    return await a_subscribing_client(portal, clock, START, **options)


async def read(portal: Portal, client: Client, piece: Piece, *contents: bytes) -> Reading:
    """Send a piece and return what was read of it."""
    await send(portal, client, piece, *contents)
    version = (await own_dossier(portal, client.viewer)).current(piece)
    assert version is not None
    return version.reading


async def refused(portal: Portal, client: Client, piece: Piece, *contents: bytes) -> Refusal:
    """Send what is refused; return how."""
    with pytest.raises(Refusal) as refusal:
        await send(portal, client, piece, *contents)
    assert (await own_dossier(portal, client.viewer)).current(piece) is None
    return refusal.value


async def unsigned(portal: Portal, client: Client, piece: Piece) -> bytes:
    return (await paper(portal, client.viewer, piece, ORIGIN)).pdf


# --- signed --------------------------------------------------------------------------------------


@pytest.mark.parametrize("contract_first", [True, False])
async def test_an_unsigned_mandate_stays_unsigned_whatever_is_sent_with_it(
    portal: Portal, client: Client, contract_first: bool
) -> None:
    parts = [await signed(portal, client, Piece.CONTRACT), await unsigned(portal, client, Piece.MANDATE)]
    reading = await read(
        portal, client, Piece.MANDATE, one_file(*(parts if contract_first else reversed(parts)))
    )
    assert (reading.ink, reading.signed) == (False, False)


async def test_a_signed_mandate_is_signed_whatever_is_sent_with_it(portal: Portal, client: Client) -> None:
    both = one_file(
        await unsigned(portal, client, Piece.CONTRACT), await signed(portal, client, Piece.MANDATE)
    )
    mandate = await read(portal, client, Piece.MANDATE, both)
    contract = await read(portal, client, Piece.CONTRACT, both)
    assert (mandate.ink, mandate.signed) == (True, True)
    assert (contract.ink, contract.signed) == (False, False)
