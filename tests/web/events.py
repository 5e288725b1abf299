"""Events as a browser sends them: to a tree of states of its own, with the cookie of its session."""

import inspect
from typing import Any

import reflex as rx
from reflex.istate.data import RouterData
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.services import sessions
from portal.services.context import Portal
from portal.services.sessions import Strength
from portal.web.session import DRAFT_COOKIE, SESSION_COOKIE
from tests.services.clients import ORIGIN, Client


class Tab:
    """One tab of a browser: its states last as long as it is open."""

    def __init__(self, session: str = "", draft: str = "") -> None:
        self._root: Any = rx.State(_reflex_internal_init=True)  # type: ignore[call-arg]
        self._cookie = f"{SESSION_COOKIE}={session}; {DRAFT_COOKIE}={draft}"

    async def send(self, handler: Any, *arguments: Any, at: str = "/") -> str:
        """Send an event from the page at an address; return where it leads."""
        self._root.router = RouterData.from_router_data(
            {
                "headers": {"cookie": self._cookie, "origin": "https://portail.example"},
                "asPath": at,
                "ip": "192.0.2.7",
            }
        )
        answer = handler.fn(self.state(handler), *arguments)
        return str(await answer if inspect.isawaitable(answer) else answer)

    def state(self, of: Any) -> Any:
        """Return the state that a handler, or a class of states, has in this tab."""
        name = of.state_full_name if hasattr(of, "state_full_name") else of.get_full_name()
        return self._root.get_substate(name.split("."))


async def a_tab(portal: Portal, client: Client) -> Tab:
    """Open a tab of a client's administrator, signed in."""

    async def work(connection: AsyncConnection) -> str:
        return await sessions.start(portal, connection, client.viewer.person_id, Strength.PASSWORD, ORIGIN)

    return Tab(await portal.transact(work))
