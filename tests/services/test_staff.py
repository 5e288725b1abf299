"""The first member of the staff: by a one-time link, and only while there is nobody."""

import asyncio

import pytest
import sqlalchemy as sa

from portal.records.tables import accounts
from portal.services.context import Portal, Role
from portal.services.forms import FormProblems
from portal.services.journal import of_person
from portal.services.links import LinkRefused, LinkState, Purpose, address, look, make, new_link_id
from portal.services.sessions import Strength, session_of, viewer_of
from portal.services.staff import become_first_staff, first_staff_link
from tests.clock import FixedClock
from tests.people import (
    ORIGIN,
    STAFF_PASSWORD,
    a_client,
    a_member_of_staff,
    person_form,
    staff_enrolling,
    token_in,
)

YVES = person_form("yves@prestataire.example", STAFF_PASSWORD)


async def a_link(portal: Portal) -> str:
    link = await first_staff_link(portal)
    assert link is not None
    assert link.startswith(f"{portal.settings.public_url}/premier-acces?jeton=")
    return token_in(link)


async def test_the_link_makes_an_account_that_may_only_set_up_its_second_factor(portal: Portal) -> None:
    cookie = await become_first_staff(portal, await a_link(portal), YVES, ORIGIN)

    session = await session_of(portal, cookie)
    assert session is not None
    assert (session.role, session.strength, session.company_id, session.viewer) == (
        Role.STAFF,
        Strength.ENROLLING,
        None,
        None,
    )
    async with portal.database.reading() as connection:
        lines = await of_person(connection, session.person_id)
    assert [(line.kind, line.by_id) for line in lines] == [("account_created", session.person_id)]


async def test_with_the_second_factor_in_place_she_is_staff(portal: Portal) -> None:
    yves = await a_member_of_staff(portal)

    viewer = await viewer_of(portal, yves.cookie)

    assert viewer is not None
    viewer.must_be_staff()


async def test_there_is_no_link_once_there_is_someone(portal: Portal) -> None:
    await a_client(portal)
    assert await first_staff_link(portal) is not None
    await staff_enrolling(portal)

    assert await first_staff_link(portal) is None


async def test_the_newest_link_is_the_only_one(portal: Portal) -> None:
    older = await a_link(portal)
    newer = await a_link(portal)

    with pytest.raises(LinkRefused):
        await become_first_staff(portal, older, YVES, ORIGIN)
    await become_first_staff(portal, newer, YVES, ORIGIN)


async def test_a_link_used_by_many_at_once_makes_one_account(portal: Portal) -> None:
    token = await a_link(portal)

    outcomes = await asyncio.gather(
        *(
            become_first_staff(
                portal, token, person_form(f"n{number}@prestataire.example", STAFF_PASSWORD), ORIGIN
            )
            for number in range(4)
        ),
        return_exceptions=True,
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["LinkRefused"] * 3 + ["str"]
    async with portal.database.reading() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(accounts)) == 1


async def test_a_link_left_over_makes_nobody_once_there_is_someone(portal: Portal) -> None:
    await staff_enrolling(portal)
    link_id = new_link_id()
    async with portal.database.transaction() as connection:
        await make(portal, connection, link_id, Purpose.FIRST_STAFF, None)
    left_over = token_in(address(portal.settings, Purpose.FIRST_STAFF, link_id))

    with pytest.raises(LinkRefused) as refused:
        await become_first_staff(
            portal, left_over, person_form("zoe@prestataire.example", STAFF_PASSWORD), ORIGIN
        )

    assert refused.value.state is LinkState.USED


async def test_a_link_is_good_for_a_day(portal: Portal, machine: FixedClock) -> None:
    token = await a_link(portal)
    machine.advance(hours=24)

    assert (await look(portal, token, Purpose.FIRST_STAFF)).state is LinkState.EXPIRED
    with pytest.raises(LinkRefused):
        await become_first_staff(portal, token, YVES, ORIGIN)


async def test_what_is_refused_leaves_the_link_good(portal: Portal) -> None:
    anne = await a_client(portal)
    token = await a_link(portal)

    with pytest.raises(FormProblems) as short:
        await become_first_staff(portal, token, person_form(YVES.email, "brouette en ut"), ORIGIN)
    with pytest.raises(FormProblems) as taken:
        await become_first_staff(portal, token, person_form(anne.email, STAFF_PASSWORD), ORIGIN)

    assert list(short.value.errors) == ["password"]
    assert list(taken.value.errors) == ["email"]
    assert short.value.kept == {"first_name": "Anne", "last_name": "Leroy", "email": YVES.email}
    await become_first_staff(portal, token, YVES, ORIGIN)
