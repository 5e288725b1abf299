"""Examining the dossiers (CGV art. 8): staff accept or refuse each piece and validate the identity.

Each act is asked about the version that was looked at: one that was replaced meanwhile is looked at again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.acts import Piece
from portal.contract.because import Because
from portal.contract.calendar import paris_day, start_of_day
from portal.contract.deadlines import deadlines
from portal.contract.dossier import PIECE_NAMES
from portal.contract.refusal import Refusal
from portal.contract.reminders import first_payment_is_left
from portal.contract.state import Document, Examination, Relationship, State
from portal.contract.subscription import ConditionName, Progress, conditions
from portal.records.billing_tables import mandates
from portal.records.tables import contracts, dossiers, persons, pieces, presences, situations
from portal.records.upserts import insert_once
from portal.services.context import Origin, Portal, Viewer
from portal.services.dossiers import any_dossier, dossier_of, dossier_within
from portal.services.histories import OpenHistory
from portal.services.journal import note_own_act
from portal.services.mandates import take_up
from portal.services.papers import accepted_mandate_must_hold, is_outdated, must_be_signed_again
from portal.services.reading import Contract, contract_within
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

    `pieces` are to be examined; `identity` whether all of them are accepted and it waits to be validated;
    `is_unpaid` whether the first month was recalled for the last time, and somebody has to decide what follows.
    `since` is when the oldest of it began to wait. `limit` is the instant at which the service stops or the data
    goes, `because` why it is that one, `last_day` the last day before it, in `days_left` days.
    """

    contract_id: str
    legal_name: str
    siren: str
    number: str
    pieces: tuple[Piece, ...]
    identity: bool
    since: datetime | None
    limit: datetime | None
    because: Because | None
    last_day: date | None
    days_left: int | None
    met: int
    others: tuple[str, ...]
    is_unpaid: bool = False
    is_in_force: bool = False

    @property
    def waits_for_us(self) -> bool:
        return bool(self.pieces) or self.identity or self.is_unpaid


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
        rows = await connection.execute(
            sa.select(contracts.c.id, dossiers.c.number)
            .join(situations, situations.c.contract_id == contracts.c.id)
            .join(dossiers, dossiers.c.contract_id == contracts.c.id, isouter=True)
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
        begun = {row.id: row.number or "" for row in rows}
        present = await _present(connection, list(begun), portal.machine_now(), besides=viewer.person_id)
        waiting = []
        for one, number in begun.items():
            contract = await contract_within(portal, connection, one)
            outdated = await _mandate_is_outdated(portal, connection, contract)
            waiting.append(waiting_of(contract, number, present.get(one, ()), mandate_is_outdated=outdated))
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
    """Validate who the client and the signatory are; twice is once.

    Raises `Refusal` before the contract is accepted: until then the client may still name another signatory.
    """
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> None:
        now = portal.now()
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=None, at=now)
        if not contract_is_accepted(opened.state):
            raise Refusal(
                "contract_not_accepted",
                clause="8",
                message=(
                    "Acceptez d’abord le contrat signé : jusque-là, le client peut encore changer l’entreprise "
                    "et la personne qui signe."
                ),
            )
        if opened.state.identity_validated_at is None:
            await accepted_mandate_must_hold(portal, connection, opened)
        if await opened.act(a.ValidateIdentity(), actor=viewer.person_id, at=now):
            await note_own_act(
                portal,
                connection,
                viewer,
                "identity_validated",
                origin,
                company_id=opened.company_id,
                contract=contract_id,
            )

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


def contract_is_accepted(state: State) -> bool:
    """Tell whether the signed contract was accepted, which fixes whose identity there is to validate."""
    contract = state.documents.get(Piece.CONTRACT)
    return contract is not None and contract.examination is Examination.ACCEPTED


