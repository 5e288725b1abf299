"""A replay told in French: a dated story with its reasons, the invoices as tables, what is to come and why."""

from collections.abc import Iterator
from datetime import datetime
from typing import assert_never

from portal.contract import events as e
from portal.contract.amounts import percent
from portal.contract.arrears import dues, penalties
from portal.contract.calendar import paris_day
from portal.contract.explanations import explained
from portal.contract.french import euros, full_date, full_instant, hour, long_date, typeset
from portal.contract.ledger import invoice_of
from portal.contract.lines import Line, month_name
from portal.contract.refusal import Refusal
from portal.contract.replay import DOCUMENTS, Replay
from portal.contract.state import State
from portal.contract.story import DEADLINE_TITLES, told

_WIDTH = 96
_AMOUNT_WIDTH = 14


def to_text(result: Replay) -> str:
    """Return the whole account, as lines of at most some hundred characters, French throughout."""
    parts = (_title(result), _story(result), _invoices(result), _situation(result), _to_come(result))
    return "\n".join(line for part in parts for line in part) + "\n"


def _title(result: Replay) -> Iterator[str]:
    yield result.scenario.title
    yield "═" * len(result.scenario.title)


def _story(result: Replay) -> Iterator[str]:
    offer = result.scenario.offer()
    entries: list[tuple[datetime, list[str]]] = []
    for event, clause, because, _ in explained(offer, result.events):
        sentence = f"  {_hour(event.at)}  {told(event, offer.grid)} [{clause}]"
        reason = [f"      {because.in_short()}"] if because.steps else []
        entries.append((event.at, [sentence, *reason]))
    for one in result.refused:
        refused = f"  {_hour(one.line.at)}  REFUSÉ ({one.refusal.code}) [{one.refusal.clause}]"
        entries.append((one.line.at, [refused, f"      {one.refusal.message}"]))
    day = None
    for at, lines in sorted(entries, key=lambda entry: entry[0]):
        if paris_day(at) != day:
            day = paris_day(at)
            yield ""
            yield full_date(day).capitalize()
        yield from lines


def _invoices(result: Replay) -> Iterator[str]:
    documents = [event for event in result.events if isinstance(event, DOCUMENTS)]
    if documents:
        yield ""
        yield "Factures et avoirs"
        yield "──────────────────"
    for document in documents:
        yield ""
        yield from _document(document, result.state)


def _document(event: e.InvoiceIssued | e.CreditNoteIssued, state: State) -> Iterator[str]:
    issued = long_date(paris_day(event.at))
    match event:
        case e.InvoiceIssued():
            settled_at = invoice_of(state, event.number).settled_at
            paid = f"réglée le {long_date(paris_day(settled_at))}" if settled_at else "non réglée"
            heading = (
                f"Facture {event.number}, {month_name(event.month)} : émise le {issued}, à payer au plus tard le "
                f"{long_date(event.due)}, prélevée le {long_date(event.collection)}, {paid}"
            )
        case e.CreditNoteIssued():
            heading = f"Avoir {event.number} sur la facture {event.cites} : émis le {issued}"
        case _:
            assert_never(event)
    yield typeset(heading)
    for line in event.lines:
        yield _row(f"  {line.label}{_times(line)}", line.net_cents)
    yield _row("  Total hors taxes", event.net_cents)
    yield _row(f"  TVA à {percent(event.vat_hundredths)}", event.vat_cents)
    yield _row("  Total TTC", event.gross_cents)


def _times(line: Line) -> str:
    if line.kind == "carry_over":
        return ""
    share = f" × {line.share.days}/{line.share.of}" if line.share and not line.share.rest else ""
    rest = f" × {line.share.of - line.share.days}/{line.share.of}" if line.share and line.share.rest else ""
    quantity = str(line.quantity).replace("-", "−")  # the minus of the amounts
    return f" ({quantity} × {euros(line.unit_cents)}{share}{rest})"


def _row(label: str, cents: int) -> str:
    return f"{label:.<{_WIDTH - _AMOUNT_WIDTH}}{euros(cents):.>{_AMOUNT_WIDTH}}"


def _situation(result: Replay) -> Iterator[str]:
    state = result.state
    yield ""
    situation = f"{_RELATIONSHIPS[state.relationship]}, {_SERVICES[state.service]}, {_DATA[state.data]}"
    yield typeset(f"Au {full_instant(result.scenario.until)} : {situation}.")
    try:
        owed = dues(state, result.last)
    except Refusal as refusal:
        yield f"  {refusal.message}"
        return
    for due in owed:
        yield typeset(
            f"  Reste dû ({month_name(due.invoice.month)}) : {euros(due.invoice_cents)} de facture, "
            f"{euros(due.penalties_cents)} de pénalités, {euros(due.indemnity_cents)} d’indemnité."
        )
        if due.penalties_cents:
            yield from (
                f"      {line}" for line in penalties(state, due.invoice, paris_day(result.last)).lines()
            )
    if owed:
        yield typeset(f"  Total dû : {euros(sum(due.total_cents for due in owed))}.")


def _to_come(result: Replay) -> Iterator[str]:
    for deadline in result.deadlines:
        yield ""
        yield typeset(f"À venir, {full_instant(deadline.at)} : {DEADLINE_TITLES[deadline.name]}")
        for line in deadline.because.lines():
            yield f"  {line}"


def _hour(at: datetime) -> str:
    return hour(at).rjust(len("00 h 00"))


_RELATIONSHIPS = {
    "prospect": "pas encore d’essai",
    "trial": "essai en cours",
    "reflection": "délai de réflexion",
    "lapsed": "essai sans suite",
    "awaiting_payment": "en attente du premier règlement",
    "active": "contrat en vigueur",
    "ended": "contrat terminé",
}
_SERVICES = {
    "none": "aucun service",
    "open": "service ouvert",
    "suspended": "service suspendu",
    "closed": "service fermé",
}
_DATA = {
    "none": "aucune donnée",
    "live": "données en ligne",
    "archived": "données archivées",
    "restitution": "données à la disposition du client",
    "destroyed": "données détruites",
}
