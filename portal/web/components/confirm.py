"""The last question before something that cannot be undone.

It names the thing, the effect and the day, and asks for two different gestures: tick, then confirm.
`assets/dialogs.js` makes it modal and gives Escape its meaning; without it the dialog still works.
"""

from typing import Any

import reflex as rx

from portal.web.components.anchors import Text, button
from portal.web.components.fields import tick


def confirm_dialog(
    is_open: rx.Var[bool],
    *,
    title: Text | rx.Component,
    effect: Text | rx.Component,
    consent: Text,
    confirm_label: Text,
    on_confirm: Any,
    on_keep: Any,
    keep_label: Text = "Ne rien changer",
    grave: bool | rx.Var[bool] = True,
) -> rx.Component:
    """Ask, while `is_open`. `effect` says what will be and from when; `consent` is what is ticked.

    What is not `grave` takes nothing away: it is asked in the colour of what can be done.
    """
    return rx.cond(
        is_open,
        rx.el.dialog(
            rx.el.form(
                rx.el.h2(title, id="confirm-title"),
                rx.el.div(effect, id="confirm-effect"),
                tick("consent", consent, required=True),
                rx.el.div(
                    button(
                        confirm_label,
                        type="submit",
                        class_name=rx.cond(grave, "button button-grave", "button button-main"),
                    ),
                    button(keep_label, kind="other", on_click=on_keep, custom_attrs={"data-keep": "true"}),
                    class_name="button-row",
                ),
                on_submit=on_confirm,
                method="post",
                class_name="stack",
            ),
            open=True,
            class_name=rx.cond(grave, "dialog", "dialog dialog-mild"),
            aria_labelledby="confirm-title",
            aria_describedby="confirm-effect",
            custom_attrs={"data-modal": "true"},
        ),
    )
