"""The readings: each is named, explained, shown where it decides, and can be turned the other way.

The figures that the terms state plainly are pinned here too, beside what the clause says in our words.
"""

import re

import pytest
from pydantic import ValidationError

from portal.contract import acts as a
from portal.contract import dossier, trial
from portal.contract import events as e
from portal.contract.acts import Piece
from portal.contract.deadlines import deadlines, fall_due, needs_a_person
from portal.contract.dossier import destruction_hold, submission_end
from portal.contract.policy import Policy
from portal.contract.reminders import reminders
from portal.contract.trial import destruction, trial_last_day
from tests.contract.specification import BOB, Given, a_trial, an_account, an_offer, given, jour, le

START = le("31/01/2026 10:00")  # archive's last day: Tuesday 17/03/2026
HALF_WAY = le("30/09/2026 10:00")  # archive's last day: Saturday 14/11/2026


def turned(start: str = "31/01/2026 10:00", /, **readings: object) -> Given:
    return given(*a_trial(le(start)), offer=an_offer(**readings))


# --- the figures of the terms ------------------------------------------------------------------------------

FIGURES = {
    "art. 5.1: the free trial lasts thirty calendar days": (trial.TRIAL_DAYS, 30),
    "art. 5.1: fifteen more calendar days to make up one's mind": (trial.REFLECTION_DAYS, 15),
    "art. 5.1: five users at most may try": (trial.TRIAL_USERS, 5),
    "art. 8: the K-bis must be less than three months old": (dossier.KBIS_MONTHS, 3),
}


@pytest.mark.parametrize("clause", FIGURES)
def test_the_figures_that_the_terms_state(clause: str) -> None:
    built, stated = FIGURES[clause]
    assert built == stated


def test_the_pieces_that_save_the_data_are_contract_and_mandate() -> None:
    assert dossier.SAVING_PIECES == (Piece.CONTRACT, Piece.MANDATE)


DEFAULTS = {
    "start_day_counts": False,
    "administrator_counts": True,
    "destruction_waits_for_business_day": True,
    "unexamined_document_holds": True,
    "pending_dossier_stays_open": True,
    "destruction_follows_examination": True,
    "correction_days": 15,
    "trials_per_siren": 1,
    "trial_reminder_days": (7, 2),
    "archive_reminder_days": (7, 1),
    "reminder_hour": 9,
    "late_destruction_hours": 1,
    "kbis_counts_on_receipt": True,
    "awaiting_payment_keeps_service": True,
    "first_payment_reminder_days": (1, 8),
    "leap_day_term_ends_with_month": True,
    "notice_counts_from_posting": True,
    "late_notice_takes_next_term": True,
    "notice_reminder_days": (60, 30, 7),
    "issue_day": 20,
    "issue_hour": 6,
    "credit_waits_for_month_end": True,
    "first_month_is_shared": True,
    "last_month_by_days": True,
    "year_costs_twelve_months": True,
    "default_hour": 9,
    "suspension_hour": 18,
    "suspension_follows_mail": True,
    "penalties_alone_suspend": False,
    "refund_starts_new_clock": True,
    "legal_rate_floor": 3,
    "indemnity_per_invoice": True,
    "termination_follows_suspension": True,
    "late_change_waits_a_term": True,
    "refusal_outlives_new_announcement": True,
    "restitution_days": 30,
    "kbis_file_days": 30,
}


# Readings that a trial never meets, turned the other way: see test_policy_in_force.
OF_A_CONTRACT: dict[str, object] = {
    "kbis_counts_on_receipt": False,
    "awaiting_payment_keeps_service": False,
    "first_payment_reminder_days": [3],
    "leap_day_term_ends_with_month": False,
    "notice_counts_from_posting": False,
    "late_notice_takes_next_term": False,
    "notice_reminder_days": [3],
    "issue_day": 15,
    "issue_hour": 8,
    "credit_waits_for_month_end": False,
    "first_month_is_shared": False,
    "last_month_by_days": False,
    "year_costs_twelve_months": False,
    "default_hour": 10,
    "suspension_hour": 12,
    "suspension_follows_mail": False,
    "penalties_alone_suspend": True,
    "refund_starts_new_clock": False,
    "legal_rate_floor": 10,
    "indemnity_per_invoice": False,
    "termination_follows_suspension": False,
    "late_change_waits_a_term": False,
    "refusal_outlives_new_announcement": False,
    "restitution_days": 60,
    "kbis_file_days": 60,
}


