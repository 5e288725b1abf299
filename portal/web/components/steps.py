"""Where one stands in a short sequence of screens."""

from collections.abc import Sequence

import reflex as rx


def steps(names: Sequence[str], current: int) -> rx.Component:
    """Show all screens by name; `current` counts from 1."""
    return rx.el.nav(
        rx.el.ol(
            *(
                rx.el.li(
                    rx.el.span(str(number), class_name="steps-number", aria_hidden="true"),
                    rx.el.span(name),
                    *([rx.el.span("\u00a0: fait", class_name="unseen")] if number < current else []),
                    class_name=_class(number, current),
                    aria_current="step" if number == current else None,
                )
                for number, name in enumerate(names, start=1)
            ),
            class_name="steps",
        ),
        aria_label=f"Étape {current} sur {len(names)}",
    )


def _class(number: int, current: int) -> str:
    if number < current:
        return "steps-done"
    return "steps-now" if number == current else "steps-later"
