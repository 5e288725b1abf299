"""What a contract in force brings in each month as it stands (revenu mensuel récurrent): a figure, not an invoice."""

from portal.contract.billing import price_of
from portal.contract.calendar import month_of, paris_day
from portal.contract.quotation import invoiced_users
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
