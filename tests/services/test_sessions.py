"""Sessions: how long they last, who may see and end them, and how little each event costs."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.records.access_tables import sessions as table
from portal.services import sessions, sign_in
from portal.services.context import NotFound, Origin, Portal, Role, Viewer
from portal.services.journal import of_person
from portal.services.sessions import Strength, viewer_of
from portal.services.tidying import tidy
from tests.clock import FixedClock
from tests.people import (
    ORIGIN,
    OTHER_SIREN,
    PASSWORD,
    Person,
    a_client,
    a_member_of_staff,
    staff_enrolling,
)
from tests.work import work_counted


async def another_session(portal: Portal, person: Person) -> Person:
    elsewhere = Origin("198.51.100.4", "Firefox")
    signed_in = await sign_in.sign_in(portal, person.email, PASSWORD, previous=None, origin=elsewhere)
    viewer = await viewer_of(portal, signed_in.session)
    assert viewer is not None
    return Person(viewer, signed_in.session, person.email)


async def test_what_is_stored_is_not_what_the_browser_holds(portal: Portal) -> None:
    anne = await a_client(portal)

    async with portal.database.reading() as connection:
        [row] = (await connection.execute(sa.select(table))).all()

    assert len(anne.cookie) == 43
    assert anne.cookie not in str(row)
    assert row.public_id == anne.viewer.session_id


@pytest.mark.parametrize("cookie", [None, "", "0" * 43, "é" * 10, "\ud800", "x" * 10_000])
async def test_a_cookie_that_is_not_ours_is_nobodys(portal: Portal, cookie: str | None) -> None:
    await a_client(portal)

    assert await viewer_of(portal, cookie) is None


@pytest.mark.parametrize(
    ("idle", "lives"), [(timedelta(hours=2, seconds=-1), True), (timedelta(hours=2), False)]
)
async def test_a_clients_session_ends_two_hours_after_it_was_last_seen(
    portal: Portal, machine: FixedClock, idle: timedelta, *, lives: bool
) -> None:
    anne = await a_client(portal)
    machine.advance(hours=1, minutes=59)
    assert await viewer_of(portal, anne.cookie)

    machine.advance(seconds=idle.total_seconds())

    assert (await viewer_of(portal, anne.cookie) is not None) is lives


@pytest.mark.parametrize(
    ("idle", "lives"), [(timedelta(minutes=30, seconds=-1), True), (timedelta(minutes=30), False)]
)
async def test_a_staff_session_ends_after_half_an_hour(
    portal: Portal, machine: FixedClock, idle: timedelta, *, lives: bool
) -> None:
    yves = await a_member_of_staff(portal)

    machine.advance(seconds=idle.total_seconds())

    assert (await viewer_of(portal, yves.cookie) is not None) is lives


async def test_no_session_outlives_twelve_hours(portal: Portal, machine: FixedClock) -> None:
    anne = await a_client(portal)
    for _ in range(11):
        machine.advance(hours=1)
        assert await viewer_of(portal, anne.cookie)
    machine.advance(minutes=59, seconds=59)
    assert await viewer_of(portal, anne.cookie)

    machine.advance(seconds=1)

    assert await viewer_of(portal, anne.cookie) is None


async def test_a_demonstration_moved_forward_ends_no_session(portal: Portal, clock: FixedClock) -> None:
    anne = await a_client(portal)

    clock.advance(days=60)

    assert await viewer_of(portal, anne.cookie) == anne.viewer


async def test_an_event_reads_once_and_writes_at_most_once_a_minute(
    portal: Portal, machine: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    anne = await a_client(portal)
    machine.advance(seconds=59)
    with work_counted(portal, monkeypatch) as at_once:
        await viewer_of(portal, anne.cookie)
    machine.advance(seconds=1)
    with work_counted(portal, monkeypatch) as later:
        await viewer_of(portal, anne.cookie)
        await viewer_of(portal, anne.cookie)

    statements = [done.split()[0] for done in at_once if not done.startswith("BEGIN")]
    assert statements == ["SELECT"]
    statements = [done.split()[0] for done in later if not done.startswith("BEGIN")]
    assert statements == ["SELECT", "UPDATE", "SELECT"]


async def test_the_lookup_uses_an_index(portal: Portal) -> None:
    anne = await a_client(portal)
    query = sa.select(table).where(table.c.id_hash == anne.cookie)
    words = str(query.compile(compile_kwargs={"literal_binds": True}))

    async with portal.database.reading() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        explained = [str(row) for row in await connection.execute(sa.text(f"{explain} {words}"))]

    assert any("Index Scan" in line or "USING INDEX" in line for line in explained), explained


async def test_a_halfway_session_is_no_viewer(portal: Portal) -> None:
    enrolling = await staff_enrolling(portal)

    session = await sessions.session_of(portal, enrolling)

    assert session is not None
    assert (session.role, session.strength, session.viewer) == (Role.STAFF, Strength.ENROLLING, None)


async def test_signing_out_ends_the_session_once(portal: Portal) -> None:
    anne = await a_client(portal)

    await sessions.sign_out(portal, anne.cookie, ORIGIN)
    await sessions.sign_out(portal, anne.cookie, ORIGIN)

    assert await viewer_of(portal, anne.cookie) is None
    async with portal.database.reading() as connection:
        kinds = [line.kind for line in await of_person(connection, anne.viewer.person_id)]
    assert kinds.count("signed_out") == 1


async def test_one_sees_ones_own_sessions_the_present_one_first(portal: Portal, machine: FixedClock) -> None:
    anne = await a_client(portal)
    machine.advance(minutes=30)
    elsewhere = await another_session(portal, anne)
    await a_client(portal, email="paul@autre.example", siren=OTHER_SIREN)

    shown = await sessions.own_sessions(portal, anne.viewer)

    assert [(one.public_id, one.is_current, one.ip, one.user_agent) for one in shown] == [
        (anne.viewer.session_id, True, ORIGIN.ip, ORIGIN.user_agent),
        (elsewhere.viewer.session_id, False, "198.51.100.4", "Firefox"),
    ]


async def test_sessions_that_are_over_are_not_shown(portal: Portal, machine: FixedClock) -> None:
    anne = await a_client(portal)
    await sessions.sign_out(portal, (await another_session(portal, anne)).cookie, ORIGIN)
    await another_session(portal, anne)
    machine.advance(hours=1)
    await viewer_of(portal, anne.cookie)
    machine.advance(hours=1)

    shown = await sessions.own_sessions(portal, anne.viewer)

    assert [one.public_id for one in shown] == [anne.viewer.session_id]


async def test_one_ends_one_of_ones_sessions(portal: Portal) -> None:
    anne = await a_client(portal)
    elsewhere = await another_session(portal, anne)

    await sessions.end_one(portal, anne.viewer, elsewhere.viewer.session_id, ORIGIN)

    assert await viewer_of(portal, elsewhere.cookie) is None
    assert await viewer_of(portal, anne.cookie) == anne.viewer


async def test_one_ends_all_the_others_and_reads_of_it(portal: Portal) -> None:
    anne = await a_client(portal)
    others = [await another_session(portal, anne) for _ in range(3)]
    paul = await a_client(portal, email="paul@autre.example", siren=OTHER_SIREN)

    assert await sessions.end_others(portal, anne.viewer, ORIGIN) == 3

    assert [await viewer_of(portal, other.cookie) for other in others] == [None] * 3
    assert await viewer_of(portal, anne.cookie) == anne.viewer
    assert await viewer_of(portal, paul.cookie) == paul.viewer
    async with portal.database.reading() as connection:
        newest = (await of_person(connection, anne.viewer.person_id))[0]
    assert (newest.kind, newest.details, newest.by_id) == (
        "session_ended",
        {"sessions": 3},
        anne.viewer.person_id,
    )


async def test_another_tenants_session_and_a_missing_one_are_the_same(portal: Portal) -> None:
    anne = await a_client(portal)
    paul = await a_client(portal, email="paul@autre.example", siren=OTHER_SIREN)

    for public_id in (paul.viewer.session_id, "no such session", ""):
        with pytest.raises(NotFound):
            await sessions.end_one(portal, anne.viewer, public_id, ORIGIN)

    assert await viewer_of(portal, paul.cookie) == paul.viewer


async def test_the_strength_of_another_persons_session_is_not_told(portal: Portal) -> None:
    anne = await a_client(portal)
    paul = await a_client(portal, email="paul@autre.example", siren=OTHER_SIREN)
    forged = Viewer(anne.viewer.person_id, Role.CLIENT, anne.viewer.company_id, paul.viewer.session_id)

    async with portal.database.reading() as connection:
        with pytest.raises(NotFound):
            await sessions.strength_of(connection, forged)


async def test_a_session_goes_on_where_it_cannot_be_marked_as_seen(
    portal: Portal, machine: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    anne = await a_client(portal)
    machine.advance(minutes=5)

    def locked(*_arguments: object) -> None:
        raise sa.exc.OperationalError("UPDATE", {}, Exception("database is locked"))

    monkeypatch.setattr(type(portal.database), "transaction", locked)

    assert await viewer_of(portal, anne.cookie) == anne.viewer


async def test_sessions_long_over_are_forgotten(portal: Portal, machine: FixedClock) -> None:
    await a_client(portal)
    machine.advance(days=30, hours=12, seconds=-1)
    await tidy(portal)
    async with portal.database.reading() as connection:
        kept = await connection.scalar(sa.select(sa.func.count()).select_from(table))
    machine.advance(seconds=1)
    await tidy(portal)

    async with portal.database.reading() as connection:
        left = await connection.scalar(sa.select(sa.func.count()).select_from(table))
    assert (kept, left) == (1, 0)
