"""What may be said of a person, of the bank or of the vendor in a life: a French phrase is an act of `portal replay`."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Any

from tests.contract.life.wall_calendar import MONTHS, months

PEOPLE = ("anne", "bob", "chloe", "dan", "eve", "fay", "gus", "hugo")
COMPANY, SIREN, DOMAIN = "Atelier Nord", "732829320", "atelier-nord.example"
PIECES = {"contrat": "contract", "mandat": "mandate", "K-bis": "kbis"}
GROUNDS = {
    "impayé": "unpaid",
    "silence de l’administrateur": "insolvency",
    "force majeure": "force_majeure",
}
PAID_AT = time(12)

Act = dict[str, Any]
Dated = tuple[datetime, Act]


def read_acts(text: str) -> list[Dated]:
    """Read a life's acts, one a line; those that a short form stands for take their place in time."""
    acts = [act for line in text.strip().splitlines() if line.strip() for act in _read(line.strip())]
    return sorted(acts, key=lambda dated: dated[0])


def read_instant(text: str) -> datetime:
    """« 31/03/2026 11:00 », or with seconds: a clock on a wall in Paris, so without offset."""
    return datetime.strptime(text, "%d/%m/%Y %H:%M:%S" if text.count(":") == 2 else "%d/%m/%Y %H:%M")  # noqa: DTZ007


def read_day(text: str) -> date:
    return read_instant(f"{text} 00:00").date()


def in_cents(text: str) -> int:
    return int(text.replace(",", ""))


EVERY_MONTH = re.compile(r"chaque mois de (\d{4}-\d\d) à (\d{4}-\d\d) : (.+)")
INSTANT = re.compile(r"(\d\d/\d\d/\d{4} \d\d:\d\d(?::\d\d)?)\s+(.+)")
DOSSIER = re.compile(r"dossier accepté, (\d) personnes?")
VALIDATED = re.compile(r"dossier validé, (\d) personnes?(.*)")
IN_FORCE = re.compile(r"en vigueur, (\d) personnes?(.*)")


def _read(line: str) -> Iterator[Dated]:
    if every := EVERY_MONTH.fullmatch(line):
        assert every[3] == "paie le jour du prélèvement", line
        for month in months(every[1], every[2]):
            yield (
                datetime.combine(MONTHS[month].collected, PAID_AT),
                {"do": "settle", "month": month},
            )
        return
    dated = INSTANT.fullmatch(line)
    assert dated, f"neither dated nor monthly: {line}"
    at, said = read_instant(dated[1]), dated[2]
    for act in _several(said, at) or [_one(said)]:
        yield at, act


def _several(said: str, at: datetime) -> list[Act]:
    """The beginnings that many lives share; `lines` says which events they bring."""
    if trial := re.fullmatch(r"ouvre un essai(?: avec (.+))?", said):
        return [
            _one("crée son compte"),
            _one("accepte les CGV"),
            _one(f"commence l’essai avec {trial[1] or ''}"),
        ]
    if dossier := DOSSIER.fullmatch(said):
        return [_one(phrase) for phrase in _dossier(int(dossier[1]), at)]
    if validated := VALIDATED.fullmatch(said):
        return [_one(phrase) for phrase in _validated(int(validated[1]), at)]
    if in_force := IN_FORCE.fullmatch(said):
        return [*(_one(phrase) for phrase in _validated(int(in_force[1]), at)), _one("règle first")]
    return []


def _dossier(people: int, at: datetime) -> list[str]:
    return [
        "crée son compte",
        "accepte les CGV",
        "envoie le contrat",
        "envoie le mandat",
        f"envoie un K-bis du {at:%d/%m/%Y}",
        *(f"inscrit {name}" for name in PEOPLE[1:people]),
        "valide le contrat",
        "valide le mandat",
        "valide le K-bis",
    ]


def _validated(people: int, at: datetime) -> list[str]:
    return [*_dossier(people, at), "valide l’identité"]


def _one(said: str) -> Act:
    for pattern, act in _PHRASES:
        if found := re.fullmatch(pattern, said):
            return {key: value for key, value in act(*found.groups()).items() if value is not None}
    raise AssertionError(f"nobody says « {said} »")


