"""All event handlers that exist, found by walking Reflex's tree of states as Reflex does."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex.state import BaseState

from portal.web.pages import PAGES

_OURS = "portal.web."
assert PAGES  # importing the pages has registered their states


@dataclass(frozen=True)
class Registered:
    """A handler: `name` as `tests/web/decisions.py` writes it, `sent_as` as a browser does."""

    name: str
    sent_as: str
    state: type[BaseState]
    handler: Any

    @property
    def is_ours(self) -> bool:
        return self.state.__module__.startswith(_OURS)


def registered_events() -> list[Registered]:
    """Return them all, Reflex's own too; states that tests define for themselves are none of the portal."""
    return [
        Registered(
            f"{state.__module__.removeprefix(_OURS)}.{state.__name__}.{name}",
            f"{state.get_full_name()}.{name}",
            state,
            handler,
        )
        for state in _below(rx.State)
        if state.__module__.startswith((_OURS, "reflex"))
        for name, handler in state.event_handlers.items()
    ]


def _below(state: type[BaseState]) -> Iterator[type[BaseState]]:
    yield state
    for child in sorted(state.get_substates(), key=lambda one: one.get_full_name()):
        yield from _below(child)
