"""The mails a person receives: when, to whom, with which dates, links and papers (CGV art. 3, 5.1)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pypdfium2
import pytest
import sqlalchemy as sa

from portal.contract import acts as a
from portal.contract.calendar import PARIS, end_of_day
from portal.contract.french import NBSP
from portal.records.tables import acceptances, outbox, persons
from portal.services.calendar import sweep
from portal.services.context import Portal
from portal.services.links import LIFETIMES, LinkState, look
from portal.services.outbox import Delivered, deliver
from portal.services.seats import register_user
from tests.clock import FixedClock
from tests.services.clients import HUGO, ORIGIN, a_client, a_trial, act, live_until, paris
from tests.services.mailboxes import (
    LINKED,
    ReadHtml,
    all_mails,
    mails_called,
    spaced,
    template_of,
    the_mail,
    write,
)

# What the mails say does not depend on the database.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

# --- dates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("started", "last_day", "suspended", "last_instant", "destroyed_from"),
    [
        (
            date(2026, 1, 31),
            "lundi 2 mars 2026 à 24 h 00",
            "mardi 3 mars 2026 à 0 h 00",
            "mardi 17 mars 2026 à 24 h 00",
            "mercredi 18 mars 2026 à 0 h 00",
        ),
        (
            date(2026, 2, 28),
            "lundi 30 mars 2026 à 24 h 00",
            "mardi 31 mars 2026 à 0 h 00",
            "mardi 14 avril 2026 à 24 h 00",
            "mercredi 15 avril 2026 à 0 h 00",
        ),
        (
            date(2026, 9, 30),
            "vendredi 30 octobre 2026 à 24 h 00",
            "samedi 31 octobre 2026 à 0 h 00",
            "samedi 14 novembre 2026 à 24 h 00",
            "mardi 17 novembre 2026 à 0 h 00",
        ),
    ],
)
async def test_the_first_mail_of_a_trial_gives_all_its_dates(
    portal: Portal,
    clock: FixedClock,
    started: date,
    last_day: str,
    suspended: str,
    last_instant: str,
    destroyed_from: str,
) -> None:
    await a_trial(portal, clock, paris(started, 14, 5))
    mail = await the_mail(portal, "trial_started")
    timeline = [line[2:] for line in mail.text.splitlines() if line[:2] in {"● ", "○ ", "◆ ", "× "}]
    assert timeline[1:] == [
        spaced(last_day),
        spaced(suspended),
        spaced(last_instant),
        "Dès le " + spaced(destroyed_from),
    ]
    assert timeline[0].endswith(spaced("à 14 h 05"))
    assert mail.subject.endswith(spaced(last_day).removesuffix(spaced(" à 24 h 00")))


async def test_each_mail_of_a_life_leaves_at_its_own_instant(portal: Portal, clock: FixedClock) -> None:
    client = await a_trial(portal, clock, paris(date(2026, 9, 30), 18, 30))
    await live_until(portal, clock, client, paris(date(2026, 12, 1), 12))
    dated = [
        (template_of(mail), f"{mail.sent_at.astimezone(PARIS):%d/%m %H:%M}")
        for mail in await all_mails(portal)
    ]
    assert dated == [
        ("terms_accepted", "30/09 18:30"),
        ("trial_started", "30/09 18:30"),
        ("trial_ending", "23/10 09:00"),
        ("trial_ending", "28/10 09:00"),
        ("trial_suspended", "31/10 00:00"),
        ("archive_ending", "07/11 09:00"),
        ("archive_ending", "13/11 09:00"),
        ("data_destroyed", "17/11 00:00"),
    ]


async def test_the_suspension_mail_says_until_when_exactly_and_what_stops_the_destruction(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_trial(portal, clock, paris(date(2026, 9, 30), 14))
    await live_until(portal, clock, client, paris(date(2026, 10, 31), 8))
    mail = await the_mail(portal, "trial_suspended")
    assert spaced("vous avez jusqu’au samedi 14 novembre 2026 à 24 h 00") in mail.subject
    assert spaced("samedi 14 novembre 2026\nà 24 h 00, heure de Paris\n") in mail.text
    assert "- le contrat signé\n- le mandat SEPA signé\n" in mail.text
    assert f"{portal.settings.public_url}/espace" in mail.text
    assert spaced("Dès le mardi 17 novembre 2026 à 0 h 00") in mail.text


async def test_the_destruction_that_waits_for_a_business_day_names_the_days_it_skips(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_trial(portal, clock, paris(date(2026, 9, 30), 14))
    await live_until(portal, clock, client, paris(date(2026, 10, 31), 8))
    mail = await the_mail(portal, "trial_suspended")
    skipped = "Jours non comptés : samedi 14 novembre 2026, dimanche 15 novembre 2026."
    assert spaced(skipped).replace(" :", f"{NBSP}:") in mail.text


async def test_the_second_reminder_says_that_it_is_the_last(portal: Portal, clock: FixedClock) -> None:
    client = await a_trial(portal, clock, paris(date(2026, 1, 31), 14))
    await live_until(portal, clock, client, paris(date(2026, 3, 17), 12))
    for template in ("trial_ending", "archive_ending"):
        first, last = await mails_called(portal, template)
        assert not first.subject.startswith("Dernier rappel")
        assert last.subject.startswith(f"Dernier rappel{NBSP}: ")


async def test_after_the_destruction_the_mail_says_what_is_gone_and_what_remains(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_trial(portal, clock, paris(date(2026, 1, 31), 14))
    await live_until(portal, clock, client, end_of_day(date(2026, 3, 17)))
    mail = await the_mail(portal, "data_destroyed")
    assert spaced("détruites le mercredi 18 mars 2026 à 0 h 00") in mail.text
    assert "CE QUI N’EST PLUS" in mail.text
    assert "CE QUI DEMEURE" in mail.text


async def test_a_trial_with_its_signed_pieces_in_is_told_that_nothing_will_be_destroyed(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_trial(portal, clock, paris(date(2026, 1, 31), 14))
    await live_until(portal, clock, client, paris(date(2026, 2, 20), 10))
    pieces = (a.Piece.CONTRACT, a.Piece.MANDATE)
    await act(portal, client, *(a.SubmitDocument(piece=piece, document=piece.value) for piece in pieces))
    await live_until(portal, clock, client, paris(date(2026, 3, 17), 12))
    reminder, last_reminder = await mails_called(portal, "trial_ending")
    suspended = await the_mail(portal, "trial_suspended")
    for mail in (reminder, last_reminder, suspended):
        assert "vos données ne seront pas détruites" in mail.text
        assert "18 mars" not in mail.text.replace(NBSP, " ")
    assert await mails_called(portal, "archive_ending") == []


async def test_a_piece_not_yet_examined_is_named_with_what_it_holds(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_trial(portal, clock, paris(date(2026, 1, 31), 14))
    await live_until(portal, clock, client, paris(date(2026, 3, 4), 10))
    await act(portal, client, a.SubmitDocument(piece=a.Piece.MANDATE, document="mandate"))
    await live_until(portal, clock, client, paris(date(2026, 3, 11), 10))
    mail = await the_mail(portal, "archive_ending")
    assert "Nous avons déjà reçu le mandat SEPA signé." in mail.text
    assert "rien n’est détruit" in mail.text


async def test_a_mail_that_an_outage_made_late_says_so(portal: Portal, clock: FixedClock) -> None:
    await a_trial(portal, clock, paris(date(2026, 1, 31), 14))
    clock.move_to(paris(date(2026, 3, 10), 7, 30))
    await sweep(portal)
    mail = await the_mail(portal, "trial_suspended")
    assert spaced("devait partir le mardi 3 mars 2026 à 0 h 00") in mail.text
    assert mail.sent_at == paris(date(2026, 3, 10), 7, 30)
    assert spaced("le mardi 3 mars 2026") in mail.text.splitlines()[2]
    on_time = await the_mail(portal, "trial_started")
    assert "devait partir" not in on_time.text


# --- links -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", LINKED)
async def test_a_personal_link_works_and_is_kept_nowhere(portal: Portal, template: str) -> None:
    client = await a_client(portal)
    await write(portal, template, client.viewer.person_id, purpose=LINKED[template])
    mail = await the_mail(portal, template)
    [url] = {link for link in ReadHtml(mail.html).links if "jeton=" in link}
    assert url in mail.text
    assert url.startswith(f"{portal.settings.public_url}/")
    token = url.partition("jeton=")[2]
    assert (await look(portal, token, LINKED[template])).state is LinkState.GOOD
    async with portal.database.reading() as connection:
        kept = (await connection.execute(sa.select(outbox))).one()
    assert kept.recipient == "anne.leroy@atelier-nord.example"
    assert kept.subject == mail.subject
    assert "jeton=…" in kept.text
    assert token not in str(kept)


@pytest.mark.parametrize("template", LINKED)
async def test_a_link_that_expired_on_the_way_is_not_sent(
    portal: Portal, machine: FixedClock, template: str
) -> None:
    client = await a_client(portal)
    await write(portal, template, client.viewer.person_id, purpose=LINKED[template])
    machine.move_to(machine.now() + LIFETIMES[LINKED[template]])
    assert await deliver(portal) == Delivered(sent=0, postponed=0, given_up=1)
    async with portal.database.reading() as connection:
        kept = (await connection.execute(sa.select(outbox))).one()
    assert "a expiré" in kept.problem


async def test_links_begin_with_the_configured_address(portal: Portal) -> None:
    settings = portal.settings.model_copy(update={"origins": ("https://portail.vendeur.example",)})
    moved = replace(portal, settings=settings)
    client = await a_client(moved)
    await write(moved, "password_changed", client.viewer.person_id)
    mail = await the_mail(moved, "password_changed")
    links = [link for link in ReadHtml(mail.html).links if link.startswith("http")]
    assert links
    assert all(link.startswith("https://portail.vendeur.example") for link in links)


# --- the receipt (art. 3) --------------------------------------------------------------------------------


async def test_the_acceptance_comes_with_its_receipt_and_the_very_text(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_trial(portal, clock, datetime(2026, 1, 31, 13, 5, 42, tzinfo=UTC))
    mail = await the_mail(portal, "terms_accepted")
    [attached] = mail.attachments
    assert attached.filename == "CGV-EXANERGY-CRM-2026-01-recu.pdf"
    assert attached.media_type == "application/pdf"
    async with portal.database.reading() as connection:
        kept = (await connection.execute(sa.select(acceptances))).one()
    assert kept.person_id == client.viewer.person_id
    paper = pypdfium2.PdfDocument(attached.content)
    pages = [page.get_textpage().get_text_range() for page in paper]
    paper.close()
    receipt = pages[0].replace("\r\n", "")
    for evidence in (kept.text_sha256[:32], kept.text_sha256[32:], ORIGIN.ip, "Atelier Nord", "Anne Leroy"):
        assert evidence in receipt
    assert "2026-01-31T13:05:42" in receipt
    assert any("Essai gratuit" in page for page in pages[1:])
    assert kept.text_sha256 in mail.text


async def test_a_receipt_whose_evidence_was_erased_is_not_made_up(portal: Portal, clock: FixedClock) -> None:
    await a_trial(portal, clock, paris(date(2026, 1, 31), 14))
    async with portal.database.transaction() as connection:
        await connection.execute(sa.delete(acceptances))
    assert await deliver(portal) == Delivered(sent=1, postponed=0, given_up=1)
    assert await mails_called(portal, "terms_accepted") == []


async def test_nobody_is_written_to_who_is_not_known_any_more(portal: Portal) -> None:
    client = await a_client(portal)
    await write(portal, "password_changed", client.viewer.person_id)
    async with portal.database.transaction() as connection:
        await connection.execute(sa.update(outbox).values(person_id="erased"))
        assert await connection.scalar(sa.select(sa.func.count()).select_from(persons)) == 1
    assert await deliver(portal) == Delivered(sent=0, postponed=0, given_up=1)


async def test_an_invited_user_learns_who_invites_and_until_when(portal: Portal, clock: FixedClock) -> None:
    client = await a_trial(portal, clock, paris(date(2026, 1, 31), 14))
    clock.advance(days=1)
    await register_user(portal, client.viewer, HUGO, ORIGIN)
    mail = await the_mail(portal, "user_invited")
    assert mail.to == HUGO.email
    assert mail.subject == "Atelier Nord vous ouvre un accès à EXANERGY CRM"
    assert "Anne Leroy, qui administre l’essai" in mail.text
    assert spaced("depuis le dimanche 1er février 2026 à 14 h 00") in mail.text
    assert spaced("jusqu’au lundi 2 mars 2026 à 24 h 00") in mail.text
    assert mail.sent_at == paris(date(2026, 1, 31), 14) + timedelta(days=1)
