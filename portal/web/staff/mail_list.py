"""A list of mails that open in place, as their receivers read them."""

from typing import Any

import reflex as rx

from portal.web.components.badge import badge


def mail_list(rows: Any) -> rx.Component:
    return rx.el.ul(rx.foreach(rows, _mail), class_name="mail-list")


def _mail(mail: Any) -> rx.Component:
    return rx.el.li(
        rx.el.details(
            rx.el.summary(
                rx.el.span(mail.subject, class_name="mail-subject"),
                rx.el.span(mail.recipient, " · ", mail.when, class_name="second-line"),
                badge(mail.state, mail.tone),
            ),
            rx.el.pre(mail.text, class_name="mail-text"),
        )
    )
