"""The events of `/gestion/changements`: simulate, announce, follow; read a new version of the terms and publish it."""

import asyncio
from typing import Any

import reflex as rx

from portal.contract.acts import What
from portal.contract.french import typeset
from portal.contract.refusal import Refusal
from portal.services import announcements, announcing
from portal.services.announcements import SimulationChanged
from portal.services.announcing import Choice, Simulation
from portal.services.conditions import CannotPublish, editions
from portal.services.context import NotFound, Role, Viewer
from portal.services.price_grids import published_grids
from portal.services.terms_publishing import preview_terms, publish_terms
from portal.web.handlers import PersonalState, of
from portal.web.running import portal
from portal.web.session import origin_of
from portal.web.staff.changes_views import (
    AnnouncementRow,
    ChoiceOption,
    ContractRow,
    OutlierRow,
    SimulationView,
    TermsPreviewView,
    announcement_row,
    choices,
    contract_row,
    outlier_row,
    simulation_view,
    terms_preview_view,
)

_MOST_CHARACTERS = 200_000
_FOLLOWED_EACH_SECONDS = 0.8
_WHATS: dict[str, What] = {"price": "price", "terms": "terms"}
_MEANWHILE = (
    "Entre-temps, quelque chose a changé : voici la simulation à présent. Relisez-la avant d’annoncer."
)


