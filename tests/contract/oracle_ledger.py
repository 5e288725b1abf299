"""What the oracle's clerk keeps on paper: documents, what is unpaid of each, penalties and indemnities."""

from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from tests.contract import naive
from tests.contract.oracle_days import start_of

INDEMNITY = 4000


def rounded(exact: Fraction) -> int:
    """Half a cent goes away from zero."""
    cents = int(abs(exact) + Fraction(1, 2))
    return cents if exact >= 0 else -cents


def line(kind: str, quantity: int, unit: int, net: int) -> dict[str, Any]:
    return {"kind": kind, "quantity": quantity, "unit_cents": unit, "net_cents": net}


@dataclass
class Billed:
    """What the months' documents have charged for one month so far."""

    quantity: int
    price: int
    net: int
    options: dict[str, tuple[int, int]] = field(default_factory=dict)  # code: quantity, net


@dataclass
class Spell:
    """A time in which an invoice could be late: counted from the day after `due`, until it is settled."""

    due: date
    settled: date | None = None


@dataclass
class Paper:
    """An invoice, or a credit note (`is_credit`, amounts positive)."""

    number: str
    month: str
    issued: date
    due: date
    collection: date
    lines: list[dict[str, Any]]
    net: int
    vat: int
    is_credit: bool = False
    settled: date | None = None
    cash: int = 0  # what was paid of it in money
    unpaid_since: list[tuple[datetime, int]] = field(default_factory=list)
    spells: list[Spell] = field(default_factory=list)
    is_returned: bool = False
    penalties_paid: int = 0
    indemnity_paid: int = 0

    @property
    def gross(self) -> int:
        return self.net + self.vat

    @property
    def unpaid(self) -> int:
        return self.unpaid_since[-1][1] if self.unpaid_since else 0

    def owe(self, at: datetime, cents: int, today: date) -> None:
        """From now on `cents` are unpaid; nothing left means settled today."""
        self.unpaid_since.append((at, cents))
        self.settled = None if cents else today
        if cents == 0 and self.spells:
            self.spells[-1].settled = today

    def unpaid_net(self, at: datetime) -> Fraction:
        """Return what of the amount without VAT was unpaid just before an instant."""
        unpaid = 0
        for since, cents in self.unpaid_since:
            if since < at:
                unpaid = cents
        return Fraction(self.net * unpaid, self.gross) if self.gross else Fraction(0)

    def is_late(self, today: date) -> bool:
        """Tell whether it has been unpaid after a due day, once."""
        return any((one.settled or today) > one.due for one in self.spells)

    def indemnity(self, today: date) -> int:
        return INDEMNITY - self.indemnity_paid if self.is_late(today) else 0

    def shown(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "kind": "credit_note" if self.is_credit else "invoice",
            "month": self.month,
            "issued": self.issued.isoformat(),
            "due": None if self.is_credit else self.due.isoformat(),
            "collection": None if self.is_credit else self.collection.isoformat(),
            "lines": self.lines,
            "net_cents": self.net,
            "vat_cents": self.vat,
            "gross_cents": self.gross,
            "settled": self.settled and self.settled.isoformat(),
        }


