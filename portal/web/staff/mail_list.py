"""A list of mails that open in place, as their receivers read them."""

from typing import Any

import reflex as rx

from portal.web.components.anchors import button
from portal.web.components.badge import badge
from portal.web.components.figures import fact


def mail_list(rows: Any, on_send_again: Any) -> rx.Component:
    """List mails; one that was given up has its problem in sight and a button, `on_send_again` of its id."""
    return rx.el.ul(rx.foreach(rows, lambda mail: _mail(mail, on_send_again)), class_name="mail-list")


def _mail(mail: Any, on_send_again: Any) -> rx.Component:
    return rx.el.li(
        rx.el.details(
            rx.el.summary(
                rx.el.span(fact(mail.subject), class_name="mail-subject"),
                rx.el.span(mail.recipient, " · ", fact(mail.when), class_name="second-line"),
                badge(mail.state, mail.tone),
            ),
            rx.cond(
                mail.text != "",
                rx.el.pre(fact(mail.text), class_name="mail-text"),
                rx.el.p("Le texte paraît ici dès qu’il est écrit.", class_name="mail-text soft"),
            ),
        ),
        rx.cond(mail.problem != "", rx.el.p(mail.problem, class_name="row-problem")),
        rx.cond(
            mail.is_given_up,
            rx.el.p(
                button(
                    rx.fragment(
                        "Renvoyer", rx.el.span(" «\u00a0", mail.subject, "\u00a0»", class_name="unseen")
                    ),
                    kind="other",
                    on_click=on_send_again(mail.mail_id),
                ),
                class_name="row-act",
            ),
        ),
    )
