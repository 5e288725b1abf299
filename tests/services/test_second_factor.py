"""The second factor: set up, confirmed, taken away; its seed never readable at rest."""

import asyncio
import dataclasses

import pyotp
import pytest
import sqlalchemy as sa

from portal.records.access_tables import recovery_codes
from portal.records.tables import accounts
from portal.services import limits, second_factor, sessions, sign_in
from portal.services.context import NotFound, Portal
from portal.services.forms import FormProblems
from portal.services.journal import of_person
from portal.services.sessions import Strength, session_of, viewer_of
from portal.services.sign_in import Step
from tests.clock import FixedClock
from tests.people import (
    ORIGIN,
    OTHER_SIREN,
    PASSWORD,
    a_client,
    a_member_of_staff,
    staff_enrolling,
    templates_sent_to,
    with_second_factor,
)


async def test_it_is_set_up_with_ones_password_and_a_first_code(portal: Portal) -> None:
    anne = await a_client(portal)
    elsewhere = await sign_in.sign_in(portal, anne.email, PASSWORD, previous=None, origin=ORIGIN)

    cookie, _ = await with_second_factor(portal, await anne.session(portal))

    session = await session_of(portal, cookie)
    assert session is not None
    assert (session.person_id, session.strength) == (anne.viewer.person_id, Strength.TOTP)
    assert await viewer_of(portal, anne.cookie) is None
    assert await viewer_of(portal, elsewhere.session) is None
    standing = await second_factor.standing(portal, anne.viewer)
    assert (standing.is_on, standing.codes.left, len(standing.codes.readable)) == (True, 10, 10)
    assert (await templates_sent_to(portal, anne.viewer.person_id))[-1] == "second_factor_changed"


async def test_it_is_not_begun_without_ones_password(portal: Portal) -> None:
    anne = await a_client(portal)

    with pytest.raises(FormProblems) as problems:
        await second_factor.begin(portal, await anne.session(portal), "quatre brouettes", ORIGIN)

    assert list(problems.value.errors) == ["current"]
    assert await second_factor.enrolment(portal, await anne.session(portal)) is None


async def test_what_is_shown_is_one_seed_in_three_forms(portal: Portal) -> None:
    anne = await a_client(portal)
    session = await anne.session(portal)
    await second_factor.begin(portal, session, PASSWORD, ORIGIN)

    shown = await second_factor.enrolment(portal, session)

    assert shown is not None
    assert shown.qr.startswith("data:image/svg+xml")
    read = pyotp.parse_uri(shown.uri)
    assert isinstance(read, pyotp.TOTP)
    assert (read.secret, read.name, read.issuer) == (
        shown.secret.replace(" ", ""),
        anne.email,
        "EXANERGY CRM",
    )


async def test_the_seed_is_kept_encrypted_for_its_person_alone(portal: Portal) -> None:
    anne = await a_client(portal)
    paul = await a_client(portal, email="paul@autre.example", siren=OTHER_SIREN)
    _, authenticator = await with_second_factor(portal, await anne.session(portal))

    async with portal.database.transaction() as connection:
        stored = await connection.scalar(
            sa.select(accounts.c.totp_secret).where(accounts.c.person_id == anne.viewer.person_id)
        )
        assert stored is not None
        assert authenticator.secret.encode() not in stored
        await connection.execute(
            sa.update(accounts)
            .where(accounts.c.person_id == paul.viewer.person_id)
            .values(totp_secret=stored, totp_confirmed_at=portal.now())
        )
    # Her seed, copied into another's row, opens nothing there.
    halfway = await sign_in.sign_in(portal, paul.email, PASSWORD, previous=None, origin=ORIGIN)
    with pytest.raises(FormProblems):
        await sign_in.give_code(portal, halfway.session, authenticator.at(portal.machine_now()), ORIGIN)


