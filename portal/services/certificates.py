"""The certificate of a destruction (CGV art. 12; GDPR art. 28): drawn once, after the CRM has taken its order.

The contract's history says that the data is destroyed; the CRM is told after the commit. What attests it waits until the
CRM has taken that order, then the portal lets go of its own copies, and the client is written to.
"""

from asyncio import to_thread
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.explanations import because_of
from portal.contract.state import State
from portal.documents.end_papers import Certificate, Destroyed, certificate_pdf
from portal.outside.mail import Attachment
from portal.outside.unavailable import Unavailable
from portal.records import store
from portal.records.end_tables import certificates, restitutions
from portal.records.projections import state_of
from portal.records.tables import contracts, events, provisioning, situations
from portal.records.upserts import insert_once
from portal.services import kept_files
from portal.services.consequences import post
from portal.services.context import NotFound, Origin, Portal, Role, Viewer
from portal.services.file_disposal import doom
from portal.services.invoice_files import Handed
from portal.services.journal import note
from portal.services.mail_writing import NotToBeSent
from portal.services.offers import offer_of
from portal.services.parties import billed, seller_of
from portal.services.restitutions import ARCHIVE_NAME
from portal.services.retained import retained

log = structlog.get_logger()

_PDF = "application/pdf"


async def certify_waiting(portal: Portal) -> int:
    """Draw the certificates of destructions that the CRM has heard of; return how many."""
    made = 0
    for contract_id in await _waiting(portal):
        try:
            await _certify(portal, contract_id)
        except Unavailable as reason:
            log.warning("certificate.not_made", contract=contract_id, reason=str(reason))
            break
        except Exception:
            log.exception("certificate.failed", contract=contract_id)
        else:
            made += 1
    return made


async def _waiting(portal: Portal) -> list[str]:
    not_taken = sa.exists().where(
        provisioning.c.contract_id == situations.c.contract_id, provisioning.c.asked_at.is_(None)
    )
    query = (
        sa.select(situations.c.contract_id)
        .outerjoin(certificates, certificates.c.contract_id == situations.c.contract_id)
        .where(
            situations.c.relationship == "ended",
            situations.c.data == "destroyed",
            certificates.c.contract_id.is_(None),
            ~not_taken,
        )
        .order_by(situations.c.contract_id)
    )
    async with portal.database.reading() as connection:
        return list(await connection.scalars(query))


async def _certify(portal: Portal, contract_id: str) -> None:
    async with portal.database.reading() as connection:
        recorded = await store.load(connection, contract_id, company_id=None)
        state = state_of(recorded, await offer_of(connection, recorded, portal.now()))
        row = (
            await connection.execute(sa.select(restitutions).where(restitutions.c.contract_id == contract_id))
        ).first()
        paper = await _facts(portal, connection, recorded, state, row)
    file_key = await kept_files.keep(portal, await to_thread(certificate_pdf, paper))

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(
            sa.select(contracts.c.id).where(contracts.c.id == contract_id).with_for_update()
        )
        await insert_once(
            connection,
            certificates,
            contract_id=contract_id,
            made_at=portal.now(),
            file_key=file_key,
            destroyed=[asdict(one) for one in paper.destroyed],
        )
        if row is not None:
            await doom(connection, (row.export_key, row.archive_key), since=portal.machine_now())
            await connection.execute(
                sa.update(restitutions)
                .where(restitutions.c.contract_id == contract_id)
                .values(export_key=None, archive_key=None, next_attempt_at=None)
            )
        await post(
            connection,
            key=f"mail:certificate:{contract_id}",
            template="destruction_proof",
            person_id=state.admin,
            contract_id=contract_id,
            params={"seq": await _seq_of_destruction(connection, contract_id)},
            as_of=paper.destroyed_at,
            machine_now=portal.machine_now(),
        )

    await portal.transact(work)


async def _seq_of_destruction(connection: AsyncConnection, contract_id: str) -> int:
    query = sa.select(events.c.seq).where(
        events.c.contract_id == contract_id, events.c.kind == "data_destroyed"
    )
    return int(await connection.scalar(query) or 0)