class StaffChangesState(PersonalState, rx.State):
    """What the page shows; nothing here is trusted on the way back."""

    choices: list[ChoiceOption] = []
    chosen: str = ""
    refused: str = ""
    simulation: SimulationView = SimulationView()
    simulated: bool = False
    rows: list[ContractRow] = []
    page: int = 1
    has_more: bool = False
    count: str = ""
    asking: bool = False
    meanwhile: str = ""
    announcements: list[AnnouncementRow] = []
    is_running: bool = False
    outliers: list[OutlierRow] = []
    outliers_of: str = ""
    terms_error: str = ""
    typed_text: str = ""
    preview: TermsPreviewView = TermsPreviewView()
    publishing: bool = False
    form_key: int = 0
    _shown: tuple[int | str | None, int] = (None, 0)
    _text: str = ""

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        self.said = self.refused = self.meanwhile = self.terms_error = ""
        self.simulated = self.asking = self.publishing = False
        self.chosen, self.outliers, self.outliers_of = "", [], ""
        self.preview, self._text = TermsPreviewView(), ""
        await self._show(viewer)
        self.loaded = True
        return StaffChangesState.follow if self.is_running else None

    @rx.event
    @of(Role.STAFF)
    async def simulate(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        """Show whom the chosen change reaches, when, and with what effect."""
        self.said = self.refused = self.meanwhile = ""
        self.simulated, self.page = False, 1
        self.chosen = str(form.get("choice", ""))[:100]
        if not self.chosen:
            self.refused = typeset("Choisissez ce que vous voulez annoncer.")
            return rx.set_focus("choice")
        await self._simulate(viewer)
        return None

    @rx.event
    @of(Role.STAFF)
    async def turn_page(self, viewer: Viewer, by: int) -> Any:
        self.page = max(1, self.page + (1 if by == 1 else -1))
        await self._list(viewer)

    @rx.event
    @of(Role.STAFF)
    async def ask(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self.asking = self.simulated and self.simulation.reached > 0

    @rx.event
    @of(Role.STAFF)
    async def keep(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self.asking = self.publishing = False

    @rx.event
    @of(Role.STAFF)
    async def announce(self, viewer: Viewer, form: dict[str, Any]) -> Any:  # noqa: ARG002 -- the tick is the browser's
        """Announce what was simulated; where it is not the same any more, show it anew."""
        self.asking = False
        if not self.simulated:
            return None
        try:
            await announcements.announce(portal(), viewer, self._choice(), self._shown, origin_of(self))
        except SimulationChanged as changed:
            self._take(changed.simulation)
            await self._list(viewer)
            self.meanwhile = typeset(_MEANWHILE)
            return None
        self.simulated = False
        await self._show(viewer)
        self.said = typeset("L’annonce est lancée : chaque client est averti par e-mail, l’un après l’autre.")
        return StaffChangesState.follow

    @rx.event
    @of(Role.STAFF)
    async def follow(self, viewer: Viewer) -> Any:
        """Show how far the announcement under way is, and ask again while it goes on."""
        await self._show(viewer)
        if not self.is_running:
            return None
        await asyncio.sleep(_FOLLOWED_EACH_SECONDS)
        return StaffChangesState.follow

    @rx.event
    @of(Role.STAFF)
    async def show_outliers(self, viewer: Viewer, announcement_id: str) -> Any:
        """List the contracts that an announcement left as they are, and why."""
        self.outliers_of = str(announcement_id)[:36]
        found = await announcements.outliers(portal(), viewer, self.outliers_of)
        self.outliers = [outlier_row(one) for one in found]

    # --- terms

    @rx.event
    @of(Role.STAFF)
    async def read_terms(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        """Show what differs in a text, and whom it would reach; what was typed stays in its field."""
        self.said = self.terms_error = ""
        self.preview, self._text = TermsPreviewView(), ""
        text = form.get("text")
        if not isinstance(text, str) or len(text) > _MOST_CHARACTERS:
            self.terms_error = typeset(
                "Ce texte est trop long : 200 000 caractères au plus. Vérifiez le fichier choisi."
            )
            return rx.set_focus("text")
        try:
            found = await preview_terms(portal(), viewer, text)
        except CannotPublish as problem:
            self.terms_error = typeset(str(problem))
            return rx.set_focus("text")
        except Refusal as refusal:
            self.terms_error = self._words_of(refusal)
            return rx.set_focus("text")
        self._text = text
        self.preview = terms_preview_view(
            found.read.version,
            found.read.applies_from,
            found.present.version,
            found.articles,
            found.simulation,
        )
        return None

    @rx.event
    @of(Role.STAFF)
    async def ask_to_publish(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self.publishing = self.preview.version != ""

    @rx.event
    @of(Role.STAFF)
    async def publish(self, viewer: Viewer, form: dict[str, Any]) -> Any:  # noqa: ARG002 -- the tick is the browser's
        """Publish the very text that was shown."""
        self.publishing = False
        if not self._text:
            return
        kept = await publish_terms(portal(), viewer, self._text, origin_of(self))
        self.preview, self._text = TermsPreviewView(), ""
        self.form_key += 1
        await self._show(viewer)
        self.said = typeset(
            f"La version {kept.version} est publiée. Choisissez-la ci-dessus pour l’annoncer aux contrats en vigueur."
        )

    # --- what is shown

    def _choice(self) -> Choice:
        what, _, name = self.chosen.partition(":")
        if what not in _WHATS or not name:
            raise NotFound
        return Choice(_WHATS[what], name)

    async def _simulate(self, viewer: Viewer) -> None:
        try:
            found = await announcing.simulate(portal(), viewer, self._choice())
        except Refusal as refusal:
            self.refused = self._words_of(refusal)
            return
        self._take(found)
        await self._list(viewer)

    def _take(self, found: Simulation) -> None:
        self.simulation, self._shown, self.simulated = simulation_view(found), found.shown, True

    async def _list(self, viewer: Viewer) -> None:
        lines, total = await announcing.simulated_page(portal(), viewer, self._choice(), self.page)
        self.rows = [contract_row(one) for one in lines]
        first = (self.page - 1) * announcing.PAGE_LENGTH
        self.has_more = first + len(lines) < total
        self.count = f"{first + 1} à {first + len(lines)} sur {total}" if lines else ""

    async def _show(self, viewer: Viewer) -> None:
        running = portal()
        made = await announcements.announcements_made(running, viewer)
        self.announcements = [announcement_row(one) for one in made]
        self.is_running = any(one.finished_at is None for one in made)
        async with running.database.reading() as connection:
            versions = await editions(connection)
        self.choices = choices(await published_grids(running, viewer), versions, running.now())
