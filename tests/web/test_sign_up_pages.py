"""What the pages of the sign-up show of a draft: what waits, what is done, how long to wait."""

from collections.abc import AsyncIterator

import pytest
from reflex.utils.format import json_dumps

from portal.services import second_factor
from portal.services.context import Portal
from portal.services.links import Purpose
from portal.services.sign_up import confirm_address, sign_up
from portal.web import running
from portal.web.account.draft_state import DraftState
from portal.web.account.own_state import AccountState
from tests.people import (
    ORIGIN,
    a_browser,
    a_client,
    company_form,
    last_token,
    person_form,
    with_second_factor,
)
from tests.web.events import Tab

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
WAITING_FOR = person_form().email


@pytest.fixture
async def web(portal: Portal) -> AsyncIterator[Portal]:
    running.run_with(portal)
    yield portal
    running.run_with(None)


async def a_browser_that_waits(portal: Portal) -> str:
    browser = await a_browser(portal)
    await sign_up(portal, company_form(), person_form(), browser=browser, origin=ORIGIN)
    return browser


async def test_the_page_waits_for_the_mail_until_the_address_is_confirmed(web: Portal) -> None:
    browser = await a_browser_that_waits(web)
    tab = Tab(draft=browser)
    await tab.send(DraftState.load, at="/essai/vous")
    assert tab.state(DraftState).sent_to == WAITING_FOR

    token = await last_token(web, Purpose.CONFIRM_ADDRESS)
    confirmed = await confirm_address(web, token, browser=browser, previous=None, origin=ORIGIN)
    signed_in = Tab(session=confirmed.session or "", draft=browser)
    await signed_in.send(DraftState.load, at="/essai/vous")

    assert signed_in.state(DraftState).sent_to == ""


async def test_the_address_can_be_corrected_while_the_page_waits(web: Portal) -> None:
    tab = Tab(draft=await a_browser_that_waits(web))
    await tab.send(DraftState.load, at="/essai/vous?corriger=1")
    assert tab.state(DraftState).sent_to == ""


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("entreprise.90", {"entreprise.": "Trop de tentatives. Réessayez dans 2\u00a0minutes."}),
        ("entreprise.999999", {}),
        ("<script>", {}),
    ],
)
async def test_a_page_says_how_long_to_wait(web: Portal, asked: str, said: dict[str, str]) -> None:
    tab = Tab()
    await tab.send(DraftState.load, at=f"/essai?attendre={asked}")
    assert tab.state(DraftState).errors == said


async def test_neither_the_key_nor_the_codes_are_in_any_state(web: Portal) -> None:
    """The states lie in memory or in Redis for an hour after the page is closed."""
    anne = await a_client(web)
    cookie, authenticator = await with_second_factor(web, await anne.session(web))
    tab = Tab(session=cookie)

    await tab.send(AccountState.load, at="/espace/compte")

    shown = tab.state(AccountState)
    assert shown.has_codes_to_read
    codes = (await second_factor.standing(web, anne.viewer)).codes.readable
    kept = json_dumps(shown.dict())
    assert "codes_left" in kept
    assert not [secret for secret in (authenticator.secret, *codes) if secret in kept]
