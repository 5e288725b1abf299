"""Notice by the client (CGV art. 9, 16): prepared, posted, acknowledged, withdrawn; in time, on the last evening, late."""

import asyncio
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.refusal import Refusal
from portal.records import store
from portal.records.billing_tables import notices
from portal.records.projections import rebuild
from portal.services.calendar import sweep
from portal.services.context import NotFound, Portal
from portal.services.forms import FormProblems
from portal.services.letters import keep_proof, letter_file, proof_file
from portal.services.notice_forms import NoticeForm, PostedForm, read_notice, read_posted
from portal.services.notices import (
    NoticeChanged,
    give_up,
    own_notice,
    prepare,
    send_electronically,
    tell_posted,
    withdraw,
)
from portal.services.offers import offer_of
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, a_client, paris
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
    post_notice,
    shown_for,
)
from tests.services.test_terminating import a_scan

on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


Kind = TypeVar("Kind", e.NoticeServed, e.NoticeWithdrawn)


async def happened(portal: Portal, client: Client, kind: type[Kind]) -> list[Kind]:
    async with portal.database.reading() as connection:
        recorded = await store.load(connection, client.contract_id, company_id=None)
    return [one.event for one in recorded.events if isinstance(one.event, kind)]


def typed(day: date) -> PostedForm:
    return PostedForm(day=day.isoformat(), tracking=TRACKING)


async def test_a_letter_posted_on_the_last_evening_ends_the_contract_once(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_numbered_contract(portal, clock, last_evening())
    wished = NoticeForm(day=LIMIT.isoformat(), reason="price", words="Trop cher pour nous")
    for _ in range(2):
        await prepare(portal, client.viewer, wished, ORIGIN)
    assert await happened(portal, client, e.NoticeServed) == []
    draft = (await own_notice(portal, client.viewer)).draft
    assert draft is not None
    assert (draft.reason, draft.words, draft.served_at) == ("price", "Trop cher pour nous", None)
    assert (await letter_file(portal, client.viewer, draft.letter.id)).content.startswith(b"%PDF-")

    shown = await shown_for(portal, client, LIMIT)
    await asyncio.gather(*(tell_posted(portal, client.viewer, typed(LIMIT), shown, ORIGIN) for _ in range(3)))
    assert await happened(portal, client, e.NoticeServed) == [
        e.NoticeServed(at=last_evening(), by="client", posted=LIMIT, ends=LAST_DAY)
    ]
    served = (await own_notice(portal, client.viewer)).draft
    assert served is not None
    assert (served.letter.posted_on, served.letter.tracking) == (LIMIT, TRACKING)
    async with portal.database.reading() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(notices)) == 1


@on_sqlite
async def test_the_acknowledgement_cites_the_clause_the_end_and_how_to_withdraw(
    portal: Portal, clock: FixedClock, engine: str
) -> None:
    client = await a_numbered_contract(portal, clock, paris(date(2027, 2, 10), 10))
    await post_notice(portal, client, date(2027, 2, 9))
    [mail] = await mails_alone(portal, "notice_served")
    words = plain(mail.text)
    assert plain(mail.subject) == "Résiliation enregistrée : fin le mardi 16 mars 2027"
    for said in (
        NUMBER,
        "postée le mardi 9 février 2027",
        "article 16",
        "retirer votre résiliation dans votre espace jusqu’au mardi 16 février 2027 à 24 h 00",
        "jeudi 15 avril 2027",
    ):
        assert said in words, said


@on_sqlite
async def test_a_late_letter_says_so_and_ends_the_next_term(
    portal: Portal, clock: FixedClock, engine: str
) -> None:
    client = await a_numbered_contract(portal, clock, paris(LATE, 0, 0))
    await post_notice(portal, client, LATE)
    [served] = await happened(portal, client, e.NoticeServed)
    assert served == e.NoticeServed(at=paris(LATE, 0, 0), by="client", posted=LATE, ends=NEXT_LAST_DAY)
    [mail] = await mails_alone(portal, "notice_served")
    assert "tardive" in mail.subject
    assert "mardi 16 février 2027" in plain(mail.text)
    # It runs: another letter is not prepared beside it.
    clock.move_to(paris(date(2027, 2, 18), 10))
    with pytest.raises(Refusal, match="notice_running"):
        await prepare(portal, client.viewer, NoticeForm(day="2027-02-16", reason="", words=""), ORIGIN)


@on_sqlite
async def test_a_letter_told_of_later_counts_from_its_posting(
    portal: Portal, clock: FixedClock, engine: str
) -> None:
    client = await a_numbered_contract(portal, clock, paris(date(2027, 2, 18), 10))
    await post_notice(portal, client, LIMIT)
    [served] = await happened(portal, client, e.NoticeServed)
    assert (served.posted, served.ends) == (LIMIT, LAST_DAY)


