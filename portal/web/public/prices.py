"""The price grid as a visitor reads it: each line with its amount, the least a month costs with its sum."""

from dataclasses import dataclass, field

from portal.contract.amounts import percent, vat
from portal.contract.french import count, euros, typeset
from portal.contract.offer import Grid
from portal.web.components.shapes import Why, WhyStep
from portal.web.presenting import clause_anchor


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of the grid; `unit` says how often it is owed."""

    label: str = ""
    unit: str = ""
    price: str = ""


@dataclass(frozen=True, slots=True)
class Prices:
    """The grid in words; all amounts exclude VAT but `least_incl_vat`."""

    user_month: str = ""
    minimum: str = ""
    least: str = ""
    least_incl_vat: str = ""
    least_why: Why = field(default_factory=Why)
    options: list[PriceLine] = field(default_factory=list)


def prices_of(grid: Grid) -> Prices:
    """Return the grid ready to be read."""
    least = grid.minimum_users * grid.user_month_cents
    vat_cents = vat(least, grid.vat_hundredths).cents
    users = count(grid.minimum_users, "utilisateur")
    return Prices(
        user_month=euros(grid.user_month_cents),
        minimum=users,
        least=euros(least),
        least_incl_vat=euros(least + vat_cents),
        least_why=Why(
            clause="10.1",
            clause_anchor=clause_anchor("10.1"),
            starting_point=f"{euros(grid.user_month_cents)} par utilisateur et par mois",
            rule=typeset(f"l’abonnement est dû pour {users} au moins, chaque mois."),
            steps=[
                WhyStep(f"{users} × {euros(grid.user_month_cents)}", f"{euros(least)} HT"),
                WhyStep(f"TVA {percent(grid.vat_hundredths)}", euros(vat_cents)),
            ],
            result=f"{euros(least + vat_cents)} TTC",
        ),
        options=[
            PriceLine(
                option.label, "par mois" if option.monthly else "à la commande", euros(option.price_cents)
            )
            for option in grid.options
        ],
    )
