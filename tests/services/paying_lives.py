"""Clients with a contract in force, for tests about money: eight persons from 1 April 2026, unless said otherwise."""

from datetime import date, timedelta

from portal.contract import acts as a
from portal.contract.acts import FIRST, Piece
from portal.services.context import Portal, Viewer
from portal.services.examining import accept
from portal.services.named_persons import NewUser
from portal.services.papers import paper
from portal.services.seats import register_user
from tests.clock import FixedClock
from tests.lived import lived_once
from tests.services.clients import ORIGIN, Client, a_trial, act, live_until, paris
from tests.services.subscribing import give_facts

COLLEAGUES = ("Hugo Petit", "Salima Benali", "Marc Thomas", "Ines Roche")
MORE = ("Paul Arnoux", "Nina Vogel", "Yanis Moulin")


def colleague(name: str) -> NewUser:
    first, last = name.split(" ")
    return NewUser(first, last, f"{first}.{last}@atelier-nord.example".lower())


async def register(portal: Portal, client: Client, *names: str) -> None:
    for name in names:
        await register_user(portal, client.viewer, colleague(name), ORIGIN)


@lived_once
async def in_force(
    portal: Portal,
    clock: FixedClock,
    *,
    more: tuple[str, ...] = MORE,
    staff: Viewer | None = None,
    **names: str,
) -> Client:
    """Return a client whose contract is in force on 1 April 2026 at eight.

    Validated too late in March to be invoiced in it: the first month's invoice counts those named by 1 April. With
    `staff` her mandate is printed and taken up, as it is collected under.
    """
    client = await a_trial(portal, clock, paris(date(2026, 3, 4), 9), **names)
    await register(portal, client, *COLLEAGUES)
    clock.move_to(paris(date(2026, 3, 26), 10))
    if staff:
        typed = {"legal_name": names["legal_name"]} if "legal_name" in names else {}
        await give_facts(portal, client, **typed)
        await paper(portal, client.viewer, Piece.MANDATE, ORIGIN)
    dated = {Piece.KBIS: date(2026, 3, 20)}
    await act(
        portal,
        client,
        *(a.SubmitDocument(piece=piece, document=piece, dated=dated.get(piece)) for piece in Piece),
        *(a.AcceptDocument(piece=piece) for piece in (Piece.CONTRACT, Piece.KBIS)),
        *(() if staff else (a.AcceptDocument(piece=Piece.MANDATE),)),
        a.ValidateIdentity(),
    )
    if staff:
        await accept(portal, staff, client.contract_id, Piece.MANDATE, Piece.MANDATE, ORIGIN)
    await register(portal, client, *more)
    await live_until(portal, clock, client, paris(date(2026, 4, 1), 8))
    await act(portal, client, a.Settle(month=FIRST))
    return client


async def paid_until(portal: Portal, clock: FixedClock, client: Client, *months: str) -> None:
    """Let her pay each month on the last day before it, its invoice's due day, at noon."""
    for month in months:
        year, number = map(int, month.split("-"))
        eve = date(year, number, 1) - timedelta(days=1)
        await live_until(portal, clock, client, paris(eve, 12))
        await act(portal, client, a.Settle(month=month))
