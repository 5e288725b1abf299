"""`/gestion/echeances` and the list of clients: terms, notices and what comes next, each date with its reason."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import pytest

from portal.contract import acts as a
from portal.contract.offer import Offer
from portal.contract.policy import Policy
from portal.contract.state import State
from portal.contract.term import term_last_day
from portal.services.context import Portal
from portal.services.terms_to_come import Standing, Term, TermsToCome
from portal.web import running
from portal.web.presenting import why_of
from portal.web.staff.states import ClientFileState, ClientsState
from portal.web.staff.terms_states import TermsToComeState
from portal.web.staff.terms_views import declared_row, term_row
from tests.clock import FixedClock
from tests.people import a_member_of_staff
from tests.services.clients import Client, act, live_until, paris
from tests.services.contracts import a_contract
from tests.web.events import Tab
from tests.web.test_invoices_view import plain

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
HERE = "/gestion/echeances"
A_TERM = Term(
    contract_id="c",
    number="CT-2028-0001",
    legal_name="Atelier Nord",
    entered_on=None,
    last_day=date(2029, 2, 28),
    monthly_cents=24500,
    users=5,
    unit_cents=4900,
    options_cents=0,
    standing=Standing.CLIENT_NOTICE,
    cause=Standing.CLIENT_NOTICE,
    ends_on=None,
    declared_at=paris(date(2028, 6, 1), 10),
)


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> AsyncIterator[Client]:
    """In force since 17 March 2026; notice is served on 1 June."""
    running.run_with(portal)
    found, _ = await a_contract(portal, clock)
    await live_until(portal, clock, found, paris(date(2026, 6, 1), 10))
    await act(portal, found, a.ServeNotice(by="client"))
    yield found
    running.run_with(None)


@pytest.fixture
async def tab(portal: Portal, client: Client) -> Tab:
    return Tab((await a_member_of_staff(portal)).cookie)


async def test_a_term_that_is_not_renewed_is_told_by_month_by_line_and_by_notice(tab: Tab) -> None:
    await tab.send(TermsToComeState.load, at=HERE)
    shown = tab.state(TermsToComeState)
    assert plain(shown.year_says) == "1 période finit dans les douze mois ; 1 contrat n’est pas reconduit."
    assert [(plain(one.label), plain(one.says), one.cells) for one in shown.year if one.done + one.rest] == [
        ("mars 2027", "1 période, dont 1 sans suite", ["1", "0", "1"])
    ]
    [row] = shown.rows
    assert (row.name, plain(row.ends), plain(row.notice), row.standing, plain(row.monthly)) == (
        "Atelier Nord",
        "mardi 16 mars 2027",
        "jusqu’au mardi 16 février 2027",
        "résilié par le client",
        "245,00 €",
    )
    assert (row.ends_why.clause, row.notice_why.clause) == ("9", "16")
    assert [(plain(one.text), plain(one.value)) for one in row.monthly_why.steps] == [
        ("5 utilisateurs à 49,00 €", "245,00 €")
    ]
    assert row.monthly_why.result == row.monthly
    [end] = shown.declared
    assert (plain(end.declared), plain(end.ends), end.ends_why.clause, end.notice) == (
        "lundi 1er juin 2026 à 10 h 00",
        "mardi 16 mars 2027",
        "9",
        "",
    )


@pytest.mark.parametrize("ends_with_month", [True, False])
def test_a_term_from_29_february_ends_by_the_reading_of_the_contracts(
    *, ends_with_month: bool, engine: str
) -> None:
    """The same words as on the client's own page, by the last day of February or by its eve."""
    policy = Policy(leap_day_term_ends_with_month=ends_with_month)
    entered, last_day = date(2028, 2, 29), date(2029, 2, 28 if ends_with_month else 27)
    term = replace(A_TERM, entered_on=entered, last_day=last_day, ends_on=last_day)
    found = TermsToCome(date(2028, 6, 1), policy, (), (term,), 1, (term,))
    state = State(offer=Offer(terms_version="2026-01", policy=policy), in_force_on=entered, terms=1)
    expected = why_of(term_last_day(state))
    assert (term_row(term, found).ends_why, declared_row(term, found).ends_why) == (expected, expected)
    assert bool(expected.readings) is ends_with_month


async def test_the_list_is_narrowed_and_what_is_no_filter_is_none(tab: Tab) -> None:
    await tab.send(TermsToComeState.filter_by_standing, "renews", at=HERE)
    assert (tab.state(TermsToComeState).rows, plain(tab.state(TermsToComeState).counted)) == (
        [],
        "Aucune période",
    )
    await tab.send(TermsToComeState.filter_by_standing, "client_notice", at=HERE)
    await tab.send(TermsToComeState.filter_by_month, "2027-03", at=HERE)
    assert len(tab.state(TermsToComeState).rows) == 1
    await tab.send(TermsToComeState.filter_by_standing, {"a": 1}, at=HERE)
    await tab.send(TermsToComeState.turn_page, "tout", at=HERE)
    await tab.send(TermsToComeState.turn_page, 10**9, at=HERE)
    assert tab.state(TermsToComeState).rows == []
    await tab.send(TermsToComeState.turn_page, -(10**9), at=HERE)
    assert (tab.state(TermsToComeState).page, len(tab.state(TermsToComeState).rows)) == (1, 1)


async def test_the_list_of_clients_says_why_what_comes_next_comes_then(tab: Tab) -> None:
    await tab.send(ClientsState.load, at="/gestion")
    [row] = tab.state(ClientsState).rows
    assert (plain(row.next_due), row.next_due_why.clause) == ("vendredi 19 juin 2026 à 6 h 00", "10.3")


async def test_a_client_s_page_is_blank_while_the_next_one_is_looked_up(client: Client, tab: Tab) -> None:
    await tab.send(ClientFileState.load, at=f"/gestion/client?id={client.contract_id}")
    assert tab.state(ClientFileState).loaded
    await tab.send(ClientFileState.clear, at="/gestion/client?id=another")
    assert not tab.state(ClientFileState).loaded
