"""Events and what they make of a state: damaged histories are told apart from people's mistakes."""

import dataclasses
from datetime import datetime, timedelta
from typing import get_args

import pytest
from pydantic import ValidationError

from portal.contract import events as e
from portal.contract import story
from portal.contract.acts import Act, Piece
from portal.contract.evolve import evolve, history
from portal.contract.offer import DEMONSTRATION, Grid, Option
from portal.contract.refusal import ImpossibleHistory, Refusal
from portal.contract.state import MOVES, Data, Relationship, Service, State, move
from tests.contract.specification import ANNE, BOB, SIREN, VERSION, a_trial, an_account, an_offer, given, le

AT = le("31/01/2026 10:00")
NB = "\u00a0"

ONE_OF_EACH: tuple[e.Event, ...] = (
    e.AccountCreated(at=AT, siren=SIREN, admin=ANNE),
    e.TermsAccepted(at=AT, version=VERSION, by=ANNE, evidence="hash"),
    e.TrialStarted(at=AT),
    e.ServiceOpened(at=AT),
    e.UserRegistered(at=AT, user=BOB),
    e.UserRemoved(at=AT, user=BOB),
    e.OptionOrdered(at=AT, code="training", quantity=2),
    e.ReminderSent(at=AT, about="trial_end", days=7),
    e.ReminderSent(at=AT, about="archive_end", days=1),
    e.DocumentReceived(at=AT, piece=Piece.KBIS, document="sha", signed=True, dated=AT.date()),
    e.DocumentRefused(at=AT, piece=Piece.KBIS, reason="illegible"),
    e.DocumentReceived(at=AT, piece=Piece.KBIS, document="sha-2", signed=True, dated=None),
    e.DocumentAccepted(at=AT, piece=Piece.KBIS),
    e.ServiceSuspended(at=AT, reason="trial_ended"),
    e.DataArchived(at=AT),
    e.ServiceClosed(at=AT),
    e.DataDestroyed(at=AT),
)


# --- stored ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", ONE_OF_EACH, ids=lambda event: event.kind)
def test_an_event_is_the_same_after_storage(event: e.Event) -> None:
    stored = e.EVENT.dump_json(event)
    assert e.EVENT.validate_json(stored) == event
    assert e.EVENT.dump_json(e.EVENT.validate_json(stored)) == stored
    assert f'"kind":"{event.kind}"'.encode() in stored
    assert b"clause" not in stored


def test_the_names_of_events_are_those_of_the_replay() -> None:
    assert [event.kind for event in ONE_OF_EACH] == [
        "account_created",
        "terms_accepted",
        "trial_started",
        "service_opened",
        "user_registered",
        "user_removed",
        "option_ordered",
        "reminder_sent",
        "reminder_sent",
        "document_received",
        "document_refused",
        "document_received",
        "document_accepted",
        "service_suspended",
        "data_archived",
        "service_closed",
        "data_destroyed",
    ]


@pytest.mark.parametrize(
    "damaged",
    [
        '{"kind": "data_archived", "at": "2026-01-31T09:00:00"}',  # no offset: no instant
        '{"kind": "data_archived", "at": "2026-01-31T09:00:00Z", "more": 1}',
        '{"kind": "data_archived"}',
        '{"kind": "data_lost", "at": "2026-01-31T09:00:00Z"}',
        '{"at": "2026-01-31T09:00:00Z"}',
        '{"kind": "service_suspended", "at": "2026-01-31T09:00:00Z", "reason": "whim"}',
    ],
)
def test_a_damaged_event_is_not_read(damaged: str) -> None:
    with pytest.raises(ValidationError):
        e.EVENT.validate_json(damaged)


def test_no_event_has_a_field_for_personal_data() -> None:
    names = {one.name for kind in get_args(e.Event) for one in dataclasses.fields(kind)}
    assert "reason" in names
    assert not names & {"name", "email", "address", "iban", "ip", "phone", "company"}


def test_events_and_acts_do_not_change() -> None:
    for kind in (*get_args(e.Event), *get_args(Act)):
        assert kind.__dataclass_params__.frozen


# --- applied -----------------------------------------------------------------------------------------------


def test_the_whole_list_can_happen_in_its_order() -> None:
    state = given(*ONE_OF_EACH).state
    assert (state.relationship, state.service, state.data) == (
        Relationship.LAPSED,
        Service.CLOSED,
        Data.DESTROYED,
    )


def test_a_state_is_not_changed_by_what_follows_it() -> None:
    state = given(*a_trial(AT)).state
    before = dataclasses.replace(state)
    evolve(state, e.UserRegistered(at=AT, user=BOB))
    assert state == before
    with pytest.raises(TypeError):
        state.documents[Piece.KBIS] = None  # type: ignore[index] # a mapping that nobody can write


def test_time_does_not_go_back() -> None:
    state = given(*a_trial(AT)).state
    evolve(state, e.OptionOrdered(at=AT, code="start", quantity=1))
    with pytest.raises(ImpossibleHistory, match="comes after an event at"):
        evolve(state, e.OptionOrdered(at=AT - timedelta(microseconds=1), code="start", quantity=1))


TRIAL = a_trial(AT, BOB)
RECEIVED = e.DocumentReceived(at=AT, piece=Piece.KBIS, document="", signed=True, dated=None)
ACCEPTED = e.DocumentAccepted(at=AT, piece=Piece.KBIS)


