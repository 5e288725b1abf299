"""A grid or a version of the terms announced to the contracts in force (CGV art. 10.1, 17), and what became of it.

The announcement writes down which contracts it is for, at once; the jobs bring it to each (`announced_chunks`).
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.acts import What
from portal.contract.refusal import Refusal
from portal.records.billing_tables import announced_contracts, announcements
from portal.records.tables import companies, contracts, situations
from portal.services.announcing import IN_FORCE, Choice, Simulation, simulate_within
from portal.services.context import Origin, Portal, Viewer
from portal.services.journal import note_own_act
from portal.services.names import names_of

Outcome = Literal["", "announced", "left_out", "refused"]


@dataclass(frozen=True, slots=True)
class Announcement:
    """An announcement and how far it is; `counts` by outcome, "" for those that wait."""

    id: str
    what: What
    user_month_cents: int | None
    version: str
    announced_at: datetime
    by: str
    finished_at: datetime | None
    counts: dict[Outcome, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        return self.total - self.counts.get("", 0)


@dataclass(frozen=True, slots=True)
class Outlier:
    """A contract that an announcement did not reach; `reason` is a left-out's code, or the sentence that refused it."""

    contract_id: str
    legal_name: str
    outcome: Outcome
    reason: str
    day: date | None


class SimulationChanged(Exception):
    """Meanwhile something has changed: `simulation` is what the same announcement would do now."""

    def __init__(self, now: Simulation) -> None:
        super().__init__("the simulation is not the one that was shown")
        self.simulation = now


async def announce(
    portal: Portal, viewer: Viewer, choice: Choice, shown: tuple[int | str | None, int], origin: Origin
) -> str:
    """Announce a choice to the contracts in force, as it was shown; return the announcement's id.

    The same one twice, by one person or by two, is once. Raises `SimulationChanged` where it is not what was shown,
    `Refusal` as `wished_of`, or `announcement_running` while another one of its kind is under way, or `nobody_reached`.
    """
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> str:
        now = portal.now()
        if running := await _running(connection, choice.what):
            if _names(running) == choice:
                return str(running.id)
            raise Refusal(
                "announcement_running",
                clause="17",
                message=(
                    "Une autre annonce est en cours : elle doit être finie avant la suivante. Réessayez dans un moment."
                ),
            )
        simulation = await simulate_within(connection, choice, now)
        if not simulation.reached:
            if before := await _last(connection, choice):
                return before
            raise Refusal(
                "nobody_reached",
                clause="17",
                message="Cette annonce n’atteint aucun contrat en vigueur : il n’y a rien à annoncer.",
            )
        if simulation.shown != shown:
            raise SimulationChanged(simulation)
        return await _begin(portal, connection, viewer, simulation, origin)

    return await portal.transact(work)


async def _begin(
    portal: Portal, connection: AsyncConnection, viewer: Viewer, simulation: Simulation, origin: Origin
) -> str:
    announcement_id, choice = str(uuid.uuid4()), simulation.choice
    await connection.execute(
        sa.insert(announcements).values(
            id=announcement_id,
            what=choice.what,
            grid_id=choice.name if choice.what == "price" else None,
            user_month_cents=simulation.wished.user_month_cents,
            version=simulation.wished.version,
            not_before=simulation.wished.not_before,
            announced_at=simulation.at,
            by_id=viewer.person_id,
        )
    )
    for_whom = sa.select(
        sa.literal(announcement_id), situations.c.contract_id, sa.literal(""), sa.literal("")
    ).where(IN_FORCE)
    await connection.execute(
        sa.insert(announced_contracts).from_select(
            ["announcement_id", "contract_id", "outcome", "reason"], for_whom
        )
    )
    kind = "price_announced" if choice.what == "price" else "terms_announced"
    await note_own_act(
        portal, connection, viewer, kind, origin, announcement=announcement_id, contracts=simulation.reached
    )
    return announcement_id


async def _running(connection: AsyncConnection, what: What) -> sa.Row[Any] | None:
    query = sa.select(announcements).where(
        announcements.c.what == what, announcements.c.finished_at.is_(None)
    )
    return (await connection.execute(query)).first()


async def _last(connection: AsyncConnection, choice: Choice) -> str | None:
    """Return the last announcement of a choice, or None."""
    column = announcements.c.grid_id if choice.what == "price" else announcements.c.version
    found: str | None = await connection.scalar(
        sa.select(announcements.c.id)
        .where(announcements.c.what == choice.what, column == choice.name)
        .order_by(announcements.c.announced_at.desc())
        .limit(1)
    )
    return found


def _names(row: sa.Row[Any]) -> Choice:
    return Choice(row.what, row.grid_id if row.what == "price" else row.version)


# --- what became of it -----------------------------------------------------------------------------


async def announcements_made(portal: Portal, viewer: Viewer, limit: int = 20) -> tuple[Announcement, ...]:
    """Return the announcements made, the latest first, each with how far it is."""
    viewer.must_be_staff()
    async with portal.database.reading() as connection:
        rows = list(
            await connection.execute(
                sa.select(announcements)
                .order_by(announcements.c.announced_at.desc(), announcements.c.id)
                .limit(limit)
            )
        )
        counted = await connection.execute(
            sa.select(announced_contracts.c.announcement_id, announced_contracts.c.outcome, sa.func.count())
            .where(announced_contracts.c.announcement_id.in_([row.id for row in rows]))
            .group_by(announced_contracts.c.announcement_id, announced_contracts.c.outcome)
        )
        names = await names_of(connection, {row.by_id for row in rows})
        counts: dict[str, dict[Outcome, int]] = {}
        for announcement_id, outcome, many in counted:
            counts.setdefault(announcement_id, {})[outcome] = many
    return tuple(
        Announcement(
            row.id,
            row.what,
            row.user_month_cents,
            row.version or "",
            row.announced_at,
            names.get(row.by_id, ""),
            row.finished_at,
            counts.get(row.id, {}),
        )
        for row in rows
    )


async def outliers(portal: Portal, viewer: Viewer, announcement_id: str) -> tuple[Outlier, ...]:
    """Return the contracts that an announcement did not reach, those that a rule refused first; 200 at most."""
    viewer.must_be_staff()
    query = (
        sa.select(announced_contracts, companies.c.legal_name)
        .join(contracts, contracts.c.id == announced_contracts.c.contract_id)
        .join(companies, companies.c.id == contracts.c.company_id)
        .where(
            announced_contracts.c.announcement_id == announcement_id,
            announced_contracts.c.outcome.in_(("refused", "left_out")),
        )
        .order_by(announced_contracts.c.outcome.desc(), companies.c.legal_name)
        .limit(200)
    )
    async with portal.database.reading() as connection:
        return tuple(
            Outlier(row.contract_id, row.legal_name, row.outcome, row.reason, row.applies_from)
            for row in await connection.execute(query)
        )
