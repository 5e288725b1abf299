"""The term of a contract, its tacit renewal and the notice that prevents it (CGV art. 9 and 16)."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from portal.contract.because import Advice, Because
from portal.contract.calendar import closing_reason
from portal.contract.french import count, full_date, typeset
from portal.contract.policy import Policy
from portal.contract.refusal import ImpossibleHistory
from portal.contract.state import Change, State

MONTHS_PER_TERM = 12


@dataclass(frozen=True, slots=True)
class End:
    """The contract's end, as things stand: its last day, included, and why it is not renewed."""

    last_day: date
    reason: Literal["notice", "refused_change"]


def term_last_day(state: State, ahead: int = 0) -> Because:
    """Return the last day of the current term of a contract in force, or of the one `ahead` terms later."""
    return _explained(state.entered_on, state.terms + ahead, state.offer.policy)


def _explained(in_force_on: date, term: int, policy: Policy) -> Because:
    """Return the last day of a term, under the reading that decided it where one did."""
    because = _last_day(in_force_on, term, policy.leap_day_term_ends_with_month)
    if policy.leap_day_term_ends_with_month and len(because.steps) == 1:
        return because.under(policy.reading("leap_day_term_ends_with_month"))
    return because


@lru_cache(4096)
def _last_day(in_force_on: date, term: int, leap_day_ends_with_month: bool) -> Because:  # noqa: FBT001 -- a cache key
    because = Because(
        clause="9",
        rule="l’abonnement dure un an et se renouvelle tacitement pour un an, toujours compté depuis l’entrée "
        "en vigueur.",
        start_label="entrée en vigueur",
        start=in_force_on,
    ).plus_months(MONTHS_PER_TERM * term, f"{count(term, 'an')} après")
    has_no_such_day = because.day.day != in_force_on.day
    if has_no_such_day and leap_day_ends_with_month:
        return because
    return because.plus_days(-1, "la veille de cet anniversaire")


def counted_last_day(in_force_on: date, last_day: date, policy: Policy) -> Because:
    """Return why the term of a contract ends on `last_day`, its entry into force being known: no state is needed.

    Raises `ImpossibleHistory` where no term of such a contract ends on that day under these readings.
    """
    for term in range(max(last_day.year - in_force_on.year, 1), last_day.year - in_force_on.year + 2):
        because = _explained(in_force_on, term, policy)
        if because.day == last_day:
            return because
    msg = f"no term of a contract in force since {in_force_on} ends on {last_day}"
    raise ImpossibleHistory(msg)


def first_last_day(state: State, entered: date) -> date:
    """Return the last day of the first term of a contract that comes into force on `entered`."""
    return _last_day(entered, 1, state.offer.policy.leap_day_term_ends_with_month).day


def current_last_day(state: State) -> date:
    """Return the current term's last day as a date."""
    return _last_date(state.entered_on, state.terms, state.offer.policy.leap_day_term_ends_with_month)


@lru_cache(4096)
def _last_date(in_force_on: date, term: int, leap_day_ends_with_month: bool) -> date:  # noqa: FBT001 -- a cache key
    return _last_day(in_force_on, term, leap_day_ends_with_month).day


@lru_cache(4096)
def notice_last_day(last_day: date) -> Because:
    """Return the latest day on which notice is in time for a term that ends on `last_day`.

    A month's delay from that day must not pass the term's last day (art. 16; art. 641 CPC). A closed
    day stays the limit; the advice names the last business day before it.
    """
    because = Because(
        clause="16",
        rule="la résiliation se notifie au moins un mois avant la fin de la période.",
        start_label="dernier jour de la période",
        start=last_day,
    ).a_month_before("dernier jour depuis lequel un mois entier tient avant cette fin")
    limit = because.day
    if closing_reason(limit) is None:
        return because
    before = Because(
        clause="16",
        rule="un jour fermé reste la limite, mais rien ne se poste ce jour-là.",
        start_label="dernier jour pour poster la résiliation",
        start=limit,
    ).last_business_day("dernier jour ouvré qui le précède")
    words = typeset(f"Ce jour n’est pas ouvré : postez au plus tard le {full_date(before.day)}.")
    return replace(because, advice=Advice(words, before))


def notice_end(state: State) -> Because:
    """Return the last instant to serve notice for the current term."""
    because = _notice_end(term_last_day(state).day)
    policy = state.offer.policy
    return because.under(policy.reading("notice_counts_from_posting"))


@lru_cache(4096)
def _notice_end(last_day: date) -> Because:
    return notice_last_day(last_day).end_of_day()


def ends_on(state: State) -> End | None:
    """Return when and why the contract will not be renewed, or None while it will be."""
    ends = [End(change_last_day(one), "refused_change") for one in state.changes if one.refused]
    if state.notice:
        ends.append(End(state.notice.ends, "notice"))
    # Notice comes first where both end the same term: it needs no other reason.
    return min(ends, key=lambda end: (end.last_day, end.reason != "notice"), default=None)


def end_because(state: State, end: End) -> Because:
    """Return why it ends on that day: the last day of this term, or of the next where notice came too late for it."""
    last_day = term_last_day(state)
    return last_day if last_day.day == end.last_day else term_last_day(state, 1)


def change_last_day(change: Change) -> date:
    """Return the last day before a change applies: that of the term at whose end it can be refused."""
    return change.applies_from - timedelta(days=1)


def term_first_day(state: State) -> Because:
    """Return why the current term began on its first day."""
    if state.terms > 1:
        return term_last_day(state, -1).plus_days(1, "le lendemain, premier jour de la période")
    return Because(
        clause="9",
        rule="la première période commence à l’entrée en vigueur.",
        start_label="entrée en vigueur",
        start=state.entered_on,
    )


def term_start(state: State) -> date:
    """Return the first day of the current term."""
    if state.terms == 1:
        return state.entered_on
    leap_day_ends_with_month = state.offer.policy.leap_day_term_ends_with_month
    return _last_date(state.entered_on, state.terms - 1, leap_day_ends_with_month) + timedelta(days=1)
