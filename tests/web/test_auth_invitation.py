"""An invitation: whoever holds the mailbox of who was named opens that person's account, once, and no other."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from portal.records.access_tables import links, sessions
from portal.records.tables import accounts, journal
from portal.services import seats
from portal.services.context import Portal, Role, Viewer
from portal.services.links import LIFETIMES, Purpose
from portal.services.seats import OfUser, carry_out, effect_of
from portal.services.sessions import viewer_of
from portal.web.session import DRAFT_COOKIE, SESSION_COOKIE
from tests.clock import FixedClock
from tests.people import OTHER_SIREN, PASSWORD, last_token
from tests.people import a_client as a_person
from tests.services.clients import ORIGIN, Client
from tests.services.contracts import TEAM, a_contract
from tests.web.browsers import NEW, Opened, draft_of, errors_of, is_signed_in, signed_in_as, submit

PATH, PAGE = "/auth/invitation", "/invitation"
BOB = TEAM[0]


@dataclass(frozen=True)
class Invited:
    """Bob, whom Anne has named an administrator of her contract, and the link that he was sent."""

    client: Client
    person_id: str
    token: str

    @property
    def page(self) -> str:
        return f"{PAGE}?jeton={self.token}"


@pytest.fixture
async def bob(portal: Portal, clock: FixedClock) -> Invited:
    client, (person_id, *_) = await a_contract(portal, clock)
    await do(portal, client.viewer, OfUser("name", person_id))
    return Invited(client, person_id, await last_token(portal, Purpose.INVITATION))


async def do(portal: Portal, viewer: Viewer, wish: OfUser) -> None:
    effect = await effect_of(portal, viewer, wish)
    await carry_out(portal, viewer, wish, effect.shown, ORIGIN)


async def kept(portal: Portal) -> dict[str, list[Any]]:
    """Return all that opening an account writes: whatever is refused leaves it as it was."""
    async with portal.database.reading() as connection:
        return {
            table.name: [tuple(row) for row in await connection.execute(sa.select(table).order_by(order))]
            for table, order in (
                (accounts, accounts.c.person_id),
                (links, links.c.id),
                (sessions, sessions.c.id_hash),
                (journal, journal.c.id),
            )
        }


async def account_of(portal: Portal, person_id: str) -> sa.Row[Any] | None:
    async with portal.database.reading() as connection:
        query = sa.select(accounts).where(accounts.c.person_id == person_id)
        return (await connection.execute(query)).first()


# --- a good link ---------------------------------------------------------------------------------


async def test_it_opens_the_account_of_who_was_named_and_signs_her_in(
    portal: Portal, browser: httpx.AsyncClient, bob: Invited
) -> None:
    answer = await browser.post(PATH, data={"jeton": bob.token, "password": NEW})

    assert (answer.status_code, answer.content) == (303, b"")
    assert (answer.headers["location"], answer.headers["cache-control"]) == ("/espace", "no-store")
    cookie = browser.cookies[SESSION_COOKIE]
    assert answer.headers.get_list("set-cookie") == [
        f"__Host-sid={cookie}; HttpOnly; Path=/; SameSite=lax; Secure"
    ]
    account = await account_of(portal, bob.person_id)
    assert account is not None
    assert (account.email, account.role, account.confirmed_at) == (BOB.email, "client", portal.now())
    assert NEW not in str(await kept(portal))
    viewer = await viewer_of(portal, cookie)
    assert viewer is not None
    assert (viewer.person_id, viewer.role, viewer.company_id) == (
        bob.person_id,
        Role.CLIENT,
        bob.client.viewer.company_id,
    )


async def test_the_journal_says_who_came_in_and_from_where(
    portal: Portal, browser: httpx.AsyncClient, bob: Invited
) -> None:
    await submit(browser, PATH, jeton=bob.token, password=NEW)

    async with portal.database.reading() as connection:
        query = sa.select(journal).where(
            journal.c.kind == "account_created", journal.c.by_id == bob.person_id
        )
        [noted] = (await connection.execute(query)).all()
    assert (noted.person_id, noted.company_id, noted.ip) == (
        bob.person_id,
        bob.client.viewer.company_id,
        "192.0.2.7",
    )


async def test_a_browser_signed_in_as_someone_else_becomes_the_invited_one(
    portal: Portal, browser: httpx.AsyncClient, bob: Invited
) -> None:
    """Another tenant's administrator, who was invited here too, or a machine that is shared: nothing mixes."""
    other = await a_person(portal, email="lea@autre.example", siren=OTHER_SIREN)
    before = await account_of(portal, other.viewer.person_id)

    assert await submit(signed_in_as(browser, other), PATH, jeton=bob.token, password=NEW) == "/espace"

    viewer = await viewer_of(portal, browser.cookies[SESSION_COOKIE])
    assert viewer is not None
    assert (viewer.person_id, viewer.company_id) == (bob.person_id, bob.client.viewer.company_id)
    assert await account_of(portal, other.viewer.person_id) == before, "hers is hers, password and all"
    assert await viewer_of(portal, other.cookie) is None, "the session that this browser had is over"


