"""What must follow an event outside the records: mails to send, orders to the CRM.

Written in the event's own transaction, carried out after it. Keys are made of what is done, so that
nothing follows twice however often it is written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.acts import FIRST
from portal.contract.reminders import first_payment_is_left
from portal.contract.state import State
from portal.contract.subscription import first_issue_waits
from portal.records.store import StoredEvent
from portal.records.tables import accounts, outbox, provisioning
from portal.records.upserts import insert_all_once, insert_once


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to write: its template, who receives it, and what the template needs beside the contract."""

    template: str
    person_id: str
    params: dict[str, Any]


# The mails that an event calls for whatever stands around it.
_ALWAYS = {
    "credit_note_issued": "credit_note_issued",
    "payment_returned": "payment_returned",
    "contract_in_force": "in_force",
    "contract_ended": "contract_ended",
    "restitution_requested": "restitution_asked",
    "restitution_completed": "restitution_done",
}


def letters(event: e.Event, before: State, state: State) -> Iterator[Letter]:
    """Say which mails to the client an event calls for; `before` and `state` stand on either side of it."""
    admin = state.admin or ""
    match event:
        case e.DocumentReceived():
            yield Letter("piece_received", admin, {"piece": event.piece})
        case e.DocumentRefused():
            yield Letter("piece_refused", admin, {"piece": event.piece})
        case e.DocumentAccepted() | e.IdentityValidated() if state.validated_at and not before.validated_at:
            # The first month's invoice, where it is issued with the validation, says this as well.
            if first_issue_waits(state):
                yield Letter("dossier_complete", admin, {})
        case e.DocumentAccepted():
            yield Letter("piece_accepted", admin, {"piece": event.piece})
        case e.InvoiceIssued() if event.month == FIRST:
            yield Letter("first_month", admin, {})
        case e.InvoiceIssued():
            yield Letter("invoice_issued", admin, {})
        case e.DefaultRecorded():
            yield Letter("default_recorded", admin, {"month": event.month})
        case e.ServiceSuspended(reason="unpaid"):
            yield Letter("suspended_unpaid", admin, {})
        case e.ServiceRestored() if before.suspended_at is not None:
            yield Letter("service_restored", admin, {})
        case e.ReminderSent(about="first_payment"):
            yield Letter("first_payment_reminder", admin, {})
        case (
            e.CreditNoteIssued()
            | e.PaymentReturned()
            | e.ContractInForce()
            | e.ContractEnded()
            | e.RestitutionRequested()
            | e.RestitutionCompleted()
        ):
            yield Letter(_ALWAYS[event.kind], admin, {})
        case e.TermsAccepted():
            yield Letter("terms_accepted", event.by, {"version": event.version})
        case e.TrialStarted():
            yield Letter("trial_started", admin, {})
        case e.UserRegistered() if event.user != admin:
            yield Letter("user_invited", event.user, {})
        case e.ReminderSent(about="trial_end"):
            yield Letter("trial_ending", admin, {"days": event.days})
        case e.ReminderSent(about="archive_end"):
            yield Letter("archive_ending", admin, {"days": event.days})
        case e.ServiceSuspended(reason="trial_ended"):
            yield Letter("trial_suspended", admin, {})
        case e.ChangeAnnounced():
            yield Letter(f"{event.what}_announced", admin, {})
        case e.ChangeRefused() | e.RefusalWithdrawn():
            yield Letter(event.kind, admin, {})
        case e.DataDestroyed() if state.in_force_on is None:
            yield Letter("data_destroyed", admin, {})
        case _:
            yield from _letters_of_the_term(event, admin)


def _letters_of_the_term(event: e.Event, admin: str) -> Iterator[Letter]:
    """Say which mails the renewal of a contract and its notice call for."""
    match event:
        case e.ReminderSent(about="notice_limit"):
            yield Letter("notice_reminder", admin, {"days": event.days})
        case e.ContractRenewed():
            yield Letter("contract_renewed", admin, {})
        case e.NoticeServed(by="client"):
            yield Letter("notice_served", admin, {})
        case e.NoticeServed():
            yield Letter("vendor_notice", admin, {})
        case e.NoticeWithdrawn():
            yield Letter("notice_withdrawn", admin, {})
        case _:
            return


