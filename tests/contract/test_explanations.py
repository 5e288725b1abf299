"""The timeline: every moment, past or to come, at its instant and with its reason."""

from datetime import timedelta

import pytest

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.acts import Piece
from portal.contract.because import Because, recomputed
from portal.contract.deadlines import deadlines
from portal.contract.explanations import Tense, as_if_started, because_of, timeline, to_come
from portal.contract.reminders import reminder_because
from portal.contract.state import Relationship, State
from tests.contract.specification import (
    BOB,
    VERSION,
    Given,
    When,
    a_trial,
    an_account,
    an_offer,
    counted_by_hand,
    given,
    jour,
    le,
    well_set,
)
from tests.contract.subscribed import a_complete_dossier, live
from tests.contract.test_history import ONE_OF_EACH

START = le("31/01/2026 10:00")
NB = "\u00a0"
LAPSE = given(*a_trial(START, BOB)).by(le("01/04/2026"))


def seen(situation: Given, events: tuple[e.Event, ...], at: str) -> list[tuple[str, str, str]]:
    return [(one.name, f"{one.at:%d/%m}", one.tense) for one in timeline(situation.state, events, le(at))]


# --- in one line of time -----------------------------------------------------------------------------------


def test_on_the_first_day_all_but_the_start_is_to_come() -> None:
    assert seen(given(*a_trial(START)), a_trial(START), "31/01/2026 10:00") == [
        ("account_created-1", "31/01", Tense.PAST),
        ("terms_accepted-2", "31/01", Tense.PAST),
        ("trial_started-3", "31/01", Tense.PAST),
        ("reminder-trial_end-7", "23/02", Tense.FUTURE),
        ("reminder-trial_end-2", "28/02", Tense.FUTURE),
        ("trial_end", "02/03", Tense.FUTURE),
        ("reminder-archive_end-7", "10/03", Tense.FUTURE),
        ("reminder-archive_end-1", "16/03", Tense.FUTURE),
        ("archive_end", "17/03", Tense.LAST_CHANCE),
        ("destruction", "17/03", Tense.FUTURE),
    ]


def test_after_the_lapse_all_is_past() -> None:
    over = given(*a_trial(START, BOB), *LAPSE)
    moments = timeline(over.state, a_trial(START, BOB) + LAPSE, le("01/04/2026"))
    assert moments[2].title == "L’essai gratuit commence."
    assert {one.tense for one in moments} == {Tense.PAST}
    assert [one.name for one in moments][3:] == [
        "reminder_sent-7",
        "reminder_sent-8",
        "service_suspended-9",
        "reminder_sent-11",
        "reminder_sent-12",
        "data_destroyed-14",
    ]


def test_a_correction_is_a_last_chance() -> None:
    held = given(*a_trial(START)).when(a.SubmitDocument(piece=Piece.MANDATE), START).granted()
    refuse = a.RefuseDocument(piece=Piece.MANDATE, reason="illegible")
    refused = held.when(refuse, le("20/03/2026 12:00")).granted()
    assert [(one.name, one.tense) for one in to_come(refused.state, le("20/03/2026 12:00"))] == [
        ("correction_end", Tense.LAST_CHANCE),
        ("destruction", Tense.FUTURE),
    ]


def test_what_is_to_come_leaves_once_it_is_there() -> None:
    state = given(*a_trial(START)).state
    at = le("23/02/2026 09:00")
    assert "reminder-trial_end-7" in {one.name for one in to_come(state, at - timedelta(seconds=1))}
    assert "reminder-trial_end-7" not in {one.name for one in to_come(state, at)}


def test_a_warning_to_come_says_what_it_warns_of() -> None:
    titles = {one.name: one.title for one in to_come(given(*a_trial(START)).state, START)}
    assert titles["reminder-trial_end-7"] == f"Rappel par e-mail, 7{NB}jours avant la fin de l’essai"
    assert titles["reminder-archive_end-1"] == (
        f"Rappel par e-mail, 1{NB}jour avant la fin de la conservation des données"
    )
    assert titles["trial_end"] == "Fin de l’essai et suspension du service"


def test_a_reminder_of_the_first_month_comes_after_its_due_day() -> None:
    awaiting = live(*a_complete_dossier(le("04/03/2026 10:00")))[0]
    assert {one.name: one.title for one in to_come(awaiting, le("04/03/2026 10:00"))} == {
        "reminder-first_payment-1": f"Rappel par e-mail, 1{NB}jour après l’échéance du premier mois",
        "reminder-first_payment-8": f"Rappel par e-mail, 8{NB}jours après l’échéance du premier mois",
    }


