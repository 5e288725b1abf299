"""What the section of the evidence file shows: how far the chain goes today, and the hash that ends it."""

from typing import Any

import reflex as rx

from portal.contract.french import count, typeset
from portal.services.context import Role, Viewer
from portal.services.reading import own_contract
from portal.web.handlers import PersonalState, of
from portal.web.running import portal


class EvidenceState(PersonalState, rx.State):
    """Look only: the file is a plain link."""

    head: str = ""
    events: str = ""
    administers: bool = False

    @rx.event
    @of(Role.CLIENT)
    async def load(self, viewer: Viewer) -> Any:
        contract = await own_contract(portal(), viewer)
        self.head = contract.events[-1].hash if contract.events else ""
        self.events = typeset(f"Empreinte de tête, après {count(len(contract.events), 'événement')} :")
        self.administers = viewer.person_id in contract.state.admins
        self.loaded = True
