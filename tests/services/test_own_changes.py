"""CGV art. 10.1, 17: a client reads a change on her own numbers, refuses it, takes the refusal back, to the last instant."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from portal.contract import acts as a
from portal.contract.french import full_date
from portal.contract.refusal import Refusal
from portal.records.tables import journal, outbox, terms
from portal.services.context import NotFound, Portal, Role, Viewer
from portal.services.own_changes import decide_change, decision_of, own_changes
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, act, live_until, paris
from tests.services.contracts import a_contract

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

LAST_INSTANT = paris(date(2027, 3, 17), 0) - timedelta(seconds=1)


async def announced(portal: Portal, clock: FixedClock) -> Client:
    """A contract of five, in force on 17/03/2026, that is announced 52,00 on 01/02/2027."""
    client, _ = await a_contract(portal, clock)
    await live_until(portal, clock, client, paris(date(2027, 2, 1), 10))
    await act(portal, client, a.AnnouncePrice(user_month_cents=5200))
    return client


async def templates(portal: Portal) -> list[str]:
    async with portal.database.reading() as connection:
        found = await connection.scalars(
            sa.select(outbox.c.template)
            .where(outbox.c.as_of >= paris(date(2027, 2, 1), 10))
            .order_by(outbox.c.id)
        )
        return [one for one in found if "change" in one or "refus" in one or "announced" in one]


async def test_the_year_is_compared_on_her_own_numbers(portal: Portal, clock: FixedClock) -> None:
    client = await announced(portal, clock)
    [coming] = (await own_changes(portal, client.viewer)).coming
    assert (coming.applies.day, coming.refusal.instant) == (date(2027, 3, 17), paris(date(2027, 3, 17), 0))
    months = [(one.month, one.before.cents, one.after.cents) for one in coming.year.months]
    assert months[0] == ("2027-04", 29400, 31200)
    assert months[-1] == ("2028-03", 29400, 31200)
    assert (coming.year.before.cents, coming.year.after.cents, coming.year.difference.cents) == (
        352_800,
        374_400,
        21_600,
    )


async def test_a_price_is_refused_until_the_last_second_and_the_contract_ends_with_its_term(
    portal: Portal, clock: FixedClock
) -> None:
    client = await announced(portal, clock)
    await live_until(portal, clock, client, LAST_INSTANT)
    shown = await decision_of(portal, client.viewer, "price", refuses=True)
    assert shown.ends is not None
    assert shown.ends.day == date(2027, 3, 16)
    for _ in range(2):
        ends = await decide_change(portal, client.viewer, "price", shown.effect.shown, ORIGIN, refuses=True)
        assert ends == date(2027, 3, 16)
    assert await templates(portal) == ["price_announced", "change_refused"]
    async with portal.database.reading() as connection:
        noted = await connection.scalars(
            sa.select(journal.c.details).where(journal.c.kind == "change_refused")
        )
        assert list(noted) == [{"what": "price"}]
    await live_until(portal, clock, client, paris(date(2027, 3, 17), 0))
    after = await own_changes(portal, client.viewer)
    assert after.contract.state.ended_on == date(2027, 3, 16)
    assert after.coming == ()


async def test_a_second_too_late_is_refused_with_its_sentence(portal: Portal, clock: FixedClock) -> None:
    client = await announced(portal, clock)
    shown = await decision_of(portal, client.viewer, "price", refuses=True)
    # Nothing has looked at the contract since: the act itself lets it be renewed first.
    clock.move_to(paris(date(2027, 3, 17), 0))
    for attempt in (
        decision_of(portal, client.viewer, "price", refuses=True),
        decide_change(portal, client.viewer, "price", shown.effect.shown, ORIGIN, refuses=True),
    ):
        with pytest.raises(Refusal) as refused:
            await attempt
        assert refused.value.code == "refusal_too_late"
        assert f"jusqu’à la fin du {full_date(date(2027, 3, 16))}" in refused.value.message


async def test_a_refusal_is_taken_back_until_the_same_instant(portal: Portal, clock: FixedClock) -> None:
    client = await announced(portal, clock)
    await act(portal, client, a.RefuseChange(what="price"))
    await live_until(portal, clock, client, LAST_INSTANT)
    shown = await decision_of(portal, client.viewer, "price", refuses=False)
    assert shown.ends is None
    for _ in range(2):
        ends = await decide_change(portal, client.viewer, "price", shown.effect.shown, ORIGIN, refuses=False)
        assert ends is None
    assert await templates(portal) == ["price_announced", "change_refused", "refusal_withdrawn"]
    await live_until(portal, clock, client, paris(date(2027, 3, 20), 10))
    state = (await own_changes(portal, client.viewer)).contract.state
    assert (state.terms, state.prices[-1]) == (2, (date(2027, 3, 17), 5200))


async def test_a_version_that_nobody_refused_is_accepted_by_the_renewal(
    portal: Portal, clock: FixedClock
) -> None:
    client, _ = await a_contract(portal, clock)
    await live_until(portal, clock, client, paris(date(2027, 2, 1), 10))
    await act(portal, client, a.AnnounceTerms(version="2025-09"))
    [coming] = (await own_changes(portal, client.viewer)).coming
    assert (coming.old and coming.old.version, coming.new and coming.new.version) == ("2026-01", "2025-09")
    assert coming.moves == ()
    assert any(one.kind.value == "changed" for one in coming.articles)
    await live_until(portal, clock, client, paris(date(2027, 3, 17), 0))
    [accepted] = (await own_changes(portal, client.viewer)).accepted
    async with portal.database.reading() as connection:
        sha256 = await connection.scalar(sa.select(terms.c.sha256).where(terms.c.version == "2025-09"))
    assert (accepted.version, accepted.sha256, accepted.by_renewal) == ("2025-09", sha256, True)
    assert (accepted.at, accepted.announced_at) == (
        paris(date(2027, 3, 17), 0),
        paris(date(2027, 2, 1), 10),
    )


async def test_nothing_is_read_by_another(portal: Portal, clock: FixedClock) -> None:
    await announced(portal, clock)
    stranger = Viewer("another", Role.CLIENT, "another company", "session")
    with pytest.raises(NotFound):
        await own_changes(portal, stranger)
    with pytest.raises(NotFound):
        await decide_change(portal, stranger, "price", "", ORIGIN, refuses=True)
