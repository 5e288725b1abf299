"""What a contract in force brings in each month as it stands (revenu mensuel récurrent): a figure, not an invoice."""

from datetime import datetime
from fractions import Fraction

from portal.contract.billing import price_of
from portal.contract.calendar import month_of, paris_day
from portal.contract.french import count
from portal.contract.quotation import invoiced_users
from portal.contract.reckoning import Reckoning
from portal.contract.state import Relationship, State


def recurring_cents(state: State) -> int:
    """Return a whole month excluding VAT (art. 10.1): the users invoiced and the monthly options, in cents.

    Nothing for a contract that is not in force. One that is suspended goes on, and so do its invoices (art. 10.3).
    """
    if state.relationship is not Relationship.ACTIVE or state.at is None:
        return 0
    grid = state.offer.grid
    users = invoiced_users(grid, len(state.users)) * price_of(state, month_of(paris_day(state.at)))
    options = ((grid.option(order.code), order.quantity) for order in state.orders)
    return users + sum(one.price_cents * quantity for one, quantity in options if one and one.monthly)


def unit_price(state: State, at: datetime) -> Reckoning:
    """Return what a user costs in the month of `at` under a contract in force, excluding VAT (art. 10.1)."""
    return Reckoning(
        clause="10.1",
        rule="le prix par utilisateur et par mois est celui de la grille du contrat ; il ne change qu’à un renouvellement.",
        start_label="prix par utilisateur et par mois",
        start=Fraction(price_of(state, month_of(paris_day(at)))),
    )


def whole_month(state: State, at: datetime) -> Reckoning:
    """Return what a whole month costs as the contract stands at `at`, excluding VAT: its users, its monthly options."""
    grid = state.offer.grid
    users = invoiced_users(grid, len(state.users))
    amount = unit_price(state, at).times(users, f"pour {count(users, 'utilisateur')}")
    for order in state.orders:
        option = grid.option(order.code)
        if option and option.monthly:
            cost = option.price_cents * order.quantity
            amount = amount.plus(Fraction(cost), f"plus l’option {option.label} ({order.quantity})")
    return amount
