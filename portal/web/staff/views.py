"""What the staff's pages show: from what services read to rows ready to be drawn."""

from dataclasses import dataclass, field
from datetime import datetime

from portal.contract.calendar import paris_day
from portal.contract.company import in_groups
from portal.contract.explanations import because_of
from portal.contract.french import full_instant, short_date, typeset
from portal.contract.state import Relationship
from portal.contract.story import told
from portal.services import journal
from portal.services.reading import ClientLine, Contract, SentMail
from portal.web.account.own_state import JournalRow
from portal.web.client.space_view import UserRow, reference, user_row
from portal.web.components.shapes import Mark, Why
from portal.web.journal_words import sentence_of
from portal.web.presenting import marks_of, why_of

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


def client_row(line: ClientLine) -> ClientRow:
    return ClientRow(
        contract_id=line.contract_id,
        name=line.legal_name,
        siren=in_groups(line.siren),
        city=line.city,
        situation="Destruction à confirmer" if line.destruction_held else RELATIONSHIPS[line.relationship],
        tone="late" if line.destruction_held else TONES[line.relationship],
        service=SERVICES[line.service],
        users=str(line.users),
        next_due=full_instant(line.next_due_at) if line.next_due_at else "Rien de prévu",
    )


def client_file(
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
        mails=[mail_row(one) for one in sent],
        journal=[JournalRow(full_instant(one.at), sentence_of(one)) for one in entries],
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


def mail_row(mail: SentMail) -> MailRow:
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
