"""The event store: a chain that anyone can recompute, one writer at a time, nothing altered unseen."""

import asyncio
import hashlib
import json
import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.contract import events as e
from portal.records import store
from portal.records.tables import events, situations
from portal.services.conditions import publish_demonstration
from portal.services.context import Portal
from tests.records.histories import Opened, an_empty_history, record
from tests.services.clients import a_client, start_trial

AT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
CREATED = e.AccountCreated(at=AT, siren="732829320", admin="anne")
ACCEPTED = e.TermsAccepted(at=AT, version="2026-01", by="anne", evidence="f" * 64)
STARTED = e.TrialStarted(at=AT)


async def a_history(portal: Portal) -> Opened:
    async with portal.database.transaction() as connection:
        opened = await an_empty_history(connection, AT)
        await record(connection, opened, CREATED, ACCEPTED, STARTED, at=AT)
    return opened


async def broken(portal: Portal) -> tuple[str, ...]:
    async with portal.database.reading() as connection:
        return await store.broken_links(connection)


# --- writing and reading back ----------------------------------------------------------------------------


async def test_a_history_is_read_back_as_it_was_written(portal: Portal) -> None:
    opened = await a_history(portal)
    async with portal.database.reading() as connection:
        recorded = await store.load(connection, opened.contract_id, company_id=opened.company_id)
    assert [one.event for one in recorded.events] == [CREATED, ACCEPTED, STARTED]
    assert [one.seq for one in recorded.events] == [1, 2, 3]
    assert {(one.actor, one.recorded_at) for one in recorded.events} == {("a person", AT)}


async def test_an_empty_history_begins_the_chain(portal: Portal) -> None:
    async with portal.database.transaction() as connection:
        opened = await an_empty_history(connection, AT)
        recorded = await store.load(connection, opened.contract_id, company_id=None)
    assert (recorded.events, recorded.seq, recorded.last_hash) == ((), 0, "0" * 64)


async def test_nothing_to_append_writes_nothing(portal: Portal) -> None:
    opened = await a_history(portal)
    async with portal.database.transaction() as connection:
        recorded = await store.load(connection, opened.contract_id, company_id=None)
        assert await store.append(connection, recorded, [], actor="a person", recorded_at=AT) == ()
        assert await connection.scalar(sa.select(sa.func.count()).select_from(events)) == 3


async def test_anyone_can_recompute_the_chain_from_the_rows_alone(portal: Portal) -> None:
    """The recipe, spelled out: JSON of the six values, UTC to the microsecond, SHA-256."""
    await a_history(portal)
    async with portal.database.reading() as connection:
        rows = (await connection.execute(sa.select(events).order_by(events.c.seq))).all()
    previous = "0" * 64
    for row in rows:
        instant = row.recorded_at.isoformat(timespec="microseconds")
        bound = json.dumps(
            [row.contract_id, row.seq, row.body, instant, row.actor, previous],
            ensure_ascii=False,
            separators=(",", ":"),
        )
        assert row.previous_hash == previous
        assert row.hash == hashlib.sha256(bound.encode()).hexdigest()
        previous = row.hash


def test_the_body_is_canonical_json() -> None:
    body = store.body_of(CREATED)
    assert body == json.dumps(json.loads(body), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def test_the_offset_that_an_instant_is_written_in_does_not_change_its_hash() -> None:
    def hashed(recorded_at: datetime) -> str:
        return store.chained_hash(
            contract_id="c", seq=1, body="{}", recorded_at=recorded_at, actor="x", previous="0" * 64
        )

    assert hashed(AT) == hashed(AT.astimezone(ZoneInfo("Europe/Paris")))
    assert hashed(AT) != hashed(AT + timedelta(microseconds=1))


# --- whose it is -----------------------------------------------------------------------------------------


async def test_another_companys_history_is_not_found(portal: Portal) -> None:
    opened = await a_history(portal)
    async with portal.database.reading() as connection:
        with pytest.raises(store.ContractNotFound):
            await store.load(connection, opened.contract_id, company_id=str(uuid.uuid4()))


async def test_a_history_that_does_not_exist_is_not_found(portal: Portal) -> None:
    async with portal.database.reading() as connection:
        with pytest.raises(store.ContractNotFound):
            await store.load(connection, str(uuid.uuid4()), company_id=None)


# --- two at once -----------------------------------------------------------------------------------------


async def test_two_who_decided_on_the_same_history_cannot_both_record(portal: Portal) -> None:
    async with portal.database.transaction() as connection:
        opened = await an_empty_history(connection, AT)
    async with portal.database.reading() as connection:
        seen_by_both = await store.load(connection, opened.contract_id, company_id=None)

    async def one_of_them() -> None:
        async with portal.database.transaction() as connection:
            await store.append(connection, seen_by_both, [CREATED], actor="a person", recorded_at=AT)

    outcomes = await asyncio.gather(one_of_them(), one_of_them(), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [IntegrityError]
    async with portal.database.reading() as connection:
        assert (await store.load(connection, opened.contract_id, company_id=None)).seq == 1


# --- what tampering leaves -------------------------------------------------------------------------------


async def test_an_untouched_history_has_no_broken_link(portal: Portal) -> None:
    await a_history(portal)
    await a_history(portal)
    assert await broken(portal) == ()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("body", store.body_of(e.TermsAccepted(at=AT, version="2025-09", by="anne", evidence="f" * 64))),
        ("body", "not even JSON"),
        ("actor", "someone else"),
        ("recorded_at", AT - timedelta(days=1)),
    ],
)
async def test_an_altered_event_is_found(portal: Portal, column: str, value: object) -> None:
    opened = await a_history(portal)
    async with portal.database.transaction() as connection:
        await connection.execute(sa.update(events).where(events.c.seq == 2).values({column: value}))
    assert await broken(portal) == (f"{opened.contract_id}, event 2: altered",)


