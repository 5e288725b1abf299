"""CGV art. 3: nothing starts before the terms in force are accepted."""

from dataclasses import replace

import pytest

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.acts import Piece
from portal.contract.offer import Offer
from portal.contract.subscription import must_accept_terms
from tests.contract.specification import ANNE, BOB, SIREN, VERSION, a_trial, an_account, given, le
from tests.contract.subscribed import in_force, live

AT = le("31/01/2026 10:00")
LATER = le("01/02/2026 10:00")
ACCOUNT = e.AccountCreated(at=AT, siren=SIREN, admin=ANNE)
ACCEPT = a.AcceptTerms(version=VERSION, by=ANNE, evidence="salted-hash")
NEW_VERSION = Offer(terms_version="2027-01")


def test_an_account_is_created_for_a_company() -> None:
    given().when(a.CreateAccount(siren="732 829 320", admin=ANNE), AT).then(ACCOUNT)


def test_an_account_is_not_created_for_a_siren_that_does_not_exist() -> None:
    refusal = given().when(a.CreateAccount(siren="732829321", admin=ANNE), AT).refused("siren_invalid")
    assert refusal.clause == "8"


def test_an_account_is_created_once() -> None:
    again = a.CreateAccount(siren=SIREN, admin=BOB)
    assert given(ACCOUNT).when(again, LATER).refused("account_exists").clause == "2"


@pytest.mark.parametrize(
    "act",
    [
        ACCEPT,
        a.StartTrial(),
        a.RegisterUser(user=BOB),
        a.RemoveUser(user=BOB),
        a.OrderOption(code="start"),
        a.SubmitDocument(piece=Piece.CONTRACT),
        a.AcceptDocument(piece=Piece.CONTRACT),
        a.RefuseDocument(piece=Piece.CONTRACT, reason="illegible"),
        a.ConfirmDestruction(),
    ],
)
def test_everything_else_needs_the_account_first(act: a.Act) -> None:
    assert given().when(act, AT).refused("account_missing").clause == "2"


def test_acceptance_is_kept_with_its_version_its_author_and_its_evidence() -> None:
    accepted = given(ACCOUNT).when(ACCEPT, LATER)
    state = accepted.then(e.TermsAccepted(at=LATER, version=VERSION, by=ANNE, evidence="salted-hash")).state
    assert state.acceptance
    assert (state.acceptance.version, state.acceptance.by, state.acceptance.at) == (VERSION, ANNE, LATER)


def test_accepting_twice_changes_nothing() -> None:
    once = given(ACCOUNT).when(ACCEPT, AT).granted()
    once.when(ACCEPT, LATER).nothing_happens()


@pytest.mark.parametrize("version", ["2025-01", "", "2026-01 "])
def test_a_version_that_is_not_in_force_is_refused_with_the_one_that_is(version: str) -> None:
    refusal = given(ACCOUNT).when(a.AcceptTerms(version=version, by=ANNE), AT).refused("terms_replaced")
    assert refusal.clause == "3"
    assert "la version 2026-01 est en vigueur" in refusal.message


def test_a_new_version_can_be_accepted_after_an_older_one() -> None:
    act = a.AcceptTerms(version="2027-01", by=BOB)
    state = given(*an_account(AT), offer=NEW_VERSION).when(act, LATER).granted().state
    assert state.acceptance
    assert (state.acceptance.version, state.acceptance.by) == ("2027-01", BOB)


def test_no_trial_without_acceptance() -> None:
    assert given(ACCOUNT).when(a.StartTrial(), AT).refused("terms_not_accepted").clause == "3"


def test_no_trial_on_terms_replaced_meanwhile() -> None:
    given(*an_account(AT), offer=NEW_VERSION).when(a.StartTrial(), LATER).refused("terms_not_accepted")


def test_a_trial_that_runs_goes_on_under_the_terms_it_was_started_with() -> None:
    trial = given(*a_trial(AT), offer=NEW_VERSION)
    trial.when(a.RegisterUser(user=BOB), LATER).granted()
    trial.when(a.SubmitDocument(piece=Piece.CONTRACT), LATER).granted()


# --- the terms that a contract is signed under ---------------------------------------------------------------

TRIAL = a_trial(AT)
CONTRACT = e.DocumentReceived(at=LATER, piece=Piece.CONTRACT, document="d", signed=True, dated=None)
REFUSED = e.DocumentRefused(at=LATER, piece=Piece.CONTRACT, reason="illegible")


@pytest.mark.parametrize(
    ("happened", "offer", "must"),
    [
        ((ACCOUNT,), None, True),
        (TRIAL, None, False),
        (TRIAL, NEW_VERSION, True),  # the trial began under others
        ((*TRIAL, CONTRACT), NEW_VERSION, False),
        ((*TRIAL, CONTRACT, REFUSED), NEW_VERSION, True),
        ((*TRIAL, CONTRACT, REFUSED), None, False),
    ],
)
def test_who_signs_a_contract_accepts_the_terms_then_in_force(
    happened: tuple[e.Event, ...], offer: Offer | None, must: bool
) -> None:
    assert must_accept_terms(given(*happened, offer=offer).state) is must


def test_a_contract_in_force_has_no_terms_left_to_accept() -> None:
    state = live(*in_force("04/03/2026 10:00", "17/03/2026 10:00"))[0]
    assert not must_accept_terms(replace(state, offer=NEW_VERSION))
