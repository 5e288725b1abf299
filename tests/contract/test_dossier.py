"""CGV art. 5.1 and 8: the pieces of the dossier, and how they hold the destruction."""

from datetime import date, timedelta

import pytest

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.acts import FIRST, Piece
from portal.contract.deadlines import advance, deadlines
from portal.contract.decisions.pieces import must_be_expected
from portal.contract.dossier import (
    HoldReason,
    destruction_hold,
    is_saved,
    kbis_last_day,
    submission_end,
)
from portal.contract.refusal import Refusal
from portal.contract.reminders import first_payment_is_left, reminders
from portal.contract.state import Data, Examination, Relationship
from portal.contract.trial import correction_end, destruction
from tests.contract import naive
from tests.contract.specification import (
    OTHER_SIREN,
    SIREN,
    Given,
    a_trial,
    an_account,
    an_offer,
    counted_by_hand,
    given,
    jour,
    le,
)
from tests.contract.subscribed import a_complete_dossier, given_steps

SECOND = timedelta(seconds=1)
START = le("31/01/2026 10:00")  # last day 02/03, archive's last day Tuesday 17/03
LAST_SECOND, TOO_LATE = le("17/03/2026 23:59:59"), le("18/03/2026")
CONTRACT, MANDATE, KBIS = Piece.CONTRACT, Piece.MANDATE, Piece.KBIS


def a_piece(piece: Piece, **details: object) -> a.SubmitDocument:
    known = {"dated": jour("01/02/2026")} if piece is KBIS else {}
    return a.SubmitDocument(**{"piece": piece, **known, **details})  # type: ignore[arg-type] # free keywords


def dossier(at: str, *pieces: Piece, start: str = "31/01/2026 10:00", **readings: object) -> Given:
    """A trial, then these pieces handed in, all at once."""
    situation = given(*a_trial(le(start)), offer=an_offer(**readings))
    for piece in pieces:
        situation = situation.when(a_piece(piece), le(at)).granted()
    return situation


def names(situation: Given) -> list[str]:
    assert situation.state.at
    return [one.name for one in deadlines(situation.state, situation.state.at)]


# --- in time -----------------------------------------------------------------------------------------------


def test_a_piece_is_received_at_the_instant_its_request_started() -> None:
    at = le("04/03/2026 18:00")
    act = a.SubmitDocument(piece=KBIS, document="sha-1", dated=jour("01/02/2026"), siren=SIREN)
    received = e.DocumentReceived(at=at, piece=KBIS, document="sha-1", signed=True, dated=jour("01/02/2026"))
    state = given(*a_trial(START)).when(act, at).then(received).state
    assert state.documents[KBIS].received_at == at
    assert state.documents[KBIS].examination is Examination.RECEIVED


def test_contract_and_mandate_in_the_last_second_save_the_data() -> None:
    saved = dossier("17/03/2026 23:59:59", CONTRACT, MANDATE)
    hold = destruction_hold(saved.state)
    assert hold
    assert (hold.reason, hold.pieces, hold.reading) == (
        HoldReason.CONTRACT_AND_MANDATE,
        (CONTRACT, MANDATE),
        None,
    )
    assert saved.by(le("01/01/2036")) == ()
    assert saved.left_alone_until(le("01/01/2036")).state.data is Data.ARCHIVED


def test_in_the_first_second_after_the_data_is_gone() -> None:
    refusal = given(*a_trial(START)).when(a_piece(CONTRACT), TOO_LATE).refused("data_destroyed")
    assert refusal.clause == "5.1"


def test_in_the_first_second_after_a_piece_is_too_late_though_the_destruction_waits_for_monday() -> None:
    trial = given(*a_trial(le("30/09/2026 10:00")))  # archive's last day: Saturday 14/11/2026
    trial.when(a_piece(CONTRACT), le("14/11/2026 23:59:59")).granted()
    for at in ("15/11/2026", "16/11/2026 23:59:59"):
        refusal = trial.when(a_piece(CONTRACT), le(at)).refused("submission_too_late")
        assert "avant le dimanche\u00a015\u00a0novembre\u00a02026 à\u00a00\u00a0h\u00a000" in refusal.message
        assert refusal.clause == "5.1"
    trial.when(a_piece(CONTRACT), le("17/11/2026")).refused("data_destroyed")


