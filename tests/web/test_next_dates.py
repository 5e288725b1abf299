"""The two dates at the top of a client's pages: what weighs most of what comes next."""

from datetime import UTC, date, datetime

import pytest

from portal.contract.calendar import end_of_day, start_of_day
from portal.contract.explanations import as_if_started, to_come
from portal.contract.offer import Offer
from portal.web.presenting import next_marks, unbroken

STARTED = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
SUSPENSION = "Fin de l’essai et suspension du service"
LAST_INSTANT = "Dernier instant pour souscrire et garder vos données"
DESTRUCTION = "Destruction des données"


def shown(at: datetime) -> list[tuple[str, str]]:
    moments = to_come(as_if_started(Offer(terms_version="2026-01"), STARTED), at)
    return [(mark.title, mark.detail) for mark in next_marks(moments, at)]


def test_the_suspension_and_the_last_instant_to_act_before_any_reminder() -> None:
    assert shown(STARTED) == [(SUSPENSION, "dans 30\u00a0jours"), (LAST_INSTANT, "dans 45\u00a0jours")]


@pytest.mark.parametrize(
    ("at", "how_far"),
    [
        (start_of_day(date(2026, 2, 28)), "dans 2\u00a0jours"),
        (start_of_day(date(2026, 3, 1)), "demain"),
        (start_of_day(date(2026, 3, 2)), "aujourd’hui"),
    ],
)
def test_a_midnight_is_as_far_as_the_day_it_ends(at: datetime, how_far: str) -> None:
    assert shown(at)[0] == (SUSPENSION, how_far)


def test_after_the_suspension_the_destruction_stands_beside_the_last_instant() -> None:
    """They may share an instant: then neither hides the other, for no other date is left."""
    assert shown(end_of_day(date(2026, 3, 2))) == [
        (LAST_INSTANT, "dans 14\u00a0jours"),
        (DESTRUCTION, "dans 14\u00a0jours"),
    ]


def test_each_has_its_reason_and_its_instant_for_machines() -> None:
    moments = to_come(as_if_started(Offer(terms_version="2026-01"), STARTED), STARTED)
    first, second = next_marks(moments, STARTED)
    assert (first.when_iso, second.when_iso) == ("2026-03-03T00:00:00+01:00", "2026-03-18T00:00:00+01:00")
    assert first.why is not None
    assert first.why.clause == "5.1"


def test_without_a_date_to_come_there_is_nothing() -> None:
    assert next_marks((), STARTED) == []


def test_the_name_of_a_version_does_not_break_in_a_heading() -> None:
    assert unbroken("2025-09") == "2025\u201109"