def test_every_reading_has_its_default() -> None:
    assert Policy().model_dump() == DEFAULTS


@pytest.mark.parametrize("name", DEFAULTS)
def test_every_reading_is_named_with_its_clause_its_value_and_a_french_reason(name: str) -> None:
    reading = Policy().reading(name)
    assert (reading.name, reading.value) == (name, DEFAULTS[name])
    assert re.fullmatch(r"\d+(\.\d)?", reading.clause)
    assert re.fullmatch(r"[a-zàé][^']+\.", reading.reason)
    assert not re.search(r" [:;!?]", reading.reason)


def test_a_reading_carries_the_value_that_applies() -> None:
    assert Policy(correction_days=20).reading("correction_days").value == 20


@pytest.mark.parametrize(
    "wrong",
    [
        {"unknown": True},
        {"correction_days": 0},
        {"correction_days": 366},
        {"trial_reminder_days": [0]},
        {"trials_per_siren": 0},
        {"trials_per_siren": 11},
        {"reminder_hour": 24},
        {"reminder_hour": 2},  # Paris has no 2 h on the last Sunday of March
        {"late_destruction_hours": 0},
        {"late_destruction_hours": 721},
    ],
)
def test_a_reading_out_of_its_bounds_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Policy.model_validate(wrong)


def test_the_bounds_themselves_are_fine() -> None:
    assert Policy(correction_days=1, trials_per_siren=10, reminder_hour=3, late_destruction_hours=720)
    assert Policy(correction_days=365, trials_per_siren=1, reminder_hour=23, late_destruction_hours=1)


def test_a_policy_does_not_change() -> None:
    with pytest.raises(ValidationError):
        Policy().__setattr__("correction_days", 3)


# --- each turned the other way -----------------------------------------------------------------------------


def test_start_day_counts() -> None:
    because = trial_last_day(turned(start_day_counts=True).state)
    assert because
    assert because.day == jour("01/03/2026")
    assert because.readings == (), "its reason says the contrary of what was counted"
    assert turned(start_day_counts=True).by(le("02/03/2026"))[-1] == e.DataArchived(at=le("02/03/2026"))


def test_administrator_counts() -> None:
    others = (BOB, "chloe", "dan", "eve", "fay")
    prospect = given(*an_account(START), offer=an_offer(administrator_counts=False))
    full = prospect.when(a.StartTrial(users=others), START).granted()
    assert len(full.state.users) == 6
    refusal = full.when(a.RegisterUser(user="gus"), START).refused("trial_user_limit")
    assert "administrateur compris" not in refusal.message
    assert "5\u00a0utilisateurs (CGV" in refusal.message
    five = prospect.when(a.StartTrial(users=others[:4]), START).granted()
    five.when(a.RegisterUser(user="fay"), START).granted().when(a.RegisterUser(user="gus"), START).refused(
        "trial_user_limit"
    )


def test_destruction_waits_for_business_day() -> None:
    eager = turned("30/09/2026 10:00", destruction_waits_for_business_day=False)
    assert eager.by(le("01/01/2027"))[-1] == e.DataDestroyed(at=le("15/11/2026"))
    because = destruction(eager.state)
    assert because
    assert because.readings == ()


def test_unexamined_document_holds() -> None:
    strict = turned(unexamined_document_holds=False)
    sent = strict.when(a.SubmitDocument(piece=Piece.CONTRACT), START).granted()
    assert destruction_hold(sent.state) is None
    assert sent.by(le("18/03/2026"))[-1] == e.DataDestroyed(at=le("18/03/2026"))


def test_pending_dossier_stays_open() -> None:
    strict = turned(pending_dossier_stays_open=False)
    sent = strict.when(a.SubmitDocument(piece=Piece.CONTRACT), START).granted()
    assert submission_end(sent.state) == le("18/03/2026")
    sent.when(a.SubmitDocument(piece=Piece.MANDATE), le("17/03/2026 23:59:59")).granted()
    late = sent.when(a.SubmitDocument(piece=Piece.MANDATE), le("18/03/2026"))
    late.refused("submission_too_late")


