"""The price grid as a visitor reads it (rules, demonstration grid; VAT once, on the total)."""

from portal.contract.offer import DEMONSTRATION, Grid, Option
from portal.web.public.prices import prices_of


def test_the_demonstration_grid() -> None:
    prices = prices_of(DEMONSTRATION.grid)
    assert (prices.user_month, prices.minimum) == ("49,00\u00a0€", "5\u00a0utilisateurs")
    assert (prices.least, prices.least_incl_vat) == ("245,00\u00a0€", "294,00\u00a0€")
    assert [(line.label, line.unit, line.price) for line in prices.options] == [
        ("Service démarrage", "à la commande", "490,00\u00a0€"),
        ("Formation à distance", "à la commande", "290,00\u00a0€"),
        ("Stockage supplémentaire", "par mois", "15,00\u00a0€"),
    ]


def test_the_least_a_month_costs_says_how_it_is_counted() -> None:
    why = prices_of(DEMONSTRATION.grid).least_why
    assert (why.clause, why.clause_anchor) == ("10.1", "article-10-1")
    assert [step.value for step in why.steps] == ["245,00\u00a0€ HT", "49,00\u00a0€"]
    assert why.result == "294,00\u00a0€ TTC"


def test_another_grid_is_another_text() -> None:
    grid = Grid(
        minimum_users=1, user_month_cents=10_03, vat_hundredths=850, options=(Option("x", "Options", 1),)
    )
    prices = prices_of(grid)
    assert (prices.minimum, prices.least, prices.least_incl_vat) == (
        "1\u00a0utilisateur",
        "10,03\u00a0€",
        "10,88\u00a0€",
    )
    assert prices.least_why.steps[1].text == "TVA 8,5\u00a0%"
