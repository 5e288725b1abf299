"""What `/espace/utilisateurs` says: the users, what each costs, what removing one saves, what can be undone."""

from dataclasses import dataclass, field

from portal.contract import events as e
from portal.contract.amounts import document_total
from portal.contract.calendar import paris_day
from portal.contract.decisions.users import counted_in_trial
from portal.contract.french import count, euros, full_date, long_date, typeset
from portal.contract.preview import why_issued
from portal.contract.refusal import Refusal
from portal.contract.seats import Saving
from portal.contract.state import Relationship
from portal.contract.trial import TRIAL_USERS
from portal.services.reading import NamedUser
from portal.services.seat_lists import Fault
from portal.services.seat_overview import Overview, Undo
from portal.web.client.space_view import next_dates_of
from portal.web.components.shapes import Mark, Why
from portal.web.presenting import why_of, why_of_amount

# Beyond, a strip of marks says nothing that the figure does not.
_MOST_MARKS = 40


@dataclass(frozen=True, slots=True)
class Seat:
    """A user on the page, with what the rules would let be done with her."""

    person_id: str = ""
    name: str = ""
    email: str = ""
    since: str = ""
    state: str = ""
    tone: str = ""
    is_admin: bool = False
    is_suspended: bool = False
    is_alone: bool = False
    is_not_in_yet: bool = False


@dataclass(frozen=True, slots=True)
class UndoLine:
    """A change that can be undone; `deed` is what undoes it."""

    person_id: str = ""
    name: str = ""
    said: str = ""
    deed: str = ""


@dataclass(frozen=True, slots=True)
class FaultLine:
    line: str = ""
    text: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SeatsView:
    """Everything the page shows; strings are ready to be read."""

    company: str = ""
    is_trial: bool = False
    closed: str = ""
    step_title: str = ""
    step_text: str = ""
    named: str = ""
    minimum: str = ""
    unused: str = ""
    marks: list[str] = field(default_factory=list)
    next_invoice: str = ""
    next_invoice_said: str = ""
    next_invoice_why: Why = field(default_factory=Why)
    cost: str = ""
    cost_why: Why = field(default_factory=Why)
    saves: str = ""
    saves_said: str = ""
    saves_why: Why = field(default_factory=Why)
    may_remove: bool = False
    may_suspend: bool = False
    seats: list[Seat] = field(default_factory=list)
    undo: list[UndoLine] = field(default_factory=list)
    next_marks: list[Mark] = field(default_factory=list)


def seats_view(shown: Overview) -> SeatsView:
    """Return the page of a contract's users as it stands."""
    state = shown.contract.state
    is_trial = state.relationship is Relationship.TRIAL
    title, text = _step(shown)
    saving = shown.saving
    refused = saving if isinstance(saving, Refusal) else None
    saves = saving if isinstance(saving, Saving) else None
    document = shown.next_document
    return SeatsView(
        company=shown.contract.company.legal_name,
        is_trial=is_trial,
        closed=typeset(shown.closed.message) if shown.closed else "",
        step_title=title,
        step_text=typeset(text),
        named=str(len(shown.contract.users)),
        minimum=str(TRIAL_USERS if is_trial else state.offer.grid.minimum_users),
        unused=str(
            TRIAL_USERS - counted_in_trial(state, len(shown.contract.users)) if is_trial else shown.unused
        ),
        marks=_marks(shown),
        next_invoice=euros(document.gross_cents) if document and not is_trial else "",
        next_invoice_said=(
            typeset(f"TTC, émise le {long_date(paris_day(document.at))} si rien ne change")
            if document
            else ""
        ),
        next_invoice_why=why_of(
            why_issued(state, document), document_total(document.lines, document.vat_cents)
        )
        if document and not is_trial
        else Why(),
        cost=euros(shown.cost.cents) if shown.cost else "",
        cost_why=why_of_amount(shown.cost) if shown.cost else Why(),
        saves=_when_it_saves(saves),
        saves_said=typeset(_what_it_saves(saves, refused)),
        saves_why=why_of(saves.from_day, why_issued(state, saves.document), saves.saved)
        if saves and saves.document
        else Why(),
        may_remove=refused is None and (state.relationship is not Relationship.REFLECTION),
        may_suspend=state.relationship
        in {Relationship.TRIAL, Relationship.ACTIVE, Relationship.AWAITING_PAYMENT},
        seats=[_seat(user, shown) for user in shown.contract.users],
        undo=[_undo(one) for one in shown.undo],
        next_marks=next_dates_of(shown.contract),
    )


