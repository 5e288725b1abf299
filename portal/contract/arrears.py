"""Late payment (CGV art. 10.3, 10.4 and 16): default, suspension, penalties, indemnity, termination."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache

from portal.contract.amounts import owed_total, percent
from portal.contract.because import Because
from portal.contract.calendar import add_months, paris_day
from portal.contract.french import long_date
from portal.contract.reckoning import Reckoning
from portal.contract.refusal import Refusal
from portal.contract.state import Invoice, Payment, Relationship, Service, State

SUSPENSION_BUSINESS_DAYS = 10
TERMINATION_DAYS = 15
INDEMNITY_CENTS = 4000
PENALTY_POINTS_HUNDREDTHS = 1000

_HALF = 7  # July begins the second half-year
_HUNDREDTHS = 10_000
_MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Due:
    """What one invoice owes at a given day: of itself, in penalties and in indemnity, in cents."""

    invoice: Invoice
    invoice_cents: int
    penalties: Reckoning
    penalties_cents: int
    indemnity_cents: int

    @property
    def total(self) -> Reckoning:
        return owed_total(self.invoice_cents, self.penalties_cents, self.indemnity_cents)

    @property
    def total_cents(self) -> int:
        return self.total.cents


# --- the calendar of a default -----------------------------------------------------------------------


@lru_cache(4096)
def default_mail(due: date, hour: int) -> Because:
    """Return the instant at which a default is recorded and mailed: the business day after the due day."""
    return (
        Because(
            clause="10.3",
            rule="une facture qui n’est pas réglée à la fin de son échéance est en défaut, et nous vous l’écrivons.",
            start_label="échéance de la facture",
            start=due,
        )
        .plus_business_days(1, "premier jour ouvré après")
        .at_hour(hour)
    )


@lru_cache(4096)
def suspension(mailed: date, hour: int) -> Because:
    """Return the instant of suspension: the 10th business day after the day of the mail."""
    return (
        Because(
            clause="10.3",
            rule="le compte est suspendu le 10e jour ouvré après le jour où le défaut vous est écrit.",
            start_label="jour de l’e-mail",
            start=mailed,
        )
        .plus_business_days(SUSPENSION_BUSINESS_DAYS, "dix jours ouvrés après, sans compter ce jour")
        .at_hour(hour)
    )


def suspension_of(state: State, invoice: Invoice, mailed: date) -> Because:
    """Return the suspension that a default mailed on that day leads to, under the contract's readings."""
    policy = state.offer.policy
    counted_from = mailed if policy.suspension_follows_mail else invoice.clock
    because = suspension(counted_from, policy.suspension_hour)
    return because.under(policy.reading("suspension_follows_mail"), policy.reading("suspension_hour"))


@dataclass(frozen=True, slots=True)
class Threat:
    """A suspension that has been announced, of the invoice that leads to it."""

    at: datetime
    because: Because


def next_suspension(state: State) -> Threat | None:
    """Return the suspension that comes first, with its reason; None if none threatens."""
    if state.relationship is not Relationship.ACTIVE or state.service is not Service.OPEN:
        return None
    found = [
        (one.suspension_at, one, one.mailed_at)
        for one in state.invoices
        if one.suspension_at and one.mailed_at and _threatens(state, one)
    ]
    if not found:
        return None
    at, invoice, mailed_at = min(found, key=lambda one: one[0])
    return Threat(at, suspension_of(state, invoice, paris_day(mailed_at)))


def _threatens(state: State, invoice: Invoice) -> bool:
    """Tell whether an invoice leads to a suspension: unpaid, or, if so read, paid without what its delay cost."""
    if invoice.payment is Payment.SETTLED:
        owes_for_delay = invoice.indemnity_paid_cents < INDEMNITY_CENTS
        return state.offer.policy.penalties_alone_suspend and owes_for_delay
    return invoice.payment is Payment.IN_DEFAULT


