"""One's own password: forgotten, replaced by a link, changed; every session ends with the old one."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.records.access_tables import links
from portal.records.tables import accounts, outbox
from portal.services import limits, own_password, passwords, sign_in, sign_up
from portal.services.context import Portal
from portal.services.forms import FormProblems
from portal.services.journal import of_person
from portal.services.links import LinkRefused, LinkState, Purpose, look
from portal.services.sessions import Strength, session_of, viewer_of
from portal.services.sign_in import Step
from tests.clock import FixedClock
from tests.people import (
    ORIGIN,
    PASSWORD,
    Person,
    a_browser,
    a_client,
    a_member_of_staff,
    company_form,
    last_token,
    person_form,
    templates_sent_to,
    with_second_factor,
)
from tests.work import work_counted

NEW = "sept brouettes en mi bémol"


async def signing_in(portal: Portal, person: Person, password: str) -> sign_in.SignedIn:
    return await sign_in.sign_in(portal, person.email, password, previous=None, origin=ORIGIN)


async def count_of(portal: Portal, table: sa.Table) -> int:
    async with portal.database.reading() as connection:
        return await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


async def test_asking_for_a_link_costs_the_same_where_there_is_no_account(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    anne = await a_client(portal)
    before = [await count_of(portal, table) for table in (links, outbox)]

    with work_counted(portal, monkeypatch) as for_nobody:
        await own_password.forgot(portal, "nobody@atelier.example", ORIGIN)
    after = [await count_of(portal, table) for table in (links, outbox)]
    with work_counted(portal, monkeypatch) as for_anne:
        await own_password.forgot(portal, anne.email, ORIGIN)

    assert for_nobody == for_anne
    assert after == before
    assert await templates_sent_to(portal, anne.viewer.person_id) == ["confirm_address", "reset_password"]


async def test_a_forgotten_password_is_replaced_and_every_session_ends(portal: Portal) -> None:
    anne = await a_client(portal)
    elsewhere = await signing_in(portal, anne, PASSWORD)
    await own_password.forgot(portal, anne.email, ORIGIN)
    token = await last_token(portal, Purpose.RESET_PASSWORD)

    await own_password.reset(portal, token, NEW, ORIGIN)

    assert await viewer_of(portal, anne.cookie) is None
    assert await viewer_of(portal, elsewhere.session) is None
    with pytest.raises(FormProblems):
        await signing_in(portal, anne, PASSWORD)
    assert (await signing_in(portal, anne, NEW)).step is Step.DONE
    assert (await templates_sent_to(portal, anne.viewer.person_id))[-1] == "password_changed"


async def test_a_link_never_stands_in_for_the_second_factor(portal: Portal) -> None:
    anne = await a_client(portal)
    await with_second_factor(portal, await anne.session(portal))
    await own_password.forgot(portal, anne.email, ORIGIN)

    await own_password.reset(portal, await last_token(portal, Purpose.RESET_PASSWORD), NEW, ORIGIN)

    assert (await signing_in(portal, anne, NEW)).step is Step.CODE


async def test_a_reset_link_is_good_for_half_an_hour(portal: Portal, machine: FixedClock) -> None:
    anne = await a_client(portal)
    await own_password.forgot(portal, anne.email, ORIGIN)
    token = await last_token(portal, Purpose.RESET_PASSWORD)
    machine.advance(minutes=29, seconds=59)
    assert (await look(portal, token, Purpose.RESET_PASSWORD)).state is LinkState.GOOD

    machine.advance(seconds=1)

    with pytest.raises(LinkRefused) as refused:
        await own_password.reset(portal, token, NEW, ORIGIN)
    assert refused.value.state is LinkState.EXPIRED


async def test_a_reset_link_is_good_for_nothing_else(portal: Portal) -> None:
    anne = await a_client(portal)
    await own_password.forgot(portal, anne.email, ORIGIN)
    token = await last_token(portal, Purpose.RESET_PASSWORD)

    with pytest.raises(LinkRefused) as refused:
        await sign_up.confirm_address(portal, token, browser=None, previous=None, origin=ORIGIN)

    assert refused.value.state is LinkState.UNKNOWN


async def test_a_reset_link_used_many_times_at_once_changes_the_password_once(portal: Portal) -> None:
    anne = await a_client(portal)
    await own_password.forgot(portal, anne.email, ORIGIN)
    token = await last_token(portal, Purpose.RESET_PASSWORD)

    outcomes = await asyncio.gather(
        *(own_password.reset(portal, token, f"{NEW} {number}", ORIGIN) for number in range(6)),
        return_exceptions=True,
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["LinkRefused"] * 5 + ["NoneType"]
    winner = next(number for number, outcome in enumerate(outcomes) if outcome is None)
    assert (await signing_in(portal, anne, f"{NEW} {winner}")).step is Step.DONE


async def test_the_newest_reset_link_is_the_only_one(portal: Portal) -> None:
    anne = await a_client(portal)
    await own_password.forgot(portal, anne.email, ORIGIN)
    older = await last_token(portal, Purpose.RESET_PASSWORD)
    await own_password.forgot(portal, anne.email, ORIGIN)

    with pytest.raises(LinkRefused) as refused:
        await own_password.reset(portal, older, NEW, ORIGIN)

    assert refused.value.state is LinkState.EXPIRED


async def test_a_reset_link_dies_when_the_password_is_changed(portal: Portal) -> None:
    anne = await a_client(portal)
    await own_password.forgot(portal, anne.email, ORIGIN)
    token = await last_token(portal, Purpose.RESET_PASSWORD)

    await own_password.change(portal, anne.viewer, PASSWORD, NEW, ORIGIN)

    with pytest.raises(LinkRefused):
        await own_password.reset(portal, token, "huit brouettes en mi bémol", ORIGIN)


async def test_a_password_that_is_refused_leaves_the_link_good(portal: Portal) -> None:
    anne = await a_client(portal)
    await own_password.forgot(portal, anne.email, ORIGIN)
    token = await last_token(portal, Purpose.RESET_PASSWORD)

    for refused in ("trop court", "azertyuiop2026", "anne.leroy.1980"):
        with pytest.raises(FormProblems) as problems:
            await own_password.reset(portal, token, refused, ORIGIN)
        assert list(problems.value.errors) == ["password"]

    await own_password.reset(portal, token, NEW, ORIGIN)


async def test_a_reset_lets_the_owner_in_whom_someone_else_has_locked_out(portal: Portal) -> None:
    anne = await a_client(portal)
    for _ in range(10):
        with pytest.raises(FormProblems):
            await signing_in(portal, anne, "quatre brouettes en ut dièse")
    await own_password.forgot(portal, anne.email, ORIGIN)
    await own_password.reset(portal, await last_token(portal, Purpose.RESET_PASSWORD), NEW, ORIGIN)

    signed_in = await sign_in.sign_in(
        portal, anne.email, NEW, previous=None, origin=type(ORIGIN)("198.51.100.1", "")
    )

    assert signed_in.step is Step.DONE


async def test_a_reset_confirms_an_address_that_was_waiting(portal: Portal) -> None:
    """The mailbox is shown as well by this link as by the other; whoever had chosen the first password is out."""
    await sign_up.sign_up(
        portal, company_form(), person_form(), browser=await a_browser(portal), origin=ORIGIN
    )
    await own_password.forgot(portal, person_form().email, ORIGIN)

    await own_password.reset(portal, await last_token(portal, Purpose.RESET_PASSWORD), NEW, ORIGIN)

    async with portal.database.reading() as connection:
        assert await connection.scalar(sa.select(accounts.c.confirmed_at)) == portal.now()
    signed_in = await sign_in.sign_in(portal, person_form().email, NEW, previous=None, origin=ORIGIN)
    assert signed_in.step is Step.DONE


async def test_five_links_a_day(portal: Portal, machine: FixedClock) -> None:
    anne = await a_client(portal)
    for _ in range(5):
        await own_password.forgot(portal, anne.email, ORIGIN)
        machine.advance(hours=1)

    with pytest.raises(limits.TooManyAttempts) as refused:
        await own_password.forgot(portal, anne.email, ORIGIN)

    assert refused.value.wait == timedelta(hours=19)


async def test_changing_the_password_ends_every_session_and_goes_on_in_a_new_one(portal: Portal) -> None:
    anne = await a_client(portal)
    elsewhere = await signing_in(portal, anne, PASSWORD)

    cookie = await own_password.change(portal, anne.viewer, PASSWORD, NEW, ORIGIN)

    assert await viewer_of(portal, anne.cookie) is None
    assert await viewer_of(portal, elsewhere.session) is None
    viewer = await viewer_of(portal, cookie)
    assert viewer is not None
    assert viewer.person_id == anne.viewer.person_id
    async with portal.database.reading() as connection:
        newest = (await of_person(connection, anne.viewer.person_id))[0]
    assert (newest.kind, newest.details) == ("password_changed", {"by": "password"})


async def test_of_two_changes_at_once_one_wins_and_the_other_is_told(portal: Portal) -> None:
    anne = await a_client(portal)

    outcomes = await asyncio.gather(
        *(own_password.change(portal, anne.viewer, PASSWORD, f"{NEW} {n}", ORIGIN) for n in range(2)),
        return_exceptions=True,
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) in (
        ["FormProblems", "str"],
        ["NotFound", "str"],
    )
    winner = next(n for n, outcome in enumerate(outcomes) if isinstance(outcome, str))
    assert (await signing_in(portal, anne, f"{NEW} {winner}")).step is Step.DONE


async def test_staff_stay_as_strong_as_they_were_when_they_change_their_password(portal: Portal) -> None:
    yves = await a_member_of_staff(portal)

    cookie = await own_password.change(portal, yves.viewer, yves.password, NEW, ORIGIN)

    session = await session_of(portal, cookie)
    assert session is not None
    assert session.strength is Strength.TOTP


async def test_staff_need_fifteen_characters(portal: Portal) -> None:
    yves = await a_member_of_staff(portal)

    with pytest.raises(FormProblems) as problems:
        await own_password.change(portal, yves.viewer, yves.password, "brouette en ut", ORIGIN)

    assert "il en faut 15 au moins" in problems.value.errors["password"]


async def test_the_present_password_is_asked_for_five_times_and_no_more(portal: Portal) -> None:
    anne = await a_client(portal)
    for _ in range(5):
        with pytest.raises(FormProblems) as problems:
            await own_password.change(portal, anne.viewer, "quatre brouettes", NEW, ORIGIN)
        assert list(problems.value.errors) == ["current"]

    with pytest.raises(limits.TooManyAttempts):
        await own_password.change(portal, anne.viewer, PASSWORD, NEW, ORIGIN)


async def test_a_session_is_not_opened_by_a_password_that_is_changed_meanwhile(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password is judged outside the transaction that opens the session."""
    anne = await a_client(portal)
    judge = passwords.matches

    async def judged_then_changed(password_hash: str | None, password: str) -> bool:
        outcome = await judge(password_hash, password)
        monkeypatch.setattr(passwords, "matches", judge)
        await own_password.change(portal, anne.viewer, PASSWORD, NEW, ORIGIN)
        return outcome

    monkeypatch.setattr(passwords, "matches", judged_then_changed)

    with pytest.raises(FormProblems):
        await signing_in(portal, anne, PASSWORD)
