"""The events of `/gestion`: the clients, one client's file, the mails, the clock of a demonstration."""

from datetime import datetime, timedelta
from typing import Any

import reflex as rx

from portal.clock import ClockWentBack, DemonstrationClock
from portal.contract.calendar import ImpossibleInstant, paris_instant
from portal.contract.french import count, full_instant, typeset
from portal.contract.state import Relationship
from portal.services import crm, journal, outbox
from portal.services.calendar import confirm_destruction, release, travel
from portal.services.context import NotFound, Origin, Role, Viewer
from portal.services.next_dues import next_dues
from portal.services.reading import PAGE_LENGTH, any_contract, clients, mails, orders, refused_orders
from portal.services.trials import allow_another_trial
from portal.web.handlers import PersonalState, of
from portal.web.running import portal
from portal.web.session import origin_of
from portal.web.staff.views import (
    ClientFile,
    ClientRow,
    MailRow,
    OrderRow,
    client_file,
    client_row,
    mail_row,
    order_row,
)


class ClientsState(PersonalState, rx.State):
    """The list of clients: what waits for a person first, then the nearest deadline."""

    rows: list[ClientRow] = []
    search: str = ""
    relationship: str = ""
    count: str = ""
    page: int = 1
    has_more: bool = False
    # Renewed when the fields must show what the list was narrowed by before.
    form_key: int = 0
    refused: list[OrderRow] = []

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        self.page, self.said = 1, ""
        if self.search or self.relationship:
            self.form_key += 1
        await self._show(viewer)

    @rx.event
    @of(Role.STAFF)
    async def show_all(self, viewer: Viewer) -> Any:
        self.search, self.relationship, self.page = "", "", 1
        self.form_key += 1
        await self._show(viewer)
        return rx.set_focus("search")

    @rx.event
    @of(Role.STAFF)
    async def try_order_again(self, viewer: Viewer, order_id: str) -> Any:
        self.said = await _try_order_again(viewer, order_id, origin_of(self))
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
        reasons = await next_dues(portal(), viewer, [line.contract_id for line in lines])
        self.rows = [client_row(line, reasons.get(line.contract_id)) for line in lines]
        self.refused = [order_row(one) for one in await refused_orders(portal(), viewer)]
        self.has_more = self.page * PAGE_LENGTH < total
        self.count = "Aucun client" if total == 0 else f"{total} client{'s' if total > 1 else ''}"
        self.loaded = True


class ClientFileState(PersonalState, rx.State):
    """One client's file."""

    file: ClientFile = ClientFile()
    reason: str = ""
    confirming: bool = False

    @rx.event
    @of(Role.STAFF)
    async def clear(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        """Take the client before away, while this one is looked up."""
        self.loaded = False

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        self.confirming, self.said = False, ""
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
    async def release(self, viewer: Viewer) -> Any:
        await release(portal(), viewer, self.file.contract_id, origin_of(self))
        await self._show(viewer, self.file.contract_id)
        self.said = "" if self.file.parked_for else "Le contrat a repris."
        self.problem = "Le contrat est toujours contredit : il reste arrêté." if self.file.parked_for else ""

    @rx.event
    @of(Role.STAFF)
    async def allow_trial(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        reason = str(form.get("reason", "") if isinstance(form, dict) else "")
        self.reason = reason[:500]
        await allow_another_trial(portal(), viewer, self.file.contract_id, reason, origin_of(self))
        self.reason = ""
        self.said = typeset("Un nouvel essai est autorisé : le client peut le commencer depuis son espace.")
        await self._show(viewer, self.file.contract_id)

    @rx.event
    @of(Role.STAFF)
    async def send_mail_again(self, viewer: Viewer, mail_id: str) -> Any:
        self.said = await _send_mail_again(viewer, mail_id, origin_of(self))
        await self._show(viewer, self.file.contract_id)

    @rx.event
    @of(Role.STAFF)
    async def try_order_again(self, viewer: Viewer, order_id: str) -> Any:
        self.said = await _try_order_again(viewer, order_id, origin_of(self))
        await self._show(viewer, self.file.contract_id)

    async def _show(self, viewer: Viewer, contract_id: str) -> None:
        running = portal()
        contract = await any_contract(running, viewer, contract_id)
        sent = await mails(running, viewer, contract_id=contract_id)
        asked = await orders(running, viewer, contract_id)
        async with running.database.reading() as connection:
            entries = await journal.of_company(connection, contract.company.id)
        self.file = client_file(contract, sent, asked, entries)
        self.loaded = True


class MailsState(PersonalState, rx.State):
    """The mails, as received."""

    rows: list[MailRow] = []
    count: str = ""

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        self.said = ""
        await self._show(viewer)

    @rx.event
    @of(Role.STAFF)
    async def send_mail_again(self, viewer: Viewer, mail_id: str) -> Any:
        self.said = await _send_mail_again(viewer, mail_id, origin_of(self))
        await self._show(viewer)

    async def _show(self, viewer: Viewer) -> None:
        self.rows = [mail_row(one) for one in await mails(portal(), viewer)]
        given_up = sum(row.is_given_up for row in self.rows)
        self.count = (
            typeset(
                f"{count(given_up, 'e-mail n’est pas parti', 'e-mails ne sont pas partis')} : à renvoyer."
            )
            if given_up
            else ""
        )
        self.loaded = True


class ClockState(PersonalState, rx.State):
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
            self.problem = typeset("Cet instant est passé : l’horloge n’avance que vers l’avenir.")
            return
        except NotFound:
            self.problem = "L’horloge ne se déplace qu’en démonstration."
            return
        await outbox.deliver(running)
        self.stops = list(dict.fromkeys(stops))
        self.said = "L’horloge est à cet instant."
        self._show()

    def _show(self) -> None:
        running = portal()
        self.now = full_instant(running.now())
        self.movable = isinstance(running.clock, DemonstrationClock)
        self.loaded = True


async def _send_mail_again(viewer: Viewer, mail_id: str, origin: Origin) -> str:
    """Send a mail given up again; return what there is to say."""
    if await outbox.send_again(portal(), viewer, _number(mail_id), origin):
        return typeset("L’e-mail repart : il est envoyé dans la minute.")
    return "Cet e-mail est déjà en route, ou déjà parti."


async def _try_order_again(viewer: Viewer, order_id: str, origin: Origin) -> str:
    """Let an order the CRM refused be tried again; return what there is to say."""
    if await crm.try_again(portal(), viewer, _number(order_id), origin):
        return typeset("L’ordre repart : il est transmis au CRM dans la minute.")
    return "Cet ordre est déjà en route, ou déjà transmis."


def _number(typed: str) -> int:
    """Return the number of a row; raises `NotFound` for what is none: a browser may send anything."""
    text = str(typed)
    if not (text.isascii() and text.isdigit() and len(text) < _LONGEST_NUMBER):
        raise NotFound
    return int(text)


_LONGEST_NUMBER = 10
