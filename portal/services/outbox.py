"""Sending what waits in the outbox, each mail once.

At-least-once is all that a network allows: a mail whose answer was lost is sent again, under the same
Message-ID, so that it is seen as one. One that fails never keeps the others waiting.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.outside.mail import Mail, MailRefused, MailUnavailable
from portal.records.tables import outbox, persons
from portal.services import default_mails
from portal.services.context import NotFound, Origin, Portal, Viewer
from portal.services.journal import note
from portal.services.mail_writing import NotToBeSent
from portal.services.mails import render, without_personal_links
from portal.services.retries import PROBLEM_LENGTH, delay_after, settle, try_all_due

log = structlog.get_logger()

_BATCH = 20
_MOST_ATTEMPTS = 27  # four within 21 minutes, then one an hour: a day in all


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a round did with the mails that were due."""

    sent: int
    postponed: int
    given_up: int


class _Outcome(StrEnum):
    SENT = "sent"
    POSTPONED = "postponed"
    GIVEN_UP = "given_up"


async def deliver(portal: Portal) -> Delivered:
    """Send the mails that are due; those that the server does not take now wait for a later round.

    A mail refused for ever, without its person, or tried for a day, is given up: staff see its problem.
    """
    outcomes = Counter[_Outcome]()

    async def attempt(portal: Portal, row: sa.Row[Any]) -> bool:
        outcome = await _attempt(portal, row)
        outcomes[outcome] += 1
        return outcome is not _Outcome.POSTPONED

    await try_all_due(portal, outbox, _due, attempt)
    return Delivered(outcomes[_Outcome.SENT], outcomes[_Outcome.POSTPONED], outcomes[_Outcome.GIVEN_UP])


async def send_again(portal: Portal, viewer: Viewer, mail_id: int, origin: Origin) -> bool:
    """Put a mail that was given up back among those that wait, for staff; raises `NotFound`.

    False where it waits or has left already: asked for twice, it leaves once.
    """
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> bool:
        row = (
            await connection.execute(
                sa.select(outbox.c.template, outbox.c.person_id, persons.c.company_id)
                .outerjoin(persons, persons.c.id == outbox.c.person_id)
                .where(outbox.c.id == mail_id)
            )
        ).first()
        if row is None:
            raise NotFound
        waiting = await connection.execute(
            sa.update(outbox)
            .where(outbox.c.id == mail_id, outbox.c.sent_at.is_(None), outbox.c.next_attempt_at.is_(None))
            .values(attempts=0, next_attempt_at=portal.machine_now(), problem="")
        )
        if not waiting.rowcount:
            return False
        await note(
            connection,
            at=portal.now(),
            kind="mail_sent_again",
            person_id=row.person_id,
            company_id=row.company_id,
            by_id=viewer.person_id,
            ip=origin.ip,
            details={"mail": mail_id, "template": row.template},
        )
        return True

    return await portal.transact(work)


async def _due(portal: Portal) -> list[int]:
    """Return a batch of what is due, from both ends of the queue.

    Somebody is waiting for the newest, the link that opens her account, while a night's invoices leave; the oldest
    leave with them, so that none is left behind. Within the batch, in the order they were written.
    """
    async with portal.database.reading() as connection:
        is_due = (
            sa.select(outbox.c.id).where(outbox.c.next_attempt_at <= portal.machine_now()).limit(_BATCH // 2)
        )
        newest = await connection.scalars(
            is_due.order_by(outbox.c.next_attempt_at.desc(), outbox.c.id.desc())
        )
        oldest = await connection.scalars(is_due.order_by(outbox.c.next_attempt_at, outbox.c.id))
        return sorted({*newest, *oldest})


async def _attempt(portal: Portal, row: sa.Row[Any]) -> _Outcome:
    mail: Mail | None = None
    await default_mails.hold_if_late(portal, row)
    try:
        async with portal.database.reading() as connection:
            mail = await render(portal, connection, row)
        await asyncio.to_thread(portal.mailer.send, mail)
    except (MailRefused, NotToBeSent) as reason:
        return await _give_up(portal, row, mail, str(reason))
    except MailUnavailable as reason:
        return await _postpone(portal, row, mail, str(reason))
    except Exception:
        log.exception("outbox.mail_failed", mail=row.id, template=row.template)
        return await _postpone(portal, row, mail, "Ce message n’a pas pu être préparé.")
    await default_mails.report(portal, row, sent=True)
    await settle(
        portal,
        outbox,
        row.id,
        **_copy(mail),
        sent_at=portal.machine_now(),
        next_attempt_at=None,
        problem="",
    )
    return _Outcome.SENT


async def _postpone(portal: Portal, row: sa.Row[Any], mail: Mail | None, problem: str) -> _Outcome:
    if row.attempts >= _MOST_ATTEMPTS:
        return await _give_up(portal, row, mail, f"{problem} Abandonné après un jour d’essais.")
    next_attempt_at = portal.machine_now() + delay_after(row.attempts)
    await settle(
        portal,
        outbox,
        row.id,
        **_copy(mail),
        next_attempt_at=next_attempt_at,
        problem=problem[:PROBLEM_LENGTH],
    )
    return _Outcome.POSTPONED


async def _give_up(portal: Portal, row: sa.Row[Any], mail: Mail | None, problem: str) -> _Outcome:
    log.warning("outbox.given_up", mail=row.id, template=row.template, problem=problem)
    await default_mails.report(portal, row, sent=False)
    await settle(
        portal, outbox, row.id, **_copy(mail), next_attempt_at=None, problem=problem[:PROBLEM_LENGTH]
    )
    return _Outcome.GIVEN_UP


def _copy(mail: Mail | None) -> dict[str, str]:
    """Return what staff may read of a mail, sent or not, where it could be rendered."""
    if mail is None:
        return {}
    return {"recipient": mail.to, "subject": mail.subject, "text": without_personal_links(mail.text)}
