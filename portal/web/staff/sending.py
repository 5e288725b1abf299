"""A file sent by a plain form of the browser: it needs no script, and leads back to its page with what came of it."""

import reflex as rx

from portal.web.components.anchors import Text, button
from portal.web.routes.receiving import FIELD


def send_file(action: Text, ident: Text, name: Text, *, hint: str, accept: str, label: str) -> rx.Component:
    """Ask for one file and send it to `action`."""
    return rx.el.form(
        rx.el.div(
            rx.el.label(name, html_for=ident),
            rx.el.p(hint, class_name="field-hint"),
            rx.el.input(
                id=ident, name=FIELD, type="file", accept=accept, required=True, class_name="input file-input"
            ),
            class_name="field",
        ),
        button(label, kind="other", type="submit"),
        action=action,
        method="post",
        enc_type="multipart/form-data",
        on_submit=None,
        class_name="stack",
    )
