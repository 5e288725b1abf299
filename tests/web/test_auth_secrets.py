"""The key and the recovery codes: shown to their owner, for a time, and to nobody else."""

from portal.services import second_factor
from portal.services.conditions import publish_demonstration
from portal.services.context import Portal
from portal.services.feeds import make_feed
from portal.web.routes.secrets import CODES, FEED_LINK, KEY
from portal.web.session import SESSION_COOKIE
from tests.clock import FixedClock
from tests.people import ORIGIN, PASSWORD, STAFF_PASSWORD, a_client, a_member_of_staff, with_second_factor
from tests.web.browsers import Opened, shown_to, signed_in_as, submit


async def test_the_key_is_shown_while_it_is_set_up_and_not_a_moment_longer(
    portal: Portal, opened: Opened, machine: FixedClock
) -> None:
    anne, browser = await a_client(portal), opened()
    signed_in_as(browser, anne)
    assert (await browser.get(KEY)).status_code == 404

    await submit(browser, "/auth/second-facteur/activer", current=PASSWORD)
    shown = await browser.get(KEY)

    authenticator = await shown_to(portal, browser)
    assert shown.headers["cache-control"] == "no-store"
    assert shown.json()["words"][0].replace(" ", "") == authenticator.secret
    assert shown.json()["picture"].startswith("data:image/svg+xml")
    assert (await opened().get(KEY)).status_code == 404, "to a stranger there is none"
    code = authenticator.at(machine.now())
    await submit(browser, "/auth/second-facteur/confirmer", code=code)
    assert (await browser.get(KEY)).status_code == 404


async def test_recovery_codes_are_shown_to_their_owner_for_ten_minutes(
    portal: Portal, opened: Opened, machine: FixedClock
) -> None:
    anne, browser = await a_client(portal), opened()
    signed_in_as(browser, anne)
    assert (await browser.get(CODES)).status_code == 404
    cookie, _ = await with_second_factor(portal, await anne.session(portal))
    browser.cookies.set(SESSION_COOKIE, cookie, domain="portail.example")

    shown = await browser.get(CODES)

    standing = await second_factor.standing(portal, anne.viewer)
    assert shown.headers["cache-control"] == "no-store"
    assert shown.json() == {"words": list(standing.codes.readable), "picture": ""}
    assert (await opened().get(CODES)).status_code == 404
    machine.advance(minutes=11)
    assert (await browser.get(CODES)).status_code == 404


async def test_the_address_of_a_feed_is_shown_to_whom_it_was_made_for(portal: Portal, opened: Opened) -> None:
    await publish_demonstration(portal)
    anne, browser = await a_client(portal), opened()
    signed_in_as(browser, anne)
    assert (await browser.get(FEED_LINK)).status_code == 404
    address = await make_feed(portal, anne.viewer, ORIGIN)

    shown = await browser.get(FEED_LINK)

    assert shown.headers["cache-control"] == "no-store"
    assert shown.json() == {"words": [address], "picture": ""}
    assert (await opened().get(FEED_LINK)).status_code == 404


async def test_the_key_is_not_shown_to_whoever_has_yet_to_give_the_code(
    portal: Portal, opened: Opened
) -> None:
    yves, browser = await a_member_of_staff(portal), opened()
    await submit(browser, "/auth/connexion", email=yves.email, password=STAFF_PASSWORD)
    assert (await browser.get(KEY)).status_code == 404
    assert (await browser.get(CODES)).status_code == 404
