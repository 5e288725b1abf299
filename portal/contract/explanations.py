"""The timeline of a contract: each thing that happened and each that will, with its reason.

One list serves the picture, the list beside it, the calendar file and the mails.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, assert_never

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.arrears import default_mail, next_suspension
from portal.contract.because import Because
from portal.contract.calendar import paris_day
from portal.contract.deadlines import Deadline, deadlines
from portal.contract.decide import decide
from portal.contract.ending import data_destruction
from portal.contract.evolve import evolve, history
from portal.contract.french import count
from portal.contract.issue import next_issue
from portal.contract.ledger import invoice_of
from portal.contract.offer import Offer
from portal.contract.reckoning import Reason
from portal.contract.reminders import reminder_because, reminders
from portal.contract.state import State
from portal.contract.story import DEADLINE_TITLES, REMINDED_OF, told
from portal.contract.subscription import first_issue_waits
from portal.contract.term import term_last_day
from portal.contract.told_reasons import told_reasons
from portal.contract.trial import destruction, trial_end


class Tense(StrEnum):
    """Whether a moment has happened, is foreseen as things stand, or is the person's last chance to act."""

    PAST = "past"
    FUTURE = "future"
    LAST_CHANCE = "last_chance"


@dataclass(frozen=True, slots=True)
class Moment:
    """One mark on the line of time. `name` is stable: it names the mark in pages and calendar files.

    `because` is why it is at its instant, `told` why the amounts and the other dates of its title are what they are.
    """

    name: str
    at: datetime
    tense: Tense
    title: str
    because: Because
    told: tuple[Reason, ...] = ()


# What the picture leaves to the list of events: it shows where the contract stands, not each person.
_NOT_DRAWN = (
    e.UserRegistered,
    e.UserRemoved,
    e.UserSuspended,
    e.UserRestored,
    e.AdministratorNamed,
    e.AdministratorRelieved,
    e.ServiceOpened,
    e.DataArchived,
    e.DataReactivated,
    e.ServiceClosed,
)


def timeline(state: State, events: Iterable[e.Event], at: datetime) -> tuple[Moment, ...]:
    """Return what happened and what is to come as seen at `at`, in order of time."""
    grid = state.offer.grid
    past = [
        Moment(
            f"{one.event.kind}-{index}",
            one.event.at,
            Tense.PAST,
            told(one.event, grid),
            one.because,
            one.told,
        )
        for index, one in enumerate(explained(state.offer, events), start=1)
        if not isinstance(one.event, _NOT_DRAWN)
    ]
    return tuple(sorted([*past, *to_come(state, at)], key=lambda moment: moment.at))


def to_come(state: State, at: datetime) -> tuple[Moment, ...]:
    """Return the deadlines and warnings after `at`, as things stand."""
    foreseen = [
        Moment(f"{one.name}{suffix}", one.at, _tense(one.name), DEADLINE_TITLES[one.name], one.because)
        for one, suffix in _told_apart(deadlines(state, at))
    ]
    warnings = [
        Moment(
            f"reminder-{reminder.about}-{reminder.days}",
            reminder.at,
            Tense.FUTURE,
            _warning(reminder),
            because,
        )
        for reminder, because in reminders(state)
        if reminder.at > at
    ]
    return tuple(sorted([*foreseen, *warnings], key=lambda moment: moment.at))


def _told_apart(coming: tuple[Deadline, ...]) -> Iterator[tuple[Deadline, str]]:
    """Yield each deadline with what tells it apart from an earlier one of its name: two changes may be announced."""
    seen: Counter[str] = Counter()
    for deadline in coming:
        seen[deadline.name] += 1
        yield deadline, f"-{seen[deadline.name]}" if seen[deadline.name] > 1 else ""


def _warning(reminder: e.ReminderSent) -> str:
    side = "après" if reminder.about == "first_payment" else "avant"
    return f"Rappel par e-mail, {count(reminder.days, 'jour')} {side} {REMINDED_OF[reminder.about]}"


def as_if_started(offer: Offer, at: datetime) -> State:
    """Return the state of a trial that would start at `at`: what a prospect is shown before any choice."""
    state = State(offer=offer)
    wishes = (
        a.CreateAccount(siren=_ANY_SIREN, admin="prospect"),
        a.AcceptTerms(version=offer.terms_version, by="prospect"),
        a.StartTrial(),
    )
    for wish in wishes:
        state = history(state, decide(state, wish, at))
    return state


_ANY_SIREN = "732829320"


class Explained(NamedTuple):
    """An event of a history: the article that it rests on there, the reasons of its instant and of its sentence."""

    event: e.Event
    clause: str
    because: Because
    told: tuple[Reason, ...]


def explained(offer: Offer, events: Iterable[e.Event]) -> Iterator[Explained]:
    """Yield each event of a whole history with its reason."""
    state = State(offer=offer)
    for event in events:
        yield Explained(event, clause_of(state, event), because_of(state, event), told_reasons(state, event))
        state = evolve(state, event)


def clause_of(before: State, event: e.Event) -> str:
    """Return the article that an event rests on: the same event has another reason in a contract than in a trial."""
    match event:
        case e.ReminderSent(about="first_payment") | e.ServiceOpened() if before.validated_at:
            return "8"
        case e.ReminderSent(about="notice_limit"):
            return "16"
        case e.ServiceSuspended(reason="unpaid"):
            return "10.3"
        case e.ServiceRestored() | e.DataReactivated() if before.suspended_at is None:
            return "8"
        case e.UserRegistered() | e.UserRemoved() if before.validated_at:
            return "10.1"
        case e.ServiceClosed() if before.ended_on:
            return "16"
        case e.DataDestroyed() if before.ended_on:
            return "12"
        case _:
            return event.clause


