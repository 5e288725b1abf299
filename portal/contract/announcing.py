"""Announcing a change to many contracts in force: whom it reaches, from when, with what effect (CGV art. 10.1, 17).

A simulation and the announcement itself ask the same functions, on the little that they need to know of a contract.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Literal

from portal.contract import acts as a
from portal.contract.because import Because
from portal.contract.billing import price_of
from portal.contract.calendar import month_of, paris_day
from portal.contract.changes import applies_from
from portal.contract.french import count, euros
from portal.contract.offer import Offer
from portal.contract.quotation import invoiced_users
from portal.contract.reckoning import Reckoning
from portal.contract.recurring import recurring_cents
from portal.contract.state import Change, Relationship, State
from portal.contract.term import MONTHS_PER_TERM, ends_on, term_last_day

# Why an announcement leaves a contract as it is: it ends before; it has that price or version, or will; its
# renewal comes before the day from which the grid or the version may be applied.
LeftOutFor = Literal["ends", "same", "too_soon"]


@dataclass(frozen=True, slots=True)
class Wished:
    """What is announced: a price per user and month, or a version of the terms; never applied before a day."""

    not_before: date
    user_month_cents: int | None = None
    version: str | None = None

    @property
    def act(self) -> a.AnnouncePrice | a.AnnounceTerms:
        """The act that announces it to one contract."""
        if self.version is not None:
            return a.AnnounceTerms(version=self.version)
        return a.AnnouncePrice(user_month_cents=self.user_month_cents or 0)


@dataclass(frozen=True, slots=True)
class Standing:
    """All that an announcement needs to know of a contract in force.

    `unit_cents` is the price of its present term, `quantity` the users invoiced, `options_cents` a month of its
    options; `ends` the last day of one that will not be renewed.
    """

    entered_on: date
    terms: int
    unit_cents: int
    quantity: int
    options_cents: int
    ends: date | None
    terms_version: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Reached:
    """The change applies to the contract: from when and why, `waits` where not at its next renewal but the one after.

    `before_cents` and `after_cents` are the price per user and month on that day, without and with what is announced.
    """

    applies_from: Because
    waits: bool
    before_cents: int
    after_cents: int
    quantity: int

    @property
    def day(self) -> date:
        return self.applies_from.day


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The announcement leaves the contract as it is; `day` is that of its end, or of the renewal that comes too soon."""

    reason: LeftOutFor
    day: date | None = None


def standing_of(state: State) -> Standing | None:
    """Return what an announcement needs to know of a contract; None where it is not in force."""
    if state.relationship is not Relationship.ACTIVE or state.at is None:
        return None
    quantity = invoiced_users(state.offer.grid, len(state.users))
    end = ends_on(state)
    return Standing(
        entered_on=state.entered_on,
        terms=state.terms,
        unit_cents=state.prices[-1][1],
        quantity=quantity,
        options_cents=recurring_cents(state) - quantity * price_of(state, month_of(paris_day(state.at))),
        ends=end.last_day if end else None,
        terms_version=state.terms_version or "",
        changes=state.changes,
    )


def reached(standing: Standing, offer: Offer, wished: Wished, at: datetime) -> Reached | LeftOut:
    """Return what an announcement at `at` does to a contract."""
    state = _sketch(standing, offer)
    because = applies_from(state, at)
    day = because.day
    if standing.ends is not None and standing.ends < day:
        return LeftOut("ends", standing.ends)
    if day < wished.not_before:
        return LeftOut("too_soon", day)
    before = price_of(state, day)
    if wished.version is not None:
        coming = [one.version for one in _announced(standing, "terms") if one.applies_from <= day]
        if wished.version in {standing.terms_version, *coming[-1:]}:
            return LeftOut("same")
        return Reached(because, _waits(state, day), before, before, standing.quantity)
    if wished.user_month_cents == before:
        return LeftOut("same")
    return Reached(because, _waits(state, day), before, wished.user_month_cents or 0, standing.quantity)


def with_change(standing: Standing, wished: Wished, found: Reached) -> Standing:
    """Return the contract as it stands once it has been announced the change."""
    what: a.What = "terms" if wished.version is not None else "price"
    others = tuple(one for one in standing.changes if (one.what, one.applies_from) != (what, found.day))
    change = Change(
        what, found.day, user_month_cents=wished.user_month_cents, version=wished.version, refused=False
    )
    return replace(standing, changes=(*others, change))


def months_cents(standing: Standing, offer: Offer, months: Sequence[date]) -> tuple[int, ...]:
    """Return what a contract brings in each whole month excluding VAT, as it stands; nothing once it has ended.

    A figure, not an invoice: neither the part of a last month nor what is corrected later is in it.
    """
    state = _sketch(standing, offer)
    return tuple(
        0
        if standing.ends is not None and standing.ends < month
        else standing.quantity * price_of(state, month) + standing.options_cents
        for month in months
    )


def yearly_difference(found: Reached) -> Reckoning:
    """Return what a new price changes over the twelve months that follow its application (art. 10.1)."""
    return (
        Reckoning(
            clause="10.1",
            rule="le prix par utilisateur change au renouvellement ; le reste du contrat ne change pas.",
            start_label="nouveau prix par utilisateur et par mois",
            start=Fraction(found.after_cents),
        )
        .plus(Fraction(-found.before_cents), f"moins le prix d’avant, {euros(found.before_cents)}")
        .times(
            found.quantity, f"pour {count(found.quantity, 'utilisateur facturé', 'utilisateurs facturés')}"
        )
        .times(MONTHS_PER_TERM, "douze mois")
    )


def last_reached_day(at: datetime) -> Because:
    """Return a day after which nothing announced at `at` begins to apply, to any contract.

    A contract whose limit has just passed is renewed within a month, and the change waits a year more.
    """
    return (
        Because(
            clause="17",
            rule="annoncé après la limite de préavis, un mois avant la fin de la période, un changement attend le "
            "renouvellement suivant, un an plus tard.",
            start_label="jour de l’annonce",
            start=paris_day(at),
        )
        .plus_months(MONTHS_PER_TERM + 1, "un an et un mois après")
        .plus_days(1, "le lendemain")
    )


def announced_from(not_before: date) -> Because:
    """Return from when on an announcement reaches every renewal, of what may not apply before a day."""
    return Because(
        clause="17",
        rule="annoncé un an au plus avant le jour où il peut s’appliquer, un changement atteint chaque renouvellement.",
        start_label="premier jour où il peut s’appliquer",
        start=not_before,
    ).plus_months(-MONTHS_PER_TERM, "un an avant")


def _announced(standing: Standing, what: a.What) -> list[Change]:
    return sorted(
        (one for one in standing.changes if one.what == what), key=lambda change: change.applies_from
    )


def _waits(state: State, day: date) -> bool:
    return day > term_last_day(state).day + timedelta(days=1)


def _sketch(standing: Standing, offer: Offer) -> State:
    """Return a state that has what the rules of renewals and prices read, and nothing else."""
    return replace(
        State(offer=offer),
        relationship=Relationship.ACTIVE,
        in_force_on=standing.entered_on,
        terms=standing.terms,
        prices=((standing.entered_on, standing.unit_cents),),
        terms_version=standing.terms_version,
        changes=standing.changes,
    )
