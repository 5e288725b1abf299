"""Signing up: one answer for every address, a link that works once, and a history that begins when it is used."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.contract.events import AccountCreated
from portal.records import store
from portal.records.access_tables import links
from portal.records.tables import accounts, companies, contracts, journal, outbox, persons
from portal.services import drafts, limits, sign_up
from portal.services.context import Portal
from portal.services.forms import FormProblems
from portal.services.histories import current_contract
from portal.services.journal import of_person
from portal.services.links import LinkRefused, LinkState, Purpose, look
from portal.services.sessions import session_of, viewer_of
from portal.services.tidying import tidy
from tests.clock import FixedClock
from tests.people import (
    ORIGIN,
    OTHER_SIREN,
    PASSWORD,
    SIREN,
    a_browser,
    a_client,
    company_form,
    last_token,
    person_form,
    templates_sent_to,
    with_second_factor,
)
from tests.work import work_counted

ANNE = "anne.leroy@atelier-nord.example"


async def count_of(portal: Portal, table: sa.Table) -> int:
    async with portal.database.reading() as connection:
        return await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


async def test_a_new_address_gets_an_account_that_waits_and_a_mail(portal: Portal) -> None:
    browser = await a_browser(portal)

    await sign_up.sign_up(portal, company_form(), person_form(), browser=browser, origin=ORIGIN)

    async with portal.database.reading() as connection:
        account = (await connection.execute(sa.select(accounts))).one()
        company = (await connection.execute(sa.select(companies))).one()
        mail = (await connection.execute(sa.select(outbox))).one()
        contract = await store.load(
            connection, await current_contract(connection, company.id), company_id=company.id
        )
    assert (account.email, account.role, account.confirmed_at) == (ANNE, "client", None)
    assert (company.siren, company.legal_name) == (SIREN, "Atelier Nord")
    assert (mail.template, mail.person_id) == ("confirm_address", account.person_id)
    assert contract.events == ()
    draft = await drafts.find(portal, browser)
    assert (draft.sent_to, draft.link_id) == (ANNE, mail.params["link_id"])


async def test_the_mail_waiting_to_leave_does_not_hold_the_secret_of_its_link(portal: Portal) -> None:
    await sign_up.sign_up(
        portal, company_form(), person_form(), browser=await a_browser(portal), origin=ORIGIN
    )
    token = await last_token(portal, Purpose.CONFIRM_ADDRESS)

    async with portal.database.reading() as connection:
        kept = [
            str(row)
            for table in (outbox, links, journal, accounts)
            for row in await connection.execute(sa.select(table))
        ]
    assert kept
    assert not any(token in row or PASSWORD in row for row in kept)


async def test_confirming_begins_the_history_and_signs_in_the_browser_that_signed_up(portal: Portal) -> None:
    browser = await a_browser(portal)
    await sign_up.sign_up(portal, company_form(), person_form(), browser=browser, origin=ORIGIN)
    token = await last_token(portal, Purpose.CONFIRM_ADDRESS)

    confirmed = await sign_up.confirm_address(portal, token, browser=browser, previous=None, origin=ORIGIN)

    viewer = await viewer_of(portal, confirmed.session)
    assert viewer is not None
    async with portal.database.reading() as connection:
        contract_id = await current_contract(connection, viewer.tenant)
        recorded = await store.load(connection, contract_id, company_id=viewer.tenant)
        lines = await of_person(connection, viewer.person_id)
    assert [stored.event for stored in recorded.events] == [
        AccountCreated(at=portal.now(), siren=SIREN, admin=viewer.person_id)
    ]
    assert [(line.kind, line.by_id, line.details, line.ip) for line in reversed(lines)] == [
        ("account_created", viewer.person_id, {}, ORIGIN.ip),
        ("address_confirmed", viewer.person_id, {}, ORIGIN.ip),
        ("signed_in", viewer.person_id, {"by": "link"}, ORIGIN.ip),
    ]


async def test_another_browser_confirms_the_address_but_is_not_signed_in(portal: Portal) -> None:
    """Who chose the password may be someone else than who reads the mail."""
    await sign_up.sign_up(
        portal, company_form(), person_form(), browser=await a_browser(portal), origin=ORIGIN
    )
    token = await last_token(portal, Purpose.CONFIRM_ADDRESS)

    confirmed = await sign_up.confirm_address(
        portal, token, browser=await a_browser(portal), previous=None, origin=ORIGIN
    )

    assert confirmed == sign_up.Confirmed(ANNE, None)
    async with portal.database.reading() as connection:
        assert await connection.scalar(sa.select(accounts.c.confirmed_at)) == portal.now()


async def test_a_taken_address_gets_the_same_work_and_its_owner_a_mail(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await a_client(portal)
    rows = [await count_of(portal, table) for table in (companies, persons, accounts, contracts, links)]
    new, taken = await a_browser(portal), await a_browser(portal)

    with work_counted(portal, monkeypatch) as for_taken:
        await sign_up.sign_up(portal, company_form(), person_form(), browser=taken, origin=ORIGIN)
    after = [await count_of(portal, table) for table in (companies, persons, accounts, contracts, links)]
    with work_counted(portal, monkeypatch) as for_new:
        await sign_up.sign_up(
            portal, company_form(), person_form("paul@atelier.example"), browser=new, origin=ORIGIN
        )

    assert for_taken == for_new
    assert for_new.count("argon2") == 1
    assert after == rows
    assert await templates_sent_to(portal, owner.viewer.person_id) == ["confirm_address", "address_taken"]
    sent = [await drafts.find(portal, browser) for browser in (new, taken)]
    assert [(one.sent_to, one.link_id is None) for one in sent] == [
        ("paul@atelier.example", False),
        (ANNE, False),
    ]


async def test_the_owner_of_a_taken_address_reads_of_it_in_her_journal(portal: Portal) -> None:
    owner = await a_client(portal)

    await sign_up.sign_up(
        portal, company_form(), person_form(), browser=await a_browser(portal), origin=ORIGIN
    )

    async with portal.database.reading() as connection:
        newest = (await of_person(connection, owner.viewer.person_id))[0]
    assert (newest.kind, newest.by_id, newest.ip) == ("sign_up_repeated", None, ORIGIN.ip)


async def test_a_sign_up_that_was_never_confirmed_gives_way_to_the_next(portal: Portal) -> None:
    first, second = await a_browser(portal), await a_browser(portal)
    await sign_up.sign_up(portal, company_form(), person_form(), browser=first, origin=ORIGIN)
    old = await last_token(portal, Purpose.CONFIRM_ADDRESS)

    await sign_up.sign_up(portal, company_form(OTHER_SIREN), person_form(), browser=second, origin=ORIGIN)

    assert [await count_of(portal, table) for table in (companies, persons, accounts, contracts, outbox)] == [
        1
    ] * 5
    with pytest.raises(LinkRefused):
        await sign_up.confirm_address(portal, old, browser=first, previous=None, origin=ORIGIN)
    token = await last_token(portal, Purpose.CONFIRM_ADDRESS)
    await sign_up.confirm_address(portal, token, browser=second, previous=None, origin=ORIGIN)
    async with portal.database.reading() as connection:
        assert await connection.scalar(sa.select(companies.c.siren)) == OTHER_SIREN


async def test_a_double_click_signs_up_once(portal: Portal) -> None:
    browser = await a_browser(portal)

    await asyncio.gather(
        *(
            sign_up.sign_up(portal, company_form(), person_form(), browser=browser, origin=ORIGIN)
            for _ in range(2)
        )
    )

    assert [await count_of(portal, table) for table in (accounts, links, outbox)] == [1, 1, 1]


async def test_two_browsers_that_sign_up_with_one_address_at_once_make_one_account(portal: Portal) -> None:
    browsers = [await a_browser(portal) for _ in range(3)]

    await asyncio.gather(
        *(
            sign_up.sign_up(portal, company_form(), person_form(), browser=browser, origin=ORIGIN)
            for browser in browsers
        )
    )

    assert [await count_of(portal, table) for table in (companies, accounts, links)] == [1, 1, 1]


async def test_a_link_works_once(portal: Portal) -> None:
    await a_client(portal)
    token = await last_token(portal, Purpose.CONFIRM_ADDRESS)

    with pytest.raises(LinkRefused) as refused:
        await sign_up.confirm_address(
            portal, token, browser=await a_browser(portal), previous=None, origin=ORIGIN
        )

    assert refused.value.state is LinkState.USED


async def test_a_link_clicked_many_times_at_once_confirms_once(portal: Portal) -> None:
    browser = await a_browser(portal)
    await sign_up.sign_up(portal, company_form(), person_form(), browser=browser, origin=ORIGIN)
    token = await last_token(portal, Purpose.CONFIRM_ADDRESS)
    others = [await a_browser(portal) for _ in range(5)]

    outcomes = await asyncio.gather(
        *(
            sign_up.confirm_address(portal, token, browser=other, previous=None, origin=ORIGIN)
            for other in others
        ),
        return_exceptions=True,
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Confirmed"] + ["LinkRefused"] * 4
    async with portal.database.reading() as connection:
        lines = await connection.scalars(sa.select(journal.c.kind).order_by(journal.c.id))
        assert list(lines) == ["account_created", "address_confirmed"]


async def test_the_second_click_of_the_browser_that_signed_up_still_lets_it_in(
    portal: Portal, machine: FixedClock
) -> None:
    browser = await a_browser(portal)
    await sign_up.sign_up(portal, company_form(), person_form(), browser=browser, origin=ORIGIN)
    token = await last_token(portal, Purpose.CONFIRM_ADDRESS)

    outcomes = await asyncio.gather(
        *(
            sign_up.confirm_address(portal, token, browser=browser, previous=None, origin=ORIGIN)
            for _ in range(2)
        )
    )

    assert all([await viewer_of(portal, outcome.session) for outcome in outcomes])
    machine.advance(minutes=6)
    with pytest.raises(LinkRefused):
        await sign_up.confirm_address(portal, token, browser=browser, previous=None, origin=ORIGIN)


@pytest.mark.parametrize(
    ("age", "state"),
    [
        (timedelta(hours=24) - timedelta(seconds=1), LinkState.GOOD),
        (timedelta(hours=24), LinkState.EXPIRED),
    ],
)
async def test_a_confirmation_is_good_for_a_day(
    portal: Portal, machine: FixedClock, age: timedelta, state: LinkState
) -> None:
    await sign_up.sign_up(
        portal, company_form(), person_form(), browser=await a_browser(portal), origin=ORIGIN
    )
    token = await last_token(portal, Purpose.CONFIRM_ADDRESS)

    machine.advance(seconds=age.total_seconds())

    assert (await look(portal, token, Purpose.CONFIRM_ADDRESS)).state is state


async def test_an_expired_confirmation_confirms_nothing(portal: Portal, machine: FixedClock) -> None:
    browser = await a_browser(portal)
    await sign_up.sign_up(portal, company_form(), person_form(), browser=browser, origin=ORIGIN)
    token = await last_token(portal, Purpose.CONFIRM_ADDRESS)
    machine.advance(hours=24)

    with pytest.raises(LinkRefused) as refused:
        await sign_up.confirm_address(portal, token, browser=browser, previous=None, origin=ORIGIN)

    assert refused.value.state is LinkState.EXPIRED
    async with portal.database.reading() as connection:
        assert await connection.scalar(sa.select(accounts.c.confirmed_at)) is None


async def test_confirming_ends_the_session_the_browser_came_with(portal: Portal) -> None:
    mallory = await a_client(portal, email="mallory@autre.example", siren=OTHER_SIREN)
    browser = await a_browser(portal)
    await sign_up.sign_up(portal, company_form(), person_form(), browser=browser, origin=ORIGIN)
    token = await last_token(portal, Purpose.CONFIRM_ADDRESS)

    await sign_up.confirm_address(portal, token, browser=browser, previous=mallory.cookie, origin=ORIGIN)

    assert await viewer_of(portal, mallory.cookie) is None


async def test_the_second_click_does_not_go_around_a_second_factor(portal: Portal) -> None:
    browser = await a_browser(portal)
    await sign_up.sign_up(portal, company_form(), person_form(), browser=browser, origin=ORIGIN)
    token = await last_token(portal, Purpose.CONFIRM_ADDRESS)
    first = await sign_up.confirm_address(portal, token, browser=browser, previous=None, origin=ORIGIN)
    session = await session_of(portal, first.session)
    assert session is not None
    await with_second_factor(portal, session)

    again = await sign_up.confirm_address(portal, token, browser=browser, previous=None, origin=ORIGIN)

    assert again.session is None


async def test_a_demonstration_moved_forward_ends_no_link(portal: Portal, clock: FixedClock) -> None:
    await sign_up.sign_up(
        portal, company_form(), person_form(), browser=await a_browser(portal), origin=ORIGIN
    )
    token = await last_token(portal, Purpose.CONFIRM_ADDRESS)

    clock.advance(days=400)

    assert (await look(portal, token, Purpose.CONFIRM_ADDRESS)).state is LinkState.GOOD


async def test_an_expired_link_is_replaced_by_another_and_the_browser_stays_bound_to_it(
    portal: Portal, machine: FixedClock
) -> None:
    browser = await a_browser(portal)
    await sign_up.sign_up(portal, company_form(), person_form(), browser=browser, origin=ORIGIN)
    old = await last_token(portal, Purpose.CONFIRM_ADDRESS)
    machine.advance(hours=25)

    await sign_up.send_again(portal, token=old, browser=browser, origin=ORIGIN)

    new = await last_token(portal, Purpose.CONFIRM_ADDRESS)
    confirmed = await sign_up.confirm_address(portal, new, browser=browser, previous=None, origin=ORIGIN)
    assert await viewer_of(portal, confirmed.session)


async def test_asking_again_at_once_is_a_double_click(portal: Portal) -> None:
    browser = await a_browser(portal)
    await sign_up.sign_up(portal, company_form(), person_form(), browser=browser, origin=ORIGIN)

    await sign_up.send_again(portal, token="", browser=browser, origin=ORIGIN)

    assert await count_of(portal, outbox) == 1


async def test_asking_for_the_mail_again_takes_the_same_work_where_there_is_none_to_send(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, machine: FixedClock
) -> None:
    await a_client(portal)
    waiting, taken = await a_browser(portal), await a_browser(portal)
    await sign_up.sign_up(portal, company_form(), person_form(), browser=taken, origin=ORIGIN)
    await sign_up.sign_up(
        portal, company_form(), person_form("paul@atelier.example"), browser=waiting, origin=ORIGIN
    )
    machine.advance(minutes=2)

    with work_counted(portal, monkeypatch) as for_taken:
        await sign_up.send_again(portal, token="", browser=taken, origin=ORIGIN)
    mails = await count_of(portal, outbox)
    with work_counted(portal, monkeypatch) as for_waiting:
        await sign_up.send_again(portal, token="", browser=waiting, origin=ORIGIN)

    assert for_taken == for_waiting
    assert await count_of(portal, outbox) == mails + 1


async def test_one_address_gets_three_confirmations_in_six_hours(portal: Portal, machine: FixedClock) -> None:
    browser = await a_browser(portal)
    for _ in range(3):
        await sign_up.sign_up(portal, company_form(), person_form(), browser=browser, origin=ORIGIN)
        machine.advance(minutes=2)

    with pytest.raises(limits.TooManyAttempts) as refused:
        await sign_up.sign_up(portal, company_form(), person_form(), browser=browser, origin=ORIGIN)

    assert refused.value.wait == timedelta(hours=5, minutes=54)
    assert refused.value.message == "Trop de tentatives. Réessayez dans 6\u00a0heures."


async def test_a_password_made_of_the_company_is_refused_before_anything_is_written(portal: Portal) -> None:
    browser = await a_browser(portal)

    with pytest.raises(FormProblems) as problems:
        await sign_up.sign_up(
            portal,
            company_form(),
            person_form(password="Atelier-Nord-2026"),
            browser=browser,
            origin=ORIGIN,
        )

    assert list(problems.value.errors) == ["password"]
    assert problems.value.kept == {"first_name": "Anne", "last_name": "Leroy", "email": ANNE}
    assert await count_of(portal, accounts) == 0


async def test_a_sign_up_nobody_confirmed_is_forgotten_after_thirty_days(
    portal: Portal, clock: FixedClock, machine: FixedClock
) -> None:
    confirmed = await a_client(portal)
    await sign_up.sign_up(
        portal,
        company_form(OTHER_SIREN),
        person_form("paul@atelier.example"),
        browser=await a_browser(portal),
        origin=ORIGIN,
    )

    clock.advance(days=30)
    machine.advance(days=30)
    await tidy(portal)

    async with portal.database.reading() as connection:
        assert list(await connection.scalars(sa.select(accounts.c.email))) == [confirmed.email]
        assert list(await connection.scalars(sa.select(companies.c.siren))) == [SIREN]
