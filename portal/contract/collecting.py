"""Collecting an invoice (CGV art. 10.2, 10.3): how long a mandate is good, and when a collection may be asked for.

The day of a collection is the invoice's own (`issue`, `subscription`). It is given to the bank some banking
days before, once the client has had the notice.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from portal.contract.because import Because
from portal.contract.calendar import Closing, add_open_days, last_day_of_month
from portal.contract.issue import NOTICE_BUSINESS_DAYS, collection_day
from portal.contract.subscription import FIRST_NOTICE_BUSINESS_DAYS

MANDATE_MONTHS = 36


@dataclass(frozen=True, slots=True)
class MandateUse:
    """A mandate as collections see it: signed when, and for which day it was last presented, if ever."""

    signed_on: date
    last_presented_on: date | None = None


def mandate_lapse(mandate: MandateUse) -> Because:
    """Return the last day on which a mandate may be collected under: 36 months after the last time, even a failed one."""
    start = mandate.last_presented_on
    return Because(
        clause="10.2",
        rule="un mandat de prélèvement SEPA est caduc après 36 mois sans prélèvement ; il en faut alors un nouveau.",
        start_label="dernier prélèvement présenté" if start else "signature du mandat",
        start=start or mandate.signed_on,
    ).plus_months(MANDATE_MONTHS, "trente-six mois après, dernier jour compris")


@lru_cache(4096)
def notice_reached(told_on: date, *, is_first: bool) -> Because:
    """Return the first day on which what was announced on `told_on` may be collected.

    5 business days before the first collection of a contract, 2 before the others (art. 10.3).
    """
    days = FIRST_NOTICE_BUSINESS_DAYS if is_first else NOTICE_BUSINESS_DAYS
    return Because(
        clause="10.3",
        rule="un prélèvement vous est annoncé au moins 5 jours ouvrés avant le premier, 2 avant les suivants.",
        start_label="envoi de la facture",
        start=told_on,
    ).plus_business_days(days, f"{days} jours ouvrés après")


def handed_over_from(collected_on: date, banking_days: int) -> date:
    """Return the day from which the bank is given a collection: so many banking days before it."""
    return add_open_days(collected_on, -banking_days, Closing.BANKING)


def presented_again(announced_on: date, banking_days: int) -> Because:
    """Return the first day on which a collection that came back may be presented again.

    Announced as every collection is, and handed over as long before as the bank wants.
    """
    return (
        Because(
            clause="10.3",
            rule="un prélèvement rejeté peut être présenté de nouveau, annoncé comme les autres 2 jours ouvrés avant.",
            start_label="annonce de la nouvelle présentation",
            start=announced_on,
        )
        .plus_business_days(NOTICE_BUSINESS_DAYS, f"{NOTICE_BUSINESS_DAYS} jours ouvrés après")
        .or_later(
            add_open_days(announced_on, banking_days, Closing.BANKING),
            "le temps que la banque demande pour le recevoir",
        )
        .first_day_open_to_both("premier jour à la fois ouvré et bancaire")
    )


def collected_on(day: date) -> Because:
    """Return why collections are asked for on a day: the last banking day of its month, or another that staff chose."""
    regular = collection_day(last_day_of_month(day))
    if regular.day == day:
        return regular
    return Because(
        clause="10.3",
        rule="un prélèvement revenu impayé peut être présenté de nouveau, un jour annoncé au moins 2 jours ouvrés avant.",
        start_label="jour choisi pour la nouvelle présentation",
        start=day,
    )
