"""What the mails of a dossier are told: the piece, what is still missing, the first month, the contract in force."""

from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.acts import Piece
from portal.contract.billing import first_month_users
from portal.contract.calendar import paris_day
from portal.contract.deadlines import deadlines
from portal.contract.dossier import PIECE_NAMES, submission_end
from portal.contract.evolve import history
from portal.contract.french import count, full_date
from portal.contract.state import State
from portal.contract.subscription import BEFORE_VALIDATION, Progress, conditions, first_issue_waits
from portal.contract.term import notice_end, term_last_day
from portal.records import store
from portal.records.tables import dossiers, pieces
from portal.services.context import Portal
from portal.services.first_month import first_month
from portal.services.offers import offer_of
from portal.services.paper_facts import CONDITIONS
from portal.services.refusal_reasons import reason_of

DOSSIER_MAILS: Final = frozenset(
    {
        "piece_received",
        "piece_to_examine",
        "piece_refused",
        "piece_accepted",
        "dossier_complete",
        "first_month",
        "first_month_awaited",
        "first_month_unpaid",
        "first_payment_reminder",
        "in_force",
        "contract_in_force",
    }
)


_STANDING: Final = {
    Progress.RECEIVED: " : nous l’avons, en cours d’examen",
    Progress.REFUSED: " : à renvoyer",
}
_LIMITS: Final = ("trial_end", "archive_end", "correction_end", "destruction")


async def values_of_dossier(
    portal: Portal, connection: AsyncConnection, recorded: store.Recorded
) -> dict[str, object]:
    """Return what is true just after the last event of `recorded`, for the templates of `DOSSIER_MAILS`."""
    event = recorded.events[-1].event
    offer = await offer_of(connection, recorded, event.at)
    state = history(State(offer=offer), (one.event for one in recorded.events))
    query = sa.select(dossiers.c.number).where(dossiers.c.contract_id == recorded.contract_id)
    return {
        "contract_number": await connection.scalar(query) or "",
        "contract_id": recorded.contract_id,
        "missing": [
            CONDITIONS[one.name] + _STANDING.get(one.progress, "")
            for one in conditions(state)
            if state.in_force_on is None and one.progress is not Progress.MET
        ],
        # The trial's limit means nothing to a client who changes the mandate of a contract in force.
        "submission_end": submission_end(state) if state.relationship in BEFORE_VALIDATION else None,
        "is_in_force": state.in_force_on is not None,
        "are_all_there": all(piece in state.documents for piece in Piece),
        "service": portal.settings.service_url,
        "days_left": _days_left(state, event.at),
        "users": first_month_users(state),
        **await _of_piece(connection, recorded),
        **_of_first_month(portal, state),
        **_in_force(state),
    }


def _days_left(state: State, at: datetime) -> str:
    """Return how long the client has before the service stops or the data goes; "" where nothing presses."""
    limit = next((one.at for one in deadlines(state, at) if one.name in _LIMITS), None)
    if limit is None:
        return ""
    days = (paris_day(limit - timedelta(microseconds=1)) - paris_day(at)).days
    return f"{count(days, 'jour')}, jusqu’au {full_date(paris_day(limit - timedelta(microseconds=1)))} inclus"


async def _of_piece(connection: AsyncConnection, recorded: store.Recorded) -> dict[str, object]:
    """Return the piece that the event is about; of a refusal, what the client reads."""
    event = recorded.events[-1].event
    if not isinstance(event, e.DocumentReceived | e.DocumentAccepted | e.DocumentRefused):
        return {}
    values: dict[str, object] = {"piece": PIECE_NAMES[event.piece], "received_at": event.at}
    if isinstance(event, e.DocumentRefused):
        reason = reason_of(event.reason)
        remark = await _remark(connection, _document(recorded, event.piece))
        values |= {"reason": reason.text, "remark": remark, "remedy": reason.remedy}
    return values


def _document(recorded: store.Recorded, piece: Piece) -> str:
    """Return the version that was sent last before the event."""
    sent = [
        one.event.document
        for one in recorded.events
        if isinstance(one.event, e.DocumentReceived) and one.event.piece is piece
    ]
    return sent[-1] if sent else ""


async def _remark(connection: AsyncConnection, document: str) -> str:
    query = sa.select(pieces.c.remark).where(pieces.c.id == document.partition(".")[0])
    found: str | None = await connection.scalar(query)
    return " ".join((found or "").split())


def _of_first_month(portal: Portal, state: State) -> dict[str, object]:
    asked = first_month(portal.settings, state)
    if asked is None:
        return {"invoice_waits": first_issue_waits(state)}
    invoice = asked.invoice
    return {"invoice": invoice, "collection": asked.collection, "transfer": asked.transfer}


def _in_force(state: State) -> dict[str, Any]:
    if state.in_force_on is None:
        return {}
    return {
        "in_force_on": state.in_force_on,
        "last_day": term_last_day(state),
        "notice": notice_end(state),
    }
