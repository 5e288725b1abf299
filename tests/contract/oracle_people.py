"""Who is registered, since when and until when, in the oracle's life of a contract."""

from collections import defaultdict
from datetime import datetime

from tests.contract import naive
from tests.contract.oracle_days import Month, start_of


class People:
    def __init__(self) -> None:
        self._stays: defaultdict[str, list[tuple[datetime, datetime | None]]] = defaultdict(list)

    def register(self, at: datetime, user: str) -> None:
        if user not in self.registered():
            self._stays[user].append((at, None))

    def remove(self, at: datetime, user: str) -> None:
        if user in self.registered():
            self._stays[user][-1] = (self._stays[user][-1][0], at)

    def registered(self) -> set[str]:
        return {user for user, stays in self._stays.items() if stays and stays[-1][1] is None}

    def in_month(self, month: Month, since: datetime) -> int:
        """Return how many were registered at some instant of the month, from `since` on."""
        start, end = max(start_of(month), since), start_of(naive.plus_months(month, 1))
        return sum(
            any(came < end and (left is None or left > start) for came, left in stays)
            for stays in self._stays.values()
        )
