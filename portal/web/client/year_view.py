"""The chart of the year: what each month costs, settled, due, late, or foreseen as things stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from portal.contract import events as e
from portal.contract.acts import FIRST
from portal.contract.calendar import add_months, month_of, paris_day
from portal.contract.french import count, euros, long_month, of_name, typeset
from portal.contract.preview import Document
from portal.contract.shares import key_of, month_from
from portal.contract.state import Payment
from portal.services.ledgers import Issued, Ledger
from portal.web.components.shapes import Bar, Why, WhyPart
from portal.web.presenting import why_of_addition

_MONTHS = 12
_BEHIND = 8  # months shown before this one, once there are that many
_SHORT = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
_STANDINGS = {"settled": "réglé", "open": "à payer", "late": "en retard", "foreseen": "prévu"}


@dataclass(frozen=True, slots=True)
class YearView:
    """Twelve months; `says` is what the chart shows, in words. No bars where nothing was issued nor is foreseen."""

    title: str = ""
    says: str = ""
    bars: list[Bar] = field(default_factory=list)
    total: str = ""
    why: Why = field(default_factory=Why)


@dataclass(slots=True)
class _Month:
    """What a month's documents come to, in cents including tax."""

    cents: int = 0
    paid_cents: int = 0
    tone: str = ""
    number: str = ""


def year_view(ledger: Ledger) -> YearView:
    """Return the chart of twelve months, from the first one or, later, from eight months ago."""
    if not ledger.issued and not ledger.to_come:
        return YearView()
    months = _months(ledger)
    first = max(min(months), key_of(add_months(month_of(paris_day(ledger.contract.at)), -_BEHIND)))
    shown = [key_of(add_months(month_from(first), ahead)) for ahead in range(_MONTHS)]
    tallest = max((months[key].cents for key in shown if key in months), default=0)
    highest = next((n for n, key in enumerate(shown) if key in months and months[key].cents == tallest), 0)
    foreseen = (n for n, key in enumerate(shown) if key in months and months[key].tone == "foreseen")
    soon = next((n for n in foreseen if months[shown[n]].cents != tallest), highest)
    # Two amounts side by side do not fit a narrow screen.
    named = {highest, soon} if abs(highest - soon) > 1 else {highest}
    bars = [
        _bar(key, months.get(key, _Month()), place, tallest, is_named=place in named)
        for place, key in enumerate(shown)
    ]
    seen = [months[key] for key in shown if key in months]
    return YearView(
        title=typeset(f"{of_name(long_month(shown[0])).capitalize()} à {long_month(shown[-1])}"),
        says=typeset(_sentence(seen, [key for key in shown if key in months and months[key].tone == "late"])),
        bars=bars,
        total=euros(sum(one.cents for one in seen if one.tone != "foreseen")),
        why=replace(
            _months_why({key: months[key] for key in shown if key in months}), also=_invoiced_whys(seen)
        ),
    )


def _months_why(months: Mapping[str, _Month]) -> Why:
    return why_of_addition(
        "10.1",
        "un mois additionne ses factures, TTC, et retranche ses avoirs ; ceux à venir sont calculés par les règles "
        "qui émettront leurs factures.",
        ((long_month(key), one.cents) for key, one in months.items()),
        "avant le premier mois",
    )


def _invoiced_whys(months: Iterable[_Month]) -> list[WhyPart]:
    """Return how what was invoiced is made up: settled, or left to pay; nothing where nothing was."""
    settled, unpaid = _settled_and_unpaid(months)
    if not settled + unpaid:
        return []
    return [
        why_of_addition(
            "10.3",
            "une facture reste due pour ce que ni un règlement ni un avoir n’en a payé.",
            (("réglé ou crédité", settled), ("reste à payer", unpaid)),
            "factures émises, TTC, avoirs déduits",
        )
    ]


def _settled_and_unpaid(months: Iterable[_Month]) -> tuple[int, int]:
    """Return what is settled of what was invoiced, and what is left to pay, in cents."""
    issued = [one for one in months if one.tone != "foreseen"]
    unpaid = max(sum(one.cents - one.paid_cents for one in issued if one.tone in {"open", "late"}), 0)
    return sum(one.cents for one in issued) - unpaid, unpaid


def _months(ledger: Ledger) -> dict[str, _Month]:
    found: dict[str, _Month] = {}
    for one in reversed(ledger.issued):
        month = found.setdefault(_key(ledger, one.document), _Month())
        if one.invoice is None:
            month.cents -= one.document.gross_cents
            month.tone = month.tone or "settled"
        else:
            month.cents += one.document.gross_cents
            month.paid_cents += one.invoice.paid_cents + one.invoice.credited_cents
            month.tone = _worse(month.tone, _tone(ledger, one))
        month.number = month.number or one.document.number
    for document in ledger.to_come:
        sign = 1 if isinstance(document, e.InvoiceIssued) else -1
        month = found.setdefault(_key(ledger, document), _Month(tone="foreseen"))
        month.cents += sign * document.gross_cents
    return found


def _key(ledger: Ledger, document: Document) -> str:
    """Return the month that a document stands in: the first one is that of the entry into force, or of its issue."""
    if document.month != FIRST:
        return document.month
    entered: date = ledger.state.in_force_on or paris_day(document.at)
    return key_of(month_of(entered))


def _tone(ledger: Ledger, one: Issued) -> str:
    if one.invoice is None or one.invoice.payment is Payment.SETTLED:
        return "settled"
    return "late" if one.invoice in ledger.late else "open"


def _worse(one: str, other: str) -> str:
    order = ("", "foreseen", "settled", "open", "late")
    return max(one, other, key=order.index)


def _bar(key: str, month: _Month, place: int, tallest: int, *, is_named: bool) -> Bar:
    number = int(key[5:]) - 1
    is_empty = not month.tone
    return Bar(
        key=key,
        month=long_month(key),
        short=_SHORT[number],
        initial=_SHORT[number][0].upper(),
        value="" if is_empty else euros(month.cents),
        standing=_STANDINGS.get(month.tone, ""),
        tone=month.tone or "none",
        x=round((place + 0.5) / _MONTHS * 100, 3),
        height=round(max(month.cents, 0) / tallest * 100, 2) if tallest > 0 else 0,
        is_named=is_named,
        href=f"/espace/facture?numero={month.number}" if month.number else "",
    )


def _sentence(months: Iterable[_Month], late: list[str]) -> str:
    """Return what the chart shows: what was invoiced, what of it is settled, what is late, what is foreseen."""
    known = list(months)
    issued = [one for one in known if one.tone != "foreseen"]
    foreseen = [one for one in known if one.tone == "foreseen"]
    said = []
    if issued:
        settled, unpaid = _settled_and_unpaid(issued)
        rest = (
            f"{euros(settled)} sont réglés, {euros(unpaid)} restent à payer" if unpaid else "tout est réglé"
        )
        said.append(
            f"{euros(settled + unpaid)} TTC facturés pour {count(len(issued), 'mois', 'mois')} : {rest}."
        )
    if late:
        names = " et ".join(long_month(key) for key in late)
        said.append(f"En retard : {names}.")
    if len(foreseen) == 1:
        said.append(f"Le mois suivant est prévu à {euros(foreseen[0].cents)}, si rien ne change.")
    elif foreseen:
        amounts = dict.fromkeys(one.cents for one in foreseen)
        each = (
            f"{euros(foreseen[0].cents)} chacun" if len(amounts) == 1 else ", puis ".join(map(euros, amounts))
        )
        said.append(f"Les {len(foreseen)} mois suivants sont prévus à {each}, si rien ne change.")
    return " ".join(said)
