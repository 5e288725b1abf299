"""Notice by the vendor with four eyes, and the waiver of a client's late notice (CGV art. 9 and 16).

One proposes with a reason, another decides; the letter is then drawn, posted, and counts from the day it was first
presented. A late notice of the client's may be let end the current term all the same: by staff, with a reason kept.
"""

import uuid
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.french import full_date
from portal.contract.notice_effect import missed_end, notice_effect
from portal.contract.reckoning import Reason
from portal.contract.refusal import Refusal
from portal.contract.state import State
from portal.documents.notice_papers import NoticeLetter
from portal.records.billing_tables import notices
from portal.records.tables import dossiers
from portal.services.context import NotFound, Origin, Portal, Viewer
from portal.services.forms import clean
from portal.services.histories import OpenHistory
from portal.services.journal import note_own_act
from portal.services.notice_forms import ProposalForm, WaiverForm
from portal.services.notice_letters import drawn, insert_letter, letter_facts


async def propose(portal: Portal, viewer: Viewer, wished: ProposalForm, origin: Origin) -> str:
    """Keep a proposal and return its id; the same one twice, while it waits, is once.

    Raises `Refusal`: `unknown_contract`, `notice_running`, or what the rules say of such a notice today.
    """
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> str:
        number = wished.contract.upper()
        contract_id = await connection.scalar(
            sa.select(dossiers.c.contract_id).where(dossiers.c.number == number)
        )
        if contract_id is None:
            raise Refusal(
                "unknown_contract",
                clause="16",
                message=f"Aucun contrat ne porte le numéro « {number} » : recopiez-le, comme CT-2026-0007.",
            )
        now = portal.now()
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=None, at=now)
        waiting = await _living(connection, contract_id)
        if waiting is not None and waiting.prepared_by == viewer.person_id and waiting.words == wished.reason:
            return str(waiting.id)
        if waiting is not None:
            raise _running("Une résiliation par nous est déjà proposée ou en cours pour ce contrat.")
        _must_be_possible(opened.state, now)
        notice_id = str(uuid.uuid4())
        await connection.execute(
            sa.insert(notices).values(
                id=notice_id,
                contract_id=contract_id,
                party="vendor",
                reason="",
                words=wished.reason,
                prepared_by=viewer.person_id,
                prepared_at=now,
                waiver="",
            )
        )
        await note_own_act(
            portal, connection, viewer, "vendor_notice_proposed", origin, company_id=opened.company_id
        )
        return notice_id

    return await portal.transact(work)


async def decide(portal: Portal, viewer: Viewer, notice_id: str, *, accepted: bool, origin: Origin) -> None:
    """Accept or decline a proposal of someone else's; accepted, its letter is drawn. The same decision twice is once.

    Raises `NotFound`, and `Refusal`: `four_eyes` for who proposed it, `notice_decided`, or what the rules say now.
    """
    viewer.must_be_staff()

    async def facts(connection: AsyncConnection) -> NoticeLetter | None:
        row = await _notice(connection, notice_id)
        if not accepted or row.decided_at is not None:
            return None
        opened = await OpenHistory.open(portal, connection, row.contract_id, company_id=None, at=portal.now())
        _must_be_another(row, viewer)
        _must_be_possible(opened.state, portal.now())
        return await letter_facts(
            portal, connection, row.contract_id, opened.state, by="vendor", counts_on=portal.today()
        )

    told = await portal.transact(facts)
    file_key = await drawn(portal, told) if told is not None else ""

    async def work(connection: AsyncConnection) -> None:
        row = await _notice(connection, notice_id)
        if row.decided_at is not None:
            if row.accepted != accepted:
                raise Refusal(
                    "notice_decided",
                    clause="16",
                    message="Quelqu’un vient d’en décider autrement : relisez ce qu’il en est.",
                )
            return
        now = portal.now()
        opened = await OpenHistory.open(portal, connection, row.contract_id, company_id=None, at=now)
        values: dict[str, Any] = {"decided_by": viewer.person_id, "decided_at": now, "accepted": accepted}
        if accepted:
            _must_be_another(row, viewer)
            _must_be_possible(opened.state, now)
            values["letter_id"] = await insert_letter(
                portal,
                connection,
                row.contract_id,
                by="vendor",
                file_key=file_key,
                person_id=viewer.person_id,
            )
        else:
            values["closed_at"] = now
        await connection.execute(sa.update(notices).where(notices.c.id == notice_id).values(**values))
        kind = "vendor_notice_accepted" if accepted else "vendor_notice_declined"
        await note_own_act(portal, connection, viewer, kind, origin, company_id=opened.company_id)

    await portal.transact(work)


