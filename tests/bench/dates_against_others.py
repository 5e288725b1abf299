"""Forty dates that a subscription turns on, by our rules and by two usual ways of reckoning them.

    uv run python -m tests.bench.dates_against_others

The dates expected are literal: each was read in the terms with a wall calendar. *Chained* adds a month to
the previous result with `relativedelta`, days to a local midnight with the offset of the day it starts
from, and skips week-ends only. *Kept* clamps to the month's end and keeps to month ends once it is on one.
"""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from dateutil.relativedelta import relativedelta

from portal.contract.calendar import (
    Closing,
    add_months,
    add_open_days,
    end_of_day,
    first_open_day,
    last_open_day,
)
from portal.contract.replay import replay, to_json
from portal.contract.scenario import read_scenario
from tests.contract.oracle_days import PARIS
from tests.contract.random_lives import in_force, toml

DAY = timedelta(days=1)


class Reckoning(Protocol):
    def months(self, anchor: date, months: int) -> date: ...
    def term_end(self, entry: date, term: int) -> date: ...
    def notice_limit(self, entry: date) -> date: ...
    def end_after(self, day: date, days: int) -> datetime: ...
    def business_days(self, day: date, days: int) -> date: ...
    def first_business_day(self, day: date) -> date: ...
    def last_business_day(self, day: date) -> date: ...
    def last_banking_day(self, day: date) -> date: ...


def by_weekday(day: date, step: timedelta) -> date:
    while day.isoweekday() > 5:
        day += step
    return day


class Chained:
    """A month after a month, each from the one before; a day is 24 hours; a holiday is a day like another."""

    def months(self, anchor: date, months: int) -> date:
        for _ in range(months):
            anchor += relativedelta(months=1)
        return anchor

    def term_end(self, entry: date, term: int) -> date:
        last = entry
        for _ in range(term):
            last += relativedelta(years=1)
        return last - DAY

    def notice_limit(self, entry: date) -> date:
        return self.term_end(entry, 1) - relativedelta(months=1)

    def end_after(self, day: date, days: int) -> datetime:
        start = datetime.combine(day, time(), PARIS).astimezone(UTC)
        return start + timedelta(days=days + 1)

    def business_days(self, day: date, days: int) -> date:
        for _ in range(days):
            day = by_weekday(day + DAY, DAY)
        return day

    def first_business_day(self, day: date) -> date:
        return by_weekday(day, DAY)

    def last_business_day(self, day: date) -> date:
        return by_weekday(day, -DAY)

    def last_banking_day(self, day: date) -> date:
        return by_weekday(day, -DAY)


class Kept(Chained):
    """Once on a month's end, always on a month's end."""

    def months(self, anchor: date, months: int) -> date:
        was_last = anchor.day == monthrange(anchor.year, anchor.month)[1]
        day = anchor + relativedelta(months=months)
        return day + relativedelta(day=31) if was_last else day

    def term_end(self, entry: date, term: int) -> date:
        return self.months(entry, 12 * term) - DAY

    def notice_limit(self, entry: date) -> date:
        return self.months(self.term_end(entry, 1), -1)


class Ours:
    """The portal's: terms and notices as a replay tells them, the rest as its calendar does."""

    def months(self, anchor: date, months: int) -> date:
        return add_months(anchor, months)

    def term_end(self, entry: date, term: int) -> date:
        happened = _life(entry, years=term)["timeline"]
        last_days = [
            one["last_day"] for one in happened if one["event"] in {"contract_in_force", "contract_renewed"}
        ]
        return date.fromisoformat(last_days[term - 1])

    def notice_limit(self, entry: date) -> date:
        deadlines = _life(entry, years=0)["deadlines"]
        limit = next(one["at"] for one in deadlines if one["name"] == "notice_limit")
        return (datetime.fromisoformat(limit) - timedelta(microseconds=1)).date()

    def end_after(self, day: date, days: int) -> datetime:
        return end_of_day(day + timedelta(days=days))

    def business_days(self, day: date, days: int) -> date:
        return add_open_days(day, days)

    def first_business_day(self, day: date) -> date:
        return first_open_day(day)

    def last_business_day(self, day: date) -> date:
        return last_open_day(day)

    def last_banking_day(self, day: date) -> date:
        return last_open_day(day, Closing.BANKING)


