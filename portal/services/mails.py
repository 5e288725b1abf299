"""The mails: what each is told of the records, so that its template can say it.

A mail is rendered when it leaves, from its outbox row alone: the contract's history up to the event that
called for it, never what has happened since. Personal links are derived again here and stored nowhere.
"""

import asyncio
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.calendar import paris_day
from portal.contract.company import in_groups
from portal.contract.dossier import (
    KBIS_MONTHS,
    PIECE_NAMES,
    SAVING_PIECES,
    HoldReason,
    destruction_hold,
    is_saved,
)
from portal.contract.evolve import evolve, history
from portal.contract.explanations import because_of
from portal.contract.french import full_date, full_instant
from portal.contract.state import Relationship, State
from portal.contract.trial import archive_end, archive_last_day, destruction, trial_end, trial_last_day
from portal.documents.terms_pdf import Receipt, terms_pdf
from portal.outside.mail import Attachment, Mail
from portal.records import store
from portal.records.access_tables import links
from portal.records.tables import acceptances, accounts, companies, persons
from portal.services.conditions import Edition, edition
from portal.services.context import Portal
from portal.services.legal_rates import half_year_name
from portal.services.links import Purpose, address
from portal.services.mail_writing import NotToBeSent, as_named, write
from portal.services.mails_of_changes import CHANGE_MAILS, values_of_change
from portal.services.mails_of_collections import COLLECTION_MAILS, values_of_collection
from portal.services.mails_of_dossiers import DOSSIER_MAILS, values_of_dossier
from portal.services.mails_of_ends import END_MAILS, of_an_end
from portal.services.mails_of_invoices import INVOICE_MAILS, enclosed, invoice_attached
from portal.services.mails_of_notices import NOTICE_MAILS, values_of_notice
from portal.services.mails_of_quotes import values_of_quote
from portal.services.offers import offer_of

# From then on a mail says that it comes late: its reader may be past what it announces.
_LATE = timedelta(hours=1)

_PERSONAL = re.compile(r"(?<=[?&]jeton=)[^\s&]+")


@dataclass(frozen=True, slots=True)
class PersonalLink:
    """A link of one person's, for one use; its token exists nowhere but in her mail."""

    url: str
    expires_at: datetime


async def render(portal: Portal, connection: AsyncConnection, row: sa.Row[Any]) -> Mail:
    """Return the mail of an outbox row; the same row gives the same mail each time.

    Raises `NotToBeSent` where there is nobody to write to any more, or its link is of no use any more.
    """
    person = await _person(connection, row.person_id)
    values: dict[str, object] = {
        "home": portal.settings.public_url,
        "vendor": portal.settings.vendor_name,
        "support_email": portal.settings.support_email,
        "support_phone": portal.settings.support_phone,
        "as_of": row.as_of,
        "dated": full_date(paris_day(row.as_of)),
        # Until an address is confirmed, the name beside it may be anything that a stranger typed.
        "first_name": as_named(person.first_name) if person.confirmed_at else "",
        "for_whom": "",
        "late": "",
    }
    sent_at = row.as_of
    attachments: tuple[Attachment, ...] = ()
    if row.contract_id:
        recorded = await _recorded(connection, row)
        sent_at = recorded.events[-1].recorded_at
        values |= await _of_contract(connection, recorded)
        if row.template in DOSSIER_MAILS:
            values |= await values_of_dossier(portal, connection, recorded)
        if row.template in CHANGE_MAILS:
            values |= await values_of_change(connection, recorded)
        if row.template in COLLECTION_MAILS:
            values |= await values_of_collection(portal, connection, recorded, row.params["collection"])
        if row.template in NOTICE_MAILS:
            values |= await values_of_notice(connection, recorded)
        if row.template in INVOICE_MAILS:
            told, attachments = await enclosed(portal, connection, recorded)
            values |= told
        if row.template in END_MAILS:
            told, attachments = await of_an_end(portal, connection, recorded, row.template)
            values |= told
        if row.template == "first_month":
            attachments = (await invoice_attached(portal, recorded),)
        if row.template == "terms_accepted":
            receipt, accepted = await _acceptance(connection, recorded)
            attachments = (await asyncio.to_thread(_evidence, receipt, accepted),)
            values |= {"receipt": receipt, "filename": attachments[0].filename}
    if "quote" in row.params:
        values |= await values_of_quote(connection, row.params["quote"])
    if "link_id" in row.params:
        values["link"] = await _link(portal, connection, row.params["link_id"])
    elif row.template == "contract_parked":
        values["reference"] = row.params["contract"][:8].upper()
    elif row.template == "legal_rate_missing":
        values["half_year"] = half_year_name(row.params["half_year"])
    elif row.template == "second_factor_changed":
        values["state"] = row.params["state"]
    written = write(row.template, values)
    return Mail(
        message_id=f"{row.template}.{hashlib.sha256(row.key.encode()).hexdigest()[:32]}",
        to=person.address,
        subject=written.subject,
        text=written.text,
        html=written.html,
        attachments=attachments,
        sent_at=sent_at,
    )


