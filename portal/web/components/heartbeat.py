"""A page that looks again by itself."""

from typing import Any

import reflex as rx


def heartbeat(looks_again: Any, *, every_seconds: int = 10) -> rx.Component:
    """Have the page look again now and then, as `assets/shortcuts.js` does while it is in sight: by steps of ten seconds."""
    return rx.el.button(
        "Actualiser",
        type="button",
        hidden=True,
        on_click=looks_again,
        custom_attrs={"data-heartbeat": str(every_seconds)},
    )