@pytest.mark.parametrize(
    ("before", "event", "why"),
    [
        ((), e.TrialStarted(at=AT), "trial_started in a history that lacks its account"),
        (TRIAL, ONE_OF_EACH[0], "account_created in a history that has its account"),
        (TRIAL, e.TrialStarted(at=AT), "relationship: trial cannot follow trial"),
        (TRIAL, e.ServiceOpened(at=AT), "service: open cannot follow open"),
        (
            an_account(AT),
            e.ServiceSuspended(at=AT, reason="trial_ended"),
            "service: suspended cannot follow none",
        ),
        (an_account(AT), e.ServiceClosed(at=AT), "service: closed cannot follow none"),
        (an_account(AT), e.DataArchived(at=AT), "data: archived cannot follow none"),
        (TRIAL, e.DataDestroyed(at=AT), "data: destroyed cannot follow live"),
        (ONE_OF_EACH, e.DataDestroyed(at=AT), "data: destroyed cannot follow destroyed"),
        (TRIAL, e.UserRegistered(at=AT, user=BOB), "bob is registered already"),
        (TRIAL, e.UserRemoved(at=AT, user="chloe"), "chloe is not registered"),
        (TRIAL, ACCEPTED, "kbis examined before it was received"),
        (TRIAL, e.DocumentRefused(at=AT, piece=Piece.KBIS, reason="x"), "kbis examined before"),
        ((*TRIAL, RECEIVED, ACCEPTED), ACCEPTED, "piece: accepted cannot follow accepted"),
        ((*TRIAL, ONE_OF_EACH[7]), ONE_OF_EACH[7], "reminder_sent about trial_end was sent already"),
    ],
)
def test_an_event_that_cannot_follow_is_a_damaged_history(
    before: tuple[e.Event, ...], event: e.Event, why: str
) -> None:
    state = given(*before).state
    with pytest.raises(ImpossibleHistory, match=why):
        evolve(state, event)


def test_a_history_is_its_events_one_by_one() -> None:
    state = State(offer=an_offer())
    for event in ONE_OF_EACH:
        state = evolve(state, event)
    assert state == history(State(offer=an_offer()), ONE_OF_EACH)


def test_every_move_is_between_situations_that_exist() -> None:
    for thing, situations in {"relationship": Relationship, "service": Service, "data": Data}.items():
        assert set(MOVES[thing]) == {one.value for one in situations}
        for before in situations:
            for after in situations:
                if after in MOVES[thing][before]:
                    assert move(thing, before, after) is after
                else:
                    with pytest.raises(ImpossibleHistory):
                        move(thing, before, after)


# --- told --------------------------------------------------------------------------------------------------


def test_every_event_is_told_in_one_french_sentence() -> None:
    sentences = [story.told(event, DEMONSTRATION.grid).replace(NB, " ") for event in ONE_OF_EACH]
    assert sentences == [
        "Le compte de l’entreprise est créé.",
        "Les CGV, version 2026-01, sont acceptées.",
        "L’essai gratuit commence.",
        "Le service est ouvert.",
        "Un utilisateur est inscrit.",
        "Un utilisateur est retiré.",
        "Option commandée : Formation à distance (2).",
        "Rappel envoyé : la fin de l’essai dans 7 jours.",
        "Rappel envoyé : la fin de la conservation des données dans 1 jour.",
        "Pièce reçue : l’extrait K-bis.",
        "Pièce refusée : l’extrait K-bis.",
        "Pièce reçue : l’extrait K-bis.",
        "Pièce acceptée : l’extrait K-bis.",
        "L’essai est terminé : le service est suspendu.",
        "Les données sont archivées : elles peuvent être réactivées sans perte.",
        "Le service est fermé.",
        "Les données sont détruites définitivement.",
    ]


def test_an_option_that_left_the_grid_is_told_by_its_code() -> None:
    grid = Grid(options=(Option("start", "Service démarrage", 49000),))
    told = story.told(e.OptionOrdered(at=AT, code="training", quantity=1), grid)
    assert told == f"Option commandée{NB}: training (1)."


def test_the_demonstration_grid_is_that_of_the_rules() -> None:
    grid = DEMONSTRATION.grid
    assert (grid.minimum_users, grid.user_month_cents, grid.vat_hundredths) == (5, 4900, 2000)
    assert [(one.label, one.price_cents, one.monthly) for one in grid.options] == [
        ("Service démarrage", 49000, False),
        ("Formation à distance", 29000, False),
        ("Stockage supplémentaire", 1500, True),
    ]


def test_a_refusal_has_a_code_a_clause_and_a_sentence_set_in_french() -> None:
    refusal = Refusal("a_code", clause="5.1", message="Non : voyez l’article 5.1 !")
    assert str(refusal) == refusal.code == "a_code"
    assert refusal.clause == "5.1"
    assert refusal.message == f"Non{NB}: voyez l’article{NB}5.1\u202f!"


def test_an_instant_without_zone_is_no_instant() -> None:
    naive = datetime(2026, 1, 31, 10)  # noqa: DTZ001 -- the mistake that is looked for
    with pytest.raises(ValidationError):
        e.EVENT.validate_python({"kind": "data_archived", "at": naive})
