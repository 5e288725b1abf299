"""The events of `/espace/utilisateurs`: look, wish for a change, see its effect, confirm it.

What is wished is kept on the server between the question and its answer; the browser says no more than yes.
"""

from typing import Any

import reflex as rx

from portal.contract.french import count, typeset
from portal.services.context import Role, Viewer
from portal.services.effects import EffectChanged
from portal.services.forms import FormProblems, read_new_user
from portal.services.named_persons import NewUser
from portal.services.reading import own_contract
from portal.services.seat_lists import LONGEST, read_list
from portal.services.seat_overview import overview
from portal.services.seats import Add, Deed, OfUser, Replace, Wish, carry_out, effect_of, invite_again
from portal.web.client.effect_view import EffectView, effect_view
from portal.web.client.seats_view import FaultLine, SeatsView, fault_line, seats_view
from portal.web.client.seats_words import DONE, Question, question
from portal.web.handlers import PersonalState, of
from portal.web.running import portal
from portal.web.session import origin_of

_NOBODY = {"first_name": "", "last_name": "", "email": ""}
_MEANWHILE = "Entre-temps, quelque chose a changé : voici l’effet à présent. Relisez-le avant de confirmer."


class SeatsState(PersonalState, rx.State):
    """What the page shows; nothing here is trusted on the way back."""

    view: SeatsView = SeatsView()
    typed: dict[str, str] = _NOBODY
    errors: dict[str, str] = {}
    listed: str = ""
    faults: list[FaultLine] = []
    good_lines: int = 0
    replacing: str = ""
    replaced_name: str = ""
    asking: bool = False
    meanwhile: str = ""
    question: Question = Question()
    effect: EffectView = EffectView()
    form_key: int = 0
    _wish: Wish | None = None
    _shown: str = ""
    _good: tuple[NewUser, ...] = ()

    @rx.event
    @of(Role.CLIENT)
    async def load(self, viewer: Viewer) -> Any:
        self.said = ""
        self._put_away()
        await self._show(viewer)

    @rx.event
    @of(Role.CLIENT)
    async def add_one(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        """Show the effect of registering the person typed; in the place of another where one was chosen."""
        self.said, self.errors = "", {}
        try:
            user = read_new_user(form)
        except FormProblems as problems:
            self.typed, self.errors = problems.kept, problems.errors
            return rx.set_focus(next(iter(problems.errors)))
        self.typed = {"first_name": user.first_name, "last_name": user.last_name, "email": user.email}
        if user.email in {one.email.lower() for one in self.view.seats}:
            self.errors = {"email": "Cette personne est déjà inscrite."}
            return rx.set_focus("email")
        await self._ask(viewer, Replace(self.replacing, user) if self.replacing else Add((user,)))
        return None

    @rx.event
    @of(Role.CLIENT)
    async def read_many(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        """Read a list: show all that is wrong with it, or the effect where nothing is."""
        self.said = ""
        listed = form.get("list")
        self.listed = listed[: LONGEST + 1] if isinstance(listed, str) else ""
        contract = await own_contract(portal(), viewer)
        found = read_list(self.listed, [user.email for user in contract.users])
        self.faults = [fault_line(fault) for fault in found.faults]
        self._good, self.good_lines = found.users, len(found.users)
        if not (found.users or found.faults):
            self.faults = [FaultLine("Liste vide", "", "Écrivez une personne par ligne.")]
        if self.faults:
            return rx.set_focus("list")
        await self._ask(viewer, Add(found.users))
        return None

    @rx.event
    @of(Role.CLIENT)
    async def add_good_lines(self, viewer: Viewer) -> Any:
        """Show the effect of the lines that nothing is wrong with."""
        if self._good:
            await self._ask(viewer, Add(self._good))

    @rx.event
    @of(Role.CLIENT)
    async def ask(self, viewer: Viewer, deed: str, person_id: str) -> Any:
        """Show the effect of doing something with one of the users."""
        wanted = _deed(deed)
        if wanted is not None:
            await self._ask(viewer, OfUser(wanted, str(person_id)))

    @rx.event
    @of(Role.CLIENT)
    async def replace(self, viewer: Viewer, person_id: str) -> Any:  # noqa: ARG002 -- admitted first
        """Begin to replace someone: who comes in her place is typed in the form."""
        named = next((one for one in self.view.seats if one.person_id == person_id), None)
        self.replacing, self.replaced_name = (named.person_id, named.name) if named else ("", "")
        return rx.set_focus("first_name") if named else None

    @rx.event
    @of(Role.CLIENT)
    async def replace_nobody(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self.replacing = self.replaced_name = ""

    @rx.event
    @of(Role.CLIENT)
    async def keep(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        """Close the question; what was typed stays."""
        self.asking = False
        self._wish = None

    @rx.event
    @of(Role.CLIENT)
    async def confirm(self, viewer: Viewer, form: dict[str, Any]) -> Any:  # noqa: ARG002 -- the tick is the browser's
        """Do what was shown; where it has changed meanwhile, show it anew."""
        wish, self.asking = self._wish, False
        if wish is None:
            return
        try:
            await carry_out(portal(), viewer, wish, self._shown, origin_of(self))
        except EffectChanged as changed:
            await self._ask(viewer, wish)
            self._shown = changed.effect.shown
            self.meanwhile = typeset(_MEANWHILE)
            return
        self.said = _done(wish, self.question.name)
        self._put_away()
        await self._show(viewer)

    @rx.event
    @of(Role.CLIENT)
    async def invite_again(self, viewer: Viewer, person_id: str) -> Any:
        await invite_again(portal(), viewer, str(person_id), origin_of(self))
        self.said = "L’invitation est partie de nouveau ; le lien d’avant ne vaut plus rien."
        await self._show(viewer)

    async def _ask(self, viewer: Viewer, wish: Wish) -> None:
        effect = await effect_of(portal(), viewer, wish)
        contract = await own_contract(portal(), viewer)
        self._wish, self._shown = wish, effect.shown
        self.effect = effect_view(effect, contract.state)
        self.question = question(wish, {one.person_id: one.name for one in self._names()})
        self.meanwhile = ""
        self.asking = True

    def _names(self) -> list[Any]:
        return [*self.view.seats, *self.view.undo]

    def _put_away(self) -> None:
        """Forget what was typed and wished: it is done, or the page is new."""
        self.typed, self.errors, self.listed, self.faults = _NOBODY, {}, "", []
        self.replacing = self.replaced_name = self.meanwhile = ""
        self.asking = False
        self.good_lines = 0
        self._wish, self._good = None, ()
        self.form_key += 1

    async def _show(self, viewer: Viewer) -> None:
        self.view = seats_view(await overview(portal(), viewer))
        self.loaded = True


def _deed(typed: object) -> Deed | None:
    for deed in DONE:
        if deed == typed:
            return deed
    return None


def _done(wish: Wish, name: str) -> str:
    match wish:
        case Add(users):
            people = count(len(users), "personne est inscrite", "personnes sont inscrites")
            said = f"{people} et reçoi{'t son' if len(users) == 1 else 'vent leur'} invitation."
        case Replace(_, by):
            said = f"{by.first_name} {by.last_name} remplace {name}."
        case OfUser(deed, _):
            said = f"{name} : {DONE[deed]}"
    return typeset(said)
