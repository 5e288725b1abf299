"""What a dossier keeps of the company and of the account to collect from (CGV art. 8, 10.2)."""

from datetime import date

import pytest

from portal.contract.acts import Piece
from portal.contract.offer import Grid
from portal.services.context import Portal
from portal.services.dossier_forms import Known, read_account_form, read_subscription
from portal.services.dossier_saving import save_account
from portal.services.dossiers import own_dossier
from portal.services.forms import FormProblems
from portal.services.papers import outdated_papers, paper
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, paris
from tests.services.subscribing import IBAN, OTHER_IBAN, a_subscribing_client, subscription

KNOWN = Known("732829320", Grid(), 1)
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


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("10000", "10 000 €"),
        ("10 000 €", "10 000 €"),
        ("10\u202f000\u00a0€", "10 000 €"),
        ("10000,50 €", "10 000,50 €"),
        ("10 000 euros", "10 000 €"),
        ("1000.00 EUR", "1 000 €"),
        ("", ""),
    ],
)
def test_a_capital_is_printed_as_an_amount(typed: str, printed: str) -> None:
    read = read_subscription(subscription(capital=typed), KNOWN).form.capital
    assert read.replace("\u202f", " ").replace("\u00a0", " ") == printed
    assert read_subscription(subscription(capital=read), KNOWN).form.capital == read


@pytest.mark.parametrize("typed", ["abc", "-1", "0", "10.000.000", "dix mille euros", "€"])
def test_a_capital_that_is_no_amount_is_refused_and_kept(typed: str) -> None:
    with pytest.raises(FormProblems) as caught:
        read_subscription(subscription(capital=typed), KNOWN)
    assert set(caught.value.errors) == {"capital"}
    assert "en chiffres" in caught.value.errors["capital"]
    assert caught.value.kept["capital"] == typed


@pytest.mark.parametrize(
    ("typed", "users"), [("7", 7), ("00000007", 7), ("10 000", 10_000), ("10\u202f000", 10_000)]
)
def test_a_number_of_users_is_typed_as_one_likes(typed: str, users: int) -> None:
    assert read_subscription(subscription(users=typed), KNOWN).form.users == users


@pytest.mark.parametrize("typed", ["10001", "9" * 4_000])
def test_more_users_than_a_slip_of_the_finger_are_an_offer(typed: str) -> None:
    with pytest.raises(FormProblems) as caught:
        read_subscription(subscription(users=typed), KNOWN)
    assert "Au-delà de 10\u202f000\u00a0utilisateurs" in caught.value.errors["users"]


@pytest.mark.parametrize(
    ("typed", "quantity"), [("", 0), ("0", 0), ("0000000000001", 1), ("99", 99), ("000000000999", None)]
)
def test_an_option_is_wished_so_many_times(typed: str, quantity: int | None) -> None:
    form = subscription(option_training=typed)
    if quantity is None:
        with pytest.raises(FormProblems, match="option_training"):
            read_subscription(form, KNOWN)
    else:
        assert read_subscription(form, KNOWN).options.get("training", 0) == quantity
