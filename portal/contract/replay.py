"""Replay: a contract's whole life from a scenario, by the rules that production runs, in memory.

What a scenario brings about is returned as plain data, `to_json` gives it the stable shape that
other tools read, and `narrative` tells it as a dated story.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from portal.contract import events as e
from portal.contract.arrears import dues, indemnities, unpaid
from portal.contract.calendar import PARIS, paris_day
from portal.contract.deadlines import Deadline, advance, deadlines
from portal.contract.decide import decide
from portal.contract.evolve import history
from portal.contract.explanations import explained
from portal.contract.ledger import invoice_of
from portal.contract.lines import Line
from portal.contract.refusal import Refusal
from portal.contract.scenario import ActLine, CreateAccountLine, Scenario, act_of
from portal.contract.state import State


@dataclass(frozen=True, slots=True)
class Refused:
    """An act of the scenario that the rules refused; the run went on."""

    line: ActLine
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Replay:
    """What a scenario brought about, and what is to come after its end."""

    scenario: Scenario
    state: State
    events: tuple[e.Event, ...]
    refused: tuple[Refused, ...]
    last: datetime
    deadlines: tuple[Deadline, ...]


def replay(scenario: Scenario) -> Replay:
    """Run the scenario: before each act, all that fell due by then; at the end, all that falls due before `until`."""
    offer = scenario.offer()
    state = State(offer=offer)
    happened: list[e.Event] = []
    refused: list[Refused] = []
    admin = next((line.admin for line in scenario.act if isinstance(line, CreateAccountLine)), "")
    for line in scenario.act:
        state, due = advance(state, line.at)
        happened.extend(due)
        try:
            caused = decide(state, act_of(line, offer, admin=admin), line.at)
        except Refusal as refusal:
            refused.append(Refused(line, refusal))
        else:
            state = history(state, caused)
            happened.extend(caused)
    last = scenario.until - timedelta(microseconds=1)  # `until` is excluded: what falls on it is to come
    state, due = advance(state, last)
    happened.extend(due)
    return Replay(scenario, state, tuple(happened), tuple(refused), last, deadlines(state, last))


def to_json(result: Replay) -> dict[str, Any]:
    """Return the result in its stable shape: instants in ISO 8601 with the Paris offset."""
    state = result.state
    return {
        "state": {"relationship": state.relationship, "service": state.service, "data": state.data},
        "timeline": [_entry(one.event, one.clause) for one in explained(state.offer, result.events)],
        "refused": [
            {
                "at": _iso(one.line.at),
                "do": one.line.do,
                "code": one.refusal.code,
                "clause": one.refusal.clause,
                "message": one.refusal.message,
            }
            for one in result.refused
        ],
        "deadlines": [
            {
                "name": one.name,
                "at": _iso(one.at),
                "clause": one.because.clause,
                "because": list(one.because.lines()),
            }
            for one in result.deadlines
        ],
        "invoices": [_document(event, state) for event in result.events if isinstance(event, DOCUMENTS)],
        "dues": _dues(result),
    }


# What `--json` lists as invoices.
DOCUMENTS = (e.InvoiceIssued, e.CreditNoteIssued)


def _document(event: e.InvoiceIssued | e.CreditNoteIssued, state: State) -> dict[str, Any]:
    if isinstance(event, e.InvoiceIssued):
        kind, due, collection = "invoice", event.due.isoformat(), event.collection.isoformat()
        settled_at = invoice_of(state, event.number).settled_at
    else:
        # A credit note is not to be paid: it has no due day.
        kind, due, collection, settled_at = "credit_note", None, None, None
    return {
        "number": event.number,
        "kind": kind,
        "month": event.month,
        "issued": paris_day(event.at).isoformat(),
        "due": due,
        "collection": collection,
        "lines": [_line(one) for one in event.lines],
        "net_cents": event.net_cents,
        "vat_cents": event.vat_cents,
        "gross_cents": event.gross_cents,
        "settled": paris_day(settled_at).isoformat() if settled_at else None,
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "label": line.label,
        # What is given back counts as a negative quantity, so that quantity times price is the amount.
        "quantity": -line.quantity if line.is_credit and line.kind != "carry_over" else line.quantity,
        # What is carried over is one amount: its price is the amount itself.
        "unit_cents": line.net_cents if line.kind == "carry_over" else line.unit_cents,
        "net_cents": line.net_cents,
    }


def _dues(result: Replay) -> dict[str, int | None]:
    """Return what is due as of the end; without a legal rate the penalties, and so the total, are unknown."""
    invoices = sum(unpaid(result.state, result.last))
    try:
        owed = dues(result.state, result.last)
    except Refusal:
        return {
            "invoices_cents": invoices,
            "penalties_cents": None,
            "indemnities_cents": indemnities(result.state, result.last),
            "total_cents": None,
        }
    return {
        "invoices_cents": invoices,
        "penalties_cents": sum(due.penalties_cents for due in owed),
        "indemnities_cents": sum(due.indemnity_cents for due in owed),
        "total_cents": sum(due.total_cents for due in owed),
    }


def _entry(event: e.Event, clause: str) -> dict[str, Any]:
    details = {
        # Of a return, `kind` says which, as in the act; the event's own kind is under `event`.
        "kind" if one.name == "returned" else one.name: _plain(getattr(event, one.name))
        for one in fields(event)
        # What an invoice holds is told under `invoices`.
        if one.name not in {"at", "kind", "lines"}
    }
    return {"at": _iso(event.at), "event": event.kind, "clause": clause, **details}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return _iso(value)
    return value.isoformat() if isinstance(value, date) else value


def _iso(instant: datetime) -> str:
    return instant.astimezone(PARIS).isoformat()