def replaced(piece: Piece) -> Refusal:
    """Return the refusal to decide on a version that was read, where another one counts by now."""
    return Refusal(
        "piece_replaced",
        clause="8",
        message=(
            f"Le client a remplacé ou corrigé {PIECE_NAMES[piece]} entre-temps : rien n’est décidé. "
            "Regardez la nouvelle version."
        ),
    )


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
            raise replaced(act.piece)
        if isinstance(act, a.AcceptDocument):
            await _must_say_what_the_dossier_says(portal, connection, contract_id, act.piece)
            if act.piece is Piece.MANDATE and current and current.examination is Examination.RECEIVED:
                # First: the invoice that this acceptance may issue names the mandate it is collected under.
                await take_up(portal, connection, opened, document, now)
        version_id = document.partition(".")[0]
        if not await opened.act(act, actor=viewer.person_id, at=now):
            if isinstance(act, a.RefuseDocument):
                await _must_be_refused_so(connection, opened.state, act, version_id, remark)
            return
        await connection.execute(sa.update(pieces).where(pieces.c.id == version_id).values(remark=remark))
        kind = "piece_accepted" if isinstance(act, a.AcceptDocument) else "piece_refused"
        await note_own_act(
            portal,
            connection,
            viewer,
            kind,
            origin,
            company_id=opened.company_id,
            contract=contract_id,
            piece=act.piece.value,
            version=version_id,
        )

    await portal.transact(work)


async def _must_be_refused_so(
    connection: AsyncConnection, state: State, act: a.RefuseDocument, version_id: str, remark: str
) -> None:
    """Raise `Refusal` where the version was refused in other words: the client has read those, not these."""
    kept = await connection.scalar(sa.select(pieces.c.remark).where(pieces.c.id == version_id))
    if (state.documents[act.piece].reason, kept or "") != (act.reason, remark):
        raise Refusal(
            "refused_otherwise",
            clause="8",
            message=(
                "Cette version vient d’être refusée avec un autre motif, que le client reçoit : vos mots ne lui sont pas "
                "envoyés. Écrivez-lui s’il doit les lire."
            ),
        )


async def _must_say_what_the_dossier_says(
    portal: Portal, connection: AsyncConnection, contract_id: str, piece: Piece
) -> None:
    """Raise `Refusal` where the client changed what a paper says after it was printed and signed."""
    dossier = await dossier_within(portal, connection, contract_id)
    version = dossier.examined(piece)
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


# --- the queue -----------------------------------------------------------------------------------


async def _mandate_is_outdated(portal: Portal, connection: AsyncConnection, contract: Contract) -> bool:
    """Tell whether the accepted mandate is to be signed again, for a dossier that would wait for us without that."""
    state = contract.state
    mandate = state.documents.get(Piece.MANDATE)
    if mandate is None or mandate.examination is not Examination.ACCEPTED or state.identity_validated_at:
        return False
    dossier = await dossier_of(portal, connection, contract)
    return await must_be_signed_again(portal, connection, dossier, Piece.MANDATE)


def waiting_of(
    contract: Contract, number: str, others: tuple[str, ...] = (), *, mandate_is_outdated: bool = False
) -> Waiting:
    """Return what waits for us of a contract's dossier, and until when.

    `mandate_is_outdated`: the client is to sign the accepted mandate again before anything is validated.
    """
    state, today = contract.state, paris_day(contract.at)
    to_examine = {
        piece: document
        for piece in Piece
        if (document := state.documents.get(piece)) and document.examination is Examination.RECEIVED
    }
    strikes = next((one for one in deadlines(state, contract.at) if one.name in _LIMITS), None)
    limit = strikes.at if strikes else None
    # A limit at midnight leaves the day before as the last one.
    last_day = paris_day(limit - timedelta(microseconds=1)) if limit else None
    met = {one.name for one in conditions(state) if one.progress is Progress.MET}
    if mandate_is_outdated:
        met.discard(ConditionName.MANDATE)
    return Waiting(
        contract_id=contract.id,
        legal_name=contract.company.legal_name,
        siren=contract.company.siren,
        number=number,
        pieces=tuple(to_examine),
        identity={ConditionName.CONTRACT, ConditionName.MANDATE, ConditionName.KBIS} <= met
        and ConditionName.IDENTITY not in met,
        since=_since(state, tuple(to_examine.values())),
        limit=limit,
        because=strikes.because if strikes else None,
        last_day=last_day,
        days_left=(last_day - today).days if last_day else None,
        met=len(met),
        others=others,
        is_unpaid=first_payment_is_left(state),
        is_in_force=state.relationship is Relationship.ACTIVE,
    )


def _urgency(one: Waiting) -> tuple[bool, bool, datetime, datetime]:
    """Those that wait for us first, and of them what nothing but us moves; the nearest limit first; then the oldest."""
    return not one.waits_for_us, not one.is_unpaid, one.limit or _NEVER, one.since or _NEVER


def _since(state: State, to_examine: Sequence[Document]) -> datetime | None:
    if first_payment_is_left(state):
        return start_of_day(state.invoices[0].due)
    return min((document.received_at for document in to_examine), default=None)


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
