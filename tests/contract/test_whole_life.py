"""A contract from its dossier to the destruction of its data: every event told, explained, stored and drawn."""

from typing import get_args

import pytest

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.amounts import gross_total, net_total, percent, vat
from portal.contract.arrears import dues
from portal.contract.because import recomputed
from portal.contract.diagram import mermaid
from portal.contract.evolve import evolve, history
from portal.contract.explanations import explained, timeline
from portal.contract.invariants import breaches, breaches_by
from portal.contract.lines import reckoning
from portal.contract.offer import DEMONSTRATION
from portal.contract.reckoning import reckoned_again
from portal.contract.state import MOVES, State
from portal.contract.story import told
from tests.contract.specification import BOB, a_trial, an_offer, le, well_set
from tests.contract.subscribed import Step, a_complete_dossier, in_force, live
from tests.contract.test_history import ONE_OF_EACH

COLLEAGUES = ("bob", "chloe", "dan", "eve", "fay")

LIFE: tuple[Step, ...] = (
    *in_force("04/03/2026 10:00", "17/03/2026 10:00", *COLLEAGUES),
    (le("18/03/2026 10:00"), a.OrderOption(code="storage")),
    (le("19/03/2026 10:00"), a.OrderOption(code="start")),
    (le("31/03/2026 10:00"), a.Settle(month="2026-04")),
    (le("12/04/2026 10:00"), a.SuspendUser(user=BOB)),
    (le("13/04/2026 10:00"), a.RestoreUser(user=BOB)),
    (le("14/04/2026 10:00"), a.NameAdministrator(user=BOB)),
    (le("15/04/2026 10:00"), a.AcceptQuote(quote="q-1", label="Reprise de données", price_cents=120_000)),
    (le("25/04/2026 10:00"), a.RemoveUser(user=BOB)),
    (
        le("26/04/2026 10:00"),
        a.IssueCreditNote(cites="F-2026-0003", net_cents=1_000, label="Geste commercial"),
    ),
    (le("01/05/2026 10:00"), a.ReturnPayment(month="2026-05", kind="reject")),
    (le("06/05/2026 10:00"), a.ReportDefaultMail(month="2026-05", sent=False)),
    (le("07/05/2026 10:00"), a.ReportDefaultMail(month="2026-05", sent=True)),
    (le("26/05/2026 10:00"), a.SettleEverything()),
    (le("31/05/2026 10:00"), a.Settle(month="2026-06")),
    (le("05/06/2026 10:00"), a.ReturnPayment(month="2026-06", kind="refund")),
    (le("06/06/2026 10:00"), a.SettleEverything()),
    (le("07/06/2026 10:00"), a.AnnouncePrice(user_month_cents=5200)),
    (le("08/06/2026 10:00"), a.AnnounceTerms(version="2026-09")),
    (le("09/06/2026 10:00"), a.RefuseChange(what="price")),
    (le("10/06/2026 10:00"), a.WithdrawRefusal(what="price")),
    (le("11/06/2026 10:00"), a.ServeNotice(by="client")),
    (le("12/06/2026 10:00"), a.WithdrawNotice()),
    (le("13/06/2026 10:00"), a.WithdrawMandate()),
    *((le(f"30/{month:02}/2026 10:00"), a.Settle(month=f"2026-{month + 1:02}")) for month in range(6, 12)),
    (le("31/12/2026 10:00"), a.Settle(month="2027-01")),
    (le("29/01/2027 10:00"), a.Settle(month="2027-02")),
    (le("26/02/2027 10:00"), a.Settle(month="2027-03")),
    (le("18/03/2027 10:00"), a.ServeNotice(by="vendor")),
    (le("26/03/2027 10:00"), a.Settle(month="2027-04")),
    (le("16/04/2027 10:00"), a.Terminate(reason="force_majeure")),
    (le("17/04/2027 10:00"), a.RequestRestitution()),
    (le("18/04/2027 10:00"), a.CompleteRestitution()),
)
OFFER = an_offer()
STATE, EVENTS = live(*LIFE, until=le("01/07/2027"))

# From a trial, archived: what a contract without one never shows.
FROM_A_TRIAL = live(
    *((le("31/01/2026 10:00"), act) for act in (a.CreateAccount(siren="732829320", admin="anne"),)),
    (le("31/01/2026 10:00"), a.AcceptTerms(version="2026-01", by="anne")),
    (le("31/01/2026 10:00"), a.StartTrial()),
    *a_complete_dossier(le("04/03/2026 10:00"))[2:],
    (le("12/03/2026 10:00"), a.Settle(month="first")),
    (le("20/03/2026 10:00"), a.AnnouncePrice(user_month_cents=5200)),
)[1]

# Users who were added too late for the invoice, then gone: what was invoiced beyond a month is given back.
WITH_A_CREDIT_NOTE = live(
    *a_complete_dossier(le("04/03/2026 10:00"), *(f"u{n}" for n in range(20))),
    *((le("05/03/2026 10:00"), a.RemoveUser(user=f"u{n}")) for n in range(15)),
    (le("31/03/2026 23:00"), a.Settle(month="first")),
    until=le("21/04/2026"),
)[1]
SEEN = (*ONE_OF_EACH, *EVENTS, *FROM_A_TRIAL, *WITH_A_CREDIT_NOTE)


