"""Whole lives of a contract in the form of a scenario: acts at the instants where rules turn.

A life has an account, maybe a trial, a dossier, an entry into force on any day, then a habit of paying
and acts of every kind. Most acts fall right before, at or right after what a rule looks at: an invoice's
issue, a month's end, an anniversary, a notice's limit, a night on which the clocks change. Acts that the
rules refuse are part of it.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.contract import naive
from tests.contract.oracle_days import PARIS, issue_instant, last_of, month_of

ANNE = "anne@atelier-nord.example"
SIREN = "732829320"
USERS = [f"user{number}@atelier-nord.example" for number in range(12)]
# Those of 2025-2 and 2026-1 are the law's; some others are high, for the rate that is three times the legal one.
RATES = {"2024-1": 507, "2024-2": 492, "2025-1": 371, "2025-2": 276, "2026-1": 262, "2026-2": 262}
LEGAL_RATES = RATES | {
    f"{year}-{half}": 180 + 137 * (year - 2026) * half for year in range(2027, 2035) for half in (1, 2)
}
Act = dict[str, Any]
DAY = timedelta(days=1)


# --- instants ----------------------------------------------------------------------------------------------


def at_wall(day: date, wall: time) -> datetime:
    return datetime.combine(day, wall, PARIS).astimezone(UTC)


def midnight(day: date) -> datetime:
    return at_wall(day, time())


# Where in a month, given its first day.
PLACES: dict[str, Callable[[date], datetime]] = {
    "issue": issue_instant,
    "end": lambda month: midnight(naive.plus_months(month, 1)),
    "due": lambda month: midnight(last_of(month)),
    "default": lambda month: at_wall(naive.plus_business_days(last_of(month), 1), time(9)),
    "suspension": lambda month: at_wall(naive.plus_business_days(last_of(month), 11), time(18)),
    "summer": lambda month: midnight(naive.last_sunday(month.year, 3 if month.month < 7 else 10)),
}
NEAR = st.sampled_from(
    [
        timedelta(),
        timedelta(microseconds=-1),
        timedelta(seconds=1),
        timedelta(minutes=-1),
        timedelta(hours=-1),
        timedelta(hours=2, minutes=30),
        timedelta(days=-1),
        timedelta(days=1),
        timedelta(days=3),
    ]
)
_any_time = st.sampled_from([time(), time(5, 59, 59), time(6), time(6, 0, 1), time(10), time(23, 59, 59)])


@st.composite
def instants(draw: st.DrawFn, entry: datetime) -> datetime:
    """An instant of the three years and a half from the entry into force on."""
    first = entry.astimezone(PARIS).date()
    match draw(st.sampled_from(("month", "month", "month", "term", "any"))):
        case "month":
            month = naive.plus_months(month_of(first), draw(st.integers(0, 38)))
            place = PLACES[draw(st.sampled_from(sorted(PLACES)))](month)
            at = place + draw(NEAR)
        case "term":
            anniversary = naive.plus_months(first, 12 * draw(st.integers(1, 3)))
            day = anniversary - timedelta(
                days=draw(st.sampled_from((0, 0, 1, 1, 2, 15, 30, 31, 32, 45, 300)))
            )
            at = midnight(day) + draw(NEAR)
        case _:
            day = first + timedelta(days=draw(st.integers(0, 1_200)))
            at = at_wall(day, draw(_any_time))
    return max(at, entry)


# --- acts --------------------------------------------------------------------------------------------------

_users = st.sampled_from([ANNE, *USERS])
_what = st.sampled_from(("price", "terms"))
# Months and days are drawn as distances from the act's own.
_months = st.integers(-3, 2)
COMMON: st.SearchStrategy[Act] = st.one_of(
    st.fixed_dictionaries({"do": st.just("register_user"), "user": _users}),
    st.fixed_dictionaries({"do": st.just("register_user"), "user": _users}),
    st.fixed_dictionaries({"do": st.just("remove_user"), "user": _users}),
    st.fixed_dictionaries({"do": st.just("remove_user"), "user": _users}),
    st.fixed_dictionaries({"do": st.sampled_from(("suspend_user", "restore_user")), "user": _users}),
    st.fixed_dictionaries(
        {
            "do": st.just("order_option"),
            "code": st.sampled_from(("start", "training", "storage")),
            "quantity": st.integers(1, 3),
        }
    ),
    st.fixed_dictionaries(
        {"do": st.sampled_from(("name_administrator", "relieve_administrator")), "user": _users}
    ),
    st.fixed_dictionaries(
        {
            "do": st.just("accept_quote"),
            "quote": st.sampled_from(("storage", "q-1", "q-2")),
            "label": st.just("Reprise de données"),
            "price_cents": st.integers(1, 99_999),
        }
    ),
    st.fixed_dictionaries({"do": st.just("settle"), "month": _months | st.just("first")}),
    st.fixed_dictionaries({"do": st.just("settle"), "everything": st.just(True)}),
    st.fixed_dictionaries(
        {
            "do": st.just("bank_return"),
            "month": _months | st.just("first"),
            "kind": st.sampled_from(("reject", "refund")),
        }
    ),
)
CHANGES: st.SearchStrategy[Act] = st.one_of(
    st.fixed_dictionaries({"do": st.just("announce_price"), "user_month_cents": st.integers(1, 9_999)}),
    st.fixed_dictionaries({"do": st.just("announce_terms"), "version": st.just("2027-01")}),
    st.fixed_dictionaries({"do": st.sampled_from(("refuse_change", "withdraw_refusal")), "what": _what}),
    st.fixed_dictionaries(
        {
            "do": st.just("serve_notice"),
            "by": st.sampled_from(("client", "vendor")),
            "posted": st.integers(-45, 0),
        }
    ),
    st.fixed_dictionaries({"do": st.just("serve_notice"), "by": st.just("client")}),
    st.fixed_dictionaries({"do": st.just("withdraw_notice")}),
)
ENDS: st.SearchStrategy[Act] = st.one_of(
    st.fixed_dictionaries(
        {"do": st.just("terminate"), "reason": st.sampled_from(("unpaid", "insolvency", "force_majeure"))}
    ),
    st.fixed_dictionaries({"do": st.sampled_from(("request_restitution", "complete_restitution"))}),
)


def placed(at: datetime, act: Act) -> Act:
    """Return the act at its instant, its distances turned into months and days."""
    today = at.astimezone(PARIS).date()
    act = {"at": at.astimezone(PARIS).isoformat(), **act}
    if isinstance(act.get("month"), int):
        act["month"] = f"{naive.plus_months(month_of(today), act['month']):%Y-%m}"
    if isinstance(act.get("posted"), int):
        act["posted"] = (today + timedelta(days=act["posted"])).isoformat()
    return act


# --- lives -------------------------------------------------------------------------------------------------

ENTRIES = st.one_of(
    st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    st.sampled_from([date(2024, 2, 29), date(2028, 2, 29), date(2026, 3, 17), date(2026, 3, 31)]),
    st.builds(
        lambda year, month, back: last_of(date(year, month, 1)) - timedelta(days=back),
        st.integers(2024, 2028),
        st.integers(1, 12),
        st.integers(0, 12),
    ),
)


def _dossier(asked: datetime, validated: datetime, users: list[str], trial: datetime | None) -> list[Act]:
    """The acts from the account to the validation."""
    opened = trial or asked
    dated = (asked.astimezone(PARIS).date() - timedelta(days=20)).isoformat()
    pieces = ("contract", "mandate", "kbis")
    steps: list[tuple[datetime, Act]] = [
        (opened, {"do": "create_account", "company": "Atelier Nord", "siren": SIREN, "admin": ANNE}),
        (opened, {"do": "accept_terms"}),
        *([(opened, {"do": "start_trial", "users": users[:4]})] if trial else []),
        *((asked, {"do": "submit", "piece": piece}) for piece in ("contract", "mandate")),
        (asked, {"do": "submit", "piece": "kbis", "dated": dated}),
        *((asked, {"do": "register_user", "user": user}) for user in users),
        *((validated, {"do": "accept", "piece": piece}) for piece in pieces),
        (validated, {"do": "validate_identity"}),
    ]
    return [placed(at, act) for at, act in steps]


def in_force(entry: str, users: list[str]) -> list[Act]:
    """The acts of a subscription without trial that comes into force at `entry`, Paris wall time."""
    at = datetime.fromisoformat(entry).replace(tzinfo=PARIS)
    asked = at - timedelta(days=12)
    return [*_dossier(asked, asked, users, None), placed(at, {"do": "settle", "month": "first"})]


@st.composite
def entering(draw: st.DrawFn) -> tuple[datetime, list[Act]]:
    """An entry into force, and the acts up to it."""
    day = draw(ENTRIES)
    entry = draw(st.just(issue_instant(month_of(day))) | _any_time.map(lambda one: at_wall(day, one)))
    validated = entry - timedelta(days=draw(st.sampled_from((0, 1, 8, 10, 15, 20, 40))))
    asked = validated - timedelta(days=draw(st.integers(0, 10)))
    trial = asked - timedelta(days=draw(st.integers(0, 50))) if draw(st.booleans()) else None
    users = draw(st.lists(st.sampled_from(USERS), max_size=8, unique=True))
    acts = _dossier(asked, validated, users, trial)
    if trial and draw(st.booleans()):
        acts.append(placed(trial, {"do": "order_option", "code": "start"}))
    for user in draw(st.lists(_users, max_size=3)):
        at = validated + (entry - validated) / 2
        acts.append(placed(at, {"do": draw(st.sampled_from(("register_user", "remove_user"))), "user": user}))
    # The first month's invoice may wait for the next 1st: then it is settled on the 9th.
    later = naive.plus_months(month_of(entry.astimezone(PARIS).date()), 1).replace(day=9)
    for at in (entry, at_wall(later, time(10))):
        acts.append(placed(at, {"do": "settle", "month": "first"}))
    return entry, acts


@st.composite
def payments(draw: st.DrawFn, entry: datetime) -> list[Act]:
    """How a client pays month after month: on the due day, some days late, everything at once, not at all."""
    habit = draw(st.sampled_from(("on time", "on time", "late", "everything", "never")))
    first = month_of(entry.astimezone(PARIS).date())
    late = draw(st.integers(1, 75))
    acts = []
    for number in range(40) if habit != "never" else ():
        due = last_of(naive.plus_months(first, number))
        paid_for = naive.plus_months(month_of(due), 1)
        months = [f"{paid_for:%Y-%m}", f"{month_of(due):%Y-%m}"]  # an invoice of the 1st is for its own month
        at = at_wall(due + timedelta(days=late if habit != "on time" else 0), time(10))
        if habit == "everything":
            acts.append(placed(at, {"do": "settle", "everything": True}))
        else:
            acts += [placed(at, {"do": "settle", "month": month}) for month in months]
    return acts


@st.composite
def visits(draw: st.DrawFn, entry: datetime) -> list[Act]:
    """Someone who comes and leaves, some hours or months later."""
    came = draw(instants(entry))
    left = came + draw(
        st.sampled_from([timedelta(hours=1), timedelta(days=1)]) | st.timedeltas(DAY, 90 * DAY)
    )
    user = f"guest{draw(st.integers(0, 5))}@atelier-nord.example"
    return [
        placed(came, {"do": "register_user", "user": user}),
        placed(left, {"do": "remove_user", "user": user}),
    ]


@st.composite
def bounced(draw: st.DrawFn, entry: datetime) -> list[Act]:
    """A payment that the bank takes back, before the due day or long after, and a second payment."""
    month = naive.plus_months(month_of(entry.astimezone(PARIS).date()), draw(st.integers(0, 30)))
    month_name = draw(st.just("first") | st.just(f"{naive.plus_months(month, 1):%Y-%m}"))
    at = issue_instant(month)
    acts = []
    steps: tuple[Act, ...] = (
        {"do": "settle", "month": month_name},
        {"do": "bank_return", "month": month_name, "kind": draw(st.sampled_from(("refund", "reject")))},
        draw(st.sampled_from(({"do": "settle", "everything": True}, {"do": "settle", "month": month_name}))),
    )
    for act in steps:
        at += timedelta(days=draw(st.integers(0, 45)), hours=1)
        acts.append(placed(max(at, entry), act))
    return acts


@st.composite
def given_back(draw: st.DrawFn, entry: datetime) -> list[Act]:
    """Staff give a part of an invoice back, twice: of the first month's, or of a later one."""
    nth = draw(st.just(1) | st.integers(1, 30))
    issued = issue_instant(naive.plus_months(month_of(entry.astimezone(PARIS).date()), max(0, nth - 2)))
    cites = f"F-{min(issued, entry).year if nth == 1 else issued.year}-{nth:04}"
    acts = []
    for _ in range(2):
        net = draw(st.integers(1, 30_000) | st.integers(1, 200) | st.just(24_500))
        act: Act = {"do": "issue_credit_note", "cites": cites, "net_cents": net, "label": "Geste commercial"}
        at = issued + timedelta(days=draw(st.integers(-6, 50)), minutes=draw(st.integers(0, 1)))
        acts.append(placed(at if nth == 1 else max(at, issued), act))
    return acts


