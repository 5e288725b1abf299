"""The events of `/espace/souscrire`: look, accept the terms at once, say who subscribes, give the account."""

from typing import Any

import reflex as rx

from portal.contract.billing import first_month_persons
from portal.contract.quotation import MOST_USERS
from portal.services.context import Role, Viewer
from portal.services.dossier_forms import (
    MOST_OF_AN_OPTION,
    OPTION,
    AccountForm,
    Known,
    read_account_form,
    read_subscription,
    whole_number,
)
from portal.services.dossier_saving import save_account, save_subscription
from portal.services.dossiers import Dossier, own_dossier
from portal.services.first_collection import own_first_month
from portal.services.forms import FormProblems, clean
from portal.services.papers import outdated_papers, outdated_printings
from portal.services.trials import accept_terms
from portal.web.client.iban_words import LEFT, SaidOfIban, said_of_iban
from portal.web.client.subscribe_view import SubscribeView, prices, subscribe_view, typed_of
from portal.web.components.shapes import Figure
from portal.web.handlers import PersonalState, fields_of, of
from portal.web.running import portal
from portal.web.session import origin_of

_USERS = "users"
# The steps that are forms.
_COMPANY, _ACCOUNT = _FORMS = (1, 2)


def _form_of(field: str) -> int:
    return _ACCOUNT if field in AccountForm.model_fields else _COMPANY


class SubscribeState(PersonalState, rx.State):
    """What the page shows; `editing` is the done step that is open again.

    Either form has its key: what is being typed in the one stays while the other is opened, closed or kept.
    """

    view: SubscribeView = SubscribeView()
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    prices: list[Figure] = []
    iban: SaidOfIban = SaidOfIban()
    editing: int = 0
    ticked: bool = False
    company_key: int = 0
    form_key: int = 0
    _wished: dict[str, int] = {}

    @rx.event
    @of(Role.CLIENT)
    async def load(self, viewer: Viewer) -> Any:
        self.said = ""
        self.editing, self.ticked = 0, False
        await self._show(viewer)

    @rx.event
    @of(Role.CLIENT)
    async def refresh(self, viewer: Viewer) -> Any:
        """Look again, a piece was sent; what is being typed stays."""
        dossier = await own_dossier(portal(), viewer)
        await self._view(viewer, dossier)

    @rx.event
    @of(Role.CLIENT)
    async def tick(self, viewer: Viewer, form: dict[str, Any]) -> Any:  # noqa: ARG002 -- admitted first
        """Take the first of two gestures: the terms are read and accepted, without a trial."""
        self.errors = {}
        if not fields_of(form).get("accepted"):
            self.errors = {"accepted": "Cochez cette case pour accepter les conditions."}
            return rx.set_focus("accepted")
        self.ticked = True
        return None

    @rx.event
    @of(Role.CLIENT)
    async def untick(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self.ticked = False

    @rx.event
    @of(Role.CLIENT)
    async def confirm(self, viewer: Viewer) -> Any:
        """Take the second: accept the version that was shown."""
        if not self.ticked:
            return
        self.ticked = False
        try:
            await accept_terms(portal(), viewer, self.view.terms, origin_of(self))
        finally:
            await self._show(viewer)

    @rx.event
    @of(Role.CLIENT)
    async def edit(self, viewer: Viewer, step: int) -> Any:
        """Open a step that is done, or close the one that is open."""
        dossier = await own_dossier(portal(), viewer)
        await self._view(viewer, dossier)
        wished = step if step in _FORMS else 0
        if touched := wished or self.editing:
            self._renew(dossier, touched)
        self.editing = wished

    @rx.event
    @of(Role.CLIENT)
    async def price(self, viewer: Viewer, field: str, typed: str) -> Any:
        """Say what that many users, or of an option, cost while it is typed; an impossible number changes nothing."""
        name, most = str(field), MOST_USERS if field == _USERS else MOST_OF_AN_OPTION
        wished = whole_number(clean(typed) or "0", most)
        if wished is not None and wished <= most and name in self._wished:
            self._wished = {**self._wished, name: wished}
            offer = (await own_dossier(portal(), viewer)).contract.state.offer
            options = {one.code: self._wished.get(f"{OPTION}{one.code}", 0) for one in offer.grid.options}
            self.prices = prices(offer, self._wished[_USERS], options)

    @rx.event
    @of(Role.CLIENT)
    async def check_iban(self, viewer: Viewer, moment: str, iban: str) -> Any:  # noqa: ARG002 -- admitted first
        """Say what is right or wrong with an IBAN while it is typed; a beginning is not yet wrong."""
        self.iban = said_of_iban(iban, is_left=moment == LEFT)

    @rx.event
    @of(Role.CLIENT)
    async def save_subscription(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        self.said = ""
        self.errors = self._errors_besides(_COMPANY)
        dossier = await own_dossier(portal(), viewer)
        state = dossier.contract.state
        known = Known(dossier.contract.company.siren, state.offer.grid, len(first_month_persons(state)))
        try:
            wished = read_subscription(fields_of(form), known)
        except FormProblems as problems:
            return self._wrong(problems)
        await save_subscription(portal(), viewer, wished, origin_of(self))
        opened = {self.view.step, self.editing}
        await self._kept(viewer, *({_COMPANY} | ({_ACCOUNT} - opened)))
        self.said = "L’étape 1 est gardée."
        return None

    @rx.event
    @of(Role.CLIENT)
    async def save_account(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        self.said = ""
        self.errors = self._errors_besides(_ACCOUNT)
        try:
            account = read_account_form(fields_of(form))
        except FormProblems as problems:
            return self._wrong(problems)
        await save_account(portal(), viewer, account, origin_of(self))
        await self._kept(viewer, _ACCOUNT)
        self.said = "L’étape 2 est gardée."
        return None

    def _wrong(self, problems: FormProblems) -> Any:
        self.typed = {**self.typed, **problems.kept}
        self.errors = {**self.errors, **problems.errors}
        return rx.set_focus(next(iter(problems.errors)))

    def _errors_besides(self, step: int) -> dict[str, str]:
        return {name: text for name, text in self.errors.items() if _form_of(name) != step}

    async def _show(self, viewer: Viewer) -> None:
        dossier = await own_dossier(portal(), viewer)
        await self._view(viewer, dossier)
        for step in _FORMS:
            self._renew(dossier, step)
        self.loaded = True

    async def _kept(self, viewer: Viewer, *steps: int) -> None:
        """Show the page after a form was kept; `steps` are those whose forms nobody is typing in."""
        dossier = await own_dossier(portal(), viewer)
        await self._view(viewer, dossier)
        for step in steps:
            self._renew(dossier, step)
        if self.editing in steps:
            self.editing = 0

    def _renew(self, dossier: Dossier, step: int) -> None:
        """Show the form of a step as it is before anything is typed; the other one stays as it is."""
        own = {name: value for name, value in typed_of(dossier).items() if _form_of(name) == step}
        self.typed = {**self.typed, **own}
        self.errors = self._errors_besides(step)
        if step == _COMPANY:
            self.prices = self.view.prices
            self._wished = {
                name: int(text) for name, text in own.items() if name == _USERS or name.startswith(OPTION)
            }
            self.company_key += 1
        else:
            self.iban = SaidOfIban()
            self.form_key += 1

    async def _view(self, viewer: Viewer, dossier: Dossier) -> None:
        running = portal()
        self.view = subscribe_view(
            dossier,
            await own_first_month(running, viewer, dossier.contract.state),
            await outdated_papers(running, dossier),
            await outdated_printings(running, dossier),
            support_email=running.settings.support_email,
        )
