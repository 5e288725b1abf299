"""What a dossier keeps of the account to collect from (CGV art. 10.2)."""

from datetime import date

import pytest

from portal.contract.acts import Piece
from portal.services.context import Portal
from portal.services.dossier_forms import read_account_form
from portal.services.dossiers import own_dossier, save_account
from portal.services.forms import FormProblems
from portal.services.papers import outdated_papers, paper
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, paris
from tests.services.subscribing import IBAN, OTHER_IBAN, a_subscribing_client

# Of a bank that does not exist: nobody knows its BIC.
UNKNOWN_IBAN = "FR3299999000010123456789A09"


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> Client:
    return await a_subscribing_client(portal, clock, paris(date(2026, 3, 3), 10))


async def give_account(portal: Portal, client: Client, iban: str, bic: str = "") -> str:
    """Give an account; return the BIC that is kept."""
    form = read_account_form({"holder": "Atelier Nord", "iban": iban, "bic": bic})
    await save_account(portal, client.viewer, form, ORIGIN)
    account = (await own_dossier(portal, client.viewer)).account
    assert account is not None
    return account.bic


async def test_the_bic_that_the_iban_tells_is_the_one_kept(portal: Portal, client: Client) -> None:
    assert await give_account(portal, client, OTHER_IBAN) == "PSSTFRPP"
    assert await give_account(portal, client, OTHER_IBAN, "PSSTFRPPLIL") == "PSSTFRPP"
    assert await give_account(portal, client, UNKNOWN_IBAN, "AGRIFRPP") == "AGRIFRPP"


@pytest.mark.parametrize(("iban", "bic"), [(OTHER_IBAN, "AGRIFRPPXXX"), (IBAN, "COBADEFF")])
async def test_the_bic_of_another_bank_is_refused_at_its_field(iban: str, bic: str) -> None:
    with pytest.raises(FormProblems) as caught:
        read_account_form({"holder": "Atelier Nord", "iban": iban, "bic": bic})
    assert set(caught.value.errors) == {"bic"}


async def test_a_mandate_is_signed_again_for_another_bic(portal: Portal, client: Client) -> None:
    await give_account(portal, client, UNKNOWN_IBAN, "AGRIFRPP")
    await paper(portal, client.viewer, Piece.MANDATE, ORIGIN)
    await give_account(portal, client, UNKNOWN_IBAN, "PSSTFRPP")
    assert await outdated_papers(portal, await own_dossier(portal, client.viewer)) == {Piece.MANDATE}
