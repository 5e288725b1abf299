"""The gate in front of every event: what is not known to be admitted is refused before the framework sees it.

Reflex runs any public method of any state that a browser names, and prints what it does not know with
the cookies that came along. Here an event passes if it is one of those that `admitted_events` lists: the
handlers of the few public states, the handlers that `handlers.of` admits by the session, and what
Reflex itself needs to show a page. A flood from one connection is cut before it reaches anyone else.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import reflex as rx
import structlog
from reflex.state import BaseState

from portal.web.handlers import is_admitted

log = structlog.get_logger()

# What Reflex's own pages send: the first load, and what follows a navigation.
_FRAMEWORK = frozenset({"hydrate", "hydrate_and_load", "set_is_hydrated", "on_load_internal"})
# Reflex gives every state one that writes whichever variable the browser names.
_SETTER = "setvar"
_MOST_A_SECOND = 40
_MOST_CONNECTIONS = 10_000

OnEvent = Callable[[str, Any], Awaitable[None]]


def admitted_events(public: frozenset[type[rx.State]]) -> frozenset[str]:
    """Return the full names of the events that may be sent; `public` are the states open to anyone."""
    return frozenset(
        f"{state.get_full_name()}.{name}"
        for state in _states(rx.State)
        for name, handler in state.event_handlers.items()
        if (state in public and name != _SETTER)
        or is_admitted(handler.fn)
        or (name in _FRAMEWORK and _is_reflex(state))
    )


def guard_events(app: rx.App, public: frozenset[type[rx.State]]) -> None:
    """Put the gate in front of the events of `app`."""
    namespace = app.event_namespace
    if namespace is None:
        raise RuntimeError("the application has no events to guard")
    # An attribute of the instance: socket.io and Reflex's own connect both look the handler up by name.
    # socket.io awaits a coroutine function only, which an object with an async call is not.
    namespace.on_event = Gate(namespace.on_event, public).receive  # type: ignore[method-assign]


class Gate:
    """Passes the events that are admitted, at the pace of a person."""

    def __init__(self, inner: OnEvent, public: frozenset[type[rx.State]]) -> None:
        self._inner = inner
        self._public = public
        self._admitted: frozenset[str] | None = None
        self._paces: OrderedDict[str, tuple[float, int]] = OrderedDict()

    async def receive(self, sid: str, data: Any) -> None:
        """Pass an event on, or drop it: what is refused is not even said to be there."""
        # Asked late: states are known once all pages are.
        if self._admitted is None:
            self._admitted = admitted_events(self._public)
        name = data.get("name") if isinstance(data, dict) else None
        payload = data.get("payload", {}) if isinstance(data, dict) else None
        if not isinstance(name, str) or name not in self._admitted or not isinstance(payload, dict):
            log.warning("event.refused")
            return
        if not self._keeps_pace(sid, asyncio.get_running_loop().time()):
            return
        await self._inner(sid, data)

    def _keeps_pace(self, sid: str, now: float) -> bool:
        since, count = self._paces.pop(sid, (now, 0))
        if now - since >= 1:
            since, count = now, 0
        self._paces[sid] = (since, count + 1)
        if len(self._paces) > _MOST_CONNECTIONS:
            self._paces.popitem(last=False)
        if count == _MOST_A_SECOND:
            log.warning("event.flood")
        return count < _MOST_A_SECOND


def _states(state: type[BaseState]) -> Iterator[type[BaseState]]:
    yield state
    for child in state.get_substates():
        yield from _states(child)


def _is_reflex(state: type[BaseState]) -> bool:
    return state.__module__.startswith("reflex")
