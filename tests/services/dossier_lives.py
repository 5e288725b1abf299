"""A dossier that goes through everything a mail is written for, without files: what is told does not depend on them."""

import uuid
from datetime import date

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.acts import Piece
from portal.records.tables import accounts, persons
from portal.services.context import Portal, Role, Viewer
from portal.services.examining import accept, refuse, validate_identity
from portal.services.first_transfer import record_transfer
from portal.services.papers import paper
from portal.services.refusal_reasons import READY_REASONS
from tests.clock import FixedClock
from tests.lived import lived_once
from tests.services.clients import ORIGIN, Client, a_trial, act, live_until, paris
from tests.services.subscribing import give_facts


async def a_colleague(portal: Portal, first_name: str = "Nina") -> Viewer:
    """Make a member of the staff who is written to."""
    email = f"{first_name.lower()}@prestataire.example"
    # Always the same, so that a life in a portal where she is can be kept: `tests/lived.py`.
    person_id = str(uuid.uuid5(uuid.NAMESPACE_URL, email))
    now = portal.now()

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(
            sa.insert(persons).values(
                id=person_id,
                company_id=None,
                email=email,
                first_name=first_name,
                last_name="Roy",
                created_at=now,
            )
        )
        await connection.execute(
            sa.insert(accounts).values(
                person_id=person_id,
                email=email,
                role=Role.STAFF.value,
                password_hash="no password opens it",
                confirmed_at=now,
                created_at=now,
            )
        )

    await portal.transact(work)
    return Viewer(person_id, Role.STAFF, None, "session")


def sent(piece: Piece, version: int = 1) -> a.SubmitDocument:
    dated = date(2026, 4, 20) if piece is Piece.KBIS else None
    return a.SubmitDocument(piece=piece, document=f"{piece}-{version}", dated=dated)


@lived_once
async def a_whole_dossier(portal: Portal, clock: FixedClock) -> tuple[Client, Viewer]:
    """Live from the trial to the entry into force: a refusal, a month's end that delays the invoice, a reminder."""
    names = {"siren": "552100554", "email": "paul.aubry@autre.example", "legal_name": "Autre"}
    client = await a_trial(portal, clock, paris(date(2026, 4, 20), 10), **names)
    nina = await a_colleague(portal)
    await give_facts(portal, client)
    await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)
    await act(portal, client, *(sent(piece) for piece in Piece))
    await live_until(portal, clock, client, paris(date(2026, 4, 28), 11))
    target = (portal, nina, client.contract_id)
    await refuse(*target, Piece.KBIS, "kbis-1", READY_REASONS[Piece.KBIS][1], "", ORIGIN)
    await accept(*target, Piece.CONTRACT, "contract-1", ORIGIN)
    await accept(*target, Piece.MANDATE, "mandate-1", ORIGIN)
    await act(portal, client, sent(Piece.KBIS, 2))
    await accept(*target, Piece.KBIS, "kbis-2", ORIGIN)
    await validate_identity(*target, ORIGIN)
    await live_until(portal, clock, client, paris(date(2026, 5, 20), 9))
    await record_transfer(*target, date(2026, 5, 20), ORIGIN)
    return client, nina
