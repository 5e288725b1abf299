"""The shape of what is being read, so that nothing moves when it arrives."""

import reflex as rx


def skeleton(lines: int = 3, *, heading: bool = False) -> rx.Component:
    """Draw `lines` lines of text to come, under a heading to come where asked."""
    return rx.el.div(
        rx.el.p("Chargement en cours…", class_name="unseen", role="status"),
        *([rx.el.div(class_name="skeleton-heading")] if heading else []),
        *(rx.el.div(class_name="skeleton-line") for _ in range(lines)),
        class_name="skeleton",
    )
