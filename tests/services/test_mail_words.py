"""How the mails read: the same in text and HTML, French to the last space, safe whatever a stranger typed."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
import sqlalchemy as sa
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import async_playwright
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.evolve import evolve
from portal.contract.french import NARROW, NBSP
from portal.contract.offer import Offer
from portal.contract.state import State
from portal.outside.mail import ReceivedMail
from portal.records import projections, store
from portal.records.tables import accounts, contracts, outbox
from portal.services.calendar import sweep
from portal.services.chunks import bring_up_to_date
from portal.services.consequences import Step, letters, write_down
from portal.services.context import Portal, Viewer
from portal.services.mails_of_notices import NOTICE_MAILS
from portal.services.notice_forms import NoticeForm
from portal.services.notices import prepare, send_electronically
from portal.services.offers import offer_of
from portal.services.quote_forms import AnswerForm, read_quote
from portal.services.quotes import answer, ask, own_quotes
from portal.services.registered_sending import send_registered
from portal.services.seats import OfUser, carry_out, register_user
from tests.clock import FixedClock
from tests.e2e.chromium import ARGUMENTS, executable
from tests.services.clients import HUGO, ORIGIN, Client, a_client, a_trial, act, live_until, paris
from tests.services.collected import live_with_the_bank
from tests.services.contracts import FAY, people
from tests.services.dossier_lives import a_whole_dossier
from tests.services.ended_lives import destroyed, prepared
from tests.services.mailboxes import LINKED, ReadHtml, all_mails, template_of, the_mail, write
from tests.services.noticed import a_numbered_contract, give_up_others, post_notice, shown_for
from tests.services.test_registered_sending import Provider

# What the mails say does not depend on the database.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


OTHER = "443061841"


@dataclass(frozen=True)
class Written:
    """Every mail of a life, those of its contracts by the events that call for them, and what a replay adds."""

    mails: list[ReceivedMail]
    called_for: Counter[tuple[str, int, str]]
    sent: Counter[tuple[str, int, str]]
    before_replays: list[ReceivedMail]
    after_replays: list[ReceivedMail]


# Written once for all the tests of this module: mails are only read.
_written: list[Written] = []


@pytest.fixture
async def written(portal: Portal, clock: FixedClock, tmp_path: Path) -> Written:
    """One life from the first mail to the last, and every mail about an account; then all of it three times more."""
    if not _written:
        mails = await _every_mail(portal, clock, tmp_path)
        # Whoever was left in the middle of her life comes to the present first.
        await sweep(portal)
        before = await all_mails(portal)
        called_for = await replayed(portal)
        sent = await sent_of_contracts(portal)
        for _ in range(2):
            await replayed(portal)
        _written.append(Written(mails, called_for, sent, before, await all_mails(portal)))
    return _written[0]


@pytest.fixture
def every_mail(written: Written) -> list[ReceivedMail]:
    return list(written.mails)


async def replayed(portal: Portal) -> Counter[tuple[str, int, str]]:
    """Let every event of every contract have its consequences again; return the mails to the client they call for."""
    called_for = Counter[tuple[str, int, str]]()

    async def offer(connection: AsyncConnection, recorded: store.Recorded) -> Offer:
        return await offer_of(connection, recorded, portal.now())

    async def work(connection: AsyncConnection) -> None:
        for contract_id in await connection.scalars(sa.select(contracts.c.id)):
            recorded = await store.load(connection, contract_id, company_id=None)
            state = State(offer=await offer(connection, recorded))
            steps = []
            for stored in recorded.events:
                before, state = state, evolve(state, stored.event)
                steps.append(Step(stored, before, state))
                for letter in letters(stored.event, before, state):
                    called_for[contract_id, stored.seq, letter.template] += 1
            await write_down(connection, steps, machine_now=portal.machine_now())
        await projections.rebuild(connection, offer)

    await portal.transact(work)
    await sweep(portal)
    return called_for


async def sent_of_contracts(portal: Portal) -> Counter[tuple[str, int, str]]:
    """Count the mails to clients in the outbox, by the event of a contract that each speaks of."""
    async with portal.database.reading() as connection:
        rows = await connection.execute(
            sa.select(outbox.c.contract_id, outbox.c.params["seq"].as_integer(), outbox.c.template)
            .join(accounts, accounts.c.person_id == outbox.c.person_id, isouter=True)
            .where(outbox.c.contract_id.is_not(None), sa.func.coalesce(accounts.c.role, "client") == "client")
        )
        return Counter(tuple(row) for row in rows)


async def _every_mail(portal: Portal, clock: FixedClock, tmp_path: Path) -> list[ReceivedMail]:
    client = await a_trial(portal, clock, paris(date(2026, 1, 31), 14, 5))
    await register_user(portal, client.viewer, HUGO, ORIGIN)
    person_id = client.viewer.person_id
    for template, purpose in LINKED.items():
        await write(portal, template, person_id, purpose=purpose)
    await write(portal, "address_taken", person_id)
    await write(portal, "contract_parked", person_id, contract=client.contract_id)
    await write(portal, "legal_rate_missing", person_id, half_year="2026-2")
    await write(portal, "password_changed", person_id)
    await write(portal, "second_factor_changed", person_id, state="on")
    await write(portal, "second_factor_changed", person_id, state="off")
    await live_until(portal, clock, client, paris(date(2026, 4, 1), 12))
    subscribed, staff = await a_whole_dossier(portal, clock)
    await of_a_contract(portal, subscribed, staff)
    await changes_to_come(portal, subscribed)
    await an_arrear_and_an_end(portal, clock, subscribed)
    await prepared(portal, subscribed, staff, tmp_path)
    await all_mails(portal)  # before the files that one of them speaks of are gone
    await destroyed(portal, clock, subscribed, date(2026, 7, 24))
    await live_with_the_bank(portal, clock, staff)
    await all_mails(portal)
    await a_term(portal, clock)
    return await all_mails(portal)


async def a_term(portal: Portal, clock: FixedClock) -> None:
    """A year with its reminders, notice late, waived and withdrawn, then ours; a letter that is not deposited; a renewal."""
    names = {"siren": OTHER, "email": "eva@noyer.example", "legal_name": "Noyer"}
    client = await a_numbered_contract(portal, clock, paris(date(2027, 2, 9), 9), "CT-2026-0099", **names)
    await post_notice(portal, client, date(2027, 2, 8))
    await act(portal, client, a.WithdrawNotice())
    for step in (
        a.ServeNotice(by="vendor"),
        a.WithdrawNotice(by="vendor"),
        a.AnnouncePrice(user_month_cents=5200),
    ):
        await act(portal, client, step)
    clock.move_to(paris(date(2027, 2, 18), 9))
    down = replace(portal, registered_letters=Provider(is_down=True))
    wished = NoticeForm(day="2027-02-18", reason="", words="")
    await prepare(down, client.viewer, wished, ORIGIN)
    await send_electronically(down, client.viewer, await shown_for(down, client, down.today()), ORIGIN)
    await send_registered(down)
    clock.move_to(paris(date(2027, 3, 17), 9))
    await bring_up_to_date(portal, client.contract_id)
    await give_up_others(portal, *NOTICE_MAILS)


async def of_a_contract(portal: Portal, client: Client, nina: Viewer) -> None:
    """A user who is added and named administrator, and two quotes: one answered with a price, one without."""
    await register_user(portal, client.viewer, FAY, ORIGIN)
    (fay,) = await people(portal, client, FAY)
    await carry_out(portal, client.viewer, OfUser("name", fay), None, ORIGIN)
    for need in ("Deux jours", "Un logiciel de paie"):
        await ask(portal, client.viewer, read_quote({"service": "training", "need": need}), ORIGIN)
    offered = AnswerForm("Oui.", "Formation, deux jours", 240_000, date(2026, 6, 30))
    for quote, given in zip(
        await own_quotes(portal, client.viewer), (offered, AnswerForm("Non.")), strict=True
    ):
        await answer(portal, nina, quote.id, given, ORIGIN)


async def changes_to_come(portal: Portal, client: Client) -> None:
    """A new price, refused and then taken, and another version of the terms."""
    await act(
        portal,
        client,
        a.AnnouncePrice(user_month_cents=5200),
        a.RefuseChange(what="price"),
        a.WithdrawRefusal(what="price"),
        a.AnnounceTerms(version="2025-09"),
    )


async def an_arrear_and_an_end(portal: Portal, clock: FixedClock, client: Client) -> None:
    """Owe the invoice of June, be suspended, pay, be refunded by the bank, pay again, and end in July."""
    await live_until(portal, clock, client, paris(date(2026, 6, 1), 10))
    for sent in (False, True):
        await act(portal, client, a.ReportDefaultMail(month="2026-06", sent=sent))
    await live_until(portal, clock, client, paris(date(2026, 6, 16), 10))
    await act(portal, client, a.SettleEverything())
    await live_until(portal, clock, client, paris(date(2026, 6, 19), 10))
    await act(portal, client, a.ReturnPayment(month="2026-06", kind="refund"), a.SettleEverything())
    await live_until(portal, clock, client, paris(date(2026, 6, 22), 10))
    await act(portal, client, a.Terminate(reason="insolvency", since=date(2026, 5, 20)))


async def test_every_template_is_a_mail_that_someone_receives(every_mail: list[ReceivedMail]) -> None:
    parts = re.compile(r"_.*|(kit|layout)\..*|palette\.jinja")
    names = (file.name for file in (resources.files("portal.texts") / "mails").iterdir())
    written = {name.removesuffix(".jinja") for name in names if not parts.fullmatch(name)}
    assert {template_of(mail) for mail in every_mail} == written


def compared(words: str) -> str:
    """Return words without what each part sets in its own way: spaces, capitals, the colon of a label."""
    return re.sub(rf"[\s{NBSP}{NARROW}:]+", "", words).casefold()


async def test_text_and_html_say_the_same(every_mail: list[ReceivedMail]) -> None:
    for mail in every_mail:
        html = ReadHtml(mail.html)
        whole_html, whole_text = compared("".join(html.passages)), compared(mail.text)
        for passage in html.passages:
            assert compared(passage) in whole_text, (mail.subject, passage)
        for line in mail.text.splitlines():
            said = re.sub(r" \(http\S*\)|^ +http\S*|^[●○◆×→-]+ ?", "", line)
            assert compared(said) in whole_html, (mail.subject, line)
        in_text = set(re.findall(r"https?://[^\s)]*[^\s).]", mail.text))
        assert {link for link in html.links if link.startswith("http")} == in_text, mail.subject


async def test_typography_is_french_in_every_part(every_mail: list[ReceivedMail]) -> None:
    wrong = re.compile(r"'| [:;!?»%€]|« |[«“”\"](?=\w)|[Aa]rticle \d|\d h|h \d\d|\.\.\.")
    for mail in every_mail:
        for part in (mail.subject, mail.text, *ReadHtml(mail.html).passages):
            assert not wrong.search(part), (mail.subject, wrong.search(part), part)


async def test_every_mail_gives_a_person_to_reach_and_a_reason(
    portal: Portal, every_mail: list[ReceivedMail]
) -> None:
    for mail in every_mail:
        assert portal.settings.support_email in mail.text
        assert portal.settings.support_phone in mail.text
        assert re.search(r"\n(POURQUOI|COMMENT CES DATES)", mail.text)
        clause = re.compile(rf"[Aa]rticle{NBSP}(3|5\.[13]|7|8|9|10\.[2-4]|12|14|15|16|17)\b")
        assert clause.search(mail.text) or template_of(mail) in {"staff_invited", "contract_parked"}


async def test_each_notice_of_a_contract_is_sent_once_however_often_its_history_is_replayed(
    written: Written,
) -> None:
    assert written.called_for
    assert set(written.called_for.values()) == {1}
    assert {notice: written.sent[notice] for notice in written.called_for} == written.called_for
    assert written.after_replays == written.before_replays


async def test_each_notice_of_a_contract_names_its_day(every_mail: list[ReceivedMail]) -> None:
    months = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    day = re.compile(rf"\b\d{{1,2}}(er)?{NBSP}({months}){NBSP}20\d\d")
    undated = {template_of(mail) for mail in every_mail if not day.search(mail.text)}
    assert undated == set()


async def test_the_html_loads_nothing_and_leads_only_home(
    portal: Portal, every_mail: list[ReceivedMail]
) -> None:
    """But for the mail of the entry into force, which leads to the service as well: the way into it is owed (art. 8)."""
    ours = (portal.settings.public_url, "mailto:", "tel:")
    for mail in every_mail:
        html = ReadHtml(mail.html)
        lawful = (*ours, portal.settings.service_url) if template_of(mail) == "in_force" else ours
        assert '<html lang="fr"' in mail.html
        assert not re.search(r"src=|url\(|@import", mail.html)
        assert not {"img", "script", "link", "form", "iframe"} & html.tags
        assert all(link.startswith(lawful) for link in html.links)


async def test_a_subject_is_read_in_a_list(every_mail: list[ReceivedMail]) -> None:
    by_subject: dict[str, set[str]] = {}
    for mail in every_mail:
        by_subject.setdefault(mail.subject, set()).add(template_of(mail))
    assert all(len(templates) == 1 for templates in by_subject.values())
    assert all(len(subject) <= 80 for subject in by_subject)


# --- names that strangers typed ----------------------------------------------------------------------

HOSTILE = (
    "<script>alert(1)</script>\r\nBcc: victim@evil.example\u202e\x1b[31m {{ 7*7 }} http://evil.example/ "
    + "x" * 200
)


async def test_a_name_is_never_markup_nor_header_nor_link(portal: Portal, clock: FixedClock) -> None:
    client = await a_trial(
        portal,
        clock,
        paris(date(2026, 1, 31), 14),
        legal_name=HOSTILE[:200],
        first_name=HOSTILE[:100],
        last_name=HOSTILE[20:120],
    )
    await register_user(portal, client.viewer, HUGO, ORIGIN)
    mails = await all_mails(portal)
    assert {template_of(mail) for mail in mails} == {"terms_accepted", "trial_started", "user_invited"}
    for mail in mails:
        assert mail.to in {"anne.leroy@atelier-nord.example", HUGO.email}
        assert "\n" not in mail.subject
        assert len(mail.subject) < 150
        assert "<script" not in mail.html
        assert "&lt;script&gt;" in mail.html
        for part in (mail.subject, mail.text, mail.html):
            assert "\x1b" not in part
            assert "\u202e" not in part
            assert "evil.example" not in part
            assert "http://evil" not in part
            assert "49" not in part.replace("2026", "")


async def test_a_name_written_from_right_to_left_does_not_turn_the_sentence(
    portal: Portal, clock: FixedClock
) -> None:
    await a_trial(portal, clock, paris(date(2026, 1, 31), 14), first_name="ليلى")
    mail = await the_mail(portal, "trial_started")
    assert "Bonjour \u2068ليلى\u2069," in mail.text


@pytest.mark.parametrize("template", ["confirm_address", "reset_password"])
async def test_until_an_address_is_confirmed_no_stranger_chooses_a_word_of_its_mails(
    portal: Portal, template: str
) -> None:
    client = await a_client(portal, first_name="Gagnez", last_name="Mille Euros")
    async with portal.database.transaction() as connection:
        await connection.execute(sa.update(accounts).values(confirmed_at=None))
    await write(portal, template, client.viewer.person_id, purpose=LINKED[template])
    mail = await the_mail(portal, template)
    assert "Bonjour,\n" in mail.text
    assert "Gagnez" not in mail.text + mail.html + mail.subject


# --- as seen -----------------------------------------------------------------------------------------

# A mail is not a page: its reader's program has the landmarks.
OF_PAGES = {"landmark-one-main", "region"}
AXE = Axe().axe_script
BROKEN = """rules => axe.run({resultTypes: ["violations"], ...rules})
    .then(found => found.violations.map(one => one.id))"""


@pytest.mark.e2e
async def test_every_mail_is_accessible_and_fits_a_small_screen(every_mail: list[ReceivedMail]) -> None:
    """The longest of each template: it has what the others have."""
    longest = {template_of(mail): mail for mail in sorted(every_mail, key=lambda mail: len(mail.html))}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        for scheme in ("light", "dark"):
            page = await browser.new_page(viewport={"width": 320, "height": 640}, color_scheme=scheme)
            for mail in longest.values():
                await page.set_content(mail.html)
                await page.evaluate(AXE)
                # What a mail is made of is the same in the dark.
                rules = {"runOnly": ["color-contrast"]} if scheme == "dark" else {}
                found = await page.evaluate(BROKEN, rules)
                assert set(found) <= OF_PAGES, (mail.subject, scheme, found)
                assert await page.evaluate("document.documentElement.scrollWidth") == 320, mail.subject
            await page.close()
        await browser.close()
