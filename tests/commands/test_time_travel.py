"""`portal travel`: forward through every deadline, in a demonstration only."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.clock import DemonstrationClock
from tests.commands.conftest import Terminal

NNBSP = "\u202f"


def now(terminal: Terminal) -> datetime:
    return DemonstrationClock(terminal.data / "clock.json").now()


def test_a_span_is_travelled_with_a_stop_at_every_deadline(demonstration: Terminal) -> None:
    said = demonstration.done("travel", "60d").splitlines()
    assert len(said) > 5
    assert all(line.startswith("Échéance") for line in said[:-1])
    assert said[-1].startswith("Il est maintenant")
    assert (
        timedelta(days=60)
        <= now(demonstration) - datetime.now(UTC) + timedelta(minutes=1)
        < timedelta(days=61)
    )


@pytest.mark.parametrize(("span", "seconds"), [("90m", 5400), ("12h", 43_200), ("1d", 86_400)])
def test_days_hours_and_minutes(demonstration: Terminal, span: str, seconds: int) -> None:
    demonstration.done("travel", span)
    assert (now(demonstration) - datetime.now(UTC)).total_seconds() == pytest.approx(seconds, abs=60)


def test_mails_of_the_deadlines_are_sent_on_the_way(demonstration: Terminal) -> None:
    before = len(list((demonstration.data / "mails").glob("*")))
    demonstration.done("travel", "60d")
    assert len(list((demonstration.data / "mails").glob("*"))) > before


def test_an_instant_of_paris_is_travelled_to(demonstration: Terminal) -> None:
    day = (datetime.now(UTC) + timedelta(days=40)).date()
    said = demonstration.done("travel", "--to", f"{day}T00:00")
    assert f"0{NNBSP}h{NNBSP}00" in said.splitlines()[-1].replace("\u00a0", NNBSP)


def test_an_instant_that_paris_does_not_have_is_refused(demonstration: Terminal) -> None:
    """The night of 28 March 2027 has no 2 h 30."""
    assert "2027-03-28T02:30" in demonstration.refused("travel", "--to", "2027-03-28T02:30", code=2)


def test_back_in_time_is_refused(demonstration: Terminal) -> None:
    assert "l’horloge n’avance que" in demonstration.refused("travel", "--to", "2020-01-01T00:00")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("30d", "--to", "2030-01-01T00:00"),
        ("30",),
        ("trois jours",),
        ("--to", "demain"),
        ("99999999999d",),
        ("3000000d",),
        ("--to", "9999-12-31T23:59"),
    ],
)
def test_what_is_neither_a_span_nor_an_instant_is_refused(
    demonstration: Terminal, words: tuple[str, ...]
) -> None:
    assert demonstration.refused("travel", *words, code=2)


def test_time_is_not_moved_outside_a_demonstration(terminal: Terminal) -> None:
    assert "démonstration" in terminal.refused("travel", "30d")
    assert not (terminal.data / "clock.json").exists()