def _person(name: str) -> str:
    return f"{name}@{DOMAIN}"


def _submitted(piece: str, unsigned: str | None, siren: str | None) -> Act:
    return {"do": "submit", "piece": PIECES[piece], "signed": False if unsigned else None, "siren": siren}


_PHRASES: list[tuple[str, Callable[..., Act]]] = [
    (
        r"crée son compte",
        lambda: {"do": "create_account", "company": COMPANY, "siren": SIREN, "admin": _person("anne")},
    ),
    (
        r"crée son compte au SIREN (\d+)",
        lambda siren: {"do": "create_account", "company": COMPANY, "siren": siren, "admin": _person("anne")},
    ),
    (r"accepte les CGV(?: (\S+))?", lambda version: {"do": "accept_terms", "version": version}),
    (
        r"commence l’essai(?: avec (.*))?",
        lambda people: {
            "do": "start_trial",
            "users": [_person(name) for name in (people or "").split(", ") if name],
        },
    ),
    (r"inscrit (\w+)", lambda name: {"do": "register_user", "user": _person(name)}),
    (r"retire (\w+)", lambda name: {"do": "remove_user", "user": _person(name)}),
    (r"suspend (\w+)", lambda name: {"do": "suspend_user", "user": _person(name)}),
    (r"rétablit (\w+)", lambda name: {"do": "restore_user", "user": _person(name)}),
    (
        r"commande (\w+)(?: x (\d+))?",
        lambda code, quantity: {"do": "order_option", "code": code, "quantity": quantity and int(quantity)},
    ),
    (r"envoie le (contrat|mandat)( non signé)?(?: au SIREN (\d+))?", _submitted),
    (
        r"envoie un K-bis(?: du (\S+))?",
        lambda day: {"do": "submit", "piece": "kbis", "dated": day and read_day(day).isoformat()},
    ),
    (r"valide le (contrat|mandat|K-bis)", lambda piece: {"do": "accept", "piece": PIECES[piece]}),
    (
        r"refuse le (contrat|mandat|K-bis) : (.*)",
        lambda piece, reason: {"do": "refuse", "piece": PIECES[piece], "reason": reason},
    ),
    (
        r"refuse le (contrat|mandat|K-bis) sans motif",
        lambda piece: {"do": "refuse", "piece": PIECES[piece], "reason": ""},
    ),
    (r"valide l’identité", lambda: {"do": "validate_identity"}),
    (r"règle tout", lambda: {"do": "settle", "everything": True}),
    (r"règle (first|\d{4}-\d\d)", lambda month: {"do": "settle", "month": month}),
    (r"la banque rejette (\S+)", lambda month: {"do": "bank_return", "month": month, "kind": "reject"}),
    (r"la banque reprend (\S+)", lambda month: {"do": "bank_return", "month": month, "kind": "refund"}),
    (
        r"annonce le prix de (-?\d+,\d\d)",
        lambda price: {"do": "announce_price", "user_month_cents": in_cents(price)},
    ),
    (r"annonce les CGV (\S+)", lambda version: {"do": "announce_terms", "version": version}),
    (r"refuse le prix", lambda: {"do": "refuse_change", "what": "price"}),
    (r"refuse les CGV", lambda: {"do": "refuse_change", "what": "terms"}),
    (r"renonce au refus du prix", lambda: {"do": "withdraw_refusal", "what": "price"}),
    (r"renonce au refus des CGV", lambda: {"do": "withdraw_refusal", "what": "terms"}),
    (
        r"(le vendeur )?dénonce le contrat(?:, posté le (\S+))?",
        lambda vendor, posted: {
            "do": "serve_notice",
            "by": "vendor" if vendor else "client",
            "posted": posted and read_day(posted).isoformat(),
        },
    ),
    (r"retire la dénonciation", lambda: {"do": "withdraw_notice"}),
    (r"résilie pour (.+)", lambda ground: {"do": "terminate", "reason": GROUNDS[ground]}),
    (r"demande ses données", lambda: {"do": "request_restitution"}),
    (r"rend les données", lambda: {"do": "complete_restitution"}),
]
