"""The demonstration's clients: every standing there is, each come to by living, none written by hand."""

import pytest
import sqlalchemy as sa

from portal.contract.company import read_siren
from portal.records import projections, store
from portal.records.tables import events, held_destructions, outbox, provisioning
from portal.services.calendar import sweep
from portal.services.conditions import publish_demonstration
from portal.services.context import Portal, Role, Viewer, current_offer
from portal.services.demonstration import CLIENTS, furnish
from portal.services.reading import clients

STAFF = Viewer("a colleague", Role.STAFF, None, "session")


@pytest.fixture(autouse=True)
async def furnished(portal: Portal) -> None:
    await publish_demonstration(portal)
    await furnish(portal)


async def test_every_standing_is_there(portal: Portal) -> None:
    lines, total = await clients(portal, STAFF)
    assert total == len(CLIENTS)
    assert {line.relationship for line in lines} == {"prospect", "trial", "reflection", "lapsed"}
    assert {line.data for line in lines} == {"none", "live", "archived", "destroyed"}
    assert {line.service for line in lines} == {"none", "open", "suspended", "closed"}
    assert max(line.users for line in lines) == 5
    assert not any(line.destruction_held for line in lines)


async def test_the_records_are_those_of_clients_who_lived(portal: Portal) -> None:
    async with portal.database.reading() as connection:
        assert await store.broken_links(connection) == ()
        assert await projections.differences(connection, await current_offer(connection, portal.now())) == {}
        late = sa.select(sa.func.count()).select_from(events).where(events.c.recorded_at != events.c.at)
        assert await connection.scalar(late) == 0, "each was written down when it happened"
        for table, column in (
            (events, events.c.at),
            (outbox, outbox.c.as_of),
            (provisioning, provisioning.c.at),
        ):
            future = sa.select(sa.func.count()).select_from(table).where(column > portal.now())
            assert await connection.scalar(future) == 0
        assert await connection.scalar(sa.select(sa.func.count()).select_from(held_destructions)) == 0


async def test_nothing_is_left_for_the_calendar_to_do(portal: Portal) -> None:
    assert (await sweep(portal)).done == 0


async def test_furnishing_again_changes_nothing(portal: Portal) -> None:
    async def everything() -> list[object]:
        async with portal.database.reading() as connection:
            rows = await connection.execute(sa.select(events).order_by(events.c.contract_id, events.c.seq))
            return [tuple(row) for row in rows]

    before = await everything()
    await furnish(portal)
    assert await everything() == before


async def test_all_accounts_are_told(portal: Portal) -> None:
    told = portal.settings.demonstration_marker.read_text(encoding="utf-8")
    assert all(client.admin.email in told and client.legal_name in told for client in CLIENTS)


def test_the_clients_are_invented() -> None:
    assert [read_siren(client.siren) for client in CLIENTS] == [client.siren for client in CLIENTS]
    assert len({client.siren for client in CLIENTS}) == len(CLIENTS)
    people = [person for client in CLIENTS for person in (client.admin, *client.colleagues)]
    assert all(person.email.isascii() and person.email.endswith(".example") for person in people)
    assert len({person.email for person in people}) == len(people)
