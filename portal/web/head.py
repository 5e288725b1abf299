"""What stands in the head of every page: stylesheets in their order, the typeface fetched early, scripts, icons."""

from typing import Any

import reflex as rx
from reflex_base.utils.imports import ImportVar
from reflex_base.vars import VarData

# Bundled into one file by the build; later ones win.
STYLESHEETS = [
    f"/styles/{name}.css"
    for name in (
        "fonts",
        "tokens",
        "base",
        "frame",
        "pieces",
        "forms",
        "why",
        "timeline",
        "landing",
        "dossier-pieces",
        "subscribe",
        "seats",
        "examining",
        "invoices",
        "billing",
        "pages",
        "terms",
        "contract",
        "changes",
        "print",
    )
]

# The address of the built file, which holds a hash of its content.
_TYPEFACE: rx.Var[Any] = rx.Var(
    "sansFile",
    _var_data=VarData(
        imports={
            "@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-normal.woff2?url": [
                ImportVar(tag="sansFile", is_default=True)
            ]
        }
    ),
)


def _script(name: str) -> rx.Component:
    """A module: it waits for the page, and its names are its own."""
    return rx.el.script(src=f"/{name}.js", type="module")


HEAD = [
    rx.el.link(
        rel="preload",
        href=_TYPEFACE,
        custom_attrs={"as": "font", "type": "font/woff2", "crossOrigin": "anonymous"},
    ),
    rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
    rx.el.link(rel="manifest", href="/site.webmanifest"),
    rx.el.meta(
        name="theme-color", content="#faf7f0", custom_attrs={"media": "(prefers-color-scheme: light)"}
    ),
    rx.el.meta(name="theme-color", content="#101a1c", custom_attrs={"media": "(prefers-color-scheme: dark)"}),
    *(
        _script(name)
        for name in (
            "arrival",
            "countdown",
            "departure",
            "dialogs",
            "lists",
            "once",
            "pieces",
            "private",
            "shortcuts",
            "terms-search",
            "timeline",
        )
    ),
]