def fault_line(fault: Fault) -> FaultLine:
    return FaultLine(f"Ligne {fault.line}", fault.text, fault.problem)


def _step(shown: Overview) -> tuple[str, str]:
    state = shown.contract.state
    if state.relationship is Relationship.TRIAL:
        return (
            "Inviter celles et ceux qui essaieront avec vous",
            f"L’essai est gratuit, jusqu’à {count(TRIAL_USERS, 'personne')}, administrateur compris.",
        )
    if shown.closed:
        return "La liste ne change plus", shown.closed.message
    if shown.unused:
        return (
            f"{count(shown.unused, 'place est déjà payée', 'places sont déjà payées')} et {'libre' if shown.unused == 1 else 'libres'}",
            "Votre contrat les comprend : y inscrire quelqu’un ne change rien à vos factures.",
        )
    return (
        "Ajouter ou remplacer quelqu’un",
        "Vous voyez l’effet sur vos prochaines factures, ligne par ligne, avant de confirmer.",
    )


def _marks(shown: Overview) -> list[str]:
    """Return one mark for each place: taken, suspended, or paid for and free; the minimum's last one says so."""
    taken = ["suspended" if user.is_suspended else "taken" for user in shown.contract.users]
    marks = [*taken, *("free" for _ in range(shown.unused))]
    last = shown.contract.state.offer.grid.minimum_users - 1
    if shown.contract.state.relationship is not Relationship.TRIAL and last < len(marks) - 1:
        marks[last] += " seat-mark-minimum"
    return marks[:_MOST_MARKS]


def _when_it_saves(saves: Saving | None) -> str:
    return f"dès le {long_date(saves.from_day.day)}" if saves and saves.document else ""


def _what_it_saves(saves: Saving | None, refused: Refusal | None) -> str:
    if refused:
        return (
            "Retirer quelqu’un n’économiserait rien : vous êtes au minimum du contrat (CGV, article 10.1). Vous pouvez "
            "remplacer une personne, ou suspendre son accès."
        )
    if saves is None:
        return ""
    if saves.document is None:
        return "Retirer quelqu’un n’économise plus rien : le contrat finit avant."
    issued = long_date(paris_day(saves.document.at))
    return (
        f"Si une personne est retirée aujourd’hui, le mois en cours reste dû ; la facture émise le {issued} est la première "
        f"à baisser, de {euros(saves.saved.cents)} HT."
    )


def _seat(user: NamedUser, shown: Overview) -> Seat:
    state = shown.contract.state
    is_not_in_yet = user.is_admin and user.person_id in shown.not_in_yet
    words = ("accès suspendu", "late") if user.is_suspended else ("accès ouvert", "done")
    if is_not_in_yet:
        words = ("administrateur invité", "soon")
    elif user.is_admin:
        words = ("administrateur", "quiet")
    return Seat(
        person_id=user.person_id,
        name=user.name,
        email=user.email,
        since=full_date(paris_day(user.registered_at)),
        state=words[0],
        tone=words[1],
        is_admin=user.is_admin,
        is_suspended=user.is_suspended,
        is_alone=state.admins == (user.person_id,),
        is_not_in_yet=is_not_in_yet,
    )


def _undo(one: Undo) -> UndoLine:
    came = isinstance(one.event, e.UserRegistered)
    day = full_date(paris_day(one.event.at))
    said = typeset(f"{one.name} : {'ajout' if came else 'retrait'} du {day}")
    return UndoLine(one.event.user, one.name, said, "remove" if came else "register")
