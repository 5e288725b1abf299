"""The events of `/espace/options`: look, see what an order or a quote would change, confirm, ask for a quote."""

from typing import Any, Literal

import reflex as rx

from portal.contract.decisions.users import service_must_be_open
from portal.contract.french import typeset
from portal.contract.refusal import Refusal
from portal.services import options, quotes
from portal.services.context import Role, Viewer
from portal.services.effects import Effect, EffectChanged
from portal.services.forms import FormProblems, clean
from portal.services.quote_forms import read_quote
from portal.services.reading import own_contract
from portal.web.client.effect_view import EffectView, effect_view
from portal.web.client.options_view import OptionsView, options_view
from portal.web.client.seats_words import Question
from portal.web.handlers import PersonalState, of
from portal.web.running import portal
from portal.web.session import origin_of

Kind = Literal["", "order", "accept", "decline"]
MOST = 99
_MEANWHILE = "Entre-temps, quelque chose a changé : voici l’effet à présent. Relisez-le avant de confirmer."


class OptionsState(PersonalState, rx.State):
    """What the page shows; nothing here is trusted on the way back."""

    view: OptionsView = OptionsView()
    typed: dict[str, str] = {"service": "", "need": ""}
    errors: dict[str, str] = {}
    asking: bool = False
    meanwhile: str = ""
    question: Question = Question()
    effect: EffectView = EffectView()
    form_key: int = 0
    # What is about to be confirmed: an option's code, or a quote's id.
    _kind: Kind = ""
    _about: str = ""
    _quantity: int = 1
    _shown: str = ""

    @rx.event
    @of(Role.CLIENT)
    async def load(self, viewer: Viewer) -> Any:
        self.said, self.errors, self.asking = "", {}, False
        await self._show(viewer)

    @rx.event
    @of(Role.CLIENT)
    async def order(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        """Show the effect of ordering so many of an option."""
        self.said, self.errors = "", {}
        code, typed = clean(form.get("code")), clean(form.get("quantity"))
        quantity = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= len(str(MOST)) else 0
        if quantity < 1:
            self.errors = {code: typeset(f"Indiquez un nombre de 1 à {MOST}.")}
            return rx.set_focus(f"quantity-{code}")
        self._kind, self._about, self._quantity = "order", code, quantity
        await self._ask(viewer)
        return None

    @rx.event
    @of(Role.CLIENT)
    async def accept(self, viewer: Viewer, quote_id: str) -> Any:
        """Show the effect of accepting a quote."""
        self._kind, self._about = "accept", str(quote_id)
        await self._ask(viewer)

    @rx.event
    @of(Role.CLIENT)
    async def decline(self, viewer: Viewer, quote_id: str) -> Any:  # noqa: ARG002 -- admitted first
        """Ask before declining: a declined quote is over."""
        named = next((one for one in self.view.quotes if one.id == quote_id), None)
        if named is None:
            return
        self._kind, self._about = "decline", named.id
        self.effect, self.meanwhile = EffectView(), ""
        self.question = Question(
            name=named.label,
            title=typeset(f"Décliner « {named.label} »"),
            text="Le devis est clos et rien n’est facturé. Vous pourrez en demander un autre.",
            consent="Oui, je ne souhaite pas ce service",
            label="Décliner",
            is_grave=True,
        )
        self.asking = True

    @rx.event
    @of(Role.CLIENT)
    async def keep(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self.asking, self._kind = False, ""

    @rx.event
    @of(Role.CLIENT)
    async def confirm(self, viewer: Viewer, form: dict[str, Any]) -> Any:  # noqa: ARG002 -- the tick is the browser's
        """Do what was shown; where its effect has changed meanwhile, show it anew."""
        kind, self.asking = self._kind, False
        try:
            match kind:
                case "order":
                    await options.order(
                        portal(), viewer, self._about, self._quantity, self._shown, origin_of(self)
                    )
                    said = f"{self.question.name} : commande faite."
                case "accept":
                    await quotes.accept(portal(), viewer, self._about, self._shown, origin_of(self))
                    said = f"Devis accepté : {self.question.name}."
                case "decline":
                    await quotes.decline(portal(), viewer, self._about, origin_of(self))
                    said = f"Devis décliné : {self.question.name}."
                case _:
                    return
        except EffectChanged:
            await self._ask(viewer)
            self.meanwhile = typeset(_MEANWHILE)
            return
        self._kind, self.said = "", typeset(said)
        self.form_key += 1
        await self._show(viewer)

    @rx.event
    @of(Role.CLIENT)
    async def ask_for_a_quote(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        self.said, self.errors = "", {}
        try:
            wished = read_quote(form)
        except FormProblems as problems:
            self.typed, self.errors = problems.kept, problems.errors
            return rx.set_focus(next(iter(problems.errors)))
        await quotes.ask(portal(), viewer, wished, origin_of(self))
        self.typed = {"service": "", "need": ""}
        self.form_key += 1
        self.said = "Votre demande est partie. Notre réponse vous est écrite par e-mail, et se lit ici."
        await self._show(viewer)
        return None

    async def _ask(self, viewer: Viewer) -> None:
        contract = await own_contract(portal(), viewer)
        effect = await self._effect(viewer)
        self._shown = effect.shown
        self.effect, self.meanwhile = effect_view(effect, contract.state), ""
        self.question = self._question()
        self.asking = True

    async def _effect(self, viewer: Viewer) -> Effect:
        if self._kind == "accept":
            return await quotes.effect_of(portal(), viewer, self._about)
        return await options.effect_of(portal(), viewer, self._about, self._quantity)

    def _question(self) -> Question:
        if self._kind == "accept":
            quote = next((one for one in self.view.quotes if one.id == self._about), None)
            name = quote.label if quote else ""
            return Question(
                name=name,
                title=typeset(f"Accepter « {name} »"),
                text="Facturé une fois, avec votre prochaine facture mensuelle (CGV, article 5.3).",
                consent="Oui, j’accepte ce devis au nom de l’entreprise",
                label="Accepter le devis",
            )
        option = next((one for one in self.view.options if one.code == self._about), None)
        name = option.label if option else ""
        many = f"{self._quantity} × " if self._quantity > 1 else ""
        return Question(
            name=name,
            title=typeset(f"Commander {many}« {name} »"),
            text=typeset(
                "Facturé avec votre prochaine facture mensuelle, au prix de la grille (CGV, article 5.2)."
            ),
            consent="Oui, je commande au nom de l’entreprise",
            label="Commander",
        )

    async def _show(self, viewer: Viewer) -> None:
        contract = await own_contract(portal(), viewer)
        closed = ""
        try:
            service_must_be_open(contract.state)
        except Refusal as refusal:
            closed = refusal.message
        self.view = options_view(contract, await quotes.own_quotes(portal(), viewer), closed)
        self.loaded = True
