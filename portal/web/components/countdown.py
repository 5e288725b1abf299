"""How long is left: written by the server, then kept right each minute by `assets/countdown.js`."""

import reflex as rx

from portal.web.components.anchors import Text


def countdown(until_iso: Text, now_iso: Text, left_text: Text) -> rx.Component:
    """Show what is left before an instant.

    `left_text` is what the page says without script. `now_iso` is the portal's own present: in a
    demonstration it runs ahead of the browser's clock.
    """
    return rx.el.time(
        left_text,
        date_time=until_iso,
        class_name="countdown",
        custom_attrs={"data-until": until_iso, "data-now": now_iso},
    )
