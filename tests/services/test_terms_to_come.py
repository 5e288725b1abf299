"""The terms of the year to come: renewed or not, why, since when; read by their index, page by page."""

import uuid
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.records import projections
from portal.records.tables import companies, contracts, situations
from portal.services.context import NotFound, Portal, Viewer
from portal.services.offers import offers_at
from portal.services.terms_to_come import PAGE_LENGTH, Standing, terms_to_come
from tests.clock import FixedClock
from tests.services.clients import act, live_until, paris
from tests.services.contracts import a_contract
from tests.services.dossier_lives import a_colleague

# With those that have ended left out, a page and a part of the next.
MANY = PAGE_LENGTH * 3 // 2


@pytest.fixture
async def yves(portal: Portal) -> Viewer:
    return await a_colleague(portal, "Yves")


async def test_a_term_is_renewed_until_someone_says_otherwise(
    portal: Portal, clock: FixedClock, yves: Viewer
) -> None:
    """In force on 17 March 2026; the client posts notice on 1 June, withdraws it, then refuses new prices."""
    client, _ = await a_contract(portal, clock)
    [term] = (await terms_to_come(portal, yves)).terms
    assert (term.legal_name, term.entered_on, term.last_day, term.monthly_cents) == (
        "Atelier Nord",
        date(2026, 3, 17),
        date(2027, 3, 16),
        5 * 4900,
    )
    assert (term.standing, term.cause, term.ends_on, term.declared_at) == (Standing.RENEWS, None, None, None)
    noticed = paris(date(2026, 6, 1), 10)
    await live_until(portal, clock, client, noticed)
    await act(portal, client, a.ServeNotice(by="client"))
    found = await terms_to_come(portal, yves)
    assert [(one.standing, one.ends_on, one.declared_at) for one in found.declared] == [
        (Standing.CLIENT_NOTICE, date(2027, 3, 16), noticed)
    ]
    assert found.terms[0].standing is Standing.CLIENT_NOTICE
    assert [
        (one.first_day, one.ending, one.last, one.monthly_cents) for one in found.months if one.ending
    ] == [(date(2027, 3, 1), 1, 1, 5 * 4900)]
    refused = paris(date(2026, 6, 2), 10)
    await live_until(portal, clock, client, refused)
    await act(
        portal,
        client,
        a.WithdrawNotice(),
        a.AnnouncePrice(user_month_cents=5200),
        a.RefuseChange(what="price"),
    )
    [term] = (await terms_to_come(portal, yves)).declared
    assert (term.cause, term.ends_on, term.declared_at) == (
        Standing.REFUSED_PRICE,
        date(2027, 3, 16),
        refused,
    )
    async with portal.database.reading() as connection:
        assert await projections.differences(connection, offers_at(portal.now())) == {}


async def test_a_notice_that_came_too_late_ends_the_next_term(
    portal: Portal, clock: FixedClock, yves: Viewer
) -> None:
    client, _ = await a_contract(portal, clock)
    await live_until(portal, clock, client, paris(date(2027, 2, 17), 10))
    await act(portal, client, a.ServeNotice(by="vendor"))
    found = await terms_to_come(portal, yves)
    assert [(one.standing, one.cause, one.ends_on) for one in found.terms] == [
        (Standing.RENEWS, Standing.VENDOR_NOTICE, date(2028, 3, 16))
    ]
    assert (await terms_to_come(portal, yves, standing="vendor_notice")).terms == ()
    assert (await terms_to_come(portal, yves, standing="renews")).total == 1


async def test_the_year_is_read_page_by_page_and_month_by_month(
    portal: Portal, clock: FixedClock, yves: Viewer
) -> None:
    clock.move_to(paris(date(2026, 3, 10), 9))

    async def many(connection: AsyncConnection) -> None:
        for nth in range(MANY):
            await _a_row(connection, portal, nth, date(2026, 3 + nth % 2 * 2, 9 + nth % 3))

    await portal.transact(many)
    found = await terms_to_come(portal, yves)
    # Those of 9 March ended yesterday.
    ended = sum(1 for nth in range(MANY) if nth % 2 == 0 and nth % 3 == 0)
    assert found.total == MANY - ended
    in_may = await terms_to_come(portal, yves, month="2026-05")
    assert in_may.total == MANY // 2
    assert {one.last_day.month for one in in_may.terms} == {5}
    assert len((await terms_to_come(portal, yves, month="2026-05", page=2)).terms) == 0
    assert [one.last_day for one in in_may.terms] == sorted(one.last_day for one in in_may.terms)
    assert [one.ending for one in found.months[:3]] == [found.total - in_may.total, 0, in_may.total]
    # Page after page, each term once, in its order.
    pages = [await terms_to_come(portal, yves, page=page) for page in (1, 2, 3)]
    read = [(one.last_day, one.legal_name) for page in pages for one in page.terms]
    assert read == sorted(set(read))
    assert [len(page.terms) for page in pages] == [
        min(found.total, PAGE_LENGTH),
        max(found.total - PAGE_LENGTH, 0),
        0,
    ]
    # What is no month of the year to come is no filter.
    assert (await terms_to_come(portal, yves, month="1999-99")).total == found.total


async def test_the_terms_are_found_by_their_index(portal: Portal, yves: Viewer) -> None:
    """So few rows PostgreSQL would rightly read them all: it is asked what it would do with many."""
    query = (
        "SELECT count(*) FROM situations WHERE term_ends_on >= '2026-03-10' AND term_ends_on < '2027-03-10'"
    )
    async with portal.database.transaction() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
            plan = await connection.execute(sa.text(f"EXPLAIN {query}"))
        else:
            plan = await connection.execute(sa.text(f"EXPLAIN QUERY PLAN {query}"))
        assert "ix_situations_term_ends_on" in str(plan.all())
    assert (await terms_to_come(portal, yves)).terms == ()


async def test_for_a_client_there_is_no_such_list(portal: Portal, clock: FixedClock) -> None:
    client, _ = await a_contract(portal, clock)
    with pytest.raises(NotFound):
        await terms_to_come(portal, client.viewer)


async def _a_row(connection: AsyncConnection, portal: Portal, nth: int, ends: date) -> None:
    company_id, contract_id = str(uuid.uuid4()), str(uuid.uuid4())
    now = portal.now()
    await connection.execute(
        sa.insert(companies).values(
            id=company_id,
            siren=f"{nth:09}",
            legal_name=f"Client {nth:03}",
            legal_form="SAS",
            street="1 rue du Port",
            postcode="59140",
            city="Dunkerque",
            created_at=now,
        )
    )
    await connection.execute(
        sa.insert(contracts).values(id=contract_id, company_id=company_id, opened_at=now)
    )
    await connection.execute(
        sa.insert(situations).values(
            contract_id=contract_id,
            seq=1,
            relationship="active",
            service="open",
            data="live",
            users=5,
            changed_at=now,
            monthly_cents=24500,
            term_ends_on=ends,
            entered_on=ends.replace(year=ends.year - 1),
        )
    )