def without_personal_links(text: str) -> str:
    """Return a mail's text as it may be kept: whoever reads it later cannot use the links in it."""
    return _PERSONAL.sub("…", text)


async def _person(connection: AsyncConnection, person_id: str | None) -> sa.Row[Any]:
    # One who signs in is written to where she signs in.
    to = sa.func.coalesce(accounts.c.email, persons.c.email)
    row = (
        await connection.execute(
            sa.select(persons, to.label("address"), accounts.c.confirmed_at)
            .join(accounts, accounts.c.person_id == persons.c.id, isouter=True)
            .where(persons.c.id == person_id)
        )
    ).first()
    if row is None:
        raise NotToBeSent("La personne à qui ce message était destiné n’est plus connue.")
    return row


async def _link(portal: Portal, connection: AsyncConnection, link_id: str) -> PersonalLink:
    row = (await connection.execute(sa.select(links).where(links.c.id == link_id))).first()
    if row is None or row.used_at or row.expires_at <= portal.machine_now():
        raise NotToBeSent("Le lien de ce message a expiré ou a déjà servi : il faut en demander un autre.")
    return PersonalLink(address(portal.settings, Purpose(row.purpose), link_id), row.expires_at)


# --- what a contract's mail speaks of ------------------------------------------------------------


async def _recorded(connection: AsyncConnection, row: sa.Row[Any]) -> store.Recorded:
    """Return the history up to the event that called for the mail."""
    whole = await store.load(connection, row.contract_id, company_id=None)
    return store.Recorded(whole.contract_id, whole.company_id, whole.events[: row.params["seq"]])


async def _of_contract(connection: AsyncConnection, recorded: store.Recorded) -> dict[str, object]:
    stored = recorded.events[-1]
    offer = await offer_of(connection, recorded, stored.event.at)
    before = history(State(offer=offer), (one.event for one in recorded.events[:-1]))
    state = evolve(before, stored.event)
    company = (
        await connection.execute(sa.select(companies).where(companies.c.id == recorded.company_id))
    ).one()
    administrator = await _person(connection, state.admin)
    name = as_named(company.legal_name)
    return {
        "company": name,
        "for_whom": name,
        "administrator": as_named(f"{administrator.first_name} {administrator.last_name}"),
        "administrator_email": administrator.address,
        "late": full_instant(stored.event.at) if stored.recorded_at - stored.event.at >= _LATE else "",
        "because": because_of(before, stored.event),
        "is_trial": state.relationship is Relationship.TRIAL,
        "started_at": state.trial_started_at,
        "trial_last_day": trial_last_day(state),
        "trial_end": trial_end(state),
        "archive_last_day": archive_last_day(state),
        "archive_end": archive_end(state),
        "destruction": destruction(state),
        "is_last": _is_last_reminder(state, stored.event),
        "is_saved": is_saved(state),
        "unexamined": _unexamined(state),
        "saving_pieces": [PIECE_NAMES[piece] for piece in SAVING_PIECES],
        "kbis_months": KBIS_MONTHS,
    }


def _is_last_reminder(state: State, event: e.Event) -> bool:
    if not isinstance(event, e.ReminderSent):
        return False
    policy = state.offer.policy
    days = policy.trial_reminder_days if event.about == "trial_end" else policy.archive_reminder_days
    return event.days == min(days)


def _unexamined(state: State) -> str:
    hold = destruction_hold(state)
    if hold is None or hold.reason is not HoldReason.UNEXAMINED:
        return ""
    return " et ".join(PIECE_NAMES[piece] for piece in hold.pieces)


# --- the receipt of an acceptance ----------------------------------------------------------------


async def _acceptance(connection: AsyncConnection, recorded: store.Recorded) -> tuple[Receipt, Edition]:
    """Return the evidence of the acceptance that the last event commits to, and the text that was accepted."""
    event = recorded.events[-1].event
    if not isinstance(event, e.TermsAccepted):
        raise TypeError(f"{event.kind} is no acceptance")
    row = (
        await connection.execute(
            sa.select(acceptances, companies.c.legal_name, companies.c.siren)
            .join(companies, companies.c.id == recorded.company_id)
            .where(acceptances.c.digest == event.evidence)
        )
    ).first()
    if row is None:
        raise NotToBeSent("La preuve de cette acceptation a été effacée.")
    person = await _person(connection, row.person_id)
    receipt = Receipt(
        company=row.legal_name,
        siren=in_groups(row.siren),
        person=f"{person.first_name} {person.last_name}",
        account=person.address,
        accepted_at=row.at,
        version=row.version,
        sha256=row.text_sha256,
        ip=row.ip,
        user_agent=row.user_agent,
    )
    return receipt, await edition(connection, row.version)


def _evidence(receipt: Receipt, accepted: Edition) -> Attachment:
    content = terms_pdf(accepted.read(), sha256=receipt.sha256, receipt=receipt)
    return Attachment(f"CGV-EXANERGY-CRM-{receipt.version}-recu.pdf", "application/pdf", content)
