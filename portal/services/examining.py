"""Examining the dossiers (CGV art. 8): staff accept or refuse each piece, validate the identity, record the first payment.

Each act is asked about the version that was looked at: one that was replaced meanwhile is looked at again.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.acts import FIRST, Piece
from portal.contract.because import Because
from portal.contract.calendar import paris_day
from portal.contract.deadlines import deadlines
from portal.contract.dossier import PIECE_NAMES
from portal.contract.refusal import Refusal
from portal.contract.state import Examination, Relationship
from portal.contract.subscription import ConditionName, Progress
from portal.records.billing_tables import mandates
from portal.records.tables import contracts, persons, pieces, presences, situations
from portal.records.upserts import insert_once
from portal.services.context import Origin, Portal, Viewer
from portal.services.dossiers import Dossier, any_dossier, dossier_within
from portal.services.first_month import first_invoice
from portal.services.histories import OpenHistory
from portal.services.journal import note
from portal.services.mandates import take_up
from portal.services.papers import accepted_mandate_must_hold, is_outdated
from portal.services.refusal_reasons import RefusalReason

LONGEST_REMARK = 500
_SEEN_LATELY = timedelta(seconds=30)  # a page says every ten that it is still open
_BEFORE_FORCE = (
    Relationship.PROSPECT,
    Relationship.TRIAL,
    Relationship.REFLECTION,
    Relationship.AWAITING_PAYMENT,
)
_NEVER = datetime.max.replace(tzinfo=UTC)
_LIMITS = ("trial_end", "archive_end", "correction_end", "destruction")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A dossier of the queue: what waits for us, and the next date that strikes the client.

    `pieces` are to be examined; `identity` whether all of them are accepted and it waits to be validated.
    `limit` is the instant at which the service stops or the data goes, `because` why it is that one, `days_left`
    the days before it.
    """

    contract_id: str
    legal_name: str
    siren: str
    number: str
    pieces: tuple[Piece, ...]
    identity: bool
    received_at: datetime | None
    limit: datetime | None
    because: Because | None
    days_left: int | None
    met: int
    others: tuple[str, ...]
    is_in_force: bool = False

    @property
    def waits_for_us(self) -> bool:
        return bool(self.pieces) or self.identity


async def queue(portal: Portal, viewer: Viewer) -> tuple[Waiting, ...]:
    """Return the dossiers that have begun and are not in force yet: first those that wait for us, by urgency.

    Of a contract in force, the mandate of another account that waits for us.
    """
    viewer.must_be_staff()
    accepted_at = (
        sa.select(sa.func.max(mandates.c.accepted_at, type_=mandates.c.accepted_at.type))
        .where(mandates.c.contract_id == pieces.c.contract_id)
        .scalar_subquery()
    )
    another_account = sa.select(pieces.c.contract_id).where(
        pieces.c.piece == Piece.MANDATE.value, pieces.c.submitted_at > accepted_at
    )
    async with portal.database.reading() as connection:
        begun = list(
            await connection.scalars(
                sa.select(contracts.c.id)
                .join(situations, situations.c.contract_id == contracts.c.id)
                .where(
                    sa.or_(
                        sa.and_(
                            situations.c.relationship.in_([one.value for one in _BEFORE_FORCE]),
                            contracts.c.id.in_(sa.select(pieces.c.contract_id)),
                        ),
                        sa.and_(
                            situations.c.relationship == Relationship.ACTIVE.value,
                            contracts.c.id.in_(another_account),
                        ),
                    )
                )
            )
        )
        present = await _present(connection, begun, portal.machine_now(), besides=viewer.person_id)
    waiting = [
        _waiting(await any_dossier(portal, viewer, one), present.get(one, ()), portal.today())
        for one in begun
    ]
    return tuple(sorted((one for one in waiting if one.waits_for_us or not one.is_in_force), key=_urgency))


async def accept(
    portal: Portal, viewer: Viewer, contract_id: str, piece: Piece, document: str, origin: Origin
) -> None:
    """Accept the version `document` of a piece; raises `Refusal`, and `NotFound` for whoever is not staff."""
    await _examine(portal, viewer, contract_id, document, a.AcceptDocument(piece=piece), "", origin)