# --- why -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", LAPSE, ids=lambda event: f"{event.kind}-{event.at:%d-%m}")
def test_what_the_calendar_brought_about_is_explained_to_its_instant(event: e.Event) -> None:
    because = because_of(given(*a_trial(START, BOB), *LAPSE).state, event)
    assert because.instant == event.at == counted_by_hand(because)


@pytest.mark.parametrize("event", ONE_OF_EACH, ids=lambda event: event.kind)
def test_every_kind_of_event_has_a_reason_and_a_clause(event: e.Event) -> None:
    state = given(*ONE_OF_EACH).state
    because = because_of(state, event)
    assert because.clause == event.clause
    assert because.rule.endswith(".")
    assert recomputed(because) == because.result
    assert all(line.endswith(".") for line in because.lines())


def test_what_people_did_is_explained_by_its_day_and_its_clause() -> None:
    state = given(*ONE_OF_EACH).state
    deeds = [event for event in ONE_OF_EACH if not because_of(state, event).steps]
    assert [(event.kind, because_of(state, event).rule) for event in deeds] == [
        ("account_created", "le compte s’ouvre lorsque vous confirmez votre adresse."),
        ("terms_accepted", "rien ne commence sans votre acceptation des CGV, lues et confirmées."),
        ("trial_started", "l’essai commence dès que vous avez accepté les CGV."),
        ("service_opened", "l’essai commence dès que vous avez accepté les CGV."),
        ("user_registered", "chaque utilisateur est désigné nommément."),
        ("user_removed", "chaque utilisateur est désigné nommément."),
        ("option_ordered", "une option peut être commandée pendant l’essai comme pendant le contrat."),
        ("reminder_sent", "un rappel vous est envoyé."),
        ("reminder_sent", "un rappel vous est envoyé."),
        ("document_received", "le jour où nous recevons une pièce compte, non celui où nous l’examinons."),
        ("document_refused", "chaque pièce est validée, ou refusée avec son motif."),
        ("document_received", "le jour où nous recevons une pièce compte, non celui où nous l’examinons."),
        ("document_accepted", "chaque pièce est validée, ou refusée avec son motif."),
        ("service_suspended", "l’essai est terminé."),
        ("data_archived", "l’essai est terminé."),
        ("service_closed", "le délai est passé et plus rien ne retient la destruction."),
        ("data_destroyed", "le délai est passé et plus rien ne retient la destruction."),
    ]


@pytest.mark.parametrize("event", ONE_OF_EACH, ids=lambda event: event.kind)
def test_an_event_is_explained_even_where_its_deadline_is_not_known(event: e.Event) -> None:
    because = because_of(State(offer=an_offer()), event)
    assert because.day == jour("31/01/2026")
    assert because.start_label == "jour de l’acte"
    assert all(map(well_set, because.lines()))
    assert because.rule[0].islower()
    assert because.rule[1:3].islower()


def test_a_destruction_that_waited_for_a_person_is_not_explained_by_the_day_it_was_due() -> None:
    waiting = given(*a_trial(START)).left_alone_until(le("17/03/2026"))
    at = le("08/04/2026 11:00")
    done = When(waiting.state, a.ConfirmDestruction(), at).granted()
    for event in (e.ServiceClosed(at=at), e.DataDestroyed(at=at)):
        because = because_of(done.state, event)
        assert because.day == jour("08/04/2026")
        assert "plus rien ne retient la destruction" in because.rule


def test_a_warning_has_no_reason_without_a_trial() -> None:
    assert reminder_because(given(*an_account(START)).state, "trial_end", 7) is None


def test_a_warning_already_sent_keeps_its_reason() -> None:
    because = reminder_because(given(*a_trial(START, BOB), *LAPSE).state, "archive_end", 1)
    assert isinstance(because, Because)
    assert because.instant == le("16/03/2026 09:00")


# --- before any choice -----------------------------------------------------------------------------------


def test_a_prospect_sees_the_dates_of_a_trial_that_would_start_now() -> None:
    state = as_if_started(an_offer(), START)
    assert state.relationship is Relationship.TRIAL
    assert deadlines(state, START) == deadlines(given(*a_trial(START)).state, START)
    assert state.users == ("prospect",)
    assert state.acceptance
    assert (state.acceptance.version, state.acceptance.by) == (VERSION, "prospect")
