"""Explanations: how a date is reached from a clause, one step at a time.

A `Because` is not written beside a computation, it *is* the computation: each method counts once and
keeps the step, so an explanation cannot say anything else than what was decided. `recomputed`
does the steps again from the starting point alone; the tests do them a third time, naively.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Self

from portal.contract import french
from portal.contract.calendar import (
    Closing,
    add_months,
    add_open_days,
    days_skipped,
    end_of_day,
    first_day_open_to_both,
    first_open_day,
    last_day_a_month_before,
    last_day_of_month,
    last_open_day,
    paris_instant,
    start_of_day,
)
from portal.contract.policy import NamedReading


class Operation(StrEnum):
    """What one step does to the value before it; `amount` is its operand."""

    ADD_DAYS = "add_days"
    ADD_MONTHS = "add_months"
    ADD_BUSINESS_DAYS = "add_business_days"
    FIRST_BUSINESS_DAY = "first_business_day"
    LAST_BUSINESS_DAY = "last_business_day"
    LAST_BANKING_DAY = "last_banking_day"
    FIRST_DAY_OPEN_TO_BOTH = "first_day_open_to_both"
    MONTH_END = "month_end"
    A_MONTH_BEFORE = "a_month_before"
    LATER_OF = "later_of"
    START_OF_DAY = "start_of_day"
    END_OF_DAY = "end_of_day"
    AT_HOUR = "at_hour"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A closed day that the count passed over, and why it is closed (French)."""

    day: date
    reason: str

    def in_words(self) -> str:
        """Return « vendredi 1er mai 2026 (Fête du Travail) »; a Saturday needs no other reason."""
        day = french.full_date(self.day)
        return day if self.reason == french.weekday(self.day) else f"{day} ({self.reason})"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the operation, its operand, what it gives, and the sentence a person reads."""

    operation: Operation
    amount: int | date | None
    value: date | datetime
    text: str
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Because:
    """Why a date is what it is: clause, starting point, rule in words, steps, days skipped, result.

    `readings` are the policy's choices that decided something on the way; `advice` helps to keep the date and
    changes nothing to it.
    """

    clause: str
    rule: str
    start_label: str
    start: date
    steps: tuple[Step, ...] = ()
    readings: tuple[NamedReading, ...] = ()
    advice: "Advice | None" = None

    @property
    def result(self) -> date | datetime:
        """What the last step gives: a Paris day, or an instant in UTC."""
        return self.steps[-1].value if self.steps else self.start

    @property
    def day(self) -> date:
        """The result, where the steps count days."""
        result = self.result
        if isinstance(result, datetime):
            raise TypeError("the steps end on an instant, not on a day")
        return result

    @property
    def instant(self) -> datetime:
        """The result, where the steps end on an instant."""
        result = self.result
        if not isinstance(result, datetime):
            raise TypeError("the steps end on a day, not on an instant")
        return result

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        return tuple(skipped for step in self.steps for skipped in step.skipped)

    @property
    def advice_words(self) -> str:
        """The sentence that helps to keep the date, or ""."""
        return self.advice.words if self.advice else ""

    @property
    def advised(self) -> "tuple[Because, ...]":
        """The reason of the day that the advice names, if there is any."""
        return (self.advice.because,) if self.advice else ()

    def under(self, *readings: NamedReading) -> Self:
        """Add readings of the policy that this date rests on."""
        return replace(self, readings=self.readings + tuple(r for r in readings if r not in self.readings))

    def plus_days(self, days: int, text: str) -> Self:
        """Count calendar days; a negative number counts back."""
        return self._then(Operation.ADD_DAYS, days, self.day + timedelta(days=days), text)

    def plus_months(self, months: int, text: str) -> Self:
        """Add months to the value before, clamped to the month's end (T5)."""
        return self._then(Operation.ADD_MONTHS, months, add_months(self.day, months), text)

    def plus_business_days(self, days: int, text: str) -> Self:
        """Count business days (jours ouvrés), the day itself never counted (T3)."""
        reached = add_open_days(self.day, days)
        first, last = sorted((self.day, reached))
        closed = tuple(one for one in days_skipped(first, last) if one[0] != self.day)
        return self._then(Operation.ADD_BUSINESS_DAYS, days, reached, text, closed)

    def first_business_day(self, text: str) -> Self:
        """Move to the first business day on or after the day before this step."""
        reached = first_open_day(self.day)
        closed = days_skipped(self.day, reached)
        return self._then(Operation.FIRST_BUSINESS_DAY, None, reached, text, closed)

    def last_business_day(self, text: str) -> Self:
        """Move to the last business day on or before the day before this step."""
        reached = last_open_day(self.day)
        closed = days_skipped(reached, self.day)
        return self._then(Operation.LAST_BUSINESS_DAY, None, reached, text, closed)

    def last_banking_day(self, text: str) -> Self:
        """Move to the last banking day (T4) on or before the day before this step."""
        reached = last_open_day(self.day, Closing.BANKING)
        closed = days_skipped(reached, self.day, Closing.BANKING)
        return self._then(Operation.LAST_BANKING_DAY, None, reached, text, closed)

    def first_day_open_to_both(self, text: str) -> Self:
        """Move to the first day on or after this one that is a business day and a banking day."""
        reached = first_day_open_to_both(self.day)
        closed = sorted(
            {
                **dict(days_skipped(self.day, reached, Closing.BANKING)),
                **dict(days_skipped(self.day, reached)),
            }.items()
        )
        return self._then(Operation.FIRST_DAY_OPEN_TO_BOTH, None, reached, text, tuple(closed))

    def month_end(self, text: str) -> Self:
        """Move to the last day of the same month."""
        return self._then(Operation.MONTH_END, None, last_day_of_month(self.day), text)

    def a_month_before(self, text: str) -> Self:
        """Move to the latest day from which a month runs without passing this day (art. 641 CPC)."""
        return self._then(Operation.A_MONTH_BEFORE, None, last_day_a_month_before(self.day), text)

    def or_later(self, other: date, text: str) -> Self:
        """Take the later of two days; no step is kept where the other day changes nothing."""
        if other <= self.day:
            return self
        return self._then(Operation.LATER_OF, other, other, text)

    def start_of_day(self) -> Self:
        """Move to the first instant of the day, Paris time."""
        text = f"début du {french.full_date(self.day)}, à minuit, heure de Paris"
        return self._then(Operation.START_OF_DAY, None, start_of_day(self.day), text)

    def end_of_day(self) -> Self:
        """Move to the end of the day: the first instant, Paris time, of the day after (T1)."""
        text = f"fin du {french.full_date(self.day)}, à minuit, heure de Paris"
        return self._then(Operation.END_OF_DAY, None, end_of_day(self.day), text)

    def at_hour(self, hour: int) -> Self:
        """Move to a full hour of the day, Paris time."""
        text = f"à {hour}{french.NBSP}h{french.NBSP}00, heure de Paris"
        return self._then(Operation.AT_HOUR, hour, paris_instant(self.day, time(hour)), text)

    def _then(
        self,
        operation: Operation,
        amount: int | date | None,
        value: date | datetime,
        text: str,
        closed: tuple[tuple[date, str], ...] = (),
    ) -> Self:
        skipped = tuple(Skipped(day, reason) for day, reason in closed)
        return replace(self, steps=(*self.steps, Step(operation, amount, value, text, skipped)))

    def in_short(self) -> str:
        """Return the count in one French sentence: from what, how, and the days skipped on the way."""
        steps = ", ".join(step.text for step in self.steps)
        counted = f"Compté depuis {self.start_label} ({french.full_date(self.start)}) : {steps}"
        days = ", ".join(one.in_words() for one in self.skipped)
        return french.typeset(f"{counted} ; sans compter {days}." if days else f"{counted}.")

    def lines(self) -> tuple[str, ...]:
        """Return the explanation as French sentences, for a mail, a calendar entry or the command line."""
        article = f"Article {self.clause} des CGV : {self.rule}"
        start = f"Point de départ : {self.start_label}, le {french.full_date(self.start)}."
        steps = (f"{step.text[0].upper()}{step.text[1:]} : {in_words(step.value)}." for step in self.steps)
        days = ", ".join(one.in_words() for one in self.skipped)
        skipped = (f"Jours non comptés : {days}.",) if days else ()
        readings = (f"Lecture retenue : {reading.reason}" for reading in self.readings)
        advice = (self.advice_words,) if self.advice else ()
        return tuple(map(french.typeset, (article, start, *steps, *skipped, *readings, *advice)))