def test_before_a_trial_and_without_one_there_is_no_limit() -> None:
    prospect = given(*an_account(START))
    assert submission_end(prospect.state) is None
    prospect.when(a_piece(CONTRACT), le("01/01/2030")).granted()


def test_pieces_can_be_sent_during_the_trial() -> None:
    saved = dossier("01/02/2026 10:00", CONTRACT, MANDATE)
    assert saved.left_alone_until(le("01/01/2027")).state.relationship is Relationship.REFLECTION


def test_terms_come_first() -> None:
    account = e.AccountCreated(at=START, siren=SIREN, admin="anne")
    assert given(account).when(a_piece(CONTRACT), START).refused("terms_not_accepted").clause == "3"


def test_whether_a_piece_is_expected_is_known_before_it_is_read() -> None:
    account = given(e.AccountCreated(at=START, siren=SIREN, admin="anne")).state
    with pytest.raises(Refusal) as refused:
        must_be_expected(account, CONTRACT, START)
    assert refused.value.code == "terms_not_accepted"
    state = given(*a_trial(START)).state
    must_be_expected(state, CONTRACT, LAST_SECOND)
    with pytest.raises(Refusal) as refused:
        must_be_expected(advance(state, TOO_LATE)[0], CONTRACT, TOO_LATE)
    assert refused.value.code == "data_destroyed"


# --- what holds the destruction ------------------------------------------------------------------------


@pytest.mark.parametrize("piece", list(Piece))
def test_any_unexamined_piece_holds_the_destruction(piece: Piece) -> None:
    held = dossier("17/03/2026 12:00", piece)
    hold = destruction_hold(held.state)
    assert hold
    assert (hold.reason, hold.pieces) == (HoldReason.UNEXAMINED, (piece,))
    assert hold.reading
    assert hold.reading.name == "unexamined_document_holds"
    assert held.by(le("01/01/2030")) == ()
    assert "destruction" not in names(held)


def test_one_piece_of_the_two_does_not_save_the_data_once_examined() -> None:
    alone = dossier("10/03/2026 12:00", CONTRACT)
    accepted = alone.when(a.AcceptDocument(piece=CONTRACT), le("11/03/2026 12:00")).granted()
    assert destruction_hold(accepted.state) is None
    assert accepted.by(TOO_LATE)[-1] == e.DataDestroyed(at=TOO_LATE)


def test_contract_and_mandate_save_the_data_without_a_kbis_accepted_or_not() -> None:
    saved = dossier("10/03/2026 12:00", CONTRACT, MANDATE)
    for piece in (CONTRACT, MANDATE):
        saved = saved.when(a.AcceptDocument(piece=piece), le("11/03/2026 12:00")).granted()
        assert is_saved(saved.state)
    assert saved.by(le("01/01/2030")) == ()


def test_an_unsigned_contract_does_not_save_the_data() -> None:
    trial = dossier("10/03/2026 12:00", MANDATE)
    unsigned = trial.when(a_piece(CONTRACT, signed=False), le("10/03/2026 12:00")).granted()
    assert not is_saved(unsigned.state)
    hold = destruction_hold(unsigned.state)
    assert hold
    assert hold.reason is HoldReason.UNEXAMINED


@pytest.mark.parametrize("piece", [CONTRACT, MANDATE])
def test_an_unsigned_contract_or_mandate_can_be_refused_but_not_accepted(piece: Piece) -> None:
    """Accepted, it would not save the data and could not be replaced: a trap."""
    trial = given(*a_trial(START))
    unsigned = trial.when(a_piece(piece, signed=False), le("10/03/2026 12:00")).granted()
    at = le("10/03/2026 13:00")
    refusal = unsigned.when(a.AcceptDocument(piece=piece), at).refused("document_unsigned")
    assert refusal.clause == "8"
    refused = unsigned.when(a.RefuseDocument(piece=piece, reason="unsigned"), at).granted()
    refused.when(a_piece(piece), at).granted()


