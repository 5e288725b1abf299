"""The gate in front of every event: which pass, which are dropped, and at what pace."""

from typing import Any

import pytest
import structlog

from portal.web.gate import Gate
from portal.web.pages import PUBLIC_STATES
from tests.web.decisions import EVENTS, FRAMEWORK_EVENTS
from tests.web.registered import Registered, registered_events

REGISTERED = registered_events()
LOAD = next(one.sent_as for one in REGISTERED if one.name == "public.landing_state.LandingState.load")


class Inner:
    """Stands for Reflex: remembers what reached it."""

    def __init__(self) -> None:
        self.received: list[Any] = []

    async def __call__(self, sid: str, data: Any) -> None:
        self.received.append((sid, data))


@pytest.fixture
def inner() -> Inner:
    return Inner()


@pytest.fixture
def gate(inner: Inner) -> Gate:
    return Gate(inner, PUBLIC_STATES)


async def passes(gate: Gate, inner: Inner, one: Registered) -> bool:
    before = len(inner.received)
    await gate.receive(one.sent_as, {"name": one.sent_as, "payload": {}})  # a connection of its own
    return len(inner.received) > before


async def test_these_events_pass_and_no_others(gate: Gate, inner: Inner) -> None:
    """Whoever adds a handler decides in `decisions.py` who may send it."""
    passed = {one.name for one in REGISTERED if await passes(gate, inner, one)}

    assert sorted(passed) == sorted({*EVENTS, *FRAMEWORK_EVENTS})


async def test_no_state_lets_a_browser_set_its_variables(gate: Gate, inner: Inner) -> None:
    setters = [one for one in REGISTERED if one.name.endswith(".setvar")]
    assert len(setters) > len(PUBLIC_STATES)

    assert [one.name for one in setters if await passes(gate, inner, one)] == []


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "hydrate",
        {},
        {"payload": {}},
        {"name": None, "payload": {}},
        {"name": [LOAD], "payload": {}},
        {"name": {}, "payload": {}},
        {"name": "no.such.event", "payload": {"secret": "canari-7421"}},
        {"name": LOAD + " ", "payload": {}},
        {"name": LOAD.upper(), "payload": {}},
        {"name": LOAD.removesuffix("load") + "__init__", "payload": {}},
        {"name": LOAD, "payload": []},
        {"name": LOAD, "payload": "canari-7421"},
        {"name": LOAD, "payload": None},
    ],
)
async def test_what_is_no_event_of_ours_is_dropped_and_the_log_keeps_none_of_it(
    gate: Gate, inner: Inner, data: object
) -> None:
    with structlog.testing.capture_logs() as logged:
        await gate.receive("someone", data)

    assert inner.received == []
    assert logged == [{"event": "event.refused", "log_level": "warning"}]


async def test_a_flood_is_cut_for_whoever_sends_it_and_for_nobody_else(gate: Gate, inner: Inner) -> None:
    with structlog.testing.capture_logs() as logged:
        for _ in range(500):
            await gate.receive("flooding", {"name": LOAD, "payload": {}})
    await gate.receive("someone else", {"name": LOAD})

    from_the_flood = [sid for sid, _ in inner.received if sid == "flooding"]
    assert 0 < len(from_the_flood) <= 80, "forty a second, and a second may begin meanwhile"
    assert inner.received[-1] == ("someone else", {"name": LOAD})
    assert {one["event"] for one in logged} == {"event.flood"}
