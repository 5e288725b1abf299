"""Optional services: those of the grid, and those on quotation (CGV art. 5.2 and 5.3)."""

from datetime import datetime

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.decisions.users import service_must_be_open
from portal.contract.refusal import Refusal
from portal.contract.state import State, quote_code


def order_option(state: State, act: a.OrderOption, at: datetime) -> tuple[e.Event, ...]:
    service_must_be_open(state)
    option = state.offer.grid.option(act.code)
    if option is None:
        offered = ", ".join(one.label for one in state.offer.grid.options)
        raise Refusal(
            "unknown_option",
            clause="5.2",
            message=f"Cette option n’est pas dans la grille tarifaire. Options proposées : {offered}.",
        )
    if act.quantity < 1:
        raise Refusal(
            "quantity_invalid",
            clause="5.2",
            message="Indiquez une quantité d’au moins un.",
        )
    return (e.OptionOrdered(at=at, code=option.code, quantity=act.quantity),)


def accept_quote(state: State, act: a.AcceptQuote, at: datetime) -> tuple[e.Event, ...]:
    if any(order.code == quote_code(act.quote) for order in state.orders):
        return ()
    service_must_be_open(state)
    if act.price_cents < 1:
        raise Refusal(
            "quote_price_invalid",
            clause="5.3",
            message="Le prix d’un devis est d’au moins un centime. Corrigez le devis avant de l’accepter.",
        )
    return (e.QuoteAccepted(at=at, quote=act.quote, label=act.label, price_cents=act.price_cents),)
