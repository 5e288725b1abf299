"""Electronic registered letters: deposited after the commit, once, and counted from the provider's own day (art. 16)."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.outside.registered_letters import Code, Followed, LetterStatus, LettersUnavailable, Outgoing
from portal.records.billing_tables import registered_deposits
from portal.services import notices
from portal.services.context import Portal, Viewer
from portal.services.letters import Letter, Stage, proof_file
from portal.services.notice_forms import NoticeForm, PostedForm
from portal.services.notices import give_up, own_notice, prepare, send_electronically, tell_posted
from portal.services.reading import Contract, own_contract
from portal.services.registered_sending import send_registered
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, paris
from tests.services.noticed import (
    LAST_DAY,
    LATE,
    LIMIT,
    NEXT_LAST_DAY,
    NUMBER,
    TRACKING,
    a_numbered_contract,
    last_evening,
    mails_alone,
    plain,
    shown_for,
)

on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
PROOF = b"%PDF-1.7 preuve"


@dataclass
class Provider:
    """A provider that answers what a test says; `is_down` while it does not, `loses` while its answer is lost."""

    is_open: bool = True
    is_down: bool = False
    loses: bool = False
    statuses: tuple[LetterStatus, ...] = ()
    taken: list[Outgoing] = field(default_factory=list)

    async def deposit(self, letter: Outgoing) -> Followed:
        if self.is_down:
            raise LettersUnavailable("Le prestataire est injoignable.")
        self.taken.append(letter)
        if self.loses:
            raise LettersUnavailable("Le prestataire n’a pas répondu à temps.")
        return Followed("L-1", self.statuses)

    async def follow(self, provider_id: str) -> Followed:
        assert provider_id == "L-1"
        if self.is_down:
            raise LettersUnavailable("Le prestataire est injoignable.")
        return Followed("L-1", self.statuses)


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def connected(portal: Portal, provider: Provider) -> Portal:
    return replace(portal, registered_letters=provider)


async def asked_for(portal: Portal, clock: FixedClock, at: datetime) -> Client:
    """Return a client who has confirmed the sending of her letter at `at`."""
    client = await a_numbered_contract(portal, clock, at)
    await prepare(
        portal, client.viewer, NoticeForm(day=portal.today().isoformat(), reason="", words=""), ORIGIN
    )
    shown = await shown_for(portal, client, portal.today())
    for _ in range(2):
        await send_electronically(portal, client.viewer, shown, ORIGIN)
    return client


async def the_letter(portal: Portal, client: Client) -> Letter:
    draft = (await own_notice(portal, client.viewer)).draft
    assert draft is not None
    return draft.letter


async def the_end(portal: Portal, client: Client) -> date | None:
    notice = (await own_notice(portal, client.viewer)).contract.state.notice
    return notice.ends if notice else None


def deposited(at: datetime) -> LetterStatus:
    return LetterStatus(Code.DEPOSITED, at, PROOF)


async def test_it_counts_from_the_deposit_that_the_provider_states_and_once(
    connected: Portal, provider: Provider, clock: FixedClock, machine: FixedClock
) -> None:
    client = await asked_for(connected, clock, last_evening())
    assert (await the_letter(connected, client)).stage(connected.today()) is Stage.DEPOSITING
    assert await the_end(connected, client) is None
    provider.statuses = (deposited(paris(LIMIT, 23, 51)),)
    clock.move_to(paris(LATE, 0, 2))
    await asyncio.gather(*(send_registered(connected) for _ in range(2)))
    assert await the_end(connected, client) == LAST_DAY
    [sent] = provider.taken
    assert (sent.reference, sent.sender.name, sent.sender.email) == (
        NUMBER,
        "Atelier Nord",
        "anne.leroy@atelier-nord.example",
    )
    assert sent.pdf.startswith(b"%PDF-")
    letter = await the_letter(connected, client)
    assert (letter.posted_on, letter.stage(connected.today())) == (LIMIT, Stage.IN_TRANSIT)
    assert letter.has_deposit_proof

    # Followed to its end: four dates, two proofs, and then nothing more is asked.
    provider.statuses += (
        LetterStatus(Code.PRESENTED, paris(LATE, 9)),
        LetterStatus(Code.DELIVERED, paris(date(2027, 2, 19), 9), PROOF),
    )
    machine.move_to(machine.now() + timedelta(hours=1))
    clock.move_to(paris(date(2027, 2, 19), 10))
    assert await send_registered(connected) == 1
    letter = await the_letter(connected, client)
    assert (letter.presented_on, letter.delivered_on, letter.outcome) == (
        LATE,
        date(2027, 2, 19),
        "delivered",
    )
    assert letter.stage(connected.today()) is Stage.DONE
    assert (await proof_file(connected, client.viewer, letter.id)).content == PROOF
    machine.move_to(machine.now() + timedelta(days=1))
    assert await send_registered(connected) == 0
    assert len(provider.taken) == 1


@on_sqlite
async def test_a_provider_that_is_down_on_the_last_evening_pretends_nothing(
    connected: Portal, provider: Provider, clock: FixedClock, machine: FixedClock
) -> None:
    provider.is_down = True
    client = await asked_for(connected, clock, last_evening())
    for minutes in (0, 1, 5):
        machine.move_to(machine.now() + timedelta(minutes=minutes))
        await send_registered(connected)
    letter = await the_letter(connected, client)
    assert (letter.posted_on, letter.problem) == (None, "Le prestataire est injoignable.")
    assert await the_end(connected, client) is None
    [mail] = await mails_alone(connected, "letter_not_deposited")
    assert "votre résiliation n’est pas notifiée" in plain(mail.text)
    assert "mardi 16 février 2027" in plain(mail.text)

    # Back in the morning, it states its own day: the 17th, and the notice is late.
    provider.is_down = False
    provider.statuses = (deposited(paris(LATE, 8)),)
    clock.move_to(paris(LATE, 8, 1))
    machine.move_to(machine.now() + timedelta(hours=1))
    await send_registered(connected)
    assert await the_end(connected, client) == NEXT_LAST_DAY


@on_sqlite
async def test_a_lost_answer_is_the_same_letter_and_keeps_its_first_day(
    connected: Portal, provider: Provider, clock: FixedClock, machine: FixedClock
) -> None:
    provider.loses = True
    client = await asked_for(connected, clock, last_evening())
    await send_registered(connected)
    provider.loses = False
    provider.statuses = (deposited(paris(LIMIT, 23, 51)),)
    clock.move_to(paris(LATE, 8))
    machine.move_to(machine.now() + timedelta(hours=1))
    await send_registered(connected)
    assert {one.key for one in provider.taken} == {provider.taken[0].key}
    assert await the_end(connected, client) == LAST_DAY


@on_sqlite
async def test_posted_by_hand_meanwhile_the_provider_is_asked_no_more(
    connected: Portal, provider: Provider, clock: FixedClock, machine: FixedClock
) -> None:
    provider.is_down = True
    client = await asked_for(connected, clock, paris(date(2027, 2, 15), 10))
    await send_registered(connected)
    shown = await shown_for(connected, client, connected.today())
    by_hand = PostedForm(day="2027-02-15", tracking=TRACKING)
    await tell_posted(connected, client.viewer, by_hand, shown, ORIGIN)
    provider.is_down = False
    machine.move_to(machine.now() + timedelta(days=1))
    assert await send_registered(connected) == 0
    letter = await the_letter(connected, client)
    assert (letter.tracking, letter.is_electronic, provider.taken) == (TRACKING, False, [])


@on_sqlite
async def test_taken_but_not_deposited_yet_it_does_not_count(
    connected: Portal, provider: Provider, clock: FixedClock, machine: FixedClock
) -> None:
    client = await asked_for(connected, clock, last_evening())
    assert await send_registered(connected) == 1
    letter = await the_letter(connected, client)
    assert (letter.posted_on, letter.problem) == (
        None,
        "Le prestataire a la lettre et ne l’a pas encore déposée.",
    )
    assert await the_end(connected, client) is None
    # Its clock is a little ahead of ours: refused as a day to come, recorded once that day is here.
    provider.statuses = (deposited(paris(LATE, 0, 0)),)
    machine.move_to(machine.now() + timedelta(hours=1))
    await send_registered(connected)
    assert await the_end(connected, client) is None
    clock.move_to(paris(LATE, 0, 1))
    machine.move_to(machine.now() + timedelta(hours=1))
    await send_registered(connected)
    assert await the_end(connected, client) == NEXT_LAST_DAY


@on_sqlite
async def test_deposited_while_the_page_is_read_it_is_not_taken_for_a_notice_that_is_over(
    connected: Portal, provider: Provider, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await asked_for(connected, clock, paris(date(2027, 2, 15), 10))
    provider.statuses = (deposited(paris(date(2027, 2, 15), 10)),)

    async def recorded_meanwhile(portal: Portal, viewer: Viewer) -> Contract:
        contract = await own_contract(portal, viewer)
        await send_registered(portal)
        return contract

    monkeypatch.setattr(notices, "own_contract", recorded_meanwhile)
    assert (await the_letter(connected, client)).posted_on == date(2027, 2, 15)


@on_sqlite
async def test_what_was_given_up_while_it_left_has_left_all_the_same(
    connected: Portal, provider: Provider, clock: FixedClock, machine: FixedClock
) -> None:
    client = await asked_for(connected, clock, paris(date(2027, 2, 15), 10))
    assert await send_registered(connected) == 1
    await give_up(connected, client.viewer, ORIGIN)
    assert (await own_notice(connected, client.viewer)).draft is None
    provider.statuses = (deposited(paris(date(2027, 2, 15), 10)),)
    machine.move_to(machine.now() + timedelta(hours=1))
    await send_registered(connected)
    assert await the_end(connected, client) == LAST_DAY
    assert (await the_letter(connected, client)).posted_on == date(2027, 2, 15)


@on_sqlite
async def test_without_a_provider_nothing_is_asked(
    connected: Portal, provider: Provider, clock: FixedClock
) -> None:
    await asked_for(connected, clock, paris(date(2027, 2, 15), 10))
    provider.is_open = False
    assert await send_registered(connected) == 0
    async with connected.database.reading() as connection:
        [row] = await connection.execute(sa.select(registered_deposits))
    assert (row.attempts, row.closed_at) == (0, None)