def test_a_kbis_needs_no_signature() -> None:
    at = le("10/03/2026 12:00")
    received = given(*a_trial(START)).when(a_piece(KBIS, signed=False), at).granted()
    received.when(a.AcceptDocument(piece=KBIS), at).granted()


def test_a_refused_mandate_no_longer_saves_the_data() -> None:
    saved = dossier("04/03/2026 12:00", CONTRACT, MANDATE)
    accepted = saved.when(a.AcceptDocument(piece=CONTRACT), le("05/03/2026")).granted()
    refused = accepted.when(a.RefuseDocument(piece=MANDATE, reason="illegible"), le("05/03/2026")).granted()
    assert not is_saved(refused.state)
    assert refused.by(TOO_LATE)[-1] == e.DataDestroyed(at=TOO_LATE)
    again = refused.when(a_piece(MANDATE), LAST_SECOND).granted()
    assert again.by(le("01/01/2030")) == ()


def test_once_the_data_is_saved_no_limit_of_the_trial_is_shown_and_no_warning_sent() -> None:
    saved = dossier("01/02/2026 10:00", CONTRACT, MANDATE)
    assert names(saved) == ["trial_end"]
    assert [one.about for one, _ in reminders(saved.state)] == ["trial_end", "trial_end"]
    assert names(saved.left_alone_until(le("10/03/2026"))) == []


def test_a_warning_passed_while_the_data_was_saved_is_not_sent_late() -> None:
    saved = dossier("04/03/2026 12:00", CONTRACT, MANDATE)
    at = le("12/03/2026 12:00")
    unsaved = saved.when(a.RefuseDocument(piece=MANDATE, reason="illegible"), at).granted()
    unsaved = unsaved.when(a.AcceptDocument(piece=CONTRACT), at).granted()
    assert [(one.at, one.days) for one, _ in reminders(unsaved.state)] == [(le("16/03/2026 09:00"), 1)]
    assert names(unsaved) == ["archive_end", "destruction"]


def test_while_a_piece_waits_for_us_the_dossier_can_be_completed() -> None:
    held = dossier("17/03/2026 12:00", KBIS)
    assert submission_end(held.state) is None
    completed = held.when(a_piece(CONTRACT), le("20/03/2026 12:00")).granted()
    completed = completed.when(a_piece(MANDATE), le("20/03/2026 12:00")).granted()
    assert is_saved(completed.state)


def test_a_saved_dossier_waits_for_its_kbis_without_limit() -> None:
    saved = dossier("17/03/2026 12:00", CONTRACT, MANDATE, pending_dossier_stays_open=False)
    at = le("20/06/2026 12:00")
    saved.when(a_piece(KBIS, dated=jour("01/06/2026")), at).granted()


# --- examination after the fifteen days -------------------------------------------------------------------


def test_a_piece_accepted_late_leaves_the_data_until_the_end_of_that_business_day() -> None:
    held = dossier("17/03/2026 12:00", KBIS)
    accepted = held.when(a.AcceptDocument(piece=KBIS), le("19/03/2026 15:00")).granted()
    because = destruction(accepted.state)
    assert because
    assert because.instant == le("20/03/2026")
    assert "destruction_follows_examination" in {one.name for one in because.readings}
    assert [step.text for step in because.steps][:2] == [
        "jour du dernier examen d’une pièce",
        "premier jour ouvré à partir de ce jour",
    ]
    assert accepted.by(le("20/03/2026"))[-1] == e.DataDestroyed(at=le("20/03/2026"))


def test_a_piece_accepted_on_a_saturday_leaves_the_data_until_the_end_of_monday() -> None:
    held = dossier("17/03/2026 12:00", KBIS)
    accepted = held.when(a.AcceptDocument(piece=KBIS), le("21/03/2026 15:00")).granted()
    assert accepted.by(le("24/03/2026"))[-1] == e.DataDestroyed(at=le("24/03/2026"))


