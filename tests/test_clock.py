"""The demonstration's clock: shared through a file, forward only, and it goes on from where it was moved to."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.clock import ClockWentBack, DemonstrationClock, SystemClock

A_MOMENT = timedelta(seconds=10)


def test_the_machines_time_is_aware_and_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
    assert abs(SystemClock().now() - datetime.now(UTC)) < A_MOMENT


def test_it_starts_with_the_machines_time(tmp_path: Path) -> None:
    assert abs(DemonstrationClock(tmp_path / "clock.json").now() - datetime.now(UTC)) < A_MOMENT


def test_it_goes_on_from_where_it_was_moved_to(tmp_path: Path) -> None:
    clock = DemonstrationClock(tmp_path / "clock.json")
    to = clock.now() + timedelta(days=30)
    clock.move_to(to)
    assert timedelta() <= clock.now() - to < A_MOMENT
    assert clock.now() <= clock.now()


def test_another_process_sees_it_moved_at_once(tmp_path: Path) -> None:
    here, there = (DemonstrationClock(tmp_path / "clock.json") for _ in range(2))
    for days in (10, 20, 30):
        to = here.now() + timedelta(days=days)
        assert there.now() < to
        here.move_to(to)
        assert there.now() >= to
        here, there = there, here


def test_it_never_goes_back(tmp_path: Path) -> None:
    clock = DemonstrationClock(tmp_path / "clock.json")
    clock.move_to(clock.now() + timedelta(days=30))
    with pytest.raises(ClockWentBack):
        clock.move_to(clock.now() - timedelta(seconds=1))
    assert clock.now() > datetime.now(UTC) + timedelta(days=29)


def test_moving_leaves_only_the_clocks_file(tmp_path: Path) -> None:
    clock = DemonstrationClock(tmp_path / "clock.json")
    clock.move_to(clock.now() + timedelta(days=1))
    assert [file.name for file in tmp_path.iterdir()] == ["clock.json"]