# --- a link that is worth nothing ----------------------------------------------------------------


async def test_a_used_link_leads_to_its_page_and_opens_nothing(
    portal: Portal, opened: Opened, bob: Invited
) -> None:
    await submit(opened(), PATH, jeton=bob.token, password=NEW)
    before, again = await kept(portal), opened()

    assert await submit(again, PATH, jeton=bob.token, password=PASSWORD) == bob.page

    assert await kept(portal) == before
    assert not again.cookies


async def test_of_two_at_once_one_comes_in(portal: Portal, opened: Opened, bob: Invited) -> None:
    ways = [submit(opened(), PATH, jeton=bob.token, password=password) for password in (NEW, PASSWORD)]

    assert sorted(await asyncio.gather(*ways)) == ["/espace", bob.page]


@pytest.mark.parametrize(
    ("late", "location"), [(timedelta(seconds=-1), "/espace"), (timedelta(0), None)], ids=["just", "late"]
)
async def test_after_seven_days_it_has_expired(
    portal: Portal,
    browser: httpx.AsyncClient,
    machine: FixedClock,
    bob: Invited,
    late: timedelta,
    location: str | None,
) -> None:
    assert LIFETIMES[Purpose.INVITATION] == timedelta(days=7)
    machine.move_to(machine.now() + timedelta(days=7) + late)
    before = await kept(portal)

    assert await submit(browser, PATH, jeton=bob.token, password=NEW) == (location or bob.page)

    assert (await kept(portal) == before) == (location is None)
    assert await is_signed_in(portal, browser) == (location is not None)


async def test_one_that_was_sent_again_takes_the_place_of_the_first(
    portal: Portal, browser: httpx.AsyncClient, bob: Invited
) -> None:
    await seats.invite_again(portal, bob.client.viewer, bob.person_id, ORIGIN)

    assert await submit(browser, PATH, jeton=bob.token, password=NEW) == bob.page

    assert await account_of(portal, bob.person_id) is None
    second = await last_token(portal, Purpose.INVITATION)
    assert await submit(browser, PATH, jeton=second, password=NEW) == "/espace"


async def test_who_is_an_administrator_no_more_does_not_come_in(
    portal: Portal, browser: httpx.AsyncClient, bob: Invited
) -> None:
    await do(portal, bob.client.viewer, OfUser("relieve", bob.person_id))
    before = await kept(portal)

    assert await submit(browser, PATH, jeton=bob.token, password=NEW) == bob.page

    assert await kept(portal) == before


@pytest.mark.parametrize("token", ["", "nonsense"])
async def test_without_a_link_there_is_no_account(
    portal: Portal, browser: httpx.AsyncClient, bob: Invited, token: str
) -> None:
    before = await kept(portal)

    location = await submit(browser, PATH, **({"jeton": token} if token else {}), password=NEW)

    assert location == (f"{PAGE}?jeton={token}" if token else PAGE)
    assert await kept(portal) == before
    assert not browser.cookies


