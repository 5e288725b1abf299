"""What the staff's pages show: from what services read to rows ready to be drawn."""

from dataclasses import dataclass, field
from datetime import datetime

from portal.contract.calendar import paris_day
from portal.contract.company import in_groups
from portal.contract.explanations import explained
from portal.contract.french import full_instant, of_name, short_date, typeset
from portal.contract.state import Relationship
from portal.contract.story import told
from portal.services import journal
from portal.services.journal_words import sentence_of
from portal.services.next_dues import NextDue
from portal.services.reading import ClientLine, Contract, CrmOrder, SentMail
from portal.web.account.own_state import JournalRow
from portal.web.client.space_view import UserRow, reference, user_row
from portal.web.components.shapes import Mark, Why
from portal.web.presenting import marks_of, when, why_of

RELATIONSHIPS = {
    "prospect": "Compte ouvert",
    "trial": "Essai en cours",
    "reflection": "Délai de réflexion",
    "lapsed": "Sans suite",
    "awaiting_payment": "Premier règlement attendu",
    "active": "En vigueur",
    "ended": "Terminé",
}
# Not only a colour: each tone also has its own mark in the badge.
TONES = {
    "prospect": "quiet",
    "trial": "done",
    "reflection": "soon",
    "lapsed": "over",
    "awaiting_payment": "soon",
    "active": "done",
    "ended": "over",
}
SERVICES = {"none": "—", "open": "Ouvert", "suspended": "Suspendu", "closed": "Fermé"}
DATA = {
    "none": "—",
    "live": "En ligne",
    "archived": "Archivées",
    "restitution": "À restituer",
    "destroyed": "Détruites",
}


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
    data: str = ""
    users: str = ""
    next_due: str = ""
    next_due_why: Why = field(default_factory=Why)


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
    problem: str = ""
    is_given_up: bool = False


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order to the CRM."""

    order_id: str = ""
    contract_id: str = ""
    client: str = ""
    what: str = ""
    when: str = ""
    state: str = ""
    tone: str = ""
    problem: str = ""
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class ClientFile:
    """Everything about one client on one page; `whose` is « de » and the name."""

    contract_id: str = ""
    name: str = ""
    whose: str = ""
    reference: str = ""
    identity: str = ""
    situation: str = ""
    tone: str = ""
    service: str = ""
    data: str = ""
    held: bool = False
    parked_for: list[str] = field(default_factory=list)
    may_allow_trial: bool = False
    is_refused_by_crm: bool = False
    marks: list[Mark] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)
    users: list[UserRow] = field(default_factory=list)
    mails: list[MailRow] = field(default_factory=list)
    orders: list[OrderRow] = field(default_factory=list)
    journal: list[JournalRow] = field(default_factory=list)


def client_row(line: ClientLine, coming: NextDue | None = None) -> ClientRow:
    """Return a line of the list; `coming` is what falls due next, and why then."""
    return ClientRow(
        contract_id=line.contract_id,
        name=line.legal_name,
        siren=in_groups(line.siren),
        city=line.city,
        situation=_situation(line),
        tone="late" if line.is_parked or line.destruction_held else TONES[line.relationship],
        service=SERVICES[line.service],
        data="" if line.data == "none" else f"Données {DATA[line.data].lower()}",
        users=str(line.users),
        next_due=when(line.next_due_at) if line.next_due_at else "Rien de prévu",
        next_due_why=why_of(coming.because) if coming and line.next_due_at else Why(),
    )


def _situation(line: ClientLine) -> str:
    if line.is_parked:
        return "À vérifier"
    return "Destruction à confirmer" if line.destruction_held else RELATIONSHIPS[line.relationship]


def client_file(
    contract: Contract,
    sent: tuple[SentMail, ...],
    asked: tuple[CrmOrder, ...],
    entries: tuple[journal.Entry, ...],
) -> ClientFile:
    state, company = contract.state, contract.company
    return ClientFile(
        contract_id=contract.id,
        name=company.legal_name,
        whose=of_name(company.legal_name),
        reference=reference(contract),
        identity=typeset(
            f"{company.legal_form}, SIREN {in_groups(company.siren)}, "
            f"{company.street}, {company.postcode} {company.city}"
        ),
        situation="À vérifier" if contract.parked_for else RELATIONSHIPS[state.relationship],
        tone="late" if contract.destruction_held or contract.parked_for else TONES[state.relationship],
        service=SERVICES[state.service],
        data=DATA[state.data],
        held=contract.destruction_held,
        parked_for=list(contract.parked_for),
        may_allow_trial=state.relationship in {Relationship.LAPSED, Relationship.ENDED},
        marks=marks_of(contract.moments, contract.at),
        events=[
            EventRow(
                seq=str(stored.seq),
                when=when(stored.event.at),
                recorded=_late(stored.event.at, stored.recorded_at),
                sentence=told(stored.event, state.offer.grid),
                actor=_actor(stored.actor, state.admin),
                why=why_of(one.because, *one.told),
            )
            for stored, one in zip(
                contract.events, explained(state.offer, (one.event for one in contract.events)), strict=True
            )
        ],
        users=[user_row(user) for user in contract.users],
        mails=[mail_row(one) for one in sent],
        is_refused_by_crm=any(order_row(one).is_refused for one in asked),
        orders=[order_row(one) for one in asked],
        journal=[JournalRow(full_instant(one.at), _line(one)) for one in entries],
    )


def _line(entry: journal.Entry) -> str:
    return f"{sentence_of(entry)} Par {entry.by}." if entry.by else sentence_of(entry)


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
    elif mail.is_given_up:
        state, tone = "Non envoyé", "late"
    elif mail.problem:
        state, tone = "Nouvel essai prévu", "soon"
    else:
        state, tone = "En attente", "soon"
    return MailRow(
        mail_id=str(mail.id),
        when=when(mail.as_of),
        recipient=mail.recipient or "Destinataire à établir",
        subject=mail.subject or "Message en préparation",
        text=mail.text,
        state=state,
        tone=tone,
        problem=typeset(mail.problem),
        is_given_up=mail.is_given_up,
    )


# What the CRM is asked, as its operator would say it.
_ORDERS = {
    "open": "Ouvrir le service",
    "suspend": "Suspendre le service",
    "restore": "Rétablir le service",
    "archive": "Archiver les données",
    "reactivate": "Réactiver les données",
    "close": "Fermer le service",
    "export": "Exporter les données, pour leur restitution",
    "destroy": "Détruire les données",
}


def order_row(order: CrmOrder) -> OrderRow:
    is_refused = order.asked_at is None and order.problem != ""
    if order.asked_at:
        state, tone = "Transmis", "done"
    else:
        state, tone = ("Refusé", "late") if is_refused else ("En attente", "soon")
    return OrderRow(
        order_id=str(order.id),
        contract_id=order.contract_id,
        client=order.legal_name,
        what=_ORDERS[order.action],
        when=when(order.at),
        state=state,
        tone=tone,
        problem=typeset(order.problem),
        is_refused=is_refused,
    )
