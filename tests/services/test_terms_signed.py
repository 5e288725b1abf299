"""CGV art. 3, 17: whoever signs a contract accepts the terms then in force, whichever ones her trial began under."""

from datetime import date

import pytest

from portal.contract.acts import Piece
from portal.contract.refusal import Refusal
from portal.services.conditions import publish
from portal.services.context import Portal
from portal.services.dossiers import own_dossier
from portal.services.examining import accept, refuse, validate_identity
from portal.services.first_transfer import record_transfer
from portal.services.papers import outdated_papers, paper
from portal.services.refusal_reasons import READY_REASONS
from portal.services.trials import accept_terms
from portal.web.client.subscribe_next import must_accept
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, paris
from tests.services.dossier_lives import a_colleague
from tests.services.subscribing import a_subscribing_client, documents, give_facts, kbis, send, signed
from tests.services.test_conditions import FROM, text
from tests.services.test_papers import words

START, APRIL = paris(date(2026, 3, 25), 10), paris(date(2026, 4, 2), 10)


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> Client:
    return await a_subscribing_client(portal, clock, START)


async def other_terms_come(portal: Portal, clock: FixedClock) -> None:
    await publish(portal, text(), version="2026-04", applies_from=FROM)
    clock.move_to(APRIL)


async def must_print_again(portal: Portal, client: Client) -> frozenset[Piece]:
    return await outdated_papers(portal, await own_dossier(portal, client.viewer))


async def test_a_contract_that_cites_older_terms_is_signed_again_once_the_new_ones_are_accepted(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    old = await signed(portal, client, Piece.CONTRACT)
    await other_terms_come(portal, clock)
    assert await must_print_again(portal, client) == {Piece.CONTRACT}
    with pytest.raises(Refusal, match="outdated_printing"):
        await send(portal, client, Piece.CONTRACT, old)
    with pytest.raises(Refusal, match="terms_not_accepted"):
        await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)

    await accept_terms(portal, client.viewer, "2026-04", ORIGIN)
    assert await must_print_again(portal, client) == {Piece.CONTRACT}
    assert "version 2026-04" in words((await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)).pdf)
    await send(portal, client, Piece.CONTRACT, await signed(portal, client, Piece.CONTRACT))
    await send(portal, client, Piece.MANDATE, await signed(portal, client, Piece.MANDATE))
    await send(portal, client, Piece.KBIS, kbis(date(2026, 3, 20)))

    nina = await a_colleague(portal)
    for piece, document in (await documents(portal, client)).items():
        await accept(portal, nina, client.contract_id, piece, document, ORIGIN)
    await validate_identity(portal, nina, client.contract_id, ORIGIN)
    await record_transfer(portal, nina, client.contract_id, APRIL.date(), ORIGIN)
    assert (await own_dossier(portal, client.viewer)).contract.state.terms_version == "2026-04"


async def test_a_contract_received_before_the_new_terms_keeps_those_it_was_signed_under(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    version = await send(portal, client, Piece.CONTRACT, await signed(portal, client, Piece.CONTRACT))
    await other_terms_come(portal, clock)
    assert await must_print_again(portal, client) == set()
    nina = await a_colleague(portal)
    await accept(portal, nina, client.contract_id, Piece.CONTRACT, version, ORIGIN)
    assert await must_print_again(portal, client) == set()


async def test_a_contract_printed_anew_after_new_terms_cites_them_whatever_is_received(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    """She signs today: another number of users, while the one she signed before waits to be examined."""
    await send(portal, client, Piece.CONTRACT, await signed(portal, client, Piece.CONTRACT))
    await other_terms_come(portal, clock)
    await give_facts(portal, client, users="9")
    dossier = await own_dossier(portal, client.viewer)
    outdated = await must_print_again(portal, client)
    assert outdated == {Piece.CONTRACT}
    assert must_accept(dossier, outdated)
    with pytest.raises(Refusal, match="terms_not_accepted"):
        await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)
    await accept_terms(portal, client.viewer, "2026-04", ORIGIN)
    assert "version 2026-04" in words((await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)).pdf)


async def test_what_was_signed_is_handed_over_whatever_terms_come_after(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    """Accepted, it is not printed anew: neither for terms that are not hers nor for users who came since."""
    version = await send(portal, client, Piece.CONTRACT, await signed(portal, client, Piece.CONTRACT))
    printed = (await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)).pdf
    await other_terms_come(portal, clock)
    assert (await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)).pdf == printed
    nina = await a_colleague(portal)
    await accept(portal, nina, client.contract_id, Piece.CONTRACT, version, ORIGIN)
    await send(portal, client, Piece.MANDATE, await signed(portal, client, Piece.MANDATE))
    await send(portal, client, Piece.KBIS, kbis(date(2026, 3, 30)))
    for piece in (Piece.MANDATE, Piece.KBIS):
        document = (await documents(portal, client))[piece]
        await accept(portal, nina, client.contract_id, piece, document, ORIGIN)
    await validate_identity(portal, nina, client.contract_id, ORIGIN)
    await record_transfer(portal, nina, client.contract_id, APRIL.date(), ORIGIN)
    assert (await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)).pdf == printed


async def test_a_contract_refused_is_signed_again_under_the_terms_of_that_day(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    version = await send(portal, client, Piece.CONTRACT, await signed(portal, client, Piece.CONTRACT))
    nina = await a_colleague(portal)
    reason = READY_REASONS[Piece.CONTRACT][0]
    await refuse(portal, nina, client.contract_id, Piece.CONTRACT, version, reason, "", ORIGIN)
    assert await must_print_again(portal, client) == set()
    await other_terms_come(portal, clock)
    assert await must_print_again(portal, client) == {Piece.CONTRACT}
