"""The events of the calendar feed's section: make a link, replace it, revoke it.

The link itself is never in the state: the page fetches it, just after its making (`routes/secrets.py`).
"""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.services.context import Role, Viewer
from portal.services.feeds import make_feed, new_address, own_feed, revoke_feed
from portal.services.reading import own_contract
from portal.web.client.feed_view import QUESTIONS, FeedQuestion, FeedView, Wish, feed_view
from portal.web.handlers import PersonalState, of
from portal.web.running import portal
from portal.web.session import origin_of


class FeedState(PersonalState, rx.State):
    """What the section shows; nothing here is trusted on the way back."""

    view: FeedView = FeedView()
    is_new: bool = False
    # A link that replaces another is fetched in its turn.
    made_nth: int = 0
    asking: bool = False
    question: FeedQuestion = FeedQuestion()
    _wish: Wish = ""

    @rx.event
    @of(Role.CLIENT)
    async def load(self, viewer: Viewer) -> Any:
        self.said = ""
        self._put_away()
        await self._show(viewer)

    @rx.event
    @of(Role.CLIENT)
    async def make(self, viewer: Viewer) -> Any:
        """Make a link; where another tab has made one meanwhile, ask before it is replaced."""
        if await own_feed(portal(), viewer):
            await self._show(viewer)
            self._ask("replace")
            return
        await self._make(viewer, "Le lien est créé.")

    @rx.event
    @of(Role.CLIENT)
    async def ask_to_replace(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self._ask("replace")

    @rx.event
    @of(Role.CLIENT)
    async def ask_to_revoke(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self._ask("revoke")

    @rx.event
    @of(Role.CLIENT)
    async def keep(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self._put_away()

    @rx.event
    @of(Role.CLIENT)
    async def confirm(self, viewer: Viewer, form: dict[str, Any]) -> Any:  # noqa: ARG002 -- the tick is the browser's
        """Do what was asked about."""
        wish = self._wish
        self._put_away()
        if wish == "replace":
            await self._make(viewer, "Le lien est remplacé : l’ancien ne donne plus rien.")
        elif wish == "revoke":
            await revoke_feed(portal(), viewer, origin_of(self))
            await self._show(viewer)
            self.said = typeset("Le lien est supprimé : il ne donne plus rien.")

    def _ask(self, wish: Wish) -> None:
        self._wish, self.question, self.asking, self.said = wish, QUESTIONS[wish], True, ""

    def _put_away(self) -> None:
        self._wish, self.asking = "", False

    async def _make(self, viewer: Viewer, said: str) -> None:
        await make_feed(portal(), viewer, origin_of(self))
        self.made_nth += 1
        self.said = typeset(said)
        await self._show(viewer)

    async def _show(self, viewer: Viewer) -> None:
        contract = await own_contract(portal(), viewer)
        administers = viewer.person_id in contract.state.admins
        self.is_new = await new_address(portal(), viewer) is not None
        self.view = feed_view(await own_feed(portal(), viewer), administers=administers)
        self.loaded = True
