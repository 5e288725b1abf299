"""Termination for non-payment (CGV art. 16): the letter, the decision on the day it is posted, the proof."""

import asyncio
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from portal.contract import acts as a
from portal.contract.refusal import Refusal
from portal.contract.state import Relationship
from portal.documents.intake import Unacceptable
from portal.services.context import NotFound, Portal, Viewer
from portal.services.forms import FormProblems
from portal.services.letters import (
    PostingForm,
    keep_proof,
    letter_file,
    letters_sent,
    proof_file,
    read_posting,
)
from portal.services.piece_keeping import Sent
from portal.services.reading import own_contract
from portal.services.terminating import draw_letter, terminate_unpaid
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, act, live_until, paris
from tests.services.dossier_lives import a_colleague
from tests.services.late_lives import a_late_client

POSTING = PostingForm(tracking="1A23456789012")


@pytest.fixture
async def yves(portal: Portal) -> Viewer:
    return await a_colleague(portal, "Yves")


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> Client:
    """Suspended on Monday 15 June 2026 at 18:00: her termination opens on the 16th."""
    return await a_late_client(portal, clock, date(2026, 6, 16))


async def relationship(portal: Portal, client: Client) -> Relationship:
    return (await own_contract(portal, client.viewer)).state.relationship


def a_scan(tmp_path: Path, content: bytes = b"%PDF-1.7\n1 0 obj\n") -> Sent:
    path = tmp_path / "accuse.pdf"
    path.write_bytes(content)
    return Sent(path, "accusé.pdf")


async def test_a_contract_ends_on_the_day_its_letter_is_posted(
    portal: Portal, client: Client, yves: Viewer
) -> None:
    letter = await draw_letter(portal, yves, client.contract_id, ORIGIN)
    assert await draw_letter(portal, yves, client.contract_id, ORIGIN) == letter
    assert await relationship(portal, client) is Relationship.ACTIVE
    printed = pypdfium2.PdfDocument((await letter_file(portal, yves, letter)).content)
    words = " ".join(printed[0].get_textpage().get_text_bounded().split())
    assert "F-2026-0002" in words
    assert "16 juin 2026" in words.replace("\u00a0", " ")

    await asyncio.gather(*(terminate_unpaid(portal, yves, letter, POSTING, ORIGIN) for _ in range(2)))
    state = (await own_contract(portal, client.viewer)).state
    assert (state.relationship, state.ended_on) == (Relationship.ENDED, date(2026, 6, 16))
    [sent] = await letters_sent(portal, yves)
    assert (sent.posted_on, sent.tracking, sent.has_proof) == (date(2026, 6, 16), "1A23456789012", False)


async def test_a_letter_of_another_day_is_drawn_again(
    portal: Portal, clock: FixedClock, client: Client, yves: Viewer
) -> None:
    old = await draw_letter(portal, yves, client.contract_id, ORIGIN)
    await live_until(portal, clock, client, paris(date(2026, 6, 17), 9))
    assert await letters_sent(portal, yves) == ()
    with pytest.raises(Refusal, match="letter_of_another_day"):
        await terminate_unpaid(portal, yves, old, POSTING, ORIGIN)
    assert await relationship(portal, client) is Relationship.ACTIVE
    new = await draw_letter(portal, yves, client.contract_id, ORIGIN)
    with pytest.raises(NotFound):
        await terminate_unpaid(portal, yves, old, POSTING, ORIGIN)
    await terminate_unpaid(portal, yves, new, POSTING, ORIGIN)
    assert await relationship(portal, client) is Relationship.ENDED


async def test_before_its_day_or_once_paid_nothing_ends(
    portal: Portal, clock: FixedClock, client: Client, yves: Viewer
) -> None:
    letter = await draw_letter(portal, yves, client.contract_id, ORIGIN)
    await act(portal, client, a.SettleEverything())
    with pytest.raises(Refusal, match="termination_not_open"):
        await terminate_unpaid(portal, yves, letter, POSTING, ORIGIN)
    with pytest.raises(Refusal, match="termination_not_open"):
        await draw_letter(portal, yves, client.contract_id, ORIGIN)
    assert await relationship(portal, client) is Relationship.ACTIVE
    [waiting] = await letters_sent(portal, yves)
    assert waiting.posted_on is None


async def test_the_proof_is_kept_as_it_came_once_the_letter_is_posted(
    portal: Portal, client: Client, yves: Viewer, tmp_path: Path
) -> None:
    letter = await draw_letter(portal, yves, client.contract_id, ORIGIN)
    scan = a_scan(tmp_path)
    with pytest.raises(Refusal, match="letter_not_posted"):
        await keep_proof(portal, yves, letter, scan, ORIGIN)
    await terminate_unpaid(portal, yves, letter, POSTING, ORIGIN)
    with pytest.raises(NotFound):
        await proof_file(portal, yves, letter)
    for _ in range(2):
        await keep_proof(portal, yves, letter, scan, ORIGIN)
    assert (await proof_file(portal, yves, letter)).content == scan.path.read_bytes()
    [sent] = await letters_sent(portal, yves)
    assert sent.has_proof
    with pytest.raises(Unacceptable):
        await keep_proof(portal, yves, letter, a_scan(tmp_path, b"MZ not a scan"), ORIGIN)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_tracking_number_is_copied_as_it_stands_on_the_receipt(engine: str) -> None:
    assert read_posting({"tracking": " 1a 234 567 8901 2"}) == POSTING.model_copy(
        update={"tracking": "1A23456789012"}
    )
    for wrong in ("", "12", "1A-23456789", "x" * 31):
        with pytest.raises(FormProblems):
            read_posting({"tracking": wrong})


async def test_for_a_client_there_are_no_letters(
    portal: Portal, client: Client, yves: Viewer, tmp_path: Path
) -> None:
    letter = await draw_letter(portal, yves, client.contract_id, ORIGIN)
    own = client.viewer
    for refused in (
        draw_letter(portal, own, client.contract_id, ORIGIN),
        terminate_unpaid(portal, own, letter, POSTING, ORIGIN),
        keep_proof(portal, own, letter, a_scan(tmp_path), ORIGIN),
        letters_sent(portal, own),
        letter_file(portal, own, letter),
        proof_file(portal, own, letter),
        letter_file(portal, yves, "nothing"),
        draw_letter(portal, yves, "nothing", ORIGIN),
    ):
        with pytest.raises(NotFound):
            await refused
