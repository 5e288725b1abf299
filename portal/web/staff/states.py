"""The events of `/gestion`: the clients, one client's file, the mails, the clock of a demonstration."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import reflex as rx

from portal.clock import ClockWentBack, DemonstrationClock
from portal.contract.calendar import ImpossibleInstant, paris_day, paris_instant
from portal.contract.company import in_groups
from portal.contract.explanations import because_of
from portal.contract.french import full_instant, short_date, typeset
from portal.contract.state import Relationship
from portal.contract.story import told
from portal.services import journal
from portal.services.calendar import confirm_destruction, travel
from portal.services.context import NotFound, Role, Viewer
from portal.services.outbox import deliver
from portal.services.reading import PAGE_LENGTH, ClientLine, Contract, SentMail, any_contract, clients, mails
from portal.services.trials import allow_another_trial
from portal.web.client.space_view import UserRow, reference, user_row
from portal.web.components.shapes import Mark, Why
from portal.web.handlers import PersonalState, of
from portal.web.presenting import marks_of, why_of
from portal.web.running import portal
from portal.web.session import origin_of

RELATIONSHIPS = {
    "prospect": "Compte ouvert",
    "trial": "Essai en cours",
    "reflection": "Délai de réflexion",
    "lapsed": "Sans suite",
}
# Not only a colour: each tone also has its own mark in the badge.
TONES = {"prospect": "quiet", "trial": "done", "reflection": "soon", "lapsed": "over"}
SERVICES = {"none": "—", "open": "Ouvert", "suspended": "Suspendu", "closed": "Fermé"}
DATA = {"none": "—", "live": "En ligne", "archived": "Archivées", "destroyed": "Détruites"}


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One client in the list."""

    contract_id: str = ""
    name: str = ""
    siren: str = ""
    city: str = ""
    situation: str = ""
    tone: str = ""
    service: str = ""
    users: str = ""
    next_due: str = ""
    held: bool = False


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of a history, with its reason."""

    seq: str = ""
    when: str = ""
    recorded: str = ""
    sentence: str = ""
    actor: str = ""
    why: Why = field(default_factory=Why)


@dataclass(frozen=True, slots=True)
class MailRow:
    """One mail, as its receiver reads it."""

    mail_id: str = ""
    when: str = ""
    recipient: str = ""
    subject: str = ""
    text: str = ""
    state: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class JournalRow:
    when: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class ClientFile:
    """Everything about one client on one page."""

    contract_id: str = ""
    name: str = ""
    reference: str = ""
    identity: str = ""
    situation: str = ""
    tone: str = ""
    service: str = ""
    data: str = ""
    held: bool = False
    may_allow_trial: bool = False
    marks: list[Mark] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)
    users: list[UserRow] = field(default_factory=list)
    mails: list[MailRow] = field(default_factory=list)
    journal: list[JournalRow] = field(default_factory=list)


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
        self.rows = [_client_row(line) for line in lines]
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
    async def destroy(self, viewer: Viewer) -> Any:
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
        self.file = _client_file(contract, sent, entries)
        self.loaded = True


class MailsState(PersonalState):
    """The mails, as received."""

    rows: list[MailRow] = []

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        self.rows = [_mail_row(one) for one in await mails(portal(), viewer)]
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


def _client_row(line: ClientLine) -> ClientRow:
    return ClientRow(
        contract_id=line.contract_id,
        name=line.legal_name,
        siren=in_groups(line.siren),
        city=line.city,
        situation=RELATIONSHIPS[line.relationship],
        tone="late" if line.destruction_held else TONES[line.relationship],
        service=SERVICES[line.service],
        users=str(line.users),
        next_due=full_instant(line.next_due_at) if line.next_due_at else "Rien de prévu",
        held=line.destruction_held,
    )


def _client_file(
    contract: Contract, sent: tuple[SentMail, ...], entries: tuple[journal.Entry, ...]
) -> ClientFile:
    state, company = contract.state, contract.company
    return ClientFile(
        contract_id=contract.id,
        name=company.legal_name,
        reference=reference(contract),
        identity=typeset(
            f"{company.legal_form}, SIREN {in_groups(company.siren)}, "
            f"{company.street}, {company.postcode} {company.city}"
        ),
        situation=RELATIONSHIPS[state.relationship],
        tone="late" if contract.destruction_held else TONES[state.relationship],
        service=SERVICES[state.service],
        data=DATA[state.data],
        held=contract.destruction_held,
        may_allow_trial=state.relationship is Relationship.LAPSED,
        marks=marks_of(contract.moments, contract.at),
        events=[
            EventRow(
                seq=str(stored.seq),
                when=full_instant(stored.event.at),
                recorded=_late(stored.event.at, stored.recorded_at),
                sentence=told(stored.event, state.offer.grid),
                actor=_actor(stored.actor, state.admin),
                why=why_of(because_of(state, stored.event)),
            )
            for stored in contract.events
        ],
        users=[user_row(user) for user in contract.users],
        mails=[_mail_row(one) for one in sent],
        journal=[JournalRow(full_instant(one.at), journal_sentence(one)) for one in entries],
    )


def _late(at: datetime, recorded_at: datetime) -> str:
    """Say when an event was executed, where that was not its own day."""
    if paris_day(at) == paris_day(recorded_at):
        return ""
    return f"exécuté le {short_date(paris_day(recorded_at))}"


def _actor(actor: str, admin: str | None) -> str:
    if actor == "calendar":
        return "le calendrier"
    return "le client" if actor == admin else "l’équipe"


def _mail_row(mail: SentMail) -> MailRow:
    if mail.sent_at:
        state, tone = "Envoyé", "done"
    elif mail.problem:
        state, tone = f"Non envoyé : {mail.problem}", "late"
    else:
        state, tone = "En attente", "soon"
    return MailRow(
        mail_id=str(mail.id),
        when=full_instant(mail.as_of),
        recipient=mail.recipient or "—",
        subject=mail.subject or "(en préparation)",
        text=mail.text,
        state=typeset(state),
        tone=tone,
    )


JOURNAL = {
    "trial_started": "L’essai a été commencé.",
    "user_registered": "Un utilisateur a été inscrit.",
    "user_removed": "Un utilisateur a été retiré.",
    "destruction_confirmed": "La destruction des données a été confirmée.",
    "trial_allowed": "Un nouvel essai a été autorisé.",
    "account_created": "Le compte a été créé.",
    "address_confirmed": "L’adresse e-mail a été confirmée.",
    "signed_in": "Connexion.",
    "sign_in_refused": "Connexion refusée.",
    "signed_out": "Déconnexion.",
    "session_ended": "Une session a été fermée.",
    "password_changed": "Le mot de passe a été changé.",
    "password_reset_asked": "Un nouveau mot de passe a été demandé.",
    "second_factor_on": "La double authentification a été activée.",
    "second_factor_off": "La double authentification a été retirée.",
    "recovery_code_used": "Un code de secours a été utilisé.",
    "recovery_codes_made": "De nouveaux codes de secours ont été créés.",
}


def journal_sentence(entry: journal.Entry) -> str:
    """Return a line of the journal in French, with the address it came from."""
    sentence = JOURNAL.get(entry.kind, entry.kind)
    return f"{sentence} Depuis {entry.ip}." if entry.ip else sentence
