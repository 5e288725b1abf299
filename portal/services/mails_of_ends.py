"""What the mails of a contract's end are told: why it ended, what is due, until when the data may be asked for."""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.calendar import paris_day
from portal.contract.ending import data_destruction, restitution_last_day
from portal.contract.evolve import evolve
from portal.contract.state import State
from portal.documents.restitution_index import size_words
from portal.outside.mail import Attachment
from portal.records import store
from portal.records.end_tables import restitutions
from portal.records.projections import state_of
from portal.services.certificates import certificate_attached
from portal.services.context import Portal
from portal.services.first_month import transfer_of
from portal.services.mail_writing import NotToBeSent
from portal.services.offers import offer_of
from portal.services.parties import billed
from portal.services.restitutions import ARCHIVE_NAME
from portal.services.retained import retained

END_MAILS: Final = frozenset(
    {
        "contract_ended",
        "restitution_asked",
        "restitution_to_prepare",
        "restitution_prepared",
        "restitution_done",
        "destruction_proof",
    }
)
Enclosed = tuple[dict[str, Any], tuple[Attachment, ...]]

# Why a contract ended, as a sentence goes on, and the articles that say so.
ENDINGS: Final[dict[e.EndReason, tuple[str, str]]] = {
    "notice": ("par la résiliation postée à temps", "16"),
    "refused_change": ("parce que le changement annoncé a été refusé", "17"),
    "unpaid": ("par sa résiliation pour défaut de paiement", "10.3"),
    "insolvency": (
        (
            "par sa résiliation de plein droit, l’administrateur judiciaire étant resté un mois sans répondre à notre mise en "
            "demeure"
        ),
        "16",
    ),
    "force_majeure": (
        "par sa résiliation de plein droit, la force majeure ayant duré plus de trente jours",
        "14",
    ),
}


async def of_an_end(
    portal: Portal, connection: AsyncConnection, recorded: store.Recorded, template: str
) -> Enclosed:
    """Return what a template of `END_MAILS` is told, and what is attached.

    The document that closes the account is issued with the end, in the same instant: the mail speaks of it.
    """
    ended = next(one for one in recorded.events if isinstance(one.event, e.ContractEnded))
    whole = await store.load(connection, recorded.contract_id, company_id=None)
    closing = [one for one in whole.events[ended.seq :] if one.recorded_at == ended.recorded_at]
    offer = await offer_of(connection, recorded, recorded.events[-1].event.at)
    state = state_of(recorded, offer)
    told = await _of_the_end(portal, connection, recorded, state, [one.event for one in closing])
    match template:
        case "destruction_proof":
            attached = await certificate_attached(portal, connection, recorded.contract_id)
            told["kept"] = [
                (one.title, one.because)
                for one in await retained(connection, recorded.contract_id, state)
                if one.because and not one.is_gone
            ]
            told["destroyed_at"] = recorded.events[-1].event.at
            return told, (attached,)
        case "restitution_prepared":
            query = sa.select(restitutions).where(restitutions.c.contract_id == recorded.contract_id)
            row = (await connection.execute(query)).first()
            if row is None or row.archive_key is None:
                raise NotToBeSent(
                    "Ces fichiers ont été détruits avec les données : il n’y a plus rien à télécharger."
                )
            told["files"] = [
                (row.export_name, size_words(row.export_size), row.export_key),
                (ARCHIVE_NAME, size_words(row.archive_size), row.archive_key),
            ]
    return told, ()


async def _of_the_end(
    portal: Portal,
    connection: AsyncConnection,
    recorded: store.Recorded,
    state: State,
    closing: list[e.Event],
) -> dict[str, Any]:
    if state.ended_on is None:
        raise AssertionError("a mail about the end of a contract that goes on")
    ended = next(one.event for one in recorded.events if isinstance(one.event, e.ContractEnded))
    after = state
    if isinstance(recorded.events[-1].event, e.ContractEnded):
        for event in closing:
            after = evolve(after, event)
    documents = [one for one in closing if isinstance(one, e.InvoiceIssued | e.CreditNoteIssued)]
    words, article = ENDINGS[ended.reason]
    number = (await billed(connection, {recorded.contract_id}))[recorded.contract_id].number
    return {
        "contract_id": recorded.contract_id,
        "contract_number": number,
        "last_day": state.ended_on,
        "ending": words,
        "article": article,
        "document": documents[0] if documents else None,
        "is_credit": bool(documents) and isinstance(documents[0], e.CreditNoteIssued),
        "owed_cents": sum(one.unpaid_cents for one in after.invoices),
        "credit_cents": after.credit_cents,
        "transfer": transfer_of(portal.settings, number),
        "restitution": restitution_last_day(after, state.ended_on),
        "destruction_day": data_destruction(after),
        "destruction_on": paris_day(data_destruction(after).instant),
    }