def termination_opens(state: State, invoice: Invoice) -> Because | None:
    """Return from when staff may terminate for this invoice; None while the suspension is held.

    The 16th day after the due day, and never before the day after the actual suspension.
    """
    policy = state.offer.policy
    because = Because(
        clause="16",
        rule="la résiliation pour impayé est possible quinze jours entiers après l’échéance, et après la suspension.",
        start_label="échéance de la facture",
        start=invoice.clock,
    ).plus_days(TERMINATION_DAYS + 1, "seizième jour après")
    if not policy.termination_follows_suspension:
        return because.start_of_day()
    suspended_at = state.suspended_at or invoice.suspension_at
    if suspended_at is None:
        return None
    following = paris_day(suspended_at) + timedelta(days=1)
    return (
        because.or_later(following, "lendemain de la suspension")
        .start_of_day()
        .under(policy.reading("termination_follows_suspension"))
    )


# --- what is due ---------------------------------------------------------------------------------------


def penalties(state: State, invoice: Invoice, day: date) -> Reckoning:
    """Return the penalties of an invoice up to `day`: each month begun counts whole (art. 10.4).

    Raises `Refusal` `legal_rate_missing` where the legal rate of a half-year is not known.
    """
    policy = state.offer.policy
    amount = Reckoning(
        clause="10.4",
        rule="chaque mois commencé après l’échéance porte intérêt sur le montant hors taxes impayé, au taux légal "
        "majoré de dix points.",
        start_label="avant toute pénalité",
        start=Fraction(0),
    )
    for start, unpaid in _months_begun(invoice, day):
        rate = penalty_rate(state, start)
        text = f"mois commencé le {long_date(start)}, taux annuel de {percent(rate)}, pour un douzième"
        amount = amount.plus(unpaid * rate / (_HUNDREDTHS * _MONTHS_A_YEAR), text)
    return amount.rounded().under(policy.reading("legal_rate_floor"))


def penalty_rate(state: State, day: date) -> int:
    """Return the yearly rate of penalties on `day`, in hundredths of a percent."""
    half = f"{day.year}-{1 if day.month < _HALF else 2}"
    legal = state.offer.legal_rates.get(half)
    if legal is None:
        name = "premier" if half.endswith("1") else "second"
        raise Refusal(
            "legal_rate_missing",
            clause="10.4",
            message=(
                f"Le taux d’intérêt légal du {name} semestre {day.year} n’est pas encore enregistré : les pénalités "
                "ne peuvent pas être calculées. Nous complétons ce taux, puis vous indiquons la somme exacte."
            ),
        )
    return max(legal + PENALTY_POINTS_HUNDREDTHS, state.offer.policy.legal_rate_floor * legal)


def dues(state: State, at: datetime) -> tuple[Due, ...]:
    """Return what each invoice that owes something owes at `at`, oldest first; not those due later.

    Raises `Refusal` `legal_rate_missing` where penalties cannot be computed.
    """
    this_day = paris_day(at)
    indemnified = _indemnities(state, this_day)
    found = []
    for invoice, unpaid_cents, indemnity in zip(state.invoices, unpaid(state, at), indemnified, strict=True):
        if not unpaid_cents and next(_months_begun(invoice, this_day), None) is None:
            continue
        reckoned = penalties(state, invoice, this_day)
        due = Due(
            invoice=invoice,
            invoice_cents=unpaid_cents,
            penalties=reckoned,
            penalties_cents=max(reckoned.cents - invoice.penalties_paid_cents, 0),
            indemnity_cents=indemnity,
        )
        if due.total_cents:
            found.append(due)
    return tuple(found)


def dues_hold(state: State, at: datetime) -> Because | None:
    """Return the last day on which what is due at `at` stays the same sum, if nothing is paid; None if for good.

    It changes on the day another invoice falls due, and with each month begun of one that is late. Invoices
    that are not issued yet are not counted.
    """
    this_day = paris_day(at)
    holds = [
        _holds_until(one, this_day)
        for one in state.invoices
        if one.unpaid_cents and (one.spells or one.due > this_day)
    ]
    return min(holds, key=lambda because: because.day, default=None)


