"""The three fields that name a user, in the trial as in the contract (CGV art. 7)."""

from typing import Any

import reflex as rx

from portal.web.components.fields import field

_NAMED = (
    ("first_name", "Prénom", "text"),
    ("last_name", "Nom", "text"),
    ("email", "E-mail professionnel", "email"),
)


def person_fields(state: Any) -> rx.Component:
    """Draw them side by side, with what `state` keeps of them in `typed` and says of them in `errors`."""
    return rx.el.div(
        *(
            field(
                name,
                label,
                kept=state.typed[name],
                error=state.errors.get(name, ""),
                kind=kind,
                auto_complete="off",
            )
            for name, label, kind in _NAMED
        ),
        class_name="field-row",
    )