def _life(entry: date, years: int) -> dict[str, list[dict[str, str]]]:
    acts = in_force(f"{entry}T10:00", [])
    until = date(entry.year + years, entry.month, min(entry.day, 28)) + timedelta(days=5)
    scenario = {"title": "Terme", "until": f"{until}T00:00", "act": acts}
    return to_json(replay(read_scenario(toml(scenario))))


def jour(french: str) -> date:
    return datetime.strptime(french, "%d/%m/%Y").replace(tzinfo=UTC).date()


@dataclass(frozen=True)
class Case:
    title: str
    clause: str
    asked: Callable[[Reckoning], date | datetime]
    expected: date | datetime


def months(title: str, clause: str, anchor: str, number: int, expected: str) -> Case:
    return Case(title, clause, lambda by: by.months(jour(anchor), number), jour(expected))


def term(title: str, entry: str, number: int, expected: str) -> Case:
    return Case(title, "9", lambda by: by.term_end(jour(entry), number), jour(expected))


def notice(title: str, entry: str, expected: str) -> Case:
    return Case(title, "16", lambda by: by.notice_limit(jour(entry)), jour(expected))


def days(title: str, clause: str, day: str, number: int, expected: datetime) -> Case:
    return Case(title, clause, lambda by: by.end_after(jour(day), number), expected)


def business(title: str, clause: str, day: str, number: int, expected: str) -> Case:
    return Case(title, clause, lambda by: by.business_days(jour(day), number), jour(expected))


def first_open(title: str, clause: str, day: str, expected: str) -> Case:
    return Case(title, clause, lambda by: by.first_business_day(jour(day)), jour(expected))


def last_open(title: str, day: str, expected: str) -> Case:
    return Case(title, "10.3", lambda by: by.last_business_day(jour(day)), jour(expected))


def banking(title: str, day: str, expected: str) -> Case:
    return Case(title, "10.3", lambda by: by.last_banking_day(jour(day)), jour(expected))