async def test_a_wrong_first_code_puts_nothing_in_place(portal: Portal) -> None:
    anne = await a_client(portal)
    session = await anne.session(portal)
    await second_factor.begin(portal, session, PASSWORD, ORIGIN)

    for typed in ("000000", "", "12345", "1234567", "٠٠٠٠٠٠", "abcdef"):
        with pytest.raises(FormProblems) as problems:
            await second_factor.confirm(portal, session, typed, ORIGIN)
        assert list(problems.value.errors) == ["code"]
        async with portal.database.transaction() as connection:
            await limits.forgive(portal, connection, limits.CODE_ACCOUNT, session.person_id)

    assert not (await second_factor.standing(portal, anne.viewer)).is_on
    assert await viewer_of(portal, anne.cookie) == anne.viewer


async def test_the_code_that_confirmed_does_not_sign_in(portal: Portal) -> None:
    anne = await a_client(portal)
    _, authenticator = await with_second_factor(portal, await anne.session(portal))
    halfway = await sign_in.sign_in(portal, anne.email, PASSWORD, previous=None, origin=ORIGIN)

    with pytest.raises(FormProblems):
        await sign_in.give_code(portal, halfway.session, authenticator.at(portal.machine_now()), ORIGIN)


async def test_one_confirmed_twice_at_once_is_confirmed_once(portal: Portal) -> None:
    anne = await a_client(portal)
    session = await anne.session(portal)
    await second_factor.begin(portal, session, PASSWORD, ORIGIN)
    shown = await second_factor.enrolment(portal, session)
    assert shown is not None
    code = pyotp.TOTP(shown.secret.replace(" ", "")).at(portal.machine_now())

    outcomes = await asyncio.gather(
        *(second_factor.confirm(portal, session, code, ORIGIN) for _ in range(3)), return_exceptions=True
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["FormProblems", "FormProblems", "str"]
    async with portal.database.reading() as connection:
        made = await connection.scalar(sa.select(sa.func.count()).select_from(recovery_codes))
    assert made == 10


async def test_one_that_is_in_place_is_not_replaced_without_being_taken_away(portal: Portal) -> None:
    anne = await a_client(portal)
    cookie, _ = await with_second_factor(portal, await anne.session(portal))
    session = await session_of(portal, cookie)
    assert session is not None

    with pytest.raises(FormProblems) as problems:
        await second_factor.begin(portal, session, PASSWORD, ORIGIN)

    assert "déjà en place" in problems.value.errors[""]


async def test_between_password_and_code_nothing_of_it_can_be_touched(portal: Portal) -> None:
    anne = await a_client(portal)
    await with_second_factor(portal, await anne.session(portal))
    halfway = await sign_in.sign_in(portal, anne.email, PASSWORD, previous=None, origin=ORIGIN)
    session = await session_of(portal, halfway.session)
    assert session is not None
    assert session.strength is Strength.AWAITING_CODE

    for touch in (
        second_factor.begin,
        second_factor.remove,
        second_factor.renew_codes,
        second_factor.confirm,
    ):
        with pytest.raises(NotFound):
            await touch(portal, session, PASSWORD, ORIGIN)
    with pytest.raises(NotFound):
        await second_factor.enrolment(portal, session)


async def test_a_client_takes_it_away_with_her_password(portal: Portal) -> None:
    anne = await a_client(portal)
    cookie, _ = await with_second_factor(portal, await anne.session(portal))
    session = await session_of(portal, cookie)
    assert session is not None
    with pytest.raises(FormProblems):
        await second_factor.remove(portal, session, "quatre brouettes", ORIGIN)

    weaker = await second_factor.remove(portal, session, PASSWORD, ORIGIN)

    assert await viewer_of(portal, cookie) is None
    assert await viewer_of(portal, weaker) is not None
    standing = await second_factor.standing(portal, anne.viewer)
    assert (standing.is_on, standing.codes.left) == (False, 0)
    signed_in = await sign_in.sign_in(portal, anne.email, PASSWORD, previous=None, origin=ORIGIN)
    assert signed_in.step is Step.DONE


async def test_staff_never_take_it_away(portal: Portal) -> None:
    yves = await a_member_of_staff(portal)

    with pytest.raises(FormProblems) as problems:
        await second_factor.remove(portal, await yves.session(portal), yves.password, ORIGIN)

    assert "obligatoire" in problems.value.errors[""]


async def test_staff_who_enrol_need_not_show_their_password_again(portal: Portal) -> None:
    enrolling = await session_of(portal, await staff_enrolling(portal))
    assert enrolling is not None

    await second_factor.begin(portal, enrolling, "", ORIGIN)

    assert await second_factor.enrolment(portal, enrolling) is not None


async def test_new_recovery_codes_replace_the_old_ones(portal: Portal) -> None:
    anne = await a_client(portal)
    cookie, _ = await with_second_factor(portal, await anne.session(portal))
    session = await session_of(portal, cookie)
    assert session is not None
    old = (await second_factor.standing(portal, anne.viewer)).codes.readable

    await second_factor.renew_codes(portal, session, PASSWORD, ORIGIN)

    new = (await second_factor.standing(portal, anne.viewer)).codes.readable
    assert len(set(old) | set(new)) == 20
    halfway = await sign_in.sign_in(portal, anne.email, PASSWORD, previous=None, origin=ORIGIN)
    with pytest.raises(FormProblems):
        await sign_in.give_code(portal, halfway.session, old[0], ORIGIN)
    assert await sign_in.give_code(portal, halfway.session, new[0], ORIGIN)


async def test_recovery_codes_come_with_a_second_factor_only(portal: Portal) -> None:
    anne = await a_client(portal)

    with pytest.raises(FormProblems):
        await second_factor.renew_codes(portal, await anne.session(portal), PASSWORD, ORIGIN)


async def test_recovery_codes_can_be_read_for_ten_minutes_and_are_never_stored(
    portal: Portal, machine: FixedClock
) -> None:
    anne = await a_client(portal)
    await with_second_factor(portal, await anne.session(portal))
    readable = (await second_factor.standing(portal, anne.viewer)).codes.readable
    async with portal.database.reading() as connection:
        stored = str((await connection.execute(sa.select(recovery_codes))).all())

    machine.advance(minutes=10)

    assert not any(code in stored or code.replace("-", "") in stored for code in readable)
    later = (await second_factor.standing(portal, anne.viewer)).codes
    assert (later.left, later.readable) == (10, ())


async def test_with_another_secret_key_the_seed_is_lost_but_recovery_codes_still_open(portal: Portal) -> None:
    anne = await a_client(portal)
    _, authenticator = await with_second_factor(portal, await anne.session(portal))
    code = (await second_factor.standing(portal, anne.viewer)).codes.readable[0]
    other_key = portal.settings.model_copy(update={"secret_key": type(portal.settings.secret_key)("k" * 40)})
    rekeyed = dataclasses.replace(portal, settings=other_key)
    halfway = await sign_in.sign_in(rekeyed, anne.email, PASSWORD, previous=None, origin=ORIGIN)

    with pytest.raises(FormProblems):
        await sign_in.give_code(rekeyed, halfway.session, authenticator.at(portal.machine_now()), ORIGIN)

    assert await sign_in.give_code(rekeyed, halfway.session, code, ORIGIN)


async def test_the_journal_tells_every_change(portal: Portal, machine: FixedClock) -> None:
    anne = await a_client(portal)
    cookie, _ = await with_second_factor(portal, await anne.session(portal))
    session = await session_of(portal, cookie)
    assert session is not None
    await second_factor.renew_codes(portal, session, PASSWORD, ORIGIN)
    await second_factor.remove(portal, session, PASSWORD, ORIGIN)
    await sessions.sign_out(portal, cookie, ORIGIN)

    async with portal.database.reading() as connection:
        lines = await of_person(connection, anne.viewer.person_id)
    assert [(line.kind, line.by_id, line.ip) for line in reversed(lines)] == [
        (kind, anne.viewer.person_id, ORIGIN.ip)
        for kind in (
            "account_created",
            "address_confirmed",
            "signed_in",
            "second_factor_begun",
            "second_factor_on",
            "recovery_codes_made",
            "second_factor_off",
        )
    ]
