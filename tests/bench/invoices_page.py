"""What `/espace/factures` costs the server with 1 000 clients and 20 000 invoices, beside a bare query in the same run.

    uv run --no-sync python -m tests.bench.invoices_page

Each client has had a contract for twenty months: her whole history is replayed, and nobody else's is read.
What is counted is the service and the view, as the page's event has them; the bare query reads the rows of
the same client's invoices. The histories are lived through the rules once, then written for each client.
"""

import asyncio
import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.acts import FIRST, Piece
from portal.contract.deadlines import advance
from portal.contract.decide import decide
from portal.contract.evolve import history
from portal.contract.offer import Offer
from portal.contract.state import State
from portal.records import projections, store
from portal.records.billing_tables import invoices
from portal.records.tables import companies, persons
from portal.services.conditions import publish_demonstration
from portal.services.context import Portal, Role, Viewer
from portal.services.ledgers import names_of, own_ledger
from portal.services.opening import open_portal
from portal.settings import load
from portal.web.client.invoices_view import invoices_view
from portal.web.client.sheet_view import people_of
from tests.clock import FixedClock
from tests.databases import migrated_sqlite, running_postgres

CLIENTS, MONTHS, SAMPLE = 1_000, 20, 200
MOST_MS = 100
BEGAN = datetime(2024, 9, 2, 8, tzinfo=UTC)
OFFER = Offer(terms_version="2025-09")
PEOPLE = [f"person-{index}" for index in range(8)]
Times = list[float]


def a_life() -> tuple[e.Event, ...]:
    """Return twenty months of a contract: each invoice paid, a user and an option added on the way."""
    admin, *people = PEOPLE
    state, happened = State(offer=OFFER), list[e.Event]()

    def do(at: datetime, *wishes: a.Act) -> None:
        nonlocal state
        state, due = advance(state, at)
        happened.extend(due)
        for wish in wishes:
            caused = decide(state, wish, at)
            state = history(state, caused)
            happened.extend(caused)

    do(
        BEGAN,
        a.CreateAccount(siren="732829320", admin=admin),
        a.AcceptTerms(version=OFFER.terms_version, by=admin),
        *(
            a.SubmitDocument(piece=one, document=one, dated=BEGAN.date() if one is Piece.KBIS else None)
            for one in Piece
        ),
        *(a.RegisterUser(user=one) for one in people[:6]),
        *(a.AcceptDocument(piece=one) for one in Piece),
        a.ValidateIdentity(),
    )
    do(BEGAN + timedelta(days=1), a.Settle(month=FIRST))
    at = BEGAN + timedelta(days=2)
    while len(state.invoices) < MONTHS:
        at += timedelta(days=1)
        do(at)
        owing = [one for one in state.invoices if one.unpaid_cents and one.collection_day <= at.date()]
        do(at, *(a.Settle(month=one.month) for one in owing))
        if len(state.invoices) == MONTHS // 2 and people[6] not in state.users:
            do(at, a.RegisterUser(user=people[6]), a.OrderOption(code="storage"))
    return tuple(happened)


async def furnish(portal: Portal, clock: FixedClock) -> list[Viewer]:
    """Write a thousand such lives, each with its own persons and numbers; return their administrators."""
    clock.move_to(BEGAN)
    await publish_demonstration(portal)
    life = a_life()
    viewers = []
    for nth in range(CLIENTS):
        company, contract = str(uuid.uuid4()), str(uuid.uuid4())
        people = [str(uuid.uuid4()) for _ in range(8)]
        own = _renamed(life, people, nth)
        async with portal.database.transaction() as connection:
            await connection.execute(
                sa.insert(companies).values(
                    id=company,
                    siren=f"{nth:09}",
                    legal_name=f"Cliente {nth}",
                    legal_form="SAS",
                    street="14 rue du Port",
                    postcode="59140",
                    city="Dunkerque",
                    created_at=BEGAN,
                )
            )
            await connection.execute(
                sa.insert(persons),
                [
                    {
                        "id": one,
                        "company_id": company,
                        "email": f"p{index}@c{nth}.example",
                        "first_name": f"Prénom{index}",
                        "last_name": "Nom",
                        "created_at": BEGAN,
                    }
                    for index, one in enumerate(people)
                ],
            )
            await store.open_contract(connection, contract_id=contract, company_id=company, at=BEGAN)
            empty = store.Recorded(contract, company, ())
            stored = await store.append(connection, empty, own, actor="bench", recorded_at=BEGAN)
            recorded = store.Recorded(contract, company, stored)
            state = projections.state_of(recorded, OFFER)
            await projections.project(connection, [projections.Changed(recorded, State(offer=OFFER), state)])
        viewers.append(Viewer(people[0], Role.CLIENT, company, "bench"))
    clock.move_to(life[-1].at + timedelta(minutes=1))
    return viewers


