"""A list of orders to the CRM: what was asked, whether it was taken, and a second try for one refused."""

from typing import Any

import reflex as rx

from portal.web.components.anchors import button, link
from portal.web.components.badge import badge
from portal.web.components.figures import fact


def order_list(rows: Any, on_try_again: Any, *, of_many_clients: bool = False) -> rx.Component:
    """List orders; `on_try_again` is called with the id of one that was refused."""
    return rx.el.ul(
        rx.foreach(rows, lambda order: _order(order, on_try_again, of_many_clients=of_many_clients)),
        class_name="order-list",
    )


def _order(order: Any, on_try_again: Any, *, of_many_clients: bool) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.span(order.what, class_name="mail-subject"),
            *(
                [" · ", link(order.client, "/gestion/client?id=" + order.contract_id)]
                if of_many_clients
                else []
            ),
            rx.el.span(fact(order.when), class_name="second-line"),
        ),
        badge(order.state, order.tone),
        rx.cond(order.problem != "", rx.el.p(order.problem, class_name="row-problem")),
        rx.cond(
            order.is_refused,
            rx.el.p(
                button(
                    rx.fragment(
                        "Réessayer",
                        rx.el.span("\u00a0: ", order.what, ", ", order.client, class_name="unseen"),
                    ),
                    kind="other",
                    on_click=on_try_again(order.order_id),
                ),
                class_name="row-act",
            ),
        ),
    )
