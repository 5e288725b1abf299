"""Form fields: a label, a hint, the error where it is, and what was typed, kept.

Inputs are uncontrolled (`default_value`): a controlled one loses letters of those who type fast.
"""

from typing import Any

import reflex as rx

from portal.web.components.anchors import Text


def field(
    name: str,
    label: Text,
    *,
    kept: Text = "",
    error: Text = "",
    hint: Text | None = None,
    kind: str = "text",
    optional: bool = False,
    ident: str = "",
    **props: Any,
) -> rx.Component:
    """Ask for one line of text. `kept` is what the person typed before, `error` what is wrong with it.

    `ident` tells apart fields of the same name on one page.
    """
    problem = rx.Var.create(error).to(str)
    ident = ident or name
    return _labelled(
        ident,
        label,
        rx.el.input(
            id=ident,
            name=name,
            type=kind,
            default_value=kept,
            class_name="input",
            **_described(ident, problem, hint),
            **props,
        ),
        problem=problem,
        hint=hint,
        optional=optional,
    )


def long_field(
    name: str,
    label: Text,
    *,
    kept: Text = "",
    error: Text = "",
    hint: Text | None = None,
    rows: int = 4,
    optional: bool = False,
    **props: Any,
) -> rx.Component:
    """Ask for a few lines of text."""
    problem = rx.Var.create(error).to(str)
    return _labelled(
        name,
        label,
        rx.el.textarea(
            id=name,
            name=name,
            rows=str(rows),
            default_value=kept,
            class_name="input",
            **_described(name, problem, hint),
            **props,
        ),
        problem=problem,
        hint=hint,
        optional=optional,
    )


def choice(
    name: str,
    label: Text,
    options: rx.Component | list[rx.Component],
    *,
    error: Text = "",
    hint: Text | None = None,
    **props: Any,
) -> rx.Component:
    """Ask for one of a few; `options` are `rx.el.option`s."""
    problem = rx.Var.create(error).to(str)
    listed = options if isinstance(options, list) else [options]
    return _labelled(
        name,
        label,
        rx.el.select(
            *listed, id=name, name=name, class_name="input", **_described(name, problem, hint), **props
        ),
        problem=problem,
        hint=hint,
        optional=False,
    )


def tick(name: str, label: Text | rx.Component, *, error: Text = "", **props: Any) -> rx.Component:
    """Ask for a consent: a box to tick, never ticked beforehand."""
    problem = rx.Var.create(error).to(str)
    return rx.el.div(
        rx.el.div(
            rx.el.input(id=name, name=name, type="checkbox", **_described(name, problem, None), **props),
            rx.el.label(label, html_for=name),
            class_name="tick",
        ),
        _error(name, problem),
        class_name=_field_class(problem),
    )


def _labelled(
    name: str, label: Text, control: rx.Component, *, problem: rx.Var[str], hint: Text | None, optional: bool
) -> rx.Component:
    return rx.el.div(
        rx.el.label(
            label,
            *([rx.el.span(" (facultatif)", class_name="soft")] if optional else []),
            html_for=name,
        ),
        *([rx.el.p(hint, id=f"{name}-hint", class_name="field-hint")] if hint is not None else []),
        _error(name, problem),
        control,
        class_name=_field_class(problem),
    )


def _error(name: str, problem: rx.Var[str]) -> rx.Component:
    """Show the error above its field, where a screen keyboard does not cover it; the region is always there."""
    return rx.el.p(problem, id=f"{name}-error", class_name="field-error", role="alert")


def _field_class(problem: rx.Var[str]) -> rx.Var[str]:
    return rx.cond(problem != "", "field field-wrong", "field")


def _described(name: str, problem: rx.Var[str], hint: Text | None) -> dict[str, Any]:
    return {
        "aria_invalid": rx.cond(problem != "", "true", "false"),
        "aria_describedby": f"{name}-hint {name}-error" if hint is not None else f"{name}-error",
    }
