"""The sections of the calendar feed and of the evidence file, event by event: shown once, asked before it ends."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
import reflex as rx
from reflex.utils.format import json_dumps

from portal.contract import acts as a
from portal.services.context import NotFound, Portal
from portal.services.feeds import Feed, make_feed, new_address, read_feed
from portal.services.reading import own_contract
from portal.web import running
from portal.web.account.own_state import AccountState
from portal.web.client.evidence_state import EvidenceState
from portal.web.client.feed_state import FeedState
from portal.web.client.feed_view import QUESTIONS, FeedView, feed_view
from tests.clock import FixedClock
from tests.people import a_member_of_staff
from tests.services.clients import ORIGIN, Client, a_trial, act, paris
from tests.services.contracts import people
from tests.services.test_evidence import HUGO
from tests.services.test_feeds import IP, START, token_of
from tests.web.events import Tab, a_tab

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
TICKED = {"consent": "on"}
MADE = "mardi 3 mars 2026 à 10 h 00"


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> AsyncIterator[Client]:
    running.run_with(portal)
    yield await a_trial(portal, clock, START)
    running.run_with(None)


@pytest.fixture
async def tab(portal: Portal, client: Client) -> Tab:
    opened = await a_tab(portal, client)
    await opened.send(FeedState.load, at="/espace/compte")
    return opened


async def shown(portal: Portal, client: Client) -> str:
    """What her page may fetch of the link, beside its state."""
    return await new_address(portal, client.viewer) or ""


async def works(portal: Portal, address: str) -> bool:
    try:
        await read_feed(portal, token_of(address), IP)
    except NotFound:
        return False
    return True


async def test_a_link_is_made_and_no_state_of_the_page_ever_holds_it(
    portal: Portal, client: Client, tab: Tab
) -> None:
    state = tab.state(FeedState)
    assert (state.view, state.is_new) == (FeedView(), False)
    await tab.send(FeedState.make)
    link = await shown(portal, client)
    assert link.startswith(f"{portal.settings.public_url}/agenda/")
    assert token_of(link) not in json_dumps(tab.state(rx.State).dict())
    assert token_of(link) not in str(vars(state))
    assert (state.said, state.is_new) == ("Le lien est créé.", True)
    assert plain(state.view.made) == MADE
    # Looked at again it is still new; once a program has read it, it is not.
    await tab.send(FeedState.load)
    assert (state.is_new, state.said) == (True, "")
    assert await works(portal, link)
    await tab.send(FeedState.load)
    assert state.is_new is False
    assert state.view.is_made
    assert plain(state.view.read) == MADE


async def test_it_asks_before_it_is_replaced_and_before_it_is_revoked(
    portal: Portal, client: Client, tab: Tab
) -> None:
    state = tab.state(FeedState)
    await tab.send(FeedState.make)
    first = await shown(portal, client)
    await tab.send(FeedState.ask_to_replace)
    assert (state.asking, state.question) == (True, QUESTIONS["replace"])
    await tab.send(FeedState.keep)
    await tab.send(FeedState.confirm, TICKED)
    assert (state.asking, await shown(portal, client)) == (False, first)
    assert await works(portal, first)

    await tab.send(FeedState.ask_to_replace)
    await tab.send(FeedState.confirm, TICKED)
    second = await shown(portal, client)
    assert second != first
    assert (state.is_new, state.made_nth) == (True, 2)
    assert plain(state.said) == "Le lien est remplacé : l’ancien ne donne plus rien."
    assert (await works(portal, first), await works(portal, second)) == (False, True)

    await tab.send(FeedState.ask_to_revoke)
    assert state.question.is_grave
    await tab.send(FeedState.confirm, TICKED)
    assert plain(state.said) == "Le lien est supprimé : il ne donne plus rien."
    assert (state.view, state.is_new) == (FeedView(), False)
    assert not await works(portal, second)


async def test_one_made_in_another_tab_is_not_replaced_unasked(
    portal: Portal, client: Client, tab: Tab
) -> None:
    other = await make_feed(portal, client.viewer, ORIGIN)
    await tab.send(FeedState.make)
    state = tab.state(FeedState)
    assert (state.asking, state.question, state.made_nth) == (True, QUESTIONS["replace"], 0)
    assert await works(portal, other)


async def test_who_does_not_administer_reads_why_and_is_refused(
    portal: Portal, client: Client, tab: Tab
) -> None:
    (hugo,) = await people(portal, client, HUGO)
    me = client.viewer.person_id
    await act(
        portal,
        client,
        a.RegisterUser(user=hugo),
        a.NameAdministrator(user=hugo),
        a.RelieveAdministrator(user=me),
    )
    await tab.send(FeedState.load)
    state = tab.state(FeedState)
    assert "réservé aux administrateurs du contrat" in state.view.why_not
    await tab.send(FeedState.make)
    assert "Seul un administrateur du contrat peut le faire." in state.problem
    assert (state.is_new, state.said) == (False, "")
    await tab.send(EvidenceState.load)
    assert not tab.state(EvidenceState).administers


async def test_the_head_of_the_chain_is_shown(portal: Portal, client: Client, tab: Tab) -> None:
    contract = await own_contract(portal, client.viewer)
    await tab.send(EvidenceState.load)
    state = tab.state(EvidenceState)
    assert (state.head, state.administers) == (contract.events[-1].hash, True)
    assert plain(state.events) == f"Empreinte de tête, après {len(contract.events)} événements :"


async def test_the_account_page_loads_both_for_a_client_and_neither_for_staff(
    portal: Portal, tab: Tab
) -> None:
    client_loads = await tab.send(AccountState.load, at="/espace/compte")
    assert "FeedState.load" in client_loads
    assert "EvidenceState.load" in client_loads
    staff = await a_member_of_staff(portal)
    staff_loads = await Tab(staff.cookie).send(AccountState.load, at="/espace/compte")
    assert "FeedState.load" not in staff_loads
    assert "EvidenceState.load" not in staff_loads


def test_a_link_that_no_program_reads_says_so(engine: str) -> None:
    view = feed_view(Feed(paris(date(2026, 3, 3), 10), None), administers=True)
    assert (plain(view.made), view.read) == (MADE, "")
