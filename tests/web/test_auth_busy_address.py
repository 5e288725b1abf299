"""Many browsers from one address: drafts come to an end, whoever has one or signs in goes on."""

import pytest

from portal.records.access_tables import drafts as drafts_table
from portal.services.context import Portal
from portal.web.routes.submissions import said_of_waiting
from portal.web.session import DRAFT_COOKIE
from tests.clock import FixedClock
from tests.people import PASSWORD, a_client, company_form
from tests.web.browsers import Opened, count_of, is_signed_in, submit


async def test_drafts_from_one_address_come_to_an_end_with_a_clear_wait(
    portal: Portal, opened: Opened, machine: FixedClock
) -> None:
    for _ in range(40):
        assert await submit(opened(), "/auth/essai/entreprise", siren="1") == "/essai"

    refused = opened()
    location = await submit(refused, "/auth/essai/entreprise", siren="1")

    assert location == "/essai?attendre=entreprise.3600"
    said = said_of_waiting(location.partition("=")[2])
    assert said == {"entreprise": "Trop de tentatives. Réessayez dans 60\u00a0minutes."}
    assert DRAFT_COOKIE not in refused.cookies
    assert await count_of(portal, drafts_table) == 40
    machine.advance(hours=1)
    assert await submit(refused, "/auth/essai/entreprise", siren="1") == "/essai"


async def test_who_has_a_draft_goes_on_while_others_wait(portal: Portal, opened: Opened) -> None:
    first = opened()
    await submit(first, "/auth/essai/entreprise", siren="1")
    for _ in range(39):
        await submit(opened(), "/auth/essai/entreprise", siren="1")

    assert await submit(first, "/auth/essai/entreprise", **company_form().model_dump()) == "/essai/vous"


async def test_who_signs_in_from_a_busy_address_gets_in(portal: Portal, opened: Opened) -> None:
    """Signing in well needs no draft."""
    anne = await a_client(portal)
    for _ in range(40):
        await submit(opened(), "/auth/essai/entreprise", siren="1")
    browser = opened()

    await submit(browser, "/auth/connexion", email=anne.email, password=PASSWORD)

    assert await is_signed_in(portal, browser)


@pytest.mark.parametrize(
    "asked",
    ["", "entreprise", "entreprise.", "entreprise.-1", "entreprise.0", "entreprise.²", "e.99999999999"],
)
def test_a_page_says_no_wait_but_ours(asked: str) -> None:
    assert said_of_waiting(asked) == {}
