"""Keys of one letter: whoever dictates, or types elsewhere by mistake, can turn them off (WCAG 2.1.4)."""

import reflex as rx

from portal.web.components.anchors import button


def keys_switch() -> rx.Component:
    """Turn the keys of this browser on and off; `assets/shortcuts.js` remembers which, the style says it."""
    return button(
        rx.fragment(
            "Raccourcis à une touche\u00a0: ",
            rx.el.span("activés, les couper", class_name="keys-on"),
            rx.el.span("coupés, les activer", class_name="keys-off"),
        ),
        kind="plain",
        custom_attrs={"data-keys-switch": "true"},
    )
