"""Changes of price and of terms (CGV art. 10.1 and 17): from when they apply, until when they can be refused."""

from datetime import datetime

from portal.contract.acts import What
from portal.contract.because import Because
from portal.contract.calendar import paris_day
from portal.contract.state import Change, State
from portal.contract.term import change_last_day, notice_end, term_last_day


def applies_from(state: State, announced_at: datetime) -> Because:
    """Return the first day on which a change announced then applies to a contract in force.

    At the renewal, if it is announced by the end of the last day for notice; else at the one after.
    """
    policy = state.offer.policy
    waits = policy.late_change_waits_a_term and announced_at >= notice_end(state).instant
    last_day = term_last_day(state, 1 if waits else 0)
    because = Because(
        clause="17",
        rule="un changement annoncé à temps s’applique au renouvellement du contrat, sinon au suivant.",
        start_label="dernier jour de la période pendant laquelle il est annoncé à temps",
        start=last_day.day,
    ).plus_days(1, "premier jour de la période suivante")
    return because.under(policy.reading("late_change_waits_a_term"))


def refusal_end(change: Change) -> Because:
    """Return the last instant to refuse a change, or to take its refusal back."""
    return Because(
        clause="17",
        rule="un changement peut être refusé jusqu’à la fin de la période en cours : le contrat n’est alors pas "
        "renouvelé.",
        start_label="dernier jour avant le changement",
        start=change_last_day(change),
    ).end_of_day()


def pending(state: State, what: What, at: datetime) -> Change | None:
    """Return the change of that kind that comes next after `at`, or None."""
    on = paris_day(at)
    coming = (one for one in state.changes if one.what == what and one.applies_from > on)
    return min(coming, key=lambda change: change.applies_from, default=None)