@dataclass
class Ledger:
    vat: Fraction
    rates: dict[str, int]  # hundredths of a percent by half-year
    papers: list[Paper] = field(default_factory=list)
    credit: int = 0  # kept for the invoices to come

    @property
    def invoices(self) -> list[Paper]:
        return [one for one in self.papers if not one.is_credit]

    def issue(
        self, at: datetime, today: date, month: str, lines: list[dict[str, Any]], due: date, collection: date
    ) -> Paper:
        lines = [one for one in lines if one["net_cents"]]
        net = sum(one["net_cents"] for one in lines)
        is_credit = net < 0
        if is_credit:
            net = -net
            lines = [
                one | {"quantity": -one["quantity"], "net_cents": -one["net_cents"]}
                if one["quantity"] != 1 or one["unit_cents"] != one["net_cents"]
                else one | {"unit_cents": -one["unit_cents"], "net_cents": -one["net_cents"]}
                for one in lines
            ]
        number = self._number(today, is_credit=is_credit)
        paper = Paper(
            number, month, today, due, collection, lines, net, rounded(net * self.vat), is_credit=is_credit
        )
        cited = self.invoices[-1] if self.papers else None
        self.papers.append(paper)
        if is_credit:
            self.credit += paper.gross
            self._set_off(at, today, [one for one in (cited, *self.invoices) if one])
        else:
            if month != "first":
                paper.spells = [Spell(due)]
            paper.owe(at, paper.gross, today)
            self._set_off(at, today, [paper])
        return paper

    def give_back(self, at: datetime, today: date, cites: str, net: int) -> None:
        """Staff credit a part of an invoice: a document of its own, which no month's account is told of."""
        (cited,) = (one for one in self.invoices if one.number == cites)
        number = self._number(today, is_credit=True)
        lines = [line("adjustment", 1, net, net)]
        tax = rounded(net * self.vat)
        note = Paper(number, cited.month, today, today, today, lines, net, tax, is_credit=True)
        self.papers.append(note)
        self.credit += note.gross
        self._set_off(at, today, [cited, *self.invoices])

    def _number(self, today: date, *, is_credit: bool) -> str:
        rank = sum(one.is_credit == is_credit for one in self.papers) + 1
        return f"{'A' if is_credit else 'F'}-{today.year}-{rank:04}"

    def _set_off(self, at: datetime, today: date, invoices: list[Paper]) -> None:
        for one in invoices:
            part = min(self.credit, one.unpaid)
            if part:
                self.credit -= part
                one.owe(at, one.unpaid - part, today)

    def pay(self, month: str, today: date, at: datetime) -> None:
        for one in self.invoices:
            if one.month == month:
                self._pay(one, today, at)

    def _pay(self, one: Paper, today: date, at: datetime) -> None:
        if one.unpaid:
            one.cash += one.unpaid
            one.is_returned = False
            one.owe(at, 0, today)

    def pay_everything(self, today: date, at: datetime) -> None:
        for one in self.invoices:
            if one.due <= today or one.is_returned:
                self._pay(one, today, at)
                one.penalties_paid += self.penalties(one, today)
                one.indemnity_paid += one.indemnity(today)

    def returned(self, month: str, kind: str, today: date, at: datetime) -> None:
        """The bank sends a payment back: of two invoices of one month, that of the latest."""
        for one in [one for one in self.invoices if one.month == month][-1:]:
            if kind == "refund":
                one.is_returned = True
                back, one.cash = one.cash, 0
                one.owe(at, back, today)
                one.spells.append(Spell(today))
                self._set_off(at, today, [one])

    def penalties(self, one: Paper, today: date) -> int:
        """Return the penalties counted until today and not yet paid."""
        total = Fraction(0)
        for spell in one.spells:
            k = 0
            while (start := naive.plus_months(spell.due + naive.DAY, k)) <= (spell.settled or today):
                rate = self.rates[f"{start.year}-{1 if start.month <= 6 else 2}"]
                yearly = Fraction(max(rate + 1000, 3 * rate), 10_000)
                total += one.unpaid_net(start_of(start)) * yearly / 12
                k += 1
        return rounded(total) - one.penalties_paid

    def dues(self, today: date, *, is_awaiting: bool) -> dict[str, int | None]:
        """Return what is due; penalties and total are None where a legal rate is missing."""
        invoices = sum(
            one.unpaid
            for one in self.invoices
            if (one.spells[-1].due if one.spells and not is_awaiting else one.due) <= today
        )
        try:
            penalties = sum(self.penalties(one, today) for one in self.invoices)
        except KeyError:
            penalties = None
        indemnities = sum(one.indemnity(today) for one in self.invoices)
        return {
            "invoices_cents": invoices,
            "penalties_cents": penalties,
            "indemnities_cents": indemnities,
            "total_cents": None if penalties is None else invoices + penalties + indemnities,
        }