@on_sqlite
async def test_a_notice_is_withdrawn_by_copying_the_number_until_its_limit(
    portal: Portal, clock: FixedClock, engine: str
) -> None:
    client = await a_numbered_contract(portal, clock, paris(date(2027, 1, 5), 10))
    await post_notice(portal, client, date(2027, 1, 4))
    clock.move_to(last_evening())
    with pytest.raises(FormProblems) as caught:
        await withdraw(portal, client.viewer, {"number": "CT-1"}, ORIGIN)
    assert caught.value.kept == {"number": "CT-1"}
    await withdraw(portal, client.viewer, {"number": " ct-2026-0001 "}, ORIGIN)
    [withdrawn] = await happened(portal, client, e.NoticeWithdrawn)
    assert withdrawn.at == last_evening()
    assert (await own_notice(portal, client.viewer)).draft is None
    [mail] = await mails_alone(portal, "notice_withdrawn")
    assert "continue" in mail.subject
    with pytest.raises(Refusal, match="no_notice"):
        await withdraw(portal, client.viewer, {"number": NUMBER}, ORIGIN)
    # It may be served again, and no longer withdrawn one second too late.
    await post_notice(portal, client, LIMIT)
    clock.move_to(paris(LATE, 0))
    with pytest.raises(Refusal, match="notice_limit_passed"):
        await withdraw(portal, client.viewer, {"number": NUMBER}, ORIGIN)


@on_sqlite
async def test_a_letter_posted_tomorrow_or_before_the_term_is_refused_and_the_draft_stays(
    portal: Portal, clock: FixedClock, engine: str
) -> None:
    client = await a_numbered_contract(portal, clock, paris(date(2027, 2, 10), 10))
    await prepare(portal, client.viewer, NoticeForm(day="2027-02-12", reason="", words=""), ORIGIN)
    for day, code in ((date(2026, 3, 16), "notice_before_term"), (date(2026, 3, 1), "notice_before_term")):
        with pytest.raises(Refusal, match=code):
            await tell_posted(portal, client.viewer, typed(day), "", ORIGIN)
    # The effect of a day to come may be looked at; it cannot be told of as past.
    assert await shown_for(portal, client, date(2027, 2, 11))
    with pytest.raises(Refusal, match="notice_in_future"):
        await tell_posted(portal, client.viewer, typed(date(2027, 2, 11)), "", ORIGIN)
    with pytest.raises(NoticeChanged):
        await tell_posted(portal, client.viewer, typed(date(2027, 2, 10)), "what was never shown", ORIGIN)
    assert await happened(portal, client, e.NoticeServed) == []
    await give_up(portal, client.viewer, ORIGIN)
    assert (await own_notice(portal, client.viewer)).draft is None


@on_sqlite
async def test_what_is_another_s_is_not_there_and_only_administrators_act(
    portal: Portal, clock: FixedClock, engine: str, tmp_path: Path
) -> None:
    client = await a_numbered_contract(portal, clock, paris(date(2027, 2, 10), 10))
    await post_notice(portal, client, date(2027, 2, 9))
    draft = (await own_notice(portal, client.viewer)).draft
    assert draft is not None
    scan = a_scan(tmp_path)
    await keep_proof(portal, client.viewer, draft.letter.id, scan, ORIGIN, "deposit")
    stored = await proof_file(portal, client.viewer, draft.letter.id, "deposit")
    assert (stored.name, stored.content) == (f"depot-{TRACKING}", scan.path.read_bytes())
    other = await a_client(portal, siren="552100554", email="paul@autre.example", legal_name="Autre")
    for refused in (
        letter_file(portal, other.viewer, draft.letter.id),
        proof_file(portal, other.viewer, draft.letter.id, "deposit"),
        keep_proof(portal, other.viewer, draft.letter.id, scan, ORIGIN, "deposit"),
        send_electronically(portal, client.viewer, "", ORIGIN),
    ):
        with pytest.raises(NotFound):
            await refused
    # A colleague who has an account and is no administrator.
    stranger = client.viewer.__class__("someone", client.viewer.role, client.viewer.tenant, "session")
    for act in (
        prepare(portal, stranger, NoticeForm(day="2027-02-10", reason="", words=""), ORIGIN),
        tell_posted(portal, stranger, typed(date(2027, 2, 10)), "", ORIGIN),
        withdraw(portal, stranger, {"number": NUMBER}, ORIGIN),
        give_up(portal, stranger, ORIGIN),
    ):
        with pytest.raises(Refusal, match="administrators_only"):
            await act


@on_sqlite
def test_what_is_typed_wrong_is_said_and_kept(engine: str) -> None:
    with pytest.raises(FormProblems) as caught:
        read_notice({"day": "hier", "reason": "none of them", "words": "x" * 1001})
    assert set(caught.value.errors) == {"day", "reason", "words"}
    assert caught.value.kept["day"] == "hier"
    with pytest.raises(FormProblems) as caught:
        read_posted({"day": "", "tracking": "12"})
    assert set(caught.value.errors) == {"day", "tracking"}


@on_sqlite
async def test_reminders_and_the_renewal_are_written_of_once_however_often_time_is_replayed(
    portal: Portal, clock: FixedClock, engine: str
) -> None:
    await a_numbered_contract(portal, clock, paris(date(2026, 4, 1), 10))
    clock.move_to(paris(date(2027, 3, 18), 10))

    async def rebuilt(connection: AsyncConnection) -> None:
        await rebuild(connection, partial(offer_of, at=portal.now()))

    for _ in range(3):
        await sweep(portal)
        await portal.transact(rebuilt)
    mails = await mails_alone(portal, "notice_reminder", "contract_renewed")
    assert sorted(plain(mail.subject) for mail in mails) == [
        "Dernier rappel : résilier est possible jusqu’au mardi 16 février 2027",
        *["Résilier est possible jusqu’au mardi 16 février 2027"] * 2,
        f"Votre contrat {NUMBER} est reconduit jusqu’au jeudi 16 mars 2028",
    ]
    for mail in mails:
        assert "article 9" in plain(mail.text)
        assert "mardi 16 février 2027" in plain(mail.text) or "mercredi 16 février 2028" in plain(mail.text)