def test_a_piece_examined_in_time_changes_no_date() -> None:
    held = dossier("10/03/2026 12:00", KBIS)
    accepted = held.when(a.AcceptDocument(piece=KBIS), LAST_SECOND).granted()
    because = destruction(accepted.state)
    assert because
    assert because.instant == TOO_LATE
    assert "destruction_follows_examination" not in {one.name for one in because.readings}


# --- refusal after the fifteen days: the correction -------------------------------------------------------


def late_refusal(at: str, *, start: str = "31/01/2026 10:00", sent: str = "17/03/2026 12:00") -> Given:
    held = dossier(sent, MANDATE, start=start)
    return held.when(a.RefuseDocument(piece=MANDATE, reason="illegible"), le(at)).granted()


@pytest.mark.parametrize(
    ("refused_at", "last_day", "destroyed"),
    [
        ("18/03/2026 00:00", "02/04/2026", "03/04/2026"),
        ("20/03/2026 09:00", "04/04/2026", "08/04/2026"),  # Saturday, Easter Sunday, Easter Monday
        ("20/03/2026 23:59:59", "04/04/2026", "08/04/2026"),
        ("21/03/2026 00:00", "05/04/2026", "08/04/2026"),
        ("16/04/2026 10:00", "01/05/2026", "05/05/2026"),  # Friday 1 May, then a week-end
    ],
)
def test_a_refusal_after_the_fifteen_days_opens_fifteen_days_to_correct(
    refused_at: str, last_day: str, destroyed: str
) -> None:
    refused = late_refusal(refused_at)
    end = le(last_day) + timedelta(days=1)
    assert submission_end(refused.state) == end
    shown = {one.name: one.at for one in deadlines(refused.state, le(refused_at))}
    assert shown == {"correction_end": end, "destruction": le(destroyed)}
    assert refused.by(le("01/01/2030")) == (
        e.ServiceClosed(at=le(destroyed)),
        e.DataDestroyed(at=le(destroyed)),
    )


def test_a_refusal_in_the_last_second_of_the_fifteen_days_opens_nothing() -> None:
    refused = late_refusal("17/03/2026 23:59:59")
    assert correction_end(refused.state) is None
    assert refused.by(TOO_LATE)[-1] == e.DataDestroyed(at=TOO_LATE)


def test_the_correction_is_received_until_its_last_second() -> None:
    trial = dossier("17/03/2026 12:00", CONTRACT, MANDATE)
    trial = trial.when(a.AcceptDocument(piece=CONTRACT), le("20/03/2026 09:00")).granted()
    refused = trial.when(
        a.RefuseDocument(piece=MANDATE, reason="illegible"), le("20/03/2026 09:00")
    ).granted()
    saved = refused.when(a_piece(MANDATE), le("04/04/2026 23:59:59")).granted()
    assert names(refused) == ["correction_end", "destruction"]
    assert names(saved) == []
    assert saved.by(le("01/01/2030")) == ()
    refusal = refused.when(a_piece(MANDATE), le("05/04/2026")).refused("submission_too_late")
    assert "avant le dimanche\u00a05\u00a0avril\u00a02026 à\u00a00\u00a0h\u00a000" in refusal.message


def test_a_second_refusal_opens_its_own_fifteen_days() -> None:
    again = late_refusal("20/03/2026 09:00").when(a_piece(MANDATE), le("01/04/2026 09:00")).granted()
    refused = again.when(
        a.RefuseDocument(piece=MANDATE, reason="illegible"), le("10/04/2026 09:00")
    ).granted()
    assert submission_end(refused.state) == le("26/04/2026")
    assert refused.by(le("28/04/2026"))[-1] == e.DataDestroyed(at=le("28/04/2026"))


def test_the_destruction_after_a_correction_says_which_reading_gave_the_time() -> None:
    because = destruction(late_refusal("20/03/2026 09:00").state)
    assert because
    assert [one.name for one in because.readings] == ["correction_days", "destruction_waits_for_business_day"]
    assert "dernier jour pour corriger la pièce refusée" in {step.text for step in because.steps}