def kinds(union: object) -> set[type]:
    return {kind for one in get_args(union) for kind in (get_args(one) or (one,))}


def test_between_them_these_lives_show_every_event() -> None:
    assert {type(one) for one in SEEN} == kinds(e.Event)


@pytest.mark.parametrize("event", {type(one): one for one in SEEN}.values(), ids=lambda event: event.kind)
def test_an_event_is_told_and_stored(event: e.Event) -> None:
    assert well_set(told(event, DEMONSTRATION.grid)), told(event, DEMONSTRATION.grid)
    stored = e.EVENT.dump_json(event)
    assert e.EVENT.validate_json(stored) == event
    assert e.EVENT.dump_json(e.EVENT.validate_json(stored)) == stored


@pytest.mark.parametrize(
    "events", [EVENTS, FROM_A_TRIAL, WITH_A_CREDIT_NOTE], ids=["life", "trial", "credit"]
)
def test_an_event_is_explained_and_the_explanation_recomputes(events: tuple[e.Event, ...]) -> None:
    for event, _, because, _ in explained(OFFER, events):
        assert all(map(well_set, because.lines())), because.lines()
        assert recomputed(because) == because.result
        assert because.result in {event.at, because.start}


@pytest.mark.parametrize(
    "events", [EVENTS, FROM_A_TRIAL, WITH_A_CREDIT_NOTE], ids=["life", "trial", "credit"]
)
def test_every_line_is_what_its_own_reckoning_gives(events: tuple[e.Event, ...]) -> None:
    lines = [
        line
        for event in events
        if isinstance(event, e.InvoiceIssued | e.CreditNoteIssued)
        for line in event.lines
    ]
    assert lines
    for line in lines:
        amount = reckoning(line)
        assert reckoned_again(amount) == amount.value == line.net_cents
        assert all(map(well_set, amount.lines())), amount.lines()


@pytest.mark.parametrize(
    "events", [EVENTS, FROM_A_TRIAL, WITH_A_CREDIT_NOTE], ids=["life", "trial", "credit"]
)
def test_every_total_is_what_its_own_reckoning_gives(events: tuple[e.Event, ...]) -> None:
    documents = [event for event in events if isinstance(event, e.InvoiceIssued | e.CreditNoteIssued)]
    for one in documents:
        reckonings = (
            (net_total(one.lines), one.net_cents),
            (vat(one.net_cents, one.vat_hundredths), one.vat_cents),
            (gross_total(one.net_cents, one.vat_cents), one.gross_cents),
        )
        for amount, cents in reckonings:
            assert reckoned_again(amount) == amount.cents == cents
            assert all(map(well_set, amount.lines())), amount.lines()


def test_what_is_due_is_what_its_own_reckoning_gives() -> None:
    """Six users: 170,71 for April (14 226 HT), 352,80 for May; two months begun of the first, one of the second."""
    at = le("10/05/2026 10:00")
    state, _ = live(*in_force("04/03/2026 10:00", "17/03/2026 10:00", *COLLEAGUES), until=at)
    owed = dues(state, at)
    assert [due.total_cents for due in owed] == [17071 + 299 + 4000, 35280 + 309 + 4000]
    for due in owed:
        for amount in (due.penalties, due.total):
            assert reckoned_again(amount) == amount.value
            assert all(map(well_set, amount.lines())), amount.lines()


@pytest.mark.parametrize(
    ("hundredths", "shown"), [(2000, "20 %"), (850, "8,5 %"), (1262, "12,62 %"), (0, "0 %")]
)
def test_a_rate_is_written_in_french(hundredths: int, shown: str) -> None:
    assert percent(hundredths) == shown.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    "events", [EVENTS, FROM_A_TRIAL, WITH_A_CREDIT_NOTE], ids=["life", "trial", "credit"]
)
def test_no_invariant_is_broken_on_the_way(events: tuple[e.Event, ...]) -> None:
    state = State(offer=OFFER)
    for event in events:
        assert breaches_by(state, event) == ()
        state = evolve(state, event)
    assert breaches(state) == ()
    assert history(State(offer=OFFER), events) == state


def test_the_life_ends_with_nothing_to_come() -> None:
    assert (STATE.relationship, STATE.service, STATE.data) == ("ended", "closed", "destroyed")
    moments = timeline(STATE, EVENTS, le("01/07/2027"))
    assert [one.tense for one in moments] == ["past"] * len(moments)
    assert [one.at for one in moments] == sorted(one.at for one in moments)


def test_the_diagrams_draw_the_very_table_that_allows_the_moves() -> None:
    drawn = mermaid()
    for thing, moves in MOVES.items():
        assert f"## {thing}\n" in drawn
        for before, following in moves.items():
            for after in following:
                assert f"    {before} --> {after}\n" in drawn
    arrows = sum(len(following) for moves in MOVES.values() for following in moves.values())
    assert drawn.count(" --> ") == arrows + drawn.count("[*]")


def test_a_trial_is_the_beginning_of_a_contract() -> None:
    started = [event.kind for event in a_trial(le("31/01/2026 10:00"))]
    assert [event.kind for event in FROM_A_TRIAL][: len(started)] == started
