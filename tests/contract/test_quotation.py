"""CGV art. 5.2 and 10.1: what a subscription will cost, as it is announced before it is signed."""

import pytest

from portal.contract import quotation
from portal.contract.offer import Grid, Option
from portal.contract.quotation import Quotation
from portal.contract.reckoning import reckoned_again

GRID = Grid(user_month_cents=4900, minimum_users=5, vat_hundredths=2000)


def cents(quoted: Quotation) -> tuple[int, int, int]:
    return quoted.net.cents, quoted.vat.cents, quoted.gross.cents


def test_one_user_for_a_month() -> None:
    assert cents(quotation.user_month(GRID)) == (4900, 980, 5880)


@pytest.mark.parametrize(
    ("users", "net", "vat", "gross"),
    [(0, 24500, 4900, 29400), (4, 24500, 4900, 29400), (5, 24500, 4900, 29400), (6, 29400, 5880, 35280)],
)
def test_a_month_is_never_less_than_the_minimum(users: int, net: int, vat: int, gross: int) -> None:
    assert cents(quotation.month(GRID, users)) == (net, vat, gross)
    assert quotation.invoiced_users(GRID, users) == max(5, users)


def test_a_year_is_twelve_months_with_the_tax_taken_on_the_whole() -> None:
    assert cents(quotation.year(GRID, 7)) == (411_600, 82_320, 493_920)


def test_the_tax_is_that_of_the_grid() -> None:
    overseas = Grid(user_month_cents=4999, minimum_users=5, vat_hundredths=850)
    assert cents(quotation.month(overseas, 5)) == (24_995, 2_125, 27_120)  # 2 124,575 rounded half up


def test_an_option_costs_its_price_for_each() -> None:
    training = Option(code="training", label="Formation", price_cents=45_000)
    assert cents(quotation.option(GRID, training, 2)) == (90_000, 18_000, 108_000)


def test_an_amount_says_how_it_was_reckoned() -> None:
    yearly = quotation.year(GRID, 3).net
    assert yearly.clause == "10.1"
    assert [step.text for step in yearly.steps] == [
        "pour 5 utilisateurs".replace(" u", "\N{NO-BREAK SPACE}u"),
        "douze mois",
    ]
    assert reckoned_again(yearly) == yearly.value == 294_000


TRAINING = Option(code="training", label="Formation", price_cents=45_000)
STORAGE = Option(code="storage", label="Stockage", price_cents=1_500, monthly=True)


def test_options_that_recur_add_to_the_month_and_the_others_are_paid_once() -> None:
    ordered = ((TRAINING, 2), (STORAGE, 3))
    assert cents(quotation.month(GRID, 5, ordered)) == (29_000, 5_800, 34_800)
    assert cents(quotation.year(GRID, 5, ordered)) == (348_000, 69_600, 417_600)
    assert cents(quotation.once(GRID, ordered)) == (90_000, 18_000, 108_000)
    assert quotation.once(GRID, ordered).net.steps[-1].text == "Formation, quantité 2"


def test_an_option_that_is_not_wished_costs_nothing() -> None:
    ordered = ((TRAINING, 0), (STORAGE, 0))
    assert quotation.month(GRID, 5, ordered) == quotation.month(GRID, 5)
    assert cents(quotation.once(GRID, ordered)) == (0, 0, 0)
