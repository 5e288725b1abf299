"""What staff do on `/gestion/dossiers` and `/gestion/dossier`, as their browser sends it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.acts import Piece
from portal.contract.state import Examination
from portal.services import sessions
from portal.services.context import Portal
from portal.services.dossiers import own_dossier
from portal.services.examining import present
from portal.services.refusal_reasons import READY_REASONS
from portal.services.sessions import Strength
from portal.web import running
from portal.web.staff.dossier_states import DossiersState, DossierState
from portal.web.staff.dossier_views import DossierFile, address_of
from tests.clock import FixedClock
from tests.payments.bank_files import GroupStatus, Status, status_report
from tests.people import a_member_of_staff
from tests.services.clients import ORIGIN, Client, paris
from tests.services.collected import (
    FIRST_CENTS,
    FIRST_COLLECTION,
    Subscriber,
    a_subscriber,
    first_collected,
    take,
)
from tests.services.dossier_lives import a_colleague
from tests.services.subscribing import a_subscribing_client, kbis, send, send_all
from tests.web.events import Tab

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
START = paris(date(2026, 3, 3), 10)


@pytest.fixture
async def nord(portal: Portal, clock: FixedClock) -> AsyncIterator[Client]:
    """A client whose three pieces are sent."""
    running.run_with(portal)
    client = await a_subscribing_client(portal, clock, START)
    await send_all(portal, client)
    yield client
    running.run_with(None)


@pytest.fixture
async def desk(portal: Portal, nord: Client) -> Tab:
    return Tab((await a_member_of_staff(portal)).cookie)


async def opened(desk: Tab, client: Client) -> DossierFile:
    """Open a dossier as its row in the queue does."""
    await desk.send(DossiersState.load)
    [row] = desk.state(DossiersState).rows
    await desk.send(DossierState.load, at=row.href)
    shown: DossierFile = desk.state(DossierState).file
    assert shown.contract_id == client.contract_id
    return shown


def file(desk: Tab) -> DossierFile:
    shown: DossierFile = desk.state(DossierState).file
    return shown


async def accept(desk: Tab) -> None:
    """Accept the version in front, as its button does."""
    await desk.send(DossierState.accept, file(desk).document)


def refusal(desk: Tab, **typed: object) -> dict[str, object]:
    """Return what the form of a refusal sends of the version in front."""
    return {"document": file(desk).document, "remark": "", **typed}


async def test_a_clean_dossier_takes_five_events_from_the_queue_to_the_first_invoice(
    portal: Portal, nord: Client, desk: Tab
) -> None:
    """Five gestures: its row, three acceptances, the identity. Each brings the next piece to the front."""
    assert (await opened(desk, nord)).piece == "contract"
    for following in ("mandate", "kbis", "contract"):
        await accept(desk)
        assert file(desk).piece == following
    await desk.send(DossierState.validate)
    assert file(desk).invoice.startswith("Facture F-2026-0001")
    assert [tab.state for tab in (*file(desk).tabs, *file(desk).our_part)] == [
        "accepté", "accepté", "accepté", "fait", "en cours",
    ]  # fmt: skip


async def test_a_refusal_is_read_before_it_is_sent(portal: Portal, nord: Client, desk: Tab) -> None:
    await opened(desk, nord)
    await desk.send(DossierState.select, "kbis")
    await desk.send(DossierState.ask_to_refuse)
    state = desk.state(DossierState)
    company, day, *_ = READY_REASONS[Piece.KBIS]
    assert (state.refusing, state.reason) == (True, company.code)
    await desk.send(DossierState.choose_reason, day.code)
    await desk.send(DossierState.say_remark, "La date est tachée.")
    assert "La date est tachée." in state.will_read
    assert state.will_read.startswith("La date «\u00a0à jour au\u00a0»")
    # The page looks again meanwhile: what is being typed stays.
    await desk.send(DossierState.still_here)
    assert (state.refusing, state.reason) == (True, day.code)

    await desk.send(DossierState.refuse, refusal(desk, reason=day.code, remark="La date est tachée."))

    assert (state.refusing, state.said) == (
        False,
        "La pièce est refusée, le client reçoit le motif et le remède.",
    )
    refused = (await own_dossier(portal, nord.viewer)).current(Piece.KBIS)
    assert refused is not None
    assert (refused.examination, refused.reason, refused.remark) == (
        Examination.REFUSED,
        day.code,
        "La date est tachée.",
    )


async def test_a_refusal_without_a_word_keeps_what_is_typed(portal: Portal, nord: Client, desk: Tab) -> None:
    await opened(desk, nord)
    await desk.send(DossierState.ask_to_refuse)
    for remark in ("  ", "x" * 501):
        await desk.send(DossierState.refuse, refusal(desk, reason="other", remark=remark))
        state = desk.state(DossierState)
        assert state.objection
        assert state.refusing
    await desk.send(DossierState.keep)
    assert not desk.state(DossierState).refusing


async def test_a_version_replaced_meanwhile_is_shown_with_the_reason(
    portal: Portal, nord: Client, desk: Tab
) -> None:
    await opened(desk, nord)
    await desk.send(DossierState.select, "kbis")
    before = file(desk).document
    newer = await send(portal, nord, Piece.KBIS, kbis(date(2026, 3, 1)))

    await accept(desk)

    state = desk.state(DossierState)
    assert "a remplacé ou corrigé" in state.objection
    assert (state.said, state.file.piece, state.file.document) == ("", "kbis", newer)
    assert newer != before
    # It does not go by itself: the page looks again every ten seconds.
    await desk.send(DossierState.still_here)
    assert state.objection
    await accept(desk)
    assert (state.objection, state.said) == ("", "La pièce est acceptée, le client en est averti.")


async def test_a_press_repeated_decides_nothing_of_the_piece_that_came_to_the_front(
    portal: Portal, nord: Client, desk: Tab
) -> None:
    """A double click, a key held, or events sent again after a connection was lost."""
    await opened(desk, nord)
    contract = file(desk).document
    for _ in range(3):
        await desk.send(DossierState.accept, contract)
    assert [tab.state for tab in file(desk).tabs] == ["accepté", "à examiner", "à examiner"]

    await desk.send(DossierState.ask_to_refuse)
    refused = refusal(desk, reason="unsigned")
    for _ in range(3):
        await desk.send(DossierState.refuse, refused)
    assert [tab.state for tab in file(desk).tabs] == ["accepté", "refusé", "à examiner"]


async def test_a_version_that_replaces_the_one_being_read_is_said_and_closes_its_refusal(
    portal: Portal, nord: Client, desk: Tab
) -> None:
    """The page looks again by itself: what was begun about the earlier version must not strike the newer one."""
    await opened(desk, nord)
    await desk.send(DossierState.select, "kbis")
    await desk.send(DossierState.ask_to_refuse)
    earlier, form = file(desk).document, refusal(desk, reason="other", remark="Le bas est coupé.")
    newer = await send(portal, nord, Piece.KBIS, kbis(date(2026, 3, 1)))

    await desk.send(DossierState.still_here)
    state = desk.state(DossierState)
    assert (state.refusing, state.file.document) == (False, newer)
    assert state.objection.startswith("Le client a remplacé ou corrigé l’extrait K-bis entre-temps")

    await desk.send(DossierState.refuse, form)
    await desk.send(DossierState.accept, earlier)
    assert (file(desk).document, file(desk).can_decide, state.said) == (newer, True, "")


async def test_two_people_on_one_dossier_see_each_other(portal: Portal, nord: Client, desk: Tab) -> None:
    assert (await opened(desk, nord)).others == ""
    nina = await a_colleague(portal)
    assert await present(portal, nina, nord.contract_id) == ("Anne Leroy",)
    await desk.send(DossierState.still_here)
    assert file(desk).others == "Nina Roy est aussi sur ce dossier"
    # The queue looks again by itself.
    await desk.send(DossiersState.look_again)
    assert desk.state(DossiersState).rows[0].others == "Nina Roy est aussi sur ce dossier"


async def test_a_dossier_left_open_does_not_keep_its_session_alive(
    portal: Portal, nord: Client, desk: Tab, machine: FixedClock
) -> None:
    """The page looks again every ten seconds, whether or not anybody is there: after half an hour it is over."""
    await opened(desk, nord)
    for _ in range(2):
        machine.advance(minutes=14)
        assert await desk.send(DossierState.still_here) == "None"
    machine.advance(minutes=3)
    assert "/session-expiree" in await desk.send(DossierState.still_here)


async def test_a_transfer_asks_for_its_day(portal: Portal, nord: Client, desk: Tab) -> None:
    await opened(desk, nord)
    for _ in Piece:
        await accept(desk)
    await desk.send(DossierState.validate)
    state = desk.state(DossierState)
    await desk.send(DossierState.record_transfer, {"received_on": "03/03/2026"})
    assert state.transfer_error.startswith("Indiquez le jour")
    await desk.send(DossierState.record_transfer, {"received_on": "2026-03-04"})
    assert (state.transfer_error, "est à venir" in state.objection) == ("", True)
    await desk.send(DossierState.record_transfer, {"received_on": "2026-03-03"})
    assert (state.objection, "en vigueur" in state.said) == ("", True)


@pytest.mark.parametrize("typed", ["invoice", "", "KBIS", "🙂"])
async def test_a_piece_or_a_reason_that_is_none_leads_nowhere(
    portal: Portal, nord: Client, desk: Tab, typed: str
) -> None:
    await opened(desk, nord)
    before = await own_dossier(portal, nord.viewer)
    assert "/404" in await desk.send(DossierState.select, typed)
    assert "/404" in await desk.send(DossierState.refuse, refusal(desk, reason=typed, remark="non"))
    assert "/404" in await desk.send(DossierState.load, at=f"/gestion/dossier?contrat={typed}")
    assert replace(await own_dossier(portal, nord.viewer), contract=before.contract) == before


@pytest.mark.parametrize("form", [None, [], "x", 7, {"reason": {}, "remark": [], "received_on": {}}])
async def test_what_no_form_sends_decides_nothing(
    portal: Portal, nord: Client, desk: Tab, form: object
) -> None:
    await opened(desk, nord)
    await desk.send(DossierState.refuse, form)
    await desk.send(DossierState.record_transfer, form)
    await desk.send(DossierState.choose_reason, form)
    await desk.send(DossierState.say_remark, form)
    await desk.send(DossierState.select, form)
    contract = (await own_dossier(portal, nord.viewer)).contract.state
    assert {one.examination for one in contract.documents.values()} == {Examination.RECEIVED}


async def shown_to(portal: Portal, one: Subscriber) -> DossierFile:
    """Open a dossier as the member of staff who examined it."""

    async def work(connection: AsyncConnection) -> str:
        return await sessions.start(portal, connection, one.staff.person_id, Strength.TOTP, ORIGIN)

    desk = Tab(await portal.transact(work))
    await desk.send(DossierState.load, at=address_of(one.client.contract_id))
    return file(desk)


@pytest.fixture
def portal_runs(portal: Portal) -> Iterator[None]:
    running.run_with(portal)
    yield
    running.run_with(None)


@pytest.mark.usefixtures("portal_runs")
async def test_while_the_bank_has_the_first_month_staff_are_told_that_a_transfer_would_be_a_second_payment(
    portal: Portal, clock: FixedClock
) -> None:
    one = await first_collected(portal, clock)
    shown = await shown_to(portal, one)
    assert (shown.can_record, shown.is_with_the_bank) == (True, True)

    rejected = Status(FIRST_COLLECTION, "AM04", cents=FIRST_CENTS)
    await take(portal, one.staff, status_report(GroupStatus("G", [rejected])))
    shown = await shown_to(portal, one)
    assert (shown.can_record, shown.is_with_the_bank) == (True, False)


@pytest.mark.usefixtures("portal_runs")
async def test_a_first_month_that_the_bank_was_not_given_yet_may_be_transferred(
    portal: Portal, clock: FixedClock
) -> None:
    shown = await shown_to(portal, await a_subscriber(portal, clock))
    assert (shown.can_record, shown.is_with_the_bank) == (True, False)
