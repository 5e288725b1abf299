"""When invoices are issued, due and collected (CGV art. 10.2 and 10.3).

The invoice issued in a month charges the month after it: due at the end of the month of its issue,
collected on that month's last banking day.
"""

from datetime import date, datetime
from functools import lru_cache

from portal.contract.acts import FIRST
from portal.contract.because import Because
from portal.contract.calendar import (
    Closing,
    add_months,
    add_open_days,
    last_open_day,
    month_of,
    paris_day,
)
from portal.contract.policy import Policy
from portal.contract.shares import month_from
from portal.contract.state import State
from portal.contract.subscription import FIRST_NOTICE_BUSINESS_DAYS, first_due_day
from portal.contract.term import ends_on

# An ordinary collection is announced these business days ahead, at least (art. 10.3).
NOTICE_BUSINESS_DAYS = 2


@lru_cache(4096)
def regular_issue(month: date, day: int, hour: int) -> Because:
    """Return the instant at which the invoices of a civil month are issued; `month` is its first day."""
    return (
        Because(
            clause="10.3",
            rule=f"la facture du mois suivant est émise le {day} du mois, ou le dernier jour ouvré avant.",
            start_label=f"le {day} du mois",
            start=month.replace(day=day),
        )
        .last_business_day("ce jour, ou le dernier jour ouvré avant lui")
        .at_hour(hour)
    )


@lru_cache(4096)
def due_day(issued: date) -> Because:
    """Return the day on which an invoice is due: the last day of the month of its issue."""
    return Because(
        clause="10.3",
        rule="une facture est payable au plus tard le dernier jour du mois de son émission.",
        start_label="émission de la facture",
        start=issued,
    ).month_end("dernier jour de ce mois")


@lru_cache(4096)
def collection_day(due: date) -> Because:
    """Return the day on which an invoice due on that day is collected: the month's last banking day."""
    return Because(
        clause="10.2",
        rule="la facture est prélevée le dernier jour bancaire du mois.",
        start_label="échéance de la facture",
        start=due,
    ).last_banking_day("ce jour, ou le dernier jour bancaire avant lui")


def next_month(state: State) -> date | None:
    """Return the first day of the month that the next monthly invoice charges; None where none comes."""
    if state.in_force_on is None or state.ended_on is not None:
        return None
    # Months are invoiced in order: the last one is the latest.
    last = state.billed[-1].month
    month = add_months(month_of(state.in_force_on) if last == FIRST else month_from(last), 1)
    end = ends_on(state)
    return None if end and month > end.last_day else month


def next_issue(state: State) -> Because | None:
    """Return the instant at which the next monthly invoice is issued by the calendar, or None.

    After an entry into force too late in its month, that is the 1st of the month charged.
    """
    month = next_month(state)
    if month is None:
        return None
    policy = state.offer.policy
    regular = regular_issue(add_months(month, -1), policy.issue_day, policy.issue_hour)
    if state.carried_over or state.in_force_at is None or state.in_force_at < regular.instant:
        return regular
    return _issued_on_the_first(month, policy.issue_hour)


@lru_cache(4096)
def _issued_on_the_first(month: date, hour: int) -> Because:
    return Because(
        clause="10.3",
        rule="quand le contrat entre en vigueur trop tard dans le mois, la première facture mensuelle est émise le "
        "1er du mois suivant.",
        start_label="premier jour du mois suivant",
        start=month,
    ).at_hour(hour)


def is_issued_at_entry(policy: Policy, entered_at: datetime) -> bool:
    """Tell whether the first monthly invoice is issued with the entry into force itself.

    So where the month's own issue has passed, and the notice before the first collection can still be met.
    """
    entered = paris_day(entered_at)
    if entered_at < regular_issue(month_of(entered), policy.issue_day, policy.issue_hour).instant:
        return False
    collected = collection_day(due_day(entered).day).day
    return add_open_days(entered, FIRST_NOTICE_BUSINESS_DAYS) <= collected


def payable_on(issued: date) -> date:
    """Return the due day of an invoice: this month's end, or the next's where no notice is left before it."""
    return _payable(issued).day


@lru_cache(4096)
def _payable(issued: date) -> Because:
    this_month = due_day(issued)
    if add_open_days(issued, NOTICE_BUSINESS_DAYS) <= last_open_day(this_month.day, Closing.BANKING):
        return this_month
    return this_month.plus_days(1, "le préavis de 2 jours ouvrés n’y tient plus : le mois suivant").month_end(
        "dernier jour de ce mois"
    )


def payable(month: str, issued: date) -> Because:
    """Return why the invoice of `month`, issued on that day, is due when it is."""
    return first_due_day(issued) if month == FIRST else _payable(issued)


def collected(month: str, issued: date) -> Because:
    """Return why the invoice of `month`, issued on that day, is collected when it is."""
    return first_due_day(issued) if month == FIRST else collection_day(_payable(issued).day)