async def withdraw(portal: Portal, viewer: Viewer, notice_id: str, origin: Origin) -> None:
    """Take a notice of ours back, until its limit; before it counts, put it away. Twice is once."""
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> None:
        row = await _notice(connection, notice_id)
        if row.closed_at is not None:
            return
        now = portal.now()
        opened = await OpenHistory.open(portal, connection, row.contract_id, company_id=None, at=now)
        if row.served_at is not None:
            await opened.act(a.WithdrawNotice(by="vendor"), actor=viewer.person_id, at=now)
        await connection.execute(sa.update(notices).where(notices.c.id == notice_id).values(closed_at=now))
        await note_own_act(
            portal, connection, viewer, "vendor_notice_withdrawn", origin, company_id=opened.company_id
        )

    await portal.transact(work)


async def waive(portal: Portal, viewer: Viewer, notice_id: str, waiver: WaiverForm, origin: Origin) -> None:
    """Let a client's late notice end the current term all the same, for a reason that is kept. Twice is once.

    Raises `NotFound`, and `Refusal` `notice_not_late` where there is nothing to waive.
    """
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> None:
        row = await _notice(connection, notice_id, party="client")
        if row.waived_at is not None:
            return
        now = portal.now()
        opened = await OpenHistory.open(portal, connection, row.contract_id, company_id=None, at=now)
        notice = opened.state.notice
        if row.served_at is None or notice is None or missed_end(opened.state) is None:
            raise Refusal(
                "notice_not_late",
                clause="16",
                message="Cette résiliation n’est pas tardive, ou ne l’est plus : il n’y a rien à accorder.",
            )
        await opened.act(
            a.ServeNotice(by="client", posted=notice.posted, waived=True), actor=viewer.person_id, at=now
        )
        await connection.execute(
            sa.update(notices)
            .where(notices.c.id == notice_id)
            .values(waived_by=viewer.person_id, waived_at=now, waiver=waiver.reason)
        )
        await note_own_act(
            portal, connection, viewer, "late_notice_waived", origin, company_id=opened.company_id
        )

    await portal.transact(work)


# --- what they share -----------------------------------------------------------------------------


async def _notice(
    connection: AsyncConnection, notice_id: str, *, party: Literal["client", "vendor"] = "vendor"
) -> sa.Row[Any]:
    query = sa.select(notices).where(notices.c.id == clean(notice_id), notices.c.party == party)
    row = (await connection.execute(query.with_for_update())).first()
    if row is None:
        raise NotFound
    return row


async def _living(connection: AsyncConnection, contract_id: str) -> sa.Row[Any] | None:
    query = sa.select(notices).where(
        notices.c.contract_id == contract_id, notices.c.party == "vendor", notices.c.closed_at.is_(None)
    )
    row: sa.Row[Any] | None = (await connection.execute(query)).first()
    return row


def _must_be_another(row: sa.Row[Any], viewer: Viewer) -> None:
    if row.prepared_by == viewer.person_id:
        raise Refusal(
            "four_eyes",
            clause="16",
            message="Vous avez proposé cette résiliation : une autre personne de l’équipe la décide. Vous pouvez la retirer.",
        )


def _must_be_possible(state: State, now: datetime) -> None:
    effect = notice_effect(state, a.ServeNotice(by="vendor"), now)
    if isinstance(effect, Refusal):
        raise effect
    if effect.already:
        raise _running(
            f"Ce contrat finit déjà le {full_date(effect.last_day.day)} : une résiliation est notifiée.",
            reasons=(effect.last_day,),
        )


def _running(message: str, *, reasons: tuple[Reason, ...] = ()) -> Refusal:
    return Refusal(
        "notice_running", clause="16", message=f"{message} Il n’y a rien à ajouter.", reasons=reasons
    )