def staff_letters(event: e.Event, state: State) -> Iterator[str]:
    """Say which mails an event, after which `state` stands, calls for to every member of the staff, by their templates."""
    match event:
        case e.InvoiceIssued() if event.month == FIRST:
            yield "first_month_awaited"
        case e.ReminderSent(about="first_payment") if first_payment_is_left(state):
            yield "first_month_unpaid"
        case e.DocumentReceived():
            yield "piece_to_examine"
        case e.ContractInForce():
            yield "contract_in_force"
        case e.DefaultMailFailed():
            yield "default_not_mailed"
        case e.RestitutionRequested():
            yield "restitution_to_prepare"
        case e.NoticeServed(by="client"):
            yield "notice_received"
        case _:
            return


def orders(event: e.Event) -> Iterator[str]:
    """Say what an event asks of the CRM."""
    match event:
        case e.ServiceOpened():
            yield "open"
        case e.ServiceSuspended():
            yield "suspend"
        case e.ServiceRestored():
            yield "restore"
        case e.DataArchived():
            yield "archive"
        case e.DataReactivated():
            yield "reactivate"
        case e.ServiceClosed():
            yield "close"
        case e.RestitutionRequested():
            yield "export"
        case e.DataDestroyed():
            yield "destroy"
        case _:
            return


@dataclass(frozen=True, slots=True)
class Step:
    """An event that was recorded, and the states on either side of it."""

    stored: StoredEvent
    before: State
    state: State


async def write_down(connection: AsyncConnection, steps: Sequence[Step], *, machine_now: datetime) -> None:
    """Put into the outbox and the ledger what these events, of one contract or of many, call for."""
    concerns_staff = any(True for step in steps for _ in staff_letters(step.stored.event, step.state))
    colleagues = await staff(connection) if concerns_staff else []
    mails = [row for step in steps for row in _mails(step, colleagues, machine_now)]
    await insert_all_once(connection, outbox, mails)
    await insert_all_once(
        connection, provisioning, [row for step in steps for row in _orders(step.stored, machine_now)]
    )


def _mails(step: Step, colleagues: Sequence[str], machine_now: datetime) -> Iterator[dict[str, Any]]:
    stored = step.stored
    of_event: dict[str, Any] = {
        "contract_id": stored.contract_id,
        "as_of": stored.event.at,
        "machine_now": machine_now,
    }
    for letter in letters(stored.event, step.before, step.state):
        yield _mail(
            key=f"mail:{stored.contract_id}:{stored.seq}:{letter.template}",
            template=letter.template,
            person_id=letter.person_id,
            params={**letter.params, "seq": stored.seq},
            **of_event,
        )
    for template in staff_letters(stored.event, step.state):
        for person_id in colleagues:
            yield _mail(
                key=f"mail:{stored.contract_id}:{stored.seq}:{template}:{person_id}",
                template=template,
                person_id=person_id,
                params={"seq": stored.seq},
                **of_event,
            )


def _orders(stored: StoredEvent, machine_now: datetime) -> Iterator[dict[str, Any]]:
    for action in orders(stored.event):
        yield {
            "key": f"crm:{stored.contract_id}:{stored.seq}:{action}",
            "contract_id": stored.contract_id,
            "action": action,
            "at": stored.event.at,
            "attempts": 0,
            "next_attempt_at": machine_now,
            "problem": "",
        }


def _mail(
    *,
    key: str,
    template: str,
    person_id: str | None,
    contract_id: str | None,
    params: dict[str, Any],
    as_of: datetime,
    machine_now: datetime,
) -> dict[str, Any]:
    return {
        "key": key,
        "template": template,
        "person_id": person_id,
        "contract_id": contract_id,
        "params": params,
        "as_of": as_of,
        "attempts": 0,
        "next_attempt_at": machine_now,
        "problem": "",
        "recipient": "",
        "subject": "",
        "text": "",
    }


async def staff(connection: AsyncConnection) -> list[str]:
    """Return every member of the staff whose address is confirmed."""
    found = await connection.scalars(
        sa.select(accounts.c.person_id)
        .where(accounts.c.role == "staff", accounts.c.confirmed_at.is_not(None))
        .order_by(accounts.c.person_id)
    )
    return list(found)


async def post(
    connection: AsyncConnection,
    *,
    key: str,
    template: str,
    person_id: str | None,
    as_of: datetime,
    machine_now: datetime,
    contract_id: str | None = None,
    params: dict[str, Any] | None = None,
) -> None:
    """Put a mail into the outbox, once per `key`; `as_of` is the instant it speaks of and is dated."""
    mail = _mail(
        key=key,
        template=template,
        person_id=person_id,
        contract_id=contract_id,
        params=params or {},
        as_of=as_of,
        machine_now=machine_now,
    )
    await insert_once(connection, outbox, **mail)
