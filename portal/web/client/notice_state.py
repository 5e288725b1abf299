"""The events of `/espace/resiliation`: look, prepare the letter, tell that it was posted, send it, take it back."""

from datetime import date
from typing import Any, Literal

import reflex as rx

from portal.contract.french import full_date, typeset
from portal.contract.notice_effect import NoticeEffect
from portal.contract.refusal import Refusal
from portal.services import notices
from portal.services.context import Role, Viewer
from portal.services.forms import FormProblems, clean
from portal.services.notice_forms import NoticeForm, PostedForm, read_notice, read_posted
from portal.web.client.notice_effect_view import NoticeEffectView, notice_effect_view
from portal.web.client.notice_view import NoticeView, notice_view
from portal.web.handlers import PersonalState, fields_of, of
from portal.web.routes.letters import NOTICE
from portal.web.running import portal
from portal.web.session import draft_of, origin_of

Asked = Literal["", "posted", "sending", "give_up"]
_MEANWHILE = "Entre-temps, quelque chose a changé : voici l’effet à présent. Relisez-le avant de confirmer."
_LONGEST_DAY = 10


class NoticeState(PersonalState, rx.State):
    """What the page shows; nothing here is trusted on the way back."""

    view: NoticeView = NoticeView()
    planned: NoticeEffectView = NoticeEffectView()
    planned_day: str = ""
    typed: dict[str, str] = {"day": "", "reason": "", "words": ""}
    posted: dict[str, str] = {"day": "", "tracking": ""}
    errors: dict[str, str] = {}
    form_key: int = 0
    asking: str = ""
    title: str = ""
    consent: str = ""
    label: str = ""
    effect: NoticeEffectView = NoticeEffectView()
    meanwhile: str = ""
    withdrawing: bool = False
    copied: str = ""
    # What is about to be confirmed, and what stands for the effect that was shown.
    _day: str = ""
    _tracking: str = ""
    _shown: str = ""

    @rx.event
    @of(Role.CLIENT)
    async def load(self, viewer: Viewer) -> Any:
        sent = (await draft_of(self)).form(NOTICE.name)
        self._clear()
        await self._show(viewer)
        self.said, self.problem = sent.notice, sent.errors.get("", "")

    @rx.event
    @of(Role.CLIENT)
    async def refresh(self, viewer: Viewer) -> Any:
        """Look again: the provider may have answered."""
        await self._show(viewer)

    @rx.event
    @of(Role.CLIENT)
    async def look(self, viewer: Viewer, day: str) -> Any:
        """Show what a letter posted on that day would bring about, before anything is asked."""
        found = await notices.own_notice(portal(), viewer)
        try:
            planned = date.fromisoformat(str(day)[:_LONGEST_DAY])
        except ValueError:
            return
        self.typed = {**self.typed, "day": planned.isoformat()}
        self.planned_day = typeset(f"Postée le {full_date(planned)} :")
        self.planned = notice_effect_view(
            notices.effect_on(found.contract.state, planned, portal().now()), found.contract.state
        )

    @rx.event
    @of(Role.CLIENT)
    async def prepare(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        """Draw the letter; what was typed stays where it is refused."""
        self.said, self.errors = "", {}
        sent = fields_of(form)
        self.typed = {name: clean(sent.get(name)) for name in ("day", "reason", "words")}
        try:
            wished: NoticeForm = read_notice(sent)
            await notices.prepare(portal(), viewer, wished, origin_of(self))
        except FormProblems as problems:
            self.errors = problems.errors
            return rx.set_focus(next(iter(problems.errors)))
        except Refusal as refusal:
            self.errors = {"day": self._words_of(refusal)}
            return rx.set_focus("day")
        self.form_key += 1
        await self._show(viewer)
        self.said = typeset("Votre lettre est prête : téléchargez-la, signez-la, postez-la en recommandé.")
        return None

    @rx.event
    @of(Role.CLIENT)
    async def ask_posted(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        """Read the day and the tracking number, then show the effect and ask the last question."""
        self.said, self.errors = "", {}
        sent = fields_of(form)
        self.posted = {name: clean(sent.get(name)) for name in ("day", "tracking")}
        try:
            told = read_posted(sent)
        except FormProblems as problems:
            self.errors = {f"posted-{name}": words for name, words in problems.errors.items()}
            return rx.set_focus(next(iter(self.errors)))
        self._day, self._tracking = told.day.isoformat(), told.tracking
        await self._ask(viewer, "posted", told.day)
        if self.effect.refusal:
            self.asking, self.errors = "", {"posted-day": self.effect.refusal}
            self._explain(self.effect.refusal, self.effect.refusal_why)
            return rx.set_focus("posted-day")
        return None

    @rx.event
    @of(Role.CLIENT)
    async def ask_sending(self, viewer: Viewer) -> Any:
        """Show what sending the letter today would bring about, and that only the deposit counts."""
        self.said, self.errors = "", {}
        await self._ask(viewer, "sending", portal().today())

    @rx.event
    @of(Role.CLIENT)
    async def ask_to_give_up(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self.effect, self.meanwhile, self.asking = NoticeEffectView(), "", "give_up"
        self.title, self.label = "Renoncer à cette lettre", "Renoncer"
        self.consent = "Je renonce à l’envoyer, mon contrat continue"

    @rx.event
    @of(Role.CLIENT)
    async def keep(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self.asking, self.withdrawing = "", False

    @rx.event
    @of(Role.CLIENT)
    async def confirm(self, viewer: Viewer, form: dict[str, Any]) -> Any:  # noqa: ARG002 -- the tick is the browser's
        """Do what was shown; where its effect has changed meanwhile, show it anew."""
        asked, self.asking = self.asking, ""
        try:
            match asked:
                case "posted":
                    told = PostedForm.model_validate({"day": self._day, "tracking": self._tracking})
                    await notices.tell_posted(portal(), viewer, told, self._shown, origin_of(self))
                    said = "Votre résiliation est enregistrée. Nous vous l’écrivons par e-mail."
                case "sending":
                    await notices.send_electronically(portal(), viewer, self._shown, origin_of(self))
                    said = "Votre lettre est remise au prestataire : elle compte dès qu’il l’a déposée, pas avant."
                case "give_up":
                    await notices.give_up(portal(), viewer, origin_of(self))
                    said = "La lettre est abandonnée, votre contrat continue."
                case _:
                    return
        except notices.NoticeChanged:
            await self._ask(viewer, "posted" if asked == "posted" else "sending", self._asked_day())
            self.meanwhile = typeset(_MEANWHILE)
            return
        self._clear()
        await self._show(viewer)
        self.said = typeset(said)

    @rx.event
    @of(Role.CLIENT)
    async def ask_to_withdraw(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self.said, self.errors, self.copied, self.withdrawing = "", {}, "", True

    @rx.event
    @of(Role.CLIENT)
    async def withdraw(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        """Take the notice back, once the contract's number was copied: another gesture than the one that served it."""
        sent = fields_of(form)
        try:
            await notices.withdraw(portal(), viewer, sent, origin_of(self))
        except FormProblems as problems:
            self.copied, self.errors = problems.kept["number"], problems.errors
            return rx.set_focus("number")
        finally:
            await self._show(viewer)
        self._clear()
        self.said = typeset("Votre résiliation est retirée : le contrat continue.")
        return None

    def _asked_day(self) -> date:
        return date.fromisoformat(self._day) if self._day else portal().today()

    def _clear(self) -> None:
        self.errors, self.asking, self.withdrawing, self.meanwhile = {}, "", False, ""
        self.planned, self.planned_day, self._day = NoticeEffectView(), "", ""
        today = portal().today().isoformat()
        self.typed = {"day": today, "reason": "", "words": ""}
        self.posted = {"day": today, "tracking": ""}
        self.form_key += 1

    async def _ask(self, viewer: Viewer, asked: Asked, day: date) -> None:
        found = await notices.own_notice(portal(), viewer)
        effect = notices.effect_posted(found.contract.state, day, portal().now())
        self._shown = notices.shown_of(effect) if isinstance(effect, NoticeEffect) else ""
        self.effect = notice_effect_view(effect, found.contract.state)
        self.meanwhile, self.asking = "", asked
        if asked == "posted":
            self.title = typeset(f"Résilier : lettre postée le {full_date(day)}")
            self.consent = "La lettre est postée en recommandé, et nous résilions au nom de l’entreprise"
            self.label = "Enregistrer ma résiliation"
            return
        self.title = "Envoyer la lettre en recommandé électronique"
        self.consent = (
            "J’ai compris que seul le jour du dépôt compte, et nous résilions au nom de l’entreprise"
        )
        self.label = "Envoyer la lettre"

    async def _show(self, viewer: Viewer) -> None:
        found = await notices.own_notice(portal(), viewer)
        self.view = notice_view(found)
        if found.draft is not None and not self.typed["reason"]:
            self.typed = {**self.typed, "reason": found.draft.reason, "words": found.draft.words}
        self.loaded = True
