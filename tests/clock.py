"""A clock that stands still until a test moves it."""

from datetime import datetime, timedelta


class FixedClock:
    """Gives the instant it was set to."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def now(self) -> datetime:
        return self._instant

    def move_to(self, instant: datetime) -> None:
        self._instant = instant

    def advance(self, **span: float) -> None:
        """Go forward: `advance(minutes=5)`."""
        self._instant += timedelta(**span)
