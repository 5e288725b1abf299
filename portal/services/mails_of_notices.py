"""What the mails of the term are told: its end, the limit for notice, the notice served, what changes at the renewal."""

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.billing import price_of
from portal.contract.calendar import end_of_day, month_of, paris_day
from portal.contract.changes import pending
from portal.contract.deadlines import advance
from portal.contract.ending import data_destruction, restitution_last_day
from portal.contract.french import euros, full_date
from portal.contract.state import State
from portal.contract.term import current_last_day, notice_end, notice_last_day, term_last_day
from portal.records import store
from portal.records.projections import state_of
from portal.records.tables import dossiers
from portal.services.offers import offer_of

NOTICE_MAILS: Final = frozenset(
    {
        "notice_reminder",
        "contract_renewed",
        "notice_served",
        "vendor_notice",
        "notice_withdrawn",
        "notice_received",
        "letter_not_deposited",
    }
)


async def values_of_notice(connection: AsyncConnection, recorded: store.Recorded) -> dict[str, Any]:
    """Return what is true just after the last event of `recorded`, for the templates of `NOTICE_MAILS`."""
    event = recorded.events[-1].event
    state = state_of(recorded, await offer_of(connection, recorded, event.at))
    query = sa.select(dossiers.c.number).where(dossiers.c.contract_id == recorded.contract_id)
    values: dict[str, Any] = {
        "contract_number": await connection.scalar(query) or "",
        **_of_term(state, event.at),
    }
    if isinstance(event, e.ReminderSent):
        values["is_last_reminder"] = event.days == min(state.offer.policy.notice_reminder_days)
    if isinstance(event, e.NoticeServed):
        values |= _of_notice(state, event)
    if isinstance(event, e.NoticeWithdrawn):
        values["by_client"] = _withdrawn_by(recorded) == "client"
    return values


def _of_term(state: State, at: datetime) -> dict[str, Any]:
    last_day = term_last_day(state)
    limit = notice_last_day(last_day.day)
    today = paris_day(at)
    return {
        "last_day": last_day,
        "next_last_day": term_last_day(state, 1),
        "limit": limit,
        "notice": notice_end(state),
        "advice": limit.advice_words,
        "unit_price": price_of(state, month_of(today)),
        "terms_version": state.terms_version,
        "changes": list(_changes(state, at)),
    }


def _changes(state: State, at: datetime) -> list[str]:
    """Say what was announced and applies from the next renewal on."""
    found = []
    price, terms = pending(state, "price", at), pending(state, "terms", at)
    if price is not None and price.user_month_cents is not None:
        today = euros(price_of(state, month_of(paris_day(at))))
        found.append(
            f"le prix passe de {today} à {euros(price.user_month_cents)} hors taxes par utilisateur et par mois, "
            f"à partir du {full_date(price.applies_from)} (article 10.1)"
        )
    if terms is not None:
        found.append(
            f"la version {terms.version} des CGV s’applique à partir du {full_date(terms.applies_from)} (article 17)"
        )
    return found


def _of_notice(state: State, event: e.NoticeServed) -> dict[str, Any]:
    """Say when the contract ends, what follows, and until when the notice can be taken back."""
    is_late = event.ends > current_last_day(state)
    missed = term_last_day(state)
    over, _ = advance(state, end_of_day(event.ends))
    withdraw_until = notice_last_day(event.ends)
    return {
        "posted": event.posted,
        "last_day": term_last_day(state, 1 if is_late else 0),
        "is_late": is_late,
        "is_waived": event.waived,
        "missed": missed,
        "missed_limit": notice_last_day(missed.day),
        "may_withdraw": event.by == "client" and event.at < end_of_day(withdraw_until.day),
        "withdraw_until": withdraw_until,
        "restitution": restitution_last_day(state, event.ends),
        "destruction": data_destruction(over),
    }


def _withdrawn_by(recorded: store.Recorded) -> str:
    served = [one.event for one in recorded.events if isinstance(one.event, e.NoticeServed)]
    return served[-1].by if served else ""
