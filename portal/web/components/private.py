"""Room for what one person alone may see: the page fetches it (`routes/secrets.py`), and no state holds it."""

from typing import Any

import reflex as rx


def only_hers(address: str, *, key: Any = "", **data: str) -> rx.Component:
    """Leave room for what `assets/private.js` fetches there and draws; another `key` has it fetched anew.

    `alt` says what a picture is; `named` is the id of what names a single word, which is then taken as a whole.
    """
    return rx.el.div(
        key=key,
        custom_attrs={"data-private": address, **{f"data-{name}": text for name, text in data.items()}},
    )
