"""The events of `/espace/factures` and `/espace/facture`: both only look."""

from typing import Any

import reflex as rx

from portal.services.context import Role, Viewer
from portal.services.ledgers import names_of, own_document, own_ledger
from portal.web.client.invoice_view import InvoiceView, invoice_view
from portal.web.client.invoices_view import InvoicesView, invoices_view
from portal.web.client.sheet_view import people_of
from portal.web.handlers import PersonalState, of
from portal.web.running import portal

_LONGEST_NUMBER = 40


class InvoicesState(PersonalState, rx.State):
    """What `/espace/factures` shows; nothing here is trusted on the way back."""

    view: InvoicesView = InvoicesView()

    @rx.event
    @of(Role.CLIENT)
    async def load(self, viewer: Viewer) -> Any:
        ledger = await own_ledger(portal(), viewer)
        names = await names_of(portal(), viewer, people_of(ledger.to_come[:1]))
        self.view = invoices_view(ledger, names)
        self.loaded = True


class InvoiceState(PersonalState, rx.State):
    """What `/espace/facture` shows: the document whose number is in the address, where it is the viewer's own."""

    view: InvoiceView = InvoiceView()

    @rx.event
    @of(Role.CLIENT)
    async def clear(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        """Take the invoice before away, while this one is looked up."""
        self.loaded = False

    @rx.event
    @of(Role.CLIENT)
    async def load(self, viewer: Viewer) -> Any:
        number = str(self.router.url.query_parameters.get("numero", ""))[:_LONGEST_NUMBER]
        self.view = invoice_view(await own_document(portal(), viewer, number))
        self.loaded = True
