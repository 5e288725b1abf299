"""How every event of a signed-in person is received: who is it, may she, what did the rules say.

Identity comes from the session cookie of the websocket's handshake, looked up again at each event; an
argument is never trusted. Someone else's object and a missing one lead to the same page.
"""

import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import reflex as rx

from portal.contract.refusal import Refusal
from portal.services.context import NotFound, Role, Viewer
from portal.services.forms import FormProblems
from portal.web.components.shapes import Why
from portal.web.presenting import why_of_told
from portal.web.session import viewer_from_state

_SIGN_IN = "/connexion"
_EXPIRED = "/session-expiree"
# No page says more of them at a time.
_REFUSALS_AT_ONCE = 8


class PersonalState(rx.State, mixin=True):
    """What each page of a signed-in person has of its own; emptied when another person uses the same tab.

    `whys` are the reasons of the dates and amounts that the latest refusals name, by the words that the page says them in.
    """

    problem: str = ""
    whys: dict[str, Why] = {}
    said: str = ""
    loaded: bool = False
    _owner: str = ""

    async def _belongs_to(self, viewer: Viewer) -> None:
        if self._owner not in {"", viewer.session_id}:
            self.reset()  # type: ignore[no-untyped-call]
        self._owner = viewer.session_id

    def _explain(self, words: str, why: Why) -> None:
        """Have the reason stand beside these words of a refusal wherever the page says them."""
        self.whys = dict([*self.whys.items(), (words, why)][-_REFUSALS_AT_ONCE:])

    def _words_of(self, refusal: Refusal) -> str:
        """Return what a refusal says, explained."""
        if refusal.reasons:
            self._explain(refusal.message, why_of_told(refusal.reasons))
        return refusal.message

    def _errors_of(self, problems: FormProblems | Refusal) -> dict[str, str]:
        """Return what is wrong by field, the whole form under ""."""
        return problems.errors if isinstance(problems, FormProblems) else {"": self._words_of(problems)}


Handler = Callable[..., Awaitable[Any]]


def of(*roles: Role, by_itself: bool = False) -> Callable[[Handler], Handler]:
    """Run the handler for a viewer of one of these roles; without one, lead to the sign-in page.

    What a page sends `by_itself`, now and then, does not keep her session alive.
    """

    def admitted(handler: Handler) -> Handler:
        async def received(self: PersonalState, *args: object, **kwargs: object) -> Any:
            viewer = await viewer_from_state(self, by_itself=by_itself)
            if viewer is None:
                return rx.redirect(_EXPIRED if self._owner else _SIGN_IN)
            if viewer.role not in roles:
                return rx.redirect("/404")
            await self._belongs_to(viewer)
            self.problem = ""
            try:
                return await handler(self, viewer, *args, **kwargs)
            except NotFound:
                return rx.redirect("/404")
            except Refusal as refusal:
                self.said = ""
                self.problem = self._words_of(refusal)
                return None

        # Reflex reads the signature to know what the browser may send: never a viewer.
        signature = inspect.signature(handler)
        functools.update_wrapper(received, handler)
        del received.__dict__["__wrapped__"]
        visible = [one for name, one in signature.parameters.items() if name != "viewer"]
        received.__signature__ = signature.replace(parameters=visible)  # type: ignore[attr-defined]
        received.is_admitted = True  # type: ignore[attr-defined]
        received.__annotations__ = {
            name: one for name, one in handler.__annotations__.items() if name != "viewer"
        }
        return received

    return admitted


def is_admitted(handler: Callable[..., Any]) -> bool:
    """Tell whether an event handler asks who is there before it does anything (see `of`)."""
    return getattr(handler, "is_admitted", False) is True


def fields_of(form: object) -> dict[str, Any]:
    """Return what a form has sent; nothing of what is no form: the type of an argument is not checked on the way."""
    return form if isinstance(form, dict) else {}