def _holds_until(invoice: Invoice, this_day: date) -> Because:
    if invoice.clock > this_day:
        return falls_due(invoice.number, invoice.clock)
    anchor = invoice.clock + timedelta(days=1)
    months = next(count for count in itertools.count() if add_months(anchor, count) > this_day)
    return (
        Because(
            clause="10.4",
            rule="chaque mois commencé après l’échéance ajoute une pénalité : la somme change avec lui.",
            start_label="lendemain de l’échéance",
            start=anchor,
        )
        .plus_months(months, "un nouveau mois de retard commence")
        .plus_days(-1, "la veille de ce jour")
    )


def falls_due(number: str, due: date) -> Because:
    """Return the last day before another invoice adds to what is due; `number` is "" where it has none yet."""
    named = f"échéance de la facture {number}" if number else "échéance de la prochaine facture"
    return Because(
        clause="10.3",
        rule="une autre facture s’ajoute à la somme le jour de son échéance.",
        start_label=named,
        start=due,
    ).plus_days(-1, "la veille de ce jour")


def unpaid(state: State, at: datetime) -> tuple[int, ...]:
    """Return what is unpaid and due of each invoice at `at`, including tax: nothing of one due later."""
    this_day = paris_day(at)
    return tuple(one.unpaid_cents if one.clock <= this_day else 0 for one in state.invoices)


def indemnities(state: State, at: datetime) -> int:
    """Return the recovery indemnities that are owed at `at` (art. 10.4), whatever the penalties."""
    return sum(_indemnities(state, paris_day(at)))


def _indemnities(state: State, this_day: date) -> list[int]:
    """Return what each invoice still owes in indemnity: 40 € once it has been late, less what was paid of it."""
    owed = []
    is_first = True
    for invoice in state.invoices:
        late = next(_months_begun(invoice, this_day), None) is not None
        counts = late and (is_first or state.offer.policy.indemnity_per_invoice)
        is_first = is_first and not late
        owed.append(max((INDEMNITY_CENTS if counts else 0) - invoice.indemnity_paid_cents, 0))
    return owed


def is_cleared(state: State, at: datetime) -> bool:
    """Tell whether nothing that is late, nor what its delay cost, is left to pay."""
    this_day = paris_day(at)
    try:
        return not any(
            (due.invoice_cents and due.invoice.clock < this_day) or due.penalties_cents or due.indemnity_cents
            for due in dues(state, at)
        )
    except Refusal:  # a missing legal rate: what is owed cannot be told, so nothing tells that it is paid
        return False


def in_arrears(state: State, at: datetime) -> bool:
    """Tell whether something is late or in default, or what a delay cost is unpaid; not before the entry into force.

    What the bank took back today is in default, and late from tomorrow on.
    """
    in_default = any(one.payment is Payment.IN_DEFAULT for one in state.invoices)
    return state.in_force_on is not None and (in_default or not is_cleared(state, at))


def is_overdue(invoice: Invoice, at: datetime) -> bool:
    """Tell whether an invoice is unpaid after the end of its due day."""
    return bool(invoice.spells and invoice.payment is not Payment.SETTLED and paris_day(at) > invoice.clock)


def _months_begun(invoice: Invoice, day: date) -> Iterator[tuple[date, Fraction]]:
    """Yield each month begun while late: its first day, and the HT amount that was unpaid as it began."""
    for spell in invoice.spells:
        last = min(spell.until or day, day)
        anchor = spell.after + timedelta(days=1)
        count = 0
        while (start := add_months(anchor, count)) <= last:
            unpaid = next(cents for on, cents in reversed(invoice.balances) if on < start)
            # An invoice of nothing was settled as it was issued: it is never late.
            yield start, Fraction(unpaid * invoice.net_cents, invoice.gross_cents)
            count += 1
