"""A year of a contract with a change and without it, invoice by invoice, by the rules that will issue them (art. 10.1, 17)."""

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace as replace_slots
from datetime import date, datetime, timedelta
from fractions import Fraction

from portal.contract import events as e
from portal.contract.amounts import gross_total, net_total, vat
from portal.contract.billing import price_of
from portal.contract.calendar import add_months, month_of, start_of_day
from portal.contract.deadlines import next_due
from portal.contract.evolve import history
from portal.contract.lines import line, month_name
from portal.contract.preview import Document
from portal.contract.reckoning import Reckoning
from portal.contract.replacing import replace
from portal.contract.shares import key_of
from portal.contract.state import Change, State
from portal.contract.term import MONTHS_PER_TERM

# The invoice of a month is issued in the month before it, and never later than on its first day.
_AFTER = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class MonthPair:
    """What a month is invoiced, including VAT, without the change and with it, each with its sum."""

    month: str
    before: Reckoning
    after: Reckoning

    @property
    def difference(self) -> Reckoning:
        return Reckoning(
            clause="10.1",
            rule="le nouveau prix s’applique aux mois qui commencent après le renouvellement.",
            start_label="avec le changement, TTC",
            start=self.after.value,
        ).plus(-self.before.value, "moins ce que coûterait ce mois sans lui")


@dataclass(frozen=True, slots=True)
class YearPair:
    """The twelve months that follow a change, without it and with it; the price per user and month of each."""

    months: tuple[MonthPair, ...]
    price_before: Reckoning
    price_after: Reckoning

    @property
    def before(self) -> Reckoning:
        return _sum_of(((one.month, one.before) for one in self.months), "sans le changement")

    @property
    def after(self) -> Reckoning:
        return _sum_of(((one.month, one.after) for one in self.months), "avec le changement")

    @property
    def difference(self) -> Reckoning:
        return _sum_of(((one.month, one.difference) for one in self.months), "la différence")


def year_of_change(state: State, change: Change, at: datetime, issued: Iterable[Document] = ()) -> YearPair:
    """Return the year that follows a change, as if the contract were renewed and nobody acted any more.

    Its months are those that begin after the renewal: the first is the first that the new price may touch. That one
    may be among those `issued` already, at the new price: without the change it would have had the old one.
    """
    first = first_month(change.applies_from)
    months = tuple(key_of(add_months(first, ahead)) for ahead in range(MONTHS_PER_TERM))
    without = _renewed_for_sure(state, [one for one in state.changes if one != change])
    having = _renewed_for_sure(state, [one for one in state.changes if one != change] + [change])
    end = start_of_day(add_months(first, MONTHS_PER_TERM)) + _AFTER
    before, after = documents_by_month(without, at, end), documents_by_month(having, at, end)
    price_before, price_after = price_of(without, first), price_of(having, first)
    for one in issued:
        if one.month in months:
            after.setdefault(one.month, []).insert(0, one)
            before.setdefault(one.month, []).insert(0, _at_price(one, price_before))
    return YearPair(
        months=tuple(
            MonthPair(one, gross_of(before.get(one, [])), gross_of(after.get(one, []))) for one in months
        ),
        price_before=_price(price_before, "prix de la période en cours"),
        price_after=_price(price_after, "prix annoncé"),
    )


def first_month(applies_from: date) -> date:
    """Return the first day of the first whole month of a term that begins on a day."""
    month = month_of(applies_from)
    return month if month == applies_from else add_months(month, 1)


def documents_by_month(state: State, at: datetime, end: datetime) -> dict[str, list[Document]]:
    """Return what was issued, and what will be up to `end` with no further act, by the month it charges."""
    found: dict[str, list[Document]] = {}
    for event in documents_until(state, at, end):
        found.setdefault(event.month, []).append(event)
    return found


def documents_until(state: State, at: datetime, end: datetime) -> list[Document]:
    """Return the invoices and credit notes that will be issued from `at` to `end` with no further act.

    That nobody pays them meanwhile changes nothing: a suspended contract goes on, and so do its invoices.
    """
    found: list[Document] = []
    while (due := next_due(state)) and due.at <= end and not due.irreversible:
        events = due.events
        state = history(state, events)
        found.extend(one for one in events if isinstance(one, Document) and one.at >= at)
    return found


def gross_of(documents: Iterable[Document]) -> Reckoning:
    """Return what documents come to including VAT, from their lines on: a credit note counts against the rest."""
    given = list(documents)
    if not given:
        return Reckoning(
            clause="10.1",
            rule="rien n’est facturé pour ce mois.",
            start_label="aucune facture",
            start=Fraction(0),
        )
    first, *others = given
    amount = net_total(first.lines).plus(Fraction(first.vat_cents), "plus la TVA")
    if isinstance(first, e.CreditNoteIssued):
        amount = amount.times(-1, "rendus par un avoir")
    for one in others:
        sign = -1 if isinstance(one, e.CreditNoteIssued) else 1
        gross = gross_total(one.net_cents, one.vat_cents)
        amount = amount.plus(sign * gross.value, "avec la pièce qui la complète, TTC")
    return amount


def _at_price(document: Document, unit_cents: int) -> Document:
    """Return a document as it would be, were the users of its own month charged another price."""
    lines = tuple(
        line(
            one.kind,
            one.month,
            one.quantity,
            unit_cents,
            label=one.label,
            share=one.share,
            persons=one.persons,
        )
        if one.kind == "subscription" and one.month == document.month
        else one
        for one in document.lines
    )
    net_cents = net_total(lines).cents
    vat_cents = vat(net_cents, document.vat_hundredths).cents
    return replace_slots(
        document,
        lines=lines,
        net_cents=net_cents,
        vat_cents=vat_cents,
        gross_cents=gross_total(net_cents, vat_cents).cents,
    )


def _renewed_for_sure(state: State, changes: Iterable[Change]) -> State:
    """Return the contract as if nothing kept it from being renewed: no notice, no refusal."""
    return replace(state, notice=None, changes=tuple(replace(one, refused=False) for one in changes))


def _price(cents: int, what: str) -> Reckoning:
    return Reckoning(
        clause="10.1",
        rule="le prix par utilisateur et par mois, hors taxes, ne change qu’à un renouvellement.",
        start_label=what,
        start=Fraction(cents),
    )


def _sum_of(months: Iterable[tuple[str, Reckoning]], what: str) -> Reckoning:
    amount = Reckoning(
        clause="10.1",
        rule=f"le total de l’année est la somme de ses douze mois, {what}.",
        start_label="avant le premier mois",
        start=Fraction(0),
    )
    for month, one in months:
        amount = amount.plus(one.value, month_name(month))
    return amount
