"""The events of the sign-up: what was typed comes back, the SIREN is checked as it is typed, the terms accepted."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from portal.contract.calendar import paris_day
from portal.contract.company import read_siren
from portal.contract.explanations import as_if_started, to_come
from portal.contract.french import full_date, typeset
from portal.contract.refusal import Refusal
from portal.contract.state import Relationship
from portal.services.conditions import in_force
from portal.services.context import Role, Viewer
from portal.services.offers import current_offer
from portal.services.reading import own_contract
from portal.services.trials import accept_and_start
from portal.web.account.draft_state import DraftState
from portal.web.components.shapes import Mark
from portal.web.handlers import PersonalState, of
from portal.web.presenting import marks_of
from portal.web.running import portal
from portal.web.session import origin_of


class SignUpState(rx.State):
    """What is said of a SIREN while it is typed."""

    remark: str = ""
    filled: int = 0

    @rx.event
    async def check_siren(self, typed: str) -> Any:
        """Say what the SIREN typed so far is worth; fill the rest in where the register knows it."""
        text = str(typed)[:40]
        self.remark = ""
        if sum(character.isdigit() for character in text) < 9:  # noqa: PLR2004 -- a SIREN has nine digits
            return
        try:
            siren = read_siren(text)
        except Refusal as refusal:
            self.remark = typeset(refusal.message)
            return
        running = portal()
        company = await running.register.find(siren, running.machine_now())
        if company is None:
            self.remark = "Ce SIREN est bien formé."
            return
        draft = await self.get_state(DraftState)
        draft.values = {
            **draft.values,
            "entreprise.siren": siren,
            "entreprise.legal_name": company.legal_name,
            "entreprise.legal_form": company.legal_form,
            "entreprise.street": company.street,
            "entreprise.postcode": company.postcode,
            "entreprise.city": company.city,
        }
        self.filled += 1
        self.remark = typeset(
            f"{company.legal_name} : vérifiez ce que nous avons rempli pour vous."
            if company.active
            else f"{company.legal_name} est une entreprise fermée d’après le registre : vérifiez ce SIREN."
        )


@dataclass(frozen=True, slots=True)
class Summary:
    """What an article says in plain words."""

    number: str = ""
    title: str = ""
    anchor: str = ""
    summary: str = ""


# The articles that decide what happens during a trial.
_FOR_A_TRIAL = ("3", "5.1", "7", "12", "15", "17", "19.1")


class ConditionsState(PersonalState, rx.State):
    """The third screen: read, tick, then confirm with the dates in sight."""

    version: str = ""
    version_text: str = ""
    pdf: str = ""
    summaries: list[Summary] = []
    marks: list[Mark] = []
    ticked: bool = False
    tick_error: str = ""
    working: bool = False

    @rx.event
    @of(Role.CLIENT)
    async def load(self, viewer: Viewer) -> Any:
        self.ticked, self.tick_error, self.working = False, "", False
        running = portal()
        contract = await own_contract(running, viewer)
        if contract.state.relationship is not Relationship.PROSPECT:
            return rx.redirect("/espace")
        await self._show()
        return None

    @rx.event
    @of(Role.CLIENT)
    async def tick(self, viewer: Viewer, form: dict[str, Any]) -> Any:  # noqa: ARG002 -- admitted first
        if not (isinstance(form, dict) and form.get("accepted")):
            self.tick_error = typeset(
                "Cochez la case pour accepter les conditions : rien ne commence sans votre accord."
            )
            return rx.set_focus("accepted")
        self.tick_error, self.ticked = "", True
        return None

    @rx.event
    @of(Role.CLIENT)
    async def untick(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self.ticked = False

    @rx.event
    @of(Role.CLIENT)
    async def confirm(self, viewer: Viewer) -> Any:
        if not self.ticked:
            self.tick_error = "Cochez d’abord la case."
            return None
        shown = self.version
        self.ticked = False
        try:
            await accept_and_start(portal(), viewer, shown, origin_of(self))
        except Refusal:
            await self._show()
            raise
        return rx.redirect("/espace")

    async def _show(self) -> None:
        running = portal()
        now = running.now()
        async with running.database.reading() as connection:
            edition = await in_force(connection, now)
            offer = await current_offer(connection, now)
        self.version = edition.version
        self.version_text = (
            f"Version {edition.version}, applicable depuis le {full_date(paris_day(edition.applies_from))}"
        )
        self.pdf = f"/cgv/{edition.version}.pdf"
        self.summaries = [
            Summary(article.number, article.title, article.anchor, article.summary)
            for article in edition.read().articles
            if article.number in _FOR_A_TRIAL
        ]
        self.marks = marks_of(to_come(as_if_started(offer, now), now), now)
        self.loaded = True
