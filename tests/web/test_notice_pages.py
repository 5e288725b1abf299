"""What a client and staff see and do about notices and their letters: each step in words, what was typed kept."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from portal.contract import acts as a
from portal.services.context import Portal
from portal.services.letters import Letter, Stage
from portal.services.notice_forms import ProposalForm
from portal.services.notice_lists import received_notices
from portal.services.registered_sending import send_registered
from portal.services.vendor_notices import propose
from portal.web import running
from portal.web.client.notice_state import NoticeState
from portal.web.routes import ROUTES
from portal.web.session import SESSION_COOKIE
from portal.web.staff.letters_states import LettersState
from portal.web.staff.letters_views import letter_groups, says
from tests.clock import FixedClock
from tests.people import a_member_of_staff
from tests.services.clients import ORIGIN, Client, act, paris
from tests.services.dossier_lives import a_colleague
from tests.services.noticed import (
    LATE,
    LIMIT,
    NUMBER,
    TRACKING,
    a_numbered_contract,
    last_evening,
    plain,
    post_notice,
)
from tests.services.test_registered_sending import Provider, deposited
from tests.web.events import Tab, a_tab

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
async def serving(portal: Portal) -> AsyncIterator[None]:
    running.run_with(portal)
    yield
    running.run_with(None)


@pytest.fixture
async def client(portal: Portal, clock: FixedClock, serving: None) -> Client:
    return await a_numbered_contract(portal, clock, last_evening())


async def test_the_client_prepares_posts_and_withdraws(portal: Portal, client: Client) -> None:
    tab = await a_tab(portal, client)
    await tab.send(NoticeState.load)
    page = tab.state(NoticeState)
    assert (page.view.stage, page.view.left, plain(page.view.limit_text)) == (
        "none",
        "0\u00a0heure et 10\u00a0minutes",
        "mardi 16 février 2027",
    )
    assert page.view.limit_why.clause == "16"
    assert [plain(one.value) for one in page.view.effect.dates] == [
        "mardi 16 mars 2027",
        "jeudi 15 avril 2027",
        "fin du jeudi 15 avril 2027 (minuit)",
    ]
    assert all(one.why.clause for one in page.view.effect.dates)
    await tab.send(NoticeState.look, "2027-02-17")
    assert page.planned.is_late
    await tab.send(NoticeState.look, "hier")
    await tab.send(NoticeState.prepare, {"day": "", "reason": "price", "words": "Trop cher"})
    assert (list(page.errors), page.typed["words"]) == (["day"], "Trop cher")
    await tab.send(NoticeState.prepare, {"day": "2027-02-16", "reason": "price", "words": "Trop cher"})
    assert (page.view.stage, page.errors) == ("draft", {})

    await tab.send(NoticeState.ask_posted, {"day": "2027-02-17", "tracking": TRACKING})
    assert "un jour à venir" in page.errors["posted-day"]
    assert (page.posted["tracking"], page.asking) == (TRACKING, "")
    await tab.send(NoticeState.ask_posted, {"day": "2027-02-16", "tracking": "12"})
    assert list(page.errors) == ["posted-tracking"]
    await tab.send(NoticeState.ask_posted, {"day": "2027-02-16", "tracking": TRACKING})
    assert page.asking == "posted"
    await tab.send(NoticeState.keep)
    await tab.send(NoticeState.confirm, {})
    assert page.view.stage == "draft"
    await tab.send(NoticeState.ask_posted, {"day": "2027-02-16", "tracking": TRACKING})
    await tab.send(NoticeState.confirm, {})
    assert (page.view.stage, page.view.may_withdraw) == ("served", True)
    assert [plain(one.value) for one in page.view.letter_dates] == [
        "mardi 16 février 2027",
        "mardi 16 février 2027",
        TRACKING,
    ]
    await tab.send(NoticeState.ask_to_withdraw)
    await tab.send(NoticeState.withdraw, {"number": "CT-1"})
    assert (page.withdrawing, page.copied, list(page.errors)) == (True, "CT-1", ["number"])
    await tab.send(NoticeState.withdraw, {"number": NUMBER})
    assert (page.withdrawing, page.view.stage) == (False, "none")


async def test_what_changed_meanwhile_is_shown_anew(
    portal: Portal, clock: FixedClock, client: Client
) -> None:
    tab = await a_tab(portal, client)
    await tab.send(NoticeState.load)
    page = tab.state(NoticeState)
    await tab.send(NoticeState.prepare, {"day": "2027-02-16", "reason": "", "words": ""})
    await tab.send(NoticeState.ask_posted, {"day": "2027-02-16", "tracking": TRACKING})
    await act(portal, client, a.ServeNotice(by="vendor"))
    await tab.send(NoticeState.confirm, {})
    assert (page.asking, page.view.stage) == ("posted", "draft")
    assert "quelque chose a changé" in page.meanwhile
    await tab.send(NoticeState.confirm, {})
    assert page.view.stage == "ours"


async def test_what_is_sent_is_not_pretended_to_be_deposited(
    portal: Portal, clock: FixedClock, client: Client
) -> None:
    running.run_with(replace(portal, registered_letters=Provider()))
    tab = await a_tab(portal, client)
    await tab.send(NoticeState.load)
    page = tab.state(NoticeState)
    await tab.send(NoticeState.prepare, {"day": "2027-02-16", "reason": "", "words": ""})
    assert page.view.may_send
    await tab.send(NoticeState.ask_sending)
    assert "seul le jour du dépôt compte" in page.consent
    await tab.send(NoticeState.confirm, {})
    assert (page.view.stage, page.view.headline) == ("sending", "Votre lettre n’est pas encore déposée")
    assert "mardi 16 février 2027" in plain(page.view.lead)
    assert "postez-la vous-même" in page.view.lead
    clock.move_to(paris(LATE, 0))
    await tab.send(NoticeState.refresh)
    assert (page.view.stage, page.view.limit_iso) == ("sending", "")
    await tab.send(NoticeState.ask_to_give_up)
    await tab.send(NoticeState.confirm, {})
    assert page.view.stage == "none"


async def test_a_letter_that_is_deposited_and_not_recorded_yet_is_not_asked_for_again(
    portal: Portal, clock: FixedClock, client: Client
) -> None:
    """The provider's clock is a little ahead of ours: a day to come is refused, and recorded once it is here."""
    provider = Provider(statuses=(deposited(paris(LATE, 0)),))
    connected = replace(portal, registered_letters=provider)
    running.run_with(connected)
    tab = await a_tab(portal, client)
    await tab.send(NoticeState.load)
    page = tab.state(NoticeState)
    await tab.send(NoticeState.prepare, {"day": "2027-02-16", "reason": "", "words": ""})
    await tab.send(NoticeState.ask_sending)
    await tab.send(NoticeState.confirm, {})
    await send_registered(connected)
    await tab.send(NoticeState.refresh)
    assert (page.view.stage, page.view.headline) == ("deposited", "Votre lettre est déposée")
    assert "mercredi 17 février 2027, et ce jour compte" in plain(page.view.told)
    assert "Votre contrat finira le jeudi 16 mars 2028" in plain(page.view.lead)
    assert (page.view.why.clause, page.view.effect.is_late) == ("9", True)
    assert (page.view.limit_text, page.view.step_title) == ("", "Attendre l’enregistrement")
    assert "à venir" in page.view.problem


