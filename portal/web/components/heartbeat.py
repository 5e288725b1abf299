"""A page that looks again by itself."""

from typing import Any

import reflex as rx


def heartbeat(looks_again: Any) -> rx.Component:
    """Have the page look again now and then, as `assets/shortcuts.js` does while it is in sight."""
    return rx.el.button(
        "Actualiser",
        type="button",
        hidden=True,
        on_click=looks_again,
        custom_attrs={"data-heartbeat": "true"},
    )
