"""CGV art. 5.2, 10.3: an option that the signed contract names is charged from the month after the entry, none left out."""

import pytest

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.acts import FIRST
from portal.contract.deadlines import advance
from portal.contract.decide import decide
from portal.contract.decisions.payments import with_signed_options
from portal.contract.state import State
from tests.contract.specification import lawful, le
from tests.contract.subscribed import a_complete_dossier, live

STORAGE, BOTH = {"storage": 2}, {"training": 1, "storage": 2}


def awaiting(validated: str) -> State:
    return live(*a_complete_dossier(le(validated), "bob", "chloe", "dan", "eve"))[0]


def lived(validated: str, settled: str, signed: dict[str, int], until: str) -> tuple[e.Event, ...]:
    """What the first payment causes where the contract names options, and what the calendar brings after it."""
    state, due = advance(awaiting(validated), le(settled))
    caused = with_signed_options(
        state, decide(state, a.Settle(month=FIRST), le(settled)), signed, le(settled)
    )
    return (*due, *caused, *advance(lawful(state, caused), le(until))[1])


def charged(events: tuple[e.Event, ...], option: str) -> list[tuple[str, str, int]]:
    """The lines of an option: which month, issued on which day, for how much."""
    return [
        (line.month, one.at.date().isoformat(), line.net_cents)
        for one in events
        if isinstance(one, e.InvoiceIssued)
        for line in one.lines
        if line.option == option
    ]


@pytest.mark.parametrize(
    ("settled", "issued"),
    [
        ("10/05/2026 10:00", "2026-05-20"),
        ("20/05/2026 05:59", "2026-05-20"),
        ("20/05/2026 06:00", "2026-05-20"),
        ("21/05/2026 10:00", "2026-05-21"),
        ("22/05/2026 00:00", "2026-06-01"),  # the notice of the collection can no longer be met in May
        ("31/05/2026 23:59", "2026-06-01"),
    ],
)
def test_the_month_after_the_entry_is_charged_on_whichever_day_it_comes(settled: str, issued: str) -> None:
    events = lived("04/05/2026 10:00", settled, STORAGE, "21/07/2026")
    assert charged(events, "storage") == [
        ("2026-06", issued, 3000),
        ("2026-07", "2026-06-19", 3000),
        ("2026-08", "2026-07-20", 3000),
    ]


def test_the_months_of_a_short_february_are_all_charged() -> None:
    events = lived("02/02/2026 10:00", "20/02/2026 10:00", STORAGE, "21/03/2026")
    assert [month for month, *_ in charged(events, "storage")] == ["2026-03", "2026-04"]


def test_an_option_charged_once_is_on_the_invoice_of_the_entry_and_on_no_other() -> None:
    events = lived("04/05/2026 10:00", "21/05/2026 10:00", BOTH, "21/07/2026")
    assert charged(events, "training") == [("2026-06", "2026-05-21", 29000)]


def test_the_options_are_ordered_with_the_entry_before_its_invoice() -> None:
    events = lived("04/05/2026 10:00", "21/05/2026 10:00", BOTH, "22/05/2026")
    assert [one.kind for one in events][-6:] == [
        "contract_in_force",
        "service_opened",
        "user_registered",
        "option_ordered",
        "option_ordered",
        "invoice_issued",
    ]


def test_without_options_the_entry_is_as_it_was_decided() -> None:
    at = le("21/05/2026 10:00")
    state, _ = advance(awaiting("04/05/2026 10:00"), at)
    caused = decide(state, a.Settle(month=FIRST), at)
    assert with_signed_options(state, caused, {}, at) == caused


def test_what_brings_no_contract_into_force_orders_nothing() -> None:
    at = le("21/05/2026 10:00")
    state, _ = advance(awaiting("04/05/2026 10:00"), at)
    caused = decide(state, a.Settle(month=FIRST, amount_cents=100), at)
    assert with_signed_options(state, caused, STORAGE, at) == caused
