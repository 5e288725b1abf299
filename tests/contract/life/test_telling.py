"""The language itself: it must not agree with what it was not told, and its wall calendar must be right."""

import re
from datetime import date, timedelta

import pytest

from tests.contract import naive
from tests.contract.life.phrases import read_acts
from tests.contract.life.telling import vie
from tests.contract.life.wall_calendar import MONTHS

TRIAL = "02/03/2026 10:00  ouvre un essai avec bob"
WARNED = "25/03/2026 09:00  reminder_sent trial_end 7"


@pytest.mark.parametrize(
    "story",
    [
        TRIAL,  # an event is left out
        f"{TRIAL}\n{WARNED}\n30/03/2026 09:00  reminder_sent trial_end 2",  # one too many: `jusquau` is excluded
        f"{TRIAL}\n{WARNED.replace('25/', '26/')}",
        f"{TRIAL}\n{WARNED.replace(' 7', ' 6')}",
        f"{TRIAL.replace('bob', 'chloe')}\n{WARNED}",
    ],
)
def test_another_story_is_not_believed(story: str) -> None:
    life = vie(TRIAL, jusquau="30/03/2026 09:00").raconte(f"{TRIAL}\n{WARNED}")
    with pytest.raises(AssertionError):
        life.raconte(story)


@pytest.mark.parametrize(
    "said", ["02/03/2026 10:00  chante", "ouvre un essai", "2026-03-02 10:00  inscrit bob"]
)
def test_what_nobody_can_say_is_not_passed_over(said: str) -> None:
    with pytest.raises(AssertionError, match=re.compile("nobody says|neither dated")):
        read_acts(said)


@pytest.mark.parametrize("month", MONTHS)
def test_the_wall_calendar_is_what_counting_days_gives(month: str) -> None:
    billing = MONTHS[month]
    charged = date.fromisoformat(f"{month}-01")
    last = charged - timedelta(days=1)
    issued = last.replace(day=20)
    while not naive.is_business_day(issued):
        issued -= timedelta(days=1)
    collected = last
    while not naive.is_banking_day(collected):
        collected -= timedelta(days=1)
    assert (billing.issued, billing.due, billing.collected) == (issued, last, collected)
