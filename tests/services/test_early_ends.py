"""CGV art. 14 and 16: insolvency and force majeure, each with its two letters, posted, proved, and not a day too early."""

from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from pypdfium2 import PdfDocument

from portal.contract import acts as a
from portal.contract.refusal import Refusal
from portal.contract.state import Relationship
from portal.services.context import NotFound, Portal, Viewer
from portal.services.early_end_reading import early_ends
from portal.services.early_ends import (
    AdministratorForm,
    demand,
    draw_termination,
    observe,
    post,
    read_administrator,
    read_since,
)
from portal.services.forms import FormProblems
from portal.services.letters import PostingForm, keep_proof, letter_file, letters_sent, proof_file
from portal.services.piece_keeping import Sent
from portal.services.reading import own_contract
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, act, live_until, paris
from tests.services.dossier_lives import a_colleague
from tests.services.invoiced import in_force

POSTING = PostingForm(tracking="1A23456789012")
MAITRE = AdministratorForm(addressee="Maître Claire Aubin", address="3 rue du Palais, 59000 Lille")

# The letters are the same on either database; what they end is tested on both with non-payment.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
async def yves(portal: Portal) -> Viewer:
    return await a_colleague(portal, "Yves")


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> Client:
    """In force on 17 March 2026, April paid; it is Thursday 2 April, ten o'clock."""
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 3, 31), 10))
    await act(portal, client, a.Settle(month="2026-04"))
    await live_until(portal, clock, client, paris(date(2026, 4, 2), 10))
    return client


async def relationship(portal: Portal, client: Client) -> Relationship:
    return (await own_contract(portal, client.viewer)).state.relationship


async def words_of(portal: Portal, staff: Viewer, letter: str) -> str:
    pdf: PdfDocument = pypdfium2.PdfDocument((await letter_file(portal, staff, letter)).content)
    words = " ".join(page.get_textpage().get_text_bounded() for page in pdf)
    return " ".join(words.replace("\u00a0", " ").replace("\u202f", " ").split())


async def test_an_administrator_silent_for_a_month_ends_the_contract(
    portal: Portal, clock: FixedClock, client: Client, yves: Viewer, tmp_path: Path
) -> None:
    target = (portal, yves, client.contract_id)
    with pytest.raises(Refusal, match="opening_letter_missing"):
        await draw_termination(*target, "insolvency", ORIGIN)
    letter = await demand(*target, MAITRE, ORIGIN)
    assert await demand(*target, MAITRE, ORIGIN) == letter
    words = await words_of(portal, yves, letter)
    assert "Maître Claire Aubin 3 rue du Palais 59000 Lille" in words
    assert "jusqu’au samedi 2 mai 2026 inclus" in words
    for _ in range(2):
        await post(portal, yves, letter, POSTING, ORIGIN)
    assert await relationship(portal, client) is Relationship.ACTIVE
    [row] = await early_ends(portal, yves)
    assert row.opens is not None
    assert (row.kind, row.posted_on, row.opens.day) == (
        "demand_insolvency",
        date(2026, 4, 2),
        date(2026, 5, 3),
    )

    scan = tmp_path / "accuse.pdf"
    scan.write_bytes(b"%PDF-1.7\n1 0 obj\n")
    await keep_proof(portal, yves, letter, Sent(scan, "accusé.pdf"), ORIGIN)
    assert (await proof_file(portal, yves, letter)).content == scan.read_bytes()

    # The last day to answer, to its last second; then the next.
    await live_until(portal, clock, client, paris(date(2026, 5, 2), 23, 59))
    with pytest.raises(Refusal, match="insolvency_month_running"):
        await draw_termination(*target, "insolvency", ORIGIN)
    await live_until(portal, clock, client, paris(date(2026, 5, 3), 0))
    ending = await draw_termination(*target, "insolvency", ORIGIN)
    words = await words_of(portal, yves, ending)
    assert "Maître Claire Aubin" in words
    assert "postée le jeudi 2 avril 2026" in words
    assert "jusqu’au mardi 2 juin 2026 inclus" in words
    await post(portal, yves, ending, POSTING, ORIGIN)
    state = (await own_contract(portal, client.viewer)).state
    assert (state.relationship, state.ended_on) == (Relationship.ENDED, date(2026, 5, 3))
    with pytest.raises(Refusal, match="contract_not_in_force"):
        await demand(*target, MAITRE, ORIGIN)
    # Those of non-payment are another list, and none of these are in it.
    assert await letters_sent(portal, yves) == ()


async def test_a_force_majeure_of_more_than_thirty_days_ends_the_contract(
    portal: Portal, clock: FixedClock, client: Client, yves: Viewer
) -> None:
    target = (portal, yves, client.contract_id)
    letter = await observe(*target, date(2026, 3, 30), ORIGIN)
    words = await words_of(portal, yves, letter)
    assert "Depuis le lundi 30 mars 2026" in words
    assert "au-delà du mercredi 29 avril 2026" in words
    await post(portal, yves, letter, POSTING, ORIGIN)
    await live_until(portal, clock, client, paris(date(2026, 4, 29), 23, 59))
    with pytest.raises(Refusal, match="force_majeure_too_short"):
        await draw_termination(*target, "force_majeure", ORIGIN)
    await live_until(portal, clock, client, paris(date(2026, 4, 30), 9))
    ending = await draw_termination(*target, "force_majeure", ORIGIN)
    # A letter of another day is drawn again: it says the day on which the contract ends.
    await live_until(portal, clock, client, paris(date(2026, 5, 1), 9))
    with pytest.raises(Refusal, match="letter_of_another_day"):
        await post(portal, yves, ending, POSTING, ORIGIN)
    assert await relationship(portal, client) is Relationship.ACTIVE
    ending = await draw_termination(*target, "force_majeure", ORIGIN)
    await post(portal, yves, ending, POSTING, ORIGIN)
    assert await relationship(portal, client) is Relationship.ENDED


async def test_staff_alone_and_with_what_is_needed(
    portal: Portal, client: Client, yves: Viewer, tmp_path: Path
) -> None:
    for typed, field in (({}, "addressee"), ({"addressee": "Maître Aubin", "address": " "}, "address")):
        with pytest.raises(FormProblems) as problems:
            read_administrator(typed)
        assert field in problems.value.errors
    for typed in ({"since": "hier"}, {"since": "2026-04-03"}, {}):
        with pytest.raises(FormProblems) as problems:
            read_since(typed, date(2026, 4, 2))
        assert "since" in problems.value.errors
    assert read_since({"since": "2026-04-02"}, date(2026, 4, 2)) == date(2026, 4, 2)
    with pytest.raises(NotFound):
        await demand(portal, client.viewer, client.contract_id, MAITRE, ORIGIN)
    letter = await demand(portal, yves, client.contract_id, MAITRE, ORIGIN)
    for reading in (letter_file, proof_file):
        with pytest.raises(NotFound):
            await reading(portal, client.viewer, letter)
    with pytest.raises(NotFound):
        await proof_file(portal, yves, letter)
    scan = tmp_path / "accuse.pdf"
    scan.write_bytes(b"%PDF-1.7\n1 0 obj\n")
    with pytest.raises(Refusal, match="letter_not_posted"):
        await keep_proof(portal, yves, letter, Sent(scan, "accusé.pdf"), ORIGIN)
