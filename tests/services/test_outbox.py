"""Mails leave once each, whatever the mail server, the process and a second worker do."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.outside.mail import Mail, MailRefused, MailUnavailable, read_folder
from portal.records.tables import journal, outbox
from portal.services.consequences import post
from portal.services.context import NotFound, Portal, Role, Viewer
from portal.services.outbox import Delivered, deliver, send_again
from portal.services.retries import LEASE
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, a_client

SENT_ONE = Delivered(sent=1, postponed=0, given_up=0)
NOTHING = Delivered(sent=0, postponed=0, given_up=0)
POSTPONED_ONE = Delivered(sent=0, postponed=1, given_up=0)


class Server:
    """A mail server in our hands: it keeps what it takes, and does first what the test says."""

    def __init__(self, before: Callable[[Mail], None] = lambda _: None) -> None:
        self.before = before
        self.taken: list[Mail] = []
        self._lock = threading.Lock()

    def send(self, mail: Mail) -> None:
        self.before(mail)
        with self._lock:
            self.taken.append(mail)


class Died(BaseException):
    """The process is gone: nothing that could catch an error catches this."""


def down(_: Mail) -> None:
    raise MailUnavailable("Le serveur d’e-mails ne répond pas.")


def up(_: Mail) -> None:
    return


async def post_mails(portal: Portal, *templates: str) -> None:
    client = await a_client(portal)

    async def work(connection: AsyncConnection) -> None:
        for number, template in enumerate(templates):
            await post(
                connection,
                key=f"mail:{number}",
                template=template,
                person_id=client.viewer.person_id,
                as_of=portal.now(),
                machine_now=portal.machine_now(),
            )

    await portal.transact(work)


async def rows(portal: Portal) -> list[sa.Row[Any]]:
    async with portal.database.reading() as connection:
        return list(await connection.execute(sa.select(outbox).order_by(outbox.c.id)))


async def the_row(portal: Portal) -> sa.Row[Any]:
    [row] = await rows(portal)
    return row


async def test_a_mail_is_sent_once_and_kept_as_sent(portal: Portal) -> None:
    await post_mails(portal, "password_changed")
    assert await deliver(portal) == SENT_ONE
    assert await deliver(portal) == NOTHING
    [received] = read_folder(portal.settings.mail_folder)
    row = await the_row(portal)
    assert (row.recipient, row.subject, row.text) == (received.to, received.subject, received.text)
    assert (row.sent_at, row.next_attempt_at, row.problem) == (portal.machine_now(), None, "")


async def test_the_message_id_comes_from_the_key_without_showing_it(portal: Portal) -> None:
    server = Server()
    await post_mails(portal, "password_changed")
    await deliver(replace(portal, mailer=server))
    [mail] = server.taken
    assert mail.message_id.startswith("password_changed.")
    assert "mail:0" not in mail.message_id


async def test_a_server_that_was_down_gets_the_mail_a_minute_later(
    portal: Portal, machine: FixedClock
) -> None:
    server = Server(down)
    portal = replace(portal, mailer=server)
    await post_mails(portal, "password_changed")
    assert await deliver(portal) == POSTPONED_ONE
    waiting = await the_row(portal)
    assert waiting.problem == "Le serveur d’e-mails ne répond pas."
    assert waiting.subject == "Votre mot de passe a été changé"
    server.before = up
    machine.advance(seconds=59)
    assert await deliver(portal) == NOTHING
    machine.advance(seconds=1)
    assert await deliver(portal) == SENT_ONE
    assert (await the_row(portal)).problem == ""
    assert len(server.taken) == 1


async def test_a_server_that_stays_down_is_asked_ever_more_rarely_and_given_up_after_a_day(
    portal: Portal, machine: FixedClock
) -> None:
    portal = replace(portal, mailer=Server(down))
    await post_mails(portal, "password_changed")
    tried: list[datetime] = []
    while (due := (await the_row(portal)).next_attempt_at) is not None:
        machine.move_to(due)
        tried.append(due)
        outcome = await deliver(portal)
    minutes = [int((after - before).total_seconds()) // 60 for before, after in pairwise(tried)]
    assert minutes[:6] == [1, 5, 15, 60, 60, 60]
    assert set(minutes[3:]) == {60}
    assert timedelta(hours=23) < tried[-1] - tried[0] <= timedelta(hours=24)
    assert outcome == Delivered(sent=0, postponed=0, given_up=1)
    given_up = await the_row(portal)
    assert given_up.problem == "Le serveur d’e-mails ne répond pas. Abandonné après un jour d’essais."
    assert given_up.sent_at is None


async def test_an_address_refused_is_a_problem_at_once_and_the_others_leave(portal: Portal) -> None:
    def refuse_the_first(mail: Mail) -> None:
        if mail.subject.startswith("Votre mot de passe"):
            raise MailRefused("Le destinataire est refusé par le serveur d’e-mails (code 550).")

    server = Server(refuse_the_first)
    await post_mails(portal, "password_changed", "address_taken")
    assert await deliver(replace(portal, mailer=server)) == Delivered(sent=1, postponed=0, given_up=1)
    refused, sent = await rows(portal)
    assert "code 550" in refused.problem
    assert refused.next_attempt_at is None
    assert sent.sent_at is not None


async def test_a_mail_that_cannot_be_written_does_not_keep_the_others(
    portal: Portal, machine: FixedClock
) -> None:
    await post_mails(portal, "no_such_template", "address_taken")
    assert await deliver(portal) == Delivered(sent=1, postponed=1, given_up=0)
    unwritten, sent = await rows(portal)
    assert unwritten.problem == "Ce message n’a pas pu être préparé."
    assert unwritten.next_attempt_at == machine.now() + timedelta(minutes=1)
    assert sent.sent_at is not None


async def test_a_server_that_does_not_answer_is_not_asked_for_every_mail_that_waits(portal: Portal) -> None:
    portal = replace(portal, mailer=Server(down))
    await post_mails(portal, *["address_taken"] * 8)
    assert await deliver(portal) == Delivered(sent=0, postponed=3, given_up=0)
    assert [row.attempts for row in await rows(portal)] == [1, 1, 1, 0, 0, 0, 0, 0]
    assert await deliver(replace(portal, mailer=Server())) == Delivered(sent=5, postponed=0, given_up=0)


async def test_more_mails_than_a_batch_leave_in_one_round(portal: Portal) -> None:
    server = Server()
    await post_mails(portal, *["address_taken"] * 45)
    assert await deliver(replace(portal, mailer=server)) == Delivered(sent=45, postponed=0, given_up=0)


async def test_the_newest_mail_does_not_wait_for_a_night_s_mails_nor_the_oldest_for_it(
    portal: Portal,
) -> None:
    server = Server()
    await post_mails(portal, "password_changed", *["address_taken"] * 44, "password_changed")
    await deliver(replace(portal, mailer=server))
    templates = [mail.message_id.partition(".")[0] for mail in server.taken]
    assert [nth for nth, one in enumerate(templates) if one == "password_changed"] == [0, 19]
    assert len(templates) == 46


async def test_two_workers_at_once_send_each_mail_once(portal: Portal) -> None:
    server = Server(lambda _: time.sleep(0.01))
    portal = replace(portal, mailer=server)
    await post_mails(portal, *["address_taken"] * 12)
    done = await asyncio.gather(deliver(portal), deliver(portal), deliver(portal))
    assert sum(one.sent for one in done) == 12
    assert set(Counter(mail.message_id for mail in server.taken).values()) == {1}
    assert len(server.taken) == 12


async def test_a_process_that_dies_after_sending_sends_the_same_message_again(
    portal: Portal, machine: FixedClock
) -> None:
    server = Server()

    class DiesAfterSending:
        def send(self, mail: Mail) -> None:
            server.send(mail)
            raise Died

    await post_mails(portal, "password_changed")
    with pytest.raises(Died):
        await deliver(replace(portal, mailer=DiesAfterSending()))
    assert (await the_row(portal)).sent_at is None
    portal = replace(portal, mailer=server)
    machine.advance(seconds=LEASE.total_seconds() - 1)
    assert await deliver(portal) == NOTHING
    machine.advance(seconds=1)
    assert await deliver(portal) == SENT_ONE
    first, second = server.taken
    assert first == second


async def test_a_look_that_finds_nothing_asks_for_no_other_look(portal: Portal) -> None:
    await deliver(portal)
    assert not portal.changed.is_set()


# --- sent again by staff ---------------------------------------------------------------------------------

STAFF = Viewer("a colleague", Role.STAFF, None, "session")


async def a_mail_given_up(portal: Portal) -> int:
    def refuse(_: Mail) -> None:
        raise MailRefused("Le destinataire est refusé par le serveur d’e-mails (code 550).")

    await post_mails(portal, "password_changed")
    await deliver(replace(portal, mailer=Server(refuse)))
    row_id: int = (await the_row(portal)).id
    return row_id


async def notes_about_mails(portal: Portal) -> list[tuple[str, str | None, str]]:
    async with portal.database.reading() as connection:
        query = sa.select(journal.c.person_id, journal.c.by_id, journal.c.ip)
        return [
            (row.person_id, row.by_id, row.ip)
            for row in await connection.execute(query.where(journal.c.kind == "mail_sent_again"))
        ]


async def test_a_mail_given_up_leaves_when_staff_send_it_again(portal: Portal) -> None:
    mail_id = await a_mail_given_up(portal)

    assert await send_again(portal, STAFF, mail_id, ORIGIN) is True

    assert await deliver(portal) == SENT_ONE
    row = await the_row(portal)
    assert (row.problem, row.sent_at) == ("", portal.machine_now())
    assert await notes_about_mails(portal) == [(row.person_id, STAFF.person_id, ORIGIN.ip)]


async def test_a_mail_sent_again_twice_leaves_once(portal: Portal) -> None:
    mail_id = await a_mail_given_up(portal)

    asked = await asyncio.gather(*(send_again(portal, STAFF, mail_id, ORIGIN) for _ in range(3)))

    assert sorted(asked) == [False, False, True]
    assert await deliver(portal) == SENT_ONE
    assert await send_again(portal, STAFF, mail_id, ORIGIN) is False
    assert await deliver(portal) == NOTHING
    assert len(await notes_about_mails(portal)) == 1


async def test_a_mail_sent_again_is_tried_for_another_day(portal: Portal, machine: FixedClock) -> None:
    mail_id = await a_mail_given_up(portal)
    await send_again(portal, STAFF, mail_id, ORIGIN)

    assert await deliver(replace(portal, mailer=Server(down))) == POSTPONED_ONE

    assert (await the_row(portal)).next_attempt_at == machine.now() + timedelta(minutes=1)


async def test_nobody_but_staff_sends_a_mail_again(portal: Portal) -> None:
    mail_id = await a_mail_given_up(portal)
    client = Viewer("someone", Role.CLIENT, "a company", "session")
    with pytest.raises(NotFound):
        await send_again(portal, client, mail_id, ORIGIN)
    with pytest.raises(NotFound):
        await send_again(portal, STAFF, mail_id + 1, ORIGIN)
    assert await deliver(portal) == NOTHING
