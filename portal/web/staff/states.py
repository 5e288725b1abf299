"""The events of `/gestion`: the clients, one client's file, the mails, the clock of a demonstration."""

from datetime import datetime, timedelta
from typing import Any

import reflex as rx

from portal.clock import ClockWentBack, DemonstrationClock
from portal.contract.calendar import ImpossibleInstant, paris_instant
from portal.contract.french import full_instant, typeset
from portal.contract.state import Relationship
from portal.services import journal
from portal.services.calendar import confirm_destruction, travel
from portal.services.context import NotFound, Role, Viewer
from portal.services.outbox import deliver
from portal.services.reading import PAGE_LENGTH, any_contract, clients, mails
from portal.services.trials import allow_another_trial
from portal.web.handlers import PersonalState, of
from portal.web.running import portal
from portal.web.session import origin_of
from portal.web.staff.views import ClientFile, ClientRow, MailRow, client_file, client_row, mail_row


class ClientsState(PersonalState):
    """The list of clients: what waits for a person first, then the nearest deadline."""

    rows: list[ClientRow] = []
    search: str = ""
    relationship: str = ""
    count: str = ""
    page: int = 1
    has_more: bool = False

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        self.page = 1
        await self._show(viewer)

    @rx.event
    @of(Role.STAFF)
    async def find(self, viewer: Viewer, search: str) -> Any:
        self.search, self.page = str(search)[:100], 1
        await self._show(viewer)

    @rx.event
    @of(Role.STAFF)
    async def filter_by(self, viewer: Viewer, relationship: str) -> Any:
        self.relationship = relationship if relationship in set(Relationship) else ""
        self.page = 1
        await self._show(viewer)

    @rx.event
    @of(Role.STAFF)
    async def turn_page(self, viewer: Viewer, by: int) -> Any:
        self.page = max(self.page + (1 if by == 1 else -1), 1)
        await self._show(viewer)

    async def _show(self, viewer: Viewer) -> None:
        lines, total = await clients(
            portal(), viewer, search=self.search, relationship=self.relationship, page=self.page
        )
        self.rows = [client_row(line) for line in lines]
        self.has_more = self.page * PAGE_LENGTH < total
        self.count = "Aucun client" if total == 0 else f"{total} client{'s' if total > 1 else ''}"
        self.loaded = True


class ClientFileState(PersonalState):
    """One client's file."""

    file: ClientFile = ClientFile()
    reason: str = ""
    confirming: bool = False

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        self.confirming = False
        await self._show(viewer, str(self.router.url.query_parameters.get("id", "")))

    @rx.event
    @of(Role.STAFF)
    async def ask_to_destroy(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self.confirming = True

    @rx.event
    @of(Role.STAFF)
    async def keep(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self.confirming = False

    @rx.event
    @of(Role.STAFF)
    async def destroy(self, viewer: Viewer, form: dict[str, Any]) -> Any:  # noqa: ARG002 -- the tick is the browser's
        self.confirming = False
        await confirm_destruction(portal(), viewer, self.file.contract_id, origin_of(self))
        self.said = "La destruction est faite et le client en est averti."
        await self._show(viewer, self.file.contract_id)

    @rx.event
    @of(Role.STAFF)
    async def allow_trial(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        reason = str(form.get("reason", "") if isinstance(form, dict) else "")
        self.reason = reason[:500]
        await allow_another_trial(portal(), viewer, self.file.contract_id, reason, origin_of(self))
        self.reason = ""
        self.said = "Un nouvel essai est autorisé : le client peut le commencer depuis son espace."
        await self._show(viewer, self.file.contract_id)

    async def _show(self, viewer: Viewer, contract_id: str) -> None:
        running = portal()
        contract = await any_contract(running, viewer, contract_id)
        sent = await mails(running, viewer, contract_id=contract_id)
        async with running.database.reading() as connection:
            entries = await journal.of_company(connection, contract.company.id)
        self.file = client_file(contract, sent, entries)
        self.loaded = True


class MailsState(PersonalState):
    """The mails, as received."""

    rows: list[MailRow] = []

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        self.rows = [mail_row(one) for one in await mails(portal(), viewer)]
        self.loaded = True


class ClockState(PersonalState):
    """The clock of a demonstration."""

    now: str = ""
    movable: bool = False
    typed: str = ""
    stops: list[str] = []

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self._show()

    @rx.event
    @of(Role.STAFF)
    async def forward(self, viewer: Viewer, days: int) -> Any:
        if not isinstance(days, int) or not 0 < days <= 3660:  # noqa: PLR2004 -- ten years at most at a time
            self.problem = "Choisissez un nombre de jours entre 1 et 3660."
            return
        await self._travel(viewer, portal().now() + timedelta(days=days))

    @rx.event
    @of(Role.STAFF)
    async def go_to(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        self.typed = str(form.get("to", "") if isinstance(form, dict) else "")[:40]
        try:
            wall = datetime.fromisoformat(self.typed)
            to = wall if wall.tzinfo else paris_instant(wall.date(), wall.time())
        except ImpossibleInstant as error:
            self.problem = f"{error}.".capitalize()
            return
        except ValueError:
            self.problem = "Choisissez un jour et une heure dans le calendrier du champ."
            return
        await self._travel(viewer, to)

    async def _travel(self, viewer: Viewer, to: datetime) -> None:
        viewer.must_be_staff()
        running = portal()
        try:
            stops = [full_instant(stop) async for stop in travel(running, to)]
        except ClockWentBack:
            self.problem = typeset(
                f"Cet instant est passé : il est {full_instant(running.now())}. L’horloge n’avance que vers l’avenir."
            )
            return
        except NotFound:
            self.problem = "L’horloge ne se déplace qu’en démonstration."
            return
        await deliver(running)
        self.stops = list(dict.fromkeys(stops))
        self.said = typeset(f"Il est maintenant {full_instant(running.now())}.")
        self._show()

    def _show(self) -> None:
        running = portal()
        self.now = full_instant(running.now())
        self.movable = isinstance(running.clock, DemonstrationClock)
        self.loaded = True
