"""The prospect's acts: accept the CGV, start the trial (CGV art. 3, 5.1).

Each is one transaction that brings the contract up to date first, and safe to ask for twice.
"""

import hashlib
import json
import secrets
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.refusal import Refusal
from portal.contract.state import Relationship
from portal.records import projections, store
from portal.records.tables import acceptances, terms, trial_allowances
from portal.services.context import Origin, Portal, Viewer
from portal.services.histories import OpenHistory, current_contract
from portal.services.journal import note


async def accept_and_start(portal: Portal, viewer: Viewer, version: str, origin: Origin) -> None:
    """Accept `version` of the CGV and start the trial, in one act of two confirmed steps.

    Asked again while the trial runs, it changes nothing. Raises `Refusal`, with nothing kept, where
    the version has been replaced meanwhile or the SIREN has had its trial.
    """

    async def work(connection: AsyncConnection) -> None:
        now = portal.now()
        opened = await _own_history(portal, connection, viewer, now)
        if opened.state.relationship is Relationship.TRIAL:
            return
        await _accept(connection, opened, viewer, version, now, origin)
        siren = opened.state.siren or ""
        earlier = await projections.count_trials(connection, siren)
        allowed = await allowances(connection, siren)
        await opened.act(
            a.StartTrial(earlier_trials=earlier, allowed_trials=allowed), actor=viewer.person_id, at=now
        )
        await projections.claim_trial(connection, opened.contract_id, siren, earlier + 1)
        await _note(connection, viewer, "trial_started", now, origin, {"version": version})

    await portal.transact(work)


async def accept_terms(portal: Portal, viewer: Viewer, version: str, origin: Origin) -> None:
    """Accept `version` of the CGV to subscribe at once, without a trial (art. 3, 8); twice is once.

    Raises `Refusal` where the version has been replaced meanwhile.
    """

    async def work(connection: AsyncConnection) -> None:
        now = portal.now()
        opened = await _own_history(portal, connection, viewer, now)
        if await _accept(connection, opened, viewer, version, now, origin):
            await _note(connection, viewer, "terms_accepted", now, origin, {"version": version})

    await portal.transact(work)


async def allow_another_trial(
    portal: Portal, viewer: Viewer, contract_id: str, reason: str, origin: Origin
) -> None:
    """Let a company whose trial has lapsed start another, in a new history of its own; staff only.

    Raises `Refusal` without a reason, or while the present trial has not lapsed.
    """
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> None:
        now = portal.now()
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=None, at=now)
        if not reason.strip():
            raise Refusal(
                "reason_missing",
                clause="5.1",
                message="Dites pourquoi ce client peut essayer une nouvelle fois : ce motif reste dans le dossier.",
            )
        present = await current_contract(connection, opened.company_id)
        over = {Relationship.LAPSED, Relationship.ENDED}
        if opened.state.relationship not in over or present != contract_id:
            raise Refusal(
                "trial_not_lapsed",
                clause="5.1",
                message="Un nouvel essai ne s’autorise qu’après la fin du précédent, une seule fois à la fois.",
            )
        siren, admin = opened.state.siren or "", opened.state.admin or ""
        await connection.execute(
            sa.insert(trial_allowances).values(
                id=str(uuid.uuid4()), siren=siren, reason=reason.strip()[:500], by_id=viewer.person_id, at=now
            )
        )
        another = str(uuid.uuid4())
        await store.open_contract(connection, contract_id=another, company_id=opened.company_id, at=now)
        fresh = await OpenHistory.open(portal, connection, another, company_id=None, at=now)
        await fresh.act(a.CreateAccount(siren=siren, admin=admin), actor=viewer.person_id, at=now)
        await note(
            connection,
            at=now,
            kind="trial_allowed",
            person_id=admin,
            company_id=opened.company_id,
            by_id=viewer.person_id,
            ip=origin.ip,
        )

    await portal.transact(work)


async def _own_history(
    portal: Portal, connection: AsyncConnection, viewer: Viewer, now: datetime
) -> OpenHistory:
    contract_id = await current_contract(connection, viewer.tenant)
    return await OpenHistory.open(portal, connection, contract_id, company_id=viewer.tenant, at=now)


async def _note(
    connection: AsyncConnection,
    viewer: Viewer,
    kind: str,
    now: datetime,
    origin: Origin,
    details: dict[str, str],
) -> None:
    """Write the viewer's own act into her journal."""
    await note(
        connection,
        at=now,
        kind=kind,
        person_id=viewer.person_id,
        company_id=viewer.tenant,
        by_id=viewer.person_id,
        ip=origin.ip,
        details=details,
    )


async def _accept(
    connection: AsyncConnection,
    opened: OpenHistory,
    viewer: Viewer,
    version: str,
    now: datetime,
    origin: Origin,
) -> bool:
    """Accept a version with its evidence; return False where it was accepted before."""
    evidence = await _keep_acceptance(connection, opened.contract_id, viewer, version, now, origin)
    act = a.AcceptTerms(version=version, by=viewer.person_id, evidence=evidence)
    if await opened.act(act, actor=viewer.person_id, at=now):
        return True
    await _forget_acceptance(connection, evidence)
    return False


async def _keep_acceptance(
    connection: AsyncConnection, contract_id: str, viewer: Viewer, version: str, now: datetime, origin: Origin
) -> str:
    """Keep what proves an acceptance; return the salted hash that the event commits to."""
    text_sha256 = await connection.scalar(sa.select(terms.c.sha256).where(terms.c.version == version))
    if text_sha256 is None:
        raise Refusal(
            "terms_unknown",
            clause="3",
            message="Cette version des CGV n’existe pas. Rechargez la page pour lire la version en vigueur.",
        )
    salt = secrets.token_hex(32)
    kept = {
        "contract_id": contract_id,
        "person_id": viewer.person_id,
        "version": version,
        "text_sha256": text_sha256,
        "at": now,
        "ip": origin.ip,
        "user_agent": origin.user_agent,
    }
    digest = acceptance_digest(salt, kept)
    await connection.execute(
        sa.insert(acceptances).values(id=str(uuid.uuid4()), salt=salt, digest=digest, **kept)
    )
    return digest


async def _forget_acceptance(connection: AsyncConnection, digest: str) -> None:
    """The version had been accepted before: that acceptance, with its own evidence, stands."""
    await connection.execute(sa.delete(acceptances).where(acceptances.c.digest == digest))


def acceptance_digest(salt: str, kept: dict[str, object]) -> str:
    """Return the SHA-256 of the salt and the evidence: erasing either leaves the event, and nothing personal."""
    canonical = json.dumps(
        {name: value.isoformat() if isinstance(value, datetime) else value for name, value in kept.items()},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(f"{salt}{canonical}".encode()).hexdigest()


async def allowances(connection: AsyncConnection, siren: str) -> int:
    """Return how many trials staff have allowed a SIREN beyond the one that everyone has."""
    count = await connection.scalar(
        sa.select(sa.func.count()).select_from(trial_allowances).where(trial_allowances.c.siren == siren)
    )
    return count or 0
