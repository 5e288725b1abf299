"""How long the oracle's contract runs and at which price: terms, notices, announced changes."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from tests.contract import naive
from tests.contract.oracle_days import Month, last_of, month_of


@dataclass
class Change:
    what: str
    applies_from: date
    price: int = 0
    is_refused: bool = False


@dataclass
class Engagement:
    """A contract in force since `entry`; `term` counts the renewals so far."""

    entry: date
    price: int
    term: int = 0
    notice_ends: date | None = None
    changes: list[Change] = field(default_factory=list)

    def last_day(self, term: int | None = None) -> date:
        """Return the last day of a term (the current one if none is named)."""
        anniversary = naive.plus_months(self.entry, 12 * ((self.term if term is None else term) + 1))
        return anniversary if anniversary.day != self.entry.day else anniversary - naive.DAY

    def notice_limit(self) -> date:
        """Return the latest day of the current term from which a month's notice fits into it."""
        day = self.last_day()
        while naive.plus_months(day, 1) > self.last_day():
            day -= naive.DAY
        return day

    def end(self) -> date | None:
        """Return the day on which the contract is known to end, if any."""
        ends = [one.applies_from - naive.DAY for one in self.changes if one.is_refused]
        return min([*ends, *([self.notice_ends] if self.notice_ends else [])], default=None)

    def serve_notice(self, posted: date) -> None:
        """Of two notices, the one that ends the contract earlier counts."""
        is_early = posted <= self.notice_limit()
        ends = self.last_day(self.term if is_early else self.term + 1)
        self.notice_ends = min(ends, self.notice_ends or ends)

    def withdraw_notice(self) -> None:
        self.notice_ends = None

    def announce(self, today: date, what: str, price: int = 0) -> None:
        is_early = today <= self.notice_limit()
        applies_from = self.last_day(self.term if is_early else self.term + 1) + naive.DAY
        known = next(
            (one for one in self.changes if (one.what, one.applies_from) == (what, applies_from)), None
        )
        if known is None:
            self.changes.append(Change(what, applies_from, price))
        else:  # another price for the same day: a refusal stays what it is
            known.price = price

    def refuse_change(self, today: date, what: str) -> None:
        pending = [one for one in self.changes if one.what == what and one.applies_from > today]
        min(pending, key=lambda one: one.applies_from).is_refused = True

    def withdraw_refusal(self, what: str) -> None:
        for one in self.changes:
            if one.what == what:
                one.is_refused = False

    def price_of(self, month: Month) -> int:
        """Return the unit price of a month: the grid of the term that contains its first day."""
        term, since = 0, self.entry
        while self.last_day(term) < month:
            since = self.last_day(term) + naive.DAY
            term += 1
        prices = [one for one in self.changes if one.what == "price" and one.applies_from <= since]
        return max(prices, key=lambda one: one.applies_from).price if prices else self.price

    def first_share(self) -> Fraction:
        """Return the part of the month of entry in which the contract is in force."""
        days = last_of(month_of(self.entry)).day
        return Fraction(days - self.entry.day + 1, days)
