"""What happened, one line an event: the French dates, the event's name, what a reader wants to know of it."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from tests.contract.life.phrases import (
    DOMAIN,
    DOSSIER,
    IN_FORCE,
    INSTANT,
    PAID_AT,
    PEOPLE,
    PIECES,
    SIREN,
    VALIDATED,
    read_instant,
)
from tests.contract.life.wall_calendar import MONTHS, months

Json = dict[str, Any]
PARIS = ZoneInfo("Europe/Paris")
PIECE_NAMES = {name: said for said, name in PIECES.items()}


def amount(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100},{abs(cents) % 100:02}"


def day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%d/%m/%Y}"


def instant(iso: str) -> str:
    """An instant on a Paris clock; the seconds only where there are some."""
    at = datetime.fromisoformat(iso)
    assert at.astimezone(PARIS).isoformat() == iso, f"{iso} does not have the offset of Paris"
    return f"{at:%d/%m/%Y %H:%M:%S}".removesuffix(":00")


# --- what the portal says ------------------------------------------------------------------------------------


def told(result: Json) -> list[str]:
    """The whole story: events and refused acts, in order; a refusal stands after what its instant brought."""
    happened = [
        (_utc(event["at"]), f"{instant(event['at'])} {_event(event, result)}") for event in result["timeline"]
    ]
    assert [at for at, _ in happened] == sorted(at for at, _ in happened), "the timeline is not in order"
    refused = [
        (_utc(one["at"]), f"{instant(one['at'])} {one['do']} refusé : {one['code']}")
        for one in result["refused"]
    ]
    return [line for _, line in sorted(happened + refused, key=lambda dated: dated[0])]


def _utc(iso: str) -> datetime:
    return datetime.fromisoformat(iso).astimezone(UTC)


def _event(event: Json, result: Json) -> str:
    return f"{event['event']} {_details(event, result)}".strip()


def _details(event: Json, result: Json) -> str:
    match event["event"]:
        case "account_created":
            assert (event["siren"], event["admin"]) == (SIREN, f"anne@{DOMAIN}")
            return ""
        case "terms_accepted":
            return str(event["version"])
        case "user_registered" | "user_removed" | "user_suspended" | "user_restored":
            return str(event["user"]).removesuffix(f"@{DOMAIN}")
        case "option_ordered":
            return f"{event['code']} x {event['quantity']}"
        case "reminder_sent":
            return f"{event['about']} {event['days']}"
        case "service_suspended":
            return str(event["reason"])
        case "document_received":
            dated = f" du {day(event['dated'])}" if event["dated"] else ""
            return f"{PIECE_NAMES[event['piece']]}{dated}{'' if event['signed'] else ' non signé'}"
        case "document_accepted":
            return PIECE_NAMES[event["piece"]]
        case "document_refused":
            return f"{PIECE_NAMES[event['piece']]} : {event['reason']}"
        case "invoice_issued" | "credit_note_issued":
            return _issued(event, result)
        case "payment_settled":
            return _settled(event)
        case "payment_returned":
            return f"{event['month']} {event['kind']}"
        case "default_recorded":
            return f"{event['month']}, suspension le {instant(event['suspension_at'])}"
        case "contract_in_force" | "contract_renewed":
            return f"dernier jour {day(event['last_day'])}"
        case "change_announced":
            return f"{event['what']} à partir du {day(event['applies_from'])}"
        case "change_refused" | "refusal_withdrawn":
            return str(event["what"])
        case "notice_served":
            return f"{event['by']} posté le {day(event['posted'])}, fin le {day(event['ends'])}"
        case "contract_ended":
            return f"{event['reason']}, dernier jour {day(event['last_day'])}"
    return ""


def _issued(event: Json, result: Json) -> str:
    document = next(one for one in result["invoices"] if one["number"] == event["number"])
    assert document["month"] == event["month"]
    assert document["kind"] == event["event"].removesuffix("_issued")
    assert document["issued"] == event["at"][:10]
    text = f"{event['number']} {event['month']}, {amount(document['net_cents'])} HT, {amount(document['gross_cents'])} TTC"
    if document["kind"] == "credit_note":
        return text
    return f"{text}, {_payable(day(document['due']), day(document['collection']))}"


def _payable(due: str, collection: str) -> str:
    return f"échéance {due}" + ("" if collection == due else f", prélèvement {collection}")


def _settled(event: Json) -> str:
    text = f"{event['month']} {amount(event['amount_cents'])}"
    if penalties := event.get("penalties_cents"):
        text += f", pénalités {amount(penalties)}"
    if indemnity := event.get("indemnity_cents"):
        text += f", indemnité {amount(indemnity)}"
    return text


def invoice_lines(document: Json) -> list[str]:
    lines = []
    for one in document["lines"]:
        quantity = f" x {one['quantity']}" if one["kind"] in {"subscription", "option"} else ""
        lines.append(f"{one['kind']}{quantity} : {amount(one['net_cents'])}")
        assert one["label"].strip(), one
    net, vat, gross = (amount(document[key]) for key in ("net_cents", "vat_cents", "gross_cents"))
    if document["kind"] == "credit_note":
        return [*lines, f"{net} HT + {vat} TVA = {gross} TTC"]
    settled = f"réglé le {day(document['settled'])}" if document["settled"] else "non réglé"
    return [*lines, f"{net} HT + {vat} TVA = {gross} TTC, {settled}"]


# --- what the life expects -----------------------------------------------------------------------------------

_EVERY_MONTH = re.compile(
    r"chaque mois de (\d{4}-\d\d) à (\d{4}-\d\d) : (\S+ HT), (\S+) TTC(, payé)?, à partir de F-\d{4}-(\d{4})"
)
_FIRST_INVOICE = re.compile(r" : (.+ TTC), échéance (\d\d/\d\d/\d{4})")
_BEGUN = re.compile(r" : (.+ (\S+) TTC), échéance (\d\d/\d\d/\d{4}), dernier jour (\d\d/\d\d/\d{4})")
_ENTERS = re.compile(r"entre en vigueur : (\S+) payés, dernier jour (\d\d/\d\d/\d{4})")


def expected(text: str) -> list[str]:
    """The lines of a story; short forms are told in full, each event in its place in time."""
    lines = [
        one for line in text.strip().splitlines() if line.strip() for one in _in_full(" ".join(line.split()))
    ]
    return sorted(lines, key=_when)


def _when(line: str) -> datetime:
    dated = INSTANT.fullmatch(line)
    assert dated, f"neither dated nor monthly: {line}"
    return read_instant(dated[1])


def _in_full(line: str) -> Iterator[str]:
    if every := _EVERY_MONTH.fullmatch(line):
        yield from _monthly(every)
        return
    dated = INSTANT.fullmatch(line)
    assert dated, f"neither dated nor monthly: {line}"
    at, said = dated[1], dated[2]
    if trial := re.fullmatch(r"ouvre un essai(?: avec (.+))?", said):
        events = _trial(trial[1] or "")
    elif dossier := DOSSIER.fullmatch(said):
        events = _dossier(at, int(dossier[1]))
    elif validated := VALIDATED.fullmatch(said):
        events = [*_dossier(at, int(validated[1])), *_validated(at, validated[2])]
    elif enters := _ENTERS.fullmatch(said):
        events = _entered(enters[1], enters[2])
    elif in_force := IN_FORCE.fullmatch(said):
        events = [*_dossier(at, int(in_force[1])), *_begun(at, in_force[2])]
    else:
        events = [said]
    yield from (f"{at} {event}" for event in events)


def _trial(people: str) -> list[str]:
    registered = [f"user_registered {name}" for name in ("anne", *people.split(", ")) if name]
    return ["account_created", "terms_accepted 2026-01", "trial_started", "service_opened", *registered]


def _dossier(at: str, people: int) -> list[str]:
    return [
        "account_created",
        "terms_accepted 2026-01",
        "document_received contrat",
        "document_received mandat",
        f"document_received K-bis du {at[:10]}",
        *(f"user_registered {name}" for name in PEOPLE[1:people]),
        "document_accepted contrat",
        "document_accepted mandat",
        "document_accepted K-bis",
    ]


def _validated(at: str, said: str) -> list[str]:
    """What follows « dossier validé, 5 personnes »: nothing where the first invoice waits for the next month."""
    if not said:
        return ["identity_validated"]
    invoice = _FIRST_INVOICE.fullmatch(said)
    assert invoice, f"« dossier validé » needs amounts and a day, or nothing, not {said!r}"
    return ["identity_validated", _first_invoice(at, invoice[1], invoice[2])]


def _begun(at: str, said: str) -> list[str]:
    begun = _BEGUN.fullmatch(said)
    assert begun, f"« en vigueur » needs amounts and days, not {said!r}"
    amounts, gross, due, last_day = begun.groups()
    return ["identity_validated", _first_invoice(at, amounts, due), *_entered(gross, last_day)]


def _first_invoice(at: str, amounts: str, due: str) -> str:
    return f"invoice_issued F-{at[6:10]}-0001 first, {amounts}, échéance {due}"


def _entered(gross: str, last_day: str) -> list[str]:
    return [
        f"payment_settled first {gross}",
        f"contract_in_force dernier jour {last_day}",
        "service_opened",
        "user_registered anne",
    ]


def _monthly(every: re.Match[str]) -> Iterator[str]:
    first, last, net, gross, paid, number = every.groups()
    for count, month in enumerate(months(first, last), start=int(number)):
        billing = MONTHS[month]
        payable = _payable(f"{billing.due:%d/%m/%Y}", f"{billing.collected:%d/%m/%Y}")
        issued = f"{billing.issued:%d/%m/%Y} 06:00"
        yield f"{issued} invoice_issued F-{billing.issued:%Y}-{count:04} {month}, {net}, {gross} TTC, {payable}"
        if paid:
            at = datetime.combine(billing.collected, PAID_AT, PARIS)
            yield f"{at:%d/%m/%Y %H:%M} payment_settled {month} {gross}"


def midnight(french: str) -> datetime:
    """« 02/04/2026 », the start of that day, or an instant."""
    return (
        datetime.combine(read_instant(f"{french} 00:00"), time())
        if ":" not in french
        else read_instant(french)
    )