def because_of(before: State, event: e.Event) -> Because:
    """Return why an event happened when it did: a deadline's own count, or the act of someone on that day.

    `before` is the state that the event met.
    """
    counted = _counted(before, event)
    if counted is not None and counted.result == event.at:
        return counted
    # Someone's act; or it waited, for a person after an outage, or until nothing held it any more.
    return Because(
        clause=clause_of(before, event),
        rule=_rule(before, event),
        start_label="jour de l’acte",
        start=paris_day(event.at),
    )


def _counted(before: State, event: e.Event) -> Because | None:
    """Return the deadline that the event executes, where it executes one."""
    match event:
        case e.ServiceSuspended(reason="unpaid"):
            threat = next_suspension(before)
            return threat.because if threat else None
        case e.ServiceSuspended() | e.DataArchived():
            return trial_end(before)
        case e.DataDestroyed():
            return data_destruction(before) if before.ended_on else destruction(before)
        case e.ServiceClosed():
            return _term_end(before) or destruction(before)
        case e.ReminderSent():
            return reminder_because(before, event.about, event.days)
        case e.InvoiceIssued(month="first"):
            return first_issue_waits(before)
        case e.InvoiceIssued() | e.CreditNoteIssued():
            return next_issue(before)
        case e.DefaultRecorded():
            return default_mail(
                invoice_of(before, event.number).clock, before.offer.policy.default_hour
            ).under(before.offer.policy.reading("default_hour"))
        case e.ContractRenewed() | e.ContractEnded():
            return _term_end(before)
        case _:
            return None


def _term_end(before: State) -> Because | None:
    return term_last_day(before).end_of_day() if before.in_force_on else None


def _rule(before: State, event: e.Event) -> str:
    match event:
        case e.ServiceOpened() if before.validated_at:
            return "le service s’ouvre dès que le contrat est en vigueur."
        case e.ServiceClosed() if before.ended_on:
            return "le service ferme à la fin du contrat."
        case e.ServiceSuspended(reason="unpaid"):
            return "la suspension annoncée pour une facture impayée est passée."
        case e.DataDestroyed() | e.ServiceClosed():
            return "le délai est passé et plus rien ne retient la destruction."
        case e.ServiceSuspended() | e.DataArchived():
            return "l’essai est terminé."
        case e.ReminderSent():
            return "un rappel vous est envoyé."
        case e.AccountCreated():
            return "le compte s’ouvre lorsque vous confirmez votre adresse."
        case e.TermsAccepted():
            return "rien ne commence sans votre acceptation des CGV, lues et confirmées."
        case e.TrialStarted() | e.ServiceOpened():
            return "l’essai commence dès que vous avez accepté les CGV."
        case e.UserRegistered() | e.UserRemoved() | e.UserSuspended() | e.UserRestored():
            return "chaque utilisateur est désigné nommément."
        case e.AdministratorNamed() | e.AdministratorRelieved():
            return "un administrateur au moins agit toujours au nom de l’entreprise."
        case e.QuoteAccepted():
            return "un service sur devis n’est facturé que si vous acceptez son devis."
        case e.OptionOrdered():
            return "une option peut être commandée pendant l’essai comme pendant le contrat."
        case e.DocumentReceived():
            return "le jour où nous recevons une pièce compte, non celui où nous l’examinons."
        case e.DocumentAccepted() | e.DocumentRefused() | e.IdentityValidated():
            return "chaque pièce est validée, ou refusée avec son motif."
        case e.MandateWithdrawn():
            return "un mandat peut être retiré tant qu’aucune facture ne reste à payer."
        case e.ServiceRestored() | e.DataReactivated():
            return "le service est rétabli dès que tout ce qui est dû est réglé."
        case _:
            return _rule_of_the_contract(event)


def _rule_of_the_contract(event: e.ContractEvent) -> str:
    match event:
        case e.InvoiceIssued(month="first"):
            return "le premier mois est facturé dès que votre dossier est validé."
        case e.InvoiceIssued() | e.CreditNoteIssued():
            return "cette pièce est émise avec l’acte qui la rend nécessaire, dans le même instant."
        case e.PaymentSettled() | e.PaymentReturned():
            return "un règlement compte le jour où la banque nous l’annonce."
        case e.DefaultRecorded():
            return "un prélèvement retourné par la banque vous est écrit aussitôt."
        case e.DefaultMailFailed() | e.DefaultMailSent():
            return "sans e-mail envoyé, rien n’est suspendu."
        case e.ContractInForce():
            return "le contrat entre en vigueur le jour où la dernière condition est remplie."
        case e.ChangeAnnounced() | e.ChangeRefused() | e.RefusalWithdrawn():
            return "un changement s’annonce avant de s’appliquer, et peut être refusé jusqu’à la fin de la période."
        case e.NoticeServed() | e.NoticeWithdrawn():
            return "chacun peut résilier un mois au moins avant la fin de la période, et revenir sur sa décision jusque-là."
        case e.ContractRenewed() | e.ContractEnded():
            return "le contrat se renouvelle ou finit à son terme ; résilié avant, il finit ce jour-là."
        case e.RestitutionRequested() | e.RestitutionCompleted():
            return "après le contrat, le client peut demander la restitution de ses données."
        case _:
            assert_never(event)


def _tense(name: str) -> Tense:
    return Tense.LAST_CHANCE if name in _LAST_CHANCES else Tense.FUTURE


_LAST_CHANCES = frozenset(
    {"archive_end", "correction_end", "kbis_expiry", "notice_limit", "refusal_limit", "restitution_end"}
)