async def _facts(
    portal: Portal,
    connection: AsyncConnection,
    recorded: store.Recorded,
    state: State,
    row: sa.Row[Any] | None,
) -> Certificate:
    place, event = next(
        (place, one.event)
        for place, one in enumerate(recorded.events)
        if isinstance(one.event, e.DataDestroyed)
    )
    until = store.Recorded(recorded.contract_id, recorded.company_id, recorded.events[:place])
    before = state_of(until, state.offer)
    order = (
        await connection.execute(
            sa.select(provisioning.c.key, provisioning.c.asked_at).where(
                provisioning.c.contract_id == recorded.contract_id, provisioning.c.action == "destroy"
            )
        )
    ).one()
    parties = (await billed(connection, {recorded.contract_id}))[recorded.contract_id]
    if state.ended_on is None:
        raise AssertionError("a certificate follows the end of a contract")
    return Certificate(
        contract=parties.number,
        seller=seller_of(portal.settings),
        buyer=parties.buyer,
        last_day=state.ended_on,
        destroyed_at=event.at,
        # The machine's clock; a demonstration's runs behind the contract's.
        ordered_at=max(order.asked_at, event.at),
        order=order.key,
        because=because_of(before, event),
        destroyed=tuple(_destroyed(row)),
        kept=await retained(connection, recorded.contract_id, state),
    )


def _destroyed(row: sa.Row[Any] | None) -> list[Destroyed]:
    found = [Destroyed(name="Tout ce que les utilisateurs ont saisi dans EXANERGY CRM, et ses sauvegardes")]
    if row is not None and row.export_key:
        found.append(
            Destroyed(
                name=f"Copie faite pour la restitution : {row.export_name}",
                size=row.export_size,
                sha256=row.export_key,
            )
        )
    if row is not None and row.archive_key:
        found.append(
            Destroyed(
                name=f"Copie faite pour la restitution : {ARCHIVE_NAME}",
                size=row.archive_size,
                sha256=row.archive_key,
            )
        )
    return found


# --- handing over --------------------------------------------------------------------------------


async def certificate_file(portal: Portal, viewer: Viewer, contract_id: str, origin: Origin) -> Handed:
    """Hand over a certificate to its owner or to staff; the journal keeps it. Raises `NotFound`."""

    async def work(connection: AsyncConnection) -> str:
        query = (
            sa.select(certificates.c.file_key, contracts.c.company_id)
            .join(contracts, contracts.c.id == certificates.c.contract_id)
            .where(certificates.c.contract_id == contract_id)
        )
        if viewer.role is not Role.STAFF:
            query = query.where(contracts.c.company_id == viewer.tenant)
        row = (await connection.execute(query)).first()
        if row is None:
            raise NotFound
        await note(
            connection,
            at=portal.now(),
            kind="certificate_taken",
            person_id=viewer.person_id,
            company_id=row.company_id,
            by_id=viewer.person_id,
            ip=origin.ip,
            details={"contract": contract_id},
        )
        return str(row.file_key)

    content = await kept_files.read(portal, await portal.transact(work))
    return Handed("attestation-de-destruction.pdf", _PDF, content)


async def has_certificate(portal: Portal, contract_id: str) -> bool:
    """Tell whether a contract that the caller may see has its certificate."""
    async with portal.database.reading() as connection:
        query = sa.select(certificates.c.contract_id).where(certificates.c.contract_id == contract_id)
        return await connection.scalar(query) is not None


async def certificate_attached(portal: Portal, connection: AsyncConnection, contract_id: str) -> Attachment:
    """Return the certificate as its mail carries it."""
    key = await connection.scalar(
        sa.select(certificates.c.file_key).where(certificates.c.contract_id == contract_id)
    )
    if key is None:
        raise NotToBeSent("L’attestation de cette destruction a été effacée.")
    return Attachment("attestation-de-destruction.pdf", _PDF, await kept_files.read(portal, key))
