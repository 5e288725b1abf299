"""What `/gestion/banque` shows: files for the bank, its messages, lines nobody has explained, collections that came back."""

from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from portal.contract.calendar import paris_day
from portal.contract.collecting import collected_on
from portal.contract.french import count, euros, full_date, long_date, short_date, typeset
from portal.payments.bank_lines import LineKind
from portal.services.bank_list import Message, WaitingLine
from portal.services.collection_plans import LeftOut
from portal.services.collection_reading import Collected, FileForBank
from portal.web.components.shapes import Why
from portal.web.presenting import why_of, why_of_addition

_LINES: Final = MappingProxyType(
    {
        LineKind.SETTLED: "Prélèvement réglé",
        LineKind.REJECTED: "Prélèvement rejeté",
        LineKind.RETURNED: "Prélèvement rendu",
        LineKind.REFUNDED: "Prélèvement remboursé",
        LineKind.TRANSFER: "Virement reçu",
        LineKind.UNKNOWN: "Mouvement inconnu",
    }
)
_MESSAGES: Final = MappingProxyType(
    {"pain.002": "Compte rendu de remise", "camt.053": "Relevé de compte", "camt.054": "Avis d’opérations"}
)
_CAME_BACK: Final = MappingProxyType(
    {"rejected": "rejeté", "returned": "rendu par la banque", "refunded": "remboursé au client"}
)


@dataclass(frozen=True, slots=True)
class FileRow:
    """A collection file."""

    href: str = ""
    name: str = ""
    day: str = ""
    lines: str = ""
    total: str = ""
    state: str = ""
    tone: str = "quiet"
    detail: str = ""
    why: Why = field(default_factory=Why)
    total_why: Why = field(default_factory=Why)


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message of the bank."""

    kind: str = ""
    name: str = ""
    received: str = ""
    lines: str = ""
    state: str = ""
    tone: str = "done"


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of the bank that waits for a person."""

    line_id: str = ""
    kind: str = ""
    amount: str = ""
    booked: str = ""
    party: str = ""
    wording: str = ""
    reason: str = ""
    problem: str = ""
    invoice: str = ""
    can_pay: bool = False


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A collection that came back, its invoice still unpaid; `name` is that of its box to tick."""

    name: str = ""
    invoice: str = ""
    client: str = ""
    contract_id: str = ""
    amount: str = ""
    state: str = ""
    reason: str = ""
    may_present: bool = False


@dataclass(frozen=True, slots=True)
class LeftOutRow:
    """An invoice that no file takes, and why."""

    invoice: str = ""
    client: str = ""
    contract_id: str = ""
    amount: str = ""
    amount_why: Why = field(default_factory=Why)
    day: str = ""
    day_why: Why = field(default_factory=Why)
    words: str = ""
    words_why: Why = field(default_factory=Why)


def file_row(one: FileForBank, today: date) -> FileRow:
    handed = one.handed_over_at
    if handed:
        state, tone = f"remis le {long_date(paris_day(handed))}", "done"
    elif one.collection_on < today:
        state, tone = "jamais remis", "late"
    else:
        state, tone = "à remettre à la banque", "soon"
    came_back = sum(one.standings.get(name, 0) for name in _CAME_BACK)
    settled = one.standings.get("settled", 0)
    known = [count(settled, "réglé")] if settled else []
    if came_back:
        known.append(count(came_back, "revenu impayé", "revenus impayés"))
    return FileRow(
        href=f"/gestion/prelevements/{one.id}.xml",
        name=one.id,
        day=full_date(one.collection_on),
        lines=str(one.lines),
        total=euros(one.total_cents),
        state=state,
        tone=tone,
        detail=", ".join(known),
        why=why_of(collected_on(one.collection_on)),
        total_why=why_of_addition(
            "10.2",
            "un fichier réunit les prélèvements d’un même jour, chacun de ce qui reste dû de sa facture.",
            ((count(one.lines, "prélèvement"), one.total_cents),),
            "prélèvements du fichier, TTC",
        ),
    )


def message_row(one: Message) -> MessageRow:
    waiting = count(one.waiting, "ligne attend", "lignes attendent")
    return MessageRow(
        kind=_MESSAGES.get(one.kind, one.kind),
        name=one.name,
        received=short_date(paris_day(one.received_at)),
        lines=str(one.lines),
        state=("en cours de lecture" if one.finished_at is None else waiting if one.waiting else "appliqué"),
        tone="soon" if one.finished_at is None or one.waiting else "done",
    )


def line_row(one: WaitingLine) -> LineRow:
    return LineRow(
        line_id=one.id,
        kind=_LINES[one.kind],
        amount=euros(one.amount_cents),
        booked=full_date(one.booked_on),
        party=one.party,
        wording=one.wording or one.end_to_end_id,
        reason=typeset(f"{one.reason.code} : {one.reason.meaning}") if one.reason else "",
        problem=typeset(one.problem),
        invoice=one.invoice_number,
        can_pay=one.can_pay,
    )


def return_row(one: Collected) -> ReturnRow:
    when = f" le {long_date(paris_day(one.closed_at))}" if one.closed_at else ""
    return ReturnRow(
        name=f"again_{one.invoice_number}",
        invoice=one.invoice_number,
        client=one.company,
        contract_id=one.contract_id,
        amount=euros(one.amount_cents),
        state=_CAME_BACK[one.standing] + when,
        reason=typeset(f"{one.reason.code} : {one.reason.meaning}") if one.reason else "",
        may_present=one.reason is None or not one.reason.stops_the_mandate,
    )


def left_out_row(one: LeftOut) -> LeftOutRow:
    return LeftOutRow(
        invoice=one.invoice_number,
        client=one.company,
        contract_id=one.contract_id,
        amount=euros(one.amount_cents),
        day=short_date(one.collection_on),
        amount_why=why_of_addition(
            "10.3",
            "une facture reste due pour ce que ni un règlement ni un avoir n’en a payé.",
            ((one.invoice_number, one.amount_cents),),
            "reste dû de la facture, TTC",
        ),
        words=typeset(one.why),
        words_why=why_of(one.because) if one.because else Why(),
        day_why=why_of(collected_on(one.collection_on)),
    )
