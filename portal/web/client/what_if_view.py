"""What an imagined act would change, ready to be drawn: two lines of time, what moves between them, the invoices."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction

from portal.contract import events as e
from portal.contract.acts import FIRST
from portal.contract.amounts import document_total, net_total
from portal.contract.calendar import PARIS
from portal.contract.explanations import Moment, Tense
from portal.contract.foresight import Course, WhatIf
from portal.contract.french import count, euros, typeset
from portal.contract.lines import month_name
from portal.contract.preview import Document
from portal.contract.reckoning import Reckoning
from portal.web.client.effect_view import signed
from portal.web.client.what_if_form import Wish
from portal.web.components.shapes import Figure, Mark, Why
from portal.web.components.timeline_layout import with_lanes
from portal.web.presenting import (
    short_name,
    short_when,
    when,
    why_of,
    why_of_addition,
    why_of_amount,
    why_of_told,
)

_Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Move:
    """A date of either line: where it is as things stand, where it would be, and what happens to it."""

    key: str = ""
    title: str = ""
    # Of the day that the title names, where it names one.
    title_why: Why = field(default_factory=Why)
    before: str = ""
    before_why: Why = field(default_factory=Why)
    after: str = ""
    after_why: Why = field(default_factory=Why)
    what: str = ""
    tone: str = "quiet"


@dataclass(frozen=True, slots=True)
class InvoiceMove:
    """What a month is charged as things stand, and what it would be, including tax."""

    month: str = ""
    before: str = ""
    before_why: Why = field(default_factory=Why)
    after: str = ""
    after_why: Why = field(default_factory=Why)
    difference: str = ""


@dataclass(frozen=True, slots=True)
class WhatIfView:
    """Everything shown of what is imagined; `title` is "" where nothing is."""

    title: str = ""
    refusal: str = ""
    refusal_why: Why = field(default_factory=Why)
    opens: Figure = field(default_factory=Figure)
    sentence: str = ""
    total_why: Why = field(default_factory=Why)
    before_marks: list[Mark] = field(default_factory=list)
    after_marks: list[Mark] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    invoices: list[InvoiceMove] = field(default_factory=list)
    costs: Figure = field(default_factory=Figure)


def what_if_view(imagined: WhatIf, wish: Wish, now: datetime) -> WhatIfView:
    """Return what is imagined beside what is; a refusal says when it would not be one, where that can be told."""
    if imagined.refusal:
        opens = imagined.opens
        return WhatIfView(
            title=wish.said,
            refusal=typeset(imagined.refusal.message),
            refusal_why=why_of_told(imagined.refusal.reasons),
            opens=Figure("Ce sera possible à partir de", when(opens.at), opens.title, why_of(opens.because))
            if opens
            else Figure(),
        )
    moves = list(_moves(imagined))
    invoices = list(_invoices(imagined))
    last = max([now, imagined.at, *(one.at for one in _both(imagined))])
    span = last - now or timedelta(days=1)
    tones = {one.key: one.tone for one in moves}
    return WhatIfView(
        title=wish.said,
        sentence=typeset(_sentence(imagined, moves, invoices)),
        total_why=_total_why(imagined),
        before_marks=_marks(imagined.as_is, None, tones, now, span),
        after_marks=_marks(imagined.imagined, wish, tones, now, span),
        moves=moves,
        invoices=invoices,
        costs=_costs(imagined.imagined),
    )


def _both(imagined: WhatIf) -> Iterator[Moment]:
    yield from imagined.as_is.moments
    yield from imagined.imagined.moments


def _keyed(course: Course) -> dict[_Key, Moment]:
    """Name each moment by what it is and how many of it came before: so the two lines are told apart."""
    seen: Counter[str] = Counter()
    found: dict[_Key, Moment] = {}
    for moment in course.moments:
        kind = moment.name.rpartition("-")[0]
        seen[kind] += 1
        found[kind, seen[kind]] = moment
    return found


def _mark_key(key: _Key) -> str:
    return f"et-si-{key[0]}-{key[1]}"


def _moves(imagined: WhatIf) -> Iterator[Move]:
    before, after = _keyed(imagined.as_is), _keyed(imagined.imagined)
    keys = sorted({**before, **after}, key=lambda key: (before.get(key) or after[key]).at)
    for key in keys:
        was, will = before.get(key), after.get(key)
        what, tone = _what(was, will)
        yield Move(
            key=_mark_key(key),
            title=(will or was or before[key]).title,
            title_why=why_of_told((will or before[key]).told),
            before=when(was.at) if was else "",
            before_why=why_of(was.because) if was else Why(),
            after=when(will.at) if will else "",
            after_why=why_of(will.because) if will else Why(),
            what=what,
            tone=tone,
        )


def _what(was: Moment | None, will: Moment | None) -> tuple[str, str]:
    if was is None:
        return "nouveau", "soon"
    if will is None:
        return "n’a plus lieu", "over"
    if was.at == will.at:
        return "inchangé", "quiet"
    return ("plus tôt", "soon") if will.at < was.at else ("plus tard", "soon")


def _marks(
    course: Course, wish: Wish | None, tones: dict[str, str], now: datetime, span: timedelta
) -> list[Mark]:
    """Return the marks of one line, over the same time as the other; what moves has a form of its own."""
    marks = [
        replace(
            _mark("today", "Aujourd’hui", now, now, span),
            tone="today",
            short="Aujourd’hui",
            key="et-si-aujourd-hui",
        )
    ]
    if wish is not None and wish.at > now:
        marks.append(
            replace(_mark("et-si-acte", wish.said, wish.at, now, span), tone="handle", short="Ce jour-là")
        )
    for key, moment in _keyed(course).items():
        name = _mark_key(key)
        tone = {"soon": "moved", "over": "gone"}.get(
            tones[name], "handle" if moment.tense is Tense.LAST_CHANCE else "future"
        )
        drawn = _mark(name, moment.title, moment.at, now, span)
        marks.append(replace(drawn, tone=tone, short=short_name(moment)))
    return with_lanes(marks)


def _mark(key: str, title: str, at: datetime, now: datetime, span: timedelta) -> Mark:
    return Mark(
        key=key,
        title=title,
        when_text=when(at),
        when_iso=at.astimezone(PARIS).isoformat(),
        short_date=short_when(at),
        x=round((at - now) / span * 100, 2),
    )


def _invoices(imagined: WhatIf) -> Iterator[InvoiceMove]:
    before, after = _by_month(imagined.as_is.documents), _by_month(imagined.imagined.documents)
    for month in sorted({**before, **after}):
        was, will = before.get(month), after.get(month)
        difference = (will.cents if will else 0) - (was.cents if was else 0)
        yield InvoiceMove(
            month=month_name(month),
            before=euros(was.cents) if was else "aucune",
            before_why=why_of_amount(was) if was else Why(),
            after=euros(will.cents) if will else "aucune",
            after_why=why_of_amount(will) if will else Why(),
            difference=signed(difference) if difference else "",
        )


def _by_month(documents: Iterable[Document]) -> dict[str, Reckoning]:
    """Return what each month is charged including tax, down to its lines; two documents of a month are one sum."""
    found: dict[str, Reckoning] = {}
    for one in documents:
        if one.month == FIRST:
            continue
        amount = found.get(one.month)
        is_credit = isinstance(one, e.CreditNoteIssued)
        if amount is None and not is_credit:
            found[one.month] = document_total(one.lines, one.vat_cents)
        else:
            sign = -1 if is_credit else 1
            start = amount or net_total(())
            found[one.month] = start.plus(
                Fraction(sign * one.gross_cents),
                "moins l’avoir" if is_credit else "plus la dernière facture, TTC",
            )
    return found


def _sentence(imagined: WhatIf, moves: list[Move], invoices: list[InvoiceMove]) -> str:
    dates = sum(one.tone != "quiet" for one in moves)
    changed = sum(one.difference != "" for one in invoices)
    total = _total(imagined.imagined) - _total(imagined.as_is)
    said = [
        f"{count(dates, 'date change', 'dates changent')}" if dates else "Aucune date ne change",
        f"{count(changed, 'facture change', 'factures changent')}, {signed(total)} TTC en tout"
        if changed
        else "vos factures ne changent pas",
    ]
    text = f"{' et '.join(said)}. Rien n’est fait : ceci se calcule, et s’oublie."
    return text[0].upper() + text[1:]


def _total_why(imagined: WhatIf) -> Why:
    """Return how the differences of the invoices add up; nothing where there is none."""
    before, after = _by_month(imagined.as_is.documents), _by_month(imagined.imagined.documents)
    differences = (
        (
            month_name(month),
            (after[month].cents if month in after else 0) - (before[month].cents if month in before else 0),
        )
        for month in sorted({**before, **after})
    )
    return why_of_addition(
        "10.1",
        "chaque facture telle qu’elle serait, moins ce qu’elle est sans cet acte, TTC.",
        [(month, cents) for month, cents in differences if cents],
        "factures qui changent",
    )


def _total(course: Course) -> int:
    return sum(one.cents for one in _by_month(course.documents).values())


def _costs(course: Course) -> Figure:
    if course.lacks_rate:
        return Figure(
            "Ce que le retard coûte en plus",
            "des pénalités et une indemnité",
            "le taux légal de ce semestre n’est pas encore publié, leur somme ne se calcule pas",
        )
    if not course.costs:
        return Figure()
    total = Reckoning(
        clause="10.4",
        rule="un paiement en retard porte des pénalités, et une indemnité forfaitaire par facture ; sans TVA.",
        start_label="avant le premier retard",
        start=Fraction(0),
    )
    for cost in course.costs:
        total = total.plus(Fraction(cost.penalties_cents), "pénalités de retard").plus(
            Fraction(cost.indemnity_cents), "indemnité de recouvrement"
        )
    return Figure(
        "Ce que le retard coûte en plus",
        euros(total.cents),
        "payé avec la facture",
        why_of_amount(total),
    )
