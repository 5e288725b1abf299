"""Contracts in force, for tests of what a client does with hers: five users, the first month settled."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.acts import Piece
from portal.services.conditions import in_force, publish_demonstration
from portal.services.context import Portal
from portal.services.named_persons import NewUser, person_named
from tests.clock import FixedClock
from tests.lived import lived_once
from tests.services.clients import Client, a_client, act, live_until, paris

VALIDATED, ENTERED = paris(date(2026, 3, 4), 10), paris(date(2026, 3, 17), 10)
TEAM = tuple(
    NewUser(first_name, "Roux", f"{first_name.lower()}.roux@atelier-nord.example")
    for first_name in ("Bob", "Chloe", "Dan", "Eve")
)
FAY = NewUser("Fay", "Morel", "fay.morel@atelier-nord.example")


async def people(portal: Portal, client: Client, *users: NewUser) -> tuple[str, ...]:
    """Return the ids of persons of the client's, made where there are none."""

    async def work(connection: AsyncConnection) -> tuple[str, ...]:
        return tuple(
            [await person_named(connection, client.viewer.tenant, user, portal.now()) for user in users]
        )

    return await portal.transact(work)


@lived_once
async def a_contract(
    portal: Portal, clock: FixedClock, *more: NewUser, **names: str
) -> tuple[Client, tuple[str, ...]]:
    """Make a contract in force on 17 March 2026 for the administrator, the team and some more; return their ids."""
    clock.move_to(VALIDATED)
    await publish_demonstration(portal)
    client = await a_client(portal, **names)
    async with portal.database.reading() as connection:
        version = (await in_force(connection, portal.now())).version
    team = await people(portal, client, *TEAM, *more)
    await act(
        portal,
        client,
        a.AcceptTerms(version=version, by=client.viewer.person_id),
        *(a.SubmitDocument(piece=piece, document=piece, dated=_dated(piece)) for piece in Piece),
        *(a.RegisterUser(user=person_id) for person_id in team),
        *(a.AcceptDocument(piece=piece) for piece in Piece),
        a.ValidateIdentity(),
    )
    await live_until(portal, clock, client, ENTERED)
    await act(portal, client, a.Settle(month="first"))
    return client, team


def _dated(piece: Piece) -> date | None:
    return date(2026, 3, 1) if piece is Piece.KBIS else None
