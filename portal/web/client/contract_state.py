"""The events of `/espace/contrat`: look, and imagine an act on a day. Nothing here writes."""

from asyncio import to_thread
from typing import Any
from urllib.parse import urlencode

import reflex as rx

from portal.contract.foresight import what_if
from portal.contract.state import Relationship
from portal.services.context import Role, Viewer
from portal.services.dossiers import Dossier, own_dossier
from portal.services.forms import FormProblems
from portal.services.ledgers import names_of
from portal.services.mandates import own_mandates
from portal.services.notices import own_notice
from portal.web.client.contract_view import ContractView, contract_view
from portal.web.client.what_if_form import ACT, DAY, NUMBER, Wish, read_wish
from portal.web.client.what_if_view import WhatIfView, what_if_view
from portal.web.handlers import PersonalState, fields_of, of
from portal.web.running import portal

_HERE = "/espace/contrat"
_NOTHING = {ACT: "", NUMBER: "1", DAY: ""}


class ContractState(PersonalState, rx.State):
    """What the page shows; nothing here is trusted on the way back."""

    view: ContractView = ContractView()
    imagined: WhatIfView = WhatIfView()
    typed: dict[str, str] = dict(_NOTHING)
    errors: dict[str, str] = {}
    form_key: int = 0

    @rx.event
    @of(Role.CLIENT)
    async def load(self, viewer: Viewer) -> Any:
        """Show the contract, and what its address imagines: a what-if can be kept, sent, gone back to."""
        running = portal()
        dossier = await own_dossier(running, viewer)
        acceptance = dossier.contract.state.acceptance
        names = await names_of(running, viewer, [acceptance.by] if acceptance else [])
        notice = await own_notice(running, viewer) if dossier.contract.state.notice else None
        self.view = contract_view(dossier, await own_mandates(running, viewer), names, notice)
        asked = self.router.url.query_parameters
        await self._imagine(dossier, {name: str(asked.get(name, "")) for name in _NOTHING})
        self.loaded = True

    @rx.event
    @of(Role.CLIENT)
    async def imagine(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        """Imagine what the form says, and write it in the address."""
        dossier = await own_dossier(portal(), viewer)
        typed = {name: str(fields_of(form).get(name, "")) for name in _NOTHING}
        await self._imagine(dossier, typed)
        if self.errors:
            return rx.set_focus(next(iter(self.errors)))
        return rx.redirect(f"{_HERE}?{urlencode(self.typed)}")

    @rx.event
    @of(Role.CLIENT)
    async def forget(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        """Put what was imagined away."""
        self.imagined, self.typed, self.errors = WhatIfView(), dict(_NOTHING), {}
        self.form_key += 1
        return rx.redirect(_HERE)

    async def _imagine(self, dossier: Dossier, typed: dict[str, str]) -> None:
        contract = dossier.contract
        self.imagined, self.errors = WhatIfView(), {}
        if not typed[ACT] and not typed[DAY]:
            self.typed = {**_NOTHING, DAY: f"{portal().today():%Y-%m-%d}"}
            return
        if contract.state.relationship is not Relationship.ACTIVE:
            return
        try:
            wish = read_wish(typed, contract.state, contract.at)
        except FormProblems as problems:
            self.typed, self.errors = problems.kept, problems.errors
            return
        if typed != self.typed:
            self.typed = typed
            self.form_key += 1
        self.imagined = await to_thread(_imagined, dossier, wish)


def _imagined(dossier: Dossier, wish: Wish) -> WhatIfView:
    contract = dossier.contract
    found = what_if(contract.state, contract.at, wish.acts, wish.at, wish.habit)
    return what_if_view(found, wish, contract.at)