# --- examining -------------------------------------------------------------------------------------------


def test_examining_gives_an_event_and_examining_again_the_same_way_gives_nothing() -> None:
    at = le("10/03/2026 12:00")
    received = dossier("10/03/2026 12:00", CONTRACT, MANDATE)
    accepted = received.when(a.AcceptDocument(piece=CONTRACT), at).then(
        e.DocumentAccepted(at=at, piece=CONTRACT)
    )
    accepted.when(a.AcceptDocument(piece=CONTRACT), at).nothing_happens()
    refuse = a.RefuseDocument(piece=MANDATE, reason="illegible")
    refused = received.when(refuse, at).then(e.DocumentRefused(at=at, piece=MANDATE, reason="illegible"))
    refused.when(refuse, at).nothing_happens()
    assert refused.state.documents[MANDATE].reason == "illegible"
    assert refused.state.documents[MANDATE].examined_at == at
    assert accepted.state.documents[CONTRACT].reason == ""


def test_a_decision_is_not_turned_round() -> None:
    at = le("10/03/2026 12:00")
    received = dossier("10/03/2026 12:00", CONTRACT)
    accepted = received.when(a.AcceptDocument(piece=CONTRACT), at).granted()
    refuse = a.RefuseDocument(piece=CONTRACT, reason="illegible")
    assert accepted.when(refuse, at).refused("document_already_examined").clause == "8"
    refused = received.when(refuse, at).granted()
    refused.when(a.AcceptDocument(piece=CONTRACT), at).refused("document_already_examined")


@pytest.mark.parametrize(
    "act", [a.AcceptDocument(piece=MANDATE), a.RefuseDocument(piece=MANDATE, reason="illegible")]
)
def test_a_piece_that_nobody_sent_is_not_examined(act: a.Act) -> None:
    refusal = dossier("10/03/2026 12:00", CONTRACT).when(act, le("10/03/2026 12:00"))
    assert "le mandat SEPA signé" in refusal.refused("document_missing").message


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_piece_is_not_refused_without_a_reason(reason: str) -> None:
    received = dossier("10/03/2026 12:00", CONTRACT)
    act = a.RefuseDocument(piece=CONTRACT, reason=reason)
    assert received.when(act, le("10/03/2026 12:00")).refused("reason_missing").clause == "8"


# --- sending again -----------------------------------------------------------------------------------------


def test_the_same_file_sent_twice_is_received_once() -> None:
    act = a_piece(CONTRACT, document="sha-1")
    once = given(*a_trial(START)).when(act, START).granted()
    once.when(act, START + SECOND).nothing_happens()
    once.when(a_piece(CONTRACT, document="sha-2"), START + SECOND).granted()


def test_the_same_file_sent_again_just_after_the_limit_is_still_received() -> None:
    act = a_piece(KBIS, document="sha-1", dated=jour("15/01/2026"))
    once = given(*an_account(START)).when(act, le("14/04/2026 23:59:59")).granted()
    once.when(act, le("15/04/2026")).nothing_happens()


def test_a_refused_file_sent_again_unchanged_is_refused_out_loud() -> None:
    """Said nothing, the client would believe the data saved."""
    act = a_piece(MANDATE, document="sha-1")
    received = given(*a_trial(START)).when(act, START).granted()
    refused = received.when(a.RefuseDocument(piece=MANDATE, reason="illegible"), START).granted()
    refusal = refused.when(act, START + SECOND).refused("document_already_refused")
    assert refusal.clause == "8"
    refused.when(a_piece(MANDATE, document="sha-2"), START + SECOND).granted()


def test_a_new_version_replaces_one_that_was_not_examined() -> None:
    first = given(*a_trial(START)).when(a_piece(CONTRACT, document="sha-1"), START).granted()
    second = first.when(a_piece(CONTRACT, document="sha-2"), START + SECOND).granted()
    assert second.state.documents[CONTRACT].document == "sha-2"
    assert second.state.documents[CONTRACT].received_at == START + SECOND


