"""Notice by the vendor with four eyes, counted from the first presentation; and a late notice that staff let count."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.contract.refusal import Refusal
from portal.outside.registered_letters import Code, LetterStatus
from portal.services.context import NotFound, Portal, Viewer
from portal.services.forms import FormProblems
from portal.services.letters import VENDOR_NOTICE, Stage, letter_file, letters_sent
from portal.services.notice_forms import (
    OutcomeForm,
    PostedForm,
    PresentedForm,
    ProposalForm,
    WaiverForm,
    read_outcome,
    read_proposal,
)
from portal.services.notice_lists import received_notices, vendor_notices
from portal.services.notices import own_notice
from portal.services.notices import withdraw as withdraw_client_notice
from portal.services.registered_sending import send_registered
from portal.services.vendor_letters import send, tell_outcome, tell_posted, tell_presented
from portal.services.vendor_notices import decide, propose, waive, withdraw
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, paris
from tests.services.dossier_lives import a_colleague
from tests.services.noticed import (
    LAST_DAY,
    LATE,
    NEXT_LAST_DAY,
    NUMBER,
    TRACKING,
    a_numbered_contract,
    mails_alone,
    plain,
    post_notice,
)
from tests.services.test_registered_sending import Provider

on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
WISHED = ProposalForm(contract=NUMBER, reason="Nous arrêtons cette offre")
POSTED = PostedForm(day="2027-02-10", tracking=TRACKING)


@pytest.fixture
async def yves(portal: Portal) -> Viewer:
    return await a_colleague(portal, "Yves")


@pytest.fixture
async def salima(portal: Portal) -> Viewer:
    return await a_colleague(portal, "Salima")


async def the_end(portal: Portal, client: Client) -> date | None:
    notice = (await own_notice(portal, client.viewer)).contract.state.notice
    return notice.ends if notice else None


async def a_letter(portal: Portal, yves: Viewer, salima: Viewer) -> str:
    """Return the letter of a notice that Yves proposed and Salima accepted."""
    notice = await propose(portal, yves, WISHED, ORIGIN)
    await decide(portal, salima, notice, accepted=True, origin=ORIGIN)
    [letter] = await letters_sent(portal, yves, (VENDOR_NOTICE,))
    return letter.id


async def test_one_proposes_another_decides_and_the_first_presentation_counts(
    portal: Portal, clock: FixedClock, yves: Viewer, salima: Viewer
) -> None:
    client = await a_numbered_contract(portal, clock, paris(date(2027, 2, 10), 10))
    notice = await propose(portal, yves, WISHED, ORIGIN)
    assert await propose(portal, yves, WISHED, ORIGIN) == notice
    with pytest.raises(Refusal, match="notice_running"):
        await propose(portal, salima, WISHED, ORIGIN)
    with pytest.raises(Refusal, match="four_eyes"):
        await decide(portal, yves, notice, accepted=True, origin=ORIGIN)
    [waiting] = await vendor_notices(portal, salima, waiting=True)
    assert (waiting.legal_name, waiting.reason, waiting.proposed_by, waiting.is_own) == (
        "Atelier Nord",
        WISHED.reason,
        "Yves Roy",
        False,
    )
    assert waiting.effect is not None
    assert waiting.effect.last_day.day == LAST_DAY
    for _ in range(2):
        await decide(portal, salima, notice, accepted=True, origin=ORIGIN)
    [letter] = await letters_sent(portal, yves, (VENDOR_NOTICE,))
    assert letter.stage(portal.today()) is Stage.TO_POST
    assert (await letter_file(portal, yves, letter.id)).content.startswith(b"%PDF-")
    # Before it has left, the client does not have it.
    with pytest.raises(NotFound):
        await letter_file(portal, client.viewer, letter.id)

    with pytest.raises(Refusal, match="letter_not_posted"):
        await tell_presented(portal, yves, letter.id, PresentedForm(day="2027-02-10"), ORIGIN)
    for _ in range(2):
        await tell_posted(portal, yves, letter.id, POSTED, ORIGIN)
    assert await the_end(portal, client) is None
    clock.move_to(paris(date(2027, 2, 12), 10))
    with pytest.raises(Refusal, match="letter_day"):
        await tell_presented(portal, yves, letter.id, PresentedForm(day="2027-02-09"), ORIGIN)
    with pytest.raises(Refusal, match="notice_in_future"):
        await tell_presented(portal, yves, letter.id, PresentedForm(day="2027-02-13"), ORIGIN)
    for _ in range(2):
        await tell_presented(portal, yves, letter.id, PresentedForm(day="2027-02-12"), ORIGIN)
    assert await the_end(portal, client) == LAST_DAY
    assert (await letter_file(portal, client.viewer, letter.id)).content.startswith(b"%PDF-")
    told = OutcomeForm(day="2027-02-12", outcome="delivered")
    for _ in range(2):
        await tell_outcome(portal, yves, letter.id, told, ORIGIN)
    [letter] = await letters_sent(portal, yves, (VENDOR_NOTICE,))
    assert (letter.posted_on, letter.presented_on, letter.delivered_on) == (
        date(2027, 2, 10),
        date(2027, 2, 12),
        date(2027, 2, 12),
    )
    assert letter.stage(portal.today()) is Stage.MISSING
    [mail] = await mails_alone(portal, "vendor_notice")
    assert "présentée le vendredi 12 février 2027" in plain(mail.text)
    # What is ours the client does not take back; we do, until the limit.
    with pytest.raises(Refusal, match="notice_of_other_party"):
        await withdraw_client_notice(portal, client.viewer, {"number": NUMBER}, ORIGIN)
    for _ in range(2):
        await withdraw(portal, salima, notice, ORIGIN)
    assert await the_end(portal, client) is None


@on_sqlite
async def test_presented_after_the_limit_it_ends_the_next_term(
    portal: Portal, clock: FixedClock, yves: Viewer, salima: Viewer, engine: str
) -> None:
    client = await a_numbered_contract(portal, clock, paris(date(2027, 2, 10), 10))
    letter = await a_letter(portal, yves, salima)
    await tell_posted(portal, yves, letter, POSTED, ORIGIN)
    clock.move_to(paris(date(2027, 2, 18), 10))
    await tell_presented(portal, yves, letter, PresentedForm(day=LATE.isoformat()), ORIGIN)
    assert await the_end(portal, client) == NEXT_LAST_DAY


@on_sqlite
async def test_deposited_by_a_provider_it_counts_from_the_presentation(
    portal: Portal, clock: FixedClock, machine: FixedClock, yves: Viewer, salima: Viewer, engine: str
) -> None:
    client = await a_numbered_contract(portal, clock, paris(date(2027, 2, 10), 10))
    letter = await a_letter(portal, yves, salima)
    provider = Provider(statuses=(LetterStatus(Code.DEPOSITED, portal.now()),))
    connected = replace(portal, registered_letters=provider)
    for _ in range(2):
        await send(connected, yves, letter, ORIGIN)
    await send_registered(connected)
    assert await the_end(portal, client) is None
    assert [one.recipient.email for one in provider.taken] == ["anne.leroy@atelier-nord.example"]
    clock.move_to(paris(date(2027, 2, 12), 10))
    machine.move_to(machine.now() + timedelta(hours=1))
    provider.statuses += (LetterStatus(Code.PRESENTED, paris(date(2027, 2, 11), 9)),)
    await send_registered(connected)
    assert await the_end(portal, client) == LAST_DAY


@on_sqlite
async def test_what_is_declined_or_taken_back_before_it_counts_changes_nothing(
    portal: Portal, clock: FixedClock, yves: Viewer, salima: Viewer, engine: str
) -> None:
    client = await a_numbered_contract(portal, clock, paris(date(2027, 2, 10), 10))
    declined = await propose(portal, yves, WISHED, ORIGIN)
    for _ in range(2):
        await decide(portal, yves, declined, accepted=False, origin=ORIGIN)
    with pytest.raises(Refusal, match="notice_decided"):
        await decide(portal, salima, declined, accepted=True, origin=ORIGIN)
    letter = await a_letter(portal, yves, salima)
    [decided] = await vendor_notices(portal, yves, waiting=False)
    await withdraw(portal, yves, decided.id, ORIGIN)
    with pytest.raises(NotFound):
        await tell_posted(portal, yves, letter, POSTED, ORIGIN)
    assert await the_end(portal, client) is None
    # A client who has served notice already needs none of ours.
    await post_notice(portal, client, date(2027, 2, 9))
    with pytest.raises(Refusal, match="notice_running"):
        await propose(portal, yves, WISHED, ORIGIN)


@on_sqlite
async def test_a_late_notice_is_let_count_for_a_reason_that_is_kept(
    portal: Portal, clock: FixedClock, yves: Viewer, engine: str
) -> None:
    client = await a_numbered_contract(portal, clock, paris(LATE, 9))
    await post_notice(portal, client, LATE)
    [late] = await received_notices(portal, yves)
    assert late.ends is not None
    assert late.missed is not None
    assert (late.ends.day, late.missed.day, late.reason) == (NEXT_LAST_DAY, LAST_DAY, "price")
    waiver = WaiverForm(reason="La poste était en grève")
    for _ in range(2):
        await waive(portal, yves, late.id, waiver, ORIGIN)
    assert await the_end(portal, client) == LAST_DAY
    [waived] = await received_notices(portal, yves)
    assert waived.ends is not None
    assert (waived.ends.day, waived.missed, waived.waiver, waived.waived_by) == (
        LAST_DAY,
        None,
        waiver.reason,
        "Yves Roy",
    )
    subjects = {plain(mail.subject) for mail in await mails_alone(portal, "notice_served")}
    assert subjects == {
        "Résiliation tardive enregistrée : fin le jeudi 16 mars 2028",
        "Résiliation tardive acceptée : fin le mardi 16 mars 2027",
    }


@on_sqlite
async def test_a_notice_in_time_has_nothing_to_waive(
    portal: Portal, clock: FixedClock, yves: Viewer, engine: str
) -> None:
    client = await a_numbered_contract(portal, clock, paris(date(2027, 2, 10), 10))
    await post_notice(portal, client, date(2027, 2, 9))
    [received] = await received_notices(portal, yves)
    with pytest.raises(Refusal, match="notice_not_late"):
        await waive(portal, yves, received.id, WaiverForm(reason="Pour rien"), ORIGIN)
    for refused in (
        propose(portal, client.viewer, WISHED, ORIGIN),
        waive(portal, client.viewer, received.id, WaiverForm(reason="x"), ORIGIN),
        received_notices(portal, client.viewer),
        vendor_notices(portal, client.viewer, waiting=True),
        letters_sent(portal, client.viewer, (VENDOR_NOTICE,)),
        decide(portal, yves, "nothing", accepted=True, origin=ORIGIN),
        tell_posted(portal, yves, "nothing", POSTED, ORIGIN),
        send(portal, yves, "nothing", ORIGIN),
        waive(portal, yves, "nothing", WaiverForm(reason="x"), ORIGIN),
    ):
        with pytest.raises(NotFound):
            await refused


@on_sqlite
async def test_what_staff_type_wrong_is_said(portal: Portal, yves: Viewer, engine: str) -> None:
    with pytest.raises(FormProblems) as caught:
        read_proposal({"contract": "", "reason": ""})
    assert set(caught.value.errors) == {"contract", "reason"}
    with pytest.raises(FormProblems) as caught:
        read_outcome({"day": "", "outcome": "lost"})
    assert set(caught.value.errors) == {"day", "outcome"}
    with pytest.raises(Refusal, match="unknown_contract"):
        await propose(portal, yves, ProposalForm(contract="CT-1", reason="x"), ORIGIN)
