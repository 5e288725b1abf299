"""The question before a change that costs or saves money: its effect, what is ticked, or why it is refused."""

from typing import Any

import reflex as rx

from portal.web.client.effect_panel import effect_panel
from portal.web.components.anchors import button
from portal.web.components.confirm import confirm_dialog
from portal.web.components.notice import warning


def effect_dialog(state: Any) -> rx.Component:
    """Ask, while `state.asking`, about its `question` with its `effect`; its events are `confirm` and `keep`."""
    return rx.cond(
        state.asking,
        rx.cond(
            state.effect.refusal != "",
            _refused(state),
            confirm_dialog(
                state.asking,
                title=state.question.title,
                effect=rx.fragment(
                    warning(state.meanwhile),
                    rx.el.p(state.question.text),
                    effect_panel(state.effect),
                ),
                consent=state.question.consent,
                confirm_label=state.question.label,
                on_confirm=state.confirm,
                on_keep=state.keep,
                grave=state.question.is_grave,
            ),
        ),
    )


def _refused(state: Any) -> rx.Component:
    """Say why the rules refuse it; there is nothing to confirm."""
    return rx.el.dialog(
        rx.el.h2(state.question.title, id="refused-title"),
        rx.el.p(state.effect.refusal, class_name="limit", role="alert"),
        rx.el.div(
            button("Fermer", kind="other", on_click=state.keep, custom_attrs={"data-keep": "true"}),
            class_name="button-row",
        ),
        open=True,
        class_name="dialog stack",
        aria_labelledby="refused-title",
        custom_attrs={"data-modal": "true"},
    )
