"""The events of `/espace/changements`: look, see what a refusal would bring about, confirm it, take it back."""

from typing import Any, Literal

import reflex as rx

from portal.contract.acts import What
from portal.contract.french import full_date, typeset
from portal.contract.refusal import Refusal
from portal.services.context import NotFound, Role, Viewer
from portal.services.effects import EffectChanged
from portal.services.own_changes import decide_change, decision_of, own_changes
from portal.web.client.changes_view import (
    ChangesView,
    DecisionView,
    changes_view,
    decision_view,
    question_of,
)
from portal.web.client.seats_words import Question
from portal.web.handlers import PersonalState, of
from portal.web.running import portal
from portal.web.session import origin_of

_WHATS: dict[str, What] = {"price": "price", "terms": "terms"}
_MEANWHILE = "Entre-temps, quelque chose a changé : voici l’effet à présent. Relisez-le avant de confirmer."


class ChangesState(PersonalState, rx.State):
    """What the page shows; nothing here is trusted on the way back."""

    view: ChangesView = ChangesView()
    asking: bool = False
    meanwhile: str = ""
    question: Question = Question()
    decision: DecisionView = DecisionView()
    # What is about to be confirmed.
    _what: Literal["", "price", "terms"] = ""
    _refuses: bool = True
    _shown: str = ""

    @rx.event
    @of(Role.CLIENT)
    async def load(self, viewer: Viewer) -> Any:
        self.said, self.asking = "", False
        await self._show(viewer)

    @rx.event
    @of(Role.CLIENT)
    async def refuse(self, viewer: Viewer, what: str) -> Any:
        """Show what refusing a change would bring about."""
        await self._ask(viewer, what, refuses=True)

    @rx.event
    @of(Role.CLIENT)
    async def take_back(self, viewer: Viewer, what: str) -> Any:
        """Show what taking a refusal back would bring about."""
        await self._ask(viewer, what, refuses=False)

    @rx.event
    @of(Role.CLIENT)
    async def keep(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self.asking, self._what = False, ""

    @rx.event
    @of(Role.CLIENT)
    async def confirm(self, viewer: Viewer, form: dict[str, Any]) -> Any:  # noqa: ARG002 -- the tick is the browser's
        """Do what was shown; where its effect has changed meanwhile, show it anew."""
        what, refuses, self.asking = self._what, self._refuses, False
        if not what:
            return
        try:
            ends = await decide_change(portal(), viewer, what, self._shown, origin_of(self), refuses=refuses)
        except EffectChanged:
            await self._ask(viewer, what, refuses=refuses)
            self.meanwhile = typeset(_MEANWHILE)
            return
        except Refusal:
            await self._show(viewer)
            raise
        self._what = ""
        await self._show(viewer)
        self.said = typeset(
            f"Votre refus est enregistré : le contrat finit le {full_date(ends)}. Nous vous l’écrivons."
            if ends
            else "Votre refus est retiré : le contrat continue. Nous vous l’écrivons."
        )

    async def _ask(self, viewer: Viewer, what: str, *, refuses: bool) -> None:
        named = _WHATS.get(str(what))
        if named is None:
            raise NotFound
        self.said, self.meanwhile = "", ""
        try:
            decision = await decision_of(portal(), viewer, named, refuses=refuses)
        except Refusal:
            await self._show(viewer)
            raise
        self._what, self._refuses, self._shown = named, refuses, decision.effect.shown
        self.decision, self.question = decision_view(decision), question_of(decision, refuses=refuses)
        self.asking = True

    async def _show(self, viewer: Viewer) -> None:
        self.view = changes_view(await own_changes(portal(), viewer))
        self.loaded = True
