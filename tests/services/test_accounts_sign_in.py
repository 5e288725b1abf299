"""Signing in: equal answers, a new cookie at each step, limits that cannot be walked around, a full journal."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from portal.records.tables import accounts, journal
from portal.services import limits, passwords, sign_in, sign_up
from portal.services.conditions import in_force, publish_demonstration
from portal.services.context import Portal, Viewer
from portal.services.forms import FormProblems
from portal.services.journal import of_person
from portal.services.second_factor import standing
from portal.services.sessions import session_of, viewer_of
from portal.services.sign_in import Step
from portal.services.trials import accept_and_start
from tests.clock import FixedClock
from tests.people import (
    ORIGIN,
    OTHER_SIREN,
    PASSWORD,
    STAFF_PASSWORD,
    Person,
    a_browser,
    a_client,
    a_member_of_staff,
    company_form,
    person_form,
    staff_enrolling,
    templates_sent_to,
    with_second_factor,
)
from tests.work import work_counted

NOBODY = "nobody@atelier.example"
WRONG = "quatre brouettes en ut dièse"


async def signing_in(
    portal: Portal, email: str, password: str = PASSWORD, *, previous: str | None = None, ip: str = ORIGIN.ip
) -> sign_in.SignedIn:
    origin = replace(ORIGIN, ip=ip)
    return await sign_in.sign_in(portal, email, password, previous=previous, origin=origin)


async def lines_of(portal: Portal, viewer: Viewer) -> list[tuple[str, dict[str, str]]]:
    async with portal.database.reading() as connection:
        lines = await of_person(connection, viewer.person_id)
    return [(line.kind, line.details) for line in reversed(lines)]


async def test_the_right_password_opens_a_session(portal: Portal) -> None:
    anne = await a_client(portal)

    signed_in = await signing_in(portal, anne.email)

    assert signed_in.step is Step.DONE
    viewer = await viewer_of(portal, signed_in.session)
    assert viewer is not None
    assert (viewer.person_id, viewer.role, viewer.company_id) == (
        anne.viewer.person_id,
        anne.viewer.role,
        anne.viewer.company_id,
    )


@pytest.mark.parametrize(
    "typed", ["Anne.Leroy@Atelier-Nord.example", "  anne.leroy@atelier-nord.example\u202e "]
)
async def test_an_address_is_the_same_in_capitals_and_with_spaces(portal: Portal, typed: str) -> None:
    await a_client(portal)

    assert (await signing_in(portal, typed)).step is Step.DONE


async def test_a_password_is_taken_as_it_is_typed_however_its_accents_are_composed(portal: Portal) -> None:
    anne = await a_client(portal, password=" Brouette e\u0301toile\u0301e ")

    assert (await signing_in(portal, anne.email, " Brouette étoilée ")).step is Step.DONE
    with pytest.raises(FormProblems):
        await signing_in(portal, anne.email, "Brouette étoilée")


async def test_a_wrong_password_and_an_unknown_address_get_one_answer_and_one_work(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    anne = await a_client(portal)

    with work_counted(portal, monkeypatch) as for_wrong, pytest.raises(FormProblems) as wrong:
        await signing_in(portal, anne.email, WRONG)
    with work_counted(portal, monkeypatch) as for_unknown, pytest.raises(FormProblems) as unknown:
        await signing_in(portal, NOBODY, WRONG)

    assert for_wrong == for_unknown
    assert for_wrong.count("argon2") == 1
    assert wrong.value.errors == unknown.value.errors
    assert (wrong.value.kept, unknown.value.kept) == ({"email": anne.email}, {"email": NOBODY})


async def test_an_unconfirmed_account_is_told_so_only_with_its_password(portal: Portal) -> None:
    await sign_up.sign_up(
        portal, company_form(), person_form(), browser=await a_browser(portal), origin=ORIGIN
    )
    email = person_form().email

    with pytest.raises(FormProblems) as wrong:
        await signing_in(portal, email, WRONG)
    with pytest.raises(FormProblems) as right:
        await signing_in(portal, email)

    assert "ne vont pas ensemble" in wrong.value.errors[""]
    assert "confirmer votre adresse" in right.value.errors[""]
    async with portal.database.reading() as connection:
        person_id = await connection.scalar(sa.select(accounts.c.person_id))
    assert await templates_sent_to(portal, person_id or "") == ["confirm_address", "confirm_address"]


async def test_an_unconfirmed_account_gets_three_mails_in_six_hours_and_no_more(
    portal: Portal, machine: FixedClock
) -> None:
    await sign_up.sign_up(
        portal, company_form(), person_form(), browser=await a_browser(portal), origin=ORIGIN
    )
    for _ in range(4):
        machine.advance(minutes=5)
        with pytest.raises(FormProblems):
            await signing_in(portal, person_form().email)

    async with portal.database.reading() as connection:
        person_id = await connection.scalar(sa.select(accounts.c.person_id))
    assert await templates_sent_to(portal, person_id or "") == ["confirm_address"] * 3


async def test_signing_in_ends_the_session_the_browser_came_with_and_never_takes_over_its_cookie(
    portal: Portal,
) -> None:
    mallory = await a_client(portal, email="mallory@autre.example", siren=OTHER_SIREN)
    anne = await a_client(portal)

    signed_in = await signing_in(portal, anne.email, previous=mallory.cookie)

    assert signed_in.session != mallory.cookie
    assert await viewer_of(portal, mallory.cookie) is None
    viewer = await viewer_of(portal, signed_in.session)
    assert viewer is not None
    assert viewer.person_id == anne.viewer.person_id


async def test_a_cookie_planted_before_is_worth_nothing_after(portal: Portal) -> None:
    anne = await a_client(portal)
    planted = "0" * 43

    await signing_in(portal, anne.email, previous=planted)

    assert await session_of(portal, planted) is None


async def test_with_a_second_factor_the_password_opens_nothing_yet(
    portal: Portal, machine: FixedClock
) -> None:
    anne = await a_client(portal)
    _, authenticator = await with_second_factor(portal, await anne.session(portal))
    machine.advance(minutes=5)

    halfway = await signing_in(portal, anne.email)

    assert halfway.step is Step.CODE
    assert await viewer_of(portal, halfway.session) is None
    cookie = await sign_in.give_code(portal, halfway.session, authenticator.at(machine.now()), ORIGIN)
    assert cookie != halfway.session
    assert await session_of(portal, halfway.session) is None
    viewer = await viewer_of(portal, cookie)
    assert viewer is not None
    assert viewer.person_id == anne.viewer.person_id


async def test_a_sign_in_left_halfway_ends_after_ten_minutes(portal: Portal, machine: FixedClock) -> None:
    anne = await a_client(portal)
    _, authenticator = await with_second_factor(portal, await anne.session(portal))
    machine.advance(minutes=5)
    halfway = await signing_in(portal, anne.email)

    machine.advance(minutes=10)

    with pytest.raises(LookupError):
        await sign_in.give_code(portal, halfway.session, authenticator.at(machine.now()), ORIGIN)


async def test_the_same_code_never_opens_twice_not_even_an_older_one_after_a_newer(
    portal: Portal, machine: FixedClock
) -> None:
    """A, then B, then A again while A is still within the tolerance (RFC 6238, 5.2)."""
    anne = await a_client(portal)
    _, authenticator = await with_second_factor(portal, await anne.session(portal))
    machine.advance(minutes=5)
    older = authenticator.at(machine.now())
    newer = authenticator.at(machine.now() + timedelta(seconds=30))

    for code, opens in ((older, True), (older, False), (newer, True), (older, False), (newer, False)):
        halfway = await signing_in(portal, anne.email)
        if opens:
            await sign_in.give_code(portal, halfway.session, code, ORIGIN)
        else:
            with pytest.raises(FormProblems):
                await sign_in.give_code(portal, halfway.session, code, ORIGIN)


async def test_one_code_typed_twice_at_once_opens_one_session(portal: Portal, machine: FixedClock) -> None:
    anne = await a_client(portal)
    _, authenticator = await with_second_factor(portal, await anne.session(portal))
    machine.advance(minutes=5)
    halfway = [await signing_in(portal, anne.email) for _ in range(4)]
    code = authenticator.at(machine.now())

    outcomes = await asyncio.gather(
        *(sign_in.give_code(portal, one.session, code, ORIGIN) for one in halfway), return_exceptions=True
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["FormProblems"] * 3 + ["str"]


@pytest.mark.parametrize("shift", [-1, 1])
async def test_a_phone_half_a_minute_off_still_opens(portal: Portal, machine: FixedClock, shift: int) -> None:
    anne = await a_client(portal)
    _, authenticator = await with_second_factor(portal, await anne.session(portal))
    machine.advance(minutes=5)
    halfway = await signing_in(portal, anne.email)

    code = authenticator.at(machine.now() + timedelta(seconds=30 * shift))

    assert await sign_in.give_code(portal, halfway.session, f"{code[:3]} {code[3:]}", ORIGIN)


async def test_a_code_a_minute_off_is_refused(portal: Portal, machine: FixedClock) -> None:
    anne = await a_client(portal)
    _, authenticator = await with_second_factor(portal, await anne.session(portal))
    machine.advance(minutes=5)
    halfway = await signing_in(portal, anne.email)

    for shift in (-60, 60):
        code = authenticator.at(machine.now() + timedelta(seconds=shift))
        with pytest.raises(FormProblems):
            await sign_in.give_code(portal, halfway.session, code, ORIGIN)


async def test_five_wrong_codes_and_the_wait_is_said(portal: Portal, machine: FixedClock) -> None:
    anne = await a_client(portal)
    _, authenticator = await with_second_factor(portal, await anne.session(portal))
    machine.advance(minutes=5)
    halfway = await signing_in(portal, anne.email)
    for _ in range(5):
        with pytest.raises(FormProblems):
            await sign_in.give_code(portal, halfway.session, "000000", ORIGIN)

    with pytest.raises(limits.TooManyAttempts) as refused:
        await sign_in.give_code(portal, halfway.session, authenticator.at(machine.now()), ORIGIN)

    assert refused.value.message == "Trop de tentatives. Réessayez dans 5\u00a0minutes."


async def test_the_right_code_clears_what_was_counted(portal: Portal, machine: FixedClock) -> None:
    anne = await a_client(portal)
    _, authenticator = await with_second_factor(portal, await anne.session(portal))
    machine.advance(minutes=5)
    for ip in ("198.51.100.1", "198.51.100.2"):
        halfway = await signing_in(portal, anne.email)
        for _ in range(4):
            with pytest.raises(FormProblems):
                await sign_in.give_code(portal, halfway.session, "000000", replace(ORIGIN, ip=ip))
        machine.advance(seconds=30)
        code = authenticator.at(machine.now())
        assert await sign_in.give_code(portal, halfway.session, code, replace(ORIGIN, ip=ip))


async def test_staff_without_a_second_factor_may_only_set_one_up(portal: Portal) -> None:
    await staff_enrolling(portal)

    signed_in = await signing_in(portal, "yves@prestataire.example", STAFF_PASSWORD)

    assert signed_in.step is Step.ENROL
    assert await viewer_of(portal, signed_in.session) is None


async def test_staff_sign_in_with_password_and_code(portal: Portal, machine: FixedClock) -> None:
    yves = await a_member_of_staff(portal)
    machine.advance(minutes=5)

    assert (await signing_in(portal, yves.email, STAFF_PASSWORD)).step is Step.CODE


async def test_ten_wrong_passwords_in_five_minutes_and_the_right_one_waits_too(
    portal: Portal, machine: FixedClock
) -> None:
    anne = await a_client(portal)
    for number in range(10):
        with pytest.raises(FormProblems):
            await signing_in(portal, anne.email, WRONG, ip=f"198.51.100.{number}")
        machine.advance(seconds=10)

    with pytest.raises(limits.TooManyAttempts) as refused:
        await signing_in(portal, anne.email, ip="198.51.100.99")

    assert refused.value.wait == timedelta(minutes=3, seconds=20)
    machine.advance(minutes=3, seconds=20)
    assert (await signing_in(portal, anne.email, ip="198.51.100.99")).step is Step.DONE


async def test_an_unknown_address_is_limited_as_a_known_one_is(portal: Portal) -> None:
    for number in range(10):
        with pytest.raises(FormProblems):
            await signing_in(portal, NOBODY, WRONG, ip=f"198.51.100.{number}")

    with pytest.raises(limits.TooManyAttempts):
        await signing_in(portal, NOBODY, WRONG, ip="198.51.100.99")


async def test_one_account_is_guessed_at_fifty_times_a_day_from_wherever(
    portal: Portal, machine: FixedClock
) -> None:
    anne = await a_client(portal)
    judged = 0
    for number in range(120):
        try:
            await signing_in(portal, anne.email, WRONG, ip=f"198.51.100.{number}")
        except FormProblems:
            judged += 1
        except limits.TooManyAttempts:
            pass
        machine.advance(minutes=1)

    assert judged == 50


async def test_the_right_password_clears_the_account_but_not_the_address_it_came_from(portal: Portal) -> None:
    """Or someone with an account of her own could go on guessing at others."""
    anne = await a_client(portal)
    await a_client(portal, email="mallory@autre.example", siren=OTHER_SIREN)
    for _ in range(9):
        with pytest.raises(FormProblems):
            await signing_in(portal, anne.email, WRONG)
    await signing_in(portal, "mallory@autre.example")

    with pytest.raises(limits.TooManyAttempts):
        await signing_in(portal, anne.email, WRONG)


async def test_parallel_guesses_are_all_counted_before_they_are_judged(portal: Portal) -> None:
    anne = await a_client(portal)

    outcomes = await asyncio.gather(
        *(signing_in(portal, anne.email, WRONG) for _ in range(14)), return_exceptions=True
    )

    kinds = [type(outcome).__name__ for outcome in outcomes]
    assert (kinds.count("FormProblems"), kinds.count("TooManyAttempts")) == (10, 4)


async def test_an_old_hash_is_made_anew_at_sign_in(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    anne = await a_client(portal)
    stronger = PasswordHasher(time_cost=2, memory_cost=128, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", stronger)

    await signing_in(portal, anne.email)

    async with portal.database.reading() as connection:
        kept = await connection.scalar(sa.select(accounts.c.password_hash))
    assert not stronger.check_needs_rehash(kept or "")
    assert (await signing_in(portal, anne.email)).step is Step.DONE


async def test_the_journal_tells_every_sign_in_refused_or_not(portal: Portal, machine: FixedClock) -> None:
    anne = await a_client(portal)
    cookie, authenticator = await with_second_factor(portal, await anne.session(portal))
    machine.advance(minutes=5)
    with pytest.raises(FormProblems):
        await signing_in(portal, anne.email, WRONG)
    halfway = await signing_in(portal, anne.email, previous=cookie)
    with pytest.raises(FormProblems):
        await sign_in.give_code(portal, halfway.session, "000000", ORIGIN)
    await sign_in.give_code(portal, halfway.session, authenticator.at(machine.now()), ORIGIN)

    assert await lines_of(portal, anne.viewer) == [
        ("account_created", {}),
        ("address_confirmed", {}),
        ("signed_in", {"by": "link"}),
        ("second_factor_begun", {}),
        ("second_factor_on", {}),
        ("sign_in_refused", {"step": "password"}),
        ("sign_in_refused", {"step": "code"}),
        ("signed_in", {"by": "totp"}),
    ]


async def test_the_journal_never_holds_what_was_typed(portal: Portal) -> None:
    with pytest.raises(FormProblems):
        await signing_in(portal, NOBODY, WRONG)

    async with portal.database.reading() as connection:
        [line] = (await connection.execute(sa.select(journal))).all()
    assert (line.kind, line.person_id, line.by_id, line.details) == (
        "sign_in_refused",
        None,
        None,
        {"step": "password"},
    )


async def test_whether_a_company_has_started_its_trial(portal: Portal) -> None:
    anne = await a_client(portal)
    await publish_demonstration(portal)
    async with portal.database.reading() as connection:
        version = (await in_force(connection, portal.now())).version

    before = await sign_in.has_started(portal, anne.viewer)
    await accept_and_start(portal, anne.viewer, version, ORIGIN)

    assert (before, await sign_in.has_started(portal, anne.viewer)) == (False, True)


async def test_a_recovery_code_opens_once_and_the_journal_says_so(
    portal: Portal, machine: FixedClock
) -> None:
    anne = await a_client(portal)
    await with_second_factor(portal, await anne.session(portal))
    code = (await standing(portal, anne.viewer)).codes.readable[3]
    halfway = [await signing_in(portal, anne.email) for _ in range(3)]

    outcomes = await asyncio.gather(
        *(
            sign_in.give_code(portal, one.session, typed, ORIGIN)
            for one, typed in zip(halfway, (code, code.upper(), code.replace("-", " ")), strict=True)
        ),
        return_exceptions=True,
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["FormProblems", "FormProblems", "str"]
    kinds = [kind for kind, _ in await lines_of(portal, anne.viewer)]
    assert (kinds.count("recovery_code_used"), kinds.count("sign_in_refused")) == (1, 2)
    assert (await standing(portal, anne.viewer)).codes.left == 9


async def test_one_sign_in_finished_in_two_ways_at_once_opens_one_session(
    portal: Portal, machine: FixedClock
) -> None:
    anne = await a_client(portal)
    _, authenticator = await with_second_factor(portal, await anne.session(portal))
    recovery = (await standing(portal, anne.viewer)).codes.readable[0]
    machine.advance(minutes=5)
    halfway = await signing_in(portal, anne.email)

    outcomes = await asyncio.gather(
        *(
            sign_in.give_code(portal, halfway.session, typed, ORIGIN)
            for typed in (authenticator.at(machine.now()), recovery)
        ),
        return_exceptions=True,
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NotFound", "str"]


async def test_someone_elses_recovery_code_opens_nothing(portal: Portal) -> None:
    anne: Person = await a_client(portal)
    paul = await a_client(portal, email="paul@autre.example", siren=OTHER_SIREN)
    await with_second_factor(portal, await anne.session(portal))
    await with_second_factor(portal, await paul.session(portal))
    hers = (await standing(portal, anne.viewer)).codes.readable[0]
    halfway = await signing_in(portal, paul.email)

    with pytest.raises(FormProblems):
        await sign_in.give_code(portal, halfway.session, hers, ORIGIN)
