"""An invoice or a credit note as a sheet: its lines, each explained down to persons, days and clause, and its totals."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from portal.contract import events as e
from portal.contract.acts import FIRST
from portal.contract.amounts import gross_total, net_total, percent, vat
from portal.contract.because import Because
from portal.contract.calendar import paris_day, start_of_day
from portal.contract.french import count, euros, full_date, full_instant, long_date, of_name, typeset
from portal.contract.issue import collected, payable
from portal.contract.lines import Line, month_name, reckoning
from portal.contract.preview import Document
from portal.contract.shares import first_day_of
from portal.contract.state import Registration, State
from portal.documents.invoice_facts import charged
from portal.documents.invoice_words import days_left_out
from portal.web.components.shapes import Figure, Why, WhyStep
from portal.web.presenting import why_of, why_of_amount

_NO_NAME = "une personne dont le nom est effacé"


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line; `quantity` has its sign, `note` says what part of a month is left out."""

    label: str = ""
    quantity: str = ""
    unit: str = ""
    net: str = ""
    note: str = ""
    why: Why = field(default_factory=Why)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document; `dates` are when it is issued, payable and collected, `totals` what stands under its lines."""

    title: str = ""
    dates: list[Figure] = field(default_factory=list)
    lines: list[SheetLine] = field(default_factory=list)
    totals: list[Figure] = field(default_factory=list)
    gross: Figure = field(default_factory=Figure)


def sheet(document: Document, because: Because, state: State, names: Mapping[str, str]) -> Sheet:
    """Return a document, issued or as it would be; `because` says why it is issued at its instant."""
    is_credit = isinstance(document, e.CreditNoteIssued)
    rate = document.vat_hundredths
    return Sheet(
        title=kind_and_month(document),
        dates=list(_dates(document, because)),
        lines=[_line(one, document.at, state, names) for one in document.lines],
        totals=[
            Figure(
                "Total hors taxes", euros(document.net_cents), "", why_of_amount(net_total(document.lines))
            ),
            Figure(
                typeset(f"TVA à {percent(rate)}"),
                euros(document.vat_cents),
                "",
                why_of_amount(vat(document.net_cents, rate)),
            ),
        ],
        gross=Figure(
            "Total rendu, TTC" if is_credit else "Total TTC",
            euros(document.gross_cents),
            "",
            why_of_amount(gross_total(document.net_cents, document.vat_cents)),
        ),
    )


def kind_and_month(document: Document) -> str:
    """Return « Facture de mai 2026 », « Facture du premier mois » or « Avoir sur F-2026-0012 »."""
    if isinstance(document, e.CreditNoteIssued):
        return f"Avoir sur {document.cites}"
    month = month_name(document.month)
    return f"Facture du {month}" if document.month == FIRST else f"Facture {of_name(month)}"


def people_of(documents: Iterable[Document]) -> set[str]:
    """Return the ids of all persons that these documents charge."""
    return {person for document in documents for line in document.lines for person in line.persons}


def _dates(document: Document, because: Because) -> Iterator[Figure]:
    issued = paris_day(document.at)
    yield Figure("Émission", full_instant(document.at), "", why_of(because))
    if isinstance(document, e.InvoiceIssued):
        due, collection = payable(document.month, issued), collected(document.month, issued)
        yield Figure("À payer au plus tard", full_date(document.due), "", why_of(due))
        yield Figure("Prélèvement", full_date(document.collection), "", why_of(collection))


# --- lines and the persons they charge -------------------------------------------------------------


def _line(line: Line, at: datetime, state: State, names: Mapping[str, str]) -> SheetLine:
    as_charged = charged(line)
    why = replace(why_of_amount(reckoning(line)), persons=list(_persons(line, at, state, names)))
    return SheetLine(
        label=line.label,
        quantity=str(as_charged.quantity).replace("-", "−"),
        unit=euros(line.unit_cents),
        net=euros(line.net_cents),
        note=days_left_out(line.share) if line.share else "",
        why=why,
    )


def _persons(line: Line, at: datetime, state: State, names: Mapping[str, str]) -> Iterator[WhyStep]:
    for person in line.persons:
        days = ", ".join(_days(one, at) for one in _spells(person, line, at, state))
        yield WhyStep(names.get(person, _NO_NAME), typeset(days))
    beyond = line.quantity - len(line.persons)
    if line.kind == "subscription" and line.persons and beyond > 0:
        yield WhyStep("Complété jusqu’au minimum du contrat", count(beyond, "place"))


def _spells(person: str, line: Line, at: datetime, state: State) -> list[Registration]:
    """Return the registrations that count: those that touch the month charged or, if it is to come, its issue."""
    if line.month == FIRST and state.in_force_on is None:
        began = at
    else:
        began = min(start_of_day(first_day_of(state, line.month)), at)
    return [
        one
        for one in state.registrations
        if one.user == person
        and one.registered_at <= at
        and (one.removed_at is None or one.removed_at > began)
    ]


def _days(one: Registration, at: datetime) -> str:
    since = long_date(paris_day(one.registered_at))
    if one.removed_at is None or one.removed_at > at:
        return f"depuis le {since}"
    return f"du {since} au {long_date(paris_day(one.removed_at))}"