def _renamed(happened: tuple[e.Event, ...], people: list[str], nth: int) -> tuple[e.Event, ...]:
    """Return the same life with other persons and other numbers."""
    names = dict(zip(PEOPLE, people, strict=True))
    own = []
    for event in happened:
        values: dict[str, Any] = {}
        for name in ("user", "admin", "by"):
            known = getattr(event, name, None)
            if known in names:
                values[name] = names[known]
        if number := getattr(event, "number", None):
            values["number"] = f"{number}-{nth}"
        if lines := getattr(event, "lines", None):
            values["lines"] = tuple(
                replace(line, persons=tuple(names[one] for one in line.persons)) for line in lines
            )
        own.append(replace(event, **values) if values else event)
    return tuple(own)


async def timed(work: Callable[[Viewer], Awaitable[object]], viewers: list[Viewer]) -> Times:
    times = []
    for viewer in viewers:
        began = time.perf_counter()
        await work(viewer)
        times.append((time.perf_counter() - began) * 1000)
    return times


async def measure(name: str, url: str, folder: Path) -> float:
    """Print what the page and the bare query take; return the page's 95th percentile in milliseconds."""
    clock = FixedClock(BEGAN)
    portal = replace(open_portal(load(data=folder, database_url=url)), clock=clock)

    async def page(viewer: Viewer) -> object:
        ledger = await own_ledger(portal, viewer)
        names = await names_of(portal, viewer, people_of(ledger.to_come[:1]))
        return invoices_view(ledger, names)

    async def bare(viewer: Viewer) -> object:
        query = (
            sa.select(invoices)
            .where(invoices.c.company_id == viewer.tenant)
            .order_by(invoices.c.issued_at.desc())
        )
        async with portal.database.reading() as connection:
            return list(await connection.execute(query))

    try:
        viewers = await furnish(portal, clock)
        sample = random.Random(7).sample(viewers, SAMPLE)  # noqa: S311 -- which clients are measured
        async with portal.database.reading() as connection:
            count = await connection.scalar(sa.select(sa.func.count()).select_from(invoices))
        await timed(page, sample[:10])
        ours, theirs = await timed(page, sample), await timed(bare, sample)
    finally:
        await portal.database.close()
    worst = statistics.quantiles(ours, n=20)[-1]
    print(
        f"{name:>11}  {count:>8}  {statistics.median(ours):>6.1f} / {worst:>6.1f}  "
        f"{statistics.median(theirs):>6.2f} / {statistics.quantiles(theirs, n=20)[-1]:>6.2f}",
        flush=True,
    )
    return worst


def main() -> None:
    print(f"{'database':>11}  {'invoices':>8}  {'page p50/p95':>15}  {'bare p50/p95':>15}  (ms)")
    with tempfile.TemporaryDirectory() as folder:
        file = migrated_sqlite(Path(folder))
        worst = [asyncio.run(measure("SQLite", f"sqlite+aiosqlite:///{file}", Path(folder)))]
        with running_postgres() as server, server.fresh() as url:
            worst.append(asyncio.run(measure("PostgreSQL", url, Path(folder))))
    if max(worst) >= MOST_MS:
        raise SystemExit(f"the page takes {max(worst):.0f} ms of the server at the 95th percentile")


if __name__ == "__main__":
    main()
