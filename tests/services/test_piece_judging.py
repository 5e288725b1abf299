"""What a file holds beside the piece that was awaited (CGV art. 8): whose pages, all of them, signed or not."""

from asyncio import to_thread
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from portal.contract.acts import Piece
from portal.contract.refusal import Refusal
from portal.services.context import Portal
from portal.services.dossiers import own_dossier
from portal.services.papers import paper
from portal.services.piece_readings import Reading
from portal.services.vat_deciding import decide_vat, read_vat
from tests.clock import FixedClock
from tests.documents.hostile.papers import pdf
from tests.documents.sheets import on_one_sheet, one_file, pages_of, photos_of
from tests.documents.signing import CAMILLE, pem
from tests.documents.signing import signed as signed_electronically
from tests.services.clients import ORIGIN, Client, a_trial, paris
from tests.services.dossier_lives import a_colleague
from tests.services.noticed import plain
from tests.services.subscribing import a_subscribing_client, give_facts, send, signed
from tests.services.test_vat_deciding import SAINT_MARTIN

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


async def test_a_certificate_is_trusted_where_the_settings_name_its_root(
    portal: Portal, client: Client, tmp_path: Path
) -> None:
    roots = tmp_path / "authorities.pem"
    roots.write_bytes(pem(CAMILLE))
    trusting = replace(portal, settings=portal.settings.model_copy(update={"signature_roots": roots}))
    printed = await unsigned(portal, client, Piece.MANDATE)
    mandate = await to_thread(signed_electronically, printed)
    again = await to_thread(signed_electronically, mandate, CAMILLE, "Seconde")

    by_nobody = await read(portal, client, Piece.MANDATE, mandate)
    assert [(one.intact, one.trusted) for one in by_nobody.signatures] == [(True, False)]
    by_root = await read(trusting, client, Piece.MANDATE, again)
    assert [(one.intact, one.trusted) for one in by_root.signatures] == [(True, True), (True, True)]


# --- all its pages -------------------------------------------------------------------------------


async def test_a_page_sent_twice_does_not_stand_for_the_one_that_is_missing(
    portal: Portal, client: Client
) -> None:
    contract = await signed(portal, client, Piece.CONTRACT)
    told = await refused(portal, client, Piece.CONTRACT, pages_of(contract, 1, 1))
    assert told.code == "pages_missing"
    assert "le contrat signé compte 2 pages, il manque la page 2 ; la page 1 y est en double." in plain(
        told.message
    )


async def test_a_page_of_the_mandate_does_not_stand_for_one_of_the_contract(
    portal: Portal, client: Client
) -> None:
    contract = await signed(portal, client, Piece.CONTRACT)
    mandate = await signed(portal, client, Piece.MANDATE)
    told = await refused(portal, client, Piece.CONTRACT, one_file(pages_of(contract, 2), mandate))
    assert told.code == "pages_missing"
    assert "il manque la page 1." in plain(told.message)


async def test_a_page_of_an_earlier_printing_does_not_stand_for_one_of_the_latest(
    portal: Portal, client: Client
) -> None:
    earlier = await signed(portal, client, Piece.CONTRACT)
    await give_facts(portal, client, signatory_name="Paul Aubry")
    latest = await signed(portal, client, Piece.CONTRACT)
    told = await refused(portal, client, Piece.CONTRACT, one_file(pages_of(earlier, 1), pages_of(latest, 2)))
    assert told.code == "pages_missing"
    assert "il manque la page 1 ; la page 1 n’y est que d’une autre impression." in plain(told.message)


async def test_a_page_whose_code_was_lost_may_be_the_one_that_is_not_seen(
    portal: Portal, client: Client
) -> None:
    contract = await signed(portal, client, Piece.CONTRACT)
    reading = await read(portal, client, Piece.CONTRACT, one_file(pdf(), pages_of(contract, 2)))
    assert (reading.pages_seen, reading.pages_missing, reading.signed) == ((2,), (1,), True)


async def test_both_pages_on_one_sheet_are_a_whole_contract(portal: Portal, client: Client) -> None:
    contract = await signed(portal, client, Piece.CONTRACT)
    reading = await read(portal, client, Piece.CONTRACT, on_one_sheet(contract))
    assert (reading.pages, reading.pages_seen, reading.pages_missing) == (1, (1, 2), ())
    assert (reading.ink, reading.signed) == (True, True)


# --- which printing ------------------------------------------------------------------------------


async def printed_twice(portal: Portal, clock: FixedClock) -> tuple[Client, bytes, bytes]:
    """Return a client, and her contract signed with its tax still to come, then printed again with it."""
    client = await a_subscribing_client(portal, clock, START, postcode="97133")
    before = await signed(portal, client, Piece.CONTRACT)
    nina = await a_colleague(portal)
    assert client.viewer.company_id is not None
    await decide_vat(portal, nina, client.viewer.company_id, read_vat(SAINT_MARTIN), ORIGIN)
    return client, before, await signed(portal, client, Piece.CONTRACT)


async def test_an_earlier_printing_that_says_the_same_to_sign_is_taken(
    portal: Portal, clock: FixedClock
) -> None:
    client, before, after = await printed_twice(portal, clock)
    reading = await read(portal, client, Piece.CONTRACT, before)
    assert (reading.edition, reading.ink, reading.pages_missing) == (1, True, ())
    reading = await read(portal, client, Piece.CONTRACT, after)
    assert (reading.edition, reading.ink, reading.pages_missing) == (2, True, ())


async def test_pages_of_two_printings_are_no_whole_contract_though_both_say_the_same(
    portal: Portal, clock: FixedClock
) -> None:
    client, before, after = await printed_twice(portal, clock)
    for first, second in ((before, after), (after, before)):
        mixed = one_file(pages_of(first, 1), pages_of(second, 2))
        told = await refused(portal, client, Piece.CONTRACT, mixed)
        assert told.code == "pages_missing"
        assert "d’une autre impression" in told.message


# --- whose pages ---------------------------------------------------------------------------------


async def papers_of_two(portal: Portal, clock: FixedClock, client: Client) -> tuple[bytes, bytes]:
    """Return her contract, and another company's."""
    own = await signed(portal, client, Piece.CONTRACT)
    names = {"siren": "552100554", "email": "paul@autre.example", "legal_name": "Autre"}
    other = await a_trial(portal, clock, START, **names)
    await give_facts(portal, other)
    return own, await signed(portal, other, Piece.CONTRACT)


async def test_one_page_of_another_dossier_among_her_own_is_named(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    own, foreign = await papers_of_two(portal, clock, client)
    told = await refused(portal, client, Piece.CONTRACT, one_file(pages_of(own, 1), pages_of(foreign, 2)))
    assert told.code == "another_dossier"
    assert plain(told.message).startswith(
        "« document.pdf » : la page 2 de ce fichier est du contrat CT-2026-0002, qui n’est pas le vôtre (CT-2026-0001). Retirez-la,"
    )


async def test_photos_of_another_dossier_among_her_own_are_named(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    own, foreign = await papers_of_two(portal, clock, client)
    told = await refused(portal, client, Piece.CONTRACT, *photos_of(foreign), photos_of(own)[1])
    assert told.code == "another_dossier"
    assert told.message.startswith(
        "Les photos 1 et 2 de l’envoi sont du contrat CT-2026-0002, qui n’est pas le vôtre (CT-2026-0001). "
        "Retirez-les,"
    )