@pytest.mark.parametrize(("column", "value"), [("at", AT + timedelta(days=1)), ("kind", "trial_started")])
async def test_a_column_that_no_longer_says_what_the_body_says_is_found(
    portal: Portal, column: str, value: object
) -> None:
    opened = await a_history(portal)
    async with portal.database.transaction() as connection:
        await connection.execute(sa.update(events).where(events.c.seq == 2).values({column: value}))
    assert await broken(portal) == (f"{opened.contract_id}, event 2: its columns differ from its body",)


async def test_an_event_altered_with_its_hash_no_longer_leads_to_the_next(portal: Portal) -> None:
    opened = await a_history(portal)
    async with portal.database.transaction() as connection:
        first = (await connection.execute(sa.select(events).where(events.c.seq == 1))).one()
        rehashed = store.chained_hash(
            contract_id=opened.contract_id,
            seq=1,
            body=first.body,
            recorded_at=first.recorded_at,
            actor="someone else",
            previous=first.previous_hash,
        )
        await connection.execute(
            sa.update(events).where(events.c.seq == 1).values(actor="someone else", hash=rehashed)
        )
    assert await broken(portal) == (f"{opened.contract_id}, event 2: does not follow the one before",)


@pytest.mark.parametrize("seq", [1, 2])
async def test_a_missing_event_is_found(portal: Portal, seq: int) -> None:
    opened = await a_history(portal)
    async with portal.database.transaction() as connection:
        await connection.execute(sa.delete(events).where(events.c.seq == seq))
    assert f"{opened.contract_id}, event {seq}: missing" in await broken(portal)


async def test_a_missing_end_is_found(portal: Portal) -> None:
    """The chain itself cannot tell that its end was cut off: the table that pages read remembers it."""
    await publish_demonstration(portal)
    client = await a_client(portal)
    await start_trial(portal, client)
    async with portal.database.transaction() as connection:
        last = await connection.scalar(sa.select(situations.c.seq))
        assert last is not None
        await connection.execute(sa.delete(events).where(events.c.seq == last))
    assert await broken(portal) == (f"{client.contract_id}, event {last}: missing",)


async def test_a_history_of_which_nothing_is_left_is_found(portal: Portal) -> None:
    client = await a_client(portal)
    async with portal.database.transaction() as connection:
        await connection.execute(sa.delete(events))
    assert await broken(portal) == (f"{client.contract_id}, event 1: missing",)


async def test_reordered_events_are_found(portal: Portal) -> None:
    opened = await a_history(portal)
    async with portal.database.transaction() as connection:
        for seq, to in ((2, 99), (3, 2), (99, 3)):
            await connection.execute(sa.update(events).where(events.c.seq == seq).values(seq=to))
    assert f"{opened.contract_id}, event 2: does not follow the one before" in await broken(portal)


async def test_damage_to_one_history_is_not_blamed_on_another(portal: Portal) -> None:
    damaged, intact = await a_history(portal), await a_history(portal)
    async with portal.database.transaction() as connection:
        await connection.execute(
            sa.update(events)
            .where(events.c.contract_id == damaged.contract_id, events.c.seq == 1)
            .values(actor="someone else")
        )
    found = await broken(portal)
    assert found
    assert not any(intact.contract_id in line for line in found)
