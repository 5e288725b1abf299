"""Explanations: an explanation is the computation, step by step, and reads as French."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from portal.contract import acts as a
from portal.contract.acts import Piece
from portal.contract.because import Because, Operation, Skipped, Step, in_words, recomputed
from portal.contract.deadlines import deadlines
from portal.contract.dossier import kbis_last_day
from portal.contract.policy import Policy
from portal.contract.reminders import reminders
from portal.contract.trial import destruction
from tests.contract import naive
from tests.contract.specification import a_trial, an_offer, counted_by_hand, given, jour, le, well_set

NB = "\u00a0"


def since(day: str) -> Because:
    return Because(clause="9", rule="une règle.", start_label="ce jour-là", start=jour(day))


# --- one step at a time ------------------------------------------------------------------------------------


def test_without_a_step_the_result_is_the_start() -> None:
    because = since("05/05/2026")
    assert because.result == because.day == jour("05/05/2026") == recomputed(because)
    assert because.skipped == ()


@pytest.mark.parametrize(("days", "reached"), [(30, "02/03/2026"), (0, "31/01/2026"), (-7, "24/01/2026")])
def test_calendar_days(days: int, reached: str) -> None:
    because = since("31/01/2026").plus_days(days, "plus tard")
    assert because.day == jour(reached)
    assert because.steps == (Step(Operation.ADD_DAYS, days, jour(reached), "plus tard"),)


def test_months_are_clamped() -> None:
    because = since("30/11/2025").plus_months(3, "trois mois après")
    assert because.day == jour("28/02/2026")
    assert because.steps == (Step(Operation.ADD_MONTHS, 3, jour("28/02/2026"), "trois mois après"),)


def test_business_days_name_those_they_skip_but_not_the_day_they_start_from() -> None:
    because = since("01/05/2026").plus_business_days(5, "5 jours ouvrés après")
    assert because.day == jour("11/05/2026")
    assert because.skipped == (
        Skipped(jour("02/05/2026"), "samedi"),
        Skipped(jour("03/05/2026"), "dimanche"),
        Skipped(jour("08/05/2026"), "Fête de la Victoire"),
        Skipped(jour("09/05/2026"), "samedi"),
        Skipped(jour("10/05/2026"), "dimanche"),
    )


def test_business_days_count_back_too() -> None:
    because = since("04/05/2026").plus_business_days(-1, "le jour ouvré d’avant")
    assert because.day == jour("30/04/2026")
    assert [one.day for one in because.skipped] == [jour(f"0{n}/05/2026") for n in (1, 2, 3)]
    assert because.steps[0].text == "le jour ouvré d’avant"


def test_the_first_business_day_names_every_closed_day_from_the_start_on() -> None:
    because = since("01/05/2026").first_business_day("premier jour ouvré")
    assert because.day == jour("04/05/2026")
    assert [one.reason for one in because.skipped] == ["Fête du Travail", "samedi", "dimanche"]


def test_an_open_day_is_its_own_first_business_day() -> None:
    because = since("05/05/2026").first_business_day("premier jour ouvré")
    assert (because.day, because.skipped) == (jour("05/05/2026"), ())


def test_the_later_of_two_days_is_a_step_only_where_it_changes_something() -> None:
    because = since("05/05/2026")
    assert because.or_later(jour("04/05/2026"), "autre") is because
    assert because.or_later(jour("05/05/2026"), "autre") is because
    later = because.or_later(jour("06/05/2026"), "autre")
    assert later.day == jour("06/05/2026")
    assert later.steps == (Step(Operation.LATER_OF, jour("06/05/2026"), jour("06/05/2026"), "autre"),)


def test_the_end_of_a_day_and_an_hour_are_instants_in_utc() -> None:
    assert since("30/03/2026").end_of_day().instant == datetime(2026, 3, 30, 22, tzinfo=UTC)
    assert since("30/03/2026").at_hour(9).instant == datetime(2026, 3, 30, 7, tzinfo=UTC)
    assert since("30/03/2026").at_hour(9).steps[0].amount == 9


def test_a_day_is_not_an_instant_nor_an_instant_a_day() -> None:
    with pytest.raises(TypeError, match="on a day, not on an instant"):
        _ = since("05/05/2026").instant
    with pytest.raises(TypeError, match="on an instant, not on a day"):
        _ = since("05/05/2026").end_of_day().day


def test_nothing_is_counted_after_an_instant() -> None:
    ended = since("05/05/2026").end_of_day()
    with pytest.raises(TypeError):
        ended.plus_days(1, "encore")
    damaged = Because(
        clause="9", rule="", start_label="", start=ended.start, steps=(*ended.steps, *ended.steps)
    )
    with pytest.raises(TypeError, match="nothing is counted after an instant"):
        recomputed(damaged)


def test_a_step_without_its_operand_is_not_recomputed() -> None:
    step = Step(Operation.ADD_DAYS, None, jour("05/05/2026"), "")
    with pytest.raises(TypeError, match="add_days takes no None"):
        recomputed(Because(clause="9", rule="", start_label="", start=jour("05/05/2026"), steps=(step,)))


def test_a_reading_is_named_once() -> None:
    one, other = Policy().reading("correction_days"), Policy().reading("reminder_hour")
    because = since("05/05/2026").under(one).under(other, one)
    assert because.readings == (one, other)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("plus_days"), st.integers(-60, 60)),
        st.tuples(st.just("plus_months"), st.integers(-24, 24)),
        st.tuples(st.just("plus_business_days"), st.integers(-30, 30).filter(bool)),
        st.tuples(st.just("first_business_day"), st.none()),
        st.tuples(st.just("or_later"), st.dates(date(2020, 1, 1), date(2035, 1, 1))),
    ),
    max_size=6,
)


@for_all(
    start=st.dates(date(2025, 1, 1), date(2034, 12, 31)), steps=STEPS, hour=st.none() | st.integers(3, 23)
)
def test_any_steps_are_recomputed_from_the_start_and_counted_by_hand(
    start: date, steps: list[tuple[str, int | date | None]], hour: int | None
) -> None:
    because = Because(clause="9", rule="", start_label="", start=start)
    for name, amount in steps:
        operands = () if amount is None else (amount,)
        because = getattr(because, name)(*operands, "texte")
    because = because.end_of_day() if hour is None else because.at_hour(hour)
    assert recomputed(because) == because.result == counted_by_hand(because)
    for one in because.skipped:
        assert not naive.is_business_day(one.day)


# --- in French -----------------------------------------------------------------------------------------------


def test_the_destruction_of_the_table_explains_itself() -> None:
    because = destruction(given(*a_trial(le("30/09/2026 10:00"))).state)
    assert because
    assert [line.replace(NB, " ") for line in because.lines()] == [
        "Article 5.1 des CGV : passé ce délai, les données sont définitivement supprimées.",
        "Point de départ : dernier jour de conservation des données, le samedi 14 novembre 2026.",
        "Premier jour ouvré à partir de ce jour : lundi 16 novembre 2026.",
        "Fin du lundi 16 novembre 2026, à minuit, heure de Paris : mardi 17 novembre 2026 à 0 h 00.",
        "Jours non comptés : samedi 14 novembre 2026, dimanche 15 novembre 2026.",
        (
            "Lecture retenue : rien n’est détruit avant la fin d’un jour ouvré, pour que vous puissiez joindre "
            "quelqu’un le dernier jour."
        ),
    ]


def test_the_end_of_the_trial_explains_itself() -> None:
    trial_end, archive_end, _ = deadlines(
        given(*a_trial(le("31/01/2026 10:00"))).state, le("31/01/2026 10:00")
    )
    assert [line.replace(NB, " ") for line in trial_end.because.lines()] == [
        "Article 5.1 des CGV : l’essai gratuit dure 30 jours calendaires.",
        "Point de départ : début de l’essai, le samedi 31 janvier 2026.",
        "30 jours calendaires après, sans compter le jour du début : lundi 2 mars 2026.",
        "Fin du lundi 2 mars 2026, à minuit, heure de Paris : mardi 3 mars 2026 à 0 h 00.",
        "Lecture retenue : le jour où un délai commence ne compte pas : il vous reste trente jours entiers.",
    ]
    assert [line.replace(NB, " ") for line in archive_end.because.lines()[:3]] == [
        "Article 5.1 des CGV : un délai de réflexion de 15 jours calendaires suit l’essai.",
        "Point de départ : dernier jour de l’essai, le lundi 2 mars 2026.",
        "15 jours calendaires après, sans compter ce jour : mardi 17 mars 2026.",
    ]


def test_a_reminder_explains_itself() -> None:
    (_, because), *_ = reminders(given(*a_trial(le("31/01/2026 10:00"))).state)
    assert [line.replace(NB, " ") for line in because.lines()] == [
        "Article 5.1 des CGV : un rappel vous est envoyé avant chaque fin de délai.",
        "Point de départ : dernier jour du délai, le lundi 2 mars 2026.",
        "7 jours avant : lundi 23 février 2026.",
        "À 9 h 00, heure de Paris : lundi 23 février 2026 à 9 h 00.",
        "Lecture retenue : nous vous écrivons quelques jours avant la fin de l’essai.",
        "Lecture retenue : nos rappels partent à l’ouverture des bureaux, heure de Paris.",
    ]


def test_the_date_of_a_kbis_explains_itself() -> None:
    assert [line.replace(NB, " ") for line in kbis_last_day(jour("30/11/2025")).lines()] == [
        "Article 8 des CGV : l’extrait K-bis doit dater de moins de trois mois le jour où nous le recevons.",
        "Point de départ : date à laquelle l’extrait est à jour, le dimanche 30 novembre 2025.",
        "Trois mois après : samedi 28 février 2026.",
        "La veille de ce jour : vendredi 27 février 2026.",
    ]


def test_a_holiday_is_named_in_the_days_not_counted() -> None:
    lines = since("01/05/2026").first_business_day("premier jour ouvré").lines()
    assert lines[-1].replace(NB, " ") == (
        "Jours non comptés : vendredi 1er mai 2026 (Fête du Travail), samedi 2 mai 2026, dimanche 3 mai 2026."
    )


def test_a_day_and_an_instant_in_words() -> None:
    assert in_words(jour("03/03/2026")) == f"mardi{NB}3{NB}mars{NB}2026"
    assert in_words(le("03/03/2026 18:00")) == f"mardi{NB}3{NB}mars{NB}2026 à{NB}18{NB}h{NB}00"


def every_explanation() -> list[Because]:
    """One of each kind, in situations that bring out every sentence."""
    situations = [given(*a_trial(le("30/09/2026 10:00")))]
    situations.append(given(*a_trial(le("30/09/2026 10:00")), offer=an_offer(start_day_counts=True)))
    for readings in ({}, {"correction_days": 1}):
        held = given(*a_trial(le("31/01/2026 10:00")), offer=an_offer(**readings))
        for piece in (Piece.CONTRACT, Piece.MANDATE):
            held = held.when(a.SubmitDocument(piece=piece), le("17/03/2026 12:00")).granted()
        refuse = a.RefuseDocument(piece=Piece.MANDATE, reason="illegible")
        held = held.when(refuse, le("20/03/2026 12:00")).granted()
        situations.append(held.when(a.AcceptDocument(piece=Piece.CONTRACT), le("25/04/2026 12:00")).granted())
    found = [kbis_last_day(jour("15/01/2026"))]
    for one in situations:
        assert one.state.at
        found += [deadline.because for deadline in deadlines(one.state, one.state.at)]
        found += [because for _, because in reminders(one.state)]
    return found


@pytest.mark.parametrize("because", every_explanation(), ids=lambda because: because.rule)
def test_every_line_is_set_as_french_typography_wants(because: Because) -> None:
    for line in because.lines():
        assert well_set(line), line


@pytest.mark.parametrize("because", every_explanation(), ids=lambda because: because.rule)
def test_every_explanation_holds(because: Because) -> None:
    assert recomputed(because) == because.result == counted_by_hand(because)
    assert because.clause in {"5.1", "8"}


def test_an_hour_of_the_night_when_clocks_change_is_still_an_hour() -> None:
    for hour in range(3, 24):
        for day in ("29/03/2026", "25/10/2026"):
            expected = naive.paris(jour(day), hour)
            assert since(day).at_hour(hour).instant == expected
            assert expected - naive.paris(jour(day), 0) != timedelta(hours=hour) or hour < 3