def test_an_accepted_piece_is_not_sent_again() -> None:
    accepted = (
        dossier("10/03/2026 12:00", KBIS).when(a.AcceptDocument(piece=KBIS), le("10/03/2026 12:00")).granted()
    )
    refusal = accepted.when(a_piece(KBIS), le("10/03/2026 13:00")).refused("document_already_accepted")
    assert "l’extrait K-bis" in refusal.message
    assert refusal.clause == "8"


def test_an_accepted_mandate_that_says_otherwise_than_the_dossier_is_superseded_and_examined_anew() -> None:
    noon, later = le("10/03/2026 12:00"), le("10/03/2026 13:00")
    accepted = dossier("10/03/2026 12:00", MANDATE).when(a.AcceptDocument(piece=MANDATE), noon).granted()
    another = a.SubmitDocument(piece=MANDATE, document="sha-2", supersedes=True)
    again = accepted.when(another, later).granted()
    assert again.state.documents[MANDATE].examination is Examination.RECEIVED
    again.when(a.AcceptDocument(piece=MANDATE), later).granted()


@pytest.mark.parametrize(
    "again",
    [a_piece(KBIS, dated=None), a_piece(KBIS, dated=date(2020, 1, 1)), a_piece(KBIS, siren="552100554")],
)
def test_whatever_is_sent_again_the_accepted_piece_is_what_is_told(again: a.SubmitDocument) -> None:
    """She has nothing to mend: neither the date nor the number of what was not awaited any more."""
    at = le("10/03/2026 12:00")
    accepted = dossier("10/03/2026 12:00", KBIS).when(a.AcceptDocument(piece=KBIS), at).granted()
    accepted.when(again, le("10/03/2026 13:00")).refused("document_already_accepted")


# --- a first month that is not paid -----------------------------------------------------------------------


def test_an_unpaid_first_month_is_left_to_a_person_once_the_last_reminder_is_sent() -> None:
    """Validated on 3 March, due on the 10th: recalled on the 11th and the 18th, at 9 in the morning."""
    awaiting = given_steps(*a_complete_dossier(le("03/03/2026 10:00"))).state
    assert not first_payment_is_left(awaiting)
    for until, is_left in (
        ("11/03/2026 12:00", False),
        ("18/03/2026 08:59", False),
        ("18/03/2026 12:00", True),
    ):
        assert first_payment_is_left(advance(awaiting, le(until))[0]) is is_left, until
    late = advance(awaiting, le("20/03/2026 10:00"))[0]
    paid = Given(late).when(a.Settle(month=FIRST), le("20/03/2026 10:00")).granted().state
    assert not first_payment_is_left(paid)


def test_where_nothing_is_recalled_nothing_is_left_after_it() -> None:
    offer = an_offer(first_payment_reminder_days=())
    awaiting = given_steps(
        *a_complete_dossier(le("03/03/2026 10:00")), until=le("30/06/2026 12:00"), offer=offer
    ).state
    assert not first_payment_is_left(awaiting)


# --- the SIREN of a piece ----------------------------------------------------------------------------------


def test_a_piece_of_another_company_is_refused_with_both_numbers() -> None:
    act = a_piece(CONTRACT, siren=OTHER_SIREN)
    refusal = given(*a_trial(START)).when(act, START).refused("siren_differs")
    assert refusal.clause == "8"
    assert "552\u202f100\u202f554" in refusal.message
    assert "732\u202f829\u202f320" in refusal.message


def test_a_siren_is_compared_by_its_digits() -> None:
    given(*a_trial(START)).when(a_piece(CONTRACT, siren="732 829 320"), START).granted()


def test_a_piece_with_an_impossible_siren_is_refused() -> None:
    given(*a_trial(START)).when(a_piece(CONTRACT, siren="732829321"), START).refused("siren_invalid")


