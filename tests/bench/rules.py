"""What the rules cost: a life replayed, the next deadline of many contracts, ten business days.

    uv run python -m tests.bench.rules

Each is measured beside a reference in the same run, so that the ratio means something on any machine. The
reference of a replay is the reading of its file; that of a deadline, one addition of a
month by `relativedelta` for each contract; that of business days, workalendar's own.
"""

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import cycle, islice

from dateutil.relativedelta import relativedelta
from workalendar.europe import France

from portal.contract.calendar import add_open_days
from portal.contract.deadlines import next_due
from portal.contract.evolve import evolve
from portal.contract.replay import replay
from portal.contract.scenario import Scenario, read_scenario
from portal.contract.state import State
from tests.contract.random_lives import LEGAL_RATES, Act, in_force, toml

CONTRACTS = 100_000
TEAM = [f"user{number}@atelier-nord.example" for number in range(9)]


def best(work: Callable[[], object], repeat: int = 7) -> float:
    """Return the shortest of some runs, in seconds: the others were disturbed."""
    times = []
    for _ in range(repeat):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def three_years(entry: date) -> Scenario:
    """Ten users; two changes and a payment a month."""
    acts: list[Act] = in_force(f"{entry}T10:00", TEAM)
    for number in range(37):
        month = entry.replace(day=1) + relativedelta(months=number)
        guest = {"user": f"guest{number}@atelier-nord.example"}
        if number:
            acts += [
                {"at": f"{month.replace(day=8)}T10:00", "do": "register_user", **guest},
                {"at": f"{month.replace(day=24)}T10:00", "do": "remove_user", **guest},
            ]
        paid = f"{month + relativedelta(months=1):%Y-%m}"
        acts.append({"at": f"{month.replace(day=28)}T10:00", "do": "settle", "month": paid})
    until = entry + relativedelta(years=3, months=2)
    table = {"title": "Trois ans", "until": f"{until}T00:00", "legal_rates": LEGAL_RATES, "act": acts}
    return read_scenario(toml(table))


def stages() -> Iterator[State]:
    """Every state that contracts in force on many days go through, from the account to years later."""
    for back in range(60):
        result = replay(three_years(date(2026, 3, 17) + relativedelta(months=back % 12, days=back // 12)))
        state = State(offer=result.state.offer)
        for event in result.events:
            state = evolve(state, event)
            yield state


def row(what: str, ours: str, reference: str, ratio: float) -> None:
    print(f"{what:<46} {ours:>22} {reference:>30} {ratio:>8.2f}")


def main() -> None:
    row_title = f"{'':<46} {'ours':>22} {'reference':>30} {'ratio':>8}"
    print(row_title)

    scenario = three_years(date(2026, 3, 17))
    text = toml(scenario.model_dump(mode="json", exclude_none=True) | {"policy": {}})
    result = replay(scenario)
    assert not result.refused
    events = result.events
    ours, reading = best(lambda: replay(scenario)), best(lambda: read_scenario(text))
    row(
        f"three years replayed ({len(events)} events)",
        f"{ours * 1000:.1f} ms (<= 50)",
        f"reading its file: {reading * 1000:.1f} ms",
        ours / reading,
    )

    states = list(stages())
    contracts = list(islice(cycle(states), CONTRACTS))
    month = relativedelta(months=1)
    days = [state.at.date() for state in contracts if state.at]

    def ask() -> None:
        for state in contracts:
            next_due(state)

    def add() -> None:
        for day in days:
            day + month

    ours, adding = best(ask, 3), best(add, 3)
    row(
        f"next deadline, {CONTRACTS} contracts in {len(states)} states",
        f"{CONTRACTS / ours:,.0f} /s (>= 50 000)",
        f"relativedelta: {CONTRACTS / adding:,.0f} /s",
        ours / adding,
    )

    some_days = [date(2026, 1, 1) + timedelta(days=number) for number in range(1_000)]
    france = France()
    france.add_working_days(some_days[0], 10)  # it reads a year's holidays once
    add_open_days(some_days[0], 10)
    mine = best(lambda: [add_open_days(day, 10) for day in some_days]) / len(some_days)
    theirs = best(lambda: [france.add_working_days(day, 10) for day in some_days], 3) / len(some_days)
    row(
        "ten business days after a day",
        f"{mine * 1e6:.2f} us (< 1)",
        f"workalendar: {theirs * 1e6:.1f} us",
        mine / theirs,
    )


if __name__ == "__main__":
    main()