async def refuse(
    portal: Portal,
    viewer: Viewer,
    contract_id: str,
    piece: Piece,
    document: str,
    reason: RefusalReason,
    remark: str,
    origin: Origin,
) -> None:
    """Refuse the version `document` of a piece, for a reason and in one's own words; raises `Refusal`."""
    words = remark.strip()
    if not reason.text and not words:
        raise Refusal(
            "reason_missing",
            clause="8",
            message="Dites ce qui ne va pas : le client ne lira que ces mots.",
        )
    if len(words) > LONGEST_REMARK:
        raise Refusal(
            "remark_too_long",
            clause="8",
            message=f"Votre message compte {len(words)} caractères : dites-le en {LONGEST_REMARK} au plus.",
        )
    act = a.RefuseDocument(piece=piece, reason=reason.code)
    await _examine(portal, viewer, contract_id, document, act, words, origin)


async def validate_identity(portal: Portal, viewer: Viewer, contract_id: str, origin: Origin) -> None:
    """Validate who the client and the signatory are; twice is once."""
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> None:
        now = portal.now()
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=None, at=now)
        if opened.state.identity_validated_at is None:
            await accepted_mandate_must_hold(portal, connection, opened)
        if await opened.act(a.ValidateIdentity(), actor=viewer.person_id, at=now):
            await _note(connection, viewer, opened, "identity_validated", now, origin, {})

    await portal.transact(work)


async def record_transfer(
    portal: Portal, viewer: Viewer, contract_id: str, received_on: date, origin: Origin
) -> None:
    """Record that the first month was paid by transfer; it comes into force now, `received_on` is in the journal.

    Raises `Refusal` for a day to come, or before the invoice; recorded twice, it is paid once.
    """
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> None:
        now = portal.now()
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=None, at=now)
        invoice = first_invoice(opened.state)
        if invoice is not None and opened.state.in_force_at is not None:
            return
        if invoice is None:
            raise Refusal(
                "first_month_not_invoiced",
                clause="10.3",
                message="Le premier mois n’est pas encore facturé : validez d’abord le dossier.",
            )
        _check_received_on(received_on, invoice.issued, paris_day(now))
        await opened.act(a.Settle(month=FIRST), actor=viewer.person_id, at=now)
        details = {"received_on": received_on.isoformat(), "invoice": invoice.number}
        await _note(connection, viewer, opened, "transfer_recorded", now, origin, details)

    await portal.transact(work)


async def present(portal: Portal, viewer: Viewer, contract_id: str) -> tuple[str, ...]:
    """Say that the viewer has this dossier in front of her; return who else of the staff has."""
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> tuple[str, ...]:
        now = portal.machine_now()
        row = {"contract_id": contract_id, "person_id": viewer.person_id}
        await insert_once(connection, presences, **row, seen_at=now)
        await connection.execute(
            sa.update(presences)
            .where(presences.c.contract_id == contract_id, presences.c.person_id == viewer.person_id)
            .values(seen_at=now)
        )
        others = await _present(connection, [contract_id], now, besides=viewer.person_id)
        return others.get(contract_id, ())

    await any_dossier(portal, viewer, contract_id)
    return await portal.transact(work)


# --- the acts ------------------------------------------------------------------------------------


async def _examine(
    portal: Portal,
    viewer: Viewer,
    contract_id: str,
    document: str,
    act: a.AcceptDocument | a.RefuseDocument,
    remark: str,
    origin: Origin,
) -> None:
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> None:
        now = portal.now()
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=None, at=now)
        current = opened.state.documents.get(act.piece)
        if current is not None and current.document != document:
            raise Refusal(
                "piece_replaced",
                clause="8",
                message=(
                    f"Le client a remplacé ou corrigé {PIECE_NAMES[act.piece]} entre-temps : rien n’est décidé. "
                    "Regardez la nouvelle version."
                ),
            )
        if isinstance(act, a.AcceptDocument):
            await _must_say_what_the_dossier_says(portal, connection, contract_id, act.piece)
            if act.piece is not Piece.MANDATE and opened.state.identity_validated_at is not None:
                await accepted_mandate_must_hold(portal, connection, opened)  # it may be all that is left
            if act.piece is Piece.MANDATE and current and current.examination is Examination.RECEIVED:
                # First: the invoice that this acceptance may issue names the mandate it is collected under.
                await take_up(portal, connection, opened, document, now)
        if not await opened.act(act, actor=viewer.person_id, at=now):
            return
        version_id = document.partition(".")[0]
        await connection.execute(sa.update(pieces).where(pieces.c.id == version_id).values(remark=remark))
        kind = "piece_accepted" if isinstance(act, a.AcceptDocument) else "piece_refused"
        details = {"piece": act.piece.value, "version": version_id}
        await _note(connection, viewer, opened, kind, now, origin, details)

    await portal.transact(work)