async def test_a_link_for_something_else_is_none(portal: Portal, opened: Opened, bob: Invited) -> None:
    """Neither does an invitation replace a password, nor a forgotten password open another's account."""
    anne = await a_person(portal, email="lea@autre.example", siren=OTHER_SIREN)
    await submit(opened(), "/auth/mot-de-passe/oublie", email=anne.email)
    forgotten = await last_token(portal, Purpose.RESET_PASSWORD)
    before = await kept(portal)

    assert await submit(opened(), PATH, jeton=forgotten, password=NEW) == f"{PAGE}?jeton={forgotten}"
    replaced = await submit(opened(), "/auth/mot-de-passe/nouveau", jeton=bob.token, password=NEW)
    assert replaced == f"/nouveau-mot-de-passe?jeton={bob.token}"

    assert await kept(portal) == before


async def test_looking_uses_nothing_up(portal: Portal, browser: httpx.AsyncClient, bob: Invited) -> None:
    """A mail scanner that follows the link, or asks the form's own address, leaves it good."""
    before = await kept(portal)
    for method in ("GET", "HEAD"):
        answer = await browser.request(method, PATH, params={"jeton": bob.token, "password": NEW})
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")

    assert await kept(portal) == before
    assert await submit(browser, PATH, jeton=bob.token, password=NEW) == "/espace"


# --- what is typed -------------------------------------------------------------------------------


@pytest.mark.parametrize("password", ["", "court", "bob.roux@atelier-nord", "Atelier Nord 732829320"])
async def test_a_password_that_is_refused_leaves_the_link_good(
    portal: Portal, browser: httpx.AsyncClient, bob: Invited, password: str
) -> None:
    before = await kept(portal)

    assert await submit(browser, PATH, jeton=bob.token, password=password) == bob.page

    assert list(await errors_of(portal, browser, "invitation")) == ["password"]
    draft = str(await draft_of(portal, browser))
    assert bob.token not in draft
    assert not password or password not in draft
    assert await kept(portal) == before
    assert await submit(browser, PATH, jeton=bob.token, password=NEW) == "/espace"


async def test_nothing_but_the_password_is_hers_to_choose(
    portal: Portal, browser: httpx.AsyncClient, bob: Invited
) -> None:
    other = await a_person(portal, email="lea@autre.example", siren=OTHER_SIREN)
    mine = {"email": "eve@evil.example", "role": "staff", "company_id": other.viewer.company_id or ""}

    await submit(browser, PATH, jeton=bob.token, password=NEW, person_id=other.viewer.person_id, **mine)

    account = await account_of(portal, bob.person_id)
    assert account is not None
    assert (account.email, account.role) == (BOB.email, "client")
    viewer = await viewer_of(portal, browser.cookies[SESSION_COOKIE])
    assert viewer is not None
    assert viewer.company_id == bob.client.viewer.company_id


async def test_an_address_that_has_an_account_with_another_client_is_told_so(
    portal: Portal, browser: httpx.AsyncClient, bob: Invited
) -> None:
    """Another tenant's account is never taken over, and the link stays good: the address may become free."""
    theirs = await a_person(portal, email=BOB.email, siren=OTHER_SIREN)
    before = await kept(portal)

    assert await submit(browser, PATH, jeton=bob.token, password=NEW) == bob.page

    assert "pour une autre entreprise" in (await errors_of(portal, browser, "invitation"))[""]
    assert await kept(portal) == before
    assert (await viewer_of(portal, theirs.cookie)) == theirs.viewer
    assert list(browser.cookies) == [DRAFT_COOKIE]


async def test_guessing_links_comes_to_an_end(portal: Portal, opened: Opened, bob: Invited) -> None:
    for nth in range(30):
        await submit(opened(), PATH, jeton=f"guess-{nth}", password=NEW)
    refused = opened()

    assert await submit(refused, PATH, jeton=bob.token, password=NEW) == bob.page

    assert "Trop de tentatives" in (await errors_of(portal, refused, "invitation"))[""]
    assert await account_of(portal, bob.person_id) is None
