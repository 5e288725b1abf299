"""The only module that reads the time.

Everything else is given its instant. In production the clock is the machine's; in a demonstration it
runs ahead of it by an offset kept in a file of the data folder, which the web server, the jobs and
the `portal travel` command share.
"""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class ClockWentBack(ValueError):
    """A demonstration's clock only moves forward: what happened cannot un-happen."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class DemonstrationClock:
    """A clock that can be moved forward, never back; it goes on from where it was moved to."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read_at_version = -1
        self._offset = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._current_offset()

    def move_to(self, instant: datetime) -> None:
        """Set the clock to `instant`; raise `ClockWentBack` where that is before now."""
        now = self.now()
        if instant < now:
            msg = f"{instant.isoformat()} is before {now.isoformat()}"
            raise ClockWentBack(msg)
        offset = instant - datetime.now(UTC)
        temporary = self._file.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(json.dumps({"offset_seconds": offset.total_seconds()}), encoding="utf-8")
        temporary.replace(self._file)

    def _current_offset(self) -> timedelta:
        try:
            version = self._file.stat().st_mtime_ns
        except FileNotFoundError:
            return timedelta()
        if version != self._read_at_version:
            seconds = json.loads(self._file.read_text(encoding="utf-8"))["offset_seconds"]
            self._offset, self._read_at_version = timedelta(seconds=seconds), version
        return self._offset