@st.composite
def second_thoughts(draw: st.DrawFn, entry: datetime) -> list[Act]:
    """A change announced, refused, accepted after all, or a notice that comes and goes, near a term's end."""
    first = entry.astimezone(PARIS).date()
    anniversary = midnight(naive.plus_months(first, 12 * draw(st.integers(1, 3))))
    before = sorted(draw(st.lists(st.integers(-1, 70), min_size=3, max_size=3)), reverse=True)
    at = [max(anniversary - timedelta(days=days) + draw(NEAR), entry) for days in before]
    what = draw(_what)
    announced: Act = (
        {"do": "announce_price", "user_month_cents": draw(st.integers(1, 9_999))}
        if what == "price"
        else {"do": "announce_terms", "version": "2027-01"}
    )
    change: list[Act] = [
        announced,
        {"do": "refuse_change", "what": what},
        {"do": "withdraw_refusal", "what": what},
    ]
    notice: list[Act] = [
        {"do": "serve_notice", "by": "client"},
        {"do": "withdraw_notice"},
        {"do": "serve_notice", "by": "vendor"},
    ]
    acts = draw(st.sampled_from((change, change[:2], notice, notice[:1])))
    return [placed(*one) for one in zip(at, acts, strict=False)]


@st.composite
def lives(draw: st.DrawFn) -> dict[str, Any]:
    entry, acts = draw(entering())
    acts += draw(payments(entry))
    kinds = draw(
        st.sampled_from((COMMON, COMMON | CHANGES, COMMON | CHANGES, COMMON | CHANGES | ENDS, CHANGES | ENDS))
    )
    for at, act in draw(st.lists(st.tuples(instants(entry), kinds), max_size=30)):
        acts.append(placed(at, act))
    for story in draw(
        st.lists(st.sampled_from((visits, visits, visits, second_thoughts, bounced, given_back)), max_size=10)
    ):
        acts += draw(story(entry))
    acts.sort(key=lambda act: datetime.fromisoformat(act["at"]))
    until = (
        draw(instants(entry))
        if draw(st.booleans())
        else entry + timedelta(days=draw(st.integers(700, 1_250)))
    )
    return {
        "title": "Une vie",
        "until": until.astimezone(PARIS).isoformat(),
        "grid": {
            "minimum_users": draw(st.sampled_from((5, 5, 1, 2, 3))),
            "user_month_cents": draw(st.sampled_from((4900, 4900, 3333, 101))),
            "vat_percent": draw(st.sampled_from((20, 20, 8.5, 0))),
        },
        "legal_rates": LEGAL_RATES,
        "act": [act for act in acts if datetime.fromisoformat(act["at"]) < until],
    }


def toml(scenario: dict[str, Any]) -> str:
    """Return the scenario as the file that `portal replay` reads."""
    lines = [f"{key} = {json.dumps(scenario[key])}" for key in ("title", "until")]
    for table in ("grid", "legal_rates", "policy"):
        lines += [f"[{table}]", *_pairs(scenario.get(table, {}))]
    for act in scenario["act"]:
        lines += ["[[act]]", *_pairs(act)]
    return "\n".join(lines) + "\n"


def _pairs(table: dict[str, Any]) -> list[str]:
    return [f"{json.dumps(key)} = {json.dumps(value)}" for key, value in table.items()]
