"""What a subscription will cost, before there is any (CGV art. 5.2 and 10.1): the grid, applied and explained."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from portal.contract.amounts import gross_total, vat
from portal.contract.because import Because
from portal.contract.french import count
from portal.contract.lines import QUOTE_PREFIX, line, reckoning
from portal.contract.offer import Grid, Option
from portal.contract.reckoning import Reckoning
from portal.contract.term import MONTHS_PER_TERM

MOST_USERS = 10_000
"""What a person may type; more is a slip of the finger."""


Ordered = Sequence[tuple[Option, int]]
"""Options, and how many of each."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """An amount in its three parts, each with the sum that gives it: excluding tax, the VAT, including tax."""

    net: Reckoning
    vat: Reckoning
    gross: Reckoning


def user_month(grid: Grid) -> Quotation:
    """Return what one user costs a month."""
    return _quoted(_price(grid), grid)


def month(grid: Grid, users: int, ordered: Ordered = ()) -> Quotation:
    """Return what a month costs for that many users, the contract's minimum at least, with the options that recur."""
    return _quoted(_month(grid, users, ordered), grid)


def year(grid: Grid, users: int, ordered: Ordered = ()) -> Quotation:
    """Return what a year costs for that many users and the options that recur: twelve months."""
    return _quoted(_month(grid, users, ordered).times(MONTHS_PER_TERM, "douze mois"), grid)


def once(grid: Grid, ordered: Ordered) -> Quotation:
    """Return what the options that are charged once cost together."""
    nothing = Reckoning(
        clause="5.2",
        rule="une option se paie au prix de la grille.",
        start_label="avant la première option",
        start=Fraction(0),
    )
    return _quoted(_with(nothing, ordered, monthly=False), grid)


def option(grid: Grid, ordered: Option, quantity: int) -> Quotation:
    """Return what so many of an option cost, each month or once."""
    price = Reckoning(
        clause="5.2",
        rule="une option se paie au prix de la grille.",
        start_label="prix de l’option",
        start=Fraction(ordered.price_cents),
    )
    return _quoted(price.times(quantity, f"pour une quantité de {quantity}"), grid)


def service(label: str, price_cents: int) -> Reckoning:
    """Return what a service on quotation costs, once, excluding tax (CGV art. 5.3)."""
    return reckoning(line("option", "", 1, price_cents, label=label, option=QUOTE_PREFIX))


def service_validity(valid_until: date) -> Because:
    """Return why the quotation of a service can be accepted until that day, included."""
    return Because(
        clause="5.3",
        rule="le devis d’un service peut être accepté jusqu’au dernier jour qu’il nomme, compris.",
        start_label="dernier jour nommé par le devis",
        start=valid_until,
    )


def invoiced_users(grid: Grid, users: int) -> int:
    """Return how many users are invoiced where that many are named: never fewer than the minimum."""
    return max(grid.minimum_users, users)


def _price(grid: Grid) -> Reckoning:
    return Reckoning(
        clause="10.1",
        rule=f"l’abonnement est dû pour chaque utilisateur, et pour {count(grid.minimum_users, 'utilisateur')} au moins.",
        start_label="prix par utilisateur et par mois",
        start=Fraction(grid.user_month_cents),
    )


def _month(grid: Grid, users: int, ordered: Ordered) -> Reckoning:
    charged = invoiced_users(grid, users)
    subscription = _price(grid).times(charged, f"pour {count(charged, 'utilisateur')}")
    return _with(subscription, ordered, monthly=True)


def _with(amount: Reckoning, ordered: Ordered, *, monthly: bool) -> Reckoning:
    for one, quantity in ordered:
        if one.monthly is monthly and quantity:
            amount = amount.plus(Fraction(one.price_cents * quantity), f"{one.label}, quantité {quantity}")
    return amount


def _quoted(net: Reckoning, grid: Grid) -> Quotation:
    tax = vat(net.cents, grid.vat_hundredths)
    return Quotation(net, tax, gross_total(net.cents, tax.cents))
