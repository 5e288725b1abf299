"""Limits: windows that move, addresses by their block, waits that are said and kept."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.records.access_tables import attempts
from portal.services import limits
from portal.services.context import Portal
from portal.services.limits import Limit, TooManyAttempts, Window, address_block, in_words
from portal.services.tidying import tidy
from tests.clock import FixedClock

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
THREE = Limit("three", (Window(3, 10 * MINUTE),))
TWO_WINDOWS = Limit("two", (Window(2, MINUTE), Window(3, HOUR)))


async def stored(portal: Portal) -> int:
    async with portal.database.reading() as connection:
        return await connection.scalar(sa.select(sa.func.count()).select_from(attempts)) or 0


@pytest.mark.parametrize(
    ("limit", "windows"),
    [
        (limits.SIGN_IN_ACCOUNT, [(10, 5 * MINUTE), (50, DAY)]),
        (limits.SIGN_IN_ADDRESS, [(10, 5 * MINUTE)]),
        (limits.SIGN_IN_ALL, [(1000, 5 * MINUTE)]),
        (limits.CODE_ACCOUNT, [(5, 5 * MINUTE), (20, HOUR), (50, DAY)]),
        (limits.CODE_ADDRESS, [(10, 5 * MINUTE), (50, HOUR)]),
        (limits.PASSWORD_CHECK, [(5, 5 * MINUTE), (20, DAY)]),
        (limits.RESET_ACCOUNT, [(5, DAY)]),
        (limits.RESET_ADDRESS, [(10, HOUR)]),
        (limits.SIGN_UP_ADDRESS, [(10, HOUR), (40, DAY)]),
        (limits.CONFIRMATION_ACCOUNT, [(3, 6 * HOUR)]),
        (limits.LINK_ADDRESS, [(30, 5 * MINUTE)]),
    ],
)
def test_the_figures(limit: Limit, windows: list[tuple[int, timedelta]]) -> None:
    assert [(window.most, window.span) for window in limit.windows] == windows
    assert all(window.span <= limits.LONGEST for window in limit.windows)


async def test_the_wait_is_until_the_oldest_attempt_leaves_the_window(
    portal: Portal, machine: FixedClock
) -> None:
    for _ in range(3):
        await limits.spend(portal, (THREE, "anne"))
        machine.advance(minutes=2)

    with pytest.raises(TooManyAttempts) as refused:
        await limits.spend(portal, (THREE, "anne"))

    assert refused.value.wait == 4 * MINUTE
    machine.advance(minutes=4)
    await limits.spend(portal, (THREE, "anne"))
    with pytest.raises(TooManyAttempts):
        await limits.spend(portal, (THREE, "anne"))


async def test_a_refused_attempt_does_not_make_the_wait_longer(portal: Portal, machine: FixedClock) -> None:
    for _ in range(3):
        await limits.spend(portal, (THREE, "anne"))
    for _ in range(9):
        machine.advance(minutes=1)
        with pytest.raises(TooManyAttempts):
            await limits.spend(portal, (THREE, "anne"))

    machine.advance(minutes=1)

    await limits.spend(portal, (THREE, "anne"))


async def test_all_windows_hold_and_the_longest_wait_is_said(portal: Portal, machine: FixedClock) -> None:
    for _ in range(3):
        await limits.spend(portal, (TWO_WINDOWS, "anne"))
        machine.advance(seconds=40)

    with pytest.raises(TooManyAttempts) as refused:
        await limits.spend(portal, (TWO_WINDOWS, "anne"))

    assert refused.value.wait == HOUR - 2 * MINUTE


async def test_subjects_and_limits_do_not_share_their_counts(portal: Portal) -> None:
    for _ in range(3):
        await limits.spend(portal, (THREE, "anne"))

    await limits.spend(portal, (THREE, "paul"), (TWO_WINDOWS, "anne"))


async def test_where_one_limit_refuses_the_others_count_nothing(portal: Portal) -> None:
    for _ in range(3):
        await limits.spend(portal, (THREE, "anne"))
    before = await stored(portal)

    with pytest.raises(TooManyAttempts):
        await limits.spend(portal, (TWO_WINDOWS, "anne"), (THREE, "anne"))

    assert await stored(portal) == before


async def test_many_at_once_get_no_more_than_the_limit(portal: Portal) -> None:
    outcomes = await asyncio.gather(
        *(limits.spend(portal, (THREE, "anne"), (TWO_WINDOWS, str(number))) for number in range(12)),
        return_exceptions=True,
    )

    assert (
        sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType"] * 3 + ["TooManyAttempts"] * 9
    )


async def test_what_is_forgiven_is_forgotten_for_that_subject_alone(portal: Portal) -> None:
    for subject in ("anne", "paul"):
        for _ in range(3):
            await limits.spend(portal, (THREE, subject))

    async with portal.database.transaction() as connection:
        await limits.forgive(portal, connection, THREE, "anne")

    await limits.spend(portal, (THREE, "anne"))
    with pytest.raises(TooManyAttempts):
        await limits.spend(portal, (THREE, "paul"))


async def test_neither_accounts_nor_addresses_can_be_read_from_what_is_kept(portal: Portal) -> None:
    await limits.spend(portal, (limits.SIGN_IN_ACCOUNT, "anne@atelier.example"))

    async with portal.database.reading() as connection:
        [row] = (await connection.execute(sa.select(attempts))).all()

    assert "anne" not in str(row)
    assert len(row.key_hash) == 64


async def test_attempts_are_kept_for_a_day(portal: Portal, machine: FixedClock) -> None:
    await limits.spend(portal, (THREE, "anne"))
    machine.advance(hours=24, seconds=-1)
    await tidy(portal)
    kept = await stored(portal)
    machine.advance(seconds=1)
    await tidy(portal)

    assert (kept, await stored(portal)) == (1, 0)


@pytest.mark.parametrize(
    ("ip", "block"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("", "unknown"),
        ("192.0.2.7, 10.0.0.1", "unknown"),
    ],
)
def test_an_address_counts_as_the_block_one_caller_gets(ip: str, block: str) -> None:
    assert address_block(ip) == block


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (timedelta(milliseconds=1), "1\u00a0seconde"),
        (timedelta(seconds=60), "60\u00a0secondes"),
        (timedelta(seconds=61), "2\u00a0minutes"),
        (timedelta(minutes=90), "90\u00a0minutes"),
        (timedelta(minutes=91), "2\u00a0heures"),
        (timedelta(hours=23, seconds=1), "24\u00a0heures"),
    ],
)
def test_a_wait_is_said_rounded_up(wait: timedelta, words: str) -> None:
    assert in_words(wait) == words
    assert TooManyAttempts(wait).message == f"Trop de tentatives. Réessayez dans {words}."
