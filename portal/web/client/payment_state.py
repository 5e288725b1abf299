"""The events of `/espace/paiement`: look, give another account, follow its mandate."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.services.context import Role, Viewer
from portal.services.dossier_forms import read_account_form
from portal.services.dossier_saving import save_account
from portal.services.dossiers import own_dossier
from portal.services.forms import FormProblems
from portal.services.ledgers import own_ledger
from portal.services.mandates import own_mandates
from portal.web.client.iban_words import LEFT, SaidOfIban, said_of_iban
from portal.web.client.payment_view import PaymentView, payment_view
from portal.web.handlers import PersonalState, fields_of, of
from portal.web.running import portal
from portal.web.session import origin_of


class PaymentState(PersonalState, rx.State):
    """What the page shows; `is_open` while the form of another account is."""

    view: PaymentView = PaymentView()
    typed: dict[str, str] = {"holder": "", "iban": "", "bic": ""}
    errors: dict[str, str] = {}
    iban: SaidOfIban = SaidOfIban()
    is_open: bool = False
    form_key: int = 0

    @rx.event
    @of(Role.CLIENT)
    async def load(self, viewer: Viewer) -> Any:
        self.said = ""
        self._close()
        await self._show(viewer)

    @rx.event
    @of(Role.CLIENT)
    async def refresh(self, viewer: Viewer) -> Any:
        """Look again, a mandate was sent; what is being typed stays."""
        await self._show(viewer)

    @rx.event
    @of(Role.CLIENT)
    async def change(self, viewer: Viewer) -> Any:
        """Open the form of another account, its holder filled in as the contract names the company."""
        contract = (await own_dossier(portal(), viewer)).contract
        self._close()
        self.typed = {"holder": contract.company.legal_name, "iban": "", "bic": ""}
        self.is_open = True
        return rx.set_focus("iban")

    @rx.event
    @of(Role.CLIENT)
    async def keep(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        """Close the form: the account stays."""
        self._close()

    @rx.event
    @of(Role.CLIENT)
    async def check_iban(self, viewer: Viewer, moment: str, iban: str) -> Any:  # noqa: ARG002 -- admitted first
        """Say what is right or wrong with an IBAN while it is typed."""
        self.iban = said_of_iban(iban, is_left=moment == LEFT)

    @rx.event
    @of(Role.CLIENT)
    async def save_account(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        """Keep another account: nothing is collected from it before its mandate is signed and accepted."""
        self.said = ""
        self.errors = {}
        try:
            account = read_account_form(fields_of(form))
        except FormProblems as problems:
            self.typed, self.errors = {**self.typed, **problems.kept}, problems.errors
            return rx.set_focus(next(iter(problems.errors)))
        await save_account(portal(), viewer, account, origin_of(self))
        self._close()
        self.said = typeset("Le nouveau compte est gardé : signez maintenant son mandat.")
        await self._show(viewer)
        return None

    def _close(self) -> None:
        self.is_open = False
        self.errors = {}
        self.typed = {"holder": "", "iban": "", "bic": ""}
        self.iban = SaidOfIban()
        self.form_key += 1

    async def _show(self, viewer: Viewer) -> None:
        running = portal()
        self.view = payment_view(
            await own_ledger(running, viewer),
            await own_dossier(running, viewer),
            await own_mandates(running, viewer),
        )
        self.loaded = True
