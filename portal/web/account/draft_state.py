"""What a browser has typed in forms that it sends itself, back on the page that follows.

Keys are « form.field »; « form. » alone is what is wrong with the whole form.
"""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.services.links import LinkRefused, LinkState, Purpose, look
from portal.web.routes.submissions import WAIT, said_of_waiting
from portal.web.running import portal
from portal.web.session import draft_of, viewer_from_state

_LONGEST = 500


class DraftState(rx.State):
    """Forms as they were left, and the link that led here; no password, no code."""

    values: dict[str, str] = {}
    errors: dict[str, str] = {}
    notices: dict[str, str] = {}
    sent_to: str = ""
    token: str = ""
    suite: str = ""
    link: str = ""
    loaded: bool = False

    @rx.event
    async def load(self) -> Any:
        draft = await draft_of(self)
        asked = self.router.url.query_parameters
        self.values = {
            f"{form}.{name}": text for form, one in draft.forms.items() for name, text in one.values.items()
        }
        self.errors = {
            f"{form}.{name}": typeset(text)
            for form, one in draft.forms.items()
            for name, text in one.errors.items()
        }
        for form, sentence in said_of_waiting(str(asked.get(WAIT, ""))[:_LONGEST]).items():
            self.errors[f"{form}."] = sentence
        self.notices = {form: typeset(one.notice) for form, one in draft.forms.items() if one.notice}
        # Whoever is signed in has confirmed her address, in this browser or in another.
        is_waiting = draft.sent_to and not asked.get("corriger") and await viewer_from_state(self) is None
        self.sent_to = draft.sent_to if is_waiting else ""
        self.token = str(asked.get("jeton", ""))[:_LONGEST]
        self.suite = str(asked.get("suite", ""))[:_LONGEST]
        self.loaded = True

    @rx.event
    async def load_confirmation(self) -> Any:
        await self._load_link(Purpose.CONFIRM_ADDRESS)

    @rx.event
    async def load_reset(self) -> Any:
        await self._load_link(Purpose.RESET_PASSWORD)

    @rx.event
    async def load_first_staff(self) -> Any:
        await self._load_link(Purpose.FIRST_STAFF)

    @rx.event
    async def load_invitation(self) -> Any:
        await self._load_link(Purpose.INVITATION)

    async def _load_link(self, purpose: Purpose) -> None:
        await DraftState.load.fn(self)  # type: ignore[attr-defined]
        try:
            self.link = (await look(portal(), self.token, purpose)).state.value
        except LinkRefused as refused:
            self.link = refused.state.value
        if not self.token:
            self.link = LinkState.UNKNOWN.value