# --- the K-bis -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dated", "last_day"),
    [
        ("15/01/2026", "14/04/2026"),
        ("30/11/2025", "27/02/2026"),
        ("29/11/2025", "27/02/2026"),
        ("28/11/2025", "27/02/2026"),
        ("27/11/2025", "26/02/2026"),
        ("30/11/2027", "28/02/2028"),
        ("31/01/2026", "29/04/2026"),
        ("01/01/2026", "31/03/2026"),
    ],
)
def test_a_kbis_is_received_while_it_is_less_than_three_months_old(dated: str, last_day: str) -> None:
    prospect = given(*an_account(le("01/01/2025")))
    act = a_piece(KBIS, dated=jour(dated))
    end = le(last_day) + timedelta(days=1)
    prospect.when(act, end - SECOND).granted()
    refusal = prospect.when(act, end).refused("kbis_too_old")
    assert refusal.clause == "8"
    prospect.when(act, le(dated)).granted()
    prospect.when(act, le(dated) - SECOND).refused("kbis_in_future")


def test_a_kbis_that_is_too_old_is_refused_with_its_last_day() -> None:
    act = a_piece(KBIS, dated=jour("15/01/2026"))
    refusal = given(*an_account(START)).when(act, le("15/04/2026 10:00")).refused("kbis_too_old")
    assert "à jour au jeudi\u00a015\u00a0janvier\u00a02026" in refusal.message
    assert "jusqu’au mardi\u00a014\u00a0avril\u00a02026" in refusal.message


def test_the_day_of_receipt_is_that_of_paris() -> None:
    act = a_piece(KBIS, dated=jour("15/01/2026"))
    prospect = given(*an_account(START))
    prospect.when(act, le("14/04/2026 23:59:59")).granted()  # 21:59:59 UTC
    prospect.when(act, le("15/04/2026 00:00")).refused("kbis_too_old")  # still the 14th in UTC


def test_a_kbis_of_today_is_received_and_one_of_tomorrow_is_not() -> None:
    prospect = given(*an_account(START))
    prospect.when(a_piece(KBIS, dated=jour("31/01/2026")), START).granted()
    refusal = prospect.when(a_piece(KBIS, dated=jour("01/02/2026")), START).refused("kbis_in_future")
    assert refusal.clause == "8"
    assert "à jour au dimanche\u00a01er\u00a0février\u00a02026" in refusal.message
    [reason] = refusal.reasons
    assert "au plus tard le jour où nous le recevons" in " ".join(reason.lines())


def test_a_kbis_without_its_date_is_refused() -> None:
    act = a_piece(KBIS, dated=None)
    assert given(*an_account(START)).when(act, START).refused("kbis_undated").clause == "8"


def test_the_day_of_receipt_counts_not_that_of_the_examination() -> None:
    act = a_piece(KBIS, dated=jour("15/01/2026"))
    received = given(*an_account(START)).when(act, le("14/04/2026 23:59:59")).granted()
    received.when(a.AcceptDocument(piece=KBIS), le("30/04/2026 10:00")).granted()


def test_a_date_typed_later_is_judged_by_the_day_its_file_came() -> None:
    prospect = given(*an_account(le("14/04/2026 10:00")))
    typed = a_piece(KBIS, dated=jour("15/01/2026"), received_on=jour("14/04/2026"))
    prospect.when(typed, le("16/04/2026 10:00")).granted()
    late = a_piece(KBIS, dated=jour("15/01/2026"), received_on=jour("15/04/2026"))
    prospect.when(late, le("16/04/2026 10:00")).refused("kbis_too_old")
    early = a_piece(KBIS, dated=jour("15/04/2026"), received_on=jour("14/04/2026"))
    prospect.when(early, le("16/04/2026 10:00")).refused("kbis_in_future")


def test_a_day_of_receipt_to_come_does_not_count() -> None:
    act = a_piece(KBIS, dated=jour("15/04/2026"), received_on=jour("20/04/2026"))
    given(*an_account(le("14/04/2026 10:00"))).when(act, le("14/04/2026 10:00")).refused("kbis_in_future")


def test_every_date_of_a_kbis_in_four_years_as_by_hand() -> None:
    for n in range(4 * 366):
        dated = date(2025, 1, 1) + timedelta(days=n)
        because = kbis_last_day(dated)
        assert because.day == naive.plus_days(naive.plus_months(dated, 3), -1) == counted_by_hand(because)