def test_destruction_follows_examination() -> None:
    prompt = turned(destruction_follows_examination=False)
    sent = prompt.when(a.SubmitDocument(piece=Piece.CONTRACT), START).granted()
    at = le("25/03/2026 15:00")
    examined = sent.when(a.AcceptDocument(piece=Piece.CONTRACT), at).granted()
    assert examined.by(at) == (e.ServiceClosed(at=at), e.DataDestroyed(at=at))


def test_a_hold_that_ends_without_an_examination_does_not_reach_back_in_time() -> None:
    """Neither reading holds: a signed contract replaced by an unsigned one ends the hold when it comes."""
    strict = turned(unexamined_document_holds=False)
    for piece in (Piece.CONTRACT, Piece.MANDATE):
        strict = strict.when(a.SubmitDocument(piece=piece), START).granted()
    at = le("20/04/2026 12:00")
    unsaved = strict.when(a.SubmitDocument(piece=Piece.CONTRACT, signed=False), at).granted()
    assert unsaved.by(at) == (e.ServiceClosed(at=at), e.DataDestroyed(at=at))


def test_correction_days() -> None:
    short = turned(correction_days=3)
    sent = short.when(a.SubmitDocument(piece=Piece.CONTRACT), START).granted()
    refuse = a.RefuseDocument(piece=Piece.CONTRACT, reason="illegible")
    refused = sent.when(refuse, le("23/03/2026 12:00")).granted()
    assert submission_end(refused.state) == le("27/03/2026")
    shown = {one.name: one.at for one in deadlines(refused.state, le("23/03/2026 12:00"))}
    assert shown == {"correction_end": le("27/03/2026"), "destruction": le("27/03/2026")}


def test_trials_per_siren() -> None:
    prospect = given(*an_account(START), offer=an_offer(trials_per_siren=2))
    prospect.when(a.StartTrial(earlier_trials=1), START).granted()
    prospect.when(a.StartTrial(earlier_trials=2), START).refused("trial_already_used")


def test_reminder_days() -> None:
    state = turned(trial_reminder_days=[10], archive_reminder_days=[3, 2]).state
    sent = [(one.about, one.days, one.at) for one, _ in reminders(state)]
    assert sent == [
        ("trial_end", 10, le("20/02/2026 09:00")),
        ("archive_end", 3, le("14/03/2026 09:00")),
        ("archive_end", 2, le("15/03/2026 09:00")),
    ]


def test_no_reminder_at_all() -> None:
    assert reminders(turned(trial_reminder_days=[], archive_reminder_days=[]).state) == ()


def test_reminder_hour() -> None:
    assert {f"{one.at:%M}" for one, _ in reminders(turned(reminder_hour=18).state)} == {"00"}
    first, _ = reminders(turned(reminder_hour=18).state)[0]
    assert first.at == le("23/02/2026 18:00")


def test_late_destruction_hours() -> None:
    state = turned(late_destruction_hours=48).left_alone_until(le("17/03/2026")).state
    due = fall_due(state, le("18/03/2026"))
    assert due
    assert not needs_a_person(state, due, le("19/03/2026 23:59:59"))
    assert needs_a_person(state, due, le("20/03/2026"))


def test_turning_one_reading_leaves_a_plain_trial_s_other_dates() -> None:
    """The dates of a trial left alone rest on the readings that name them, and on no other."""
    moved = {
        "start_day_counts": ("trial_end", "archive_end", "destruction"),
        "destruction_waits_for_business_day": ("destruction",),
    }
    others: dict[str, object] = {
        "start_day_counts": True,
        "administrator_counts": False,
        "destruction_waits_for_business_day": False,
        "unexamined_document_holds": False,
        "pending_dossier_stays_open": False,
        "destruction_follows_examination": False,
        "correction_days": 3,
        "trials_per_siren": 2,
        "trial_reminder_days": [1],
        "archive_reminder_days": [2],
        "reminder_hour": 18,
        "late_destruction_hours": 48,
    }
    plain = {one.name: one.at for one in deadlines(given(*a_trial(HALF_WAY)).state, HALF_WAY)}
    for name, value in (others | OF_A_CONTRACT).items():
        state = turned("30/09/2026 10:00", **{name: value}).state
        dates = {one.name: one.at for one in deadlines(state, HALF_WAY)}
        differing = tuple(one for one in dates if dates[one] != plain[one])
        assert differing == moved.get(name, ())
    assert others.keys() | OF_A_CONTRACT.keys() == DEFAULTS.keys()
