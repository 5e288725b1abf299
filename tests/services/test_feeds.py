"""The calendar feed: a private address, made and revoked by an administrator, under which her dates are as they are now.

Read by two libraries that know nothing of each other: every deadline of the rules is in it, with its reason.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
import sqlalchemy as sa
from ical.calendar_stream import IcsCalendarStream

from portal.contract import acts as a
from portal.contract.deadlines import Deadline, deadlines
from portal.contract.refusal import Refusal
from portal.contract.story import DEADLINE_TITLES
from portal.records.access_tables import feeds, links
from portal.records.tables import accounts, journal
from portal.services import limits
from portal.services.context import NotFound, Portal, Role, Viewer
from portal.services.feeds import Feed, make_feed, new_address, own_feed, read_feed, revoke_feed
from portal.services.limits import FEED_ADDRESS, Limit, TooManyAttempts, Window
from portal.services.reading import own_contract
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, a_client, a_trial, act, live_until, paris
from tests.services.contracts import a_contract
from tests.services.late_lives import a_late_client

IP = ORIGIN.ip
START = paris(date(2026, 3, 3), 10)

only_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class Read:
    """An entry as a calendar program sees it."""

    ends: datetime
    title: str
    reason: str


def token_of(address: str) -> str:
    return address.removesuffix(".ics").rpartition("/")[2]


async def read_by_icalendar(portal: Portal, token: str) -> set[Read]:
    calendar = icalendar.Calendar.from_ical((await read_feed(portal, token, IP)).content)
    return {
        Read(
            entry.decoded("dtend" if "dtend" in entry else "dtstart").astimezone(UTC),
            str(entry["summary"]),
            str(entry["description"]),
        )
        for entry in calendar.walk("VEVENT")
    }


async def read_by_ical(portal: Portal, token: str) -> set[Read]:
    content = (await read_feed(portal, token, IP)).content.decode()
    found = set()
    for entry in IcsCalendarStream.calendar_from_ics(content).events:
        at = entry.dtend or entry.dtstart
        assert isinstance(at, datetime)
        found.add(Read(at.astimezone(UTC), str(entry.summary), str(entry.description)))
    return found


def as_read(deadline: Deadline) -> Read:
    return Read(
        deadline.at.astimezone(UTC), DEADLINE_TITLES[deadline.name], "\n".join(deadline.because.lines())
    )


async def all_deadlines(portal: Portal, client: Client) -> set[Read]:
    contract = await own_contract(portal, client.viewer)
    return {as_read(one) for one in deadlines(contract.state, contract.at)}


async def kinds(portal: Portal, client: Client) -> list[tuple[str, str | None]]:
    async with portal.database.reading() as connection:
        rows = await connection.execute(
            sa.select(journal)
            .where(journal.c.kind.like("feed%"), journal.c.person_id == client.viewer.person_id)
            .order_by(journal.c.id)
        )
        return [(row.kind, row.by_id) for row in rows]


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> Client:
    return await a_trial(portal, clock, START)


# --- what it says --------------------------------------------------------------------------------


@only_sqlite
async def test_two_libraries_read_every_deadline_of_a_trial_with_its_reason(
    portal: Portal, client: Client
) -> None:
    token = token_of(await make_feed(portal, client.viewer, ORIGIN))
    expected = await all_deadlines(portal, client)
    assert len(expected) == 3
    assert await read_by_icalendar(portal, token) == await read_by_ical(portal, token) >= expected


@only_sqlite
async def test_two_libraries_read_every_deadline_of_a_contract_and_follow_it(
    portal: Portal, clock: FixedClock
) -> None:
    client, _ = await a_contract(portal, clock)
    token = token_of(await make_feed(portal, client.viewer, ORIGIN))
    expected = await all_deadlines(portal, client)
    titles = {one.title for one in expected}
    assert titles == {DEADLINE_TITLES[name] for name in ("next_invoice", "notice_limit", "term_end")}
    before = await read_by_icalendar(portal, token)
    assert before == await read_by_ical(portal, token) >= expected

    # A new price: it may be refused until the renewal.
    await act(portal, client, a.AnnouncePrice(user_month_cents=5200))
    announced = await read_by_icalendar(portal, token)
    assert announced == await read_by_ical(portal, token) >= await all_deadlines(portal, client)
    assert DEADLINE_TITLES["refusal_limit"] in {one.title for one in announced}

    # A notice: there is no limit to keep any more, and the term ends for good.
    clock.move_to(paris(date(2026, 3, 18), 10))
    await act(portal, client, a.ServeNotice(by="client"))
    after = await read_by_icalendar(portal, token)
    assert after == await read_by_ical(portal, token) >= await all_deadlines(portal, client)
    assert DEADLINE_TITLES["notice_limit"] not in {one.title for one in after}

    # A month on: what was to come next has moved.
    await live_until(portal, clock, client, paris(date(2026, 4, 2), 9))
    moved = await read_by_ical(portal, token)
    assert moved >= await all_deadlines(portal, client)
    [first] = [one.ends for one in before if one.title == DEADLINE_TITLES["next_invoice"]]
    [then] = [one.ends for one in moved if one.title == DEADLINE_TITLES["next_invoice"]]
    assert (first, then) == (paris(date(2026, 3, 20), 6), paris(date(2026, 4, 20), 6))


@only_sqlite
async def test_a_suspension_that_threatens_is_in_it(portal: Portal, clock: FixedClock) -> None:
    client = await a_late_client(portal, clock, date(2026, 6, 2))
    token = token_of(await make_feed(portal, client.viewer, ORIGIN))
    expected = await all_deadlines(portal, client)
    assert {DEADLINE_TITLES["suspension"], DEADLINE_TITLES["termination_open"]} <= {
        one.title for one in expected
    }
    assert await read_by_icalendar(portal, token) == await read_by_ical(portal, token) >= expected


@only_sqlite
async def test_an_entry_keeps_its_identity_and_says_that_it_changed(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    token = token_of(await make_feed(portal, client.viewer, ORIGIN))

    async def entries() -> dict[str, tuple[int, datetime]]:
        calendar = icalendar.Calendar.from_ical((await read_feed(portal, token, IP)).content)
        return {
            str(entry["uid"]): (int(entry.decoded("sequence")), entry.decoded("last-modified"))
            for entry in calendar.walk("VEVENT")
        }

    before, first = await entries(), await read_feed(portal, token, IP)
    clock.advance(minutes=10)
    assert (await read_feed(portal, token, IP)) == first
    await act(portal, client, a.OrderOption(code="training", quantity=1))
    after, then = await entries(), await read_feed(portal, token, IP)
    assert before.keys() == after.keys()
    for uid, (sequence, modified) in after.items():
        assert sequence > before[uid][0]
        assert modified == clock.now() > before[uid][1]
    assert then.etag != first.etag
    assert then.changed_at == clock.now()


@only_sqlite
async def test_it_is_written_as_rfc_5545_wants(portal: Portal, clock: FixedClock) -> None:
    client = await a_trial(portal, clock, START, legal_name="Brûlé; Père, Fils\\& Cie " + "é" * 60)
    published = await read_feed(portal, token_of(await make_feed(portal, client.viewer, ORIGIN)), IP)
    lines = published.content.split(b"\r\n")
    assert lines[-1] == b""
    assert b"\n" not in published.content.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # no character is cut in two
    assert b"METHOD:PUBLISH" in lines
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines
    assert b"X-PUBLISHED-TTL:PT1H" in lines
    text = published.content.replace(b"\r\n ", b"").decode()
    assert "NAME:EXANERGY CRM\\, Brûlé\\; Père\\, Fils\\\\& Cie é" in text
    times = [
        line for line in text.split("\r\n") if line.startswith(("DTSTART", "DTEND", "DTSTAMP", "LAST-MOD"))
    ]
    assert times
    assert all(line.endswith("Z") for line in times)


# --- made, replaced, revoked ---------------------------------------------------------------------


async def test_an_address_is_made_once_replaced_and_revoked(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    assert await own_feed(portal, client.viewer) is None
    first = await make_feed(portal, client.viewer, ORIGIN)
    assert first.startswith(f"{portal.settings.public_url}/agenda/")
    assert first.endswith(".ics")
    assert len(token_of(first)) == 43
    assert await own_feed(portal, client.viewer) == Feed(START, None)
    await read_feed(portal, token_of(first), IP)
    clock.advance(minutes=30)
    await read_feed(portal, token_of(first), IP)
    assert await own_feed(portal, client.viewer) == Feed(START, START)
    clock.advance(minutes=30)
    await read_feed(portal, token_of(first), IP)
    assert await own_feed(portal, client.viewer) == Feed(START, START + timedelta(hours=1))

    second = await make_feed(portal, client.viewer, ORIGIN)
    assert second != first
    with pytest.raises(NotFound):
        await read_feed(portal, token_of(first), IP)
    await read_feed(portal, token_of(second), IP)

    await revoke_feed(portal, client.viewer, ORIGIN)
    await revoke_feed(portal, client.viewer, ORIGIN)
    assert await own_feed(portal, client.viewer) is None
    with pytest.raises(NotFound):
        await read_feed(portal, token_of(second), IP)
    me = client.viewer.person_id
    assert await kinds(portal, client) == [("feed_made", me), ("feed_replaced", me), ("feed_revoked", me)]


async def test_two_made_at_once_leave_one_that_works(portal: Portal, client: Client) -> None:
    made = await asyncio.gather(*(make_feed(portal, client.viewer, ORIGIN) for _ in range(3)))
    works = []
    for address in made:
        try:
            await read_feed(portal, token_of(address), IP)
        except NotFound:
            continue
        works.append(address)
    assert len(works) == 1


@only_sqlite
async def test_only_its_hash_is_kept(portal: Portal, client: Client) -> None:
    token = token_of(await make_feed(portal, client.viewer, ORIGIN))
    async with portal.database.reading() as connection:
        kept = {
            table: [str(row) for row in await connection.execute(sa.select(table))]
            for table in (feeds, links, journal)
        }
    assert len(kept[feeds]) == 1
    assert not any(token in row for rows in kept.values() for row in rows)


async def test_it_can_be_copied_for_ten_minutes_until_a_program_has_read_it(
    portal: Portal, client: Client, machine: FixedClock
) -> None:
    assert await new_address(portal, client.viewer) is None
    first = await make_feed(portal, client.viewer, ORIGIN)
    assert await new_address(portal, client.viewer) == first
    machine.advance(minutes=10)
    assert await new_address(portal, client.viewer) is None

    second = await make_feed(portal, client.viewer, ORIGIN)
    assert await new_address(portal, client.viewer) == second
    await read_feed(portal, token_of(second), IP)
    assert await new_address(portal, client.viewer) is None

    await make_feed(portal, client.viewer, ORIGIN)
    await revoke_feed(portal, client.viewer, ORIGIN)
    assert await new_address(portal, client.viewer) is None


# --- whose it is ---------------------------------------------------------------------------------


@only_sqlite
async def test_an_address_ends_with_the_role_for_good(portal: Portal, clock: FixedClock) -> None:
    client, (bob, *_) = await a_contract(portal, clock)
    me = client.viewer.person_id
    token = token_of(await make_feed(portal, client.viewer, ORIGIN))
    await act(portal, client, a.NameAdministrator(user=bob), a.RelieveAdministrator(user=me))
    with pytest.raises(NotFound):
        await read_feed(portal, token, IP)
    await act(portal, client, a.NameAdministrator(user=me))
    with pytest.raises(NotFound):
        await read_feed(portal, token, IP)
    assert await kinds(portal, client) == [("feed_made", me), ("feed_ended", None)]


@only_sqlite
async def test_each_administrator_has_her_own(portal: Portal, clock: FixedClock) -> None:
    client, (bob, *_) = await a_contract(portal, clock)
    colleague = Viewer(bob, Role.CLIENT, client.viewer.company_id, "session")
    with pytest.raises(Refusal) as refused:
        await make_feed(portal, colleague, ORIGIN)
    assert refused.value.code == "not_administrator"
    await act(portal, client, a.NameAdministrator(user=bob))
    async with portal.database.transaction() as connection:
        await connection.execute(
            sa.insert(accounts).values(
                person_id=bob, email="bob@b.example", role="client", password_hash="none", created_at=START
            )
        )
    own = token_of(await make_feed(portal, client.viewer, ORIGIN))
    his = token_of(await make_feed(portal, colleague, ORIGIN))
    assert (await read_feed(portal, own, IP)).content == (await read_feed(portal, his, IP)).content
    await revoke_feed(portal, colleague, ORIGIN)
    await read_feed(portal, own, IP)
    with pytest.raises(NotFound):
        await read_feed(portal, his, IP)


@only_sqlite
async def test_another_client_s_dates_are_not_in_it(portal: Portal, client: Client) -> None:
    other = await a_client(portal, siren="552100554", email="luc@carpentier.example", legal_name="Carpentier")
    token = token_of(await make_feed(portal, other.viewer, ORIGIN))
    content = (await read_feed(portal, token, IP)).content
    assert b"Carpentier" in content
    assert client.contract_id.encode() not in content
    await revoke_feed(portal, client.viewer, ORIGIN)
    await read_feed(portal, token, IP)


@only_sqlite
async def test_staff_have_none(portal: Portal, client: Client) -> None:
    staff = Viewer(client.viewer.person_id, Role.STAFF, None, "session")
    with pytest.raises(NotFound):
        await make_feed(portal, staff, ORIGIN)


# --- tried too often -----------------------------------------------------------------------------


@only_sqlite
async def test_who_guesses_is_stopped_and_who_has_the_address_is_not(portal: Portal, client: Client) -> None:
    token = token_of(await make_feed(portal, client.viewer, ORIGIN))
    guesses = ["", "x", "../../etc", "A" * 43, f"{token}A", token.swapcase()]
    most = FEED_ADDRESS.windows[0].most
    for number in range(most):
        with pytest.raises(NotFound):
            await read_feed(portal, guesses[number % len(guesses)], IP)
    with pytest.raises(TooManyAttempts):
        await read_feed(portal, "A" * 43, IP)
    await read_feed(portal, token, IP)


@only_sqlite
async def test_a_program_that_never_stops_asking_is_told_to_wait(
    portal: Portal, client: Client, machine: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert limits.FEED.windows == (Window(60, timedelta(hours=1)),)
    monkeypatch.setattr("portal.services.feeds.FEED", Limit("feed", (Window(3, timedelta(hours=1)),)))
    token = token_of(await make_feed(portal, client.viewer, ORIGIN))
    for _ in range(3):
        await read_feed(portal, token, IP)
    with pytest.raises(TooManyAttempts) as stopped:
        await read_feed(portal, token, "198.51.100.9")
    assert stopped.value.wait == timedelta(hours=1)
    machine.advance(minutes=60)
    await read_feed(portal, token, IP)