CASES = (
    months("K-bis du 30 novembre, trois mois", "8", "30/11/2025", 3, "28/02/2026"),
    months("K-bis du 31 janvier, trois mois", "8", "31/01/2026", 3, "30/04/2026"),
    months("K-bis du 28 février, trois mois", "8", "28/02/2026", 3, "28/05/2026"),
    months("K-bis du 30 avril, trois mois", "8", "30/04/2026", 3, "30/07/2026"),
    months("Deuxième mois de retard depuis le 31 janvier", "10.4", "31/01/2026", 2, "31/03/2026"),
    months("Sixième mois de retard depuis le 31 août", "10.4", "31/08/2026", 6, "28/02/2027"),
    months("Septième mois de retard depuis le 31 août", "10.4", "31/08/2026", 7, "31/03/2027"),
    months("Deuxième mois depuis le 31 décembre, année bissextile", "10.4", "31/12/2027", 2, "29/02/2028"),
    months("Quatrième mois depuis le 30 novembre", "10.4", "30/11/2026", 4, "30/03/2027"),
    months("Un mois depuis le 29 février", "10.4", "29/02/2028", 1, "29/03/2028"),
    term("En vigueur le 17 mars", "17/03/2026", 1, "16/03/2027"),
    term("En vigueur le 31 mars", "31/03/2026", 1, "30/03/2027"),
    term("En vigueur le 1er janvier", "01/01/2026", 1, "31/12/2026"),
    term("En vigueur le 29 février, premier terme", "29/02/2028", 1, "28/02/2029"),
    term("En vigueur le 29 février, deuxième terme", "29/02/2028", 2, "28/02/2030"),
    term("En vigueur le 29 février, quatrième terme", "29/02/2024", 4, "28/02/2028"),
    term("En vigueur le 1er mars, terme bissextile", "01/03/2027", 1, "29/02/2028"),
    notice("Préavis d’un terme au 16 mars", "17/03/2026", "16/02/2027"),
    notice("Préavis d’un terme au 30 mars", "31/03/2026", "28/02/2027"),
    notice("Préavis d’un terme au 28 février", "29/02/2028", "31/01/2029"),
    notice("Préavis d’un terme au 29 février", "01/03/2027", "31/01/2028"),
    notice("Préavis d’un terme au 30 avril", "01/05/2026", "31/03/2027"),
    notice("Préavis d’un terme au 31 décembre", "01/01/2026", "30/11/2026"),
    days("Essai du 31 janvier", "5.1", "31/01/2026", 30, datetime(2026, 3, 2, 23, tzinfo=UTC)),
    days("Essai du 28 février, heure d’été", "5.1", "28/02/2026", 30, datetime(2026, 3, 30, 22, tzinfo=UTC)),
    days("Essai du 27 février, heure d’été", "5.1", "27/02/2026", 30, datetime(2026, 3, 29, 22, tzinfo=UTC)),
    days(
        "Essai du 30 septembre, heure d’hiver",
        "5.1",
        "30/09/2026",
        30,
        datetime(2026, 10, 30, 23, tzinfo=UTC),
    ),
    days("Restitution demandée à l’automne", "15", "10/10/2026", 30, datetime(2026, 11, 9, 23, tzinfo=UTC)),
    business("Suspension, mail du 4 mai : 8 mai et Ascension", "10.3", "04/05/2026", 10, "20/05/2026"),
    business("Suspension, mail du 2 avril : lundi de Pâques", "10.3", "02/04/2026", 10, "17/04/2026"),
    business("Suspension, mail du 21 décembre", "10.3", "21/12/2026", 10, "06/01/2027"),
    business("Premier prélèvement annoncé le 7 mai", "10.3", "07/05/2026", 5, "18/05/2026"),
    first_open("Relance après le 30 avril", "10.3", "01/05/2026", "04/05/2026"),
    first_open("Relance après le 31 décembre", "10.3", "01/01/2027", "04/01/2027"),
    first_open("Destruction : archive close un 14 juillet", "5.1", "14/07/2026", "15/07/2026"),
    last_open("Facture : le 20 est lundi de Pentecôte", "20/05/2024", "17/05/2024"),
    last_open("Facture : le 20 est dimanche de Pâques", "20/04/2025", "18/04/2025"),
    banking("Prélèvement de mars : Pâques le 31", "31/03/2024", "28/03/2024"),
    banking("Prélèvement de mai : le 31 est un dimanche", "31/05/2026", "29/05/2026"),
    banking("Prélèvement avant le 26 décembre", "26/12/2025", "24/12/2025"),
)


def main() -> None:
    ways: tuple[tuple[str, Reckoning], ...] = (("chained", Chained()), ("kept", Kept()), ("ours", Ours()))
    passed = dict.fromkeys((name for name, _ in ways), 0)
    print(f"{'case':<56} {'clause':<6} {'expected':<17} " + " ".join(f"{name:<17}" for name, _ in ways))
    for case in CASES:
        shown = []
        for name, way in ways:
            found = case.asked(way)
            passed[name] += found == case.expected
            shown.append(
                "ok"
                if found == case.expected
                else f"{found:%d/%m/%Y %HhZ}"[: 17 if isinstance(found, datetime) else 10]
            )
        print(
            f"{case.title:<56} {case.clause:<6} {case.expected:%d/%m/%Y}        "
            + " ".join(f"{one:<17}" for one in shown)
        )
    print(" ".join(f"{name}: {count} of {len(CASES)}" for name, count in passed.items()))


if __name__ == "__main__":
    main()
