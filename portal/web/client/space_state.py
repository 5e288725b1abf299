"""The events of `/espace`: look, add a user, remove one."""

from typing import Any

import reflex as rx

from portal.services.context import Role, Viewer
from portal.services.forms import FormProblems, read_new_user
from portal.services.ledgers import own_ledger
from portal.services.returning import may_try
from portal.services.seats import register_user, remove_user
from portal.web.client.space_view import SpaceView, space_view
from portal.web.handlers import PersonalState, of
from portal.web.running import portal
from portal.web.session import origin_of


class SpaceState(PersonalState, rx.State):
    """What `/espace` shows; nothing here is trusted on the way back."""

    view: SpaceView = SpaceView()
    typed: dict[str, str] = {"first_name": "", "last_name": "", "email": ""}
    errors: dict[str, str] = {}
    removing: str = ""
    removing_name: str = ""
    form_key: int = 0

    @rx.event
    @of(Role.CLIENT)
    async def load(self, viewer: Viewer) -> Any:
        self.said = ""
        self.errors = {}
        await self._show(viewer)

    @rx.event
    @of(Role.CLIENT)
    async def add_user(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        self.said = ""
        self.errors = {}
        try:
            user = read_new_user(form)
        except FormProblems as problems:
            self.typed, self.errors = problems.kept, problems.errors
            return rx.set_focus(next(iter(problems.errors)))
        self.typed = {"first_name": user.first_name, "last_name": user.last_name, "email": user.email}
        await register_user(portal(), viewer, user, origin_of(self))
        self.said = f"{user.first_name} {user.last_name} fait partie de l’essai et reçoit son invitation."
        self.typed = {"first_name": "", "last_name": "", "email": ""}
        self.form_key += 1
        await self._show(viewer)
        return None

    @rx.event
    @of(Role.CLIENT)
    async def ask_to_remove(self, viewer: Viewer, person_id: str) -> Any:  # noqa: ARG002 -- admitted first
        """Open the confirmation for one of the users shown."""
        named = next((user for user in self.view.users if user.person_id == person_id), None)
        self.removing, self.removing_name = (named.person_id, named.name) if named else ("", "")

    @rx.event
    @of(Role.CLIENT)
    async def keep(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        """Close the confirmation without removing anyone."""
        self.removing = self.removing_name = ""

    @rx.event
    @of(Role.CLIENT)
    async def remove(self, viewer: Viewer, form: dict[str, Any]) -> Any:  # noqa: ARG002 -- the tick is the browser's
        person_id, name = self.removing, self.removing_name
        self.removing = self.removing_name = ""
        if not person_id:
            return
        await remove_user(portal(), viewer, person_id, origin_of(self))
        self.said = f"{name} ne fait plus partie de l’essai."
        await self._show(viewer)

    async def _show(self, viewer: Viewer) -> None:
        running = portal()
        self.view = space_view(
            await own_ledger(running, viewer),
            support_email=running.settings.support_email,
            may_try=await may_try(running, viewer),
        )
        self.loaded = True