async def _must_say_what_the_dossier_says(
    portal: Portal, connection: AsyncConnection, contract_id: str, piece: Piece
) -> None:
    """Raise `Refusal` where the client changed what a paper says after it was printed and signed."""
    dossier = await dossier_within(portal, connection, contract_id)
    version = dossier.current(piece)
    if version is None or version.examination is not Examination.RECEIVED:
        return
    if await is_outdated(portal, connection, dossier, piece, version.reading.edition):
        raise Refusal(
            "paper_outdated",
            clause="8",
            message=(
                "Ce document ne dit plus ce que dit le dossier : ses informations, les prix ou les CGV ont changé après "
                "l’impression. Refusez-le avec le motif « Ancienne impression »."
            ),
        )


def _check_received_on(received_on: date, issued: date, today: date) -> None:
    if received_on > today:
        raise Refusal(
            "received_in_future",
            clause="10.3",
            message="Ce jour est à venir : indiquez celui où le virement est arrivé.",
        )
    if received_on < issued:
        raise Refusal(
            "received_before_invoice",
            clause="10.3",
            message=(
                "Ce jour vient avant l’émission de la facture : un virement arrivé avant n’est pas le sien. "
                "Vérifiez la date de valeur."
            ),
        )


async def _note(
    connection: AsyncConnection,
    viewer: Viewer,
    opened: OpenHistory,
    kind: str,
    at: datetime,
    origin: Origin,
    details: dict[str, str],
) -> None:
    await note(
        connection,
        at=at,
        kind=kind,
        person_id=viewer.person_id,
        company_id=opened.company_id,
        by_id=viewer.person_id,
        ip=origin.ip,
        details={"contract": opened.contract_id, **details},
    )


# --- the queue -----------------------------------------------------------------------------------


def _waiting(dossier: Dossier, others: tuple[str, ...], today: date) -> Waiting:
    state = dossier.contract.state
    to_examine = {
        piece: document
        for piece in Piece
        if (document := state.documents.get(piece)) and document.examination is Examination.RECEIVED
    }
    strikes = next((one for one in deadlines(state, dossier.contract.at) if one.name in _LIMITS), None)
    limit = strikes.at if strikes else None
    met = {one.name for one in dossier.conditions if one.progress is Progress.MET}
    return Waiting(
        contract_id=dossier.contract.id,
        legal_name=dossier.contract.company.legal_name,
        siren=dossier.contract.company.siren,
        number=dossier.number,
        pieces=tuple(to_examine),
        identity={ConditionName.CONTRACT, ConditionName.MANDATE, ConditionName.KBIS} <= met
        and ConditionName.IDENTITY not in met,
        received_at=min((document.received_at for document in to_examine.values()), default=None),
        limit=limit,
        because=strikes.because if strikes else None,
        # A limit at midnight leaves the day before as the last one.
        days_left=(paris_day(limit - timedelta(microseconds=1)) - today).days if limit else None,
        met=len(met),
        others=others,
        is_in_force=state.relationship is Relationship.ACTIVE,
    )


def _urgency(one: Waiting) -> tuple[bool, datetime, datetime]:
    """Those that wait for us first; the nearest limit first; held ones by how long they have waited."""
    return not one.waits_for_us, one.limit or _NEVER, one.received_at or _NEVER


async def _present(
    connection: AsyncConnection, contract_ids: list[str], now: datetime, *, besides: str
) -> dict[str, tuple[str, ...]]:
    """Return who of the staff has which of these dossiers open."""
    rows = await connection.execute(
        sa.select(presences.c.contract_id, persons.c.first_name, persons.c.last_name)
        .join(persons, persons.c.id == presences.c.person_id)
        .where(
            presences.c.contract_id.in_(contract_ids),
            presences.c.person_id != besides,
            presences.c.seen_at > now - _SEEN_LATELY,
        )
        .order_by(persons.c.first_name, persons.c.last_name)
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        found[row.contract_id] = (*found.get(row.contract_id, ()), f"{row.first_name} {row.last_name}")
    return found