async def test_the_letter_and_its_proofs_are_the_client_s_alone(
    portal: Portal, client: Client, tmp_path: Path
) -> None:
    await post_notice(portal, client, LIMIT)
    tab = await a_tab(portal, client)
    transport = httpx.ASGITransport(Starlette(routes=ROUTES), client=("192.0.2.7", 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="https://portail.example") as browser:
        assert (await browser.get("/espace/resiliation/lettre.pdf")).status_code == 404
        cookie = tab._cookie.split(";")[0].partition("=")[2]
        browser.cookies.set(SESSION_COOKIE, cookie, domain="portail.example")
        letter = await browser.get("/espace/resiliation/lettre.pdf")
        assert letter.content.startswith(b"%PDF-")
        assert (await browser.get("/espace/resiliation/notre-lettre.pdf")).status_code == 404
        scan = {"files": ("depot.pdf", b"%PDF-1.7\n1 0 obj\n")}
        for which, status in (("depot", 303), ("reception", 303), ("autre", 404)):
            sent = await browser.post(f"/espace/resiliation/preuves/{which}", files=scan)
            assert sent.status_code == status
        kept = await browser.get("/espace/resiliation/preuves/depot")
        assert (kept.content, kept.headers["content-type"]) == (
            b"%PDF-1.7\n1 0 obj\n",
            "application/octet-stream",
        )
        # Staff's addresses are not hers.
        assert (await browser.get("/gestion/courriers/x/preuves/depot")).status_code == 404


async def test_staff_decide_post_present_and_file(portal: Portal, clock: FixedClock, client: Client) -> None:
    tab = Tab((await a_member_of_staff(portal)).cookie)
    ines = await a_colleague(portal, "Ines")
    await propose(portal, ines, ProposalForm(contract=NUMBER, reason="Nous arrêtons l’offre"), ORIGIN)
    await tab.send(LettersState.load)
    page = tab.state(LettersState)
    [waiting] = page.waiting
    assert (waiting.is_own, plain(waiting.end), waiting.why.clause) == (False, "mardi 16 mars 2027", "9")
    await tab.send(LettersState.propose, {"contract": NUMBER, "reason": ""})
    assert (list(page.errors), page.typed["proposal-contract"]) == (["proposal-reason"], NUMBER)
    await tab.send(LettersState.propose, {"contract": NUMBER, "reason": "Aussi"})
    assert "déjà proposée" in page.errors["proposal-"]
    await tab.send(LettersState.ask_to_accept, waiting.notice_id)
    assert page.confirming
    await tab.send(LettersState.confirm, {})
    [group] = page.groups
    [card] = group.cards
    assert (group.key, card.may_post, page.says) == ("to_post", True, "1\u00a0lettre à poster.")
    about = {"about": card.letter_id}
    await tab.send(LettersState.tell_posted, {**about, "day": "2027-02-16", "tracking": "1"})
    assert list(page.errors) == [f"posted-{card.letter_id}-tracking"]
    await tab.send(LettersState.tell_posted, {**about, "day": "2027-02-16", "tracking": TRACKING})
    clock.move_to(paris(date(2027, 2, 18), 9))
    await tab.send(LettersState.tell_presented, {**about, "day": "2027-02-15"})
    assert "choisissez ce jour-là" in page.errors[f"presented-{card.letter_id}-"]
    await tab.send(LettersState.tell_presented, {**about, "day": "2027-02-17"})
    await tab.send(LettersState.tell_outcome, {**about, "day": "2027-02-18", "outcome": "refused"})
    [group] = page.groups
    assert (group.key, [one.label for one in group.cards[0].dates]) == (
        "missing",
        ["Écrite", "Postée", "Présentée", "Refusée", "Suivi"],
    )
    her_tab = await a_tab(portal, client)
    await her_tab.send(NoticeState.load)
    hers = her_tab.state(NoticeState).view
    assert (hers.stage, plain(hers.headline)) == (
        "ours",
        "Nous mettons fin à votre contrat le jeudi 16 mars 2028",
    )
    await tab.send(LettersState.ask_to_withdraw, page.running[0].notice_id)
    await tab.send(LettersState.confirm, {})
    assert page.running == []


async def test_staff_let_a_late_notice_count(portal: Portal, clock: FixedClock, client: Client) -> None:
    clock.move_to(paris(LATE, 9))
    await post_notice(portal, client, LATE)
    staff = await a_member_of_staff(portal)
    tab = Tab(staff.cookie)
    await tab.send(LettersState.load)
    page = tab.state(LettersState)
    [received] = page.received
    assert (received.state, plain(received.missed)) == ("tardive", "Accepter la fin du mardi 16 mars 2027")
    await tab.send(LettersState.waive, {"about": received.notice_id, "reason": ""})
    assert list(page.errors) == [f"waiver-{received.notice_id}-reason"]
    await tab.send(LettersState.waive, {"about": received.notice_id, "reason": "Grève de la poste"})
    assert [one.state for one in page.received] == ["tardive, acceptée"]
    assert "/404" in await tab.send(LettersState.waive, {"about": "nothing", "reason": "x"})
    [kept] = await received_notices(portal, staff.viewer)
    assert kept.waiver == "Grève de la poste"


def test_letters_stand_where_somebody_looks_for_them(engine: str) -> None:
    posted = Letter("1", "c", "Atelier", paris(LIMIT, 9), LIMIT, TRACKING, has_proof=False)
    stages = {
        replace(posted, posted_on=None): Stage.TO_POST,
        replace(posted, posted_on=None, is_electronic=True): Stage.DEPOSITING,
        posted: Stage.IN_TRANSIT,
        replace(posted, outcome="unclaimed"): Stage.MISSING,
        replace(posted, posted_on=date(2027, 1, 20)): Stage.MISSING,
        replace(posted, has_proof=True): Stage.DONE,
    }
    assert {one: one.stage(LATE) for one in stages} == stages
    groups = letter_groups(stages, LATE)
    assert [(one.key, len(one.cards)) for one in groups] == [
        ("to_post", 1),
        ("missing", 2),
        ("in_transit", 2),
        ("done", 1),
    ]
    assert plain(says(groups)) == "1 lettre à poster, 2 preuves manquantes, 2 lettres en chemin."
    assert says([]) == "Aucune lettre n’attend."
