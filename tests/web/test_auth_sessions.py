"""One’s own sessions: ended from one’s page, and never another’s."""

from portal.services import sessions
from portal.services.context import Portal
from portal.services.sessions import viewer_of
from tests.people import OTHER_SIREN, PASSWORD, a_client
from tests.web.browsers import Opened, errors_of, is_signed_in, notice_of, signed_in_as, submit


async def test_one_ends_a_session_from_ones_page(portal: Portal, opened: Opened) -> None:
    anne = await a_client(portal)
    here, there = signed_in_as(opened(), anne), opened()
    await submit(there, "/auth/connexion", email=anne.email, password=PASSWORD)
    other = next(one for one in await sessions.own_sessions(portal, anne.viewer) if not one.is_current)

    assert await submit(here, "/auth/sessions/terminer", session=other.public_id) == "/espace/compte"
    assert await notice_of(portal, here, "sessions") == "La session est fermée."
    assert [await is_signed_in(portal, one) for one in (here, there)] == [True, False]

    await submit(here, "/auth/sessions/terminer", session=other.public_id)
    assert await errors_of(portal, here, "sessions") == {"": "Cette session était déjà fermée."}


async def test_one_ends_all_the_others(portal: Portal, opened: Opened) -> None:
    anne = await a_client(portal)
    here = signed_in_as(opened(), anne)
    others = [opened() for _ in range(2)]
    for there in others:
        await submit(there, "/auth/connexion", email=anne.email, password=PASSWORD)

    await submit(here, "/auth/sessions/terminer", toutes="1")

    assert await notice_of(portal, here, "sessions") == "2\u00a0sessions fermées."
    assert [await is_signed_in(portal, one) for one in (here, *others)] == [True, False, False]


async def test_another_tenants_session_stays_and_the_answer_is_that_of_a_missing_one(
    portal: Portal, opened: Opened
) -> None:
    anne = await a_client(portal)
    paul = await a_client(portal, email="paul@autre.example", siren=OTHER_SIREN)
    said = []
    for public_id in (paul.viewer.session_id, "no-such-session"):
        browser = signed_in_as(opened(), anne)
        location = await submit(browser, "/auth/sessions/terminer", session=public_id)
        said.append((location, await errors_of(portal, browser, "sessions")))

    assert said[0] == said[1]
    assert await viewer_of(portal, paul.cookie) == paul.viewer
