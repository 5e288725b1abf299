"""Explanations of amounts: how a sum is reached from a clause, one step at a time.

As with `Because` for dates, a `Reckoning` is the computation itself: exact fractions of a cent on the
way, rounded only where a step says so. `reckoned_again` does the steps once more from the start alone.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Self, assert_never

from portal.contract import french
from portal.contract.because import Because
from portal.contract.money import rounded_cents
from portal.contract.policy import NamedReading


class Sum(StrEnum):
    """What one step does to the amount before it."""

    TIMES = "times"
    PLUS = "plus"
    PART = "part"  # of the amount before, rounded to the cent
    REST = "rest"  # of the amount before, once that rounded part is taken away
    ROUNDED = "rounded"


@dataclass(frozen=True, slots=True)
class AmountStep:
    """One step: what is done, with what, the cents it gives, and the sentence a person reads."""

    operation: Sum
    operand: Fraction
    value: Fraction
    text: str


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Why an amount is what it is: clause, rule, starting amount in cents, steps, result."""

    clause: str
    rule: str
    start_label: str
    start: Fraction
    steps: tuple[AmountStep, ...] = ()
    readings: tuple[NamedReading, ...] = ()

    @property
    def value(self) -> Fraction:
        """What the last step gives, in cents, perhaps not a whole number of them."""
        return self.steps[-1].value if self.steps else self.start

    @property
    def cents(self) -> int:
        """The result, which the steps must have brought to whole cents."""
        if self.value.denominator != 1:
            raise TypeError("the steps end on a fraction of a cent")
        return self.value.numerator

    def under(self, *readings: NamedReading) -> Self:
        """Add readings of the policy that this amount rests on."""
        return replace(self, readings=self.readings + tuple(r for r in readings if r not in self.readings))

    def times(self, number: int, text: str) -> Self:
        return self._then(Sum.TIMES, Fraction(number), text)

    def plus(self, cents: Fraction, text: str) -> Self:
        return self._then(Sum.PLUS, cents, text)

    def part(self, share: Fraction, text: str) -> Self:
        """Keep that share of the amount, rounded to the cent, half up."""
        return self._then(Sum.PART, share, text)

    def rest(self, share: Fraction, text: str) -> Self:
        """Take that share, rounded to the cent, away: part and rest always add up to the amount."""
        return self._then(Sum.REST, share, text)

    def rounded(self) -> Self:
        return self._then(Sum.ROUNDED, Fraction(0), "arrondi au centime")

    def _then(self, operation: Sum, operand: Fraction, text: str) -> Self:
        step = AmountStep(operation, operand, _done(operation, operand, self.value), text)
        # By hand: `dataclasses.replace` would be a fiftieth of a night's run.
        return type(self)(
            self.clause, self.rule, self.start_label, self.start, (*self.steps, step), self.readings
        )

    def lines(self) -> tuple[str, ...]:
        """Return the explanation as French sentences."""
        article = f"Article {self.clause} des CGV : {self.rule}"
        start = f"Point de départ : {self.start_label}, {in_euros(self.start)}."
        steps = (f"{step.text[0].upper()}{step.text[1:]} : {in_euros(step.value)}." for step in self.steps)
        readings = (f"Lecture retenue : {reading.reason}" for reading in self.readings)
        return tuple(map(french.typeset, (article, start, *steps, *readings)))


Reason = Because | Reckoning


def reckoned_again(reckoning: Reckoning) -> Fraction:
    """Do the steps again from the starting amount alone, and return what they give."""
    value = reckoning.start
    for step in reckoning.steps:
        value = _done(step.operation, step.operand, value)
    return value


def _done(operation: Sum, operand: Fraction, value: Fraction) -> Fraction:
    match operation:
        case Sum.TIMES:
            return value * operand
        case Sum.PLUS:
            return value + operand
        case Sum.PART:
            return Fraction(rounded_cents(value * operand))
        case Sum.REST:
            return value - rounded_cents(value * operand)
        case Sum.ROUNDED:
            return Fraction(rounded_cents(value))
        case _:
            assert_never(operation)


def in_euros(cents: Fraction) -> str:
    """Return an amount in cents as it is written, to the hundredth of a cent where it is no whole number of them."""
    if cents.denominator == 1:
        return french.euros(cents.numerator)
    # Before the rounding, four decimals of a euro show where the cent comes from.
    tenthousandths = rounded_cents(cents * 100)
    sign = "−" if tenthousandths < 0 else ""
    whole, rest = divmod(abs(tenthousandths), 10_000)
    return f"{sign}{whole:,}".replace(",", french.NARROW) + f",{rest:04}{french.NBSP}€"