@dataclass(frozen=True, slots=True)
class Advice:
    """A French sentence that helps to keep a date, and why the day that it names is a better one."""

    words: str
    because: Because


def in_words(value: date | datetime) -> str:
    """Return a day or an instant in French."""
    return french.full_instant(value) if isinstance(value, datetime) else french.full_date(value)


def recomputed(because: Because) -> date | datetime:
    """Do the steps again from the starting point alone, and return what they give."""
    value: date | datetime = because.start
    for step in because.steps:
        if isinstance(value, datetime):
            raise TypeError("nothing is counted after an instant")
        value = _redone(step.operation, value, step.amount)
    return value


def _redone(operation: Operation, day: date, amount: int | date | None) -> date | datetime:
    match operation, amount:
        case Operation.ADD_DAYS, int(days):
            return day + timedelta(days=days)
        case Operation.ADD_MONTHS, int(months):
            return add_months(day, months)
        case Operation.ADD_BUSINESS_DAYS, int(days):
            return add_open_days(day, days)
        case Operation.FIRST_BUSINESS_DAY, None:
            return first_open_day(day)
        case Operation.LAST_BUSINESS_DAY, None:
            return last_open_day(day)
        case Operation.LAST_BANKING_DAY, None:
            return last_open_day(day, Closing.BANKING)
        case Operation.FIRST_DAY_OPEN_TO_BOTH, None:
            return first_day_open_to_both(day)
        case Operation.MONTH_END, None:
            return last_day_of_month(day)
        case Operation.A_MONTH_BEFORE, None:
            return last_day_a_month_before(day)
        case Operation.LATER_OF, date():
            return max(day, amount)
        case Operation.START_OF_DAY, None:
            return start_of_day(day)
        case Operation.END_OF_DAY, None:
            return end_of_day(day)
        case Operation.AT_HOUR, int(hour):
            return paris_instant(day, time(hour))
        case _:
            msg = f"{operation} takes no {amount!r}"
            raise TypeError(msg)
